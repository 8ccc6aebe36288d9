"""The embedded warehouse: one DuckDB file, one process, one connection, a cursor per thread."""

from warehouse.duckdb.warehouse import DuckDBWarehouse

__all__ = ["DuckDBWarehouse"]
