"""Say of a closed gate that open games lie behind it, where they do."""

from __future__ import annotations

from core.errors import GateClosed, PhaseIncomplete
from planning.reasons import Cause, Reason
from reports.notices import awaited_words, overdue_words
from reports.report import Report
from validation.verdict import Verdict

BROKEN = frozenset({Cause.FAILED, Cause.QUARANTINED, Cause.DAMAGED})
"""What is wrong by itself, whatever games are open."""


def with_open_games(closed: GateClosed, report: Report) -> GateClosed:
    """The NO-GO with the open games named first: overdue ones, else those that final games of their
    date wait for. With overdue games it ends as gaps do, where it counts gaps alone.

    A phase with cells that are broken by themselves is closed by those: the error stays as it is.
    """
    overdue, awaited = report.notices.overdue, report.notices.awaited
    words = overdue_words(overdue) or awaited_words(awaited)
    if not words or _has_broken_cells(report, closed.phase):
        return closed
    told = GateClosed(closed.phase, closed.verdict, closed.breaches, words)
    if overdue and Verdict.model_validate(closed.verdict).is_closed_by_gaps:
        told.exit_code = PhaseIncomplete.exit_code
    return told


def _has_broken_cells(report: Report, phase: str) -> bool:
    """Whether a cell of the phase failed, was quarantined or is damaged."""
    tables = {part.table for part in report.coverage if part.phase == phase}
    for cause in report.causes:
        because = cause.because
        is_broken = isinstance(because, Reason) and because.cause in BROKEN
        if is_broken and not tables.isdisjoint(cause.tables):
            return True
    return False
