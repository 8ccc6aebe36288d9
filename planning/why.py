"""Why a cell is as it is: how it stands, its attempts,
its code, its inputs, its rows. Pure values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planning.cells import CellBreach, CellState, Outcome
from planning.decisions import Planner
from planning.ledger import NOTHING, Content, Entry, Record
from planning.provenance import InputState, inputs_of
from planning.standing import Standing, raw_standing, standing
from planning.verify import Contents
from processors.catalog import Catalog


@dataclass(frozen=True)
class ThenAndNow:
    """A fingerprint when a cell was last computed, and as things stand;
    None where there is none."""

    then: str | None
    now: str | None


@dataclass(frozen=True)
class Explanation:
    """A cell of a computed table. `evidence`: what was kept of it in quarantine. `query`: the
    statement that computes it, as the engine is given it. `unobserved`: raw dates up to this one
    that changed and are not on record yet, so that nothing here has been judged by them.
    """

    table: str
    day: date
    season: int | None
    standing: Standing
    recorded: Content
    held: Content
    state: CellState
    attempts: tuple[Entry, ...]
    code: ThenAndNow
    fingerprint: ThenAndNow
    inputs: tuple[InputState, ...]
    evidence: tuple[CellBreach, ...] = ()
    query: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    unobserved: Mapping[str, tuple[date | None, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class RawExplanation:
    """One date of a raw table, or the whole of one without dates: what it holds, when that was
    observed, and the computed tables that read it, each with its cut."""

    table: str
    day: date | None
    standing: Standing
    recorded: Content
    held: Content
    observations: tuple[Entry, ...]
    readers: Mapping[str, str]


def explanation_of(
    planner: Planner, table: str, day: date, attempts: Sequence[Entry]
) -> Explanation:
    """A cell of a computed table, as far as planner and ledger know it."""
    freshness, game_day = planner.freshness, planner.calendar.days.get(day)
    record = freshness.record(table, day)
    computed = _last_computation(attempts)
    codes = ThenAndNow(computed.code if computed else None, freshness.book.codes[table])
    made_from = freshness.inputs(table, game_day) if game_day else None
    fingerprints = ThenAndNow(computed.inputs if computed else None, made_from)
    computed_at = computed.started_at if computed else None
    inputs = inputs_of(planner, table, game_day, computed_at) if game_day else ()
    return Explanation(
        table=table,
        day=day,
        season=game_day.season if game_day else None,
        standing=standing(planner, table, day),
        recorded=record.content if record else NOTHING,
        held=freshness.content(table, day),
        state=planner.state(table, day),
        attempts=tuple(attempts),
        code=codes,
        fingerprint=fingerprints,
        inputs=tuple(inputs),
    )


def _last_computation(attempts: Sequence[Entry]) -> Entry | None:
    """The last attempt that gave rows, published or quarantined;
    where none did, the last that tried."""
    tried: Entry | None = None
    for entry in reversed(attempts):
        if entry.code and entry.outcome is not Outcome.FAILED:
            return entry
        if entry.code:
            tried = tried or entry
    return tried


def raw_explained(
    catalog: Catalog,
    table: str,
    day: date | None,
    record: Record | None,
    contents: Contents,
    observations: Sequence[Entry],
) -> RawExplanation:
    """One date of a raw table."""
    held = contents.get(day, NOTHING)
    readers = {
        f"{processor.name}.{name}": read.rows
        for processor in catalog
        for name, read in processor.contract.reads.items()
        if read.table == table
    }
    return RawExplanation(
        table=table,
        day=day,
        standing=raw_standing(record, held),
        recorded=record.content if record else NOTHING,
        held=held,
        observations=tuple(observations),
        readers=readers,
    )
