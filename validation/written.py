"""Check queries that follow from a contract:
NULLs where a value is required, broken ranges, dead features.

Each is a pair: counts (item, season, month, kept, row_count) and evidence (item, thing); or, where
every row has a score of its own, a query like those of the files.
"""

from __future__ import annotations

from collections.abc import Mapping

from planning.waivers import COVERAGE
from processors.conditions import conditions
from processors.contract import NOTHING, Column, Contract
from validation.measurement import EVIDENCE

JUDGED_FROM_DAY = 28
"""Days into a season from which a feature's values are judged: before, windows are half empty."""
PLAYOFFS = "playoff_game"


def breaking(contract: Contract) -> tuple[str, str]:
    """Rows that break a NULL rule, a range, a set of values or an invariant of the contract."""
    broken = "\n    OR ".join(f"({condition})" for condition in conditions(contract).values())
    counts = (
        "SELECT '' AS item, season, FORMAT_DATE('%Y-%m', as_of) AS month,\n"
        f"  COUNT(*) - COUNTIF({broken}) AS kept, COUNT(*) AS row_count\nFROM judged\nGROUP BY "
        "1, 2, 3"
    )
    evidence = (
        f"SELECT '' AS item, {_thing(contract)} AS thing\nFROM judged\nWHERE {broken}\n{_first()}"
    )
    return counts, evidence


def nulls(contract: Contract) -> tuple[str, str]:
    """Per column with `required_when`: rows where it holds, and those of them that have a value."""
    required = [column for column in contract.columns if column.required_when]
    counted = ",\n    ".join(
        f"COUNTIF({c.required_when}) AS wanted_{i}, COUNTIF(({c.required_when}) AND {c.name} IS "
        f"NOT NULL) AS known_{i}"
        for i, c in enumerate(required)
    )
    parts = "\nUNION ALL\n".join(
        f"SELECT '{c.name}' AS item, season, month, known_{i} AS kept, wanted_{i} AS row_count "
        "FROM counted"
        for i, c in enumerate(required)
    )
    counts = (
        "WITH counted AS (\n  SELECT season, FORMAT_DATE('%Y-%m', as_of) AS month,\n    "
        f"{counted}\n  FROM judged\n  GROUP BY 1, 2\n)\n{parts}"
    )
    lacking = "\nUNION ALL\n".join(
        f"SELECT '{c.name}' AS item, as_of, {_thing(contract)} AS thing FROM judged\n"
        f"WHERE ({c.required_when}) AND {c.name} IS NULL"
        for c in required
    )
    return counts, f"SELECT item, thing FROM (\n{lacking}\n) AS lacking\n{_first('item, as_of')}"


def distinct(contract: Contract) -> tuple[str, str]:
    """Per feature and season: its distinct values, past the season's day 28.

    Judged on the regular-season games that the feature's source covers, by the schedule's flags; a
    feature that nothing gives yet is not judged. playoff_game is judged where covered games of both
    kinds are in the range.
    """
    features = [column for column in contract.features if column.source != NOTHING]
    counted = ",\n    ".join(
        f"COUNT(DISTINCT {_regular(c)}) AS values_{i}, COUNTIF({_covered_regular(c)}) AS rows_{i}"
        for i, c in enumerate(features)
    )
    parts = "\nUNION ALL\n".join(
        f"SELECT '{c.name}' AS item, season, CAST(NULL AS STRING) AS month, values_{i} AS kept,\n"
        f"  rows_{i} AS row_count\nFROM counted WHERE {_is_judged(c, i)}"
        for i, c in enumerate(features)
    )
    counts = f"""WITH seasons AS (
  SELECT season, MIN(IF(game_type = '2', game_date, NULL)) AS first_regular_date
  FROM schedule
  GROUP BY season
),
counted AS (
  SELECT judged.season, COUNTIF(games.game_type = '4') AS playoff_rows,
    {counted}
  FROM judged
  INNER JOIN seasons ON judged.season = seasons.season
  INNER JOIN upcoming_player_game_context AS rosters
    ON judged.as_of = rosters.game_date AND judged.player_id = rosters.player_id
  INNER JOIN schedule AS games ON rosters.game_id = games.game_id
  WHERE DATE_DIFF(judged.as_of, seasons.first_regular_date, DAY) >= {JUDGED_FROM_DAY}
    AND rosters.game_date IN UNNEST(@dates)
  GROUP BY judged.season
)
{parts}"""
    dead = (
        "SELECT item, CONCAT(CAST(season AS STRING), ': ', CAST(kept AS STRING)) AS thing\n"
        f"FROM (\n{counts}\n) AS found\nWHERE kept < 2\nORDER BY item, thing\nLIMIT {EVIDENCE}"
    )
    return counts, dead


def quality(contract: Contract) -> str:
    """Every row past the season's day 28: its score,
    and the highest that the sources of its game allow."""
    features = contract.features
    always = sum(1 for column in features if column.source is None)
    terms = [str(always)]
    for source, flag in COVERAGE.items():
        number = sum(1 for column in features if column.source == source)
        if number:
            terms.append(f"IF(COALESCE(games.{flag}, TRUE), {number}, 0)")
    return f"""-- Every row past the season's day {JUDGED_FROM_DAY}: the share of its features
-- that are known.
WITH
seasons AS (
  SELECT
    season,
    MIN(game_date) AS first_regular_date
  FROM schedule
  WHERE game_type = '2'
  GROUP BY season
),

rosters AS (
  SELECT
    game_date,
    player_id,
    game_id
  FROM upcoming_player_game_context
  WHERE game_date IN UNNEST(@dates)
)

SELECT
  judged.season,
  judged.as_of,
  {_thing(contract, "judged.")} AS thing,
  judged.feature_quality_score AS score,
  100 * ({" + ".join(terms)}) / {len(features)} AS possible
FROM judged
INNER JOIN seasons
  ON judged.season = seasons.season
LEFT JOIN rosters
  ON
    judged.as_of = rosters.game_date
    AND judged.player_id = rosters.player_id
LEFT JOIN schedule AS games
  ON rosters.game_id = games.game_id
WHERE DATE_DIFF(judged.as_of, seasons.first_regular_date, DAY) >= {JUDGED_FROM_DAY}"""


def completeness(date_columns: Mapping[str, str]) -> str:
    """Every date that any table of the phase has:
    whether the table under check, where due, has it too."""
    held = "\n  UNION DISTINCT\n".join(
        f"  SELECT {column} AS as_of\n  FROM {table}\n  WHERE {column} IN UNNEST(@dates)"
        for table, column in date_columns.items()
    )
    return f"""-- Every date that a table of the phase has, where this one is due: whether it has
-- rows.
WITH
held AS (
{held}
),

due AS (
  SELECT
    season,
    as_of
  FROM expected
  GROUP BY
    season,
    as_of
),

found AS (
  SELECT as_of
  FROM judged
  GROUP BY as_of
)

SELECT
  due.season,
  due.as_of,
  CAST(due.as_of AS STRING) AS thing,
  IF(found.as_of IS NULL, 0, 1) AS score
FROM held
INNER JOIN due
  ON held.as_of = due.as_of
LEFT JOIN found
  ON held.as_of = found.as_of"""


def _covered_regular(column: Column) -> str:
    """The games on which a feature is judged: of the regular season, and covered by its source."""
    regular = "games.game_type = '2'"
    return (
        f"{regular} AND games.{COVERAGE[column.source]}" if column.source in COVERAGE else regular
    )


def _regular(column: Column) -> str:
    """The values that count: play-off games are all of one kind in some respects."""
    name = f"judged.{column.name}"
    return name if column.name == PLAYOFFS else f"IF({_covered_regular(column)}, {name}, NULL)"


def _is_judged(column: Column, number: int) -> str:
    if column.name == PLAYOFFS:
        return f"playoff_rows > 0 AND rows_{number} > 0"
    return f"rows_{number} > 0" if column.source else "TRUE"


def _thing(contract: Contract, prefix: str = "") -> str:
    """The key of a row as text."""
    parts = ", ' ', ".join(f"CAST({prefix}{name} AS STRING)" for name in contract.grain)
    return f"CONCAT({parts})"


def _first(order: str = "as_of") -> str:
    return f"ORDER BY {order}, thing\nLIMIT {EVIDENCE}"
