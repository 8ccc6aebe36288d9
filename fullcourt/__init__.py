"""fullcourt: the command line, and the Python door to what a warehouse holds.

    import fullcourt

    with fullcourt.open("duckdb:seasons.duckdb") as warehouse:
        rows = warehouse.table("ml_feature_store").between("2024-10-22", "2025-04-13")
        frame = rows.to_pandas()

Importing it imports neither Prefect nor a database: `open` does, when it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from core.errors import (
        ConfigError,
        FullcourtError,
        LockedWarehouseError,
        NotFreshError,
        SchemaError,
        WarehouseError,
    )
    from fullcourt.api import Rows, Table, TrainingSet, Warehouse, open

__all__ = [
    "ConfigError",
    "FullcourtError",
    "LockedWarehouseError",
    "NotFreshError",
    "Rows",
    "SchemaError",
    "Table",
    "TrainingSet",
    "Warehouse",
    "WarehouseError",
    "open",
]

_OF_THE_API = ("Rows", "Table", "TrainingSet", "Warehouse", "open")

if not TYPE_CHECKING:
    # Hidden from type checkers, which would take any name for one that is there.
    def __getattr__(name: str) -> object:
        """A name of the API or an error, imported when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module 'fullcourt' has no attribute {name!r}")
        from importlib import import_module

        return getattr(
            import_module("fullcourt.api" if name in _OF_THE_API else "core.errors"),
            name,
        )
