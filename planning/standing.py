"""How a cell stands: its outcome or what makes it due, why, and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.remedy import Remedy
from planning.calendar import GameDay
from planning.cells import Outcome
from planning.decisions import Planner, raw_gap
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
    SeasonUnfinished,
    Skip,
    TooEarly,
)
from planning.remedies import backfill_remedy
from planning.roots import Root, Roots
from planning.verify import differs, unobserved
from processors.contract import Expected


@dataclass(frozen=True)
class Unobserved:
    """Raw data changed since it was last observed: rows on record, rows held."""

    recorded: int
    held: int


@dataclass(frozen=True)
class Standing:
    """A cell has an outcome, or a cause for which it is to be computed.

    `because`: what is behind that; None for raw data that is as it was observed. `held`: rows of
    raw data. `holds_rows`: whether it holds rows although it should not. `damage`: how the table
    differs from the ledger. `root`: the cell upstream for which this one waits. `repair`: the
    command after which the cell is as it should be; without one there is nothing to do, or
    `because` and `root` say what must be there first. `breaks_again`: it is in quarantine, or waits
    for a cell that is, and nothing that this was computed from is another now: what broke has to be
    mended before the repair.
    """

    outcome: Outcome | None
    cause: Cause | None
    because: Detail | GapCause | Skip | Unobserved | None
    held: int = 0
    holds_rows: bool = False
    damage: Damage | None = None
    root: Root | None = None
    repair: Remedy | None = None
    breaks_again: bool = False


def standing(planner: Planner, table: str, day: date) -> Standing:
    """How a cell of a computed table stands."""
    decision, repair = planner.decide(table, [day]), backfill_remedy([table], [day])
    if reason := decision.compute.get(day):
        breaks_again = _breaks_again(planner, table, day)
        return Standing(
            None, reason.cause, reason.detail, repair=repair, breaks_again=breaks_again
        )
    outcome, freshness = decision.settled[day], planner.freshness
    damage = differs(freshness.record(table, day), freshness.content(table, day))
    if outcome is Outcome.UPSTREAM_MISSING:
        root = Roots(planner).find(table, day)
        heals = root is not None and root.heals
        because = decision.reasons[day]
        return Standing(
            outcome,
            None,
            because,
            damage=damage,
            root=root,
            repair=repair if heals else None,
            breaks_again=root is not None
            and _breaks_again(planner, root.table, root.day),
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


def _breaks_again(planner: Planner, table: str, day: date) -> bool:
    """Whether a cell is in quarantine and computing it would break the same again."""
    game_day = planner.calendar.days.get(day)
    return game_day is not None and planner.freshness.breaks_again(table, game_day)


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
    because = lacking or Roots(planner).find(table, day) or found.gap
    assert because is not None, "a gap has a cause"
    return because


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
        return GamesUnfinished(day.final_games, day.games, day.open_games)
    return SeasonUnfinished(first_open)
