"""What the tables of a warehouse should be on either engine, and what to say of those that
differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.remedy import Words, commands_to_remake
from processors.catalog import Catalog
from processors.contract import Column, Contract, RawContract

Engine = Literal["duckdb", "bigquery"]
MOST_CLUSTERED = 4
"""Columns that BigQuery clusters a table by at most."""


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column as it should be: its type in BigQuery's words, or JSON for a text that holds JSON.

    `only_on`: the one engine that has it; both where it is empty.
    """

    name: str
    type: str
    description: str
    nullable: bool = True
    only_on: Engine | None = None


@dataclass(frozen=True)
class TableSpec:
    """A table as it should be: where it is, its columns, how BigQuery partitions and clusters it.

    `computed` ones can be dropped and computed again. What only reads does without `optional` ones:
    a warehouse of an earlier version stays readable.
    """

    dataset: str
    name: str
    description: str
    columns: tuple[ColumnSpec, ...]
    date_column: str | None = None
    clustered_by: tuple[str, ...] = ()
    computed: bool = False
    optional: bool = False

    @property
    def path(self) -> str:
        """Its name with the dataset."""
        return f"{self.dataset}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of its columns, in their order."""
        return tuple(column.name for column in self.columns)

    def columns_on(self, engine: Engine) -> list[ColumnSpec]:
        """The columns that it has on an engine."""
        engines = (None, engine)
        return [column for column in self.columns if column.only_on in engines]


def contracted_tables(catalog: Catalog) -> list[TableSpec]:
    """The raw and the computed tables, by their contracts."""
    tables: list[TableSpec] = []
    for name, contract in catalog.raw.items():
        tables.append(_contracted_table(catalog, name, contract))
    for processor in catalog:
        tables.append(_contracted_table(catalog, processor.name, processor.contract))
    return tables


def _contracted_table(
    catalog: Catalog, name: str, contract: Contract | RawContract
) -> TableSpec:
    """A table partitioned by its date and clustered by its keys."""
    floats = {column.name for column in contract.columns if column.type == "FLOAT64"}
    keys = [
        key
        for key in contract.grain
        if key != contract.date_column and key not in floats
    ]
    return TableSpec(
        dataset=catalog.dataset(name),
        name=name,
        description=contract.description,
        columns=tuple(map(_contracted_column, contract.columns)),
        date_column=contract.date_column,
        clustered_by=tuple(keys[:MOST_CLUSTERED]),
        computed=name not in catalog.raw,
    )


def _contracted_column(column: Column) -> ColumnSpec:
    description = column.description
    if column.unit:
        description += f" ({column.unit})"
    return ColumnSpec(column.name, column.type, description, column.nullable)


def column_faults(
    columns: Sequence[ColumnSpec], types: Mapping[str, str], spell: Callable[[str], str]
) -> Iterator[str]:
    """What adding columns cannot heal in a table whose columns have these types.

    `spell`: a type as the engine spells it.
    """
    for column in columns:
        wanted = spell(column.type)
        if column.name not in types and not column.nullable:
            yield f"column {column.name} is not in the table and may not be NULL"
        elif types.get(column.name, wanted) != wanted:
            yield f"column {column.name} is {types[column.name]}, contract {wanted}"
    contracted = {column.name for column in columns}
    for name in types:
        if name not in contracted:
            yield f"column {name} is not in the contract"


def refusal(
    refused: Mapping[str, tuple[TableSpec, Sequence[str]]], ingest_anew: Words
) -> Words:
    """What to say of tables (as they are called -> spec, faults) that cannot be healed.

    `ingest_anew` is the repair where one of them cannot be computed again: it heals every table, so
    it is named alone.
    """
    differences = [
        f"{called} differs from its contract: {', '.join(faults)}"
        for called, (_, faults) in refused.items()
    ]
    specs = [spec for spec, _ in refused.values()]
    can_be_computed = all(spec.computed for spec in specs)
    repair = (
        commands_to_remake([spec.name for spec in specs])
        if can_be_computed
        else ingest_anew
    )
    return (f"{'; '.join(differences)}; nothing was changed; ", *repair)
