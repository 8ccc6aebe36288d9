"""Files refused for what their rows turned out to be:
mostly rejected, or at odds with another file.

Runs once the rows of a raw table are sifted, so that a bad row is rejected before it can refuse a
file.
"""

from __future__ import annotations

from core.counted import counted, verb_for
from sources.nba_stats.intake import Intake
from sources.nba_stats.reasons import NOT_JUDGED
from sources.nba_stats.words import in_words

UNUSABLE_SHARE = 0.05
"""Share of rejected rows above which a file is refused: real files have 0 to 1 in 2,800, while a
wrong column or format spoils nearly all of them; what would be left is a sample that nobody asked
for."""

FEW_ROWS = 30
"""Rejected rows up to which the share is not judged: the two box scores of one bad game."""

# Two kinds of team log spell the matchup of a neutral game differently; everything else must agree.
_CONTENT = (
    "COLUMNS(lambda c: c NOT IN "
    "('file', 'row', 'fault', 'matchup', 'season_said', 'result_said'))"
)


UNITS = {
    "schedule": "game_id",
    "team_box": "game_id, team",
    "player_box": "game_id, player_id",
    "shots": "game_id, player_id",
    "players": "player_id",
}
"""Raw table -> what two files may hold only once between them;
files with other units complete each other.

Shots have no key: a player's shots in a game are one unit.
"""


def settle(intake: Intake, table: str) -> None:
    """Refuse what is unusable or contradicting among a raw table's files,
    and count the same rows once."""
    if intake.latest_wins:
        _keep_latest(intake, table)
    _refuse_unusable(intake, table)
    if len(intake.of(table)) > 1:
        unit = UNITS[table]
        _refuse_contradicting(intake, table, unit)
        _count_once(intake, table, unit)


def _keep_latest(intake: Intake, table: str) -> None:
    """Drop a game's rows where a later file of the same kind has the game; a player's likewise."""
    unit = "player_id" if table == "players" else "game_id"
    kinds = ", ".join(
        f"({file.number}, '{file.shape.name}')" for file in intake.of(table)
    )
    intake.execute(
        f"""
        CREATE OR REPLACE TABLE superseded AS
        WITH kinds (file, kind) AS (VALUES {kinds}),
        latest AS (
          SELECT {unit}, kind, max(file) AS file FROM {table}_rows JOIN kinds USING (file)
          GROUP BY ALL
        )
        SELECT DISTINCT r.file, r.{unit} FROM {table}_rows AS r JOIN kinds USING (file)
        JOIN latest USING ({unit}, kind) WHERE r.file < latest.file
        """
    )
    intake.execute(
        f"DELETE FROM {table}_rows WHERE (file, {unit}) IN (SELECT (file, {unit}) FROM superseded)"
    )
    counted = intake.query(
        "SELECT file, count(*) FROM superseded GROUP BY file ORDER BY file"
    )
    for number, units in counted:
        what = "players" if table == "players" else "games"
        intake.files[number].notes.append(
            f"{what} that were received again later, whose later rows stand: {units:,}"
        )


WHAT = {
    "schedule": "games",
    "team_box": "team games",
    "player_box": "player games",
    "shots": "players' games",
    "players": "players",
}
"""Raw table -> what its units are called."""


def _of(alias: str, unit: str) -> str:
    """A unit's columns as those of an alias."""
    return ", ".join(f"{alias}.{column}" for column in unit.split(", "))


def _refuse_unusable(intake: Intake, table: str) -> None:
    """Refuse files of which everything, or more than a small share
    and more than a few rows, was rejected."""
    not_judged = ", ".join(f"'{reason}'" for reason in sorted(NOT_JUDGED))
    dominant = intake.query(
        f"""
        WITH counts AS (
          SELECT file, reason, "column", min(value) AS example, count(*) AS n FROM rejects
          WHERE raw_table = '{table}' AND reason NOT IN ({not_judged}) GROUP BY ALL
        )
        SELECT file, arg_max((reason, "column", example, n), (n, reason)), CAST(sum(n) AS BIGINT)
        FROM counts GROUP BY file ORDER BY file
        """
    )
    harmless = dict(
        intake.query(
            f"SELECT file, count(*) FROM rejects WHERE reason IN ({not_judged}) GROUP BY file"
        )
    )
    for number, (reason, column, example, n), lost in dominant:
        file = intake.files[number]
        rows = file.rows - harmless.get(number, 0)
        if lost == file.rows or lost > max(FEW_ROWS, UNUSABLE_SHARE * rows):
            told = in_words(file.shape, reason, column, example, n)
            said = (
                f"{lost:,} of {counted(rows, 'row')} {verb_for(lost, 'is', 'are')} "
                f"rejected: {told}"
            )
            intake.refuse(number, said, intake.repair(reason))


def _refuse_contradicting(intake: Intake, table: str, unit: str) -> None:
    """Refuse, naming each other, files that hold the same game (or player) with different rows."""
    intake.execute(
        f"""
        CREATE OR REPLACE TABLE digests AS
        WITH shared AS (SELECT {unit} FROM {table}_rows GROUP BY ALL
          HAVING count(DISTINCT file) > 1)
        SELECT row({unit}) AS unit, concat_ws(' ', {unit}) AS named, file, count(*) AS n,
          sum(hash(*{_CONTENT})) AS digest
        FROM {table}_rows SEMI JOIN shared USING ({unit}) GROUP BY {unit}, file
        """
    )
    pairs = intake.query(
        """
        SELECT a.file, b.file, min(a.named), count(*) FROM digests AS a
          JOIN digests AS b USING (unit)
        WHERE a.file <> b.file AND (a.n <> b.n OR a.digest <> b.digest) GROUP BY ALL ORDER BY ALL
        """
    )
    paths = {number: file.path for number, file in intake.files.items()}
    for number in sorted({first for first, *_ in pairs}):
        against = [
            f"{paths[other]} has different rows of {unit.replace(', ', ' ')} {first} ({n:,} such "
            "in all)"
            for this, other, first, n in pairs
            if this == number
        ]
        intake.refuse(
            number,
            "; ".join(against),
            "keep the right one, then run the same command again",
        )


def _count_once(intake: Intake, table: str, unit: str) -> None:
    """Of the same rows in several files, those of the first path stay."""
    intake.execute(
        f"""
        CREATE OR REPLACE TABLE repeated AS
        SELECT unit, file FROM digests WHERE file IN (SELECT file FROM {table}_rows)
        QUALIFY file > min(file) OVER (PARTITION BY unit)
        """
    )
    for number, n in intake.query(
        "SELECT file, count(*) FROM repeated GROUP BY file ORDER BY file"
    ):
        intake.files[number].notes.append(
            f"{WHAT[table]} that an earlier file has with the same rows, loaded once: {n:,}"
        )
    intake.execute(
        f"DELETE FROM {table}_rows AS r USING repeated AS p WHERE row({_of('r', unit)}) = p.unit "
        "AND r.file = p.file"
    )
