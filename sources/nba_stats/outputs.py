"""From sifted rows to the raw tables' rows: dated by the schedule, numbered, in a fixed order."""

from __future__ import annotations

import pyarrow as pa

from planning.raw_load import LoadedFile, reject_schema
from processors.raw_schemas import schema
from sources.nba_stats.coverage import changed_games
from sources.nba_stats.intake import RAW_TABLES, Intake, SourceFile
from sources.nba_stats.reasons import SAME_AS_ANOTHER
from sources.nba_stats.shapes import COUNTING
from sources.nba_stats.statements import parsed
from sources.nba_stats.statuses import UNFINISHES
from sources.nba_stats.words import few_of, in_words

_TEAM_BOX = f"""
SELECT game_id, team, g.game_date, g.season, minutes, {", ".join(COUNTING)}
FROM team_box_rows AS r JOIN games AS g USING (game_id) ORDER BY game_id, team"""

# The game log lists only those who entered the game: everyone in it played.
_PLAYER_BOX = f"""
SELECT game_id, player_id, g.game_date, g.season, team, player_name,
  coalesce(status, 'played') AS status, minutes, {", ".join(COUNTING)},
  IF(coalesce(status, 'played') = 'played', plus_minus, NULL) AS plus_minus,
  CAST(starter AS BOOLEAN) AS starter, reason
FROM player_box_rows AS r JOIN games AS g USING (game_id) ORDER BY game_id, player_id"""

# Every value of a shot takes part in the order: the number then depends on what was shot, not on
# the order of the file, and two equal shots are two rows.
_SHOTS = """
WITH shots AS (
  SELECT game_id, g.game_date, g.season, player_id, team, period,
    60 * minutes_left + clock_seconds AS seconds_left, zone,
      CAST(shot_value AS BIGINT) AS shot_value,
    CAST(made AS BOOLEAN) AS made, distance_ft, x, y, CAST(assisted AS BOOLEAN) AS assisted
  FROM shots_rows AS r JOIN games AS g USING (game_id)
)
SELECT *, row_number() OVER (
  PARTITION BY game_id
  ORDER BY period, seconds_left DESC, player_id, team, zone, shot_value, made, distance_ft, x, y,
    assisted
) AS shot_number
FROM shots ORDER BY game_id, shot_number"""

# The box scores' latest spelling wins over an undated file's; only a players file knows birth
# dates.
_PLAYERS = """
WITH named AS (
  SELECT player_id, arg_max(player_name, (g.game_date, game_id)) AS player_name
  FROM player_box_rows AS r JOIN games AS g USING (game_id) GROUP BY player_id
)
SELECT player_id, coalesce(n.player_name, i.player_name) AS player_name, birth_date, position
FROM named AS n FULL JOIN players_rows AS i USING (player_id) ORDER BY player_id"""


def tables(intake: Intake) -> dict[str, pa.Table]:
    """The rows to be written, by raw table, in the contracts' columns and types."""
    queries = {"schedule": changed_games(), "players": _PLAYERS}
    of_boxes = {"team_box": _TEAM_BOX, "player_box": _PLAYER_BOX, "shots": _SHOTS}
    queries |= {table: query for table, query in of_boxes.items() if intake.of(table)}
    return {
        table: _arrow(intake, queries[table], schema(table))
        if table in queries
        else schema(table).empty_table()
        for table in RAW_TABLES
    }


def rejects(intake: Intake, paths: list[str]) -> pa.Table:
    """The rejected rows, by file and row; `paths` are those of the file numbers."""
    rows = """
    SELECT $paths[file + 1] AS file, "row", raw_table, game_id, "column", reason, value
    FROM rejects ORDER BY 1, 2"""
    return _arrow(intake, rows, reject_schema(), {"paths": paths})


def _arrow(
    intake: Intake,
    query: str,
    columns: pa.Schema,
    values: dict[str, list[str]] | None = None,
) -> pa.Table:
    found = intake.con.sql(parsed(query), params=values).to_arrow_table()
    return found.select(columns.names).cast(columns)


def note_rejects(intake: Intake) -> None:
    """Note on each file what would mend its rejected rows."""
    counted = intake.query(
        """
        SELECT file, reason, "column", min(value), count(*) AS n,
          list(DISTINCT game_id ORDER BY game_id)
        FROM rejects GROUP BY ALL ORDER BY file, n DESC, reason
        """
    )
    for number, reason, column, example, rows, games in counted:
        if number in intake.files and reason not in SAME_AS_ANOTHER:
            told = in_words(intake.files[number].shape, reason, column, example, rows)
            if reason == UNFINISHES:
                told += f" of {few_of(games)}"
            intake.files[number].notes.append(f"{told}: {intake.repair(reason)}")


def note_other_dates(intake: Intake) -> None:
    """Note on each file how many of its rows bear another date
    than the schedule, which has the say."""
    for table in filter(intake.of, ("player_box", "shots")):
        moved = intake.query(
            f"""
            SELECT file, count(*) FROM {table}_rows JOIN games USING (game_id)
            WHERE date_said <> game_date GROUP BY file ORDER BY file
            """
        )
        for number, rows in moved:
            intake.files[number].notes.append(
                f"rows that bear another date than the schedule, which wins: {rows:,}"
            )


def loaded_files(intake: Intake) -> tuple[LoadedFile, ...]:
    """The files that were read, in the order of their paths, with what was rejected in each."""
    rejected = dict(intake.query("SELECT file, count(*) FROM rejects GROUP BY file"))
    return tuple(
        _loaded_file(file, rejected.get(number, 0))
        for number, file in sorted(intake.files.items())
    )


def _loaded_file(file: SourceFile, rejects: int) -> LoadedFile:
    notes = "; ".join(file.notes)
    return LoadedFile(file.path, file.shape.raw_table, file.rows, rejects, notes)
