"""The page's calendar: every table on every date, a season a row, and the gaps by cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from core.counted import counted
from core.grouping import group
from planning.cells import Outcome
from planning.reasons import Cause, Fresh, GapCause, Reason, Skip, kind
from planning.roots import Root
from reports.commands import command_line
from reports.page.section import PageSection
from reports.reasons import tell_reason, tell_root, tell_skip

HOLDS_ROWS = "holds_rows"
"""How a cell stands that is to hold no rows and holds some."""
Because = Reason | GapCause | Skip | Root


Bands = tuple[tuple[float, float], ...]
FULL: Bands = ((0, 1),)


@dataclass(frozen=True)
class Standing:
    """A way in which a cell stands: how people call it, what it means, and how it looks.

    `colour`: the name of its colour in the style. `bands`: the stretches of a cell's height, from 0
    to 1, that are filled. They tell the outcomes apart where colours do not, and have to in the
    lowest rows too, of 8 pixels.
    """

    word: str
    means: str
    colour: str
    bands: Bands
    is_gap: bool = False


STANDINGS: Mapping[str, Standing] = {
    Outcome.DONE: Standing(
        "done", "computed, and as its inputs make it", "cell-done", FULL
    ),
    Outcome.BOOTSTRAP: Standing(
        "bootstrap",
        "one of a season's first days: no row is due",
        "cell-skip",
        ((0.38, 0.62),),
    ),
    Outcome.INSUFFICIENT_HISTORY: Standing(
        "too early",
        "nobody has the games that a row takes: no row is due",
        "cell-skip",
        ((0.68, 1),),
    ),
    Outcome.NOT_COVERED: Standing(
        "not covered",
        "player data covers no game of the date",
        "cell-skip",
        ((0, 0.12), (0.88, 1)),
    ),
    Outcome.CALLED_OFF: Standing(
        "called off", "all games of the date are called off", "cell-skip", ((0, 0.32),)
    ),
    Outcome.NO_GAMES: Standing(
        "no games",
        "the schedule has no game on the date",
        "cell-skip",
        ((0.46, 0.54),),
    ),
    Outcome.NOT_FINAL: Standing(
        "waiting", "a game is not final yet", "cell-wait", ((0.5, 1),)
    ),
    Outcome.FAILED: Standing(
        "failed",
        "the last attempt raised an error",
        "cell-failed",
        ((0, 0.12), (0.26, 0.74), (0.88, 1)),
        True,
    ),
    Outcome.QUARANTINED: Standing(
        "quarantined",
        "what was computed broke its contract and was not published",
        "cell-quarantined",
        ((0, 0.18), (0.42, 1)),
        True,
    ),
    Cause.DAMAGED: Standing(
        "damaged",
        "the table does not hold what was published",
        "cell-damaged",
        ((0, 0.22), (0.4, 0.6), (0.78, 1)),
        True,
    ),
    Outcome.UPSTREAM_MISSING: Standing(
        "waiting upstream",
        "what it is computed from is not complete, whether it was held back or is lacking",
        "cell-upstream",
        ((0, 0.58), (0.82, 1)),
        True,
    ),
    Cause.MISSING: Standing(
        "missing", "never computed", "cell-missing", ((0, 0.24), (0.76, 1)), True
    ),
    Cause.STALE: Standing(
        "stale",
        "code or inputs changed since it was computed",
        "cell-stale",
        ((0, 0.38), (0.62, 1)),
        True,
    ),
    HOLDS_ROWS: Standing(
        "holds rows",
        "it is to hold no rows and holds some",
        "cell-holds",
        ((0.3, 1),),
        True,
    ),
}
"""Every way in which a cell stands, the gravest gap first; the page shows no other."""
_ORDER = list(STANDINGS)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last attempt at a cell: which it was, when it ended, in which run."""

    number: int
    finished_at: datetime
    run_id: str


@dataclass(frozen=True, slots=True)
class CellFacts:
    """A cell of one table: how it stands (a key of STANDINGS) and why, rows present and expected,
    the last attempt (None: there was none)."""

    stands: str
    because: Because
    rows: int
    expected: int
    attempt: Attempt | None


@dataclass(frozen=True)
class TableCells:
    """The cells of one table, one per date of the calendar, in its order."""

    table: str
    phase: str
    cells: Sequence[CellFacts]


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A date of the calendar: its season (the year it begins in), games, and those final; `lacks`:
    what raw data it lacks, in words."""

    day: date
    season: int
    games: int
    final: int
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class CalendarFacts:
    """Every date with a game or with rows, in order, and each table's cells on it."""

    days: Sequence[DayFacts]
    tables: Sequence[TableCells]


def calendar_section(facts: CalendarFacts | None) -> PageSection:
    """The section; its script draws the cells, its template lists the gaps."""
    name, title = "calendar", "Calendar"
    if facts is None:
        return PageSection(
            name, title, absent="There is no calendar without a game that counts."
        )
    counts = _counts(facts)
    gaps = gap_causes(facts)
    legend = [_legend(key, counts[key]) for key in STANDINGS if counts[key]]
    shown = {
        **_filters(facts),
        "standings": legend,
        "gaps": gaps,
        "cells": sum(counts.values()),
        "due": sum(counts[key] for key in filter(_is_due, counts)),
        "has_lacks": any(day.lacks for day in facts.days),
        "gap_cells": sum(cause.cells for cause in gaps),
    }
    return PageSection(name, title, shown, calendar_data(facts, gaps))


def _filters(facts: CalendarFacts) -> dict[str, Any]:
    """What the calendar can be filtered by, beside the outcomes."""
    return {
        "phases": list(dict.fromkeys(part.phase for part in facts.tables)),
        "tables": [(part.table, part.phase) for part in facts.tables],
        "seasons": sorted({day.season for day in facts.days}),
    }


def _is_due(key: str) -> bool:
    """Whether a cell that stands so is to be done; one that holds rows is not, by design."""
    return key == Outcome.DONE or (key != HOLDS_ROWS and STANDINGS[key].is_gap)


def _counts(facts: CalendarFacts) -> Counter[str]:
    counts: Counter[str] = Counter()
    for part in facts.tables:
        counts.update(str(cell.stands) for cell in part.cells)
    return counts


def _legend(key: str, cells: int) -> dict[str, Any]:
    standing = STANDINGS[key]
    return {
        "key": str(key),
        "word": standing.word,
        "means": standing.means,
        "cells": cells,
    }


# The gaps by cause.


@dataclass(frozen=True)
class GapRow:
    """The cells of one table and season that are gaps for one cause: their dates in order."""

    table: str
    season: int
    stands: str
    days: Sequence[date]


@dataclass(frozen=True)
class GapsByCause:
    """Gaps with one cause: how the first stands, the sentence on it, and the cells.

    `waiting`: how many of the cells only wait for others of them, or for raw data that lacks.
    """

    stands: str
    sentence: str
    rows: Sequence[GapRow] = ()
    waiting: int = 0

    @property
    def word(self) -> str:
        """How people call the way in which the first cell stands."""
        return STANDINGS[self.stands].word

    @property
    def tables(self) -> str:
        """Which tables and how many seasons they are of, in a few words."""
        tables = list(dict.fromkeys(row.table for row in self.rows))
        seasons = {row.season for row in self.rows}
        named = tables[0] if len(tables) == 1 else counted(len(tables), "table")
        return f"{named}, {counted(len(seasons), 'season')}"

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return sum(len(row.days) for row in self.rows)


@dataclass(frozen=True, slots=True)
class _GapCell:
    table: str
    day: DayFacts
    cell: CellFacts


def gap_causes(facts: CalendarFacts) -> list[GapsByCause]:
    """The gaps, one entry per cause: cells that wait stand with what they wait for.

    The gravest first: failed before quarantined, damaged, missing and stale.
    """
    cells = list(_gap_cells(facts))
    causes: dict[Hashable, list[_GapCell]] = group(cells, _likeness)
    found = list(map(_cause, causes.values()))
    return sorted(found, key=lambda cause: _ORDER.index(cause.stands))


def _gap_cells(facts: CalendarFacts) -> Iterator[_GapCell]:
    for part in facts.tables:
        for day, cell in zip(facts.days, part.cells, strict=True):
            if STANDINGS[cell.stands].is_gap:
                yield _GapCell(part.table, day, cell)


def _likeness(gap: _GapCell) -> Hashable:
    """What the gaps of one cause have in common: the kind of what is at their root."""
    because = gap.cell.because
    if isinstance(because, Root):
        because_of_root = because.because
        if isinstance(because_of_root, Outcome):
            return HOLDS_ROWS, because_of_root
        return kind(because_of_root)
    return HOLDS_ROWS if gap.cell.stands == HOLDS_ROWS else kind(because)


def _row_of(gap: _GapCell) -> tuple[str, int, str]:
    return gap.table, gap.day.season, gap.cell.stands


def _cause(cells: Sequence[_GapCell]) -> GapsByCause:
    # Where some do not wait for others, one of them tells the cause, and they come first.
    own = [gap for gap in cells if not isinstance(gap.cell.because, Root)]
    waiting = [gap for gap in cells if isinstance(gap.cell.because, Root)]
    in_order = own + waiting
    first = in_order[0]
    by_row = group(in_order, _row_of)
    rows: list[GapRow] = []
    for (table, season, stands), members in by_row.items():
        days = [gap.day.day for gap in members]
        rows.append(GapRow(table, season, stands, days))
    return GapsByCause(
        stands=str(first.cell.stands),
        sentence=tell_because(first.cell),
        rows=rows,
        waiting=len(waiting) if own else 0,
    )


def tell_because(cell: CellFacts) -> str:
    """Why a cell stands as it does, in one line."""
    because = cell.because
    if isinstance(because, Root):
        return f"waits: {tell_root(because)}"
    if isinstance(because, Reason | GapCause):
        return tell_reason(because)
    if cell.stands == HOLDS_ROWS:
        return f"{tell_skip(because)}; it holds rows all the same; a backfill takes them away"
    return tell_skip(because)


# What the script draws.


def calendar_data(facts: CalendarFacts, gaps: Sequence[GapsByCause]) -> dict[str, Any]:
    """The cells in columns: texts, attempts and standings once, and their numbers per cell; of each
    row of the gaps, its dates."""
    texts = _Numbered()
    attempts = _Numbered()
    tables = [_table_data(part, texts, attempts) for part in facts.tables]
    return {
        "days": list(map(_day_data, facts.days)),
        "tables": tables,
        "standings": [_standing_data(key) for key in STANDINGS],
        "texts": list(texts.numbers),
        "attempts": list(map(_attempt_data, attempts.numbers)),
        "why": command_line("why"),
        "gaps": [[list(map(str, row.days)) for row in gap.rows] for gap in gaps],
    }


def _day_data(day: DayFacts) -> list[str | int]:
    known: list[str | int] = [str(day.day), day.season, day.games, day.final]
    return [*known, "; ".join(day.lacks)] if day.lacks else known


@dataclass(frozen=True)
class _Numbered:
    """Values by the order in which they came up first."""

    numbers: dict[Any, int] = field(default_factory=dict)

    def of(self, value: Hashable) -> int:
        """The number of a value."""
        return self.numbers.setdefault(value, len(self.numbers))


def _table_data(
    part: TableCells, texts: _Numbered, attempts: _Numbered
) -> dict[str, Any]:
    """A table's cells in columns; expected rows only where they are not those that are there."""
    stands: list[int] = []
    reasons: list[int] = []
    rows: list[int] = []
    tries: list[int] = []
    expected: dict[int, int] = {}
    sentence = _Sentences()
    for number, cell in enumerate(part.cells):
        stands.append(_NUMBERS[cell.stands])
        reasons.append(texts.of(sentence.of(cell)))
        rows.append(cell.rows)
        tries.append(attempts.of(cell.attempt))
        if cell.expected != cell.rows:
            expected[number] = cell.expected
    return {
        "name": part.table,
        "phase": part.phase,
        "stands": stands,
        "why": reasons,
        "rows": rows,
        "expected": expected,
        "attempt": tries,
    }


@dataclass(frozen=True)
class _Sentences:
    """Sentences on cells; what most of them say is made once."""

    known: dict[tuple[str, Because], str] = field(default_factory=dict)

    def of(self, cell: CellFacts) -> str:
        """Why a cell stands as it does."""
        key = cell.stands, cell.because
        if key not in self.known:
            self.known[key] = tell_because(cell)
        return self.known[key]


_NUMBERS = {str(key): number for number, key in enumerate(STANDINGS)}


def _standing_data(key: str) -> dict[str, Any]:
    standing = STANDINGS[key]
    return {
        "key": str(key),
        "word": standing.word,
        "gap": standing.is_gap,
        "colour": standing.colour,
        "bands": standing.bands,
    }


def _attempt_data(attempt: Attempt | None) -> list[Any] | None:
    if attempt is None:
        return None
    finished_at = f"{attempt.finished_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    return [attempt.number, finished_at, attempt.run_id]


FRESH = Fresh()
"""What is behind a cell that is done."""
