"""Say of a closed gate that overdue games lie behind it, where they do."""

from __future__ import annotations

from core.errors import GateClosed, PhaseIncomplete
from planning.reasons import Cause, Reason
from reports.notices import overdue_words
from reports.report import Report
from validation.verdict import Verdict

BROKEN = frozenset({Cause.FAILED, Cause.QUARANTINED, Cause.DAMAGED})
"""What is wrong by itself, whatever games are open."""


def with_overdue(closed: GateClosed, report: Report) -> GateClosed:
    """The NO-GO with the overdue games named first; it ends as gaps do where it counts gaps alone.

    A phase with cells that are broken by themselves is closed by those: the error stays as it is.
    """
    games = report.notices.overdue
    if not games or _has_broken_cells(report, closed.phase):
        return closed
    told = GateClosed(
        closed.phase, closed.verdict, closed.breaches, overdue_words(games)
    )
    if Verdict.model_validate(closed.verdict).is_closed_by_gaps:
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
