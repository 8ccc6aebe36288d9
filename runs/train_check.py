"""Judge whether the tables are ready to train on, and keep the verdict like a gate's."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from core.errors import NotFreshError
from core.remedy import Remedy
from core.version import code_version
from planning.labels import EXPECTED_IN, LABELS_FROM
from planning.scope import Scope
from planning.selection import Selection
from runs.judge import PAGE, last_limits, not_judged
from runs.replay import measure_replay
from runs.survey import observe, survey
from runs.train_export import SplitsAsked
from runs.train_gates import measure_cells, measure_gates
from runs.train_measure import (
    SetDates,
    measure_dates,
    measure_features,
    measure_labels,
    read_labelled_keys,
    shape_of,
)
from training.choose_splits import choose_splits
from training.limits import MEASURED, PHASE, load_limits
from training.set_checks import TABLE, measure_set
from training.splits import Splits
from validation.changes import changes
from validation.measurement import Measurement
from validation.stored import read_verdicts
from validation.verdict import Case, Made, Verdict, judge
from warehouse.protocol import Warehouse

TABLES = (LABELS_FROM, EXPECTED_IN, TABLE)
"""What a set is read from."""


def check_training(
    warehouse: Warehouse, selection: Selection, asked: SplitsAsked, run_id: str = ""
) -> Verdict:
    """The verdict on the tables of a range as a training set, recorded in the warehouse.

    ConfigError for a range without game days or with too few for three splits; NotFreshError where
    nothing is computed.
    """
    observe(warehouse, "train check")
    wanted = selection.model_copy(
        update={"tables": TABLES, "phases": (), "only": False}
    )
    scope = Scope(survey(warehouse), wanted)
    dates = SetDates.of(warehouse, scope.needs.targets[TABLE])
    if not dates.held:
        raise NotFreshError(
            f"{TABLE} holds no row on the dates asked for; ", Remedy("backfill")
        )
    splits = choose_splits(
        dates.seasons, asked.validation_from, asked.test_from, asked.embargo_days
    )
    measured = list(_measurements(warehouse, scope, dates, splits))
    order = {name: place for place, name in enumerate(MEASURED)}
    measured.sort(key=lambda one: order[one.name])
    measured = [_without_idle_evidence(one) for one in measured]
    case = _case(warehouse, dates, splits, wanted, measured, run_id)
    verdict = judge(case)
    warehouse.record_verdict(verdict.model_dump(mode="json"))
    return verdict


def _measurements(
    warehouse: Warehouse, scope: Scope, dates: SetDates, splits: Splits
) -> Iterator[Measurement]:
    yield from measure_gates(warehouse, scope)
    yield from measure_cells(warehouse, scope)
    yield from measure_dates(dates)
    yield from measure_labels(warehouse, dates)
    rows = read_labelled_keys(warehouse, dates, splits)
    yield from measure_set(rows, dates.games)
    yield from measure_features(warehouse, dates, shape_of(rows, dates, splits))
    yield from measure_replay(warehouse, dates.seasons)


def _without_idle_evidence(found: Measurement) -> Measurement:
    """A feature's measurement, named only where it breaks a limit: there are hundreds."""
    if found.item and _holds_all_limits(found):
        return found.model_copy(update={"evidence": ()})
    return found


def _holds_all_limits(found: Measurement) -> bool:
    limits = (limit for limit in load_limits() if limit.measurement == found.name)
    return all(limit.holds(found) for limit in limits)


def _case(
    warehouse: Warehouse,
    dates: SetDates,
    splits: Splits,
    selection: Selection,
    measured: list[Measurement],
    run_id: str,
) -> Case:
    earlier, unreadable = read_verdicts(warehouse.verdicts(PHASE, PAGE))
    limits = {TABLE: load_limits()}
    return Case(
        phase=PHASE,
        made=_made(warehouse, dates, splits, selection, run_id),
        tables=(TABLE,),
        measurements=tuple(measured),
        thresholds=limits,
        changes=changes(last_limits(earlier), limits),
        waivers=warehouse.waivers(),
        overrides=warehouse.overrides(),
        not_judged=(*not_judged(measured), *unreadable),
    )


def _made(
    warehouse: Warehouse,
    dates: SetDates,
    splits: Splits,
    selection: Selection,
    run_id: str,
) -> Made:
    """When and over what; the splits stand beside the selection."""
    asked = selection.model_dump(mode="json")
    return Made(
        verdict_id=uuid.uuid4().hex,
        run_id=run_id or f"train check {uuid.uuid4().hex}",
        decided_at=warehouse.now(),
        code_version=code_version(),
        selection={**asked, "splits": splits.to_json()},
        first_date=dates.asked[0],
        last_date=dates.asked[-1],
        first_season=dates.season_of(dates.planner.calendar.first),
    )
