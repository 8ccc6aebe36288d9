"""What computing may cost where what is read is billed:
per table, and whether it may be spent. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import CostError


@dataclass(frozen=True, slots=True)
class TableCost:
    """What the batches of one table would ask of the warehouse.

    `bytes_read`: by its queries; `dollars`: for them and for the other jobs of its batches.
    `modifications`: statements that change its rows; `queue`: the most of them under way at once.
    `partitions`: the most that one of them changes.
    """

    table: str
    batches: int
    bytes_read: int
    dollars: float
    jobs: int
    modifications: int
    queue: int
    partitions: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a plan, table by table; `beyond`:
    the limits that it would pass, each with its repair."""

    tables: tuple[TableCost, ...]
    beyond: tuple[str, ...] = ()

    @property
    def dollars(self) -> float:
        """Of all tables."""
        return sum(table.dollars for table in self.tables)

    def of(self, tables: Iterable[str]) -> tuple[TableCost, ...]:
        """Those of these tables, in their order here."""
        named = set(tables)
        return tuple(table for table in self.tables if table.table in named)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"dollars": round(self.dollars, 4), **asdict(self)}


def money(dollars: float) -> str:
    """Dollars as a person reads them, small sums to the hundredth of a cent."""
    return f"${dollars:,.2f}" if dollars >= 1 else f"${dollars:.4f}"


def demand(phase: str, cost: Cost, spent: float, limit: float) -> None:
    """That a phase may be computed within `limit` dollars, with those spent;
    CostError says what it needs."""
    if cost.beyond:
        raise CostError(f"phase {phase}: {'; '.join(cost.beyond)}")
    if spent + cost.dollars > limit:
        before = f", with {money(spent)} spent before it" if spent else ""
        raise CostError(
            f"phase {phase} would cost about {money(cost.dollars)}{before}, of at most "
            f"{money(limit)}; allow more (--max-cost), or ask for fewer dates or tables; what is "
            "computed stays"
        )
