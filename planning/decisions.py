"""What becomes of each needed cell: skipped by design, waiting, fresh, a gap, or to be computed.

Decided wave by wave from the calendar, the state of the table and the state of what it reads. Raw data that
a cell requires, and upstream cells inside its cut, must be complete before anything is computed on them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from planning.calendar import Calendar, GameDay
from planning.cells import EMPTY, CellState, Outcome
from planning.needs import cut_start
from processors.catalog import Catalog, Processor
from processors.contract import Read

States = Mapping[str, Mapping[date, CellState]]
"""Table -> date -> state, as read from the warehouse."""


@dataclass(frozen=True)
class Decision:
    """The needed cells of one table, sorted by what becomes of them.

    `settled`: cells with an outcome already (fresh ones are done); `compute`: cells to be computed;
    `clear`: cells that hold rows and should hold none; `reasons`: why a cell is waiting or a gap.
    """

    table: str
    settled: Mapping[date, Outcome]
    compute: tuple[date, ...]
    clear: tuple[date, ...]
    reasons: Mapping[date, str] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[Outcome]:
        """Settled cells per outcome."""
        return Counter(self.settled.values())


def by_design(
    processor: Processor, bootstrap_days: int, day: GameDay | None, expected: int
) -> Outcome | None:
    """The skip or wait that follows from the calendar and the raw data; None when the cell is to be done."""
    if day is None or not day.games:
        return Outcome.NO_GAMES
    wants = processor.contract.expected
    if wants.covered_only and not day.covered_games:
        return Outcome.NOT_COVERED
    if bootstrap_days and day.in_bootstrap(bootstrap_days):
        return Outcome.BOOTSTRAP
    unfinished = not day.all_final if wants.needs_own_games else day.unfinished_before
    if unfinished:
        return Outcome.NOT_FINAL
    if raw_gap(processor, day):
        return Outcome.UPSTREAM_MISSING
    return None if expected else Outcome.INSUFFICIENT_HISTORY


def raw_gap(processor: Processor, day: GameDay) -> str:
    """Which required box scores of the date's own games are not there, as a sentence; empty when all are."""
    if not processor.contract.expected.needs_own_games:
        return ""
    teams = day.games_without_team_box
    if teams:
        return f"team_box lacks {_named(teams)}; load its box score, then run the same command again"
    players = day.games_without_player_box if processor.contract.expected.covered_only else ()
    if players:
        return f"player_box has fewer than 5 active players on a side of {_named(players)}; load it again"
    return ""


def _named(games: Sequence[str]) -> str:
    more = f" and {len(games) - 3} more" if len(games) > 3 else ""
    return ", ".join(games[:3]) + more


@dataclass(frozen=True)
class Planner:
    """Decides cells from catalog, calendar and states; pure, made anew whenever a state changes."""

    catalog: Catalog
    calendar: Calendar
    states: States
    _incomplete: dict[str, list[date]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def decide(self, table: str, dates: Iterable[date], rerun: Collection[date] = ()) -> Decision:
        """What becomes of these cells of a table; `rerun` dates are computed although they are fresh."""
        settled: dict[date, Outcome] = {}
        reasons: dict[date, str] = {}
        compute, clear = [], []
        for day in sorted(dates):
            state = self.states[table].get(day, EMPTY)
            outcome, reason = self._without_looking_at_rows(table, day, state)
            if reason:
                reasons[day] = reason
            if outcome is None and state.holds_what_is_expected and day not in rerun:
                outcome = Outcome.DONE
            elif outcome is not None and state.present:
                clear.append(day)
            if outcome is None:
                compute.append(day)
            else:
                settled[day] = outcome
        return Decision(table, settled, tuple(compute), tuple(clear), reasons)

    def _without_looking_at_rows(self, table: str, day: date, state: CellState) -> tuple[Outcome | None, str]:
        """What calendar, raw data and upstream decide, with the reason; None for a cell to be done."""
        game_day = self.calendar.days.get(day)
        processor = self.catalog[table]
        outcome = by_design(processor, self.catalog.bootstrap_days(table), game_day, state.expected)
        if game_day is not None and outcome is Outcome.UPSTREAM_MISSING:
            return outcome, raw_gap(processor, game_day)
        if game_day is not None and outcome is None and (reason := self._missing_in_cut(table, game_day)):
            return Outcome.UPSTREAM_MISSING, reason
        return outcome, ""

    def incomplete(self, table: str) -> list[date]:
        """The game dates on which a table is neither what it should be nor skipped by design, in order."""
        if table not in self._incomplete:
            bootstrap, states = self.catalog.bootstrap_days(table), self.states[table]
            processor = self.catalog[table]
            self._incomplete[table] = [
                day
                for day, game_day in self.calendar.days.items()
                if not _is_complete(
                    by_design(processor, bootstrap, game_day, (s := states.get(day, EMPTY)).expected), s
                )
            ]
        return self._incomplete[table]

    def _missing_in_cut(self, table: str, day: GameDay) -> str:
        """The first upstream cells inside the date's cut that are not complete, as a sentence, or empty."""
        for _, read in self.catalog.upstream(table):
            if found := _inside(read, day, self.incomplete(read.table)):
                more = f" and {len(found) - 1} more dates" if len(found) > 1 else ""
                return (
                    f"{read.table} {found[0]}{more} not complete; "
                    f"fullcourt backfill --table {read.table} --start {found[0]} --end {found[-1]}"
                )
        return ""


def _is_complete(design: Outcome | None, state: CellState) -> bool:
    """Whether a table downstream may build on a cell: skipped by design, or exactly what is expected."""
    return design.is_complete if design else state.holds_what_is_expected


def _inside(read: Read, day: GameDay, dates: list[date]) -> list[date]:
    """Those of the ordered dates that the cut of a day contains."""
    end = day.game_date
    if read.rows == "same_day":
        at = bisect_left(dates, end)
        return dates[at : at + 1] if at < len(dates) and dates[at] == end else []
    return dates[bisect_left(dates, cut_start(read, day)) : bisect_left(dates, end)]
