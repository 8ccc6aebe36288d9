"""What a check's query reads, and whether its months can be counted apart, by its text. Pure.

A month can be counted apart when the query, given the dates of that month alone, finds exactly the
rows that it finds of the month when it is given all dates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.kept import keep_text

AS_OF = "as_of"


@dataclass(frozen=True)
class Reads:
    """The relations that a query reads.

    `by_month`: whether its months can be counted apart. `on_dates`: those of which the rows of the
    judged dates alone matter; `whole`: those of which any row may. `is_steady`: whether the same
    rows give the same answer whenever it is asked.
    """

    by_month: bool
    on_dates: frozenset[str]
    whole: frozenset[str]
    is_steady: bool = True


def reads_of(sql: str, month: str, date_columns: Mapping[str, str | None]) -> Reads:
    """What a check's query reads.

    `month`: the column of the result by which its rows are counted, a date or a month.
    `date_columns`: relation -> its date column, None for one without dates.
    """
    parts = [sql, month, json.dumps(date_columns)]
    kept = keep_text("reads", parts, lambda: _reads_json(sql, month, date_columns))
    by_month, on_dates, whole, is_steady = json.loads(kept)
    return Reads(by_month, frozenset(on_dates), frozenset(whole), is_steady)


def _reads_json(sql: str, month: str, date_columns: Mapping[str, str | None]) -> str:
    # Late: what was found of the same text before needs no parser.
    from validation.reading import find_reads

    read = find_reads(sql, month, date_columns)
    told = [read.by_month, sorted(read.on_dates), sorted(read.whole), read.is_steady]
    return json.dumps(told)
