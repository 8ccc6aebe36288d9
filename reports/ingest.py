"""`ingest`: what was loaded, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.terminal import console, grid


def print_ingested(done: Mapping[str, Any]) -> None:
    """Rows written, files read and refused, rejects per reason with the repair."""
    if done["files"]:
        grid(
            "files",
            ("file", "raw table", "rows", "rejected", "note"),
            (
                [f[k] for k in ("file", "raw_table", "rows", "rejected", "note")]
                for f in done["files"]
            ),
        )
    grid("written", ("raw table", "rows"), done["rows"].items())
    for table, rows in done["rows"].items():
        if rows and done["filled"].get(table):
            console().print(told_filled(table, rows, done["filled"][table]))
    if done["rejects"]:
        grid(
            "rejected rows (kept in nba_backfill.rejects)",
            ("reason", "rows", "repair"),
            ([r["reason"], r["rows"], r["repair"]] for r in done["rejects"]),
        )
    for warning in done["warnings"]:
        console().print(f"warning: {warning}", markup=False)
    for unread in done["unread"]:
        console().print(
            f"not read {unread['file']}: {unread['reason']}; {unread['repair']}"
        )
    for refused in done["refused"]:
        console().print(
            f"refused {refused['file']}: {refused['reason']}; {refused['repair']}"
        )


def told_filled(table: str, rows: int, filled: Mapping[str, int]) -> str:
    """How many of a table's rows have what its source may leave empty."""
    shares = [
        f"{column} {count:,} ({100 * count / rows:.4g} %)"
        for column, count in filled.items()
    ]
    return f"{table}: of {rows:,} rows have {', '.join(shares)}"
