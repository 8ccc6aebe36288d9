"""What `export` shows, and the sentence on cells that are not fresh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from core.counted import counted, verb_for
from core.remedy import Remedy, Words, joined
from planning.export import UNOBSERVED, NotFresh
from planning.reasons import Reason
from planning.remedies import backfill_remedy
from reports.reasons import tell_detail, tell_gap
from reports.terminal import counts_text, grid
from reports.verify import say

NAMED = 3
"""Cells, or rows, that a sentence names."""
LISTED = 10
"""Cells that the terminal lists; all of them are in the manifest."""
AS_THEY_ARE = "--as-is, or as_is=True, takes them as they are and lists them"
CHANGED = "changed since it was last observed"


def not_fresh_words(cells: Sequence[NotFresh]) -> Words:
    """How many cells are not fresh, the first of them with why, and what to run."""
    number = len(cells)
    more = f"; and {number - NAMED:,} more" if number > NAMED else ""
    named = "; ".join(map(cell_sentence, cells[:NAMED]))
    verb = verb_for(number, "is", "are")
    steps = joined("; ", list(_steps(cells)))
    begin = f"{counted(number, 'cell')} {verb} not fresh: {named}{more}; to make them fresh: "
    return (begin, *steps, f"; {AS_THEY_ARE}")


def cell_sentence(cell: NotFresh) -> str:
    """A cell with how it stands and why."""
    return f"{cell.table} {cell.day or '(no date)'} is {cell.stands} ({why_not_fresh(cell)})"


def why_not_fresh(cell: NotFresh) -> str:
    """What is behind a cell that is not fresh, without what mends it."""
    if cell.why is None:
        return CHANGED
    if isinstance(cell.why, Reason):
        return tell_detail(cell.why.detail)
    return tell_gap(cell.why)


def _steps(cells: Sequence[NotFresh]) -> Iterator[Words]:
    """What to run: first what puts raw changes on record, then what computes, then what looks."""
    tables: dict[str, None] = {}
    days: list[date] = []
    is_unobserved = has_gap = False
    for cell in cells:
        if cell.is_due:
            tables[cell.table] = None
            days += [cell.day] if cell.day else []
        elif cell.stands == UNOBSERVED:
            is_unobserved = True
        else:
            has_gap = True
    if is_unobserved:
        changes = " puts raw changes on record and shows what they make stale"
        yield Remedy("plan"), changes
    if tables:
        yield (backfill_remedy(tables, days),)
    if has_gap:
        yield Remedy("report"), " names what the gaps wait for"


def print_export(manifest: Mapping[str, Any], folder: str) -> None:
    """What was written, which verdicts are in force on it, and what is not fresh in it."""
    rows = [_row(name, table) for name, table in manifest["tables"].items()]
    grid(
        "exported",
        ("table", "rows", "cells", "files", "bytes", "cells without rows"),
        rows,
    )
    for phase, verdict in manifest["verdicts"].items():
        say(f"{phase}: {_decision(verdict)}")
    if labels := manifest["labels"]:
        _print_labels(labels)
    _print_not_fresh(manifest["not_fresh"])
    say(f"written: {folder}, with manifest.json")


def _print_not_fresh(cells: Sequence[Mapping[str, Any]]) -> None:
    for cell in cells[:LISTED]:
        stands = f"is {cell['stands']} ({cell['why']})"
        say(f"not fresh: {cell['table']} {cell['date']} {stands}")
    if (more := len(cells) - LISTED) > 0:
        say(f"not fresh: {more:,} more, in the manifest")


def _row(name: str, table: Mapping[str, Any]) -> tuple[Any, ...]:
    size = sum(file["bytes"] for file in table["files"])
    without = counts_text(table["outcomes"])
    return name, table["rows"], len(table["cells"]), len(table["files"]), size, without


def _decision(verdict: Mapping[str, Any] | None) -> str:
    if verdict is None:
        return "no verdict: its gate was never asked (fullcourt gate PHASE)"
    first = "; ".join(verdict["breaches"][:1])
    over = f"{verdict['first_date']}..{verdict['last_date']}"
    return f"{verdict['decision']} over {over}{f': {first}' if first else ''}"


def _print_labels(labels: Mapping[str, Any]) -> None:
    for name, of in labels["tables"].items():
        kept_out = of["kept_out"]
        say(
            f"{name}: {counted(of['labelled'], 'row')} labelled; left out: "
            f"{of['did_not_play']:,} whose "
            f"player did not play, {len(kept_out):,} whose player played for another team"
        )
        for row in kept_out[:NAMED]:
            say(f"  {_sentence_on_kept_out(row)}")


def _sentence_on_kept_out(row: Mapping[str, Any]) -> str:
    who = f"{row['date']} player {row['player_id']}"
    played = f"{row['played_team']} in {row['played_game']}"
    return f"{who}: expected for {_expected_text(row)}, played for {played}"


def _expected_text(row: Mapping[str, Any]) -> str:
    team = row["expected_team"] or "nobody"
    game = row["expected_game"] or "no game"
    return f"{team} in {game}"
