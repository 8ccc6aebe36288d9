"""What is said after a NO-GO: which column of which table, in which season, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from core.counted import counted
from reports.breaches import (
    BrokenCheck,
    broken_checks,
    lists_all,
    tell_check,
    tell_where,
)
from reports.next_steps import Step
from reports.sections import Section
from validation.verdict import Breach, Verdict

CHECKS_TOLD = 3
"""Checks that are told; all of them are in the verdict."""
GAP_CHECKS = frozenset(
    {
        "cells_done_pct",
        "keys_present_pct",
        "games",
        "player_rows",
        "games_covered_pct",
        "table_completeness",
        "date_gaps",
        "monthly_volume",
    }
)
"""Checks that count what is there: gaps close them, and nothing wrong does."""


def no_go_section(verdict: Verdict, steps: Sequence[Step]) -> Section:
    """What closed the gate, and the one command that helps first; the others come after it."""
    closing = [each for each in broken_checks(verdict) if each.severity == "block"]
    told = list(map(tell_closing, closing[:CHECKS_TOLD]))
    others = len(closing) - CHECKS_TOLD
    if others > 0:
        told.append(
            f"and {counted(others, 'more check')}; {lists_all(verdict)} lists them"
        )
    first = (f"{steps[0]}",) if steps else ()
    title = f"{verdict.phase}: NO-GO; what closed it, and what helps"
    return Section(title, tuple(told), commands=first)


def is_of_gaps(breach: Breach) -> bool:
    """Whether a limit is one on gaps."""
    return breach.threshold.measurement in GAP_CHECKS


def counts_gaps_alone(verdict: Verdict) -> bool:
    """Whether each limit that closes the gate is one on gaps."""
    return all(map(is_of_gaps, verdict.blocking))


def tell_closing(check: BrokenCheck) -> str:
    """A check that closed the gate, with the seasons that are amiss."""
    where = tell_where(check)
    return f"{tell_check(check)}; {where}" if where else tell_check(check)
