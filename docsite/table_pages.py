"""The catalog as pages: one of all tables, and one per table with columns, inputs and limits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from core.counted import counted
from docsite.limit_pages import LIMITS, limit_row
from docsite.markup import block, code, link, page, rows_of, section
from processors.catalog import RAW_DATASET, Catalog
from processors.contract import Column, Contract, Expected, RawContract, Read
from validation.limits import load_thresholds

FOLDER, RAW_FOLDER = "tables", "raw"
ROWS = {
    "same_day": "of the date itself",
    "before_tip_off": "snapshots of the date's games taken before they began",
    "all": "all: undated reference rows",
}
EXPECTED = {
    "final_games": "both teams of every eligible final game of the date",
    "box_scores": "every player who played in a covered final game of the date",
    "playing_teams": "every team that plays on the date",
    "qualified_teams": "every team",
    "player_history": "every player",
    "roster": "every player expected to play on the date",
}
COLUMNS = ("column", "type", "unit", "meaning", "must hold")
READS = ("input", "table", "rows that a date sees")
INVARIANTS = ("name", "holds for every row", "why")


def table_pages(catalog: Catalog) -> dict[str, str]:
    """Path -> text: the list of tables first, then each table."""
    pages = {f"{FOLDER}/index.md": _index(catalog)}
    for name in catalog.ordered():
        pages[f"{FOLDER}/{name}.md"] = _computed(catalog, name)
    for name in catalog.raw:
        pages[f"{RAW_FOLDER}/{name}.md"] = _raw(catalog, name)
    return pages


def readers(catalog: Catalog, table: str) -> tuple[str, ...]:
    """The computed tables that read a table, in the order of computing."""
    return tuple(name for name in catalog.ordered() if table in _inputs(catalog, name))


def _inputs(catalog: Catalog, table: str) -> set[str]:
    return {read.table for read in catalog[table].contract.reads.values()}


def _index(catalog: Catalog) -> str:
    raw = rows_of(
        ("table", "a row is a", "columns", "what it holds", "read by"),
        _raw_rows(catalog),
    )
    return page(
        "Tables",
        "Every table with its columns, units and inputs, written from the contracts in "
        "`processors/`. A phase computes its waves in order: a table reads earlier waves and "
        "phases alone.",
        *_phases(catalog),
        section(
            "Raw tables",
            f"What ingest writes, in the dataset `{RAW_DATASET}`. Optional tables may be empty.",
            raw,
        ),
    )


def _phases(catalog: Catalog) -> Iterator[str]:
    header = ("wave", "table", "a row is a", "columns", "what it holds", "reads")
    for phase in catalog.phases:
        rows: list[tuple[Any, ...]] = []
        for wave, names in enumerate(catalog.waves(phase.name), start=1):
            rows += [(wave, *_index_row(catalog, name)) for name in names]
        about = f"{phase.description.capitalize()}; dataset `{phase.dataset}`."
        yield section(f"Phase {phase.name}", about, rows_of(header, rows))


def _index_row(catalog: Catalog, name: str) -> tuple[Any, ...]:
    contract = catalog[name].contract
    grain = " + ".join(contract.grain)
    inputs = _links(catalog, sorted(_inputs(catalog, name)))
    columns = len(contract.columns)
    return _to(catalog, name), grain, columns, contract.description, inputs


def _raw_rows(catalog: Catalog) -> Iterator[tuple[Any, ...]]:
    for name, contract in catalog.raw.items():
        grain = " + ".join(contract.grain)
        read_by = _links(catalog, readers(catalog, name))
        yield (
            _to(catalog, name),
            grain,
            len(contract.columns),
            contract.description,
            read_by,
        )


def _to(catalog: Catalog, table: str) -> str:
    """A link to a table's page, from any of them."""
    folder = RAW_FOLDER if table in catalog.raw else FOLDER
    return link(code(table), f"../{folder}/{table}.md")


def _links(catalog: Catalog, tables: Collection[str]) -> str:
    return ", ".join(_to(catalog, table) for table in tables)


def _computed(catalog: Catalog, name: str) -> str:
    processor = catalog[name]
    contract = processor.contract
    return page(
        name,
        contract.description,
        _facts(_facts_of_computed(catalog, name)),
        section("Columns", rows_of(COLUMNS, map(_column, contract.columns))),
        section("Reads", rows_of(READS, _read_rows(catalog, contract))),
        section(
            "Read by", _links(catalog, readers(catalog, name)) or "No other table."
        ),
        section("Invariants", rows_of(INVARIANTS, _invariant_rows(contract))),
        _limits(catalog, name),
        section(
            "Query { data-search-exclude }",
            "As it stands in the folder; `fullcourt tables --sql "
            f"{name}` prints it with its inputs cut.",
            block(processor.sql, "sql"),
        ),
    )


def _facts(facts: Mapping[str, str]) -> str:
    return rows_of(("", ""), facts.items())


def _facts_of_computed(catalog: Catalog, name: str) -> dict[str, str]:
    contract = catalog[name].contract
    waves = catalog.waves(contract.phase)
    wave = next(n for n, names in enumerate(waves, start=1) if name in names)
    grain = " + ".join(map(code, contract.grain))
    return {
        "full name": code(f"{catalog.dataset(name)}.{name}"),
        "phase and wave": f"{contract.phase}, {wave}",
        "a row is a": grain,
        "its date": code(contract.date_column),
        "a date must hold": _expected(contract.expected),
        "days skipped at a season's start": str(catalog.bootstrap_days(name)),
    }


def _expected(expected: Expected) -> str:
    words = EXPECTED[expected.from_]
    if not expected.min_games:
        return words
    return f"{words} with at least {counted(expected.min_games, 'earlier game')} of the season"


def _column(column: Column) -> tuple[str, ...]:
    return (
        code(column.name),
        column.type,
        column.unit or "",
        column.description,
        "; ".join(_rules(column)),
    )


def _rules(column: Column) -> Iterator[str]:
    """What a value must satisfy to be published, and what a gate may expect of it."""
    if not column.nullable:
        yield "never NULL"
    if column.range:
        low, high = column.range
        yield f"{low:g} to {high:g}"
    if column.values:
        yield f"one of {', '.join(map(code, column.values))}"
    if column.required_when:
        yield f"not NULL where {code(column.required_when)}"
    if column.source:
        yield f"needs {column.source}"


def _read_rows(catalog: Catalog, contract: Contract) -> Iterator[tuple[str, str, str]]:
    for name, read in contract.reads.items():
        yield code(name), _to(catalog, read.table), _cut(read)


def _cut(read: Read) -> str:
    if read.rows != "before":
        return ROWS[read.rows]
    reach = "of the season" if read.within == "season" else f"of {read.within}"
    counted = f", counted back per {code(read.ago)}" if read.ago else ""
    return f"of earlier dates {reach}{counted}"


def _invariant_rows(contract: Contract) -> Iterator[tuple[str, str, str]]:
    for invariant in contract.invariants:
        yield code(invariant.name), code(invariant.holds), invariant.why


def _limits(catalog: Catalog, name: str) -> str:
    limits = load_thresholds(catalog)[name]
    about = "[Thresholds](../thresholds.md) says what each counts and where its limit is stated."
    shown = rows_of(LIMITS, map(limit_row, limits))
    return section("What the gate demands", about, shown)


def _raw(catalog: Catalog, name: str) -> str:
    contract = catalog.raw[name]
    read_by = _links(catalog, readers(catalog, name)) or "No table."
    return page(
        name,
        contract.description,
        _facts(_facts_of_raw(name, contract)),
        section("Columns", rows_of(COLUMNS, map(_column, contract.columns))),
        section("Read by", read_by),
    )


def _facts_of_raw(name: str, contract: RawContract) -> dict[str, str]:
    return {
        "full name": code(f"{RAW_DATASET}.{name}"),
        "a row is a": " + ".join(map(code, contract.grain)),
        "its date": code(contract.date_column or ""),
        "may be empty": "yes" if contract.optional else "no",
    }
