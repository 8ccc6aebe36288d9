"""Check queries that follow from a contract:
NULLs where a value is required, broken ranges, dead features.

Each is a pair: counts (item, season, month, kept, row_count) and evidence (item, month, thing); or,
where every row has a score of its own, a query like those of the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planning.waivers import COVERAGE_FLAGS
from processors.conditions import conditions
from processors.contract import NOTHING, Column, Contract
from validation.measurement import EVIDENCE

JUDGED_FROM_DAY = 28
"""Days into a season from which a feature's values are judged: before, windows are half empty."""
PLAYOFFS = "playoff_game"
REPORTS = "injury_reports"
"""The source that has a game where it has a row of it; the others have a flag in the schedule."""
_REPORTED = """LEFT JOIN (
    SELECT game_date, game_id FROM injury_reports WHERE game_date IN UNNEST(@dates)
    GROUP BY game_date, game_id
  ) AS reported ON judged.as_of = reported.game_date AND games.game_id = reported.game_id"""
_UNION = "\nUNION ALL\n"


def breaking(contract: Contract) -> tuple[str, str]:
    """Rows that break a NULL rule, a range, a set of values or an invariant of the contract."""
    each = [f"({condition})" for condition in conditions(contract).values()]
    broken = "\n    OR ".join(each)
    sums = {"kept": f"COUNT(*) - COUNTIF({broken})", "row_count": "COUNT(*)"}
    counts = sums_by_month("''", sums, "judged")
    amiss = f"SELECT '' AS item, as_of, {_thing(contract)} AS thing\nFROM judged\nWHERE {broken}"
    return counts, first_of_each_month(amiss)


def nulls(contract: Contract) -> tuple[str, str]:
    """Per column with `required_when`: rows where it holds, and those of them that have a value."""
    required = [column for column in contract.columns if column.required_when]
    thing = _thing(contract)
    lacking = _UNION.join(_rows_lacking(column, thing) for column in required)
    return _null_counts(required), first_of_each_month(lacking)


def _null_counts(required: Sequence[Column]) -> str:
    """Every column is counted in one scan of the table, then told in a row of its own."""
    sums: dict[str, str] = {}
    for i, c in enumerate(required):
        sums[f"wanted_{i}"] = f"COUNTIF({c.required_when})"
        sums[f"known_{i}"] = f"COUNTIF(({c.required_when}) AND {c.name} IS NOT NULL)"
    parts = [
        f"SELECT '{c.name}' AS item, season, month, known_{i} AS kept, wanted_{i} AS row_count "
        "FROM counted"
        for i, c in enumerate(required)
    ]
    counted = sums_by_month("''", sums, "judged")
    return f"WITH counted AS (\n{counted}\n)\n{_UNION.join(parts)}"


def _rows_lacking(column: Column, thing: str) -> str:
    return (
        f"SELECT '{column.name}' AS item, as_of, {thing} AS thing FROM judged\n"
        f"WHERE ({column.required_when}) AND {column.name} IS NULL"
    )


def distinct(contract: Contract) -> tuple[str, str]:
    """Per feature and season: its distinct values, past the season's day 28.

    Judged on the regular-season games that the feature's source covers, by the schedule's flags, or
    by the injury reports that there are; a feature that nothing gives yet is not judged.
    playoff_game is judged where covered games of both kinds are in the range.
    """
    features = [column for column in contract.features if column.source != NOTHING]
    counts = _distinct_counts(features)
    dead = (
        "SELECT item, month, CONCAT(CAST(season AS STRING), ': ', CAST(kept AS STRING)) AS thing\n"
        f"FROM (\n{counts}\n) AS found\nWHERE kept < 2\nORDER BY item, thing\nLIMIT {EVIDENCE}"
    )
    return counts, dead


def _distinct_counts(features: Sequence[Column]) -> str:
    """The values of every feature go through one count, under the feature's number.

    A count for each feature would keep as many hash tables side by side, each far from full.
    """
    covered = dict.fromkeys(map(_games_judged, features))
    flags = {condition: f"covered_{i}" for i, condition in enumerate(covered)}
    columns = [f"{_regular(c)} AS value_{i}" for i, c in enumerate(features)]
    columns += [f"{condition} AS {flag}" for condition, flag in flags.items()]
    listed = ",\n    ".join(columns)
    value = _by_number(f"value_{i}" for i, _ in enumerate(features))
    is_covered = _by_number(flags[_games_judged(c)] for c in features)
    name = _by_number(f"'{column.name}'" for column in features)
    is_judged = _by_number(map(_is_judged, features))
    return f"""WITH valued AS (
  SELECT judged.season, games.game_type,
    {listed}
  FROM judged
  INNER JOIN seasons ON judged.season = seasons.season
  INNER JOIN upcoming_player_game_context AS rosters
    ON judged.as_of = rosters.game_date AND judged.player_id = rosters.player_id
  INNER JOIN schedule AS games ON rosters.game_id = games.game_id
  {_REPORTED}
  WHERE DATE_DIFF(judged.as_of, seasons.first_regular_date, DAY) >= {JUDGED_FROM_DAY}
    AND rosters.game_date IN UNNEST(@dates)
),
counted AS (
  SELECT season, number, COUNT(DISTINCT value) AS kept, COUNTIF(is_covered) AS row_count,
    COUNTIF(game_type = '4') AS playoff_rows
  FROM (
    SELECT season, game_type, number,
      {value} AS value,
      {is_covered} AS is_covered
    FROM valued
    CROSS JOIN UNNEST(GENERATE_ARRAY(0, {len(features) - 1})) AS number
  ) AS numbered
  GROUP BY season, number
)
SELECT {name} AS item,
  season, CAST(NULL AS STRING) AS month, kept, row_count
FROM counted
WHERE {is_judged}"""


def _by_number(values: Iterable[str]) -> str:
    """The value of a feature by its number, as SQL."""
    cases = [f"WHEN {i} THEN {value}" for i, value in enumerate(values)]
    listed = "\n      ".join(cases)
    return f"CASE number\n      {listed}\n    END"


def quality(contract: Contract) -> str:
    """Every row past the season's day 28: its score,
    and the highest that the sources of its game allow.

    Both to nine places: a sum of FLOAT64 depends on the order of what is added up, which threads
    decide.
    """
    return f"""-- Every row past the season's day {JUDGED_FROM_DAY}: the share of its features
-- that are known.
WITH
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
  CAST(judged.feature_quality_score AS NUMERIC) AS score,
  CAST(100 * ({_knowable(contract.features)}) / {len(contract.features)} AS NUMERIC) AS possible
FROM judged
INNER JOIN seasons
  ON judged.season = seasons.season
LEFT JOIN rosters
  ON
    judged.as_of = rosters.game_date
    AND judged.player_id = rosters.player_id
LEFT JOIN schedule AS games
  ON rosters.game_id = games.game_id
{_REPORTED}
WHERE DATE_DIFF(judged.as_of, seasons.first_regular_date, DAY) >= {JUDGED_FROM_DAY}"""


def _knowable(features: Sequence[Column]) -> str:
    """How many of the features the sources of a game allow to be known, as SQL."""
    sources = [feature.source for feature in features]
    terms = [str(sources.count(None))]
    for source, flag in COVERAGE_FLAGS.items():
        if source in sources:
            count = sum(1 for other in sources if other == source)
            terms.append(f"IF(COALESCE(games.{flag}, TRUE), {count}, 0)")
    if REPORTS in sources:
        terms.append(f"IF(reported.game_id IS NULL, 0, {sources.count(REPORTS)})")
    return " + ".join(terms)


def _games_judged(column: Column) -> str:
    """The games on which a feature is judged: of the regular season, and covered by its source."""
    regular = "games.game_type = '2'"
    if column.source == REPORTS:
        return f"{regular} AND reported.game_id IS NOT NULL"
    if column.source not in COVERAGE_FLAGS:
        return regular
    return f"{regular} AND games.{COVERAGE_FLAGS[column.source]}"


def _regular(column: Column) -> str:
    """The values that count: play-off games are all of one kind in some respects."""
    name = f"judged.{column.name}"
    return (
        name
        if column.name == PLAYOFFS
        else f"IF({_games_judged(column)}, {name}, NULL)"
    )


def _is_judged(column: Column) -> str:
    """Whether a feature is judged, by what was counted of it."""
    if column.name == PLAYOFFS:
        return "playoff_rows > 0 AND row_count > 0"
    return "row_count > 0" if column.source else "TRUE"


def _thing(contract: Contract, prefix: str = "") -> str:
    """The key of a row as text."""
    parts = [f"CAST({prefix}{name} AS STRING)" for name in contract.grain]
    spaced = ", ' ', ".join(parts)
    return f"CONCAT({spaced})"


def first_of_each_month(amiss: str) -> str:
    """The first keys of each item and month, of a query of item, as_of, thing."""
    return (
        "SELECT item, month, thing\nFROM (\n  SELECT item, FORMAT_DATE('%Y-%m', as_of) AS month, "
        f"as_of, thing\n  FROM (\n{amiss}\n) AS amiss\n) AS keyed\nWHERE TRUE\nQUALIFY "
        f"ROW_NUMBER() OVER (PARTITION BY item, month ORDER BY as_of, thing) <= {EVIDENCE}\n"
        "ORDER BY item, as_of, thing"
    )


def sums_by_month(item: str, sums: Mapping[str, str], rows: str) -> str:
    """The query of sums per item, season and month of rows: name -> the sum.

    Added up by date first: to spell the month of every row costs more than all the rest.
    """
    by_date = ", ".join(f"{of_date} AS {name}" for name, of_date in sums.items())
    by_month = ", ".join(f"SUM({name}) AS {name}" for name in sums)
    return (
        f"SELECT item, season, FORMAT_DATE('%Y-%m', as_of) AS month, {by_month}\n"
        f"FROM (\nSELECT {item} AS item, season, as_of, {by_date}\n"
        f"FROM {rows}\nGROUP BY 1, 2, 3\n) AS by_date\nGROUP BY 1, 2, 3"
    )
