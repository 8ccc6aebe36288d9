"""The invariant of the ledger: a table holds rows
of a date exactly when its last word on the cell is done.

Read from the ledger's rows and the tables themselves, not through the planner that lives by it.
"""

from __future__ import annotations

from datetime import date

from planning.cells import Outcome
from planning.ledger import NOTHING, Content
from tests.loop import Cell, rows
from warehouse.duckdb import DuckDBWarehouse

SPOKEN = (
    "SELECT table_name, cell_date, outcome, row_count, output_fingerprint FROM "
    "nba_backfill.ledger AS ledger WHERE outcome != 'failed' ORDER BY ledger.finished_at, "
    "run_id, attempt"
)


def breaches(warehouse: DuckDBWarehouse) -> dict[Cell, str]:
    """The cells of computed tables that do not hold what the ledger says
    of them, with how they differ."""
    last = {
        (row["table_name"], row["cell_date"]): row for row in rows(warehouse, SPOKEN)
    }
    found = {}
    for table in warehouse.catalog.ordered():
        contents = {
            day: content for day, content in warehouse.contents(table).items() if day
        }
        for day in sorted({*contents, *(d for t, d in last if t == table)}):
            word = last.get((table, day))
            outcome = word["outcome"] if word else "unheard of"
            said = (
                Content(word["row_count"], word["output_fingerprint"] or "")
                if word
                else NOTHING
            )
            if broken := _broken(outcome, said, contents.get(day, NOTHING)):
                found[table, day] = broken
    return found


def _broken(outcome: str, said: Content, held: Content) -> str:
    """How a cell breaks the invariant; empty when it does not."""
    if outcome != Outcome.DONE:
        return (
            f"{outcome}, and the table holds {held.rows} rows"
            if held != NOTHING
            else ""
        )
    if not held.rows:
        return "done, and the table holds nothing"
    return f"done with {said}, and the table holds {held}" if held != said else ""


def unobserved(warehouse: DuckDBWarehouse) -> list[str]:
    """The cells of raw tables that are not what was last observed of them."""
    last = {
        (row["table_name"], row["cell_date"]): row for row in rows(warehouse, SPOKEN)
    }
    found = []
    for table in warehouse.catalog.raw:
        contents = warehouse.contents(table)
        for day in {*contents, *(d for t, d in last if t == table)}:
            word = last.get((table, day))
            said = (
                Content(word["row_count"], word["output_fingerprint"] or "")
                if word
                else NOTHING
            )
            if contents.get(day, NOTHING) != said:
                found.append(f"{table} {day}")
    return sorted(found)


def held(warehouse: DuckDBWarehouse) -> dict[Cell, Content]:
    """Every cell of the computed tables that holds rows."""
    tables = warehouse.catalog.ordered()
    contents: dict[str, dict[date | None, Content]] = {
        t: warehouse.contents(t) for t in tables
    }
    return {
        (t, day): content
        for t, cells in contents.items()
        for day, content in cells.items()
        if day
    }
