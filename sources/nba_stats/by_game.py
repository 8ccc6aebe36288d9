"""What is told game by game, beside the season's logs: who won, who started, which row counts.

A box score of one game has no result and no date: the result follows from the two sides' points.
Where a game log has the same player, its counts stand, and the box score adds the start and the
seconds; it alone has those who did not play.
"""

from __future__ import annotations

from sources.nba_stats.intake import Intake, SourceFile
from sources.nba_stats.shapes import COUNTING
from sources.nba_stats.sift import FIVE

ROUNDING = 3
"""Minutes by which a side's sum may miss those of a whole game."""

HEAVES_SINCE = 2025
"""Season since when a missed heave at the end of a quarter is the team's attempt, not his."""
HEAVE_FEET, HEAVE_SECONDS, LAST_HEAVE_PERIOD = 36, 3, 3


def files_that_say(intake: Intake, table: str, a_result: bool) -> str:
    """The files of a raw table whose rows do, or do not, say who won: a list for SQL."""
    numbers = [
        str(file.number) for file in intake.of(table) if _says_who_won(file) == a_result
    ]
    return ", ".join(numbers) or "-1"


def _says_who_won(file: SourceFile) -> bool:
    return any(field.name == "result" for field in file.shape.fields)


def decide_teams(intake: Intake, table: str) -> None:
    """Give lines of single games their result: by the points, once a whole game was played."""
    _decide(
        intake, table, f"SELECT file, game_id, team, minutes, pts FROM {table}_rows"
    )


def decide_players(intake: Intake, table: str) -> None:
    """Give players' lines of single games the result of their team: the team's own, else by
    the sums of the lines."""
    intake.execute(
        f"""
        UPDATE {table}_rows AS r SET result = teams.result
        FROM (
          SELECT game_id, team, min(result) AS result FROM team_box_rows
          WHERE result IS NOT NULL GROUP BY ALL
        ) AS teams
        WHERE r.game_id = teams.game_id AND r.team = teams.team AND r.result IS NULL
          AND r.file IN ({files_that_say(intake, table, a_result=False)})
        """
    )
    sums = f"""
        SELECT file, game_id, team, sum(minutes) AS minutes, sum(pts) AS pts
        FROM {table}_rows GROUP BY ALL"""
    _decide(intake, table, sums)


def _decide(intake: Intake, table: str, sides: str) -> None:
    """Write the result of both sides of a game whose points differ and whose minutes are whole."""
    intake.execute(
        f"""
        WITH sides AS ({sides}),
        whole AS (
          FROM sides WHERE minutes >= 240 - {ROUNDING}
            AND abs(minutes - 240 - 25 * round((minutes - 240) / 25)) <= {ROUNDING}
        ),
        decided AS (
          SELECT own.file, own.game_id, own.team, IF(own.pts > other.pts, 'W', 'L') AS result
          FROM whole AS own JOIN whole AS other USING (file, game_id)
          WHERE own.team <> other.team AND own.pts <> other.pts
        )
        UPDATE {table}_rows AS r SET result = decided.result FROM decided
        WHERE r.file = decided.file AND r.game_id = decided.game_id AND r.team = decided.team
          AND r.result IS NULL AND r.file IN ({files_that_say(intake, table, a_result=False)})
        """
    )


def merge_teams(intake: Intake, table: str) -> None:
    """Leave the line of a team to the game log where that has the same game."""
    logs, single = (
        files_that_say(intake, table, a_result=known) for known in (True, False)
    )
    intake.execute(
        f"""
        DELETE FROM {table}_rows WHERE file IN ({single}) AND (game_id, team) IN (
          SELECT (game_id, team) FROM {table}_rows WHERE file IN ({logs})
        )
        """
    )


def merge_players(intake: Intake, table: str) -> None:
    """Make one line of a game log's and a box score's, and drop inactive men who have a line."""
    logs, single = (
        files_that_say(intake, table, a_result=known) for known in (True, False)
    )
    _note_other_counts(intake, table, logs, single)
    intake.execute(
        f"""
        UPDATE {table}_rows AS r SET starter = box.starter,
          minutes = IF(abs(r.minutes - box.minutes) <= 1, box.minutes, r.minutes)
        FROM (
          SELECT game_id, player_id, max_by(starter, file) AS starter,
            max_by(minutes, file) AS minutes
          FROM {table}_rows WHERE file IN ({single}) AND starter IS NOT NULL GROUP BY ALL
        ) AS box
        WHERE r.file IN ({logs}) AND r.game_id = box.game_id AND r.player_id = box.player_id
        """
    )
    intake.execute(
        f"""
        DELETE FROM {table}_rows WHERE file IN ({single}) AND (game_id, player_id) IN (
          SELECT (game_id, player_id) FROM {table}_rows WHERE file IN ({logs})
        )
        """
    )
    intake.execute(
        f"""
        DELETE FROM {table}_rows WHERE file IN ({single}) AND starter IS NULL
          AND (game_id, player_id) IN (
            SELECT (game_id, player_id) FROM {table}_rows WHERE starter IS NOT NULL
          )
        """
    )


def _note_other_counts(intake: Intake, table: str, logs: str, single: str) -> None:
    """Note on a file of box scores how many lines a game log has with other counts."""
    same = " AND ".join(f"log.{name} = box.{name}" for name in COUNTING)
    counted = intake.query(
        f"""
        SELECT box.file, count(*) FROM {table}_rows AS box
        JOIN {table}_rows AS log USING (game_id, player_id)
        WHERE box.file IN ({single}) AND log.file IN ({logs}) AND NOT ({same})
        GROUP BY box.file ORDER BY box.file
        """
    )
    for number, lines in counted:
        intake.files[number].notes.append(
            f"player games that the game log has with other counts, which stand: {lines:,}"
        )


def judge_starters(intake: Intake, table: str) -> None:
    """Believe who started only where a side has five of them; elsewhere nobody is said to."""
    intake.execute(
        f"""
        CREATE OR REPLACE TABLE odd_starters AS
        SELECT game_id, team, min(file) AS file FROM {table}_rows WHERE starter IS NOT NULL
        GROUP BY game_id, team HAVING count(*) FILTER (starter = 'true') <> {FIVE}
        """
    )
    intake.execute(
        f"""
        UPDATE {table}_rows AS r SET starter = NULL FROM odd_starters AS odd
        WHERE r.game_id = odd.game_id AND r.team = odd.team
        """
    )
    _note_odd_starters(intake)


def _note_odd_starters(intake: Intake) -> None:
    counted = intake.query(
        "SELECT file, count(*) FROM odd_starters GROUP BY file ORDER BY file"
    )
    for number, sides in counted:
        intake.files[number].notes.append(
            f"sides of a game without five starters, whose starters are left empty: {sides:,}"
        )


def leave_out_heaves(intake: Intake, table: str) -> None:
    """Drop the missed heaves of a side where that makes its shots as many as its attempts.

    Since 2025-26 a miss from afar in the last seconds of a quarter is no attempt of the player;
    actions of a game may still list it.
    """
    single = [
        f.number
        for f in intake.of(table)
        if any(d.column == "is assisted" for d in f.shape.derived)
    ]
    intake.execute(
        f"""
        CREATE OR REPLACE TABLE heaves AS
        WITH taken AS (
          SELECT *, season >= {HEAVES_SINCE} AND made = 'false' AND period <= {LAST_HEAVE_PERIOD}
            AND 60 * minutes_left + clock_seconds <= {HEAVE_SECONDS}
            AND distance_ft >= {HEAVE_FEET} AS is_heave
          FROM {table}_rows
        ),
        sides AS (
          SELECT file, game_id, team FROM taken
          JOIN (SELECT game_id, team, max(fga) AS fga FROM team_box_rows GROUP BY ALL)
            USING (game_id, team)
          GROUP BY file, game_id, team
          HAVING count(*) > max(fga) AND count(*) - count(*) FILTER (is_heave) = max(fga)
        )
        SELECT file, "row" FROM taken SEMI JOIN sides USING (file, game_id, team)
        WHERE is_heave AND file IN ({", ".join(map(str, single)) or "-1"})
        """
    )
    intake.execute(
        f'DELETE FROM {table}_rows WHERE (file, "row") IN (SELECT (file, "row") FROM heaves)'
    )
    for number, shots in intake.query(
        "SELECT file, count(*) FROM heaves GROUP BY ALL ORDER BY 1"
    ):
        intake.files[number].notes.append(
            f"missed heaves at the end of a quarter, attempts of the team alone: {shots:,} left out"
        )
