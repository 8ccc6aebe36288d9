"""The catalog: every table with its contract and query, and the order that follows from the reads.

Pure: knows no warehouse and reads no file; processors/discovery.py fills it from the folders.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from core.errors import ConfigError
from core.kept import keep_text
from processors.contract import Column, Contract, Phase, RawContract, Read

if TYPE_CHECKING:
    from sqlglot import exp

RAW_DATASET = "nba_raw"


@dataclass(frozen=True)
class Processor:
    """The recipe of one table: its name, contract, and query text as it stands in the folder."""

    name: str
    contract: Contract
    sql: str
    dataset: str
    folder: Path

    @property
    def phase(self) -> str:
        """The phase behind whose gate the table stands."""
        return self.contract.phase

    @cached_property
    def tree(self) -> exp.Select:
        """The parsed query; copy it before changing it."""
        # Late, here and below: most commands need what was made of a query before.
        import sqlglot
        from sqlglot import exp

        tree = sqlglot.parse_one(self.sql, read="bigquery")
        assert isinstance(tree, exp.Select)
        return tree

    @cached_property
    def tokens(self) -> list[list[str]]:
        """The query without comments and blanks: [kind, text];
        every look at a warehouse asks for it."""
        text = keep_text("tokens", [self.sql], lambda: tokens_json(self.sql))
        return cast("list[list[str]]", json.loads(text))

    def code_fingerprint(self, binding_revision: int) -> str:
        """Hash of what decides the rows: tokens, columns, reads, binding; no comments, no prose."""
        if binding_revision not in self._fingerprints:
            self._fingerprints[binding_revision] = self._fingerprint(binding_revision)
        return self._fingerprints[binding_revision]

    @cached_property
    def _fingerprints(self) -> dict[int, str]:
        """Those made before, by revision: every look at a warehouse asks for one."""
        return {}

    def _fingerprint(self, binding_revision: int) -> str:
        columns = [(c.name, c.type, c.decimals) for c in self.contract.columns]
        reads = self.contract.model_dump(include={"reads"})["reads"]
        decisive = [self.tokens, columns, reads, binding_revision]
        text = json.dumps(decisive, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Catalog:
    """Raw contracts and processors by name, phases in order;
    everything else is derived from them.

    `root` is the folder that holds a folder per phase.
    """

    root: Path
    phases: tuple[Phase, ...]
    raw: Mapping[str, RawContract]
    processors: Mapping[str, Processor]

    def __getitem__(self, table: str) -> Processor:
        try:
            return self.processors[table]
        except KeyError:
            known = ", ".join(self.processors)
            raise ConfigError(
                f"no table named {table}; the tables are: {known}"
            ) from None

    def __iter__(self) -> Iterator[Processor]:
        return iter(self.processors.values())

    def bare_name(self, name: str) -> str:
        """A table's name without its own dataset; any other name as it stands."""
        dataset, _, table = name.rpartition(".")
        is_known = table in self.raw or table in self.processors
        return table if is_known and dataset == self.dataset(table) else name

    def phase(self, name: str) -> Phase:
        """The phase of that name, or ConfigError with the names there are."""
        for phase in self.phases:
            if phase.name == name:
                return phase
        known = ", ".join(self.phase_names)
        raise ConfigError(f"no phase named {name}; the phases are: {known}")

    @property
    def phase_names(self) -> tuple[str, ...]:
        """The names of the phases, in order."""
        return tuple(phase.name for phase in self.phases)

    def of_phase(self, phase: str) -> tuple[Processor, ...]:
        """The processors of a phase, by name."""
        return tuple(p for p in self if p.phase == phase)

    def tables_of(self, phase: str) -> tuple[str, ...]:
        """The tables of a phase, by name."""
        return tuple(processor.name for processor in self.of_phase(phase))

    def bootstrap_days(self, table: str) -> int:
        """Days at a season's start that the table skips by design."""
        return self._bootstrap_days[self[table].name]

    @cached_property
    def _bootstrap_days(self) -> Mapping[str, int]:
        """Table -> what its phase skips: every decision on a cell asks for it."""
        return {p.name: self.phase(p.phase).bootstrap_days for p in self}

    def upstream(self, table: str) -> tuple[tuple[str, Read], ...]:
        """The reads of a table that are themselves computed tables: (input name, read)."""
        return self._upstream[self[table].name]

    @cached_property
    def _upstream(self) -> Mapping[str, tuple[tuple[str, Read], ...]]:
        """Table -> its reads of computed tables: every decision on a cell asks for them."""
        found: dict[str, tuple[tuple[str, Read], ...]] = {}
        for processor in self:
            reads = processor.contract.reads.items()
            computed = [(n, read) for n, read in reads if read.table in self.processors]
            found[processor.name] = tuple(computed)
        return found

    def tables_read_by(self, table: str) -> set[str]:
        """The computed tables that a table reads."""
        return {read.table for _, read in self.upstream(table)}

    def downstream(self, tables: Collection[str]) -> set[str]:
        """These tables, and every one that derives from them."""
        found = set(tables)
        for table in self.ordered():
            if found & self.tables_read_by(table):
                found.add(table)
        return found

    def phases_before(self, table: str) -> tuple[str, ...]:
        """The phases of the tables that a table derives from, but for its own, in order."""
        phases = {self[origin].phase for origin in self.origins((table,))}
        own = self[table].phase
        return tuple(p for p in self.phase_names if p in phases and p != own)

    def origins(self, tables: Collection[str]) -> set[str]:
        """These tables, and every one that they derive from."""
        found = set(tables)
        for table in reversed(self.ordered()):
            if table in found:
                found |= self.tables_read_by(table)
        return found

    @property
    def game_tables(self) -> tuple[str, ...]:
        """The raw tables with rows of single games."""
        contracts = self.raw.items()
        return tuple(name for name, raw in contracts if "game_id" in raw.grain)

    def dataset(self, table: str) -> str:
        """The dataset of a raw or computed table."""
        return RAW_DATASET if table in self.raw else self[table].dataset

    def columns(self, table: str) -> tuple[Column, ...]:
        """The columns of a raw or computed table."""
        if table in self.raw:
            return self.raw[table].columns
        return self[table].contract.columns

    def columns_named(
        self, table: str, names: Collection[str] = ()
    ) -> tuple[Column, ...]:
        """The columns of these names, in their order, all where none is named; KeyError for a name
        that the table does not have."""
        columns = {column.name: column for column in self.columns(table)}
        return tuple(map(columns.__getitem__, names or columns))

    def grain(self, table: str) -> tuple[str, ...]:
        """The columns that identify a row of a raw or computed table."""
        if table in self.raw:
            return self.raw[table].grain
        return self[table].contract.grain

    def date_column(self, table: str) -> str | None:
        """The date column of a raw or computed table; None for reference rows without dates."""
        if table in self.raw:
            return self.raw[table].date_column
        return self[table].contract.date_column

    def waves(self, phase: str) -> tuple[tuple[str, ...], ...]:
        """Tables of a phase in waves: each reads only earlier waves and phases;
        a cycle is a ConfigError."""
        waves: list[tuple[str, ...]] = []
        rest = set(self.tables_of(phase))
        while rest:
            ready = {name for name in rest if not rest & self.tables_read_by(name)}
            if not ready:
                raise ConfigError(
                    f"tables read each other in a cycle: {', '.join(sorted(rest))}; break it"
                )
            waves.append(tuple(sorted(ready)))
            rest -= ready
        return tuple(waves)

    def is_alone(self, table: str) -> bool:
        """Whether a table is a wave of its own: nothing else is computed beside it."""
        return (table,) in self.waves(self[table].phase)

    def ordered(self) -> tuple[str, ...]:
        """All tables, phase by phase and wave by wave: whatever a table reads stands before it."""
        return self._ordered

    @cached_property
    def _ordered(self) -> tuple[str, ...]:
        return tuple(
            table
            for phase in self.phases
            for wave in self.waves(phase.name)
            for table in wave
        )


def tokens_json(sql: str) -> str:
    """The tokens of a query in BigQuery's dialect, as JSON: [kind, text] of each."""
    import sqlglot

    tokens = sqlglot.tokenize(sql, read="bigquery")
    return json.dumps([(token.token_type.name, token.text) for token in tokens])


def input_types(read: Read, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns of a bound input: the table's, and those that the cut adds."""
    types = dict(columns)
    if read.rows != "all":
        types["as_of"] = "DATE"
    if read.ago:
        types.update(games_ago="INT64", days_since_previous="INT64")
    return types
