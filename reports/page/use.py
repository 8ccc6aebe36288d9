"""Whether each table may be used: through which date it is whole, and what its gate lets pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from core.counted import counted
from core.grouping import group
from planning.coverage import Coverage
from planning.reasons import Cause
from reports.next_steps import closed_gate
from reports.report import Report
from reports.status import tell_decision, tell_unjudged
from reports.todo import override_of
from validation.extent import Extent
from validation.verdict import Verdict

DATES_NAMED = 3
"""Dates without a table's rows that its line names; more are counted."""
MARKS = {"GO": "go", "GO with warnings": "warn", "NO-GO": "no-go"}
"""Decision -> the class that colours it; the words stand beside the colour."""
LET_PASS = "NO-GO, let pass once by an override"


@dataclass(frozen=True)
class UseFacts:
    """What the planner and the ledger know of each table: `done_until`, its last date that is done;
    `whole_until`, the last before the first hole; `newer`, cells attempted since its gate was
    judged."""

    done_until: Mapping[str, date] = field(default_factory=dict)
    whole_until: Mapping[str, date] = field(default_factory=dict)
    newer: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Use:
    """A line on a table: the answer, coloured by `mark`, and what it rests on."""

    table: str
    phase: str
    answer: str
    mark: str
    whole: str
    holes: str
    gate: str
    since: str


def uses(report: Report, facts: UseFacts) -> Iterator[Use]:
    """A line for each table, in the order of computing."""
    closed, behind = closed_gate(report.verdicts)
    tables: dict[str, list[Coverage]] = group(report.coverage, attrgetter("table"))
    for table, parts in tables.items():
        phase = parts[0].phase
        verdict = report.verdicts.get(phase)
        holes = _holes(parts)
        extent = report.extents.get(phase)
        built_behind = closed if phase in behind else ""
        answer, mark = _answer(verdict, len(holes), built_behind, extent)
        yield Use(
            table=table,
            phase=phase,
            answer=answer,
            mark=mark,
            whole=_whole(table, facts, bool(holes)),
            holes=_tell_holes(holes),
            gate=gate_words(verdict, report),
            since=_since(parts, facts.newer.get(table, 0)),
        )


def gate_words(verdict: Verdict | None, report: Report) -> str:
    """What a gate says now: an override let a run pass, and the gate is closed all the same."""
    if verdict is None:
        return "not judged"
    if override_of(verdict, report.overrides):
        return LET_PASS
    sample = " (sample)" if verdict.made.stage == "sample" else ""
    return f"{tell_decision(verdict, report.extents.get(verdict.phase))}{sample}"


def _answer(
    verdict: Verdict | None, holes: int, behind: str, extent: Extent | None
) -> tuple[str, str]:
    """The answer, and the mark that it is coloured by."""
    if verdict is None:
        return "not judged", "none"
    if behind:
        return f"no: built behind the closed gate of {behind}", "no-go"
    if verdict.decision == "NO-GO":
        alone = " by gaps alone" if holes and verdict.is_closed_by_gaps else ""
        return f"no: its gate is closed{alone}", "no-go"
    if extent and extent.unjudged:
        return tell_unjudged(extent), "warn"
    but = f", but for {counted(holes, 'date')}" if holes else ""
    return f"yes{but}", "warn" if holes else MARKS[verdict.decision]


def _holes(parts: Sequence[Coverage]) -> list[str]:
    """The dates of which a table lacks what it should hold, or holds what it should not."""
    return sorted(day for part in parts for day in part.reasons)


def _whole(table: str, facts: UseFacts, has_holes: bool) -> str:
    until = facts.whole_until if has_holes else facts.done_until
    day = until.get(table)
    return str(day) if day else "-"


def _tell_holes(holes: Sequence[str]) -> str:
    """`3: 2025-04-06, 2025-04-09, 2025-04-11`."""
    if not holes:
        return "none"
    more = ", …" if len(holes) > DATES_NAMED else ""
    return f"{len(holes):,}: {', '.join(holes[:DATES_NAMED])}{more}"


def _since(parts: Sequence[Coverage], newer: int) -> str:
    """What the gate cannot know of: cells attempted since, stale ones and damaged ones."""
    counts = [("attempted again", newer)]
    for cause in (Cause.STALE, Cause.DAMAGED):
        cells = sum(part.outcomes.get(cause.value, 0) for part in parts)
        counts.append((cause.value, cells))
    told = [f"{cells:,} {what}" for what, cells in counts if cells]
    return ", ".join(told) or "-"
