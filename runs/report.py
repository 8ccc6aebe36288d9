"""The final report on a selection: everything it says, read from the warehouse now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from core.errors import PhaseIncomplete
from core.remedy import Words
from core.version import code_version
from planning.coverage import Coverage, coverage_of
from planning.eta import Outturn, latest
from planning.gaps import games_without
from planning.removals import Removal, Shrunk
from planning.selection import Selection
from reports.causes import cause_words
from reports.reasons import reason_words, tell_reason
from reports.report import Report
from runs.estimate import past_batches
from runs.notices import gather_notices
from runs.removals import foresee_removals
from runs.survey import scope_of
from runs.verdicts import find_verdicts, last_verdict
from training.limits import PHASE
from warehouse.protocol import Warehouse


def final_report(
    warehouse: Warehouse,
    selection: Selection,
    seconds: Mapping[str, float] | None = None,
    outturn: Outturn | None = None,
    foreseen: Sequence[Removal] = (),
    shrunk: Sequence[Shrunk] = (),
    removal_reason: str = "",
) -> Report:
    """What is there and what was decided; `seconds` per phase, `outturn` and `shrunk` are of a run
    that ends here, `foreseen` the removals that it saw ahead: those that are no longer ahead have
    been made.
    """
    scope = scope_of(warehouse, selection)
    ahead = foresee_removals(warehouse, scope)
    still_ahead = {removal.table for removal in ahead}
    in_force = find_verdicts(warehouse, scope)
    removed = [removal for removal in foreseen if removal.table not in still_ahead]
    times = latest(past_batches(warehouse), scope.all_tables)
    training = last_verdict(warehouse, PHASE)
    lacking = games_without(scope.planner, scope.needs)
    waivers = warehouse.waivers()
    return Report(
        selection=selection,
        made_at=datetime.now(UTC),
        code_version=code_version(),
        verdicts=in_force.verdicts,
        extents=in_force.extents,
        coverage=coverage_of(scope),
        overrides=warehouse.overrides(),
        waivers=waivers,
        games_lacking=lacking,
        times=times,
        seconds=dict(seconds or {}),
        outturn=outturn,
        notices=gather_notices(warehouse, scope),
        removals=ahead,
        removed=removed,
        shrunk=tuple(shrunk),
        removal_reason=removal_reason,
        training=training,
    )


def gap_words(report: Report) -> list[Words]:
    """Every gap among the cells asked for, in words."""
    left: list[Words] = []
    for part in report.coverage:
        left += _gap_words_of(part)
    return left


def gaps_error(phase: str, report: Report) -> PhaseIncomplete | None:
    """The error that the gaps among the cells asked for are, told by cause; None without any."""
    cells = gap_words(report)
    if not cells:
        return None
    return PhaseIncomplete(phase, cells, list(map(cause_words, report.causes)))


def _gap_words_of(part: Coverage) -> Iterator[Words]:
    for day, reason in part.reasons.items():
        cell = f"{part.table} {day}: "
        root = part.roots.get(day)
        if root is not None and not root.heals:
            yield (f"{cell}{tell_reason(reason, root)}",)
        else:
            yield cell, *reason_words(reason)
