"""The page's first section: what is to be known in ten seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from core.counted import counted, noun_for
from core.grouping import group
from core.remedy import Remedy, Words
from planning.coverage import Coverage, total
from planning.reasons import Cause
from planning.selection import Selection
from planning.waivers import Waiver
from reports.breaches import BrokenCheck, broken_checks
from reports.commands import spell
from reports.next_steps import Step, command_on
from reports.no_go import tell_closing
from reports.notices import notice_sections
from reports.page.features import FeaturesFacts, tell_explained
from reports.page.nulls import NOT_READ, MonthOfTable, tell_nulls
from reports.page.raw import RawFacts, raw_rows
from reports.page.runs import NOT_KEPT, RunFacts, seconds_of, tell_end
from reports.page.section import PageSection
from reports.page.todo import Besides, page_todos
from reports.page.use import MARKS, UseFacts, gate_words, uses
from reports.report import COVERAGE_HEADER, Report, coverage_rows
from reports.status import share_done, tell_done
from reports.todo import WHAT_AN_OVERRIDE_DOES, override_of
from reports.verdicts import tell_reason
from reports.waive import tell_waiver
from validation.thresholds import Severity
from validation.verdict import Verdict

NO_SCHEDULE: Words = ("the warehouse has no schedule",)
"""What a page says that was given neither facts nor why there are none."""
TOLD_BY_GAPS = (
    "cells_done_pct",
    "keys_present_pct",
    "date_gaps",
    "table_completeness",
    "overdue_games",
)
"""What only counts the gaps, which are told by cause: warnings of these are not told again."""
GLOSSARY = (
    ("cell", "one table on one date"),
    ("ledger", "the record of every attempt at every cell, kept beside the tables"),
    ("attempt", "one try to compute a cell, whether it was published or not"),
    ("bootstrap", "the first days of a season, on which no row is due"),
    ("too early, insufficient_history", "nobody has played the games that a row takes"),
    ("not covered", "no source has player data of a game of the date"),
    ("ceiling", "the share of final games that schedule and sources let a table hold"),
    (
        "gate",
        "what judges a phase after it was computed: GO, GO with warnings or NO-GO",
    ),
    (
        "override",
        "a person's reason to let one run pass a closed gate, which stays closed",
    ),
    ("waiver", "a game that a person accepts to be without its data"),
    ("quarantined", "computed, against its contract, and therefore not published"),
    ("stale", "computed from inputs or by code that changed since"),
    ("damaged", "the table does not hold what the ledger says was published"),
)
"""Words of the page that are not of everyday use, and what they mean."""
LIMITS_SHOWN = 3
"""Broken limits that the card of a phase shows; its gate shows all."""
WAIVERS_SHOWN = 3
"""Waivers that the overview shows; the section on the gates shows more."""


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
    game. `use`: what the answer whether a table may be used rests on. `last_run`: None where
    nothing was ever computed; `computed`: the same run in the list of runs. `latest`: the run on
    record that is latest, whether it published or not. `raw`: what the raw tables hold, and
    `nulls` of which columns; None where those were not counted.
    """

    report: Report
    final_until: date | None = None
    use: UseFacts = field(default_factory=UseFacts)
    last_run: LastRun | None = None
    computed: RunFacts | None = None
    latest: RunFacts | None = None
    raw: RawFacts = field(default_factory=RawFacts)
    nulls: Sequence[MonthOfTable] | None = ()


def overview_section(
    facts: OverviewFacts | None,
    features: FeaturesFacts | None = None,
    lacking: Words = NO_SCHEDULE,
) -> PageSection:
    """The section. `features`: what was read of the feature store, where it was. `lacking`: why
    there are no facts, as every command says it."""
    name, title = "overview", "In ten seconds"
    if facts is None:
        return PageSection(name, title, absent=_sentence(spell(lacking)))
    report = facts.report
    besides = Besides(facts.raw, facts.nulls, features, facts.latest)
    shown = {
        "uses": list(uses(report, facts.use)),
        "glossary": GLOSSARY,
        "headline": headline(report),
        "figures": list(_figures(facts)),
        "phases": list(_phases(report)),
        "notices": list(_notices(facts, features)),
        "todos": page_todos(report, besides),
        "raw": _raw_view(facts),
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
    words = tell_done(
        report.coverage,
        report.verdicts,
        report.causes,
        report.notices.uncovered,
        report.extents,
    )
    return Headline(_mark(report), words[0].upper() + words[1:])


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _mark(report: Report) -> str:
    """How all of it stands; games that a raw table has no rows of keep it from being whole."""
    _done, wanted, _rows = total(report.coverage)
    verdicts = report.verdicts.values()
    if any(map(_is_closed, verdicts)):
        return "no-go"
    if any(part.gaps for part in report.coverage):
        return "gap"
    is_judged = all(verdicts) and not report.extents
    is_whole = wanted and is_judged and not report.notices.uncovered
    return "go" if is_whole else "warn"


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
    gaps = sum(part.gaps for part in coverage)
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
    yield _last_run(facts.last_run, facts.computed)
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
    done_until = facts.use.done_until
    if not done_until:
        return Figure("Data up to", str(until), "last final game; no table is done yet")
    oldest = min(done_until.values())
    behind = [table for table, day in done_until.items() if day == oldest]
    tables = "every table" if oldest >= until else behind[0]
    return Figure(
        "Data up to", str(until), f"last final game; {tables} done to {oldest}"
    )


def _last_run(run: LastRun | None, listed: RunFacts | None) -> Figure:
    """The run that published last; `listed`: the same run in the list of runs, which says what it
    took."""
    if run is None:
        return Figure("Last computed", "never")
    took = (run.finished_at - run.started_at).total_seconds()
    if listed:
        took = seconds_of(listed)
    finished_at = run.finished_at.astimezone(UTC)
    finished = f"{finished_at:%Y-%m-%d}"
    tables = counted(run.tables, "table")
    wrote = (
        f"{finished_at:%H:%M} UTC, {counted(run.rows, 'row')} of {tables} in {took:,.0f} s, "
        f"run {run.run_id[:8]}"
    )
    if listed and not listed.has_no_end:
        ended = tell_end(listed)
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
        counted(count, noun)
        for count, noun in ((waivers, "waiver"), (overrides, "override"))
        if count
    ]
    context = f"{' and '.join(told)} in force; their reasons"
    return Figure("Let pass", f"{waivers + overrides:,}", context, "warn", "gates")


def _phases(report: Report) -> Iterator[dict[str, Any]]:
    """A card for each phase: its verdict, and of a closed gate what broke first and what helps."""
    coverage = group(report.coverage, attrgetter("phase"))
    for phase, verdict in report.verdicts.items():
        yield {
            "phase": phase,
            "share": share_done(coverage.get(phase, [])),
            **_verdict_card(verdict, report),
        }


def _verdict_card(verdict: Verdict | None, report: Report) -> dict[str, Any]:
    if verdict is None:
        blank = {"decision": "not judged", "mark": "none", "judged": "", "override": ""}
        return {**blank, "broken": [], "more": 0, "of_gaps": 0, "limits_of_gaps": 0}
    made = verdict.made
    listed = list(_broken_limits(verdict, report.selection))
    broken = [limit for limit in listed if not limit.counts_gaps]
    of_gaps = [limit for limit in listed if limit.counts_gaps]
    override = override_of(verdict, report.overrides)
    decided = f"{tell_reason(override)}; {WHAT_AN_OVERRIDE_DOES}" if override else ""
    return {
        "decision": gate_words(verdict, report),
        "override": decided,
        "mark": _mark_of_phase(verdict, report),
        "judged": f"{made.decided_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        "broken": broken[:LIMITS_SHOWN],
        "more": len(broken[LIMITS_SHOWN:]),
        "of_gaps": len(of_gaps),
        "limits_of_gaps": sum(limit.limits for limit in of_gaps),
    }


def _mark_of_phase(verdict: Verdict, report: Report) -> str:
    """The decision's mark; no GO is that of dates that nobody judged."""
    mark = MARKS[verdict.decision]
    return "warn" if mark == "go" and verdict.phase in report.extents else mark


@dataclass(frozen=True)
class BrokenLimit:
    """A broken limit on a phase's tables: the sentence on the first of them, the keys that break
    it, the other tables that break it too, and the command that shows it. `counts_gaps`: it warns,
    and of nothing but gaps. `limits`: how many there are, one a table."""

    words: str
    keys: str
    also: str
    step: Step
    counts_gaps: bool
    limits: int = 1


def _broken_limits(verdict: Verdict, selection: Selection) -> Iterator[BrokenLimit]:
    """The limits that a verdict found broken, each once for all tables, what closes the gate
    first; a check that closes the gate does not warn as well."""
    by_check = group(broken_checks(verdict), _check_and_severity)
    for (check, severity), (first, *others) in by_check.items():
        if severity == "warn" and (check, "block") in by_check:
            continue
        show = command_on(selection, "gate", verdict.phase, "--check", check)
        yield BrokenLimit(
            words=f"{severity}: {tell_closing(first)}",
            keys=first.breaches[0].named,
            also=", ".join(each.breaches[0].table for each in others),
            step=Step(show, "shows what broke it"),
            counts_gaps=severity == "warn" and check in TOLD_BY_GAPS,
            limits=1 + len(others),
        )


def _check_and_severity(check: BrokenCheck) -> tuple[str, Severity]:
    return check.breaches[0].threshold.measurement, check.severity


@dataclass(frozen=True)
class Notice:
    """Something to be known: sentences, the commands that help, and the section that tells more."""

    title: str
    lines: Sequence[str]
    steps: Sequence[Step] = ()
    section: str = ""


def _notices(facts: OverviewFacts, features: FeaturesFacts | None) -> Iterator[Notice]:
    """What is to be known, and asks for nothing: of the schedule, of the features, and what people
    let pass."""
    known = replace(facts.report.notices, overdue=(), awaited=())
    for section in notice_sections(known):
        yield Notice(section.title, section.lines)
    if features and (told := list(tell_explained(features))):
        yield Notice("Features", told, section="features")
    if waivers := facts.report.waivers:
        yield _waived(waivers)


def _waived(waivers: Sequence[Waiver]) -> Notice:
    """Games that count as not covered, and how that is taken back."""
    lines = list(map(tell_waiver, waivers[:WAIVERS_SHOWN]))
    if len(waivers) > WAIVERS_SHOWN:
        lines.append(f"and {len(waivers) - WAIVERS_SHOWN:,} more")
    first = waivers[0]
    back = (first.game_id, "--table", first.raw_table, "--remove")
    which = "takes the first of them back" if len(waivers) > 1 else "takes it back"
    return Notice("Waived", lines, [Step(Remedy("waive", back), which)], "gates")


def _raw_view(facts: OverviewFacts) -> dict[str, Any]:
    """The rows of raw tables by season, and the columns that lack values in a month, as the
    template shows them."""
    raw = facts.raw
    return {
        "tables": raw.tables,
        "rows": list(raw_rows(raw)),
        "empty": raw.empty_tables,
        "nulls": list(tell_nulls(facts.nulls or ())),
        "not_counted": NOT_READ if facts.nulls is None else "",
    }
