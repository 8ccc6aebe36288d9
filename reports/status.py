"""`status`: what is done, what is not and why, per table and season."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from core.counted import counted, noun_for, verb_for
from core.grouping import group
from planning.causes import SharedCause
from planning.cells import Outcome
from planning.coverage import Coverage, total
from planning.gaps import Gap
from planning.reasons import Cause
from planning.remedies import backfill_remedy
from planning.uncovered import Uncovered
from reports.causes import tell_number
from reports.commands import command_line
from reports.reasons import tell_cause, tell_reason
from reports.terminal import counts_text, grid
from validation.extent import Extent
from validation.verdict import Verdict

_GAPS = {"upstream_missing", *Cause}
NO_EXTENTS: Mapping[str, Extent] = MappingProxyType({})


def tell_done(
    parts: Sequence[Coverage],
    verdicts: Mapping[str, Verdict | None],
    causes: Sequence[SharedCause],
    uncovered: Sequence[Uncovered] = (),
    extents: Mapping[str, Extent] = NO_EXTENTS,
) -> str:
    """Whether all is done, in a line: cells, gaps by their causes, gates, and which games no cell
    is due for since a raw table does not cover them. `extents`: of the phases whose verdict is not
    on all that is there."""
    done, of, _rows = total(parts)
    answer = "done" if done == of and not causes else "not done"
    told = [f"{answer}: {done:,} of {counted(of, 'cell')}"]
    if causes:
        told[0] += f": {tell_number(causes)}"
    told += _tell_waiting(parts)
    gates = _tell_gates(verdicts, extents)
    if gates or not causes:
        told.append(gates or "every gate is open")
    if uncovered:
        told.append(_tell_uncovered(uncovered))
    return "; ".join(told)


def _tell_uncovered(uncovered: Sequence[Uncovered]) -> str:
    """How many final games each raw table has no rows of; the notices tell more."""
    first, *others = uncovered
    games = counted(first.games + first.gaps, "final game")
    told = [f"{games} without {first.raw_table}{_tell_gaps_among(first)}"]
    for each in others:
        number = each.games + each.gaps
        told.append(f"{number:,} without {each.raw_table}{_tell_gaps_among(each)}")
    return ", ".join(told)


def _tell_gaps_among(found: Uncovered) -> str:
    """How many of the games that a raw table has no rows of are gaps; nothing where none is."""
    if not found.gaps:
        return ""
    return f" ({found.gaps:,} of them {noun_for(found.gaps, 'a gap', 'gaps')})"


def _tell_waiting(parts: Sequence[Coverage]) -> Iterator[str]:
    """How many cells wait for games to be final; nothing where none does."""
    waiting = sum(part.outcomes.get(Outcome.NOT_FINAL, 0) for part in parts)
    if waiting:
        wait = verb_for(waiting, "waits", "wait")
        yield f"{waiting:,} {wait} for games to be final"


def _tell_gates(
    verdicts: Mapping[str, Verdict | None], extents: Mapping[str, Extent]
) -> str:
    """The gates that are closed, else those that were judged in part or never; empty where all are
    open."""
    closed: dict[str, list[str]] = {}
    in_part: dict[str, list[str]] = {}
    unjudged: list[str] = []
    for phase, verdict in verdicts.items():
        extent = extents.get(phase)
        if verdict is None:
            unjudged.append(phase)
        elif verdict.decision == "NO-GO":
            closed.setdefault(tell_decision(verdict, extent), []).append(phase)
        elif extent is not None:
            in_part.setdefault(tell_decision(verdict, extent), []).append(phase)
    if closed:
        return _tell_alike(closed)
    told = [_tell_alike(in_part)] if in_part else []
    if unjudged:
        told.append(f"not judged: {', '.join(unjudged)}")
    return "; ".join(told)


def _tell_alike(phases: Mapping[str, Sequence[str]]) -> str:
    """Phases with what is said of each: `team, player: NO-GO`."""
    alike = [f"{', '.join(of_each)}: {told}" for told, of_each in phases.items()]
    return "; ".join(alike)


def tell_decision(verdict: Verdict, extent: Extent | None) -> str:
    """A decision; where it is not on all that is there on what it is, and how much was never
    judged."""
    if extent is None:
        return verdict.decision
    of = f" of {', '.join(verdict.tables)}" if extent.is_of_some_tables else ""
    made = verdict.made
    told = f"{verdict.decision}{of} on {made.first_date}..{made.last_date}"
    if not extent.unjudged:
        return told
    return f"{told} alone, {tell_unjudged(extent)}"


def tell_unjudged(extent: Extent) -> str:
    """On how many of the dates that are there no verdict is."""
    return f"{extent.unjudged:,} of {counted(extent.dates, 'date')} not judged"


def print_coverage(parts: Sequence[Coverage]) -> None:
    """Cells per table and season."""
    rows = [(part.table, str(part.season), *_coverage_cells([part])) for part in parts]
    grid("coverage", ("table", "season", *_COVERED), rows)


def print_coverage_per_table(parts: Sequence[Coverage]) -> None:
    """Cells per table, all seasons together."""
    tables: dict[str, list[Coverage]] = group(parts, attrgetter("table"))
    rows = [(table, *_coverage_cells(of_table)) for table, of_table in tables.items()]
    grid("coverage (cells)", ("table", *_COVERED), rows)


_COVERED = ("done", "of", "share", "gaps", "rows", "not to be done")


def _coverage_cells(parts: Sequence[Coverage]) -> tuple[Any, ...]:
    done, processable, rows = total(parts)
    gaps = sum(part.gaps for part in parts)
    skipped = counts_text(_outcomes_without_gaps(parts))
    return done, processable, share_done(parts), gaps, rows, skipped


def _outcomes_without_gaps(parts: Sequence[Coverage]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for part in parts:
        for name, number in part.outcomes.items():
            if name not in _GAPS:
                outcomes[name] += number
    return outcomes


def share_done(parts: Sequence[Coverage]) -> str:
    """The share of cells done; dates whose games were played and that wait keep it below 100 %."""
    done, of, _rows = total(parts)
    return _share_text(done, of) if of else "-"


def _share_text(done: int, of: int) -> str:
    """Percent; what is short of all of them is not rounded to 100."""
    share = f"{100 * done / of:.1f} %"
    return "< 100 %" if done < of and share == "100.0 %" else share


GAP_HEADER = (
    "table",
    "season",
    "stands",
    "cells",
    "first",
    "last",
    "cause (of the first)",
)


def gap_row(gap: Gap) -> tuple[str | int, ...]:
    """A gap as a table's row."""
    dates = str(gap.first), str(gap.last)
    cause = tell_cause(gap.cause)
    return gap.table, str(gap.season), gap.stands, gap.cells, *dates, cause


def coverage_json(part: Coverage) -> dict[str, Any]:
    """The cells of a table and season as plain data, the derived figures included."""
    told: dict[str, str] = {}
    for day, reason in part.reasons.items():
        told[day] = tell_reason(reason, part.roots.get(day))
    derived = {"processable": part.processable, "percent": part.percent}
    return {**_own_fields(part), "reasons": told, **derived}


def _own_fields(part: Coverage) -> dict[str, Any]:
    """The fields but for the roots, which the reasons tell."""
    fields = [field.name for field in dataclasses.fields(part)]
    return {name: getattr(part, name) for name in fields if name != "roots"}


def gap_json(gap: Gap) -> dict[str, Any]:
    """A gap as plain data, dates as ISO 8601 writes them."""
    return {
        "table": gap.table,
        "phase": gap.phase,
        "season": gap.season,
        "stands": gap.stands,
        "cause": tell_cause(gap.cause),
        "command": _command_for_inputs(gap),
        **_extent_json(gap),
    }


def _extent_json(gap: Gap) -> dict[str, Any]:
    """How many cells a gap has, from which date to which."""
    return {
        "cells": gap.cells,
        "first": str(gap.first),
        "last": str(gap.last),
    }


def _command_for_inputs(gap: Gap) -> str:
    """The command that computes what the gap waits for; empty where that is no other table, or
    where raw data lacks behind it."""
    if gap.waits_for is None or not gap.heals:
        return ""
    span = gap.waits_for.span
    days = (span.first, span.last)
    return command_line(backfill_remedy([gap.waits_for.table], days, as_range=True))
