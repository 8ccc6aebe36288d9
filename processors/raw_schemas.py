"""Contracts as Arrow schemas: what every table of a load must look like, and what is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from core.yaml_files import read_model
from processors.contract import Column, RawContract
from processors.discovery import ROOT


@cache
def arrow_types() -> dict[str, Any]:
    """Type of a contract -> its Arrow type."""
    # Late, here and below: Arrow takes a quarter of a second that only rows need.
    import pyarrow as pa

    return {
        "STRING": pa.string(),
        "INT64": pa.int64(),
        "FLOAT64": pa.float64(),
        "BOOL": pa.bool_(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    }


def arrow_schema(columns: Sequence[Column]) -> Any:
    """The Arrow schema of columns as their contract declares them, with units and descriptions.

    Every field may be NULL: what a table must not hold is the audit's to say, not a file's.
    """
    import pyarrow as pa

    return pa.schema(list(map(_field, columns)))


def _field(column: Column) -> Any:
    import pyarrow as pa

    metadata = {"description": column.description}
    if column.unit:
        metadata["unit"] = column.unit
    return pa.field(column.name, arrow_types()[column.type], metadata=metadata)


@cache
def contract(raw_table: str) -> RawContract:
    """The contract of a raw table, as processors/raw says it."""
    return read_model(RawContract, ROOT / "raw" / f"{raw_table}.yaml")


@cache
def schema(raw_table: str) -> Any:
    """The Arrow schema of a raw table, as its contract declares it."""
    import pyarrow as pa

    types = arrow_types()
    return pa.schema(
        [
            pa.field(c.name, types[c.type], nullable=c.nullable)
            for c in contract(raw_table).columns
        ]
    )
