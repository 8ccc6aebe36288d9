"""INFORMATION_SCHEMA.PARTITIONS of the stand-in:
a dataset's tables, their partitions, rows and bytes."""

from __future__ import annotations

from tests.bigquery_stand_in.engine import Engine, TableInfo

VIEW = "INFORMATION_SCHEMA.PARTITIONS"
COLUMNS = {
    "table_name": "VARCHAR",
    "partition_id": "VARCHAR",
    "total_rows": "BIGINT",
    "total_logical_bytes": "BIGINT",
}
"""Those of BigQuery's that somebody asks for, by DuckDB's types."""


def list_partitions(engine: Engine, dataset: str) -> None:
    """Make the view of a dataset anew, as a table; one without partitions has one of no name."""
    view, columns = (
        f'"{dataset}"."{VIEW}"',
        ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()),
    )
    # It lists no view: not itself either.
    engine.tables.pop(f"{dataset}.{VIEW}", None)
    tables = [path.partition(".") for path in engine.tables]
    with engine.lock:
        engine.connection.execute(f"CREATE OR REPLACE TABLE {view} ({columns})")
        for of, _, table in tables:
            if of == dataset:
                info = engine.tables[f"{of}.{table}"]
                day = info.partition_column
                name = f"STRFTIME({day}, '%Y%m%d')" if day else "NULL"
                engine.connection.execute(
                    f"INSERT INTO {view} SELECT '{table}', {name}, COUNT(*), COUNT(*) * "
                    f"{info.row_bytes} "
                    f'FROM "{of}"."{table}" GROUP BY ALL'
                )
    engine.tables[f"{dataset}.{VIEW}"] = TableInfo()
