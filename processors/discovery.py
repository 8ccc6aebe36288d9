"""Discovers the folders processors/<phase>/<table> and checks each against its contract.

`load()` either returns a catalog in which every query fits its contract, or raises one ConfigError
that lists every fault with file, line and repair.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from core.counted import counted
from core.errors import ConfigError
from core.kept import keep_text
from core.yaml_files import read_model, validate_yaml
from processors.catalog import Catalog, Processor, input_types
from processors.contract import Contract, Phase, RawContract
from processors.features import with_feature_columns, with_implied_columns

ROOT = Path(__file__).parent


@cache
def load(root: Path = ROOT) -> Catalog:
    """The catalog of the folders under `root`, every one checked; ConfigError lists all faults."""
    phases = tuple(validate_yaml(TypeAdapter(list[Phase]), root / "phases.yaml"))
    raw = _raw_contracts(root / "raw")
    catalog = Catalog(root, phases, raw, _processors_by_name(root, phases, raw))
    faults: list[str] = []
    for processor in catalog:
        faults += _faults(catalog, processor)
    if faults:
        raise ConfigError("\n".join(faults))
    catalog.ordered()
    return catalog


def _raw_contracts(folder: Path) -> dict[str, RawContract]:
    """Raw table -> its contract."""
    paths = sorted(folder.glob("*.yaml"))
    return {path.stem: read_model(RawContract, path) for path in paths}


def _processors_by_name(
    root: Path, phases: Collection[Phase], raw: Collection[str]
) -> dict[str, Processor]:
    """Table -> its processor; ConfigError where two tables have one name."""
    found: dict[str, Processor] = {}
    twice: set[str] = set()
    for phase in phases:
        for processor in _processors(root / phase.name, phase):
            if processor.name in found or processor.name in raw:
                twice.add(processor.name)
            found[processor.name] = processor
    if twice:
        names = ", ".join(sorted(twice))
        raise ConfigError(f"{root}: more than one table named {names}; rename a folder")
    return found


def _processors(folder: Path, phase: Phase) -> Iterator[Processor]:
    if not folder.is_dir():
        raise ConfigError(f"{folder}: missing; phases.yaml names it")
    for path in sorted(filter(_is_of_a_table, folder.iterdir())):
        contract = read_model(Contract, path / "table.yaml")
        if contract.phase != phase.name:
            raise ConfigError(
                f"{path / 'table.yaml'}: phase: says {contract.phase}, its folder says "
                f"{phase.name}; move it"
            )
        query = _select(path / "query.sql", contract)
        yield Processor(
            path.name, _complete(contract, path), query, phase.dataset, path
        )


def _is_of_a_table(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(("_", "."))


def _complete(contract: Contract, folder: Path) -> Contract:
    """The contract with what its features imply."""
    try:
        return with_implied_columns(contract)
    except ValidationError as error:
        fault = error.errors()[0]["msg"]
        raise ConfigError(
            f"{folder / 'table.yaml'}: columns: with what its features imply: {fault}; "
            "statuses, version and quality score are not written there"
        ) from error


def _select(path: Path, contract: Contract) -> str:
    """The query, completed from the features of its contract."""
    try:
        text = with_feature_columns(path.read_text(), contract)
    except FileNotFoundError:
        raise ConfigError(f"{path}: missing; every table's folder needs it") from None
    if fault := keep_text("statements", [text], lambda: _fault_of_statements(text)):
        raise ConfigError(f"{path}{fault}")
    return text


def _fault_of_statements(text: str) -> str:
    """Why a text is not one query, as it follows the path; nothing where it is."""
    # Late, here and below: what was found of the same text before needs no parser.
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        trees = sqlglot.parse(text, read="bigquery")
    except SqlglotError as error:
        return f": does not parse as BigQuery SQL: {error}"
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        return f":1: holds {counted(len(trees), 'statement')}; a query is one SELECT"
    return ""


def _faults(catalog: Catalog, processor: Processor) -> Iterator[str]:
    """Every fault of one folder: reads of unknown tables,
    the SQL rules, conditions that do not parse."""
    contract, yaml_path = processor.contract, processor.folder / "table.yaml"
    if unknown := _unknown_tables(catalog, contract):
        yield f"{yaml_path}: reads: no table named {', '.join(unknown)}"
        return
    for fault in _read_faults(catalog, contract):
        yield f"{yaml_path}: {fault}"
    yield from _query_faults(catalog, processor)
    for fault in _condition_faults(contract):
        yield f"{yaml_path}: {fault}"


def _unknown_tables(catalog: Catalog, contract: Contract) -> list[str]:
    """The tables that are read and are not there."""
    known = {*catalog.raw, *catalog.processors}
    return [read.table for read in contract.reads.values() if read.table not in known]


def _query_faults(catalog: Catalog, processor: Processor) -> Iterator[str]:
    """What the SQL rules find in the query, with the line."""
    sql_path = processor.folder / "query.sql"
    inputs = bound_inputs(catalog, processor)
    outputs = processor.contract.column_names
    found = keep_text(
        "findings",
        [processor.sql, json.dumps(inputs), json.dumps(outputs)],
        lambda: _findings_json(processor.sql, inputs, outputs),
    )
    for line, what in json.loads(found):
        yield f"{sql_path}:{line or 1}: {processor.name} {what}"


def _findings_json(
    sql: str, inputs: Mapping[str, Mapping[str, str]], outputs: tuple[str, ...]
) -> str:
    """What the SQL rules find in a query, as JSON: [line, what] of each."""
    import sqlglot
    from sqlglot import exp

    from processors.sql_rules import Query, findings

    tree = sqlglot.parse_one(sql, read="bigquery")
    assert isinstance(tree, exp.Query)
    found = findings(Query(tree, inputs, outputs))
    return json.dumps([(finding.line, finding.what) for finding in found])


def bound_inputs(catalog: Catalog, processor: Processor) -> dict[str, dict[str, str]]:
    """What the query sees: input name -> column name -> type, `dates` included."""
    inputs = {"dates": {"as_of": "DATE", "season": "INT64"}}
    for name, read in processor.contract.reads.items():
        inputs[name] = input_types(read, column_types(catalog, read.table))
    return inputs


def column_types(catalog: Catalog, table: str) -> Mapping[str, str]:
    """Column name -> type of a raw or computed table."""
    contract = catalog.raw[table] if table in catalog.raw else catalog[table].contract
    return {c.name: c.type for c in contract.columns}


def _read_faults(catalog: Catalog, contract: Contract) -> Iterator[str]:
    """Cuts that the tables cannot serve: of a later phase,
    the calendar whole, undated tables by date."""
    phases = catalog.phase_names
    for name, read in contract.reads.items():
        later = read.table in catalog.processors and catalog[read.table].phase
        if later and phases.index(later) > phases.index(contract.phase):
            yield (
                f"reads.{name}: {read.table} is of the later phase {later}; a gate opens what "
                "is behind it"
            )
        columns = column_types(catalog, read.table)
        dated = not (
            read.table in catalog.raw and catalog.raw[read.table].date_column is None
        )
        if read.table == "schedule" and read.rows == "all":
            yield (
                f"reads.{name}: no query reads schedule as all; the calendar belongs to the planner"
            )
        if (read.rows == "all") == dated:
            has = "a date" if dated else "no date"
            yield f"reads.{name}: rows: {read.rows} does not fit {read.table}, which has {has}"
        if read.ago and read.ago not in columns:
            yield f"reads.{name}.ago: {read.table} has no column {read.ago}"
        if read.rows == "before_tip_off" and not _is_of_snapshots(catalog, read.table):
            yield (
                f"reads.{name}: before_tip_off cuts snapshots; {read.table} has no moment in its "
                "grain"
            )


def _is_of_snapshots(catalog: Catalog, table: str) -> bool:
    return table in catalog.raw and catalog.raw[table].moment is not None


def _condition_faults(contract: Contract) -> Iterator[str]:
    """Conditions of invariants and required_when that do not parse or name unknown columns."""
    known = set(contract.column_names)
    conditions = list(_conditions(contract))
    texts = [text for _, text in conditions]
    found = keep_text("conditions", texts, lambda: _columns_json(texts))
    for (key, _), (fault, columns) in zip(conditions, json.loads(found), strict=True):
        if fault:
            yield f"{key}: does not parse: {fault}"
        elif unknown := sorted(set(columns) - known):
            yield f"{key}: no column named {', '.join(unknown)}"


def _columns_json(texts: Collection[str]) -> str:
    """Of each condition [why it does not parse, the columns that it names], as JSON."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    found: list[tuple[str, list[str]]] = []
    for text in texts:
        try:
            tree = sqlglot.parse_one(text, read="bigquery")
        except SqlglotError as error:
            found.append((str(error), []))
            continue
        names = {column.name for column in tree.find_all(exp.Column)}
        found.append(("", sorted(names)))
    return json.dumps(found)


def _conditions(contract: Contract) -> Iterator[tuple[str, str]]:
    """Every condition of a contract, with the key that holds it."""
    for invariant in contract.invariants:
        yield f"invariants.{invariant.name}", invariant.holds
    for column in contract.columns:
        if column.required_when:
            yield f"columns.{column.name}.required_when", column.required_when
