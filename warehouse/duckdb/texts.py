"""DuckDB's text of every statement, made once per catalog:
translating takes longer than running some."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

import sqlglot

from processors.catalog import Catalog
from warehouse import statements
from warehouse.binding import staged
from warehouse.dialect import to_duckdb
from warehouse.duckdb.engine import WORK
from warehouse.duckdb.publishing import stage_name

_made: WeakKeyDictionary[Catalog, dict[tuple[str, str], str]] = WeakKeyDictionary()
_lock = threading.RLock()


def qualified_name(catalog: Catalog, table: str) -> str:
    """Where a raw, computed or expected table is on a connection."""
    if table in statements.EXPECTED_RELATIONS:
        return f"{WORK}.main.{table}"
    return f"{catalog.dataset(table)}.{table}"


def text(catalog: Catalog, kind: str, table: str) -> str:
    """The statement of that kind for a table:
    stage, screen, audit, staged_state, state, derived."""
    with _lock:
        made = _made.setdefault(catalog, {})
        if (kind, table) not in made:
            made[kind, table] = _translated(catalog, kind, table)
        return made[kind, table]


def _translated(catalog: Catalog, kind: str, table: str) -> str:
    def names(name: str) -> str:
        return qualified_name(catalog, name)

    if kind == "derived":
        return to_duckdb(statements.qualified(statements.text(table), names))
    processor = catalog[table]
    if kind == "stage":
        return to_duckdb(staged(processor, catalog, names))
    stage, schedule = stage_name(processor), names("schedule")
    return from_bigquery(
        {
            "screen": lambda: statements.screen(processor, stage, schedule),
            "audit": lambda: statements.audit(processor, stage, schedule),
            "state": lambda: statements.state(processor, names),
            "staged_state": lambda: statements.state(
                processor, names, stage, "SELECT * FROM UNNEST(@dates)"
            ),
        }[kind]()
    )


def check_text(catalog: Catalog, sql: str, table: str) -> str:
    """A check's query for a table."""
    with _lock:
        made = _made.setdefault(catalog, {})
        if (sql, table) not in made:
            tree = statements.check(sql, catalog, table, lambda name: qualified_name(catalog, name))
            made[sql, table] = to_duckdb(tree)
        return made[sql, table]


def from_bigquery(sql: str) -> str:
    """DuckDB's text of a statement in BigQuery's dialect."""
    return to_duckdb(sqlglot.parse_one(sql, read="bigquery"))
