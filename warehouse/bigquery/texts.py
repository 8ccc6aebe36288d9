"""BigQuery's text of every statement: those shared with DuckDB,
with the partitions that each may scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlglot
from sqlglot import exp

from processors.catalog import Catalog, Processor
from processors.conditions import conditions
from warehouse import statements
from warehouse.bigquery import fingerprint, ledger
from warehouse.bigquery.names import Names, quoted
from warehouse.bigquery.scans import between, bounded, whole
from warehouse.binding import staged

STAGE_HOURS = 6
"""How long staged rows are kept: long enough to adopt a job after a crash."""

KEY_CHECKS = ("missing_keys", "unexpected_keys", "duplicate_keys")


@dataclass(frozen=True)
class Texts:
    """The statements of one catalog at one address; those that take long to make are made once."""

    catalog: Catalog
    address: Names
    _made: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def names(self, table: str) -> str:
        """A raw, computed or expected table as SQL names it."""
        return quoted(self.address.of(self.catalog, table))

    def kept(self, table: str) -> str:
        """A bookkeeping table as SQL names it."""
        return quoted(self.address.kept(table))

    def whole(self, table: str) -> str:
        """All of a raw or computed table, in FROM."""
        return whole(self.names(table), self.catalog.date_column(table))

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
        return made_for_hours(quoted(into), self.query(table), STAGE_HOURS)

    def derived(self, name: str) -> str:
        """A statement of warehouse/sql over all raw data."""
        tree = statements.qualified(statements.text(name), self.names)
        return bounded(tree, self._dated()).sql(dialect="bigquery", pretty=True)

    def check(self, sql: str, table: str) -> str:
        """A check's query of a table, on @dates from @first to @last."""
        tree = statements.check(sql, self.catalog[table], self.names)
        return bounded(tree, self._dated()).sql(dialect="bigquery", pretty=True)

    def rows(self, table: str, columns: Sequence[str], of_dates: bool) -> str:
        """These columns of a table in key order; with `of_dates`, on @dates."""
        sql = statements.rows(self.catalog, table, self.names(table), columns, of_dates)
        tree = sqlglot.parse_one(sql, read="bigquery")
        return bounded(tree, self._dated()).sql(dialect="bigquery", pretty=True)

    def _dated(self) -> dict[str, str]:
        """Path -> date column of every partitioned table."""
        tables = (*self.catalog.raw, *self.catalog.processors)
        dated = ((self.address.of(self.catalog, t), self.catalog.date_column(t)) for t in tables)
        return {path: column for path, column in dated if column}

    def expected(self, relation: str) -> str:
        """The statement that derives a relation of expected keys anew."""
        sql = self.derived(f"expected/{relation}")
        return f"CREATE OR REPLACE TABLE {self.names(relation)} CLUSTER BY as_of AS\n{sql}"

    def state(self, table: str) -> str:
        """How every cell of a table stands."""
        return statements.state(self.catalog[table], self.names, self.whole(table))

    def contents(self, tables: Sequence[str]) -> str:
        """Rows and content of every cell of these tables, in one statement."""
        return "\nUNION ALL\n".join(
            fingerprint.per_date(
                table, self.whole(table), self._day(table), self.catalog.columns(table)
            )
            for table in tables
        )

    def _day(self, table: str) -> str:
        return self.catalog.date_column(table) or "CAST(NULL AS DATE)"

    def audit(self, table: str, stage: str) -> str:
        """Per date of a staged batch: its keys, its broken checks,
        its content, and what the ledger knows."""
        processor, rows = self.catalog[table], quoted(stage)
        columns, day = processor.contract.columns, processor.contract.date_column
        counts = ["orphans", *(f"check_{i}" for i, _ in enumerate(conditions(processor.contract)))]
        cells = statements.state(
            processor, self.names, rows, "SELECT day FROM UNNEST(@dates) AS day"
        )
        return f"""
WITH cells AS ({cells}),
checked AS ({statements.audit(processor, rows, self.schedule)}),
content AS ({fingerprint.per_date(table, rows, day, columns)}),
known AS ({ledger.known(self.kept("ledger"))}),
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
        stage = self.address.kept("stage")
        trees = (
            sqlglot.parse_one(make(table, stage), read="bigquery")
            for make in (self.audit, self.merge)
        )
        return sum(len({t.name for t in tree.find_all(exp.Table) if t.db}) for tree in trees)

    def clear(self, table: str) -> str:
        """Removes the rows of @dates."""
        day = self.catalog[table].contract.date_column
        where = f"{day} BETWEEN @first AND @last AND {day} IN UNNEST(@dates)"
        return f"DELETE FROM {self.names(table)} WHERE {where}"

    def evidence(
        self, table: str, rows: str, breaking: Sequence[tuple[date, str]], limit: int
    ) -> str:
        """Up to `limit` keys of each (date, check) among rows, in one statement."""
        return "\nUNION ALL\n".join(
            self._evidence(self.catalog[table], rows, day, check, limit) for day, check in breaking
        )

    def _evidence(self, processor: Processor, rows: str, day: date, check: str, limit: int) -> str:
        if check in KEY_CHECKS:
            sql = statements.key_evidence(processor, rows, self.names, check, limit)
        else:
            games = f"SELECT game_id FROM {self.names('schedule')} WHERE game_date = @date"
            orphan = f"game_id NOT IN ({games})"
            condition = orphan if check == "orphans" else conditions(processor.contract)[check]
            sql = statements.evidence(processor, rows, condition, limit)
        keys = statements.keys(processor.contract)
        spelled = (f"COALESCE(CAST({key} AS STRING), '{statements.NULL_KEY}')" for key in keys)
        joined = ", '/', ".join(spelled)
        return (
            f"SELECT DATE '{day}' AS as_of, '{check}' AS check_name, CONCAT({joined}, '') AS "
            f"breaking_key FROM ({_on(sql, day)}) AS breaking_rows"
        )


def made_for_hours(name: str, sql: str, hours: int) -> str:
    """A table of a query's rows that BigQuery drops by itself after so many hours."""
    expires = f"TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL {hours} HOUR)"
    return f"CREATE OR REPLACE TABLE {name}\nOPTIONS (expiration_timestamp = {expires})\nAS\n{sql}"


def _on(sql: str, day: date) -> str:
    """A statement about @date, of that date: statements of several dates are put into one."""
    literal = sqlglot.parse_one(f"DATE '{day}'", read="bigquery")

    def fixed(node: exp.Expr) -> exp.Expr:
        return literal.copy() if isinstance(node, exp.Parameter) and node.name == "date" else node

    return sqlglot.parse_one(sql, read="bigquery").transform(fixed).sql(dialect="bigquery")
