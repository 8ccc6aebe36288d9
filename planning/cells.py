"""Cells: one table on one date, how it stands, and the closed set of ways it can end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

GAME_ID = re.compile(r"\d{10}")
"""What a key of games and players begins with; ids of players are shorter."""


class Outcome(StrEnum):
    """How a cell ended; exactly one of these."""

    DONE = "done"
    NO_GAMES = "no_games"
    CALLED_OFF = "called_off"
    NOT_COVERED = "not_covered"
    BOOTSTRAP = "bootstrap"
    INSUFFICIENT_HISTORY = "insufficient_history"
    NOT_FINAL = "not_final"
    UPSTREAM_MISSING = "upstream_missing"
    QUARANTINED = "quarantined"
    FAILED = "failed"

    @property
    def is_skip(self) -> bool:
        """Skipped by design: nothing is expected, nothing is missing."""
        return self in (
            Outcome.NO_GAMES,
            Outcome.CALLED_OFF,
            Outcome.NOT_COVERED,
            Outcome.BOOTSTRAP,
            Outcome.INSUFFICIENT_HISTORY,
        )

    @property
    def is_complete(self) -> bool:
        """Whether a table downstream may build on it."""
        return self is Outcome.DONE or self.is_skip

    @property
    def is_gap(self) -> bool:
        """Expected, and not there."""
        return self in (Outcome.UPSTREAM_MISSING, Outcome.QUARANTINED, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class CellState:
    """How a cell stands in the warehouse: keys expected,
    rows present, keys missing, keys unexpected."""

    expected: int = 0
    present: int = 0
    missing: int = 0
    unexpected: int = 0

    @property
    def duplicates(self) -> int:
        """Rows beyond the first of their key."""
        return self.present - (self.expected - self.missing + self.unexpected)

    @property
    def holds_what_is_expected(self) -> bool:
        """Every expected key exactly once, and nothing else."""
        return (
            self.present == self.expected and not self.missing and not self.unexpected
        )

    def rows_lost(self, outcome: Outcome | None) -> int:
        """Rows that the cell loses: the unexpected ones of one that is computed (None), all of one
        that is to hold none."""
        if outcome is None:
            return self.unexpected
        return 0 if outcome is Outcome.DONE else self.present


EMPTY = CellState()


@cache
def cell_state(
    expected: int, present: int, missing: int = 0, unexpected: int = 0
) -> CellState:
    """The state of these numbers: one value for the many cells that stand so."""
    return CellState(expected, present, missing, unexpected)


@dataclass(frozen=True, slots=True)
class CellBreach:
    """A check that a cell failed: its name, how many rows or keys, and some of the keys."""

    check: str
    count: int
    keys: tuple[str, ...] = ()

    @property
    def game(self) -> str | None:
        """The game that several keys are of; None for a single key, and where they are of several
        games or of none."""
        if len(self.keys) < 2 or len(self.games) != 1:
            return None
        return self.games[0]

    @property
    def games(self) -> tuple[str, ...]:
        """The games that the keys are of, in order; none where a key is of no game."""
        games = {key.partition("/")[0] for key in self.keys}
        return tuple(sorted(games)) if all(map(GAME_ID.fullmatch, games)) else ()

    def __str__(self) -> str:
        if self.game:
            whole = self.count == len(self.keys)
            part = "all" if whole else f"{len(self.keys)} or more of them"
            return f"{self.check}: {self.count}, {part} of game {self.game}"
        named = f" ({', '.join(self.keys[:5])})" if self.keys else ""
        return f"{self.check}: {self.count}{named}"
