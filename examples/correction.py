"""What a correction changed: two exports of the same tables compared, by cell, then by row.

    fullcourt export player_game_summary ml_feature_store --to before
    fullcourt ingest nba-stats corrected/ && fullcourt backfill
    fullcourt export player_game_summary ml_feature_store --to after
    python examples/correction.py before after

The manifests tell which cells hold something else; only those rows are compared.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Keyed = dict[tuple[Any, ...], dict[str, Any]]
"""Key -> row."""
SHOWN = 5
"""Rows shown of each table."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """What an export says of itself."""
    found: dict[str, Any] = json.loads(
        (folder / "manifest.json").read_text(encoding="utf-8")
    )
    return found


def changed_cells(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The dates on which a table holds other rows in one export than in the other."""
    dates = sorted({*before["cells"], *after["cells"]})
    return [day for day in dates if content(before, day) != content(after, day)]


def content(table: dict[str, Any], day: str) -> str | None:
    """The fingerprint of a cell; None where there is none."""
    found: str | None = table["cells"].get(day, {}).get("content")
    return found


def rows_of(folder: Path, table: dict[str, Any], days: list[str]) -> Keyed:
    """A table's rows on these dates; all of them, where it has no dates."""
    column, found = table["date_column"], Keyed()
    for file in table["files"]:
        rows = pq.read_table(folder / file["path"])
        if column:
            chosen = pa.array([date.fromisoformat(day) for day in days], pa.date32())
            rows = rows.filter(pc.is_in(rows[column], value_set=chosen))
        for row in rows.to_pylist():
            found[tuple(row[name] for name in table["grain"])] = row
    return found


def differences(before: Keyed, after: Keyed) -> Iterator[str]:
    """A line for each row that is there once, or differs, with what differs."""
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            yield f"{key}: {'new' if one is None else 'gone'}"
        elif one != other:
            names = [name for name in other if one.get(name) != other[name]]
            yield f"{key}: " + ", ".join(
                f"{n} {one.get(n)} -> {other[n]}" for n in names
            )


def compare(old: Path, new: Path) -> Iterator[str]:
    """Lines on every table that both exports hold."""
    before, after = read_manifest(old)["tables"], read_manifest(new)["tables"]
    for name in (name for name in after if name in before):
        days = changed_cells(before[name], after[name])
        yield f"{name}: {len(days)} of {len(after[name]['cells'])} cells changed"
        rows = [rows_of(f, t[name], days) for f, t in ((old, before), (new, after))]
        lines = list(differences(*rows))
        yield from (f"  {line}" for line in lines[:SHOWN])
        if len(lines) > SHOWN:
            yield f"  and {len(lines) - SHOWN} rows more"


def main() -> None:
    """Print what differs between two exports to parquet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    asked = parser.parse_args()
    print("\n".join(compare(asked.before, asked.after)))


if __name__ == "__main__":
    main()
