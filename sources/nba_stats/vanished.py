"""Open games that a newer schedule no longer has, and could have had.

A file covers a game when it could have named it: its games of that type begin before and end after
the game's date, and it names nearly all others that are known there. A whole schedule covers its
season, a week's file that week, a team's file the games of that team. A game that nobody covers, or
that any file names in a row however wrong, has not vanished: it waits, and is told as overdue.
"""

from __future__ import annotations

from sources.nba_stats.intake import Intake
from sources.nba_stats.status_texts import CALLED_OFF
from sources.nba_stats.words import few_of

SHARE_MISSING = 0.05
"""Share of the known games between a file's first and last that it may lack and still cover them:
more are parts that nobody asked for, not games that were dropped. One is always let pass."""

GAMES_TO_WIN = 4
"""Games after which a play-off series can be over, so that the rest of it is not needed."""

_ELIGIBLE = "game_type IN ('2', '4', '5', '6')"


def name_games(intake: Intake) -> None:
    """Make `named`: the games of all rows of the schedule files, before any is rejected."""
    intake.execute(
        f"""
        CREATE TABLE named AS
        SELECT file, game_id, season, game_date, home_team, away_team,
          status = 'final' AND {CALLED_OFF} IS NULL AS is_final,
          status <> 'final' AND {CALLED_OFF} IS NULL AS is_coming,
          fault IS NULL AS is_sound,
          game_id IS NULL AND fault.reason <> 'other_league' AS is_unreadable
        FROM schedule_rows
        """
    )


def drop_vanished(intake: Intake) -> None:
    """State as dropped the open games that a file covers and no file names.

    The file must be newer than what is known: no game that is known as final is open there, or
    missing where the file covers it. A game that is overdue by the file's latest final game is
    dropped then; one that is to come, only where the file lists coming games and its latest final
    game is not older than any that is known.
    """
    files = [file.number for file in intake.of("schedule")]
    if not files or not intake.known_games:
        return
    intake.execute(_LISTED, {"files": files})
    for statement in (_EXPECTED, _UNNEEDED, _SCOPES, _INSIDE, _COVERED, _VANISHED):
        intake.execute(statement)
    intake.execute(
        """
        INSERT INTO stated BY NAME
        SELECT game_id, game_date, season, game_type, home_team, away_team, 'dropped' AS status,
          tip_off, neutral_site
        FROM known SEMI JOIN vanished USING (game_id)
        """
    )
    _note_vanished(intake)


# A row whose id cannot be read may be any game: its file leaves nothing out for certain.
_LISTED = """
CREATE TABLE listed AS
SELECT file, game_id, game_id[3] AS game_type, season, game_date, home_team, away_team, is_final,
  is_coming
FROM named
WHERE is_sound AND list_contains(CAST($files AS INTEGER[]), file)
  AND file NOT IN (SELECT file FROM named WHERE is_unreadable)
"""

_EXPECTED = f"""
CREATE TABLE expected AS
SELECT game_id, game_type, season, game_date, home_team, away_team, status
FROM known WHERE status IN ('scheduled', 'live', 'final') AND {_ELIGIBLE}
"""

# The ids of a series differ in their last digit, the number of the game. Once it is over, the feed
# drops those that were listed if necessary.
_UNNEEDED = f"""
CREATE TABLE unneeded AS
WITH final_games AS (
  SELECT game_id FROM expected WHERE status = 'final' AND game_type = '4'
  UNION SELECT game_id FROM listed WHERE is_final AND game_type = '4'
),
played AS (
  SELECT left(game_id, 9) AS series, max(game_id) AS last_game FROM final_games GROUP BY ALL
  HAVING count(*) >= {GAMES_TO_WIN} AND count(*) = CAST(right(max(game_id), 1) AS INTEGER)
),
listed_series AS (
  SELECT file, left(game_id, 9) AS series, max(game_id) AS last_game FROM listed GROUP BY ALL
)
SELECT file, game_id
FROM expected JOIN played ON left(game_id, 9) = played.series
JOIN listed_series USING (series)
WHERE game_id > played.last_game AND game_id > listed_series.last_game
"""

# The schedule of a team is told by that team playing in all of its games.
_SCOPES = """
CREATE TABLE scopes AS
WITH spans AS (
  SELECT file, season, game_type, count(DISTINCT game_id) AS games, min(game_date) AS first_date,
    max(game_date) AS last_date
  FROM listed GROUP BY ALL
),
sides AS (SELECT *, unnest([home_team, away_team]) AS team FROM listed),
teams AS (
  SELECT file, season, game_type, team, count(DISTINCT game_id) AS games FROM sides GROUP BY ALL
),
always AS (
  SELECT file, season, game_type, list(team) AS teams
  FROM teams SEMI JOIN spans USING (file, season, game_type, games) GROUP BY ALL
)
SELECT file, season, game_type, first_date, last_date, CAST(NULL AS VARCHAR) AS team, teams
FROM spans LEFT JOIN always USING (file, season, game_type)
UNION ALL
SELECT file, season, game_type, first_date, last_date, unnest(teams), teams
FROM spans JOIN always USING (file, season, game_type)
"""

# The known games in the span of a scope, with whether the file lacks each of them and those around.
_INSIDE = """
CREATE TABLE inside AS
WITH known_there AS (
  SELECT s.*, e.game_id, e.game_date, e.home_team, e.away_team,
    (s.file, e.game_id) IN (SELECT (file, game_id) FROM unneeded) AS is_unneeded,
    (s.file, e.game_id) IN (SELECT (file, game_id) FROM named WHERE game_id IS NOT NULL) AS is_named
  FROM scopes AS s JOIN expected AS e USING (season, game_type)
  WHERE e.game_date BETWEEN first_date AND last_date
    AND (team IS NULL OR team IN (e.home_team, e.away_team))
)
SELECT *, NOT is_named AND NOT is_unneeded AS is_missing,
  count(*) OVER scope AS games, count(*) FILTER (is_missing) OVER scope AS missing,
  NOT coalesce(
    lag(is_missing, 2, true) OVER ordered OR lag(is_missing, 1, true) OVER ordered
    OR lead(is_missing, 1, true) OVER ordered OR lead(is_missing, 2, true) OVER ordered
  , true) AS is_surrounded
FROM known_there
WINDOW scope AS (PARTITION BY file, season, game_type, team),
  ordered AS (PARTITION BY file, season, game_type, team ORDER BY game_date, game_id)
"""

# A date on which a file names none of several known games may be missing as a whole.
_COVERED = f"""
CREATE TABLE covered AS
WITH of_files AS (
  SELECT file, season, list(DISTINCT game_date) AS dates,
    list_distinct(flatten([list(home_team), list(away_team)])) AS named_teams
  FROM listed GROUP BY ALL
),
of_dates AS (SELECT season, game_date, count(*) AS known_games FROM expected GROUP BY ALL),
judged AS (
  SELECT inside.*, team IS NOT NULL AS is_of_team,
    list_has_all(named_teams, [home_team, away_team])
      AND coalesce(list_has_any(teams, [home_team, away_team]), true) AS is_of_its_teams,
    list_contains(dates, game_date) OR known_games = 1 AS is_of_its_dates
  FROM inside JOIN of_files USING (file, season) JOIN of_dates USING (season, game_date)
)
SELECT DISTINCT file, game_id, is_named
FROM judged
WHERE game_date > first_date AND game_date < last_date
  AND missing <= greatest(1, {SHARE_MISSING} * games)
  AND IF(is_of_team, is_surrounded OR is_unneeded,
    is_of_its_teams AND (is_of_its_dates OR is_unneeded))
"""

_VANISHED = """
CREATE TABLE vanished AS
WITH known_finals AS (SELECT game_id, season, game_date FROM expected WHERE status = 'final'),
ages AS (
  SELECT file, season, max(game_date) FILTER (is_final) AS last_final,
    max(game_date) FILTER (is_coming) AS last_coming
  FROM listed GROUP BY ALL
),
latest AS (SELECT season, max(game_date) AS last_known FROM known_finals GROUP BY ALL),
older AS (
  SELECT file, season FROM listed SEMI JOIN known_finals USING (game_id) WHERE NOT is_final
  UNION
  SELECT file, season FROM covered JOIN known_finals USING (game_id) WHERE NOT is_named
)
SELECT file, game_id FROM covered JOIN expected USING (game_id)
JOIN ages USING (file, season) LEFT JOIN latest USING (season)
ANTI JOIN older USING (file, season) ANTI JOIN named USING (game_id)
ANTI JOIN derived USING (game_id) ANTI JOIN boxed USING (game_id)
WHERE status <> 'final' AND (
  game_date <= last_final - 2
  OR (last_coming > last_final AND last_final >= coalesce(last_known, last_final))
)
"""


def _note_vanished(intake: Intake) -> None:
    """Note on each schedule file which games it no longer has."""
    of_files = intake.query(
        "SELECT file, list(game_id ORDER BY game_id) FROM vanished GROUP BY file ORDER BY file"
    )
    for number, ids in of_files:
        intake.files[number].notes.append(
            "open games that this newer schedule no longer has, taken as dropped: "
            f"{len(ids):,} ({few_of(ids)})"
        )
