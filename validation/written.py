"""Check queries that follow from a contract: NULLs where a value is required, broken ranges, dead features.

Each is a pair: counts (item, season, month, kept, row_count) and evidence (item, thing).
"""

from __future__ import annotations

from processors.conditions import conditions
from processors.contract import Column, Contract
from validation.measurement import EVIDENCE

JUDGED_FROM_DAY = 28
"""Days into a season from which a feature's values are judged: before, windows are half empty."""
PLAYOFFS = "playoff_game"


def breaking(contract: Contract) -> tuple[str, str]:
    """Rows that break a NULL rule, a range, a set of values or an invariant of the contract."""
    broken = "\n    OR ".join(f"({condition})" for condition in conditions(contract).values())
    counts = (
        "SELECT '' AS item, season, FORMAT_DATE('%Y-%m', as_of) AS month,\n"
        f"  COUNT(*) - COUNTIF({broken}) AS kept, COUNT(*) AS row_count\nFROM judged\nGROUP BY 1, 2, 3"
    )
    evidence = f"SELECT '' AS item, {_thing(contract)} AS thing\nFROM judged\nWHERE {broken}\n{_first()}"
    return counts, evidence


def nulls(contract: Contract) -> tuple[str, str]:
    """Per column with `required_when`: rows where it holds, and those of them that have a value."""
    required = [column for column in contract.columns if column.required_when]
    counted = ",\n    ".join(
        f"COUNTIF({c.required_when}) AS wanted_{i}, "
        f"COUNTIF(({c.required_when}) AND {c.name} IS NOT NULL) AS known_{i}"
        for i, c in enumerate(required)
    )
    parts = "\nUNION ALL\n".join(
        f"SELECT '{c.name}' AS item, season, month, known_{i} AS kept, wanted_{i} AS row_count FROM counted"
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
    """Per feature (a column with a status) and season: its distinct values, past the season's day 28.

    Judged on regular-season games, where the feature has a source: some row's status is not `absent`.
    playoff_game is judged where covered games of both kinds are in the range.
    """
    features = [column for column in contract.columns if _has_status(contract, column)]
    counted = ",\n    ".join(
        f"COUNT(DISTINCT {_regular(c)}) AS values_{i}, {_has_source(c)} AS judged_{i}"
        for i, c in enumerate(features)
    )
    parts = "\nUNION ALL\n".join(
        f"SELECT '{c.name}' AS item, season, CAST(NULL AS STRING) AS month, values_{i} AS kept, row_count\n"
        f"FROM counted WHERE judged_{i}"
        for i, c in enumerate(features)
    )
    counts = f"""WITH seasons AS (
  SELECT season, MIN(IF(game_type = '2', game_date, NULL)) AS first_regular_date
  FROM schedule
  GROUP BY season
),
counted AS (
  SELECT judged.season, COUNTIF(games.game_type = '2') AS row_count,
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


def _regular(column: Column) -> str:
    """The values that count: play-off games are all of one kind in some respects."""
    name = f"judged.{column.name}"
    return name if column.name == PLAYOFFS else f"IF(games.game_type = '2', {name}, NULL)"


def _has_source(column: Column) -> str:
    if column.name == PLAYOFFS:
        return "COUNTIF(games.game_type = '4') > 0 AND COUNTIF(games.game_type = '2') > 0"
    return f"COUNTIF(judged.{column.name}_status != 'absent') > 0"


def _has_status(contract: Contract, column: Column) -> bool:
    return any(other.name == f"{column.name}_status" for other in contract.columns)


def _thing(contract: Contract) -> str:
    """The key of a row as text."""
    parts = ", ' ', ".join(f"CAST({name} AS STRING)" for name in contract.grain)
    return f"CONCAT({parts})"


def _first(order: str = "as_of") -> str:
    return f"ORDER BY {order}, thing\nLIMIT {EVIDENCE}"
