"""Why a cell stands as it does: facts as values, worded in reports/reasons.py. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from planning.cells import CellState, Outcome


class Cause(StrEnum):
    """Why a cell is to be computed; exactly one of these."""

    MISSING = "missing"
    STALE = "stale"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    DAMAGED = "damaged"
    RERUN = "rerun"


@dataclass(frozen=True, slots=True)
class Span:
    """Dates as their first, their last and their number."""

    first: date
    last: date
    dates: int

    @classmethod
    def of(cls, dates: Sequence[date]) -> Span:
        """The span of ordered dates, one or more."""
        return cls(dates[0], dates[-1], len(dates))


# What a cell is a gap for.


@dataclass(frozen=True, slots=True)
class OverdueGames:
    """Games of a date are still open although later games are final."""

    day: date
    games: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithoutTeamBox:
    """Final games of the date have no team box score, or that of one team alone (`halves`)."""

    games: tuple[str, ...]
    halves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WithoutPlayerBox:
    """Final games of the date lack players' box scores on a side."""

    games: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """Dates of a table that the cell reads are not complete."""

    table: str
    span: Span


@dataclass(frozen=True, slots=True)
class HoldsRows:
    """The cell is to hold no rows, and holds some."""

    outcome: Outcome


GapCause = OverdueGames | WithoutTeamBox | WithoutPlayerBox | WaitsFor | HoldsRows


# What a cell is to be computed for.


@dataclass(frozen=True, slots=True)
class NeverComputed:
    """The ledger has never heard of the cell."""


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A person wants it computed although it is fresh."""


@dataclass(frozen=True, slots=True)
class KeysDiffer:
    """The cell does not hold the keys that are expected of it."""

    state: CellState


@dataclass(frozen=True, slots=True)
class KeysChanged:
    """Other keys are expected of the cell than when it was computed."""

    state: CellState


@dataclass(frozen=True, slots=True)
class EndedAs:
    """The cell ended in another way than done, and can be computed now."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The last attempt failed or was quarantined: the error's class (of a failure alone), and what
    it said, as the ledger keeps it.

    `checks`: of a quarantine, the names of the checks that broke, in one text.
    """

    error_class: str | None
    message: str
    attempt: int
    checks: str = ""


@dataclass(frozen=True, slots=True)
class CodeChanged:
    """The table's code is not that which the cell was computed with."""

    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangedInput:
    """An input that changed: the table on these dates (None: that of the cell alone), or the name
    of one without dates."""

    name: str
    span: Span | None = None
    is_dated: bool = True


@dataclass(frozen=True, slots=True)
class InputsChanged:
    """Inputs of the cell changed; none named where only the reach of its cuts moved."""

    inputs: tuple[ChangedInput, ...]


@dataclass(frozen=True, slots=True)
class Damage:
    """A table does not hold what the ledger says of a cell: rows on record, rows held.

    `outcome`: how the cell ended by the ledger; None where the ledger knows nothing of it.
    """

    recorded: int
    held: int
    outcome: Outcome | None = Outcome.DONE


Detail = (
    NeverComputed
    | AskedAgain
    | KeysDiffer
    | KeysChanged
    | EndedAs
    | AttemptEnded
    | CodeChanged
    | InputsChanged
    | Damage
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell is to be computed, with what is behind it."""

    cause: Cause
    detail: Detail


# What a cell is skipped or waits for, and what it means that it is done.


@dataclass(frozen=True, slots=True)
class Fresh:
    """Code and inputs are those that the cell was computed from, and its rows are there."""


@dataclass(frozen=True, slots=True)
class NoGames:
    """The schedule has no eligible game on the date."""


@dataclass(frozen=True, slots=True)
class CalledOff:
    """The date's games, or some of them, are called off."""

    games: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Player data covers none of the date's games."""

    games: int


@dataclass(frozen=True, slots=True)
class InBootstrap:
    """The date is one of a season's first days."""

    days: int
    began: date


@dataclass(frozen=True, slots=True)
class GamesUnfinished:
    """Not all of the date's games are final; the ids of those that are open."""

    final: int
    games: int
    still_open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeasonUnfinished:
    """An earlier game of the season is open."""

    since: date


@dataclass(frozen=True, slots=True)
class TooEarly:
    """No row is due for want of history: games that it takes, 0 where any will do."""

    min_games: int


Skip = (
    Fresh
    | NoGames
    | CalledOff
    | NotCovered
    | InBootstrap
    | GamesUnfinished
    | SeasonUnfinished
    | TooEarly
)


def kind(fact: Reason | GapCause | Skip | None) -> Hashable:
    """What cells with one cause have in common: the fact without its dates, games and numbers."""
    match fact:
        case Reason(cause=cause, detail=detail):
            return cause, _kind_of_detail(detail)
        case WaitsFor(table=table):
            return WaitsFor, table
        case HoldsRows():
            return fact
        case _:
            return type(fact).__name__


def _kind_of_detail(detail: Detail) -> Hashable:
    match detail:
        case AttemptEnded(error_class=error_class, checks=checks):
            return error_class, checks
        case InputsChanged(inputs=inputs):
            return tuple((changed.name, changed.span is None) for changed in inputs)
        case KeysDiffer(state=state) | KeysChanged(state=state):
            return type(detail).__name__, state.duplicates > 0
        case Damage(recorded=recorded, held=held):
            return Damage, recorded == held
        case EndedAs():
            return detail
        case _:
            return type(detail).__name__
