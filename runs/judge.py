"""Judge one phase: measure its tables, hold them against limits
and accepted verdicts, keep the verdict."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from operator import attrgetter

from core.errors import ConfigError, GateClosed
from core.grouping import group
from core.version import code_version
from planning.decisions import Planner
from planning.selection import Selection
from reports.breaches import closing_lines
from runs.carrying import Carrying
from runs.measure import (
    COVERAGE_CHECK,
    Count,
    Judged,
    begin_query,
    by_keys,
    side_by_side,
    with_games_awaited,
    with_reference,
)
from runs.survey import scope_of, states_now, survey
from runs.unchanged import basis_hash
from validation.bases import Known
from validation.changes import Change, changes
from validation.checks import Check, all_checks, checks
from validation.limits import load_thresholds
from validation.measurement import BY_KEYS, NO_SOURCE, Measurement
from validation.regression import Past, Seen, incomparable, past, spans
from validation.stored import read_verdicts
from validation.thresholds import Threshold, Thresholds
from validation.verdict import Case, Made, Stage, Verdict, judge
from warehouse.protocol import Warehouse

PAGE = 20
"""Verdicts that are read at once in search of a baseline."""
NOTHING_COMPARABLE = "no accepted verdict has an equal month; a fall would not be seen"
LEFT_OUT = "needs tables that were not asked for"
MOST_OF_A_SAMPLE = Threshold(
    measurement="cells_done_pct",
    at_least=50,
    severity="block",
    why="one broken date of a few may be bad luck, and the gate judges it; most of them are a "
    "broken source",
)
ALL_OF_A_SAMPLE = Threshold(
    measurement="cells_done_pct",
    at_least=100,
    severity="warn",
    why="a GO on a sample of which a date is quarantined or waits would read as if all of it were "
    "published",
)
OF_A_SAMPLE = (MOST_OF_A_SAMPLE, ALL_OF_A_SAMPLE)


@dataclass(frozen=True)
class PhaseUnderGate:
    """What a phase is judged on: a planner that sees keys alone,
    tables with their dates, the limits."""

    warehouse: Warehouse
    phase: str
    planner: Planner
    dates: Mapping[str, Sequence[date]]
    thresholds: Thresholds

    @classmethod
    def of(
        cls, warehouse: Warehouse, phase: str, selection: Selection
    ) -> PhaseUnderGate:
        """The needed cells of a phase, read from its tables now:
        what the ledger says opens no gate."""
        return cls.on(warehouse, phase, scope_of(warehouse, selection).dates(phase))

    @classmethod
    def on(
        cls, warehouse: Warehouse, phase: str, dates: Mapping[str, Sequence[date]]
    ) -> PhaseUnderGate:
        """These cells of a phase."""
        planner = survey(warehouse)
        limits = load_thresholds(planner.catalog)
        of_phase = {name: limits[name] for name in planner.catalog.tables_of(phase)}
        states = {table: states_now(warehouse, table) for table in dates}
        seen = planner.by_keys(states)
        return cls(warehouse, phase, seen, dates, of_phase)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks that the tables asked for are enough for."""
        return checks(self.planner.catalog, self.phase, self.dates)

    def measurements(
        self,
        names: Collection[str] = (),
        sample: bool = False,
        carrying: Carrying | None = None,
    ) -> list[Measurement]:
        """What is measured of every table; with names, of these checks alone;
        of a sample, what rows tell.

        `carrying`: takes over what earlier verdicts measured; without it, all is measured.
        """
        found: list[Measurement] = []
        with side_by_side() as pool:
            begin = partial(begin_query, pool, self.warehouse)
            if carrying is not None:
                begin = partial(carrying.begin, pool)
            begun: list[Count] = []
            for table in self.dates:
                begun += self._begin_table(table, names, sample, begin)
            for count in begun:
                found += count()
        return found if names or sample else [*found, *self.omissions()]

    def _begin_table(
        self,
        table: str,
        names: Collection[str],
        sample: bool,
        begin: Callable[[Check, Judged], Count],
    ) -> Iterator[Count]:
        """Begin to measure a table: its keys, and by the queries of its checks."""
        judged = Judged.of(self.planner, table, self.dates[table])
        yield partial(by_keys, judged, self._measures_of_keys(table, names, sample))
        for check in self.checks:
            is_wanted = not names or check.name in names
            if check.table == table and is_wanted and (check.sample or not sample):
                yield partial(self._with_references, begin(check, judged))

    def _with_references(self, count: Count) -> Iterator[Measurement]:
        for measured in count():
            named = with_games_awaited(
                measured, self.planner, self.dates[measured.table]
            )
            yield with_reference(named, self.thresholds[measured.table], self.planner)

    def _measures_of_keys(
        self, table: str, names: Collection[str], sample: bool
    ) -> set[str]:
        """What is counted of the table's keys; of a sample the whole cells alone."""
        countable = {"cells_done_pct"} if sample else set(BY_KEYS)
        return countable & self._wanted_measures(table, names)

    def _wanted_measures(self, table: str, names: Collection[str]) -> set[str]:
        """The measures named; all that the table has limits on where they go with the names."""
        if names and COVERAGE_CHECK not in names:
            return set(names)
        return {limit.measurement for limit in self.thresholds[table]}

    def omissions(self) -> Iterator[Measurement]:
        """What is measured only together with tables that were not asked for:
        nothing to judge, and why."""
        for check in self._omitted_checks():
            yield Measurement(
                table=check.table, name=check.name, kind="share", note=LEFT_OUT
            )

    def _omitted_checks(self) -> Iterator[Check]:
        ran = {(check.table, check.name) for check in self.checks}
        for check in all_checks(self.planner.catalog):
            if check.table in self.dates and (check.table, check.name) not in ran:
                yield check

    def limits(self, sample: bool) -> Thresholds:
        """Table -> the thresholds that apply; of a sample, those on what a few dates tell."""
        found: Thresholds = {}
        for table in self.dates:
            found[table] = self.thresholds[table]
            if sample:
                found[table] = (*OF_A_SAMPLE, *self._limits_of_sample(table))
        return found

    def _limits_of_sample(self, table: str) -> Iterator[Threshold]:
        """The thresholds of a table on what a few dates tell."""
        told = {(check.table, check.name) for check in self.checks if check.sample}
        for limit in self.thresholds[table]:
            measured = (table, limit.measurement)
            if measured in told:
                yield limit


@dataclass(frozen=True)
class Request:
    """What a gate is asked to judge, and for which run; see `judge_phase`."""

    phase: str
    selection: Selection
    run_id: str
    anew: bool


_begun: ContextVar[tuple[Request, Future[Verdict]] | None] = ContextVar(
    "begun", default=None
)
"""The judgement that is under way, for the gate that the block is about."""


@contextmanager
def judging_ahead(
    warehouse: Warehouse,
    phase: str,
    selection: Selection,
    run_id: str,
    anew: bool = False,
) -> Iterator[None]:
    """Begin to judge a phase; `judge_phase` in the block takes over what was begun.

    For who holds the warehouse for as long as the block lasts. Not where reading is billed: there a
    gate that never comes to judge is to cost nothing.
    """
    if warehouse.price(0) is not None:
        yield
        return
    request = Request(phase, selection, run_id, anew)
    with ThreadPoolExecutor(1, "judge") as pool:
        token = _begun.set((request, pool.submit(_weigh, warehouse, request)))
        try:
            yield
        finally:
            _begun.reset(token)


def judge_phase(
    warehouse: Warehouse,
    phase: str,
    selection: Selection,
    run_id: str = "",
    anew: bool = False,
) -> Verdict:
    """Judge the needed cells of a phase, and record the verdict in the warehouse.

    `anew`: measure everything, whatever earlier verdicts measured.
    """
    request, begun = Request(phase, selection, run_id, anew), _begun.get()
    if begun is not None and begun[0] == request:
        verdict = begun[1].result()
    else:
        verdict = _weigh(warehouse, request)
    return _recorded(warehouse, verdict)


def _weigh(warehouse: Warehouse, request: Request) -> Verdict:
    """The verdict of a gate, which is on no record yet."""
    bench = PhaseUnderGate.of(warehouse, request.phase, request.selection)
    return _verdict_on(bench, request.selection, request.run_id, "gate", request.anew)


def _recorded(warehouse: Warehouse, verdict: Verdict) -> Verdict:
    warehouse.record_verdict(verdict.model_dump(mode="json"))
    return verdict


def verdict_on(
    bench: PhaseUnderGate, selection: Selection, run_id: str, stage: Stage
) -> Verdict:
    """The verdict on what is on the bench, recorded in the warehouse."""
    verdict = _verdict_on(bench, selection, run_id, stage)
    return _recorded(bench.warehouse, verdict)


def _verdict_on(
    bench: PhaseUnderGate,
    selection: Selection,
    run_id: str,
    stage: Stage,
    anew: bool = False,
) -> Verdict:
    """The verdict on what is on the bench."""
    warehouse = bench.warehouse
    earlier, unreadable = read_verdicts(warehouse.verdicts(bench.phase))
    carrying = _carrying(bench, earlier, anew) if stage == "gate" else None
    measurements = bench.measurements((), stage == "sample", carrying)
    limits = bench.limits(sample=stage == "sample")
    now = Seen("", measurements, spans(bench.dates))
    compared: Sequence[Past] = ()
    changed: Sequence[Change] = ()
    unknown = list(unreadable)
    if stage == "gate":
        gates = [v for v in earlier if v.made.stage == "gate"]
        compared = past(now, baselines(bench, run_id))
        changed = changes(last_limits(gates), limits)
        unknown += incomparable_note(now, compared)
    case = Case(
        phase=bench.phase,
        made=_origin(bench, selection, run_id, stage),
        tables=tuple(bench.dates),
        measurements=tuple(measurements),
        thresholds=limits,
        past=tuple(compared),
        spans=now.spans,
        changes=tuple(changed),
        waivers=warehouse.waivers(),
        overrides=warehouse.overrides(),
        not_judged=(*not_judged(measurements), *unknown),
        bases=tuple(carrying.bases) if carrying else (),
    )
    return judge(case)


def _carrying(
    bench: PhaseUnderGate, earlier: Sequence[Verdict], anew: bool
) -> Carrying:
    """What earlier verdicts (newest first) measured, to be carried over; nothing with `anew`."""
    known = [v.as_judgement for v in earlier if not anew]
    book = survey(bench.warehouse).book
    assert book is not None, "a survey looks at the ledger"
    return Carrying(bench.warehouse, bench.planner, book.contents, Known(known))


def baselines(bench: PhaseUnderGate, run_id: str) -> Iterator[Seen]:
    """What accepted verdicts of other runs saw of the same dates, the newest first, however old."""
    days = [day for dates in bench.dates.values() for day in dates]
    offset = 0
    while days:
        records = bench.warehouse.accepted_verdicts(
            bench.phase, min(days), max(days), PAGE, offset
        )
        for record in records:
            # One at a time: the newest is mostly enough, and reading one takes its time.
            verdicts, _unreadable = read_verdicts([record])
            for verdict in verdicts:
                if verdict.is_accepted and verdict.made.run_id != run_id:
                    yield verdict.as_seen
        if len(records) < PAGE:
            return
        offset += PAGE


def incomparable_note(now: Seen, compared: Sequence[Past]) -> Iterator[str]:
    """What no fall could be seen of, in one line:
    no accepted verdict measured an equal month of it."""
    tables = incomparable(now, compared)
    if tables:
        named = ", ".join(tables)
        yield f"{named}: regression: {NOTHING_COMPARABLE}"


def last_limits(verdicts: Sequence[Verdict]) -> Thresholds:
    """Table -> the thresholds of the latest of these verdicts (newest first) that judged it."""
    found: Thresholds = {}
    for verdict in reversed(verdicts):
        found |= verdict.thresholds
    return found


def not_judged(measurements: Sequence[Measurement]) -> Iterator[str]:
    """What could not be judged, in one line per table and cause."""
    causes: dict[tuple[str, str], dict[str, None]] = {}
    for m in measurements:
        if m.note and m.note != NO_SOURCE:
            causes.setdefault((m.table, m.note), {})[m.name] = None
    for (table, cause), names in causes.items():
        yield f"{table}: {', '.join(names)}: {cause}"


def _origin(
    bench: PhaseUnderGate, selection: Selection, run_id: str, stage: Stage
) -> Made:
    days = [day for dates in bench.dates.values() for day in dates]
    game_days = iter(bench.planner.calendar.days.values())
    first = next(game_days, None)
    digest = ""
    if stage == "gate":
        digest = basis_hash(
            bench.warehouse, survey(bench.warehouse), bench.phase, bench.dates
        )
    return Made(
        verdict_id=uuid.uuid4().hex,
        run_id=run_id,
        decided_at=bench.warehouse.now(),
        code_version=code_version(),
        selection=selection.model_dump(mode="json"),
        first_date=min(days, default=None),
        last_date=max(days, default=None),
        first_season=first.season if first else None,
        stage=stage,
        measured_from=digest,
    )


def no_go_error(verdict: Verdict) -> GateClosed:
    """The error that a closed gate is, with its verdict as plain data."""
    return GateClosed(
        verdict.phase, verdict.model_dump(mode="json"), closing_lines(verdict)
    )


def find_checks(bench: PhaseUnderGate, name: str) -> tuple[Check, ...]:
    """Find the checks of a name; ConfigError with the names there are."""
    by_name: dict[str, list[Check]] = group(bench.checks, attrgetter("name"))
    found = tuple(by_name.get(name, ()))
    known = [COVERAGE_CHECK, *BY_KEYS, *by_name]
    if not found and name not in known:
        names = ", ".join(known)
        raise ConfigError(
            f"no check named {name} in the gate of {bench.phase}; it has: {names}"
        )
    return found
