"""Rows that a run takes away: found before they go,
with their cause, and counted against their table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.errors import RemovalStopped
from planning.calendar import GameDay
from planning.cells import CellState, Outcome
from planning.reasons import NoGames
from planning.removals import (
    Removal,
    Shrunk,
    Unexpected,
    above,
    not_agreed,
    removals,
)
from planning.waived import WaivedGame
from reports.reasons import tell_removal, tell_removal_cause
from runs.removals import require_removals
from tests.planning.small_calendar import START, game_day, planner
from tests.planning.small_warehouse import OTHER, SmallWarehouse

TEAM, FEATURES = "team_offense_game_summary", "ml_feature_store"
D1, D2, D3 = (START + timedelta(days=days) for days in (20, 22, 24))


def lost(table: str, *days: GameDay, state: CellState | None = None) -> list[Removal]:
    known = planner(days, {(table, D2): state} if state else {})
    return removals(known, known.decide(table, known.calendar.days))


def test_a_cell_that_is_to_hold_nothing_loses_its_rows() -> None:
    off = game_day(D2, games=0, final_games=0, called_off_games=("0022400131",))
    (removal,) = lost(TEAM, game_day(D1), off)
    assert (removal.table, removal.rows, removal.held, removal.cells) == (TEAM, 2, 4, 1)
    assert (removal.first, removal.last) == (D2, D2)
    assert (
        tell_removal_cause(removal)
        == "called_off: no cell: all of the date's games are called off (0022400131)"
    )


def test_rows_that_go_with_two_games_name_each_with_its_date() -> None:
    """Both dates named the first game alone, and nobody looked for the second."""
    off = [
        game_day(day, games=0, final_games=0, called_off_games=(game,))
        for day, game in ((D1, "0022400131"), (D2, "0022400132"))
    ]
    (removal,) = lost(TEAM, *off)
    assert tell_removal_cause(removal).endswith(
        f"called off (0022400131 of {D1}, 0022400132 of {D2})"
    )


def test_recomputed_dates_name_their_called_off_games_and_the_others_do_not() -> None:
    days = [
        game_day(D1, games=1, final_games=1, called_off_games=("0022400131",)),
        game_day(D2, games=1, final_games=1, called_off_games=("0022400132",)),
        game_day(D3),
    ]
    known = planner(
        days, {(TEAM, day.game_date): CellState(2, 3, 0, 1) for day in days}
    )
    found = removals(known, known.decide(TEAM, known.calendar.days))
    off = f"called off: 0022400131 of {D1}, 0022400132 of {D2}"
    assert [(r.last, tell_removal_cause(r)[: len(off)]) for r in found][0] == (D2, off)
    assert tell_removal_cause(found[1]).startswith("no longer expected: missing")


def test_rows_that_an_overdue_game_takes_away_name_it() -> None:
    held = game_day(
        D1, final_games=1, open_games=("0022400117",), overdue_games=("0022400117",)
    )
    overdue = {"first_open_date": D1, "first_overdue_date": D1}
    found = lost(FEATURES, held, game_day(D2, **overdue))
    assert [(removal.first, removal.rows) for removal in found] == [(D2, 2)]
    assert tell_removal_cause(found[0]).startswith(
        f"game 0022400117 of {D1} is neither final nor called off"
    )


def test_a_cell_that_is_computed_again_loses_the_keys_that_nobody_expects() -> None:
    (removal,) = lost(TEAM, game_day(D1), game_day(D2), state=CellState(2, 3, 0, 1))
    assert (removal.rows, removal.held) == (1, 5)
    assert tell_removal_cause(removal).startswith("no longer expected: missing")


PLAYERS, GAME, REASON = "player_game_summary", "0022400132", "never published by them"


def waived_after_its_backfill() -> tuple[SmallWarehouse, WaivedGame]:
    """A warehouse of which a game of the second date was waived when all was computed."""
    known = SmallWarehouse(tuple(map(game_day, (D1, D2, D3))))
    game = WaivedGame(GAME, D2, REASON, known.clock + timedelta(seconds=1))
    known.clock += timedelta(seconds=2)
    known.write("schedule", D2, OTHER)
    for table, day in ((PLAYERS, D2), (FEATURES, D3)):
        known.states[table, day] = CellState(2, 3, 0, 1)
    return known, game


def lost_with(known: SmallWarehouse, table: str, game: WaivedGame) -> list[Removal]:
    return removals(known.planner(), known.decided(table), lambda: (game,))


def compute_all_before(known: SmallWarehouse, last: str) -> None:
    tables = known.catalog.ordered()
    for table in tables[: tables.index(last)]:
        due = known.decided(table).compute
        known.compute(table, *due, content=OTHER)
        for day in due:
            known.states.pop((table, day), None)


def test_rows_that_go_with_a_waived_game_name_it_and_the_reason_given() -> None:
    """`stale: schedule of that day; player_box of that day` named neither game nor waiver."""
    known, game = waived_after_its_backfill()
    compute_all_before(known, PLAYERS)
    (removal,) = lost_with(known, PLAYERS, game)
    assert tell_removal_cause(removal) == f"{GAME} is waived: {REASON}"
    compute_all_before(known, FEATURES)
    (later,) = lost_with(known, FEATURES, game)
    assert tell_removal_cause(later) == f"{GAME} of {D2} is waived: {REASON}"


def test_rows_that_go_with_other_news_than_a_waiver_are_not_put_down_to_it() -> None:
    known, game = waived_after_its_backfill()
    known.write("player_box", D1, OTHER)
    compute_all_before(known, FEATURES)
    (removal,) = lost_with(known, FEATURES, game)
    assert (type(removal.because), removal.waived) == (Unexpected, ())
    known, game = waived_after_its_backfill()
    old = replace(game, waived_at=known.clock - timedelta(days=1))
    compute_all_before(known, PLAYERS)
    assert [removal.waived for removal in lost_with(known, PLAYERS, old)] == [()]


@pytest.mark.parametrize(("after", "is_agreed"), [(99, True), (98, False)])
def test_a_waiver_agrees_to_the_rows_of_its_game_and_to_no_more(
    after: int, is_agreed: bool
) -> None:
    _, game = waived_after_its_backfill()
    found = [replace(removal(1, 100), waived=(game,)), removal(1, 100)]
    shrunk = [Shrunk(TEAM, 100, after)]
    assert not_agreed(shrunk, found) == ([] if is_agreed else shrunk)


def test_a_whole_warehouse_loses_nothing() -> None:
    assert lost(TEAM, game_day(D1), game_day(D2)) == []


def removal(rows: int, held: int, table: str = TEAM) -> Removal:
    day = date(2024, 11, 1)
    return Removal(table, rows, held, 1, day, day, Outcome.NO_GAMES, NoGames())


def test_the_share_is_of_a_table_and_its_causes_add_up() -> None:
    assert above([removal(1, 100)], 1) == []
    assert above([removal(2, 100)], 1) == [removal(2, 100)]
    both = [removal(1, 100), removal(1, 100)]
    assert above([*both, removal(1, 100, FEATURES)], 1) == both


def test_a_run_that_stops_says_of_no_other_row_that_it_is_there() -> None:
    """The rows of dates that went into quarantine before were gone, and it said that none was."""
    with pytest.raises(RemovalStopped, match="None of these rows is removed yet"):
        require_removals([removal(2, 100)], "")


def test_a_removal_is_said_with_numbers_dates_and_cause() -> None:
    assert tell_removal(removal(4804, 4804)) == (
        f"4,804 of 4,804 rows of {TEAM} (2024-11-01): no_games: no cell: the schedule has no "
        "eligible game on this date"
    )
