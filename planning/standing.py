"""How a cell stands: its outcome or what makes it due, why, and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.remedy import Remedy
from planning.calendar import GameDay
from planning.cells import Outcome
from planning.decisions import Planner, raw_gap
from planning.freshness import inside
from planning.ledger import NOTHING, Content, Record, Records
from planning.reasons import (
    CalledOff,
    Cause,
    Damage,
    Detail,
    Fresh,
    GamesUnfinished,
    GapCause,
    InBootstrap,
    NoGames,
    NotCovered,
    Reason,
    SeasonUnfinished,
    Skip,
    TooEarly,
)
from planning.remedies import backfill_remedy
from planning.verify import differs, unobserved
from processors.contract import Expected


@dataclass(frozen=True)
class Unobserved:
    """Raw data changed since it was last observed: rows on record, rows held."""

    recorded: int
    held: int


@dataclass(frozen=True, slots=True)
class Root:
    """The cell upstream that others wait for: it is due for a reason, a gap for a cause, or to hold
    no rows (its outcome) and holds some."""

    table: str
    day: date
    because: Reason | GapCause | Outcome

    @property
    def heals(self) -> bool:
        """Whether a backfill completes it."""
        match self.because:
            case Reason():
                return True
            case Outcome() as outcome:
                return outcome.is_skip
            case _:
                return False


@dataclass(frozen=True)
class Standing:
    """A cell has an outcome, or a cause for which it is to be computed.

    `because`: what is behind that; None for raw data that is as it was observed. `held`: rows of
    raw data. `holds_rows`: whether it holds rows although it should not. `damage`: how the table
    differs from the ledger. `root`: the cell upstream for which this one waits. `repair`: the
    command after which the cell is as it should be; without one there is nothing to do, or
    `because` and `root` say what must be there first.
    """

    outcome: Outcome | None
    cause: Cause | None
    because: Detail | GapCause | Skip | Unobserved | None
    held: int = 0
    holds_rows: bool = False
    damage: Damage | None = None
    root: Root | None = None
    repair: Remedy | None = None


def standing(planner: Planner, table: str, day: date) -> Standing:
    """How a cell of a computed table stands."""
    decision, repair = planner.decide(table, [day]), backfill_remedy([table], [day])
    if reason := decision.compute.get(day):
        return Standing(None, reason.cause, reason.detail, repair=repair)
    outcome, freshness = decision.settled[day], planner.freshness
    damage = differs(freshness.record(table, day), freshness.content(table, day))
    if outcome is Outcome.UPSTREAM_MISSING:
        root = _root(planner, table, day)
        heals = root is not None and root.heals
        because = decision.reasons[day]
        return Standing(
            outcome,
            None,
            because,
            damage=damage,
            root=root,
            repair=repair if heals else None,
        )
    holds_rows = day in decision.clear
    return Standing(
        outcome,
        None,
        _skip(planner, table, day, outcome),
        holds_rows=holds_rows,
        damage=damage,
        repair=repair if holds_rows else None,
    )


def because_of(planner: Planner, table: str, day: date) -> Root | GapCause | Skip:
    """Why a cell is not to be computed, down to the raw data where an upstream gap begins."""
    found = planner.find(table, day)
    assert found.outcome is not None, (
        "a cell that is to be computed has a reason of its own"
    )
    if found.outcome is not Outcome.UPSTREAM_MISSING:
        return _skip(planner, table, day, found.outcome)
    game_day = planner.calendar.days[day]
    overdue = planner.calendar.overdue_games(game_day)
    lacking = raw_gap(planner.catalog[table], game_day, overdue)
    because = lacking or _root(planner, table, day) or found.gap
    assert because is not None, "a gap has a cause"
    return because


def _root(planner: Planner, table: str, day: date) -> Root | None:
    """The cell at the root of an upstream gap; None where no cell is: what lacks is raw data of the
    date itself."""
    for _, read in planner.catalog.upstream(table):
        waited_for = inside(
            read, planner.calendar.days[day], planner.incomplete(read.table)
        )
        if waited_for:
            return _root_at(planner, read.table, waited_for[0])
    return None


def _root_at(planner: Planner, table: str, day: date) -> Root:
    """The root of a gap that begins with this cell, or upstream of it."""
    found = planner.find(table, day)
    if found.reason is not None:
        return Root(table, day, found.reason)
    if found.outcome is not None and found.outcome is not Outcome.UPSTREAM_MISSING:
        return Root(table, day, found.outcome)
    assert found.gap is not None, "a cell that waits says for what"
    return _root(planner, table, day) or Root(table, day, found.gap)


def raw_standing(record: Record | None, held: Content) -> Standing:
    """How one date of a raw table stands: as it was observed, or not."""
    recorded = record.content if record else NOTHING
    records: Records = {None: record} if record else {}
    if unobserved(records, {None: held}):
        because = Unobserved(recorded.rows, held.rows)
        return Standing(
            None,
            None,
            because,
            held.rows,
            repair=Remedy("plan"),
        )
    return Standing(None, None, None, held.rows)


def _skip(planner: Planner, table: str, day: date, outcome: Outcome) -> Skip:
    """What an outcome follows from, or what it means that a cell is done."""
    game_day = planner.calendar.days.get(day)
    expected = planner.catalog[table].contract.expected
    if game_day is None or outcome in (Outcome.NO_GAMES, Outcome.CALLED_OFF):
        called_off = game_day.called_off_games if game_day else ()
        return CalledOff(called_off) if called_off else NoGames()
    match outcome:
        case Outcome.NOT_COVERED:
            return NotCovered(game_day.games)
        case Outcome.BOOTSTRAP:
            began = game_day.first_regular_date or game_day.season_start
            return InBootstrap(planner.catalog.bootstrap_days(table), began)
        case Outcome.NOT_FINAL:
            return _unfinished(expected, game_day)
        case Outcome.INSUFFICIENT_HISTORY:
            return TooEarly(expected.min_games or 0)
        case _:
            return Fresh()


def _unfinished(expected: Expected, day: GameDay) -> Skip:
    first_open = day.first_open_date
    if expected.needs_own_games or first_open is None:
        return GamesUnfinished(day.final_games, day.games)
    return SeasonUnfinished(first_open)
