"""`ingest`: what was loaded, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from reports.terminal import console, grid


def print_ingested(done: Mapping[str, Any]) -> None:
    """Rows written, files read and refused, rejects per reason with the repair."""
    if done["files"]:
        header = ("file", "raw table", "rows", "rejected", "note")
        keys = ("file", "raw_table", "rows", "rejected", "note")
        grid("files", header, map(itemgetter(*keys), done["files"]))
    grid("written", ("raw table", "rows"), done["rows"].items())
    if done["rejects"]:
        title = "rejected rows (kept in nba_backfill.rejects)"
        reject = ("reason", "rows", "repair")
        grid(title, reject, map(itemgetter(*reject), done["rejects"]))
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
