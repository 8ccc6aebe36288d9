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
    rows, added = one["rows"], one["added"]
    differ = verb_for(rows, "differs", "differ")
    said = f"{differ} from those loaded before"
    if added == rows:
        said = f"{verb_for(rows, 'is', 'are')} new beside those loaded before"
    elif added:
        said += f", {added:,} of them new"
    return (
        f"{counted(rows, 'row')} of {one['table']} in "
        f"{counted(one['games'], 'final game')} {said} ({_games(one)}); "
        "the next backfill computes what follows from them"
    )


def removed_words(removed: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each raw table of which rows that were loaded before are removed."""
    return [_removed_words(one) for one in removed]


def _removed_words(one: Mapping[str, Any]) -> str:
    whole = verb_for(one["games"], "the game", "the games")
    without = verb_for(one["rows"], "it", "them")
    return (
        f"{counted(one['rows'], 'row')} of {one['table']} in {counted(one['games'], 'game')}, "
        f"loaded before: these files have {whole} whole without {without} ({_games(one)}); "
        "the next backfill computes what follows from it"
    )


def _games(one: Mapping[str, Any]) -> str:
    """The first of the games, and how many more there are."""
    more = one["games"] - len(one["named"])
    return ", ".join(one["named"]) + (f" and {more:,} more" if more else "")


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
    for sentence in removed_words(done["removed"]):
        say_wrapped(f"removed: {sentence}")
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
