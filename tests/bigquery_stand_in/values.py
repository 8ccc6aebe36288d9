"""Values between BigQuery's REST form, Python and DuckDB's types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TO_DUCKDB = {
    "STRING": "VARCHAR",
    "INTEGER": "BIGINT",
    "INT64": "BIGINT",
    "FLOAT": "DOUBLE",
    "FLOAT64": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "BOOL": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
}
FROM_DUCKDB = {
    "VARCHAR": "STRING",
    "BIGINT": "INTEGER",
    "INTEGER": "INTEGER",
    "HUGEINT": "INTEGER",
    "DOUBLE": "FLOAT",
    "DECIMAL(38,9)": "NUMERIC",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
}
_SCALARS: dict[str, Callable[[str], Any]] = {
    "STRING": str,
    "INT64": int,
    "FLOAT64": float,
    "BOOL": lambda text: text == "true",
    "DATE": date.fromisoformat,
    "TIMESTAMP": lambda text: datetime.fromisoformat(text.replace("Z", "+00:00")),
}


def parameter(kind: Mapping[str, Any], value: Mapping[str, Any]) -> Any:
    """A query parameter as Python's value."""
    if kind["type"] == "ARRAY":
        return [
            parameter(kind["arrayType"], one) for one in value.get("arrayValues", [])
        ]
    if kind["type"] == "STRUCT":
        fields = {field["name"]: field["type"] for field in kind["structTypes"]}
        return {
            name: parameter(fields[name], one)
            for name, one in value["structValues"].items()
        }
    text = value.get("value")
    return None if text is None else _SCALARS[kind["type"]](text)


def spelled(kind: Mapping[str, Any]) -> str:
    """A parameter's type in SQL: ARRAY<DATE>, STRUCT<a STRING>."""
    if kind["type"] == "ARRAY":
        return f"ARRAY<{spelled(kind['arrayType'])}>"
    if kind["type"] == "STRUCT":
        fields = (
            f"{field['name']} {spelled(field['type'])}" for field in kind["structTypes"]
        )
        return f"STRUCT<{', '.join(fields)}>"
    return str(kind["type"])


def rows(found: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows as tabledata and query results carry them."""
    return [{"f": [{"v": _cell(value)} for value in row]} for row in found]


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return str((value - EPOCH) // timedelta(microseconds=1))
    if isinstance(value, float):
        return repr(value)
    return str(value)
