"""One sequence: edits and backfills at random,
and after each step the whole against a full rebuild.

Everything follows from the seed. A step is a few edits, each perhaps with a backfill of a random
part, then a backfill of everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from random import Random

from planning.reasons import Cause
from processors.discovery import load
from tests.invariant import breaches, unobserved
from tests.league import league
from tests.loop import Cell, backfill, compute, open_warehouse, rows
from tests.property.asked import Asked, asked
from tests.property.edits import due, edit
from tests.property.mishaps import RoughWarehouse, trouble
from tests.property.rebuild import (
    Arrow,
    View,
    differences,
    put,
    rebuilt,
    rows_in,
    wrongly_done,
)
from tests.raw_rows import raw_load

SHOWN = 12


@cache
def start() -> Arrow:
    """The league with every table computed, and its ledger."""
    warehouse = open_warehouse(raw_load(league()))
    compute(warehouse)
    tables = [
        warehouse.names(t)
        for t in (*warehouse.catalog.raw, *warehouse.catalog.ordered())
    ]
    found = rows_in(warehouse, [*tables, "nba_backfill.ledger"])
    warehouse.close()
    return found


def opened_at_start(computed: bool, path: str = ":memory:") -> RoughWarehouse:
    """The league in a warehouse of its own, its tables computed or not."""
    warehouse = RoughWarehouse(path, load(), threads=1)
    warehouse.ensure_tables()
    put(
        warehouse,
        {
            name: found
            for name, found in start().items()
            if computed or name.startswith("nba_raw")
        },
    )
    return warehouse


def run(seed: int, steps: int = 1) -> Counter[str]:
    """Edit, backfill and compare that many times; how often each thing happened.

    AssertionError says what is not as it should be; a note on any error, the seed and what was
    done.
    """
    sequence = Sequence(seed)
    try:
        for _ in range(steps):
            sequence.step()
    except Exception as error:
        told = "\n  ".join([f"sequence {seed}", *sequence.told])
        error.add_note(
            f"{told}\nonce more: python -m tests.property --sequences 1 --steps {steps} --seed "
            f"{seed}"
        )
        raise
    finally:
        sequence.warehouse.close()
    return sequence.counts


class Sequence:
    """A warehouse, what was done to it, and how often each thing happened."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.warehouse = opened_at_start(computed=self.random.random() < 0.9)
        self.due = due(seed)
        self.told: list[str] = []
        self.counts: Counter[str] = Counter()

    def step(self) -> None:
        """Edits, backfills of parts, then of everything;
        done cells and in the end all are the rebuild's."""
        for _ in range(
            self.random.choice((2, 2, 3))
            if self.due
            else self.random.choice((1, 1, 2, 2, 3))
        ):
            name, done = edit(
                self.warehouse, self.random, self.due.pop(0) if self.due else None
            )
            self.told.append(f"{name}: {done}")
            self.counts[f"edit {name}"] += 1
            if self.random.random() < 0.5:
                self.backfill(asked(self.warehouse, self.random))
        wanted = rebuilt(self.warehouse)
        if self.random.random() < 0.5:
            self.backfill(asked(self.warehouse, self.random))
            demand(wrongly_done(View.of(self.warehouse), wanted))
        self.backfill(Asked(), smooth=True)
        found = View.of(self.warehouse)
        demand(differences(found, wanted))
        demand(named(breaches(self.warehouse)))
        if self.random.random() < 0.25:
            self.backfill_again()
        self.counts.update(f"cell {how}" for how in found.standing.values())

    def backfill(self, wanted: Asked, smooth: bool = False) -> None:
        """One backfill, perhaps with a mishap;
        it breaks the invariant of no cell that kept it before."""
        before = breaches(self.warehouse)
        shuffle, run_id = Random(self.random.random()), f"run {len(self.told)}"
        with trouble(self.warehouse, self.random, smooth) as mishap:
            self.told.append(f"{wanted}, mishap: {mishap}")
            backfill(
                self.warehouse, wanted.selection, wanted.batch_days, shuffle, run_id
            )
        after = breaches(self.warehouse)
        demand(
            named(
                {cell: broken for cell, broken in after.items() if cell not in before}
            )
        )
        demand(f"{cell} is not as observed" for cell in unobserved(self.warehouse))
        self.count(run_id, mishap)

    def backfill_again(self) -> None:
        """The same command once more computes nothing,
        and writes nothing, of what is not quarantined."""
        receipts = backfill(self.warehouse, run_id="again")
        demand(
            f"{r['table']} {r['first']}..{r['last']} computed again"
            for r in receipts
            if r["done"]
        )
        sql = (
            "SELECT table_name, cell_date, outcome FROM nba_backfill.ledger WHERE run_id = "
            "'again'"
        )
        written = [
            row
            for row in rows(self.warehouse, sql)
            if row["outcome"] != Cause.QUARANTINED
        ]
        demand(
            f"{row['table_name']} {row['cell_date']}: {row['outcome']} once more"
            for row in written
        )
        self.counts["backfill of nothing"] += 1

    def count(self, run_id: str, mishap: str) -> None:
        """What a backfill computed, and how much of it came out as it was before."""
        sql = (
            "SELECT outcome, changed_at < finished_at AND outcome = 'done' AS same, COUNT(*) AS "
            "cells FROM nba_backfill.ledger WHERE run_id = $run AND table_name NOT IN (SELECT "
            "UNNEST($raw)) GROUP BY ALL"
        )
        for row in rows(
            self.warehouse, sql, run=run_id, raw=list(self.warehouse.catalog.raw)
        ):
            self.counts[
                f"written {row['outcome']}{', rows as before' * row['same']}"
            ] += row["cells"]
        self.counts[f"backfill, mishap {mishap}"] += 1


def named(found: dict[Cell, str]) -> list[str]:
    """Cells with what is said of each."""
    return [f"{table} {day}: {said}" for (table, day), said in found.items()]


def demand(found: Iterable[str]) -> None:
    """That nothing was found; AssertionError lists it."""
    listed = list(found)
    if listed:
        more = [f"and {len(listed) - SHOWN} more"] * (len(listed) > SHOWN)
        raise AssertionError("\n  ".join(["", *listed[:SHOWN], *more]))
