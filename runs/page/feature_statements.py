"""Queries on the features of the feature store, written from their columns.

Each is a query as a check's (see validation/checks.py), in BigQuery's dialect, on the dates from
@first to @last: a list of dates would be searched for every row. Each reads every feature once, 8
bytes a value; the second also the statuses, some 5 bytes each. Both read about 20 MB of a season of
30,000 rows and 33 features.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processors.contract import STATUSES, Column
from processors.features import status_of
from reports.page.features import Binning

TABLE = "ml_feature_store"
ON_DATES = "game_date BETWEEN @first AND @last AND season IS NOT NULL"
FIGURES = ("known", "mean", "spread", "lowest", "highest", "broken")
"""What `profiles` says of each feature: values, their mean, standard deviation, lowest and highest,
and how many of them are no whole numbers."""
PLACE = 100
"""A code is the feature's place times this, plus a bin, or plus a number for a status."""
FIRST_STATUS = 90
"""The number that the first status has in a code; another reason has the last."""


def profiles(features: Sequence[Column]) -> str:
    """One row per season: row_count, and for each feature its figures, as `<figure>_<place>`."""
    figures: list[str] = []
    for place, feature in enumerate(features):
        name = feature.name
        figures += [
            f"COUNT({name}) AS known_{place}",
            f"AVG({name}) AS mean_{place}",
            f"STDDEV_POP({name}) AS spread_{place}",
            f"MIN({name}) AS lowest_{place}",
            f"MAX({name}) AS highest_{place}",
            f"COUNTIF({name} != FLOOR({name})) AS broken_{place}",
        ]
    listed = ",\n  ".join(figures)
    return f"""SELECT
  season,
  COUNT(*) AS row_count,
  {listed}
FROM {TABLE}
WHERE {ON_DATES}
GROUP BY season
ORDER BY season"""


def counts(features: Sequence[Column], binnings: Mapping[str, Binning]) -> str:
    """season, code, row_count: how many rows of a season have a feature in a bin, or NULL with a
    status. One code says all three, since grouping by a number takes a third of the time."""
    codes = ",\n    ".join(
        _code(place, feature, binnings[feature.name])
        for place, feature in enumerate(features)
    )
    return f"""WITH coded AS (
  SELECT season, [
    {codes}
  ] AS codes
  FROM {TABLE}
  WHERE {ON_DATES}
)
SELECT coded.season, code, COUNT(*) AS row_count
FROM coded
CROSS JOIN UNNEST(coded.codes) AS code
GROUP BY 1, 2
ORDER BY 1, 2"""


def _code(place: int, feature: Column, binning: Binning) -> str:
    """The code of one feature; what lies outside the bins counts in the outermost, and what is no
    number in the last: it is less than nothing, and no bin may be reckoned of it."""
    name, base = feature.name, place * PLACE
    last = binning.count - 1
    second, outermost = binning.edge(1), binning.edge(last)
    number = f"CAST(FLOOR(({name} - ({binning.low!r})) / {binning.width!r}) AS INT64)"
    return (
        f"CASE WHEN {name} IS NULL THEN {_reason(feature, base)} "
        f"WHEN {name} < {second!r} THEN {base} "
        f"WHEN {name} < {outermost!r} THEN {base} + {number} "
        f"ELSE {base + last} END"
    )


def _reason(feature: Column, base: int) -> str:
    """The code of a NULL, by its status."""
    cases = [
        f"WHEN '{status}' THEN {base + FIRST_STATUS + number}"
        for number, status in enumerate(STATUSES)
    ]
    other = base + FIRST_STATUS + len(STATUSES)
    return f"CASE {status_of(feature)} {' '.join(cases)} ELSE {other} END"
