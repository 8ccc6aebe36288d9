"""Gather what the page shows of the catalog; no warehouse is asked."""

from __future__ import annotations

from planning.eta.estimates import wave_of
from processors.catalog import Catalog
from processors.contract import Column
from reports.page.catalog import (
    RAW,
    CatalogFacts,
    ColumnFacts,
    ReadFacts,
    TableFacts,
    tell_bounds,
)


def collect_catalog(catalog: Catalog) -> CatalogFacts:
    """Every table of the catalog: raw ones by name, then the others in the order of computing."""
    waves = wave_of(catalog)
    raw = [_raw_table(catalog, name) for name in sorted(catalog.raw)]
    computed = [
        _computed_table(catalog, name, waves[name][1]) for name in catalog.ordered()
    ]
    phases = {phase.name: phase.description for phase in catalog.phases}
    return CatalogFacts(tables=(*raw, *computed), phases=phases)


def _raw_table(catalog: Catalog, name: str) -> TableFacts:
    contract = catalog.raw[name]
    return TableFacts(
        name=name,
        group=RAW,
        dataset=catalog.dataset(name),
        description=contract.description,
        grain=contract.grain,
        columns=tuple(map(_column, contract.columns)),
        optional=contract.optional,
    )


def _computed_table(catalog: Catalog, name: str, wave: int) -> TableFacts:
    contract = catalog[name].contract
    reads = [
        ReadFacts(name, read.table, read.rows, read.within or "", read.ago or "")
        for name, read in contract.reads.items()
    ]
    return TableFacts(
        name=name,
        group=contract.phase,
        dataset=catalog.dataset(name),
        description=contract.description,
        grain=contract.grain,
        columns=tuple(map(_column, contract.columns)),
        wave=wave,
        reads=tuple(reads),
    )


def _column(column: Column) -> ColumnFacts:
    return ColumnFacts(
        name=column.name,
        type=column.type,
        unit=column.unit or "",
        description=column.description,
        bounds=tell_bounds(column.range, column.values),
        nullable=column.nullable,
        is_feature=column.feature,
        source=column.source or "",
    )
