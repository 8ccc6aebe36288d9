"""Gaps are grouped by what is behind them: sixty cells with one cause are one line, not sixty."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from planning.cells import CellState, Outcome
from planning.coverage import Coverage, coverage
from planning.gaps import games_without, gaps_of
from planning.reasons import (
    AttemptEnded,
    Cause,
    ChangedInput,
    CodeChanged,
    EndedAs,
    GapCause,
    HoldsRows,
    InputsChanged,
    KeysDiffer,
    NeverComputed,
    OverdueGames,
    Reason,
    Span,
    WaitsFor,
    WithoutTeamBox,
    kind,
)
from planning.scope import Scope
from planning.selection import Selection
from reports.reasons import tell_cause
from reports.status import gap_json
from tests.planning.small_calendar import LACKS, START, game_day, planner

TEAM, CONTEXT, PLAYER = (
    "team_offense_game_summary",
    "upcoming_team_game_context",
    "player_game_summary",
)
DAYS = [START + timedelta(days=n) for n in range(62)]


NEVER = Reason(Cause.MISSING, NeverComputed())


def part(
    reasons: dict[date, Reason | GapCause],
    stands: str = "upstream_missing",
    season: int = 2024,
) -> Coverage:
    told = {str(day): reason for day, reason in reasons.items()}
    gaps = len(reasons)
    return Coverage(
        TEAM, "team", season, 0, 0, gaps, {}, told, dict.fromkeys(told, stands)
    )


def waiting(day: date) -> WaitsFor:
    return WaitsFor("a", Span(START, day, (day - START).days))


def test_sixty_cells_with_one_cause_are_one_gap_with_its_range_of_dates() -> None:
    days = DAYS[1:61]
    (gap,) = gaps_of([part({day: waiting(day) for day in days})])
    assert (gap.cells, gap.first, gap.last) == (60, days[0], days[-1])
    assert (gap.stands, tell_cause(gap.cause)) == (
        "upstream_missing",
        f"a {START} not complete",
    )


def test_the_command_of_a_gap_reaches_as_far_as_its_last_cell_needs() -> None:
    (gap,) = gaps_of([part({day: waiting(day) for day in DAYS[1:61]})])
    command = f"fullcourt backfill --table a --start {START} --end {DAYS[60]}"
    assert gap_json(gap)["command"] == command


def test_the_cells_of_a_real_planner_behind_one_hole_are_one_gap() -> None:
    found = planner([game_day(day) for day in DAYS], {(TEAM, DAYS[0]): LACKS})
    (hole,) = gaps_of(coverage(found, TEAM, DAYS))
    (behind,) = gaps_of(coverage(found, CONTEXT, DAYS))
    assert (hole.stands, hole.cells, hole.waits_for) == ("missing", 1, None)
    assert (behind.stands, behind.cells) == ("upstream_missing", 61)


def test_causes_seasons_and_ways_to_stand_are_kept_apart() -> None:
    first, second = DAYS[:2]
    keys = Reason(Cause.MISSING, KeysDiffer(CellState(2, 1, 1)))
    mixed = part({first: NEVER, second: keys}, "missing")
    other_season = part({first: NEVER}, "missing", season=2023)
    stale = part({first: NEVER}, "stale")
    assert len(gaps_of([mixed, other_season, stale])) == 4


def test_a_cause_does_not_repeat_how_the_cells_stand() -> None:
    (gap,) = gaps_of([part({DAYS[0]: NEVER}, "missing")])
    assert tell_cause(gap.cause) == "never computed"


def stale(*inputs: ChangedInput) -> Reason:
    return Reason(Cause.STALE, InputsChanged(inputs))


def quarantined(check: str, message: str, attempt: int = 1) -> Reason:
    ended = AttemptEnded(None, f"{check}: {message}", attempt, check)
    return Reason(Cause.QUARANTINED, ended)


def failed(error_class: str, message: str) -> Reason:
    return Reason(Cause.FAILED, AttemptEnded(error_class, message, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WithoutTeamBox(("0022300001",)), WithoutTeamBox(("0022300002", "0022300003"))),
        (
            stale(ChangedInput("shots", Span(DAYS[0], DAYS[0], 1))),
            stale(ChangedInput("shots", Span(DAYS[4], DAYS[30], 12))),
        ),
        (
            Reason(Cause.STALE, CodeChanged("1ebc26d828cfcfa0", "681ae330b19558a3")),
            Reason(Cause.STALE, CodeChanged("f01", "0aa")),
        ),
        (
            quarantined("missing_keys", "3 (0022300012|ASH)"),
            quarantined("missing_keys", "1", 2),
        ),
        (
            failed("OutOfRange", "2023-11-21: 12 is too much"),
            failed("OutOfRange", "2023-11-22: 13 is too much"),
        ),
        (
            WaitsFor("a", Span(DAYS[0], DAYS[0], 1)),
            WaitsFor("a", Span(DAYS[0], DAYS[9], 7)),
        ),
        (OverdueGames(DAYS[0], ("0022300001",)), OverdueGames(DAYS[1], ("1", "2"))),
        (
            Reason(Cause.MISSING, KeysDiffer(CellState(2, 1, 1))),
            Reason(Cause.MISSING, KeysDiffer(CellState(16, 2, 14))),
        ),
    ],
)
def test_reasons_that_differ_in_dates_games_keys_and_numbers_are_of_one_kind(
    one: Reason | GapCause, other: Reason | GapCause
) -> None:
    assert kind(one) == kind(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            stale(ChangedInput("shots", Span(DAYS[0], DAYS[0], 1))),
            stale(ChangedInput("team_box", Span(DAYS[0], DAYS[0], 1))),
        ),
        (quarantined("missing_keys", "3"), quarantined("duplicate_keys", "3")),
        (failed("OutOfRange", "12"), failed("DivisionByZero", "12")),
        (
            WaitsFor("a", Span(DAYS[0], DAYS[0], 1)),
            WaitsFor("b", Span(DAYS[0], DAYS[0], 1)),
        ),
        (HoldsRows(Outcome.NO_GAMES), HoldsRows(Outcome.CALLED_OFF)),
        (NEVER, Reason(Cause.MISSING, EndedAs(Outcome.NO_GAMES))),
        (NEVER, Reason(Cause.STALE, NeverComputed())),
    ],
)
def test_reasons_that_name_other_tables_or_checks_are_not(
    one: Reason | GapCause, other: Reason | GapCause
) -> None:
    assert kind(one) != kind(other)


def test_games_without_raw_data_are_those_that_needed_cells_wait_for() -> None:
    """A phase that reads no player box waits for none:
    naming its games would send a person searching."""
    lacking: dict[str, Any] = {
        "games_without_player_box": ("0022400001",),
        "games_without_team_box": ("0022400002",),
    }
    found = planner([game_day(DAYS[0], **lacking), game_day(DAYS[1])])
    team, both = Selection(phases=("team",)), Selection(tables=(PLAYER,))
    assert games_without(found, Scope(found, team).needs) == {
        "team_box": ("0022400002",)
    }
    assert games_without(found, Scope(found, both).needs) == {
        "team_box": ("0022400002",),
        "player_box": ("0022400001",),
    }
    assert (
        games_without(found, Scope(found, Selection(dates=(DAYS[1],), only=True)).needs)
        == {}
    )
    assert (
        games_without(
            found, Scope(found, Selection(tables=(CONTEXT,), only=True)).needs
        )
        == {}
    )
