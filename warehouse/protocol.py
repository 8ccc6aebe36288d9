"""What the rest of fullcourt may ask of a warehouse, and the values that travel.

One Protocol, two implementations. Rows of tables never travel through here except for sources and tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from planning.batches import Batch
from planning.calendar import GameDay
from planning.cells import Breach, CellState
from sources.load import RawLoad


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch: rows published per date, and the breaches of each date held back."""

    rows: Mapping[date, int] = field(default_factory=dict)
    quarantined: Mapping[date, tuple[Breach, ...]] = field(default_factory=dict)


class Warehouse(Protocol):
    """A database that holds raw and computed tables; every method is safe to call from several threads."""

    url: str

    def ensure_tables(self) -> None:
        """Create what the contracts promise and is not there yet."""

    def load(self, raw: RawLoad) -> dict[str, int]:
        """Write raw rows, replacing by (raw table, game); rows written per table."""

    def remove_game(self, game_id: str) -> dict[str, int]:
        """Delete a game from every raw table; rows deleted per table."""

    def schedule(self) -> Any:
        """The raw schedule as a pyarrow Table, for sources that load against it."""

    def game_days(self) -> list[GameDay]:
        """One entry per date of the schedule with eligible games."""

    def cell_states(self, table: str) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands."""

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Stage, audit and publish a batch; dates that break their contract are quarantined."""

    def clear(self, table: str, dates: Sequence[date]) -> int:
        """Remove the rows of cells that should hold none; rows removed."""

    def fingerprints(self, table: str) -> dict[date, str]:
        """Content of every cell of a dated table: row count and an order-independent hash."""

    def orphans(self, table: str, dates: Sequence[date]) -> list[str]:
        """Games that the table has rows of on these dates and the schedule does not have on that date."""

    def record_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict of a gate; the only thing that a gate writes."""

    def close(self) -> None:
        """Let go of the warehouse; on DuckDB, of the file's lock."""


def cell_states(rows: Iterable[Mapping[str, Any]]) -> dict[date, CellState]:
    """Date -> state, from the rows of `statements.state`."""
    numbers = ("expected", "present", "missing", "unexpected")
    return {row["as_of"]: CellState(*(int(row[n]) for n in numbers)) for row in rows}
