"""What a cancelled run leaves behind: what is published, what is left, how it resumes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from core.counted import counted, verb_for
from core.grouping import group
from planning.coverage import Coverage, total
from reports.markdown import table

RESUMES = "what is published stays; run the same again, it resumes with the cells that are left"
HEADER = ("table", "cells published", "of", "left")


def tell_cancelled(what: str, coverage: Sequence[Coverage]) -> str:
    """How much of a run is published and left, in one sentence; `what`: the run."""
    done, due, _rows = total(coverage)
    left = due - done
    share = (
        f"{done:,} of {counted(due, 'cell')} {verb_for(done, 'is', 'are')} published, "
        f"{left:,} {verb_for(left, 'is', 'are')} left"
    )
    return f"{what} was cancelled: {share}; {RESUMES}"


def cancelled_markdown(what: str, coverage: Sequence[Coverage]) -> str:
    """The same with a line per table, as a Markdown document."""
    rows: list[tuple[str, ...]] = []
    tables: dict[str, list[Coverage]] = group(coverage, attrgetter("table"))
    for name, parts in tables.items():
        done, due, _rows = total(parts)
        rows.append((name, f"{done:,}", f"{due:,}", f"{due - done:,}"))
    said = tell_cancelled(what, coverage)
    return "\n\n".join([f"# Cancelled: {what}", said, table(HEADER, rows)]) + "\n"


def tell_unread(what: str, why: object) -> str:
    """That nobody could look at what a cancelled run had published, and why."""
    return (
        f"{what} was cancelled; what it published could not be read: {why}; {RESUMES}"
    )
