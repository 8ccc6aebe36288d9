"""Columns into pyarrow tables that fit the raw contracts; knows nothing of basketball."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from demo.arrays import Ints, Texts
from processors.raw_schemas import schema


@dataclass(frozen=True)
class Coded:
    """A column of texts that repeat: `texts` and, for every row, which of them."""

    texts: Texts
    which: Ints


def raw_table(table: str, columns: Mapping[str, Any]) -> Any:
    """A pyarrow table with the contract's columns in its order.

    A nullable column that is absent is NULL throughout; KeyError when any other is.
    """
    fields = schema(table)
    left_out = {field.name for field in fields if field.nullable} - columns.keys()
    known = {
        field.name: _array(columns[field.name], field.type)
        for field in fields
        if field.name not in left_out
    }
    rows = len(known[fields[0].name])
    arrays = [known.get(field.name, pa.nulls(rows, field.type)) for field in fields]
    return pa.Table.from_arrays(arrays, schema=fields)


def within(table: Any, start: date, end: date) -> Any:
    """The rows whose game_date lies in the range, both ends included."""
    day = table.column("game_date")
    return table.filter(
        pc.and_(pc.greater_equal(day, pa.scalar(start)), pc.less_equal(day, pa.scalar(end)))
    )


def _array(values: Any, type_: Any) -> Any:
    if isinstance(values, Coded):
        return pa.array(values.texts).cast(type_).take(pa.array(values.which))
    return pa.array(values).cast(type_)
