"""Which rows are wrong: faults of a value, two rows for one key,
rows that fit no game of the schedule.

One rule, one function; each moves rows to the rejects with a reason, and none chooses between two
truths.
"""

from __future__ import annotations

from sources.nba_stats.codes import ELIGIBLE, NAME, PLACEHOLDER, STRANGER, TEAM
from sources.nba_stats.intake import Intake
from sources.nba_stats.shapes import COUNTING
from sources.nba_stats.teams import TEAMS

FIVE = 5
"""Players that a team has on the floor: no side of a game has fewer with minutes."""

SHOTS_OF_CHANCE = 5
"""Different shots of a game that all stand several times only where the game does: of 2,460 games
24 have one shot twice, and none has two of them."""

# Raw table -> its key, and the files' column of the key's last part.
_KEYS = {
    "schedule": ("game_id", "gameId"),
    "team_box": ("game_id, team", "TEAM_ABBREVIATION"),
    "player_box": ("game_id, player_id", "PLAYER_ID"),
    "players": ("player_id", "PERSON_ID"),
}


def faults(intake: Intake, table: str) -> None:
    """Rows with a value that does not fit its kind, or with values that contradict each other."""
    intake.reject(
        table,
        f"""SELECT file, "row", fault."column" AS "column", fault.reason AS reason,
          fault.value AS value
        FROM {table}_rows WHERE fault IS NOT NULL""",
    )


def duplicates(intake: Intake, table: str) -> None:
    """Several rows for one key in one file: of equal rows one stays,
    and so does one result beside stubs.

    Otherwise all rows of the key go: which of them is right is not for this code to say.
    """
    key, column = _KEYS[table]
    if not intake.query(
        f"SELECT 1 FROM {table}_rows GROUP BY file, {key} HAVING count(*) > 1 LIMIT 1"
    ):
        return
    decided = "result IS NOT NULL" if table in ("team_box", "player_box") else "true"
    intake.reject(
        table,
        f"""
        WITH contents AS (
          SELECT file, "row", {key}, {decided} AS decided,
            hash(*COLUMNS(lambda c: c NOT IN ('file', 'row', 'fault', 'result_said'))) AS content
          FROM {table}_rows
        ),
        keys AS (
          SELECT file, {key}, count(DISTINCT content) AS contents,
            count(DISTINCT content) FILTER (decided) AS results,
            coalesce(min("row") FILTER (decided), min("row")) AS first_row
          FROM contents GROUP BY ALL HAVING count(*) > 1
        ),
        judged AS (
          SELECT *, CASE
            WHEN contents > 1 AND results <> 1 THEN 'duplicate_key'
            WHEN contents > 1 AND NOT decided THEN 'stub_row'
            WHEN "row" <> first_row THEN 'duplicate_row'
          END AS reason
          FROM contents JOIN keys USING (file, {key})
        )
        SELECT file, "row", '{column}' AS "column", reason,
          CAST({key.split(", ")[-1]} AS VARCHAR) AS value
        FROM judged WHERE reason IS NOT NULL
        """,
    )


def repeated_games(intake: Intake, table: str) -> None:
    """Further copies of a game's shots where one file has each of them several times, as one has
    to which a day was appended again. Shots have no key, and a lone shot may be there twice."""
    content = "hash(*COLUMNS(lambda c: c NOT IN ('row', 'fault')))"
    intake.reject(
        table,
        f"""
        WITH shots AS (SELECT file, "row", game_id, {content} AS content FROM {table}_rows),
        counts AS (SELECT file, game_id, content, count(*) AS n FROM shots GROUP BY ALL),
        games AS (
          SELECT file, game_id, min(n) AS times FROM counts GROUP BY ALL
          HAVING min(n) > 1 AND count(*) >= {SHOTS_OF_CHANCE}
        ),
        copies AS (
          SELECT *, row_number() OVER (PARTITION BY file, content ORDER BY "row") AS copy
          FROM shots JOIN games USING (file, game_id)
        )
        SELECT file, "row", 'GAME_ID' AS "column", 'duplicate_row' AS reason, game_id AS value
        FROM copies JOIN counts USING (file, game_id, content) WHERE copy > n // times
        """,
    )


def two_games_one_day(intake: Intake, table: str) -> None:
    """Team rows of a team with two final games on one date:
    one of them is the other under a second id.

    Preseason and all-star clubs do play twice a day; eligible games (types 2, 4, 5, 6) are never
    doubled.
    """
    intake.reject(
        table,
        f"""
        WITH twice AS (
          SELECT team, date_said FROM sightings WHERE decided AND game_id[3] IN ('2', '4', '5', '6')
          GROUP BY ALL HAVING count(DISTINCT game_id) > 1
        )
        SELECT file, "row", 'GAME_ID' AS "column", 'two_games_one_day' AS reason, game_id AS value
        FROM {table}_rows SEMI JOIN twice USING (team, date_said)
        WHERE result IS NOT NULL AND game_id[3] IN ('2', '4', '5', '6')
        """,
    )


def strangers(intake: Intake, table: str) -> None:
    """Rows of a game that the schedule does not know, or of a team that has no part in its game."""
    team, shown = (
        ("TEAM_ID", "team_id") if table == "shots" else ("TEAM_ABBREVIATION", "team")
    )
    intake.reject(
        table,
        f"""
        SELECT r.file, r."row", IF(g.game_id IS NULL, 'GAME_ID', '{team}') AS "column",
          IF(g.game_id IS NULL, coalesce(u.reason, 'unknown_game'), 'unknown_team') AS reason,
          IF(g.game_id IS NULL, r.game_id, CAST(r.{shown} AS VARCHAR)) AS value
        FROM {table}_rows AS r
        LEFT JOIN games AS g USING (game_id) LEFT JOIN undetermined AS u USING (game_id)
        WHERE g.game_id IS NULL OR r.team IS NULL OR r.team NOT IN (g.home_team, g.away_team)
        """,
    )


def without_teams(intake: Intake, table: str) -> None:
    """Games of the schedule whose teams are not known yet, are one and the same, or are called
    what is no team's code: a name, or anything unknown in a game that has begun."""
    kinds = "SELECT season, is_eligible, code, kind FROM codes"
    intake.reject(
        table,
        f"""
        WITH sides AS (
          SELECT r.*, coalesce(home.kind, '{PLACEHOLDER}') AS home,
            coalesce(away.kind, '{PLACEHOLDER}') AS away
          FROM (SELECT *, {ELIGIBLE} AS is_eligible FROM {table}_rows) AS r
          LEFT JOIN ({kinds}) AS home ON home.code = home_team
            AND home.season = r.season AND home.is_eligible = r.is_eligible
          LEFT JOIN ({kinds}) AS away ON away.code = away_team
            AND away.season = r.season AND away.is_eligible = r.is_eligible
        ),
        judged AS (
          SELECT *, home = '{TEAM}' AND away = '{TEAM}' AS is_known, home <> '{TEAM}' AS is_home,
            IF(home <> '{TEAM}', home, away) AS kind
          FROM sides
        )
        SELECT file, "row",
          IF(is_home, 'homeTeam_teamTricode', 'awayTeam_teamTricode') AS "column",
          CASE
            WHEN is_known THEN 'team_plays_itself'
            WHEN kind = '{NAME}' THEN 'bad_team'
            WHEN kind = '{STRANGER}' AND status <> 'scheduled' THEN 'bad_team'
            ELSE 'teams_unknown'
          END AS reason,
          IF(is_home, home_team, away_team) AS value
        FROM judged WHERE NOT is_known OR home_team = away_team
        """,
    )


def stubs_of_other_files(intake: Intake, table: str) -> None:
    """Rows without a result where another file has the same key with one: an older download."""
    key, column = _KEYS[table]
    intake.reject(
        table,
        f"""
        WITH decided AS (SELECT DISTINCT {key} FROM {table}_rows WHERE result IS NOT NULL)
        SELECT file, "row", '{column}' AS "column", 'stub_row' AS reason,
          CAST({key.split(", ")[-1]} AS VARCHAR) AS value
        FROM {table}_rows SEMI JOIN decided USING ({key})
        WHERE result IS NULL
        """,
    )


def nobody_active(intake: Intake, table: str) -> None:
    """All player rows of a game of which a side has rows,
    and nobody with minutes or a stat: no box score.

    A side without rows, or with fewer than five, may be in another file: it is left to the planner,
    which asks the warehouse for the whole game.
    """
    intake.reject(
        table,
        f"""
        WITH sides AS (
          SELECT game_id, team, bool_or(greatest(minutes, {", ".join(COUNTING)}) > 0) AS is_alive
          FROM {table}_rows GROUP BY ALL HAVING count(*) >= {FIVE}
        )
        SELECT file, "row", 'MIN' AS "column", 'nobody_active' AS reason,
          CAST(minutes AS VARCHAR) AS value
        FROM {table}_rows SEMI JOIN (FROM sides WHERE NOT is_alive) AS dead USING (game_id)
        """,
    )


def name_teams(intake: Intake, table: str) -> None:
    """Give shots the abbreviation that the game's box rows use
    for a team id, else the game's own code of the NBA team, else that team's."""
    known = ", ".join(f"({team_id}, '{team}')" for team_id, team in TEAMS.items())
    intake.execute(
        f"""
        CREATE OR REPLACE TABLE {table}_rows AS
        WITH named AS (
          SELECT game_id, team_id, min(team) AS team FROM (
            SELECT game_id, team_id, team FROM team_box_rows
            UNION SELECT game_id, team_id, team FROM player_box_rows
          ) GROUP BY ALL HAVING count(DISTINCT team) = 1
        ),
        sides AS (
          SELECT game_id, season, unnest([home_team, away_team]) AS team FROM games
        ),
        own AS (
          SELECT game_id, team_id, min(team) AS team
          FROM sides JOIN spellings USING (season, team) GROUP BY ALL
        ),
        nba (team_id, team) AS (VALUES {known})
        SELECT s.* REPLACE (coalesce(named.team, own.team, nba.team, s.team) AS team)
        FROM {table}_rows AS s LEFT JOIN named USING (game_id, team_id)
          LEFT JOIN own USING (game_id, team_id) LEFT JOIN nba USING (team_id)
        """
    )
