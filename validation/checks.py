"""Checks: what a gate measures, each a named query that a person can run alone.

A query of a file gives one row per thing that is judged: `season`, `as_of`, `thing` (its key, as
text), `score` (1 when it is as it should be, or a number to sum up) and perhaps `weight` (what the
score is of; 1), `possible` (the most that the score can be) and `item` (what is judged apart, such
as each season). It reads `judged`, the rows of the table under check on @dates with their date as
`as_of`; `expected`, the keys due on @due; and any table by its name. @without_shots are the games
that people accepted to have none.

A check applies to every table of its phase, but for those that it names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlglot
from pydantic import Field
from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.errors import ConfigError
from core.model import Frozen
from core.yaml_files import read_model
from processors.catalog import Catalog
from validation import written
from validation.measurement import EVIDENCE, Kind
from validation.thresholds import Threshold

FOLDER = Path(__file__).parent
EVERY = "every"
DISTINCT = "distinct_values"
QUALITY = "feature_quality_mean"
COMPLETENESS = "table_completeness"
WRITTEN = (DISTINCT, QUALITY, COMPLETENESS)
"""The checks of phases.yaml that have no file: they are written from the contracts."""


class CheckSpec(Frozen):
    """One check as phases.yaml names it: which tables,
    what its value is, whether a sample can be judged.

    `tables`: the only ones that it judges; when empty every table of the phase, but for those in
    `except_for`.
    """

    name: str
    tables: tuple[str, ...] = ()
    except_for: tuple[str, ...] = ()
    kind: Kind
    about: str = Field(min_length=3)
    sample: bool = False
    min_rows: int = 0

    def judges(self, table: str) -> bool:
        """Whether the check applies to a table of its phase."""
        return table not in self.except_for and (not self.tables or table in self.tables)


class PhaseChecks(Frozen):
    """The checks of one phase."""

    phase: str
    checks: tuple[CheckSpec, ...]


class PhasesFile(Frozen):
    """phases.yaml."""

    phases: tuple[PhaseChecks, ...]


ORPHANS = CheckSpec(
    name="orphans", kind="faults", about="rows that no game of the schedule explains"
)


@dataclass(frozen=True)
class Check:
    """A check of one table: `sql` as a person reads it,
    `counts` per month, `evidence` of what is amiss.

    `counts` gives item, season, month, kept, of; `evidence` gives item, thing.
    """

    name: str
    table: str
    kind: Kind
    about: str
    sql: str
    counts: str
    evidence: str
    sample: bool = False
    min_rows: int = 0

    def tables(self, catalog: Catalog) -> set[str]:
        """The computed tables that it reads."""
        return {self.table, *(_tables(self.sql) & set(catalog.processors))}


@cache
def _tables(sql: str) -> frozenset[str]:
    return frozenset(
        table.name for table in sqlglot.parse_one(sql, read="bigquery").find_all(exp.Table)
    )


def checks(catalog: Catalog, phase: str, tables: Collection[str]) -> tuple[Check, ...]:
    """The checks of a phase that these of its tables are enough for,
    in the order of phases.yaml."""
    found = [*_of_every_table(catalog, tables), *_of_phase(catalog, phase, tables)]
    of_phase = {p.name for p in catalog.of_phase(phase)}
    return tuple(c for c in found if c.tables(catalog) & of_phase <= set(tables))


def _of_every_table(catalog: Catalog, tables: Collection[str]) -> Iterator[Check]:
    for table in tables:
        contract = catalog[table].contract
        has_game = any(column.name == "game_id" for column in contract.columns)
        yield _from_body(ORPHANS, table, _body(EVERY, "orphans" if has_game else "orphan_dates"))
        yield _from_texts(
            "rows_breaking_contract",
            table,
            "faults",
            "rows that their contract refuses",
            written.breaking(contract),
        )
        if any(column.required_when for column in contract.columns):
            about = "NULLs where the column's required_when holds"
            yield _from_texts("null_pct", table, "lacking", about, written.nulls(contract))


def _of_phase(catalog: Catalog, phase: str, tables: Collection[str]) -> Iterator[Check]:
    of_phase = [p.name for p in catalog.of_phase(phase)]
    for spec in specs().get(phase, ()):
        _require_tables(spec, phase, of_phase)
        for table in of_phase:
            if table in tables and spec.judges(table):
                yield _of_spec(spec, catalog, phase, table)


def _require_tables(spec: CheckSpec, phase: str, of_phase: Collection[str]) -> None:
    """Raise ConfigError where a check names a table that its phase does not have."""
    for table in (*spec.tables, *spec.except_for):
        if table not in of_phase:
            raise ConfigError(
                f"{FOLDER / 'phases.yaml'}: {phase}: {spec.name}: the phase has no table {table}; "
                f"it has: {', '.join(of_phase)}"
            )


def _of_spec(spec: CheckSpec, catalog: Catalog, phase: str, table: str) -> Check:
    contract = catalog[table].contract
    if spec.name == DISTINCT:
        texts = written.distinct(contract)
        return _from_texts(spec.name, table, spec.kind, spec.about, texts, False, spec.min_rows)
    if spec.name == QUALITY:
        return _from_body(spec, table, written.quality(contract))
    if spec.name == COMPLETENESS:
        dates = {p.name: p.contract.date_column for p in catalog.of_phase(phase)}
        return _from_body(spec, table, written.completeness(dates))
    return _from_body(spec, table, _body(phase, spec.name))


@cache
def specs() -> dict[str, tuple[CheckSpec, ...]]:
    """Phase -> its checks; ConfigError with file and key where phases.yaml does not fit."""
    path = FOLDER / "phases.yaml"
    found = {phase.phase: phase.checks for phase in read_model(PhasesFile, path).phases}
    for phase, listed in found.items():
        for spec in listed:
            if spec.name not in WRITTEN and not _path(phase, spec.name).is_file():
                raise ConfigError(
                    f"{path}: {phase}: {spec.name}: {_path(phase, spec.name)} is missing"
                )
    return found


def _path(phase: str, name: str) -> Path:
    return FOLDER / "sql" / phase / f"{name}.sql"


@cache
def _body(phase: str, name: str) -> str:
    """The text of a check's file; ConfigError where it does not parse."""
    path = _path(phase, name)
    sql = path.read_text().strip()
    try:
        sqlglot.parse_one(sql, read="bigquery")
    except SqlglotError as error:
        raise ConfigError(f"{path}: does not parse as BigQuery SQL: {error}") from error
    return sql


@cache
def _columns(sql: str) -> tuple[str, ...]:
    tree = sqlglot.parse_one(sql, read="bigquery")
    return tuple(tree.named_selects) if isinstance(tree, exp.Query) else ()


def _from_body(spec: CheckSpec, table: str, sql: str) -> Check:
    """A check from a query with one row per thing:
    its counts per month, and the first keys of each item."""
    columns = _columns(sql)
    weight = "weight" if "weight" in columns else "1"
    item = "item" if "item" in columns else "''"
    possible = ", SUM(possible) AS possible" if "possible" in columns else ""
    counts = (
        f"SELECT {item} AS item, season, FORMAT_DATE('%Y-%m', as_of) AS month, "
        f"SUM(score) AS kept, SUM({weight}) AS row_count{possible}\n"
        f"FROM (\n{sql}\n) AS scored\nGROUP BY 1, 2, 3"
    )
    evidence = f"SELECT {item} AS item, thing\nFROM (\n{sql}\n) AS scored\nWHERE score < {weight}\n"
    if "item" in columns:
        rank = "ROW_NUMBER() OVER (PARTITION BY item ORDER BY as_of, thing)"
        evidence += f"QUALIFY {rank} <= {EVIDENCE}\nORDER BY item, as_of, thing"
    else:
        evidence += f"ORDER BY as_of, thing\nLIMIT {EVIDENCE}"
    return Check(
        spec.name, table, spec.kind, spec.about, sql, counts, evidence, spec.sample, spec.min_rows
    )


def _from_texts(
    name: str,
    table: str,
    kind: Kind,
    about: str,
    texts: tuple[str, str],
    sample: bool = True,
    min_rows: int = 0,
) -> Check:
    counts, evidence = texts
    return Check(name, table, kind, about, counts, counts, evidence, sample, min_rows)


def measured_names(catalog: Catalog, phase: str) -> dict[str, set[str]]:
    """Table -> what is measured of it, apart from coverage and keys;
    for checking thresholds against."""
    found: dict[str, set[str]] = {}
    tables = [p.name for p in catalog.of_phase(phase)]
    for check in checks(catalog, phase, tables):
        found.setdefault(check.table, set()).add(check.name)
    return found


def all_thresholds_name_a_measurement(
    catalog: Catalog,
    phase: str,
    thresholds: Mapping[str, tuple[Threshold, ...]],
    by_keys: Collection[str],
) -> None:
    """ConfigError for a threshold on what nothing measures or on no column,
    and for a check without one."""
    measured = measured_names(catalog, phase)
    for table, listed in thresholds.items():
        known = {*measured.get(table, ()), *by_keys}
        path = catalog[table].folder / "thresholds.yaml"
        if unknown := [t.measurement for t in listed if t.measurement not in known]:
            raise ConfigError(
                f"{path}: thresholds: nothing measures {unknown[0]} of {table}; known: "
                f"{sorted(known)}"
            )
        columns = {column.name for column in catalog[table].contract.columns}
        if strange := [t.item for t in listed if t.item and t.item not in columns]:
            raise ConfigError(f"{path}: thresholds: item: {table} has no column {strange[0]}")
        named = {t.measurement for t in listed}
        if unjudged := sorted(measured.get(table, set()) - named):
            raise ConfigError(
                f"{path}: thresholds: no limit on {unjudged[0]}, which is measured; give it one"
            )
