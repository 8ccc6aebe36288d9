"""What a case file may say, and how a query is run on a case's inputs;
the cases stand beside the queries.

A case gives rows of real tables and expects rows of the query's table. Left out columns of an input
are NULL where its contract allows it, else 0, 'x' or false; date and season are the case's. A list
makes one row per value, `repeat: 15` makes 15 rows. Rows of earlier games run backwards, one a day,
from the day before the date or from `ago` days before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, field_validator

from core.model import Frozen
from planning.batches import Batch
from processors.catalog import Catalog, Processor
from processors.contract import Column, Contract, RawContract

TOLERANCE = 1e-6
DEFAULTS = {"STRING": "x", "INT64": 0, "FLOAT64": 0.0, "BOOL": False}

Row = Mapping[str, Any]
Rows = tuple[dict[str, Any], ...]


class Case(Frozen):
    """One case: the harm it keeps away, its date or dates,
    the rows given, and all the rows expected.

    `expect` names every key that the query gives, each with the columns that matter (null must be
    NULL); `absent` the keys that the case is about not being there.
    """

    harm: str = Field(min_length=10)
    as_of: tuple[date, ...]
    season: int
    season_start: date | None = None
    inputs: dict[str, Rows]
    expect: Rows
    absent: Rows = ()

    @field_validator("as_of", mode="before")
    @classmethod
    def _one_date_is_a_batch(cls, value: object) -> object:
        return value if isinstance(value, list) else [value]

    def batch(self, table: str) -> Batch:
        """The batch of the case's dates; the season starts
        in October unless the case says otherwise."""
        return Batch.of_season(
            table,
            self.season,
            self.season_start or date(self.season, 10, 1),
            self.as_of,
        )


def read(path: Path) -> Case:
    """The case of a file; a pydantic error names the key that is wrong."""
    return Case.model_validate(yaml.safe_load(path.read_text()))


def given(
    case: Case, processor: Processor, catalog: Catalog
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Table -> the full rows of a case; KeyError for a table that the query does not read."""
    earlier = {r.table: r.rows == "before" for r in processor.contract.reads.values()}
    for table, groups in case.inputs.items():
        contract = catalog.raw.get(table) or catalog[table].contract
        rows = [
            row
            for group in groups
            for row in _run(group, case.as_of[0], earlier[table])
        ]
        yield table, [_filled(row, day, contract, case.season) for row, day in rows]


def _run(group: Row, as_of: date, earlier: bool) -> Iterator[tuple[Row, date]]:
    """The rows of a group, each with the date that is its own unless it says otherwise."""
    columns = {
        name: value for name, value in group.items() if name not in ("repeat", "ago")
    }
    lengths = {len(value) for value in columns.values() if isinstance(value, list)}
    (length,) = lengths | {group["repeat"]} if "repeat" in group else lengths or {1}
    for i in range(length):
        day = as_of - timedelta(days=group.get("ago", 1) + i) if earlier else as_of
        yield {n: v[i] if isinstance(v, list) else v for n, v in columns.items()}, day


def _filled(
    row: Row, day: date, contract: Contract | RawContract, season: int
) -> dict[str, Any]:
    names = {column.name for column in contract.columns}
    assert set(row) <= names, f"no column named {', '.join(sorted(set(row) - names))}"
    known = {str(contract.date_column): day, "season": season, **row}
    return {
        c.name: known[c.name] if c.name in known else _default(c, day)
        for c in contract.columns
    }


def _default(column: Column, day: date) -> object:
    if column.nullable:
        return None
    seen = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    return {**DEFAULTS, "DATE": day, "TIMESTAMP": seen}[column.type]


def differences(
    case: Case, contract: Contract, found: list[dict[str, Any]]
) -> list[str]:
    """What is not as the case expects, one line each; empty when it holds."""
    keys = [_key(row, contract, case) for row in found]
    by_key = dict(zip(keys, found, strict=True))
    expected = {_key(row, contract, case): row for row in case.expect}
    lines = [f"{key} is there twice" for key in by_key if keys.count(key) > 1]
    lines += [
        f"{key} must not be there"
        for row in case.absent
        if (key := _key(row, contract, case)) in by_key
    ]
    lines += [f"{key} is not expected" for key in by_key if key not in expected]
    lines += [f"{key} is missing" for key in expected if key not in by_key]
    for key in expected.keys() & by_key.keys():
        for name, value in expected[key].items():
            if not _equal(value, by_key[key][name]):
                lines.append(
                    f"{key} {name}: expected {value!r}, found {by_key[key][name]!r}"
                )
    return sorted(lines)


def _key(row: Row, contract: Contract, case: Case) -> str:
    """The grain of a row as text, `2024-11-05/1`;
    the date is the case's where a row leaves it out."""
    return "/".join(
        str(row.get(g, case.as_of[0]) if g == contract.date_column else row[g])
        for g in contract.grain
    )


def _equal(expected: object, found: object) -> bool:
    numbers = (int, float)
    if (
        isinstance(expected, bool)
        or not isinstance(expected, numbers)
        or not isinstance(found, numbers)
    ):
        return type(expected) is type(found) and expected == found
    return abs(expected - found) <= TOLERANCE
