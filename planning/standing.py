"""How a cell stands, in words for a person:
its outcome or what makes it due, why, and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planning.calendar import GameDay
from planning.cells import Outcome
from planning.decisions import Planner, raw_gap
from planning.freshness import Cause, inside
from planning.ledger import NOTHING, Content, Record, Records
from planning.verify import backfill_command, differs, unobserved
from processors.contract import Expected


@dataclass(frozen=True)
class Standing:
    """A cell has an outcome, or a cause for which it is to be computed.

    `damage`: how the table differs from the ledger. `root`: the cell upstream for which this one
    waits, and why that is not complete. `repair`: the command after which the cell is as it should
    be; without one there is nothing to do, or `because` and `root` say what must be there first.
    """

    outcome: Outcome | None
    cause: Cause | None
    because: str
    damage: str = ""
    root: str = ""
    repair: str | None = None


def standing(planner: Planner, table: str, day: date) -> Standing:
    """How a cell of a computed table stands."""
    decision, repair = planner.decide(table, [day]), backfill_command([table], [day])
    if reason := decision.compute.get(day):
        return Standing(None, reason.cause, reason.detail, repair=repair)
    outcome, freshness = decision.settled[day], planner.freshness
    damage = differs(freshness.record(table, day), freshness.content(table, day))
    because = decision.reasons.get(day) or _in_words(planner, table, day, outcome)
    if outcome is Outcome.UPSTREAM_MISSING:
        root, heals = _root(planner, table, day)
        return Standing(outcome, None, because, damage, root, repair if heals else None)
    if day in decision.clear:
        because += "; it holds rows all the same, by its table or by the ledger"
    return Standing(
        outcome, None, because, damage, repair=repair if day in decision.clear else None
    )


def because_of(planner: Planner, table: str, day: date) -> str:
    """Why a cell is not to be computed, down to the raw data where an upstream gap begins."""
    found = planner.find(table, day)
    assert found.outcome is not None, "a cell that is to be computed has a reason of its own"
    if found.outcome is not Outcome.UPSTREAM_MISSING:
        return _in_words(planner, table, day, found.outcome)
    game_day = planner.calendar.days[day]
    if gap := raw_gap(planner.catalog[table], game_day, planner.calendar.overdue_games(game_day)):
        return gap
    root, _heals = _root(planner, table, day)
    return root or found.gap


def _root(planner: Planner, table: str, day: date) -> tuple[str, bool]:
    """The cell at the root of an upstream gap and why it is not complete;
    whether a backfill heals it.

    Empty where no cell is: what lacks is raw data of the date itself.
    """
    for _, read in planner.catalog.upstream(table):
        for first in inside(read, planner.calendar.days[day], planner.incomplete(read.table))[:1]:
            found, cell = planner.find(read.table, first), f"{read.table} {first}"
            if found.outcome is None:
                return f"{cell} is due, {found.reason}", True
            if found.outcome is not Outcome.UPSTREAM_MISSING:
                is_stray = found.outcome.is_skip
                return (
                    f"{cell} is {found.outcome}{', and holds rows' if is_stray else ''}",
                    is_stray,
                )
            root, heals = _root(planner, read.table, first)
            return root or f"{cell}: {found.gap}", heals
    return "", False


def raw_standing(record: Record | None, held: Content) -> Standing:
    """How one date of a raw table stands: as it was observed, or not."""
    recorded = record.content if record else NOTHING
    records: Records = {None: record} if record else {}
    if unobserved(records, {None: held}):
        because = (
            f"raw data changed since it was last observed: {recorded.rows} rows then, "
            f"{held.rows} now"
        )
        return Standing(None, None, because, repair="fullcourt plan")
    return Standing(None, None, "as last observed" if held.rows else "no rows, as last observed")


def _in_words(planner: Planner, table: str, day: date, outcome: Outcome) -> str:
    """Why an outcome follows from the calendar, or what it means that a cell is done."""
    game_day, expected = planner.calendar.days.get(day), planner.catalog[table].contract.expected
    if game_day is None or outcome in (Outcome.NO_GAMES, Outcome.CALLED_OFF):
        return _without_games(game_day)
    began = game_day.first_regular_date or game_day.season_start
    return {
        Outcome.DONE: "fresh; its code and inputs are those it was computed from, the table "
        "holds its rows",
        Outcome.NOT_COVERED: f"player data covers none of the date's {game_day.games} games",
        Outcome.BOOTSTRAP: f"one of the first {planner.catalog.bootstrap_days(table)} days since "
        f"the regular season began on {began}",
        Outcome.NOT_FINAL: _unfinished(expected, game_day),
        Outcome.INSUFFICIENT_HISTORY: _too_early(expected),
    }[outcome]


def _without_games(day: GameDay | None) -> str:
    if day and day.called_off_games:
        games = ", ".join(day.called_off_games)
        return f"no cell: all of the date's games are called off ({games})"
    return "no cell: the schedule has no eligible game on this date"


def _unfinished(expected: Expected, day: GameDay) -> str:
    if expected.needs_own_games:
        return f"{day.final_games} of the date's {day.games} games are final"
    return f"the season's game of {day.first_open_date} is neither final nor called off"


def _too_early(expected: Expected) -> str:
    if expected.min_games:
        return f"no row is due: it takes {expected.min_games} games of the season before the date"
    return "no row is due: nobody has played in the season before the date"
