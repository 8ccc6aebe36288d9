"""What is said after a NO-GO: which column of which table, in which season, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from reports.breaches import (
    BrokenCheck,
    closing_checks,
    tell_check,
    tell_others,
    tell_where,
)
from reports.next_steps import Step
from reports.sections import Section
from validation.verdict import Verdict

CHECKS_TOLD = 3
"""Checks that are told; all of them are in the verdict."""


def no_go_section(verdict: Verdict, steps: Sequence[Step]) -> Section:
    """What closed the gate, and the one command that helps first; all of them come after it."""
    closing = closing_checks(verdict)
    told = list(map(tell_closing, closing[:CHECKS_TOLD]))
    told += tell_others(verdict, closing[CHECKS_TOLD:])
    first = (f"{steps[0]}",) if steps else ()
    title = f"{verdict.phase}: NO-GO; what closed it, and what helps"
    return Section(title, tuple(told), commands=first)


def tell_closing(check: BrokenCheck) -> str:
    """A check that closed the gate, with the seasons that are amiss."""
    where = tell_where(check)
    return f"{tell_check(check)}; {where}" if where else tell_check(check)
