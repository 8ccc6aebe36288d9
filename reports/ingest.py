"""`ingest`: what was loaded, and what was left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from core.counted import counted, verb_for
from reports.terminal import grid, say_wrapped
from validation.figures import PERCENT, figure


def changed_words(changed: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each raw table whose rows of final games differ from those loaded before."""
    return [_changed_words(one) for one in changed]


def _changed_words(one: Mapping[str, Any]) -> str:
    more = one["games"] - len(one["named"])
    games = ", ".join(one["named"]) + (f" and {more:,} more" if more else "")
    differ = verb_for(one["rows"], "differs", "differ")
    return (
        f"{counted(one['rows'], 'row')} of {one['table']} in "
        f"{counted(one['games'], 'final game')} {differ} from those "
        f"loaded before ({games}); the next backfill computes what follows from them"
    )


def print_ingested(done: Mapping[str, Any]) -> None:
    """Rows written, files read and refused, rejects per reason with the repair."""
    if done["files"]:
        header = ("file", "raw table", "rows", "rejected", "note")
        keys = ("file", "raw_table", "rows", "rejected", "note")
        grid("files", header, map(itemgetter(*keys), done["files"]))
    grid("written", ("raw table", "rows"), done["rows"].items())
    for table, rows in done["rows"].items():
        if rows and done["filled"].get(table):
            say_wrapped(told_filled(table, rows, done["filled"][table]))
    if done["rejects"]:
        title = "rejected rows (kept in nba_backfill.rejects)"
        reject = ("reason", "rows", "repair")
        grid(title, reject, map(itemgetter(*reject), done["rejects"]))
    for sentence in changed_words(done["changed"]):
        say_wrapped(f"changed: {sentence}")
    for warning in done["warnings"]:
        say_wrapped(f"warning: {warning}")
    for unread in done["unread"]:
        say_wrapped(
            f"not read {unread['file']}: {unread['reason']}; {unread['repair']}"
        )
    for refused in done["refused"]:
        say_wrapped(
            f"refused {refused['file']}: {refused['reason']}; {refused['repair']}"
        )


def told_filled(table: str, rows: int, filled: Mapping[str, int]) -> str:
    """How many of a table's rows have what its source may leave empty."""
    shares = [
        f"{column} {count:,} ({figure(100 * count / rows, unit=PERCENT)})"
        for column, count in filled.items()
    ]
    return f"{table}: of {counted(rows, 'row')} {verb_for(rows, 'has', 'have')} {', '.join(shares)}"
