"""Aggregates over an entity's earlier games, computed once per game instead of once per date.

What a player did in his last ten games depends on his latest game alone: every date on which that
game is the latest has the same answer. A query says it as a group per date over an input with
`games_ago`; here such a group becomes window frames over the ranked games, looked up by the latest
one. The sums are exact (integers and NUMERIC), so the answers are the same to the last digit.

A frame ends at the latest game, and the latest game and the games of the last days are found by the
cut: what a date may see stays written in `warehouse.binding` alone. What is not recognised stays as
the query has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

AS_OF, SEASON, GAMES_AGO, RANK = "as_of", "season", "games_ago", "game_rank"
AGGREGATES = (exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max)
NUMBERS = (
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Paren,
    exp.Cast,
    exp.DataType,
)
"""What makes a number of numbers: never NULL where no column is."""
PLAIN = {"expressions", "from_", "where", "group", "kind"}
"""What a SELECT may have besides, for us to know all that it says."""


@dataclass(frozen=True)
class Ranked:
    """An input with `games_ago`: the entity whose games are ranked, the games' date, and the
    columns without NULLs.

    `ranked` has a row per game with its rank; `latest` a row per date and entity with the rank of
    the latest game before the date; `of_last_days` is the SELECT of the games of so many days
    before each date.
    """

    name: str
    entity: str
    date: str
    never_null: frozenset[str]
    of_last_days: Callable[[int], str]

    @property
    def ranked(self) -> str:
        """The relation of its games."""
        return f"{self.name}__ranked"

    @property
    def latest(self) -> str:
        """The relation of its latest games."""
        return f"{self.name}__latest"


@dataclass(frozen=True)
class Span:
    """Games by how long ago they were, from `nearest` (1 is the latest) to `farthest`, or all."""

    nearest: int = 1
    farthest: int | None = None

    def within(self, other: Span) -> Span:
        """The games of both."""
        ends = [end for end in (self.farthest, other.farthest) if end is not None]
        return Span(max(self.nearest, other.nearest), min(ends, default=None))

    @property
    def is_empty(self) -> bool:
        """Whether no game is in it."""
        return self.farthest is not None and self.farthest < self.nearest

    def frame(self) -> exp.WindowSpec:
        """The same as a frame of rows that ends at the latest game."""
        start = "UNBOUNDED" if self.farthest is None else _rows(self.farthest - 1)
        return exp.WindowSpec(
            kind="ROWS",
            start=start,
            start_side=None if start == "CURRENT ROW" else "PRECEDING",
            end=_rows(self.nearest - 1),
            end_side=None if self.nearest == 1 else "PRECEDING",
        )


ALL_GAMES = Span()


@dataclass(frozen=True)
class Days:
    """A projection over the games of the last `days` days, which is 0 where there were none if
    `is_zero`, and else NULL."""

    projection: exp.Expr
    days: int
    is_zero: bool

    def looked_up(self) -> exp.Expr:
        """Its value for a date that may have had none."""
        name = self.projection.alias
        value: exp.Expr = _column(name, "recent")
        if self.is_zero:
            value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
        return exp.alias_(value, name)


def _rows(before: int) -> str | exp.Expr:
    """Where a frame begins or ends, as rows before the current one."""
    return exp.Literal.number(before) if before else "CURRENT ROW"


class Unrecognised(Exception):
    """A part of a SELECT that cannot be computed per game."""


def roll(ctes: Sequence[exp.CTE], inputs: Collection[Ranked]) -> list[exp.CTE]:
    """The CTEs of a query, those computed per game that can be; each may have become two."""
    by_name = {ranked.name: ranked for ranked in inputs}
    return [rolled for cte in ctes for rolled in _rolled(cte, by_name)]


def _rolled(cte: exp.CTE, inputs: Mapping[str, Ranked]) -> list[exp.CTE]:
    try:
        return _Rolling(cte, inputs).ctes()
    except Unrecognised:
        return [cte]


class _Rolling:
    """One CTE on its way to window frames; Unrecognised where it has none."""

    def __init__(self, cte: exp.CTE, inputs: Mapping[str, Ranked]) -> None:
        select = cte.this
        source = select.args.get("from_") if isinstance(select, exp.Select) else None
        table = source.this if source else None
        if not isinstance(table, exp.Table) or table.name not in inputs:
            raise Unrecognised
        if {name for name, part in select.args.items() if part} - PLAIN:
            raise Unrecognised
        self.name = cte.alias
        self.select = select
        self.input = inputs[table.name]
        self.keys = self._keys()
        self.span = self._span()

    def _keys(self) -> tuple[str, ...]:
        """What is grouped by: the date and the entity, and perhaps the season."""
        group = self.select.args.get("group")
        columns = group.expressions if group else ()
        names = tuple(c.name for c in columns if isinstance(c, exp.Column))
        needed = {AS_OF, self.input.entity}
        if len(names) != len(columns) or not needed <= {*names} <= {*needed, SEASON}:
            raise Unrecognised
        return names

    def _span(self) -> Span:
        """The games that the WHERE leaves."""
        where = self.select.args.get("where")
        span, rest = split_condition(where.this if where else None)
        if rest or span.nearest > 1:
            raise Unrecognised
        return span

    def ctes(self) -> list[exp.CTE]:
        """The frames over each game, the windows of days, and the lookup of both under the name
        that the query uses."""
        per_game, recent = f"{self.name}__per_game", f"{self.name}__recent"
        games: list[exp.Expr] = list(map(_column, self._of_a_game))
        days: list[Days] = []
        looked_up: list[exp.Expr] = []
        for projection in self.select.expressions:
            name = projection.alias_or_name
            if isinstance(projection, exp.Column) and name in self.keys:
                looked_up.append(_column(name, "latest"))
            elif name in (AS_OF, *self._of_a_game):
                raise Unrecognised
            elif of_days := self._of_days(projection):
                days.append(of_days)
                looked_up.append(of_days.looked_up())
            else:
                games.append(self._framed(projection))
                looked_up.append(_column(name, "games"))
        lookup = exp.select(*looked_up).from_(_named(self.input.latest, "latest"))
        lookup = lookup.join(_named(per_game, "games"), on=self._by_rank())
        made = [_cte(per_game, exp.select(*games).from_(self.input.ranked))]
        if days:
            joined = _named(recent, "recent")
            lookup = lookup.join(joined, on=self._by_date(), join_type="left")
            made += self._recent(recent, days)
        return [*made, _cte(self.name, lookup)]

    @property
    def _of_a_game(self) -> tuple[str, ...]:
        """What names one game of an entity."""
        return (SEASON, self.input.entity, RANK)

    def _by_rank(self) -> exp.Expr:
        of_latest = (SEASON, self.input.entity, "latest_rank")
        return exp.and_(
            *(
                _column(game, "games").eq(_column(latest, "latest"))
                for game, latest in zip(self._of_a_game, of_latest, strict=True)
            )
        )

    def _by_date(self) -> exp.Expr:
        names = (AS_OF, self.input.entity)
        return exp.and_(*(_column(n, "recent").eq(_column(n, "latest")) for n in names))

    def _recent(self, name: str, days: Sequence[Days]) -> list[exp.CTE]:
        """The aggregates over the last days, from the games of those days alone."""
        games = f"{name}_games"
        farthest = max(of_days.days for of_days in days)
        cut = sqlglot.parse_one(self.input.of_last_days(farthest), read="bigquery")
        keys = (AS_OF, self.input.entity)
        projections = [of_days.projection.copy() for of_days in days]
        grouped = exp.select(*keys, *projections).from_(games).group_by(*keys)
        return [_cte(games, cut), _cte(name, grouped)]

    def _of_days(self, projection: exp.Expr) -> Days | None:
        """A projection over the games of the last days; None for any other."""
        aggregate = projection.this
        if isinstance(aggregate, exp.CountIf):
            condition, is_zero = aggregate.this, True
        elif isinstance(aggregate, exp.Sum) and isinstance(aggregate.this, exp.If):
            condition = aggregate.this.this
            is_zero = self._adds_zero(aggregate)
            if not is_zero and not _adds_null(aggregate.this):
                return None
        else:
            return None
        spans = [self._days(part) for part in _conjuncts(condition)]
        limits = [days for days in spans if days is not None]
        if not limits or self.span != ALL_GAMES:
            return None
        if any(column.name == GAMES_AGO for column in _columns(projection)):
            raise Unrecognised
        return Days(projection, min(limits), is_zero)

    def _days(self, condition: exp.Expr) -> int | None:
        """The days of `date >= as_of - days`; None for another condition."""
        if not isinstance(condition, exp.GTE):
            return None
        subject, since = condition.this, condition.expression
        if not isinstance(since, exp.Sub) or not isinstance(since.this, exp.Column):
            return None
        if (subject.name, since.this.name) != (self.input.date, AS_OF):
            return None
        return _number(since.expression)

    def _framed(self, projection: exp.Expr) -> exp.Expr:
        """A projection whose aggregates are window frames."""
        if not isinstance(projection, exp.Alias):
            raise Unrecognised
        if projection.find(exp.Window, exp.Distinct):
            raise Unrecognised
        projection = projection.copy()
        for aggregate in list(projection.find_all(*AGGREGATES)):
            aggregate.replace(self._frame(aggregate))
        if any(not column.find_ancestor(exp.Window) for column in _columns(projection)):
            raise Unrecognised
        if not projection.find(exp.Window):
            raise Unrecognised
        return projection

    def _frame(self, aggregate: exp.Expr) -> exp.Window:
        span, narrowed = self._narrowed(aggregate)
        if any(column.name in (AS_OF, GAMES_AGO) for column in _columns(narrowed)):
            raise Unrecognised
        span = span.within(self.span)
        if span.is_empty:
            raise Unrecognised
        return exp.Window(
            this=narrowed,
            partition_by=[_column(SEASON), _column(self.input.entity)],
            order=exp.Order(expressions=[exp.Ordered(this=_column(RANK))]),
            spec=span.frame(),
        )

    def _narrowed(self, aggregate: exp.Expr) -> tuple[Span, exp.Expr]:
        """The games that an aggregate is of, and the aggregate without saying so."""
        argument = aggregate.this
        if isinstance(aggregate, exp.CountIf):
            span, rest = split_condition(argument)
            return span, _counted(rest)
        if not isinstance(argument, exp.If):
            return ALL_GAMES, aggregate.copy()
        span, rest = split_condition(argument.this)
        adds_zero = self._adds_zero(aggregate) and span.nearest == 1
        if not adds_zero and not _adds_null(argument):
            raise Unrecognised
        narrowed = aggregate.copy()
        narrowed.set("this", _with_condition(argument, rest))
        return span, narrowed

    def _adds_zero(self, aggregate: exp.Expr) -> bool:
        """Whether it is a sum to which games outside add a zero, and others always a number."""
        chosen = aggregate.this
        value, otherwise = chosen.args["true"], chosen.args.get("false")
        if not isinstance(aggregate, exp.Sum) or not isinstance(otherwise, exp.Literal):
            return False
        if otherwise.this != "0" or not all(
            isinstance(part, NUMBERS) for part in value.walk()
        ):
            return False
        return {column.name for column in _columns(value)} <= self.input.never_null


def _adds_null(chosen: exp.If) -> bool:
    """Whether games outside add NULL, which no aggregate counts."""
    otherwise = chosen.args.get("false")
    return otherwise is None or isinstance(otherwise, exp.Null)


def _with_condition(chosen: exp.If, condition: exp.Expr | None) -> exp.Expr:
    """The value that is aggregated where another condition is all that is left."""
    value: exp.Expr = chosen.args["true"].copy()
    if condition is None:
        return value
    otherwise = chosen.args.get("false")
    return exp.If(
        this=condition, true=value, false=otherwise.copy() if otherwise else None
    )


def split_condition(condition: exp.Expr | None) -> tuple[Span, exp.Expr | None]:
    """The games that a condition is of, and what else it demands."""
    span, others = ALL_GAMES, []
    for part in _conjuncts(condition):
        games = _span_of(part)
        if games:
            span = span.within(games)
        else:
            others.append(part.copy())
    return span, exp.and_(*others) if others else None


def _conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    elif isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    elif condition is not None:
        yield condition


def _span_of(condition: exp.Expr) -> Span | None:
    """The games of `games_ago <= n`, `= n` or `BETWEEN m AND n`; None for another condition."""
    subject = condition.this
    if not isinstance(subject, exp.Column) or subject.name != GAMES_AGO:
        return None
    if isinstance(condition, exp.LTE):
        return Span(1, _number(condition.expression))
    if isinstance(condition, exp.EQ):
        number = _number(condition.expression)
        return Span(number, number)
    if isinstance(condition, exp.Between):
        return Span(_number(condition.args["low"]), _number(condition.args["high"]))
    return None


def _number(literal: exp.Expr) -> int:
    """A count of games, at least 1."""
    if not isinstance(literal, exp.Literal) or literal.is_string:
        raise Unrecognised
    number = int(literal.this) if literal.this.isdecimal() else 0
    if number < 1:
        raise Unrecognised
    return number


def _counted(condition: exp.Expr | None) -> exp.Expr:
    return exp.CountIf(this=condition) if condition else exp.Count(this=exp.Star())


def _columns(tree: exp.Expr) -> Iterator[exp.Column]:
    return tree.find_all(exp.Column)


def _column(name: str, table: str | None = None) -> exp.Column:
    column: exp.Column = exp.column(name, table)
    return column


def _named(relation: str, alias: str) -> exp.Expr:
    return exp.alias_(exp.to_table(relation), alias, table=True)


def _cte(name: str, select: exp.Expr) -> exp.CTE:
    return exp.CTE(this=select, alias=exp.TableAlias(this=exp.to_identifier(name)))
