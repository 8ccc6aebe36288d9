"""A game's status only goes forward: final games stay final.

An older download loaded last must not undo a game whose box scores are in the warehouse, and a row
caught while the game was on must not stand for its result.
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa

from sources.nba_stats.by_game import files_that_say
from sources.nba_stats.intake import Intake
from sources.nba_stats.status_texts import CALLED_OFF

UNFINISHES = "unfinishes_game"
UNFINISHED = "unfinished_row"


_NO_RESULT = """
SELECT file, "row", game_id, 'WL' AS "column", result_said AS value
FROM {table}_rows WHERE result IS NULL
"""
_UNFINISHING = {
    "schedule": f"""
    SELECT file, "row", game_id, IF(status <> 'final', 'gameStatus', 'gameStatusText') AS "column",
      IF(status <> 'final', status, status_text) AS value
    FROM schedule_rows WHERE status <> 'final' OR {CALLED_OFF} IS NOT NULL
    """,
    "team_box": _NO_RESULT.format(table="team_box"),
    "player_box": _NO_RESULT.format(table="player_box"),
}
"""Raw table -> the rows that say that their game is not final."""


def protect(intake: Intake, boxed: Collection[str], allow_unfinish: bool) -> None:
    """Make the tables of known final games that say what a file may do to them.

    `finals`: a row without a result makes none of them live again. `protected`: those with box
    scores in the warehouse (`boxed`), which no file makes unfinished. `reopened`: all of them, and
    the other two empty, with `allow_unfinish`.
    """
    intake.con.register(
        "boxed_ids", pa.table({"game_id": pa.array(sorted(boxed), pa.string())})
    )
    chosen = "status = 'final'" if not allow_unfinish else "false"
    reopened = "status = 'final'" if allow_unfinish else "false"
    intake.execute(
        f"CREATE TABLE reopened AS SELECT game_id FROM known WHERE {reopened}"
    )
    intake.execute("CREATE TABLE boxed AS SELECT game_id FROM boxed_ids")
    intake.execute(f"CREATE TABLE finals AS SELECT game_id FROM known WHERE {chosen}")
    intake.protected_games = intake.count(
        "CREATE TABLE protected AS SELECT game_id FROM finals SEMI JOIN boxed USING (game_id)"
    )


def keep_final(intake: Intake, table: str) -> None:
    """Reject the rows that would make a protected game unfinished: without a result, with another
    status, or final with a text that calls the game off."""
    if not intake.protected_games:
        return
    intake.reject(
        table,
        f"""
        SELECT file, "row", "column", '{UNFINISHES}' AS reason, value
        FROM ({_UNFINISHING[table]}) SEMI JOIN protected USING (game_id)
        """,
    )
    if table == "team_box":
        intake.execute(
            "DELETE FROM sightings WHERE NOT decided AND game_id IN (SELECT game_id FROM protected)"
        )


def reject_unfinished(intake: Intake, table: str) -> None:
    """Reject rows without a result: they were caught while the game was on.

    Kept, they would stand for its box score as soon as a schedule calls the game final. Only where
    a known final game may be unfinished are they believed.
    """
    saying = files_that_say(intake, table, a_result=True)
    intake.reject(
        table,
        f"""
        SELECT file, "row", IF(file IN ({saying}), 'WL', NULL) AS "column",
          '{UNFINISHED}' AS reason, result_said AS value
        FROM {table}_rows
        WHERE result IS NULL AND (
          game_id IN (SELECT game_id FROM final_games)
          OR game_id NOT IN (SELECT game_id FROM reopened)
        )
        """,
    )
