"""What is said after a NO-GO: which column of which table, in which season, and what helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.grouping import group
from reports.next_steps import Step
from reports.seasons import season_name
from reports.sections import Section
from validation.measurement import Measurement, Part
from validation.verdict import Breach, Verdict

BREACHES_TOLD = 3
"""Breaches that are told; all of them are in the verdict."""
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
COUNTED = ("share", "lacking", "faults", "worst_month")
"""Kinds of measurements whose parts count what is as it should be."""


def no_go_section(verdict: Verdict, steps: Sequence[Step]) -> Section:
    """What closed the gate, and the one command that helps first; the others come after it."""
    told = [tell_breach(verdict, each) for each in verdict.blocking[:BREACHES_TOLD]]
    others = len(verdict.blocking) - BREACHES_TOLD
    if others > 0:
        told.append(f"and {others} more")
    first = (f"{steps[0]}",) if steps else ()
    title = f"{verdict.phase}: NO-GO; what closed it, and what helps"
    return Section(title, tuple(told), commands=first)


def is_of_gaps(breach: Breach) -> bool:
    """Whether a limit is one on gaps."""
    return breach.threshold.measurement in GAP_CHECKS


def counts_gaps_alone(verdict: Verdict) -> bool:
    """Whether each limit that closes the gate is one on gaps."""
    return all(map(is_of_gaps, verdict.blocking))


def tell_breach(verdict: Verdict, breach: Breach) -> str:
    """A breach with the column that it is of and the seasons that are amiss."""
    found = _measurement(verdict, breach)
    if found is None or breach.value is None:
        return str(breach)
    column = f"column {found.item}: " if found.item and not found.item.isdigit() else ""
    wanted = f"{breach.threshold.sign} {breach.limit:.4g} wanted"
    is_wanted = f"{found.name} is {breach.value:.4g}, {wanted}"
    where = ", ".join(_seasons_amiss(found))
    return f"{breach.table}: {column}{is_wanted}" + (f"; {where}" if where else "")


def _measurement(verdict: Verdict, breach: Breach) -> Measurement | None:
    for measurement in verdict.measurements:
        if (measurement.table, measurement.what) == (breach.table, breach.what):
            return measurement
    return None


def _seasons_amiss(found: Measurement) -> Iterator[str]:
    """The seasons of which something is amiss, each with how much and its worst month."""
    amiss = [part for part in found.parts if part.kept != part.of]
    for season, parts in group(amiss, lambda part: part.season).items():
        if found.kind not in COUNTED:
            yield f"season {season_name(season)}"
            continue
        missing = sum(map(_amiss, parts))
        of = sum(part.of for part in found.parts if part.season == season)
        worst = max(parts, key=_amiss)
        month = f" (most in {worst.month})" if worst.month else ""
        yield f"season {season_name(season)}: {missing:,.0f} of {of:,.0f} amiss{month}"


def _amiss(part: Part) -> float:
    return part.of - part.kept
