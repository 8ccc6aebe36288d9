"""A small tree of two tables that fits: what each team scored, and its mean before the date."""

from __future__ import annotations

from pathlib import Path

PHASES = """\
- {name: team, dataset: nba_analytics, description: what each team did}
- {name: context, dataset: nba_analytics, description: who plays}
"""
RAW = """\
description: {name}
grain: [game_id, team]
{date_column}
columns:
  - {{name: game_id, type: STRING, description: the game}}
  - {{name: team, type: STRING, description: the team}}
  - {{name: game_date, type: DATE, description: the day}}
  - {{name: season, type: INT64, description: the season}}
  - {{name: pts, type: INT64, description: points}}
"""
SCORES = """\
description: points of each team and game
phase: team
grain: [game_date, team]
date_column: game_date
expected: {from: final_games}
reads:
  schedule: {rows: same_day}
columns:
  - {name: game_date, type: DATE, description: the day}
  - {name: team, type: STRING, description: the team}
  - {name: season, type: INT64, description: the season}
  - {name: pace, type: FLOAT64, nullable: true, required_when: "season > 0",
  description: half the points}
"""
SCORES_SQL = """\
-- Points of each team.
SELECT
  game_date,
  team,
  season,
  pts / 2 AS pace
FROM schedule
"""
FORM = """\
description: mean pace of each team before the date
phase: context
grain: [game_date, team]
date_column: game_date
expected: {from: playing_teams}
reads:
  earlier: {table: scores, rows: before, within: season, ago: team}
columns:
  - {name: game_date, type: DATE, description: the day}
  - {name: team, type: STRING, description: the team}
  - {name: season, type: INT64, description: the season}
  - {name: pace_last_5, type: FLOAT64, description: mean pace}
"""
FORM_SQL = """\
-- Mean pace of each team.
SELECT
  as_of AS game_date,
  team,
  season,
  AVG(IF(games_ago <= 5, CAST(pace AS NUMERIC), NULL)) AS pace_last_5
FROM earlier
GROUP BY
  as_of,
  team,
  season
"""


def plant(root: Path) -> None:
    """Write the tree under `root`."""
    files = {
        "phases.yaml": PHASES,
        "raw/schedule.yaml": RAW.format(
            name="schedule", date_column="date_column: game_date"
        ),
        "raw/clubs.yaml": RAW.format(name="clubs", date_column=""),
        "team/scores/table.yaml": SCORES,
        "team/scores/query.sql": SCORES_SQL,
        "context/form/table.yaml": FORM,
        "context/form/query.sql": FORM_SQL,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
