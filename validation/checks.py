"""Checks: what a gate measures, each a named query that a person can run alone.

A query of a file gives one row per thing that is judged: `season`, `as_of`, `thing` (its key, as
text), `score` (1 when it is as it should be, or a number to sum up) and perhaps `weight` (what the
score is of; 1), `possible` (the most that the score can be) and `item` (what is judged apart, such
as each season). It reads any table by its name, and relations bound to the table under check:

- `judged`: its rows on @dates, with their date as `as_of`;
- `expected`: the keys due on @due; `due`: their number per date, `row_count`;
- `held_dates`: every date of @dates, as `as_of`, on which a table of its phase holds rows;
- `seasons`: `first_regular_date` of each season.

@without_shots are the games that people accepted to have none; @bootstrap_days those of the phase.

A check in a table's folder (checks/*.sql) judges that table; one in sql/<phase> every table of the
phase, one in sql/every all tables, but for those that its head names with a reason. What follows
from a contract is written in written.py, for every table that has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from core.errors import ConfigError
from core.kept import keep_text
from processors.catalog import Catalog, Processor
from validation import written
from validation.check_files import CheckFile, CheckHead, parse_check, read_folder
from validation.measurement import BY_KEYS, Kind
from validation.thresholds import Threshold

FOLDER = Path(__file__).parent
EVERY = "every"
ORPHANS, ORPHAN_DATES = "orphans", "orphan_dates"
"""How orphans are found in a table with games, and in one with dates alone; both are `orphans`."""
OWN = "checks"
"""The folder of a table's own checks, in the table's."""
HELD_DATES = "held_dates"
"""The relation that is read from all tables of a phase."""

BREAKING = CheckHead(
    kind="faults", about="rows that their contract refuses", sample=True
)
NULLS = CheckHead(
    kind="lacking", about="NULLs where the column's required_when holds", sample=True
)
QUALITY = CheckHead(
    kind="mean",
    about="mean of feature_quality_score, past day 28 of a season; its ceiling is what the "
    "sources of each game allow",
    min_rows=2000,
)
DISTINCT = CheckHead(
    kind="fewest",
    about="distinct values of each feature on the games that its source covers, per season, past "
    "day 28",
    min_rows=2000,
)


@dataclass(frozen=True)
class Check:
    """A check of one table: `sql` as a person reads it,
    `counts` per month, `evidence` of what is amiss.

    `counts` gives item, season, month, kept, of; `evidence` gives item, month, thing. `limits` are
    those that its file states, of a table's own check. `optional`: finding nothing is usual.
    `by_season`: `counts` of the dates of one season give what is found of it among all dates.
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
    limits: tuple[Threshold, ...] = ()
    optional: bool = False
    by_season: bool = False

    @property
    def has_rows(self) -> bool:
        """Whether `sql` gives a row per thing that is judged, rather than counts."""
        return self.sql != self.counts

    def tables(self, catalog: Catalog) -> set[str]:
        """The computed tables that it reads."""
        read = _relations(self.sql)
        if HELD_DATES in read:
            read = read.union(catalog.tables_of(catalog[self.table].phase))
        return {self.table, *(read & set(catalog.processors))}


@cache
def _relations(sql: str) -> frozenset[str]:
    """The names of the relations that a query reads."""
    names = keep_text("relations", [sql], lambda: _named_relations(sql))
    return frozenset(names.split())


def _named_relations(sql: str) -> str:
    # Late, here and below: what was found of the same text before needs no parser.
    from sqlglot import exp

    names = {table.name for table in parse_check(sql).find_all(exp.Table)}
    return " ".join(sorted(names))


def checks(catalog: Catalog, phase: str, tables: Collection[str]) -> tuple[Check, ...]:
    """The checks of a phase that these of its tables are enough for, table by table."""
    of_phase = set(catalog.tables_of(phase))
    asked = of_phase & set(tables)
    found: list[Check] = []
    for check in all_checks(catalog):
        if check.table in asked and check.tables(catalog) & of_phase <= asked:
            found.append(check)
    return tuple(found)


@lru_cache(maxsize=8)
def all_checks(catalog: Catalog) -> tuple[Check, ...]:
    """Every check of every table; ConfigError where a file does not fit the catalog."""
    every = _read_shared(EVERY, catalog.processors)
    found: list[Check] = []
    for phase in catalog.phases:
        of_phase = _read_shared(phase.name, catalog.tables_of(phase.name))
        for processor in catalog.of_phase(phase.name):
            of_table = [*_of_every_table(processor, every), *_of_contract(processor)]
            of_table += [*_of_files(processor, of_phase), *_of_features(processor)]
            of_table += _own(processor)
            _require_one_of_each_name(of_table)
            found += of_table
    return tuple(found)


def _read_shared(folder: str, tables: Collection[str]) -> tuple[CheckFile, ...]:
    """The checks of many tables in a folder of sql/; ConfigError unless their heads fit these."""
    files = read_folder(FOLDER / "sql" / folder)
    for file in files:
        _require_shared(file, tables)
    return files


def _of_every_table(
    processor: Processor, files: Collection[CheckFile]
) -> Iterator[Check]:
    """The checks of all tables; of the two for orphans the one that the table's columns allow."""
    has_game = "game_id" in processor.contract.column_names
    other = ORPHAN_DATES if has_game else ORPHANS
    fitting = [file for file in files if file.name != other]
    for check in _of_files(processor, fitting):
        yield replace(check, name=ORPHANS) if check.name == ORPHAN_DATES else check


def _of_contract(processor: Processor) -> Iterator[Check]:
    """The checks that every contract, or one with required columns, implies."""
    contract, table = processor.contract, processor.name
    yield _from_texts(
        "rows_breaking_contract", BREAKING, table, written.breaking(contract)
    )
    if any(column.required_when for column in contract.columns):
        yield _from_texts("null_pct", NULLS, table, written.nulls(contract))


def _of_files(processor: Processor, files: Collection[CheckFile]) -> Iterator[Check]:
    for file in files:
        if processor.name not in file.head.except_for:
            yield _from_rows(file.name, file.head, processor.name, file.sql)


def _of_features(processor: Processor) -> Iterator[Check]:
    contract, table = processor.contract, processor.name
    if contract.features:
        yield _from_rows(
            "feature_quality_mean", QUALITY, table, written.quality(contract)
        )
        distinct = _from_texts(
            "distinct_values", DISTINCT, table, written.distinct(contract)
        )
        yield replace(distinct, by_season=True)


def _own(processor: Processor) -> Iterator[Check]:
    """The checks in the table's folder."""
    for file in read_folder(processor.folder / OWN):
        if file.head.except_for:
            raise ConfigError(
                f"{file.path}: except_for: a check in a table's folder judges that table alone; "
                "leave it out"
            )
        if not file.head.limits:
            raise ConfigError(
                f"{file.path}: limits: no limit on {file.name}, which is measured; give it one"
            )
        yield _from_rows(file.name, file.head, processor.name, file.sql)


def _require_shared(file: CheckFile, tables: Collection[str]) -> None:
    """Raise ConfigError unless the head of a check of these tables fits them."""
    for table in file.head.except_for:
        if table not in tables:
            raise ConfigError(
                f"{file.path}: except_for: no table {table} is among those that it judges: "
                f"{', '.join(tables)}"
            )
    if file.head.limits:
        raise ConfigError(
            f"{file.path}: limits: those of a check of many tables stand in thresholds.yaml, "
            "where a table can override them; move them"
        )


def _require_one_of_each_name(of_table: Collection[Check]) -> None:
    """Raise ConfigError where two checks of a table have one name."""
    seen = set(BY_KEYS)
    for check in of_table:
        if check.name in seen:
            raise ConfigError(
                f"{check.table}: two things that are measured are called {check.name}; rename "
                f"{OWN}/{check.name}.sql in its folder"
            )
        seen.add(check.name)


def check_of_file(file: CheckFile, table: str) -> Check:
    """The check of a table that a file states."""
    return _from_rows(file.name, file.head, table, file.sql)


def _from_texts(
    name: str, head: CheckHead, table: str, texts: tuple[str, str]
) -> Check:
    counts, evidence = texts
    return _check(name, head, table, counts, counts, evidence)


def _columns(sql: str) -> tuple[str, ...]:
    """The columns that a query selects."""
    return tuple(keep_text("columns", [sql], lambda: _columns_text(sql)).split())


def _columns_text(sql: str) -> str:
    from sqlglot import exp

    tree = parse_check(sql)
    return " ".join(tree.named_selects) if isinstance(tree, exp.Query) else ""


def _from_rows(name: str, head: CheckHead, table: str, sql: str) -> Check:
    """A check from a query with one row per thing that is judged."""
    columns = _columns(sql)
    weight = "weight" if "weight" in columns else "1"
    counts = _counts(sql, columns, weight)
    evidence = _evidence(sql, columns, weight)
    return _check(name, head, table, sql, counts, evidence)


def _counts(sql: str, columns: Collection[str], weight: str) -> str:
    """The query of the sums per item, season and month."""
    item = "item" if "item" in columns else "''"
    sums = {"kept": "SUM(score)", "row_count": f"SUM({weight})"}
    if "possible" in columns:
        sums["possible"] = "SUM(possible)"
    return written.sums_by_month(item, sums, f"(\n{sql}\n) AS scored")


def _evidence(sql: str, columns: Collection[str], weight: str) -> str:
    """The query of the first keys of each item and month that are not as they should be."""
    item = "item" if "item" in columns else "''"
    amiss = (
        f"SELECT {item} AS item, as_of, thing\nFROM (\n{sql}\n) AS scored\n"
        f"WHERE score < {weight}"
    )
    return written.first_of_each_month(amiss)


def _check(
    name: str, head: CheckHead, table: str, sql: str, counts: str, evidence: str
) -> Check:
    return Check(
        name,
        table,
        head.kind,
        head.about,
        sql,
        counts,
        evidence,
        head.sample,
        head.min_rows,
        head.limits,
        head.optional,
    )
