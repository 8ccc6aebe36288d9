"""The final report: what the gates said, what is there,
what is missing and why, times, what to run next.

Pure: it is handed what the warehouse said. What is to be read first comes first: decisions, limits
that were relaxed, overrides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, Protocol

from core.counted import counted
from core.grouping import group
from planning.causes import SharedCause, causes_of
from planning.coverage import Coverage, total
from planning.eta import Outturn, TableTime
from planning.gaps import Gap, gaps_of
from planning.overrides import Override
from planning.removals import Removal, Shrunk, above, not_agreed
from planning.selection import Selection
from planning.waivers import Waiver
from reports.breaches import LINES, breach_lines
from reports.causes import cause_json
from reports.eta import outturn_json, tell_outturn
from reports.next_steps import Step, closed_gate
from reports.notices import Notices, notice_sections
from reports.reasons import removal_json, tell_removal, tell_shrunk
from reports.sections import Section, markdown
from reports.status import (
    GAP_HEADER,
    coverage_json,
    gap_json,
    gap_row,
    share_done,
    tell_unjudged,
)
from reports.terminal import counts_text
from reports.todo import Standing, Todo, shell_lines, steps_of, todos
from reports.verdicts import carried_words, tell_override
from reports.waive import tell_waiver
from validation.extent import Extent
from validation.removals import removal_limit
from validation.verdict import Verdict

NOT_TO_BE_DONE = (
    "no_games",
    "called_off",
    "not_covered",
    "bootstrap",
    "insufficient_history",
    "not_final",
)
COVERAGE_HEADER = (
    "table",
    "cells done",
    "of",
    "share",
    "games",
    "of",
    "share",
    "ceiling",
    "not to be done",
)
TIMES_HEADER = (
    "table",
    "batches",
    "rows",
    "seconds of work",
    "rows a second",
    "finished",
)
JUDGING_FIELDS = {
    "verdict_id",
    "stage",
    "decided_at",
    "code_version",
    "first_date",
    "last_date",
}
"""What a verdict's JSON repeats of the judging: which, when, by what code, on which dates."""


@dataclass(frozen=True)
class Report:
    """What the warehouse holds of a selection, and what was decided on it.

    `verdicts`: phase -> its last, or the last that closes the gate of dates that are there; None
    where it was never judged. `extents`: of those whose verdict is not on all that is there.
    `games_lacking`: raw table -> final games that it lacks. `notices`: what no count of cells
    shows. `removals`: rows that the next run would take away. `seconds` (by the clock, per phase),
    `outturn`, `removed` and `shrunk`: of the run that has just ended. `training`: the last verdict
    of `train check`; None where there was none.
    """

    selection: Selection
    made_at: datetime
    code_version: str
    verdicts: Mapping[str, Verdict | None]
    coverage: Sequence[Coverage]
    overrides: Sequence[Override] = ()
    waivers: Sequence[Waiver] = ()
    games_lacking: Mapping[str, Sequence[str]] = field(default_factory=dict)
    times: Sequence[TableTime] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    outturn: Outturn | None = None
    notices: Notices = field(default_factory=Notices)
    removals: Sequence[Removal] = ()
    shrunk: Sequence[Shrunk] = ()
    removed: Sequence[Removal] = ()
    removal_reason: str = ""
    training: Verdict | None = None
    extents: Mapping[str, Extent] = field(default_factory=dict)

    @property
    def all_verdicts(self) -> dict[str, Verdict | None]:
        """The verdicts of the phases, and that of training where there is one."""
        if self.training is None:
            return dict(self.verdicts)
        return {**self.verdicts, self.training.phase: self.training}

    @cached_property
    def gaps(self) -> list[Gap]:
        """What is missing, one entry per table, season and cause."""
        return gaps_of(self.coverage)

    @cached_property
    def causes(self) -> list[SharedCause]:
        """What lies behind all gaps, each cause once; phases behind a closed gate wait for that."""
        return causes_of(self.coverage, *closed_gate(self.verdicts))

    @cached_property
    def todos(self) -> list[Todo]:
        """What is to be done, root causes first, each with its commands."""
        has_waiting = any(part.played_waiting for part in self.coverage)
        standing = Standing(
            selection=self.selection,
            causes=self.causes,
            verdicts=self.verdicts,
            overrides=self.overrides,
            games_lacking=self.games_lacking,
            overdue=self.notices.overdue,
            awaited=self.notices.awaited,
            has_uncovered=bool(self.notices.uncovered),
            extents=self.extents,
            has_waiting=has_waiting,
            has_lost_rows=self._has_lost_rows,
            needs_agreement=bool(above(self.removals, removal_limit().at_most_pct)),
        )
        return todos(standing)

    @property
    def _has_lost_rows(self) -> bool:
        """Whether rows went to which nobody had agreed."""
        return not self.removal_reason and bool(not_agreed(self.shrunk, self.removed))

    @property
    def steps(self) -> list[Step]:
        """What to run next: the commands of all that is to be done."""
        return steps_of(self.todos)

    @property
    def title(self) -> str:
        """What it is of, as a person would say it."""
        return f"fullcourt: {self.selection}"

    def to_json(self) -> dict[str, Any]:
        """Plain data for a program."""
        return {
            "selection": self.selection.model_dump(mode="json"),
            "made_at": self.made_at.isoformat(),
            "code_version": self.code_version,
            **self._decisions_json(),
            **self.notices.to_json(),
            **self._removals_json(),
            **self._cells_json(),
            **self._times_json(),
            "next": as_json_list(self.steps),
        }

    def _cells_json(self) -> dict[str, Any]:
        """What is there and what is missing, as plain data."""
        return {
            "coverage": list(map(coverage_json, self.coverage)),
            "causes": [cause_json(cause, self.selection) for cause in self.causes],
            "gaps": list(map(gap_json, self.gaps)),
        }

    def _decisions_json(self) -> dict[str, Any]:
        """The gates, and what people decided about them and about games, as plain data."""
        return {
            "gates": _gates_json(self.all_verdicts),
            "dates_not_judged": {
                phase: extent.unjudged for phase, extent in self.extents.items()
            },
            "overrides": [
                override.model_dump(mode="json") for override in self.overrides
            ],
            "waivers": as_json_list(self.waivers),
        }

    def _removals_json(self) -> dict[str, Any]:
        """The rows that were removed and those that would be, as plain data."""
        return {
            "removals": list(map(removal_json, self.removals)),
            "removed": list(map(removal_json, self.removed)),
            "removal_reason": self.removal_reason or None,
            "shrunk": as_json_list(self.shrunk),
        }

    def _times_json(self) -> dict[str, Any]:
        """What took how long, and what was estimated, as plain data."""
        return {
            "times": as_json_list(self.times),
            "seconds": self._rounded_seconds(),
            "estimated": outturn_json(self.outturn) if self.outturn else None,
        }

    def _rounded_seconds(self) -> dict[str, float]:
        return {phase: round(took, 2) for phase, took in self.seconds.items()}


class _AsJson(Protocol):
    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        ...


def _gates_json(verdicts: Mapping[str, Verdict | None]) -> dict[str, Any]:
    return {phase: _gate_json(verdict) for phase, verdict in verdicts.items()}


def as_json_list(values: Iterable[_AsJson]) -> list[dict[str, Any]]:
    """Values as plain data."""
    return [value.to_json() for value in values]


def _gate_json(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        **verdict.made.model_dump(mode="json", include=JUDGING_FIELDS),
        **_outcome_json(verdict),
    }


def _outcome_json(verdict: Verdict) -> dict[str, Any]:
    """What a verdict decided, and because of what."""
    return {
        "decision": verdict.decision,
        "relaxed": list(map(str, verdict.relaxed)),
        "breaches": list(map(str, verdict.breaches)),
        "not_judged": list(verdict.not_judged),
        "carried": [carried.model_dump(mode="json") for carried in verdict.carried],
    }


def final_markdown(report: Report) -> str:
    """The report as a Markdown document."""
    return markdown(report.title, sections(report))


def headline(report: Report) -> str:
    """The report in one line: each phase's decision, and how many cells are done."""
    told = [f"{phase} {v.decision}" for phase, v in report.verdicts.items() if v]
    done, due, _rows = total(report.coverage)
    cells = f"{done:,} of {counted(due, 'cell')} done"
    return "; ".join([*told, cells])


def sections(report: Report) -> Iterator[Section]:
    """The report's sections; those with nothing to say are left out."""
    yield from first_sections(report)
    yield _gates(report)
    yield _coverage(report)
    if gaps := report.gaps:
        yield Section("Gaps", header=GAP_HEADER, rows=tuple(map(gap_row, gaps)))
    if report.waivers:
        yield Section("Waivers in force", tuple(map(tell_waiver, report.waivers)))
    if report.times or report.outturn:
        yield _times(report)
    yield Section("What to run next", commands=tuple(shell_lines(report.todos)))


def first_sections(report: Report) -> Iterator[Section]:
    """What a reader has to know before any count:
    open games, holes, rows left out, rows removed."""
    yield from notice_sections(report.notices)
    if report.removed or report.shrunk:
        yield _removal_section(report)
    if report.removals:
        yield _next_removals(report)


def _next_removals(report: Report) -> Section:
    lines = tuple(map(tell_removal, report.removals))
    return Section("Rows that the next backfill removes", lines)


def _gates(report: Report) -> Section:
    header = ("phase", "decision", "judged", "from", "to", "seconds")
    lines = tuple(_gate_lines(report))
    return Section("Gates", lines, header, tuple(_gate_rows(report)))


def _gate_rows(report: Report) -> Iterator[tuple[str, ...]]:
    for phase, verdict in report.all_verdicts.items():
        yield _gate(report, phase, verdict)


def _gate_lines(report: Report) -> Iterator[str]:
    """Relaxed limits and overrides before what the gates broke on."""
    judged = {
        phase: verdict for phase, verdict in report.all_verdicts.items() if verdict
    }
    for phase, verdict in judged.items():
        for change in verdict.relaxed:
            yield f"{phase}: relaxed since the verdict before: {change}"
    for override in report.overrides:
        yield f"override in force: {tell_override(override)}"
    for phase, verdict in judged.items():
        for line in breach_lines(verdict, LINES, with_severity=True):
            yield f"{phase}: {line}"
    for phase, verdict in judged.items():
        yield from (f"{phase}: {line}" for line in carried_words(verdict))
    made_at = f"{report.made_at:%Y-%m-%d %H:%M} UTC"
    yield f"read from the warehouse {made_at}, code {report.code_version}"


def _removal_section(report: Report) -> Section:
    return Section("Rows removed", tuple(_removal_lines(report)))


def _removal_lines(report: Report) -> Iterator[str]:
    if report.removal_reason:
        yield f"agreed to: {report.removal_reason}"
    for shrunk in report.shrunk:
        yield f"rows of {tell_shrunk(shrunk)}"
    yield from map(tell_removal, report.removed)


def _gate(report: Report, phase: str, verdict: Verdict | None) -> tuple[str, ...]:
    took = f"{report.seconds[phase]:.1f}" if phase in report.seconds else "-"
    if verdict is None:
        return phase, "not judged", "-", "-", "-", took
    return phase, _decision(report, verdict), *_judging(verdict), took


def _judging(verdict: Verdict) -> tuple[str, str, str]:
    """When a phase was judged, and the first and the last date that were looked at."""
    made = verdict.made
    decided_at = f"{made.decided_at:%Y-%m-%d %H:%M}"
    return decided_at, str(made.first_date), str(made.last_date)


def _decision(report: Report, verdict: Verdict) -> str:
    """The decision; whether it is of a sample, or older than what was computed last."""
    decision = str(verdict.decision)
    if verdict.made.stage == "sample":
        decision += " (sample)"
    extent = report.extents.get(verdict.phase)
    if extent and extent.unjudged:
        decision += f", {tell_unjudged(extent)}"
    # What is judged before training is all of them.
    is_of_tables = verdict.phase in report.verdicts
    tables: set[str] = set()
    for part in report.coverage:
        if part.phase == verdict.phase or not is_of_tables:
            tables.add(part.table)
    for time in report.times:
        if time.table in tables and time.finished_at > verdict.made.decided_at:
            return f"{decision}, before the last computation"
    return decision


def _coverage(report: Report) -> Section:
    rows = tuple(coverage_rows(report.coverage))
    return Section(
        "Coverage",
        header=COVERAGE_HEADER,
        rows=rows,
    )


def coverage_rows(coverage: Sequence[Coverage]) -> Iterator[tuple[Any, ...]]:
    """A row for each table, under `COVERAGE_HEADER`."""
    tables: dict[str, list[Coverage]] = group(coverage, attrgetter("table"))
    for table, parts in tables.items():
        yield _coverage_row(table, parts)


def _coverage_row(table: str, parts: Sequence[Coverage]) -> tuple[Any, ...]:
    done, processable, _rows = total(parts)
    games = held = possible = 0
    outcomes: Counter[str] = Counter()
    for part in parts:
        games += part.games
        held += part.games_held
        possible += part.games_possible
        outcomes.update(part.outcomes)
    skipped = {name: outcomes[name] for name in NOT_TO_BE_DONE}
    cells = (table, done, processable, share_done(parts))
    shares = (_share(held, games), _share(possible, games))
    return *cells, held, games, *shares, counts_text(skipped)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _times(report: Report) -> Section:
    lines = (f"this run: {tell_outturn(report.outturn)}",) if report.outturn else ()
    rows = tuple(map(_time_row, report.times))
    title = "Times of each table's latest run, the slowest first"
    return Section(title, lines, TIMES_HEADER, rows)


def _time_row(time: TableTime) -> tuple[Any, ...]:
    seconds = f"{time.seconds:.2f}"
    finished = f"{time.finished_at:%Y-%m-%d %H:%M}"
    return time.table, time.batches, time.rows, seconds, _rate(time), finished


def _rate(time: TableTime) -> str:
    return "-" if time.rows_per_second is None else f"{time.rows_per_second:,.0f}"
