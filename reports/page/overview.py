"""The page's first section: what is to be known in ten seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from core.counted import counted, noun_for
from core.grouping import group
from planning.coverage import Coverage, total
from planning.overrides import Override
from planning.reasons import Cause
from reports.breaches import breach_lines
from reports.causes import cause_steps, tell_cause_of_gaps
from reports.next_steps import Step
from reports.notices import notice_sections
from reports.page.raw import RawFacts, raw_rows, tell_lacks
from reports.page.runs import NOT_KEPT, RunFacts, tell_end
from reports.page.section import PageSection
from reports.report import COVERAGE_HEADER, Report, coverage_rows
from reports.sections import Section
from reports.status import share_done, tell_done
from reports.verdicts import tell_reason
from validation.verdict import Verdict

NO_SCHEDULE = (
    "The warehouse has no schedule yet: nothing can be shown before raw data is loaded."
)
MARKS = {"GO": "go", "GO with warnings": "warn", "NO-GO": "no-go"}
"""Decision -> the class that colours it; the words stand beside the colour."""


@dataclass(frozen=True)
class LastRun:
    """The run that published last: what it wrote, and when it began and ended (UTC)."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    tables: int
    rows: int


@dataclass(frozen=True)
class OverviewFacts:
    """How a warehouse stands.

    `report`: everything a report on it says. `final_until`: the schedule's last date with a final
    game. `done_until`: table -> its last date that is done. `last_run`: None where nothing was
    ever computed. `latest`: the run on record that is latest, whether it published or not. `raw`:
    what the raw tables hold.
    """

    report: Report
    final_until: date | None = None
    done_until: Mapping[str, date] = field(default_factory=dict)
    last_run: LastRun | None = None
    latest: RunFacts | None = None
    raw: RawFacts = field(default_factory=RawFacts)


def overview_section(facts: OverviewFacts | None) -> PageSection:
    """The section; without facts it says that there is no schedule."""
    name, title = "overview", "In ten seconds"
    if facts is None:
        return PageSection(name, title, absent=NO_SCHEDULE)
    report = facts.report
    shown = {
        "headline": headline(report),
        "figures": list(_figures(facts)),
        "phases": list(_phases(report)),
        "notices": list(_notices(facts)),
        "causes": list(_causes(report)),
        "steps": report.steps,
        "raw": _raw_view(facts.raw),
        "coverage_header": COVERAGE_HEADER,
        "coverage": list(coverage_rows(report.coverage)),
    }
    return PageSection(name, title, shown)


@dataclass(frozen=True)
class Headline:
    """The one sentence that stands above everything, and the mark that it is coloured by."""

    mark: str
    words: str


def headline(report: Report) -> Headline:
    """Whether the warehouse is done, and what stands in the way where it is not: status's first
    line."""
    words = tell_done(report.coverage, report.verdicts, report.causes)
    return Headline(_mark(report), words[0].upper() + words[1:])


def _mark(report: Report) -> str:
    done, wanted, _rows = total(report.coverage)
    verdicts = report.verdicts.values()
    if any(map(_is_closed, verdicts)):
        return "no-go"
    if done < wanted:
        return "gap"
    return "go" if wanted and all(verdicts) else "warn"


def _is_closed(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.decision == "NO-GO"


@dataclass(frozen=True)
class Figure:
    """A figure of the overview: what it is, the figure, and a line of context; `section`: the
    section that tells more."""

    name: str
    value: str
    context: str = ""
    mark: str = ""
    section: str = ""


def _figures(facts: OverviewFacts) -> Iterator[Figure]:
    coverage = facts.report.coverage
    done, wanted, rows = total(coverage)
    cells = f"{done:,} of {counted(wanted, 'cell')}, {counted(rows, 'row')}"
    yield Figure("Done", share_done(coverage), cells)
    yield _ceiling(coverage)
    gaps = wanted - done
    causes = len(facts.report.causes)
    missing = f"{noun_for(gaps, 'cell')}, {counted(causes, 'cause')}"
    yield Figure(
        "Gaps",
        f"{gaps:,}",
        missing if gaps else "no cell is missing",
        "gap" if gaps else "",
    )
    yield _stale(coverage)
    yield _until(facts)
    yield _last_run(facts.last_run, facts.latest)
    if facts.latest and facts.latest.has_no_end:
        yield _without_end(facts.latest)
    if facts.report.waivers or facts.report.overrides:
        yield _accepted(facts.report)


def _ceiling(coverage: Sequence[Coverage]) -> Figure:
    """Games held of those that schedule and sources let a table hold."""
    held = sum(part.games_held for part in coverage)
    possible = sum(part.games_possible for part in coverage)
    games = sum(part.games for part in coverage)
    if not games:
        return Figure("Games covered", "-", "no final game")
    ceiling = f"ceiling {100 * possible / games:.1f} % of final games, over all tables"
    return Figure("Games covered", f"{100 * held / games:.1f} %", ceiling)


def _stale(coverage: Sequence[Coverage]) -> Figure:
    stale = Cause.STALE.value
    parts = [part for part in coverage if part.outcomes.get(stale)]
    cells = sum(part.outcomes[stale] for part in parts)
    if not cells:
        return Figure("Stale", "0", "every cell is as its inputs make it")
    tables = dict.fromkeys(part.table for part in parts)
    return Figure("Stale", f"{cells:,}", f"cells of {', '.join(tables)}", "stale")


def _until(facts: OverviewFacts) -> Figure:
    until = facts.final_until
    if until is None:
        return Figure("Data up to", "-", "no game is final")
    if not facts.done_until:
        return Figure("Data up to", str(until), "last final game; no table is done yet")
    oldest = min(facts.done_until.values())
    behind = [table for table, day in facts.done_until.items() if day == oldest]
    tables = "every table" if oldest >= until else behind[0]
    return Figure(
        "Data up to", str(until), f"last final game; {tables} done to {oldest}"
    )


def _last_run(run: LastRun | None, latest: RunFacts | None) -> Figure:
    if run is None:
        return Figure("Last computed", "never")
    took = (run.finished_at - run.started_at).total_seconds()
    finished_at = run.finished_at.astimezone(UTC)
    finished = f"{finished_at:%Y-%m-%d}"
    tables = f"{run.tables} {'table' if run.tables == 1 else 'tables'}"
    wrote = (
        f"{finished_at:%H:%M} UTC, {counted(run.rows, 'row')} of {tables} in {took:,.0f} s, "
        f"run {run.run_id[:8]}"
    )
    if latest and latest.run_id == run.run_id and not latest.has_no_end:
        ended = tell_end(latest)
        wrote += (
            "; how it ended is not on record"
            if ended == NOT_KEPT
            else f"; ended: {ended}"
        )
    return Figure("Last computed", finished, wrote)


def _without_end(run: RunFacts) -> Figure:
    """The latest run, which was killed or goes on."""
    began = f"{run.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    context = f"run {run.run_id[:8]}, began {began}: {tell_end(run)};"
    return Figure("Last run", "no end", context, "gap", "runs")


def _accepted(report: Report) -> Figure:
    """What people let pass: games without data, and closed gates."""
    waivers, overrides = len(report.waivers), len(report.overrides)
    told = [
        f"{count:,} {noun}{'' if count == 1 else 's'}"
        for count, noun in ((waivers, "waiver"), (overrides, "override"))
        if count
    ]
    context = f"{' and '.join(told)} in force; their reasons"
    return Figure("Let pass", f"{waivers + overrides:,}", context, "warn", "gates")


def _causes(report: Report) -> Iterator[dict[str, Any]]:
    """Each cause of gaps in a sentence, with the commands that help."""
    for cause in report.causes:
        yield {
            "sentence": tell_cause_of_gaps(cause),
            "steps": cause_steps(cause, report.selection),
        }


def _phases(report: Report) -> Iterator[dict[str, Any]]:
    """A card for each phase: its verdict, and of a closed gate what broke first and what helps."""
    coverage = group(report.coverage, attrgetter("phase"))
    for phase, verdict in report.verdicts.items():
        yield {
            "phase": phase,
            "share": share_done(coverage.get(phase, [])),
            **_verdict_card(verdict, report.overrides),
            "step": _gate_step(report, phase),
        }


def _verdict_card(
    verdict: Verdict | None, overrides: Sequence[Override]
) -> dict[str, Any]:
    if verdict is None:
        blank = {"decision": "not judged", "mark": "none", "judged": "", "override": ""}
        return {**blank, "breaches": []}
    made = verdict.made
    sample = " (sample)" if made.stage == "sample" else ""
    override = _override_of(verdict, overrides)
    return {
        "decision": f"{verdict.decision}{sample}{', overridden' if override else ''}",
        "override": tell_reason(override) if override else "",
        "mark": MARKS[verdict.decision],
        "judged": f"{made.decided_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        "breaches": list(breach_lines(verdict, with_severity=True)),
    }


def _override_of(verdict: Verdict, overrides: Sequence[Override]) -> Override | None:
    """The decision to go on after this verdict; None where nobody made one."""
    for override in overrides:
        if override.verdict_id == verdict.made.verdict_id:
            return override
    return None


def _notices(facts: OverviewFacts) -> Iterator[Section]:
    """What no count of cells shows: of the schedule, and of the raw data of each season."""
    yield from notice_sections(facts.report.notices)
    if lacks := tuple(tell_lacks(facts.raw)):
        yield Section("Raw data that a season lacks", lacks)


def _raw_view(facts: RawFacts) -> dict[str, Any]:
    """The rows of raw tables by season as the template shows them."""
    return {
        "tables": facts.tables,
        "rows": list(raw_rows(facts)),
        "empty": facts.empty_tables,
    }


def _gate_step(report: Report, phase: str) -> Step | None:
    """The step that shows what closed the gate of a phase; None where it is open."""
    for step in report.steps:
        remedy = step.remedy
        if remedy.command == "gate" and phase in remedy.arguments:
            return step
    return None
