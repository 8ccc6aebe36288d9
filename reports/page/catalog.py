"""The page's section on the catalog: every table with its columns, and what reads what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.page.graph import Column, draw_graph
from reports.page.section import PageSection

RAW = "raw"


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column as its contract describes it; `bounds`: what its values must satisfy, in words."""

    name: str
    type: str
    unit: str
    description: str
    bounds: str
    nullable: bool
    is_feature: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """An input of a table: its name in the query, the table, and which rows a date may see."""

    name: str
    table: str
    rows: str
    within: str = ""
    ago: str = ""


@dataclass(frozen=True)
class TableFacts:
    """A table: `group` is its phase, or `raw`; `wave` counts from 1 within a phase."""

    name: str
    group: str
    dataset: str
    description: str
    grain: tuple[str, ...]
    columns: tuple[ColumnFacts, ...]
    wave: int = 1
    reads: tuple[ReadFacts, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class CatalogFacts:
    """The tables, raw ones first, then in the order of computing; phase -> its description."""

    tables: tuple[TableFacts, ...]
    phases: Mapping[str, str] = field(default_factory=dict)


def catalog_section(facts: CatalogFacts | None) -> PageSection:
    """The section; without facts it says so."""
    name, title = "catalog", "Catalog"
    if facts is None:
        return PageSection(name, title, absent="The catalog was not read.")
    reads = {table.name: [read.table for read in table.reads] for table in facts.tables}
    shown = {
        "picture": draw_graph(list(_columns(facts)), reads),
        "groups": list(_groups(facts, reads)),
        "marks": _marks(facts),
    }
    return PageSection(name, title, shown, data={"reads": reads})


def _marks(facts: CatalogFacts) -> dict[str, int]:
    """Phase -> the number of its colour; raw tables have none."""
    return {phase: number for number, phase in enumerate(facts.phases, start=1)}


def _columns(facts: CatalogFacts) -> Iterator[Column]:
    """A column per wave, the raw tables before the first."""
    raw = tuple(table.name for table in facts.tables if table.group == RAW)
    if raw:
        yield Column("raw", RAW, raw)
    for phase in facts.phases:
        tables = [table for table in facts.tables if table.group == phase]
        waves = sorted({table.wave for table in tables})
        for wave in waves:
            names = tuple(table.name for table in tables if table.wave == wave)
            title = f"{phase} {wave}" if len(waves) > 1 else phase
            yield Column(title, phase, names)


def _groups(
    facts: CatalogFacts, reads: Mapping[str, Iterable[str]]
) -> Iterator[dict[str, Any]]:
    """The tables of each group, each with its readers."""
    readers: dict[str, list[str]] = {table.name: [] for table in facts.tables}
    for target, sources in reads.items():
        for source in dict.fromkeys(sources):
            readers[source].append(target)
    descriptions = {RAW: "what ingest writes, as the sources give it", **facts.phases}
    for group, description in descriptions.items():
        tables = [table for table in facts.tables if table.group == group]
        yield {
            "name": group,
            "description": description,
            "tables": [
                {"facts": table, "readers": readers[table.name], "cuts": _cuts(table)}
                for table in tables
            ],
        }


def _cuts(table: TableFacts) -> list[tuple[str, str, str]]:
    """Input, table and cut of each read, in words."""
    return [(read.name, read.table, tell_cut(read)) for read in table.reads]


def tell_cut(read: ReadFacts) -> str:
    """Which rows of an input a date may see."""
    if read.rows == "same_day":
        return "rows of the date itself"
    if read.rows == "before_tip_off":
        return "snapshots of the date's games, taken before tip-off"
    if read.rows == "all":
        return "all rows; they have no dates"
    reach = "of the season" if read.within == "season" else f"of {read.within}"
    counted = f", counted back for each {read.ago}" if read.ago else ""
    return f"earlier dates {reach}{counted}"


def tell_bounds(
    bounds: tuple[float, float] | None, values: tuple[str, ...] | None
) -> str:
    """What the values of a column must satisfy; empty where nothing is demanded."""
    if values:
        return ", ".join(values)
    if bounds:
        low, high = bounds
        return f"{low:g} to {high:g}"
    return ""
