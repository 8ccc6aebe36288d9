"""Python's values as query parameters: dates are one ARRAY<DATE>,
ledger rows one array of structs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from google.cloud import bigquery

from warehouse.store import Array

Parameter = bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter


@dataclass(frozen=True)
class Structs:
    """An array of structs: the type of each field, and a mapping per struct."""

    types: Mapping[str, str]
    values: Sequence[Mapping[str, Any]]


def parameters(given: Mapping[str, Any]) -> list[Parameter]:
    """The parameters of a statement by name."""
    return [_parameter(name, value) for name, value in given.items()]


def _parameter(name: str, value: Any) -> Parameter:
    if isinstance(value, Structs):
        return bigquery.ArrayQueryParameter(
            name, "STRUCT", [_struct(value.types, v) for v in value.values]
        )
    if isinstance(value, Array):
        return bigquery.ArrayQueryParameter(name, value.type, list(value.values))
    return bigquery.ScalarQueryParameter(name, _type(value), value)


def _struct(
    types: Mapping[str, str], value: Mapping[str, Any]
) -> bigquery.StructQueryParameter:
    fields = [
        bigquery.ScalarQueryParameter(name, kind, value[name])
        for name, kind in types.items()
    ]
    return bigquery.StructQueryParameter(None, *fields)


def _type(value: Any) -> str:
    # A bool is an int and a datetime a date to Python: the narrower first.
    for kind, spelled in (
        (bool, "BOOL"),
        (int, "INT64"),
        (float, "FLOAT64"),
        (str, "STRING"),
    ):
        if isinstance(value, kind):
            return spelled
    if isinstance(value, datetime):
        return "TIMESTAMP"
    if isinstance(value, date):
        return "DATE"
    raise TypeError(f"no BigQuery type for a parameter of {type(value).__name__}")
