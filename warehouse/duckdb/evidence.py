"""Keys that break a contract: those kept of a quarantined cell,
and those of a cell as its table holds it."""

from __future__ import annotations

import json
from datetime import date

from planning.cells import Breach
from processors.catalog import Processor
from warehouse import statements
from warehouse.duckdb.engine import Cursor, fetched
from warehouse.duckdb.texts import from_bigquery

KEYS_SHOWN = 5
KEY_CHECKS = ("missing_keys", "unexpected_keys", "duplicate_keys")


def kept(cursor: Cursor, table: str, day: date) -> tuple[Breach, ...]:
    """What was kept of a cell when it was last quarantined; empty when it was published since."""
    sql = (
        "SELECT check_name, breaking, keys FROM nba_backfill.quarantine "
        "WHERE table_name = $table AND cell_date = $day ORDER BY check_name"
    )
    rows = fetched(cursor, sql, {"table": table, "day": day})
    return tuple(Breach(r["check_name"], r["breaking"], tuple(json.loads(r["keys"]))) for r in rows)


def amiss(
    cursor: Cursor, processor: Processor, names: statements.Names, day: date
) -> dict[str, tuple[str, ...]]:
    """Check -> some of the keys of a cell that are missing, unexpected or there more than once."""
    found = {}
    for check in KEY_CHECKS:
        sql = statements.key_evidence(processor, names(processor.name), names, check, KEYS_SHOWN)
        if rows := fetched(cursor, from_bigquery(sql), {"date": day}):
            found[check] = tuple("/".join(str(value) for value in row.values()) for row in rows)
    return found
