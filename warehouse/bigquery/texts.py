"""BigQuery's text of every statement: those shared with DuckDB,
with the partitions that each may scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from processors.catalog import Catalog
from processors.conditions import conditions
from warehouse import statements
from warehouse.bigquery import fingerprint, ledger
from warehouse.bigquery.names import Names, quoted
from warehouse.bigquery.scans import among, between, bounded, whole
from warehouse.binding import staged

_GIVEN = "SELECT day FROM UNNEST(@dates) AS day"
STAGE_HOURS = 6
"""How long staged rows are kept: long enough to adopt a job after a crash."""


@dataclass(frozen=True)
class Texts:
    """The statements of one catalog at one address; those that take long to make are made once."""

    catalog: Catalog
    address: Names
    _made: dict[str, str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def names(self, table: str) -> str:
        """A raw, computed or expected table, or one of bookkeeping, as SQL names it."""
        path = self.address.of(self.catalog, table)
        return quoted(path)

    def whole(self, table: str) -> str:
        """All of a raw or computed table, in FROM."""
        name, day = self.names(table), self.catalog.date_column(table)
        return whole(name, day)

    @property
    def schedule(self) -> str:
        """The schedule from @first to @last, in FROM."""
        return between(self.names("schedule"), "game_date")

    def query(self, table: str) -> str:
        """The SELECT that computes a batch of a table."""
        if table not in self._made:
            tree = staged(self.catalog[table], self.catalog, self.names)
            self._made[table] = tree.sql(dialect="bigquery", pretty=True)
        return self._made[table]

    def stage(self, table: str, into: str) -> str:
        """The statement that computes a batch into a table that expires."""
        name, sql = quoted(into), self.query(table)
        return made_for_hours(name, sql, STAGE_HOURS)

    def derived(self, name: str) -> str:
        """A statement of warehouse/sql over all raw data."""
        sql = statements.text(name)
        tree = statements.qualified(sql, self.names)
        return self._bounded(tree)

    def check(self, sql: str, table: str) -> str:
        """A check's query of a table, on @dates from @first to @last."""
        tree = statements.check(sql, self.catalog, table, self.names)
        return self._bounded(tree)

    def _bounded(self, tree: exp.Expr) -> str:
        """A statement that says of every partitioned table which partitions it needs."""
        dated = self._dated()
        tree = bounded(tree, dated)
        return tree.sql(dialect="bigquery", pretty=True)

    def rows(self, table: str, columns: Sequence[str], of_dates: bool) -> str:
        """These columns of a table in key order; with `of_dates`, on @dates."""
        sql = statements.rows(self.catalog, table, self.names(table), columns, of_dates)
        tree = sqlglot.parse_one(sql, read="bigquery")
        return bounded(tree, self._dated()).sql(dialect="bigquery", pretty=True)

    def _dated(self) -> dict[str, str]:
        """Path -> date column of every partitioned table."""
        tables = (*self.catalog.raw, *self.catalog.processors)
        dated = (
            (self.address.of(self.catalog, t), self.catalog.date_column(t))
            for t in tables
        )
        return {path: column for path, column in dated if column}

    def expected(self, relation: str) -> str:
        """The statement that derives a relation of expected keys anew."""
        sql = self.derived(f"expected/{relation}")
        return (
            f"CREATE OR REPLACE TABLE {self.names(relation)} CLUSTER BY as_of AS\n{sql}"
        )

    def state(self, table: str, of_dates: bool = False) -> str:
        """How every cell of a table stands; with `of_dates`, those of @dates,
        from @first to @last."""
        processor = self.catalog[table]
        if not of_dates:
            return statements.state(processor, self.names, self.whole(table))
        rows = self._among(table)
        return statements.state(processor, self.names, rows, _GIVEN)

    def _among(self, table: str) -> str:
        """The rows of a dated table on @dates, from @first to @last, in FROM."""
        return among(self.names(table), self._day(table))

    def contents(self, tables: Sequence[str], of_dates: bool = False) -> str:
        """Rows and content of every cell of these tables, in one statement; with `of_dates`, of
        those of @dates, from @first to @last."""
        selects = []
        for table in tables:
            rows = self._among(table) if of_dates else self.whole(table)
            day = self._day(table)
            columns = self.catalog.columns(table)
            selects.append(fingerprint.per_date(table, rows, day, columns))
        return "\nUNION ALL\n".join(selects)

    def expected_contents(self, relation: str) -> str:
        """Rows and content per date of a relation of expected keys."""
        columns, rows = statements.expected_columns(relation), self.names(relation)
        return fingerprint.per_date(relation, rows, "as_of", columns)

    def _day(self, table: str) -> str:
        return self.catalog.date_column(table) or "CAST(NULL AS DATE)"

    def audit(self, table: str, stage: str) -> str:
        """Per date of a staged batch: its keys, its broken checks,
        its content, and what the ledger knows."""
        processor, rows = self.catalog[table], quoted(stage)
        columns, day = processor.contract.columns, processor.contract.date_column
        counts = [
            "orphans",
            *(f"check_{i}" for i, _ in enumerate(conditions(processor.contract))),
        ]
        cells = statements.state(processor, self.names, rows, _GIVEN)
        return f"""
WITH cells AS ({cells}),
checked AS ({statements.audit(processor, rows, self.schedule)}),
content AS ({fingerprint.per_date(table, rows, day, columns)}),
known AS ({ledger.entries_on_record(self.names("ledger"))}),
days AS (SELECT day AS as_of FROM UNNEST(@dates) AS day UNION DISTINCT SELECT as_of FROM checked)
SELECT
  days.as_of, cells.expected, cells.present, cells.missing, cells.unexpected,
  {", ".join(f"checked.{count}" for count in counts)},
  content.row_count, content.mixed, content.summed,
  {", ".join(f"known.{column}" for column in ledger.KNOWN)}
FROM days
LEFT JOIN cells ON cells.as_of = days.as_of
LEFT JOIN checked ON checked.as_of = days.as_of
LEFT JOIN content ON content.as_of = days.as_of
LEFT JOIN known ON known.as_of = days.as_of
"""

    def merge(self, table: str, stage: str) -> str:
        """The one statement that replaces the rows of @dates by the staged ones of @good."""
        contract, path = self.catalog[table].contract, self.names(table)
        day, columns = contract.date_column, ", ".join(c.name for c in contract.columns)
        return f"""
MERGE {path} AS published
USING (SELECT {columns} FROM {quoted(stage)} WHERE {day} IN UNNEST(@good)) AS staged
ON FALSE
WHEN NOT MATCHED BY SOURCE AND published.{day} BETWEEN @first AND @last
  AND published.{day} IN UNNEST(@dates) THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT ({columns}) VALUES ({columns})
"""

    def tables_audited(self, table: str) -> int:
        """How many tables a batch's audit and merge read, each counted in both."""
        stage = self.address.bookkeeping_path("stage")
        number = 0
        for sql in (self.audit(table, stage), self.merge(table, stage)):
            tree = sqlglot.parse_one(sql, read="bigquery")
            number += len(
                {found.name for found in tree.find_all(exp.Table) if found.db}
            )
        return number

    def evidence_on_record(self) -> str:
        """What is kept of a cell (@table, @day) that was quarantined when it was last computed."""
        quarantine, entries = self.names("quarantine"), self.names("ledger")
        return ledger.evidence_on_record(quarantine, entries)


def made_for_hours(name: str, sql: str, hours: int) -> str:
    """A table of a query's rows that BigQuery drops by itself after so many hours."""
    expires = f"TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL {hours} HOUR)"
    return f"CREATE OR REPLACE TABLE {name}\nOPTIONS (expiration_timestamp = {expires})\nAS\n{sql}"
