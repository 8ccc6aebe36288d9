"""The full rebuild that everything is held against:
a new warehouse with the same raw rows, all computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planning.cells import Outcome
from planning.ledger import Content
from planning.reasons import GapCause
from tests.invariant import held
from tests.loop import Cell, compute, open_warehouse, planned
from warehouse.duckdb import DuckDBWarehouse

Arrow = Mapping[str, Any]
"""Qualified table -> its rows."""

BY_CALENDAR = frozenset(
    {*(outcome for outcome in Outcome if outcome.is_skip), Outcome.NOT_FINAL}
)


@dataclass(frozen=True)
class View:
    """What every cell of a warehouse holds, and what a planner makes of it.

    `standing`: its outcome, or why it is to be computed; `gaps`: what a gap lacks; `to_clear`:
    cells that should hold nothing and do; `sources` and `recorded`: the fingerprints of inputs and
    code of done cells, now and when they were computed.
    """

    contents: Mapping[Cell, Content]
    standing: Mapping[Cell, str]
    gaps: Mapping[Cell, GapCause]
    to_clear: tuple[Cell, ...]
    sources: Mapping[Cell, str]
    recorded: Mapping[Cell, str]

    @classmethod
    def of(cls, warehouse: DuckDBWarehouse) -> View:
        """The warehouse as it is, nothing believed that was read before."""
        planner = planned(warehouse)
        days, judge = planner.calendar.days, planner.freshness
        tables = warehouse.catalog.ordered()
        decisions = [
            planner.decide(table, {*days, *planner.strays(table)}) for table in tables
        ]
        settled = {
            (d.table, day): how for d in decisions for day, how in d.settled.items()
        }
        computed = {
            (d.table, day): why.cause
            for d in decisions
            for day, why in d.compute.items()
        }
        done = [cell for cell, how in settled.items() if how is Outcome.DONE]
        entries = {
            cell: record.last for cell in done if (record := judge.record(*cell))
        }
        return cls(
            contents=held(warehouse),
            standing={cell: str(word) for cell, word in (settled | computed).items()},
            gaps={
                (d.table, day): gap for d in decisions for day, gap in d.reasons.items()
            },
            to_clear=tuple((d.table, day) for d in decisions for day in d.clear),
            sources={
                (t, day): f"{judge.inputs(t, days[day])} {judge.book.codes[t]}"
                for t, day in done
            },
            recorded={
                cell: f"{entry.inputs} {entry.code}" for cell, entry in entries.items()
            },
        )


def rebuilt(warehouse: DuckDBWarehouse) -> View:
    """What the raw rows of a warehouse come to in a new one, with its waivers and its queries."""
    fresh = open_warehouse(catalog=warehouse.catalog)
    raw = rows_in(
        warehouse, (warehouse.names(table) for table in warehouse.catalog.raw)
    )
    put(fresh, raw | {warehouse.names("schedule"): warehouse.schedule()})
    for waiver in warehouse.waivers():
        if waiver.declared:
            fresh.waive(waiver.game_id, waiver.raw_table, waiver.reason)
    fresh.observe("rebuild")
    compute(fresh)
    view = View.of(fresh)
    fresh.close()
    return view


def differences(found: View, wanted: View) -> Iterator[str]:
    """How a warehouse that was backfilled in full differs from the rebuild, cell by cell."""
    yield from _unlike("holds", found.contents, wanted.contents)
    yield from _unlike("is", found.standing, wanted.standing)
    yield from _unlike("is a gap because", found.gaps, wanted.gaps)
    yield from _unlike("has inputs and code", found.sources, wanted.sources)
    yield from _unlike("was computed from", found.recorded, found.sources)
    yield from (
        f"{table} {day} is to be cleared still" for table, day in found.to_clear
    )


def wrongly_done(found: View, wanted: View) -> Iterator[str]:
    """The cells that a warehouse takes for done,
    or for empty by design, and the rebuild does not."""
    done = {cell for cell, how in found.standing.items() if how == Outcome.DONE}
    empty = {cell: how for cell, how in found.standing.items() if how in BY_CALENDAR}
    stray = {cell: str(Outcome.NO_GAMES) for cell in empty}
    yield from _unlike(
        "is done and holds", _of(found.contents, done), _of(wanted.contents, done)
    )
    yield from _unlike("is", empty, _of(stray | dict(wanted.standing), set(empty)))


def _unlike(
    what: str, here: Mapping[Cell, object], there: Mapping[Cell, object]
) -> Iterator[str]:
    for table, day in sorted({*here, *there}):
        one, other = (of.get((table, day), "nothing") for of in (here, there))
        if one != other:
            yield f"{table} {day} {what} {one}, not {other}"


def _of(values: Mapping[Cell, Any], cells: set[Cell]) -> dict[Cell, Any]:
    return {cell: value for cell, value in values.items() if cell in cells}


def rows_in(warehouse: DuckDBWarehouse, tables: Iterable[str]) -> dict[str, Any]:
    """The rows of these tables as they are."""
    with warehouse.engine.cursor() as cursor:
        return {
            table: cursor.sql(f"SELECT * FROM {table}").to_arrow_table()
            for table in tables
        }


def put(warehouse: DuckDBWarehouse, tables: Arrow) -> None:
    """Add these rows, nothing else."""
    with warehouse.engine.transaction() as cursor:
        for table, found in tables.items():
            cursor.register("incoming", found)
            cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
            cursor.unregister("incoming")
