"""Read a check's query: which tables it reads, and whether its months can be counted apart. Pure.

What is not recognised is taken to depend on everything: it is counted as a whole, and a table is
read whatever the date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from validation.check_files import parse_check
from validation.reads import AS_OF, Reads

MONTH = "%Y-%m"
DATES = ("dates", "due")
"""The parameters that say which dates are judged."""
BOUND = ("judged", "expected", "due", "held_dates")
"""The relations that hold rows of the judged dates alone; their date is `as_of`."""
_JOINED = ("", "INNER", "CROSS")
_OUTER = "LEFT"
_UNDERSTOOD = frozenset(
    (
        "with_",
        "expressions",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "distinct",
        "order",
    )
)
"""The clauses of a SELECT that are told apart by month; any other mixes months."""
_CHANGING = (
    exp.CurrentDate,
    exp.CurrentDatetime,
    exp.CurrentTime,
    exp.CurrentTimestamp,
    exp.Rand,
    exp.Uuid,
)
"""Functions whose value is another at every call."""


@dataclass(frozen=True)
class _Relation:
    """What a query gives.

    `is_cut`: whether it depends on the judged dates. `dates`: its columns that hold a row's date or
    month; where it is cut and has none, its rows cannot be told apart by month.
    """

    is_cut: bool = False
    dates: frozenset[str] = frozenset()

    @property
    def is_apart(self) -> bool:
        """Whether it is cut, and its months can be told apart."""
        return self.is_cut and bool(self.dates)

    @property
    def is_mixed(self) -> bool:
        """Whether it is cut, and its months cannot be told apart."""
        return self.is_cut and not self.dates


_MIXED = _Relation(is_cut=True)


def find_reads(sql: str, month: str, date_columns: Mapping[str, str | None]) -> Reads:
    """What a check's query reads; see `reads_of`."""
    tree = parse_check(sql)
    reader = _Reader(date_columns)
    found = reader.relation(tree, {})
    parameters = [p for p in tree.find_all(exp.Parameter) if p.name in DATES]
    is_known = len(parameters) == reader.cuts
    whole = reader.whole if is_known else reader.whole | reader.on_dates - {*BOUND}
    by_month = is_known and found.is_apart and month in found.dates
    is_steady = tree.find(*_CHANGING) is None
    on_dates = frozenset(reader.on_dates - whole)
    return Reads(by_month, on_dates, frozenset(whole), is_steady)


@dataclass
class _Reader:
    """One reading of a query, and what it met on the way.

    `cuts`: conditions met that keep the rows of the judged dates.
    """

    date_columns: Mapping[str, str | None]
    on_dates: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    cuts: int = 0

    def relation(self, query: exp.Expr, known: Mapping[str, _Relation]) -> _Relation:
        """What a query gives, `known` being the CTEs that it may name."""
        if isinstance(query, exp.Subquery):
            return self.relation(query.this, known)
        named = dict(known)
        for cte in query.args["with_"].expressions if query.args.get("with_") else ():
            named[cte.alias] = self.relation(cte.this, named)
        if isinstance(query, exp.Union):
            return self._union(query, named)
        if isinstance(query, exp.Select):
            return _SelectReading(self, query, named).relation()
        self._read_all(query)
        return _MIXED

    def _union(self, query: exp.Union, known: Mapping[str, _Relation]) -> _Relation:
        """Rows of both sides; by position the columns that hold the date in both."""
        left = self.relation(query.left, known)
        right = self.relation(query.right, known)
        if not left.is_cut and not right.is_cut:
            return _Relation()
        if not left.is_apart or not right.is_apart or query.args.get("limit"):
            return _MIXED
        pairs = zip(query.left.named_selects, query.right.named_selects, strict=False)
        dates = [a for a, b in pairs if a in left.dates and b in right.dates]
        return _Relation(True, frozenset(dates))

    def _read_all(self, query: exp.Expr) -> None:
        for table in query.find_all(exp.Table):
            self.whole.add(table.name)


@dataclass
class _Source:
    """One relation in FROM: under which name, what it gives, which table it is (none for a query),
    and the table's date column."""

    alias: str
    relation: _Relation
    table: str = ""
    day: str | None = None
    join: exp.Join | None = None

    @property
    def dates(self) -> frozenset[tuple[str, str]]:
        """Its columns that hold the date, with its name."""
        return frozenset((self.alias, column) for column in self.relation.dates)


class _SelectReading:
    """The reading of one SELECT."""

    def __init__(
        self, reader: _Reader, select: exp.Select, known: Mapping[str, _Relation]
    ) -> None:
        self.reader = reader
        self.select = select
        self.known = known
        self.sources = list(self._sources())
        self.dates: set[tuple[str, str]] = set()
        """Columns, each with the name of its relation, that hold the date of a row."""

    def relation(self) -> _Relation:
        """What the SELECT gives; puts on record which tables it reads."""
        self._cut_by_conditions()
        is_apart = self._join_sources()
        self._record_tables()
        is_cut = any(source.relation.is_cut for source in self.sources)
        is_cut = self._reads_cut_inside() or is_cut
        if not is_cut:
            return _Relation()
        if not is_apart or not self._keeps_dates_apart():
            return _MIXED
        return _Relation(True, self._dates_given())

    def _sources(self) -> Iterator[_Source]:
        origin = self.select.args.get("from_")
        if origin:
            yield self._source(origin.this, None)
        for join in self.select.args.get("joins") or ():
            yield self._source(join.this, join)

    def _source(self, item: exp.Expr, join: exp.Join | None) -> _Source:
        alias = item.alias_or_name
        if isinstance(item, exp.Subquery):
            found = self.reader.relation(item.this, self.known)
            return _Source(alias, found, join=join)
        if not isinstance(item, exp.Table):
            return _Source(alias, _MIXED, join=join)
        if item.name in self.known:
            return _Source(alias, self.known[item.name], join=join)
        day = self.reader.date_columns.get(item.name)
        found = _Relation()
        if item.name in BOUND:
            found = _Relation(True, frozenset((AS_OF, day or AS_OF)))
        return _Source(alias, found, item.name, day, join)

    def _cut_by_conditions(self) -> None:
        """Cut what a condition of WHERE keeps the judged dates of."""
        for condition in _conjuncts(self.select.args.get("where")):
            column = _kept_on_dates(condition)
            if column is None:
                continue
            self.reader.cuts += 1
            source = self._source_of(column)
            if source is None:
                self.sources.append(_Source("", _MIXED))
            elif not source.relation.is_mixed:
                dates = source.relation.dates | {column.name}
                source.relation = _Relation(True, dates)

    def _source_of(self, column: exp.Column) -> _Source | None:
        """The relation that a column is of; None where that is not said."""
        if not column.table:
            return self.sources[0] if len(self.sources) == 1 else None
        return next((s for s in self.sources if s.alias == column.table), None)

    def _join_sources(self) -> bool:
        """Follow the date through the joins; whether all that is cut is joined by it."""
        followed = list(map(self._join, self.sources))
        return all(followed)

    def _join(self, source: _Source) -> bool:
        join = source.join
        is_outer = join is not None and join.side == _OUTER
        if (
            join is not None
            and not is_outer
            and (join.side or join.kind not in _JOINED)
        ):
            return False
        if join is not None and join.args.get("using"):
            return not source.relation.is_cut and not self.dates
        linked = self._linked_columns(source)
        if not source.relation.is_cut:
            is_on_date = source.day is not None and source.day in linked
            if is_on_date:
                self.reader.on_dates.add(source.table)
                source.relation = _Relation(False, frozenset((source.day or "",)))
            return True
        if source.relation.is_mixed:
            return False
        is_first = not self.dates
        if (is_first and is_outer) or not (is_first or linked & source.relation.dates):
            return False
        if not is_outer:
            self.dates |= source.dates
        return True

    def _linked_columns(self, source: _Source) -> set[str]:
        """The columns of a relation that its join makes equal to the date."""
        on = source.join.args.get("on") if source.join is not None else None
        linked: set[str] = set()
        for condition in _conjuncts(on):
            linked |= self._equal_to_date(condition, source.alias)
        return linked

    def _equal_to_date(self, condition: exp.Expr, alias: str) -> set[str]:
        """The column of a relation that a condition makes equal to the date, if it does."""
        if not isinstance(condition, exp.EQ):
            return set()
        one, other = condition.left, condition.right
        if not isinstance(one, exp.Column) or not isinstance(other, exp.Column):
            return set()
        pairs = ((one, other), (other, one))
        return {
            mine.name
            for mine, date in pairs
            if mine.table == alias and (date.table, date.name) in self.dates
        }

    def _record_tables(self) -> None:
        for source in self.sources:
            if not source.table:
                continue
            on_dates = source.table in BOUND or source.day in source.relation.dates
            kept = self.reader.on_dates if on_dates else self.reader.whole
            kept.add(source.table)

    def _reads_cut_inside(self) -> bool:
        """Whether an expression holds a query that is cut: then nothing is told apart."""
        is_cut = False
        for query in self._queries_inside():
            is_cut = self.reader.relation(query, self.known).is_cut or is_cut
        if is_cut:
            self.dates.clear()
        return is_cut

    def _queries_inside(self) -> Iterator[exp.Expr]:
        """The outermost queries within the expressions of the SELECT."""
        for part in self._expressions():
            for query in part.find_all(exp.Query):
                if not isinstance(query, exp.Subquery) and _is_outermost(query, part):
                    yield query

    def _expressions(self) -> Iterator[exp.Expr]:
        yield from self.select.expressions
        for name in ("where", "group", "having", "qualify", "order", "limit"):
            if self.select.args.get(name):
                yield self.select.args[name]
        for join in self.select.args.get("joins") or ():
            if join.args.get("on"):
                yield join.args["on"]

    def _keeps_dates_apart(self) -> bool:
        """Whether no row is made of rows of several months."""
        if not self._is_understood():
            return False
        groups = list(self._group_keys())
        sums = (
            s for s in self._own(exp.AggFunc) if not isinstance(s.parent, exp.Window)
        )
        is_summed = bool(groups) or any(sums)
        if is_summed and not self._holds_date(groups):
            return False
        is_distinct = self.select.args.get("distinct")
        if is_distinct and not self._holds_date(self.select.expressions):
            return False
        partitions = (w.args.get("partition_by") or () for w in self._own(exp.Window))
        return all(map(self._holds_date, partitions))

    def _is_understood(self) -> bool:
        """Whether it has no clause and no function of which nobody here knows what it does."""
        clauses = {name for name, clause in self.select.args.items() if clause}
        group = self.select.args.get("group")
        extras = [name for name in group.args if group.args[name]] if group else []
        is_plain = not extras or extras == ["expressions"]
        return clauses <= _UNDERSTOOD and is_plain and not any(self._own(exp.Anonymous))

    def _own(self, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
        """The expressions of a kind that are the SELECT's own, not of a query within it."""
        for part in self._expressions():
            for found in part.find_all(kind):
                if found.parent_select is self.select:
                    yield found

    def _group_keys(self) -> Iterator[exp.Expr]:
        """The expressions of GROUP BY; a number stands for the column of that place."""
        group = self.select.args.get("group")
        for key in group.expressions if group else ():
            is_place = isinstance(key, exp.Literal) and not key.is_string
            yield self.select.expressions[int(key.name) - 1] if is_place else key

    def _holds_date(self, expressions: Iterable[exp.Expr]) -> bool:
        return any(map(self._is_date, expressions))

    def _is_date(self, expression: exp.Expr) -> bool:
        """Whether an expression is the date of a row, or its month."""
        found = expression.unalias()
        if isinstance(found, exp.TimeToStr) and found.args["format"].name == MONTH:
            found = found.this
            while isinstance(found, exp.Cast | exp.TsOrDsToDate):
                found = found.this
        if not isinstance(found, exp.Column):
            return False
        if found.table:
            return (found.table, found.name) in self.dates
        is_alone = len(self.sources) == 1
        return is_alone and (self.sources[0].alias, found.name) in self.dates

    def _dates_given(self) -> frozenset[str]:
        given = [e.alias_or_name for e in self.select.expressions if self._is_date(e)]
        return frozenset(given)


def _conjuncts(clause: exp.Expr | None) -> Iterator[exp.Expr]:
    """The conditions that all must hold."""
    if clause is None:
        return
    condition = clause.this if isinstance(clause, exp.Where) else clause
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition


def _kept_on_dates(condition: exp.Expr) -> exp.Column | None:
    """The column of a condition `column IN UNNEST(@dates)`, where it is one."""
    listed = condition.args.get("unnest") if isinstance(condition, exp.In) else None
    if not isinstance(listed, exp.Unnest) or not isinstance(condition.this, exp.Column):
        return None
    (value,) = listed.expressions
    is_dates = isinstance(value, exp.Parameter) and value.name in DATES
    return condition.this if is_dates else None


def _is_outermost(query: exp.Expr, part: exp.Expr) -> bool:
    """Whether no other query of the expression holds this one."""
    above = query.parent
    while above is not None and above is not part.parent:
        if isinstance(above, exp.Select | exp.SetOperation):
            return False
        above = above.parent
    return True
