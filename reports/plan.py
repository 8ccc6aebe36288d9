"""`plan`: what would be computed and why, what it would remove,
how long it takes, what it costs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from core.counted import counted, verb_for
from planning.causes import SharedCause, causes_of
from planning.cost import Cost, TableCost, money
from planning.eta import Estimate
from planning.forecast import TablePlan
from planning.reasons import Cause, NeverComputed, Reason
from planning.removals import Removal
from planning.selection import Selection
from reports.causes import print_causes, tell_number
from reports.commands import command_line
from reports.eta import NO_ESTIMATE, tell_estimate
from reports.reasons import tell_reason, tell_removal
from reports.terminal import console, counts_text, grid
from reports.verify import say


def print_plan(plans: Sequence[TablePlan], title: str) -> None:
    """What would run and why; one line where nothing would."""
    if not any(part.cells for part in plans):
        say(f"{title}: nothing to compute: {_standing_text(plans)}")
        return
    rows = [
        (
            p.phase,
            p.table,
            p.asked,
            p.history,
            counts_text(p.causes),
            p.fresh,
            p.rows_expected,
            p.batches,
            counts_text(p.skipped),
            len(p.gaps),
        )
        for p in plans
    ]
    header = (
        "phase",
        "table",
        "to compute",
        "+ history",
        "why",
        "fresh",
        "rows expected",
        "batches",
        "not to be done",
        "gaps",
    )
    grid(f"{title} (cells; at most)", header, rows)
    for part in plans:
        _print_reasons(part)
    if any(p.causes.get(Cause.STALE) for p in plans):
        console().print(
            "at most: where a recomputation gives the same rows, what reads them stays fresh"
        )


def _standing_text(plans: Sequence[TablePlan]) -> str:
    """How the cells of a plan of nothing stand: `912 cells are fresh, 89 wait`."""
    fresh = sum(part.fresh for part in plans)
    history = sum(part.fresh_history for part in plans)
    gaps = sum(len(part.gaps) for part in plans)
    skipped: Counter[str] = Counter()
    for part in plans:
        skipped.update(part.skipped)
    told = [f"{_fresh_cells(fresh, history)} {verb_for(fresh, 'is', 'are')} fresh"]
    if not fresh and not gaps:
        told = ["nothing is due there"]
    if skipped:
        told.append(f"not to be done: {counts_text(skipped)}")
    if gaps:
        told.append(f"{counted(gaps, 'gap')}")
    return "; ".join(told)


def _fresh_cells(fresh: int, history: int) -> str:
    """How many cells are fresh, those of the history that others need apart."""
    if not history:
        return counted(fresh, "cell")
    return (
        f"{counted(fresh - history, 'cell')} asked for and {history:,} of their history"
    )


def causes_ahead(plans: Sequence[TablePlan]) -> list[SharedCause]:
    """What lies behind the gaps that a backfill would leave, each cause once."""
    return causes_of(part.left for part in plans)


def print_gaps(plans: Sequence[TablePlan], selection: Selection) -> None:
    """What would stay a gap, by cause and with what helps; nothing without one."""
    if causes := causes_ahead(plans):
        say(f"left as they are: {tell_number(causes)}")
        print_causes(causes, selection)


def print_estimate(plans: Sequence[TablePlan], takes: Estimate | None) -> None:
    """How long a plan may take; nothing for a plan of nothing."""
    if not any(plan.cells for plan in plans):
        return
    console().print(_estimate_text(takes))


def _estimate_text(takes: Estimate | None) -> str:
    """The estimate and from how much it is made."""
    if takes is None:
        return f"{NO_ESTIMATE}: no batch has been computed here before"
    batches = f"{counted(takes.batches, 'batch', 'batches')} computed here before"
    return f"estimate: {tell_estimate(takes)}, from {batches}"


def print_cost(plans: Sequence[TablePlan], costs: Cost | None) -> None:
    """What a plan may cost, per table and phase; nothing where nothing is billed or computed."""
    if not costs or not costs.tables:
        return
    phase_of = {plan.table: plan.phase for plan in plans}
    header = (
        "phase",
        "table",
        "MiB read",
        "$",
        "jobs",
        "modifications",
        "in queue",
        "partitions at once",
    )
    rows: list[tuple[str, ...]] = []
    sums: dict[str, float] = dict.fromkeys(phase_of.values(), 0.0)
    for table in costs.tables:
        phase = phase_of[table.table]
        rows.append((phase, *_cost_row(table)))
        sums[phase] += table.dollars
    grid("cost (by a dry run of each table's longest batch)", header, rows)
    told = ", ".join(
        f"{phase} {money(dollars)}" for phase, dollars in sums.items() if dollars
    )
    console().print(
        f"cost: {told}; in all about {money(costs.dollars)} on demand; what reads tables still "
        "to be computed may cost more, plans and gates come on top"
    )
    for limit in costs.beyond:
        console().print(f"beyond a limit: {limit}")


def print_removals(found: Sequence[Removal]) -> None:
    """Rows that a run would take away, and why; nothing when there are none."""
    if found:
        console().print("rows that would be removed")
        for removal in found:
            console().print(f"  {tell_removal(removal)}", markup=False)


REASONS_SHOWN = 3


def _print_reasons(part: TablePlan) -> None:
    """Under a plan: for whom history is added, and what is behind the commonest causes."""
    if part.history:
        say(f"{part.table}: {_history_text(part)}")
    _print_commonest(part)


def _history_text(part: TablePlan) -> str:
    needed_by = ", ".join(part.needed_by)
    return f"{counted(part.history, 'date')} of history, needed by {needed_by}"


def _print_commonest(part: TablePlan) -> None:
    """Why most cells are to be computed, and how many reasons more there are."""
    by_reason = _dates_by(part.reasons)
    told = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    for reason, days in told[:REASONS_SHOWN]:
        if not isinstance(reason.detail, NeverComputed):
            say(f"{part.table}: {_days(days)} {tell_reason(reason)}")
    if len(told) > REASONS_SHOWN:
        more = len(told) - REASONS_SHOWN
        every_cell = command_line("plan", "--json")
        say(
            f"{part.table}: and {counted(more, 'more reason')}; {every_cell} lists every cell"
        )


def _dates_by(told: Mapping[str, Reason]) -> dict[Reason, list[str]]:
    """Why -> the dates of the cells that it is said of."""
    dates: dict[Reason, list[str]] = defaultdict(list)
    for day, why in told.items():
        dates[why].append(day)
    return dates


def _days(days: Sequence[str]) -> str:
    return days[0] if len(days) == 1 else f"{len(days)} dates from {days[0]}"


def _cost_row(cost: TableCost) -> tuple[str, ...]:
    numbers = (cost.jobs, cost.modifications, cost.queue, cost.partitions)
    read = f"{cost.bytes_read / 2**20:,.1f}"
    return cost.table, read, f"{cost.dollars:.4f}", *map(str, numbers)


def plan_json(plan: TablePlan) -> dict[str, Any]:
    """The plan of a table as plain data."""
    return {
        "table": plan.table,
        "phase": plan.phase,
        "asked": plan.asked,
        "history": plan.history,
        "needed_by": plan.needed_by,
        "fresh": plan.fresh,
        "causes": plan.causes,
        "reasons": {day: tell_reason(reason) for day, reason in plan.reasons.items()},
        "skipped": plan.skipped,
        "gaps": _gaps_json(plan),
        "rows_expected": plan.rows_expected,
        "batches": plan.batches,
    }


def _gaps_json(plan: TablePlan) -> dict[str, str]:
    """Date -> what its cell lacks; no backfill is named where raw data lacks."""
    told: dict[str, str] = {}
    for day, gap in plan.gaps.items():
        told[day] = tell_reason(gap, plan.roots.get(day))
    return told
