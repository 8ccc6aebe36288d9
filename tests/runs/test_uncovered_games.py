"""Games that no raw table was loaded for leave no gap:
their dates are skipped, and that is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from planning.calendar import Calendar
from planning.coverage import Coverage
from planning.scope import Scope
from planning.selection import Selection
from planning.uncovered import Uncovered, dates_to_cover, uncovered
from reports.notices import Notices, notice_sections, tell_uncovered
from reports.sections import Section
from reports.status import tell_done
from reports.todo import Standing, todos
from runs.ingest import lacking_days
from runs.notices import gather_notices
from runs.survey import scope_of
from tests.loop import open_warehouse
from tests.planning.small_calendar import START, game_day, planner
from tests.raw_rows import Row, game, raw_load
from tests.validation.small_case import TABLE, case, rate
from validation.verdict import judge

EARLIER = date(2023, 10, 24)
BOXES = Uncovered("player_box", 41, (2024,))
SHOTS = Uncovered("shots", 7, (2024,))
SENTENCE = (
    "player_box has no rows of 41 final games of season 2024-25; load them: "
    "fullcourt ingest nba-stats DIR"
)
NO_BOX: dict[str, Any] = {"covers_player_box": False}
NOTHING: dict[str, Any] = {"covers_player_box": False, "covers_shots": False}


def told(schedule: Sequence[Row], *waived: str) -> list[tuple[str, int]]:
    """What a status on this schedule tells: raw table and games."""
    warehouse = open_warehouse(raw_load({"schedule": schedule}))
    for game_id in waived:
        warehouse.waive(game_id, "player_box", "the league never published it")
    notices = gather_notices(warehouse, scope_of(warehouse, Selection()))
    return [(each.raw_table, each.games) for each in notices.uncovered]


def test_a_season_without_box_scores_of_players_is_told_in_one_line() -> None:
    """Six of ten tables were skipped on every date, every gate said GO, and nobody was told."""
    assert tell_uncovered(BOXES) == SENTENCE
    (section,) = notice_sections(Notices(uncovered=(BOXES,)))
    assert section == Section("Games without rows of a raw table", (SENTENCE,))
    one = Uncovered("shots", 1, (2023, 2024))
    assert tell_uncovered(one).startswith(
        "shots has no rows of 1 final game of seasons 2023-24 and 2024-25; load it: "
    )


def test_a_status_and_a_report_do_not_call_all_of_it_done_or_there() -> None:
    whole = [Coverage(TABLE, "player", 2024, done=60, rows=60, gaps=0)]
    verdicts = {"player": judge(case(rate(100)))}
    assert tell_done(whole, verdicts, [], [BOXES, SHOTS]) == (
        "done: 60 of 60 cells; every gate is open; "
        "41 final games without player_box, 7 without shots"
    )
    (last,) = todos(Standing(Selection(), verdicts=verdicts, has_uncovered=True))
    (step,) = last.steps
    assert step.why.startswith("all is there but for games that a raw table has no")


def test_games_that_are_a_gap_are_counted_beside_those_that_no_cell_is_due_for() -> (
    None
):
    """After `ingest remove GAME --table player_box` it was as many games as before."""
    lacking = game_day(START, games_without_player_box=("0022400061",))
    calendar = Calendar.of([game_day(EARLIER, EARLIER), lacking])
    by_date = {EARLIER: 41}
    (found,) = uncovered({"player_box": by_date}, calendar, calendar.days)
    assert found == Uncovered("player_box", 41, (2023,), gaps=1)
    assert tell_uncovered(found).startswith(
        "player_box has no rows of 41 final games of season 2023-24, and lacks 1 more, which is a "
        "gap; load them: "
    )
    assert tell_done([], {}, [], [found, SHOTS]).endswith(
        "42 final games without player_box (1 of them a gap), 7 without shots"
    )


def test_games_are_counted_by_raw_table_over_the_seasons_of_the_dates() -> None:
    calendar = Calendar.of([game_day(EARLIER, EARLIER), game_day(START)])
    games = {"player_box": {EARLIER: 2, START: 3}, "shots": {EARLIER: 1}}
    assert list(uncovered(games, calendar, calendar.days)) == [
        Uncovered("player_box", 5, (2023, 2024)),
        Uncovered("shots", 1, (2023,)),
    ]
    assert list(uncovered(games, calendar, [START])) == [
        Uncovered("player_box", 3, (2024,))
    ]


def test_tables_of_teams_miss_no_box_score_of_players() -> None:
    """A status of team tables alone is done, whatever players lack."""
    days = planner([game_day(START)])
    assert dates_to_cover(Scope(days, Selection(phases=("team",)))) == set()
    assert dates_to_cover(Scope(days, Selection(phases=("player",)))) == {START}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        (NO_BOX, [("player_box", 1)]),
        (NOTHING, [("player_box", 1), ("shots", 1)]),
        ({"covers_shots": False}, []),  # the gate names it
        (NOTHING | {"status": "scheduled"}, []),
        (NOTHING | {"status": "postponed"}, []),
    ],
)
def test_final_games_count_that_a_raw_table_does_not_cover(
    changes: dict[str, Any], found: list[tuple[str, int]]
) -> None:
    covered = game("0022400061", START)
    assert told([covered, game("0022400062", START, **changes)]) == found


def test_neither_a_waived_game_nor_one_that_does_not_count_is_told() -> None:
    waived, preseason = game("0022400061", START), game("0012400001", START, **NOTHING)
    assert told([waived, preseason], "0022400061") == []


def test_an_ingest_tells_it_of_the_seasons_that_it_loads() -> None:
    schedule = [game("0022300061", EARLIER, **NO_BOX), game("0022400061", START)]
    load = raw_load({"schedule": schedule})
    (warning,) = [
        line for line in lacking_days(open_warehouse(load), load) if "rows" in line
    ]
    assert warning.startswith("player_box has no rows of 1 final game of season 2023")
    later = raw_load({"schedule": schedule[1:]})
    lines = lacking_days(open_warehouse(load), later)
    assert not any("rows" in line for line in lines)
