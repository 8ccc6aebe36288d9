"""Causes: what lies behind the gaps of all tables, each once, with the cells that wait for it.

Five games without box scores make 78 gaps of ten tables; they are one cause. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from planning.cells import Outcome
from planning.reasons import (
    Cause,
    GapCause,
    HoldsRows,
    OverdueGames,
    Reason,
    Span,
    WithoutPlayerBox,
    WithoutTeamBox,
    kind,
)
from planning.roots import Root

RawGap = OverdueGames | WithoutTeamBox | WithoutPlayerBox
"""What only raw data mends: no backfill does."""


class HasGaps(Protocol):
    """Cells of one table with what they lack, by date; `roots`: of those that wait for another, the
    cell upstream where the gap begins."""

    @property
    def table(self) -> str:
        """Whose cells they are."""
        ...

    @property
    def phase(self) -> str:
        """The phase of the table."""
        ...

    @property
    def reasons(self) -> Mapping[str, Reason | GapCause]:
        """Date -> what its cell lacks."""
        ...

    @property
    def roots(self) -> Mapping[str, Root]:
        """Date -> where its gap begins, of cells that wait for another."""
        ...

    @property
    def built_on(self) -> tuple[str, ...]:
        """The phases of the tables that the table derives from."""
        ...


@dataclass(frozen=True, slots=True)
class BehindGate:
    """Cells of later phases are not computed, since the gate of this one is closed."""

    phase: str


SharedBecause = Reason | GapCause | Outcome | BehindGate


@dataclass(frozen=True, slots=True)
class SharedCause:
    """One cause of gaps, of whatever tables and seasons.

    `because`: that of the first cell at the root; the others' differs in dates, games and numbers
    alone. `tables`: those of the cells at the root, and `span` the dates of those. `games`: those
    whose raw data lacks. `cells`: cells asked for that are gaps by themselves. `waiting`: table ->
    cells asked for that wait for them; a cell behind several causes counts for the first.
    `held_by`: the phase whose closed gate no backfill of all tables passes on its way to them, or
    empty; `stuck`: the tables that derive from that phase, which none reaches by themselves either.
    """

    because: SharedBecause
    tables: tuple[str, ...]
    span: Span
    games: tuple[str, ...] = ()
    cells: int = 0
    waiting: Mapping[str, int] = field(default_factory=dict)
    held_by: str = ""
    stuck: tuple[str, ...] = ()

    @property
    def cells_waiting(self) -> int:
        """Cells of all tables that wait for the cause."""
        return sum(self.waiting.values())

    @property
    def all_cells(self) -> int:
        """Gaps that go when the cause does."""
        return self.cells + self.cells_waiting

    @property
    def is_raw(self) -> bool:
        """Whether raw data lacks, which no backfill brings."""
        return isinstance(self.because, RawGap)


@dataclass
class _Gathered:
    """What has been seen of a cause so far; `is_held`: its cells lie behind a closed gate."""

    is_held: bool
    roots: dict[tuple[str, date], Root] = field(default_factory=dict)
    cells: int = 0
    waiting: Counter[str] = field(default_factory=Counter)

    def shared(
        self, behind: BehindGate | None, closed: str, stuck: Collection[str]
    ) -> SharedCause:
        """The cause; `closed`: the first phase whose gate is closed; `stuck`: the tables that
        derive from it."""
        roots = sorted(self.roots.values(), key=lambda root: root.day)
        days = sorted(set(map(_day, roots)))
        tables = dict.fromkeys(root.table for root in roots)
        games: dict[str, None] = {}
        for root in roots:
            games |= dict.fromkeys(_games(root.because))
        return SharedCause(
            because=behind or roots[0].because,
            tables=tuple(tables),
            span=Span.of(days),
            games=tuple(games),
            cells=self.cells,
            waiting=dict(self.waiting),
            held_by=closed if self.is_held else "",
            stuck=tuple(t for t in tables if self.is_held and t in stuck),
        )


def causes_of(
    parts: Iterable[HasGaps], closed: str = "", behind: Iterable[str] = ()
) -> list[SharedCause]:
    """The causes of all gaps of these tables and seasons: raw data that lacks first, then what
    broke, then what is only due.

    `closed`: the first phase whose gate is closed; `behind`: the phases after it. Their cells that
    were never computed wait for that gate; those with a cause of their own are told by it.
    """
    listed, later = list(parts), frozenset(behind)
    held = {part.table for part in listed if part.phase in later}
    stuck = {part.table for part in listed if closed in part.built_on}
    gathered: dict[Hashable, _Gathered] = {}
    for part in listed:
        _gather(part, held, gathered)
    found: list[SharedCause] = []
    for key, seen in gathered.items():
        gate = BehindGate(closed) if key == BehindGate else None
        found.append(seen.shared(gate, closed, stuck))
    return sorted(found, key=lambda cause: (_rank(cause.because), cause.span.first))


def _gather(
    part: HasGaps, held: Collection[str], gathered: dict[Hashable, _Gathered]
) -> None:
    """Count the gaps of a table and season under their causes;
    `held`: the tables behind a closed gate."""
    for day, reason in part.reasons.items():
        root = part.roots.get(day)
        its_own = root is None
        root = root or Root(part.table, date.fromisoformat(day), reason)
        is_held = root.table in held and isinstance(root.because, Reason)
        key: Hashable = _likeness(root.because), is_held
        if is_held and _is_missing(root.because):
            key = BehindGate
        seen = gathered.setdefault(key, _Gathered(is_held))
        seen.roots.setdefault((root.table, root.day), root)
        if its_own:
            seen.cells += 1
        else:
            seen.waiting[part.table] += 1


def _is_missing(because: Reason | GapCause | Outcome) -> bool:
    return isinstance(because, Reason) and because.cause is Cause.MISSING


def _likeness(because: Reason | GapCause | Outcome) -> Hashable:
    """What roots of one cause have in common."""
    if isinstance(because, RawGap):
        season = because.games[0][3:5] if because.games else ""
        return kind(because), season
    if isinstance(because, Outcome):
        return kind(HoldsRows(because)) if because.is_skip else because
    return kind(because)


def _day(root: Root) -> date:
    """The date at the root: an open game's own, where later dates name it."""
    because = root.because
    return because.day if isinstance(because, OverdueGames) else root.day


def _games(because: Reason | GapCause | Outcome) -> tuple[str, ...]:
    return because.games if isinstance(because, RawGap) else ()


_ORDER = (Cause.FAILED, Cause.QUARANTINED, Cause.DAMAGED)


def _rank(because: SharedBecause) -> int:
    """Raw data first, what broke next, what is due after it, what a gate holds back last."""
    match because:
        case OverdueGames():
            return 0
        case WithoutTeamBox() | WithoutPlayerBox():
            return 1
        case Reason(cause=cause):
            return 2 + _ORDER.index(cause) if cause in _ORDER else 5
        case BehindGate():
            return 7
        case _:
            return 6
