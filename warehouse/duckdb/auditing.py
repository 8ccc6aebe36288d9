"""The audit of a batch on DuckDB: one pass over its rows says what every cell holds, whether those
are the expected keys, and whether any row breaks the contract; only what is amiss is counted check
by check."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from core.dates import same_day
from planning.cells import CellState
from planning.ledger import Content
from processors.catalog import Processor
from warehouse.auditing import Counts, broken_keys, broken_rows
from warehouse.duckdb.contents import content_of, digest_of
from warehouse.duckdb.states import states_of, states_sql, tells_by_hash
from warehouse.duckdb.store import DuckDBStore
from warehouse.protocol import cell_states
from warehouse.store import Row


@dataclass(frozen=True)
class Audited:
    """What the cells of a batch hold, how they stand, and how many rows or keys of each break which
    check."""

    contents: dict[date, Content]
    states: dict[date, CellState]
    counts: Counts

    @property
    def rows(self) -> int:
        """Rows of all cells together."""
        return sum(content.rows for content in self.contents.values())


@dataclass(frozen=True)
class Audit:
    """The audit of the rows that a table holds on some dates, read on the cursor of `store`.

    `algorithm`: the name of the hashing of its columns.
    """

    store: DuckDBStore
    processor: Processor
    dates: tuple[date, ...]
    algorithm: str

    def run(self) -> Audited:
        """Audit every cell."""
        rows = self._look()
        states = self._states(rows)
        counts: dict[date, dict[str, int]] = defaultdict(dict)
        for day, state in states.items():
            counts[day] |= broken_keys(state)
        if any(row["broken_rows"] for row in rows):
            sql = self.store.texts.audit(self.processor.name)
            for row in self._ask(sql):
                counts[row["as_of"]] |= broken_rows(row, self.processor.contract)
        return Audited(self._contents(rows), states, counts)

    def _ask(self, sql: str) -> list[Row]:
        return self.store.ask("audit", sql, dates=list(self.dates))

    def _look(self) -> list[Row]:
        """Per date: keys expected, rows and their hash, and how many rows break any check."""
        contract, texts = self.processor.contract, self.store.texts
        measures = {
            "content": digest_of(column.name for column in contract.columns),
            "broken_rows": "COUNT_IF(is_broken)",
        }
        marked = f"({texts.marked(self.processor.name)})"
        sql = states_sql(marked, contract, texts.names, True, measures)
        return self._ask(sql)

    def _states(self, rows: list[Row]) -> dict[date, CellState]:
        """How the cells stand: by hashes where those tell of every one, else key by key."""
        if tells_by_hash(self.processor.contract):
            found = states_of(rows)
            if not found.unlike:
                return found.told
        sql = self.store.texts.state(self.processor.name, of_dates=True)
        return cell_states(self._ask(sql))

    def _contents(self, rows: list[Row]) -> dict[date, Content]:
        """What the cells hold that have rows."""
        contents: dict[date, Content] = {}
        for row in rows:
            day, number, digest = same_day(row["as_of"]), row["present"], row["content"]
            if number:
                contents[day] = content_of(number, digest, self.algorithm)
        return contents
