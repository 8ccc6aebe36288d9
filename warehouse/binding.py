"""Binds a query to its inputs: each input becomes a relation already cut for each target date.

The cut is written here and nowhere else, so no query can see its own date's results by mistake. The
bound statement is BigQuery SQL with the parameters @dates (the batch), @seasons and @season_starts
(each date's season and its first game date), @season_start (the first of those), @first and @last
(the batch's bounds); the partitions it may scan follow from the same cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from processors.catalog import Catalog, Processor
from processors.contract import Column, Contract, RawContract, Read

if TYPE_CHECKING:
    from sqlglot import exp

    from warehouse.rolling import Ranked

REVISION = 1
"""Part of every code fingerprint: raise it when a cut changes what rows a query sees."""

DATES_CTE = (
    "SELECT as_of, @seasons[OFFSET(date_number)] AS season, "
    "@season_starts[OFFSET(date_number)] AS season_start "
    "FROM UNNEST(@dates) AS as_of WITH OFFSET AS date_number"
)
SEASONS = "dates__by_season"
SEASONS_CTE = (
    "SELECT season, MIN(season_start) AS season_start, MIN(as_of) AS first_asked, "
    "MAX(as_of) AS last_asked FROM dates GROUP BY season"
)
OF_ITS_SEASON = "dates.season - ranked.season = 0"
"""A date that meets a game by its day is of the game's season. Not said as an equality: an engine
could join by it first, and bring each game of a season together with all of its dates."""

Names = Callable[[str], str]
"""Table name -> its qualified name in the warehouse."""


@dataclass(frozen=True)
class Input:
    """One input of a query: the relation to cut, its date column, and the columns the query uses.

    `spacing`: whether the query asks for days_since_previous. `moment`: the column that says when a
    snapshot was taken, in a table of them.
    """

    name: str
    read: Read
    source: str
    date_column: str | None
    columns: tuple[str, ...]
    order: tuple[str, ...]
    spacing: bool
    moment: str | None

    def select(self, alias: str, *extra: str) -> str:
        """The used columns of `alias`, with extra expressions first."""
        return ", ".join([*extra, *(f"{alias}.{c}" for c in self.columns)])


def bind(processor: Processor, catalog: Catalog, names: Names) -> exp.Select:
    """The query with every input bound: one SELECT that needs only the batch's parameters."""
    # Late, here and below: a statement that was bound before needs no parser.
    from sqlglot import exp

    from warehouse.rolling import roll

    tree = processor.tree.copy()
    own = tree.args.pop("with_", None) or tree.args.pop("with", None)
    inputs = list(_inputs(processor, catalog, names))
    ctes = [("dates", DATES_CTE), (SEASONS, SEASONS_CTE)]
    for bound in inputs:
        ctes.extend(_cut(bound, names))
    bound_ctes = [_cte(name, sql) for name, sql in ctes]
    own_ctes = roll(own.expressions if own else [], _ranked(inputs, catalog))
    needed = _read_by([tree, *bound_ctes, *own_ctes])
    read = [cte for cte in bound_ctes if cte.alias in needed]
    tree.set("with_", exp.With(expressions=[*read, *own_ctes]))
    return tree


def _read_by(parts: Iterable[exp.Expr]) -> set[str]:
    """The relations that some part reads: games computed per game need no row per date."""
    from sqlglot import exp

    return {table.name for part in parts for table in part.find_all(exp.Table)}


def _ranked(inputs: Iterable[Input], catalog: Catalog) -> list[Ranked]:
    """The inputs whose games are ranked."""
    from warehouse.rolling import Ranked

    found = []
    for bound in inputs:
        if bound.read.rows == "before" and bound.read.ago:
            columns = never_null(bound.read.table, catalog)
            date = str(bound.date_column)
            of_days = partial(_of_last_days, bound)
            found.append(Ranked(bound.name, bound.read.ago, date, columns, of_days))
    return found


def never_null(table: str, catalog: Catalog) -> frozenset[str]:
    """The columns of a table that its contract allows no NULL in."""
    contract = catalog.raw.get(table) or catalog[table].contract
    return frozenset(c.name for c in contract.columns if not c.nullable)


def staged(processor: Processor, catalog: Catalog, names: Names) -> exp.Select:
    """The bound query with every column cast to its contract's type; FLOAT64 rounded, -0 made 0."""
    from sqlglot import exp

    bound = bind(processor, catalog, names)
    columns = list(map(_as_contracted, processor.contract.columns))
    computed = bound.subquery("computed", copy=False)
    return exp.select(*columns, dialect="bigquery").from_(computed, copy=False)


def _as_contracted(column: Column) -> str:
    name = f"computed.{column.name}"
    if column.type != "FLOAT64":
        return f"CAST({name} AS {column.type}) AS {column.name}"
    return f"ROUND(CAST({name} AS FLOAT64), {column.decimals}) + 0.0 AS {column.name}"


def _cte(name: str, sql: str) -> exp.CTE:
    import sqlglot
    from sqlglot import exp

    return exp.CTE(
        this=sqlglot.parse_one(sql, read="bigquery"),
        alias=exp.TableAlias(this=exp.to_identifier(name)),
    )


def _inputs(processor: Processor, catalog: Catalog, names: Names) -> Iterator[Input]:
    from sqlglot import exp

    used = {column.name for column in processor.tree.find_all(exp.Column)}
    for name, read in processor.contract.reads.items():
        raw = catalog.raw.get(read.table)
        contract = raw or catalog[read.table].contract
        yield Input(
            name,
            read,
            names(read.table),
            contract.date_column,
            columns=tuple(filter(used.__contains__, contract.column_names)),
            order=_order(contract, read),
            spacing="days_since_previous" in used,
            moment=raw.moment if raw else None,
        )


def _order(contract: Contract | RawContract, read: Read) -> tuple[str, ...]:
    """The date and the keys, but for the key whose rows are put in order."""
    order = dict.fromkeys((contract.date_column, *contract.grain))
    order.pop(read.ago, None)
    return tuple(filter(None, order))


def _cut(bound: Input, names: Names) -> list[tuple[str, str]]:
    """The CTEs that cut one input, the input's own name last."""
    if bound.read.rows == "before_tip_off":
        return [(bound.name, _before_tip_off(bound, names("schedule")))]
    if bound.read.rows == "before" and bound.read.ago:
        return _before_with_games_ago(bound, bound.read.ago)
    plain = {"all": _all, "same_day": _same_day, "before": _before}
    return [(bound.name, plain[bound.read.rows](bound))]


def _all(bound: Input) -> str:
    return f"SELECT {bound.select('source')} FROM {bound.source} AS source"


def _same_day(bound: Input) -> str:
    return (
        f"SELECT {bound.select('source', 'dates.as_of')} FROM dates "
        f"INNER JOIN {bound.source} AS source ON source.{bound.date_column} = dates.as_of "
        f"WHERE source.{bound.date_column} BETWEEN @first AND @last"
    )


def _before(bound: Input) -> str:
    date = f"source.{bound.date_column}"
    if bound.read.years is None:
        reach = f"source.season = dates.season AND {date} >= dates.season_start"
        start = "@season_start"
    else:
        interval = f"INTERVAL {bound.read.years} YEAR"
        reach = f"{date} >= CAST(DATE_SUB(dates.as_of, {interval}) AS DATE)"
        start = f"CAST(DATE_SUB(@first, {interval}) AS DATE)"
    return (
        f"SELECT {bound.select('source', 'dates.as_of')} FROM dates "
        f"INNER JOIN {bound.source} AS source ON {date} < dates.as_of AND {reach} "
        f"WHERE {date} >= {start} AND {date} < @last"
    )


def _before_with_games_ago(bound: Input, entity: str) -> list[tuple[str, str]]:
    """Ranks each entity's games of a season once, finds the latest before each date,
    hands every earlier one on.

    No second sort: games_ago = latest rank - rank + 1. A game is its entity's latest from the day
    after it up to the day of the next one; days meet dates by equality, which no engine has to
    search for. Games of no season that was asked for have none here, and no date meets them; left
    out by the join, they would make an engine expect next to no rows.
    """
    ranked, latest = f"{bound.name}__ranked", f"{bound.name}__latest"
    date = bound.date_column
    order = ", ".join(f"source.{column}" for column in bound.order)
    window = f"OVER (PARTITION BY asked.season, source.{entity} ORDER BY {order})"
    used = dict.fromkeys([*bound.columns, entity, str(date)])
    used.pop("season", None)
    columns = ["asked.season", "asked.first_asked", "asked.last_asked"]
    columns += [f"source.{column}" for column in used]
    carried = ["latest.as_of", "latest.latest_rank - ranked.game_rank + 1 AS games_ago"]
    if bound.spacing:
        previous = f"LAG(source.{date}) {window}"
        columns.append(
            f"DATE_DIFF(source.{date}, {previous}, DAY) AS days_since_previous"
        )
        carried.append("ranked.days_since_previous")
    ranking = (
        f"SELECT {', '.join(columns)}, ROW_NUMBER() {window} AS game_rank, LEAD(source.{date}) "
        f"{window} AS next_date FROM {bound.source} AS source LEFT JOIN {SEASONS} AS asked "
        f"ON asked.season = source.season AND source.{date} >= asked.season_start "
        f"WHERE source.{date} >= @season_start AND source.{date} < @last"
    )
    last_before = (
        f"SELECT dates.as_of, ranked.season, ranked.{entity}, ranked.game_rank AS latest_rank FROM "
        f"{ranked} AS ranked CROSS JOIN UNNEST(GENERATE_DATE_ARRAY(DATE_ADD(ranked.{date}, "
        "INTERVAL 1 DAY), COALESCE(ranked.next_date, ranked.last_asked))) AS day INNER JOIN dates "
        f"ON dates.as_of = day AND {OF_ITS_SEASON} "
        "WHERE ranked.next_date IS NULL OR ranked.next_date >= ranked.first_asked"
    )
    up_to_it = (
        f"SELECT {bound.select('ranked', *carried)} FROM {latest} AS latest INNER JOIN {ranked} "
        f"AS ranked ON ranked.season = latest.season AND ranked.{entity} = latest.{entity} AND "
        "ranked.game_rank <= latest.latest_rank"
    )
    return [(ranked, ranking), (latest, last_before), (bound.name, up_to_it)]


def _of_last_days(bound: Input, days: int) -> str:
    """The ranked games of the last days before each date: a game is one of them from the day after
    it for as many days."""
    date = f"ranked.{bound.date_column}"
    spacing = ["ranked.days_since_previous"] if bound.spacing else []
    return (
        f"SELECT {bound.select('ranked', 'dates.as_of', *spacing)} FROM {bound.name}__ranked AS "
        f"ranked CROSS JOIN UNNEST(GENERATE_DATE_ARRAY(DATE_ADD({date}, INTERVAL 1 DAY), "
        f"DATE_ADD({date}, INTERVAL {days} DAY))) AS day INNER JOIN dates ON dates.as_of = day AND "
        f"{OF_ITS_SEASON} WHERE {date} >= DATE_SUB(@first, INTERVAL {days} DAY)"
    )


def _before_tip_off(bound: Input, schedule: str) -> str:
    """Snapshots taken before the game began;
    without a tip-off time, before 00:00 UTC of its date."""
    return (
        f"SELECT {bound.select('source', 'dates.as_of')} FROM dates INNER JOIN {bound.source} AS "
        f"source ON source.{bound.date_column} = dates.as_of INNER JOIN {schedule} AS games ON "
        "games.game_id = source.game_id AND games.game_date = dates.as_of WHERE "
        f"source.{bound.moment} < COALESCE(games.tip_off, TIMESTAMP(dates.as_of)) AND "
        f"source.{bound.date_column} BETWEEN @first AND @last AND games.game_date BETWEEN @first "
        "AND @last"
    )
