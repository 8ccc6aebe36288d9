"""Which games there are: from schedule files,
from the team rows where there is none, or known already.

Home and away follow from what the team rows say about their matchup; where that leaves it open,
nothing is guessed and the game stays out, its rows rejected.
"""

from __future__ import annotations

import pyarrow as pa

from core.counted import counted
from processors.raw_schemas import schema
from sources.nba_stats.intake import Intake
from sources.nba_stats.status_texts import CALLED_OFF, UNHEARD_OF, WORDS
from sources.nba_stats.vanished import drop_vanished
from sources.nba_stats.words import few_of

FEW_FLAGS = 5
SHARE_OF_FLAGS = 0.05
"""Games flagged as postponed, and their share of the coming ones,
above which the flag itself is wrong."""


def remember(intake: Intake, known: pa.Table | None) -> None:
    """Make the schedule that the warehouse has available as the table `known`."""
    columns = schema("schedule")
    table = columns.empty_table() if known is None else known.select(columns.names)
    intake.con.register("known_rows", table.cast(_without_zone(columns)))
    intake.known_games = intake.count("CREATE TABLE known AS SELECT * FROM known_rows")


def _without_zone(columns: pa.Schema) -> pa.Schema:
    """The schedule's columns with tip-offs in UTC without a zone, so that nothing depends on a
    connection's time zone."""
    place = columns.get_field_index("tip_off")
    tip_off = columns.field(place).with_type(pa.timestamp("us"))
    return columns.set(place, tip_off)


def file(intake: Intake) -> None:
    """Make `filed`, the games of the schedule files, and note the flags that are not believed."""
    intake.execute("CREATE TABLE plain_files (file INTEGER)")
    for known in intake.of("schedule"):
        if not any(field.name == "tip_off" for field in known.shape.fields):
            intake.execute(f"INSERT INTO plain_files VALUES ({known.number})")
    intake.execute(_JUDGED)
    intake.execute(_FILED)
    if intake.of("schedule"):
        _note_unheard_of(intake)
        _note_disbelieved(intake)


def _note_disbelieved(intake: Intake) -> None:
    """Note the flags that are not believed."""
    disbelieved = intake.query(
        "SELECT file, count(*) FROM judged_schedule WHERE is_disbelieved GROUP BY file ORDER BY "
        "file"
    )
    for number, games in disbelieved:
        intake.files[number].notes.append(
            f"postponedStatus is set for {counted(games, 'game')} against their "
            "status, their text or all "
            "likelihood, and is not believed there"
        )


def _note_unheard_of(intake: Intake) -> None:
    """Note the status texts that neither call a game off nor are usual: it waits to be played."""
    unheard_of = intake.query(
        """
        SELECT file, count(*), min(status_text) FROM judged_schedule
        WHERE is_unheard_of GROUP BY file ORDER BY file
        """
    )
    for number, games, example in unheard_of:
        intake.files[number].notes.append(
            f"gameStatusText is '{example}' or another unknown text for "
            f"{counted(games, 'open game')}, which are taken by their status alone: waive a "
            "game that will not be played"
        )


def sight(intake: Intake) -> None:
    """Keep what the team rows say about who met whom and when,
    rows with a fault elsewhere included.

    A game whose box score is rejected is still a game: its date then lacks a row, and says so.
    """
    intake.execute(
        """
        CREATE TABLE sightings AS
        SELECT file, game_id, season, team, date_said, result IS NOT NULL AS decided,
          regexp_extract(matchup, '^\\S+') AS left_team,
          regexp_extract(matchup, '\\S+$') AS right_team,
          contains(matchup, ' vs. ') AS versus
        FROM team_box_rows
        WHERE game_id IS NOT NULL AND team IS NOT NULL AND date_said IS NOT NULL
          AND matchup IS NOT NULL
          AND (fault IS NULL OR fault.reason <> 'season_contradiction')
        """
    )


# A row's own view of a neutral game reads '@' for either side. Who is home is said by 'AAA vs.
# BBB', and by 'AAA @ BBB' on the row of BBB, which repeats the game's one string; a lone 'AAA @
# BBB' says it too.
_DERIVED = """
CREATE TABLE derived AS
WITH claims AS (
  SELECT *, IF(versus, left_team, right_team) AS home, versus OR team = right_team AS certain,
    NOT versus AND team = right_team AS repeated,
    [least(left_team, right_team), greatest(left_team, right_team)] AS pair
  FROM sightings
),
results AS (SELECT game_id, bool_and(decided) AS final FROM (
  SELECT game_id, team, bool_or(decided) AS decided FROM sightings GROUP BY ALL
) GROUP BY ALL)
SELECT game_id, any_value(season) AS season,
  CASE WHEN count(DISTINCT date_said) = 1 THEN any_value(date_said) END AS game_date,
  CASE WHEN count(DISTINCT pair) = 1 THEN min(pair) END AS pair,
  CASE
    WHEN count(DISTINCT pair) > 1 THEN NULL
    WHEN count(DISTINCT home) FILTER (certain) = 1 THEN min(home) FILTER (certain)
    WHEN count(DISTINCT home) FILTER (certain) = 0 AND count(DISTINCT home) = 1 THEN min(home)
  END AS home_team,
  bool_or(repeated) OR count(DISTINCT home) > 1 AS neutral,
  any_value(results.final) AS final, count(DISTINCT team) FILTER (decided) AS decided_teams
FROM claims JOIN results USING (game_id) GROUP BY game_id
"""

# A game is called off in words, or by a flag that nothing contradicts: a text with a time or a
# result does, and so does the flag itself where it is set on more than a few of the coming games.
_JUDGED = rf"""
CREATE TABLE judged_schedule AS
WITH texts AS (
  SELECT *, {WORDS} AS words, {CALLED_OFF} AS called_off,
    coalesce(postponed = 'true', false) AS is_flagged
  FROM schedule_rows
),
coming AS (
  SELECT file, count(*) FILTER (is_flagged) AS flagged, count(*) AS games
  FROM texts WHERE status <> 'final' GROUP BY file
)
SELECT texts.*,
  status <> 'final' AND {UNHEARD_OF} AS is_unheard_of,
  is_flagged AND (
    status = 'final' OR regexp_matches(words, '\d|final')
    OR coalesce(flagged > {FEW_FLAGS} AND flagged > {SHARE_OF_FLAGS} * games, false)
  ) AS is_disbelieved
FROM texts LEFT JOIN coming USING (file)
"""

_FILED = """
CREATE TABLE filed AS
SELECT DISTINCT game_id, season, game_date, home_team, away_team, tip_off,
  CAST(neutral_site AS BOOLEAN) AS neutral_site, file IN (FROM plain_files) AS is_plain,
  coalesce(
    called_off, IF(is_flagged AND NOT is_disbelieved AND status = 'scheduled', 'postponed', status)
  ) AS status
FROM judged_schedule
"""

# A schedule of played games says nothing of tip-off and floor: what is known of them stays.
# A schedule file wins over the team rows, and they win over what is known; but a game with the
# results of both teams was played whatever a schedule says, and rows without a result make no known
# final game live.
_STATED = """
CREATE TABLE stated AS
WITH candidates AS (
  SELECT game_id, coalesce(f.season, d.season) AS season,
    coalesce(f.game_date, d.game_date, k.game_date) AS game_date,
    coalesce(
      f.home_team, d.home_team, CASE WHEN list_contains(d.pair, k.home_team) THEN k.home_team END
    ) AS home_team,
    f.away_team AS filed_away, d.pair,
    CASE
      WHEN d.final AND d.decided_teams = 2 THEN 'final'
      WHEN f.status IS NOT NULL THEN f.status
      WHEN d.final OR game_id IN (SELECT game_id FROM finals) THEN 'final'
      ELSE 'live'
    END AS status,
    CASE
      WHEN f.game_id IS NOT NULL AND NOT f.is_plain THEN f.tip_off
      WHEN coalesce(f.game_date, d.game_date, k.game_date) = k.game_date THEN k.tip_off
    END AS tip_off,
    IF(f.game_id IS NULL OR f.is_plain, coalesce(nullif(d.neutral, false), k.neutral_site),
      f.neutral_site) AS neutral_site
  FROM derived AS d FULL JOIN filed AS f USING (game_id) LEFT JOIN known AS k USING (game_id)
)
SELECT game_id, game_date, season, game_id[3] AS game_type, home_team,
  coalesce(filed_away, IF(pair[1] = home_team, pair[2], pair[1])) AS away_team, status, tip_off,
    neutral_site
FROM candidates WHERE game_date IS NOT NULL AND home_team IS NOT NULL
"""


def resolve(intake: Intake) -> None:
    """Make `games` (every game stated here or known),
    and `undetermined` (games that could not be stated)."""
    for statement in (_DERIVED, _STATED):
        intake.execute(statement)
    drop_vanished(intake)
    intake.execute(
        """
        CREATE TABLE final_games AS
        SELECT game_id FROM stated WHERE status = 'final'
        UNION ALL
        SELECT game_id FROM known ANTI JOIN stated USING (game_id) WHERE status = 'final'
        """
    )
    intake.execute(
        """
        CREATE TABLE games AS
        SELECT game_id, game_date, season, game_type, home_team, away_team FROM stated
        UNION ALL
        SELECT game_id, game_date, season, game_type, home_team, away_team
        FROM known ANTI JOIN stated USING (game_id)
        """
    )
    intake.execute(
        """
        CREATE TABLE undetermined AS
        SELECT game_id, IF(game_date IS NULL, 'date_undetermined', 'home_undetermined') AS reason
        FROM derived ANTI JOIN games USING (game_id)
        """
    )
    if intake.of("schedule"):
        _note_stale_files(intake)
        _note_contradicting(intake)


def _note_stale_files(intake: Intake) -> None:
    """Note on a schedule file the games that the team rows show as played and it does not."""
    stale = intake.query(
        """
        SELECT file, count(*) FROM schedule_rows JOIN derived USING (game_id)
        WHERE derived.final AND status <> 'final' GROUP BY file ORDER BY file
        """
    )
    for number, games in stale:
        intake.files[number].notes.append(
            f"games with results in the team rows that are not final here: {games:,}; taken as "
            "final; request the schedule again"
        )


def _note_contradicting(intake: Intake) -> None:
    """Note on a schedule file the games that its status calls final and its text calls off, where
    no box score says which is true: the text stands."""
    contradicting = intake.query(
        """
        SELECT file, called_off, list(game_id ORDER BY game_id), min(status_text)
        FROM judged_schedule JOIN stated USING (game_id)
        WHERE judged_schedule.status = 'final' AND stated.status = called_off
        GROUP BY ALL ORDER BY ALL
        """
    )
    for number, called_off, ids, example in contradicting:
        intake.files[number].notes.append(
            f"gameStatus is 3 and gameStatusText '{example}' for {counted(len(ids), 'game')} "
            f"({few_of(ids)}), taken as {called_off}: load the box scores where one was played"
        )
