"""Coverage counts cells of what is to be done:
skips and waits leave the denominator, gaps do not."""

from __future__ import annotations

from datetime import date, timedelta

from planning.cells import CellState
from planning.coverage import Coverage, coverage, total
from planning.reasons import Span, WaitsFor
from reports.status import coverage_json
from tests.planning.small_calendar import LACKS, START, Cells, game_day, planner

TEAM, ZONES, CONTEXT = (
    "team_offense_game_summary",
    "team_defense_zone_analysis",
    "upcoming_team_game_context",
)
EARLY = [START + timedelta(days=n) for n in (0, 13)]
LATE = [START + timedelta(days=n) for n in (14, 16, 18, 20)]


def covered(table: str, states: Cells) -> Coverage:
    found = planner([game_day(d) for d in (*EARLY, *LATE)], states)
    (part,) = coverage(found, table, [*EARLY, *LATE])
    return part


def test_f48_skips_by_design_leave_the_denominator() -> None:
    part = covered(ZONES, {(ZONES, LATE[0]): CellState()})
    assert part.outcomes == {"bootstrap": 2, "insufficient_history": 1}
    assert (part.done, part.gaps, part.processable, part.percent) == (3, 0, 3, 100.0)
    assert part.rows == 2 * len([*EARLY, *LATE]) - 2


def test_f21_a_cell_that_lacks_keys_is_a_gap_and_says_how_many() -> None:
    part = covered(
        TEAM,
        {(TEAM, LATE[0]): CellState(16, 2, 14), (TEAM, LATE[1]): CellState(2, 0, 2)},
    )
    assert (part.done, part.gaps, part.processable) == (4, 2, 6)
    assert part.percent == 100 * 4 / 6
    assert part.outcomes == {"missing": 2}
    assert coverage_json(part)["reasons"] == {
        str(LATE[0]): "missing: 14 of 16 expected keys missing, 0 unexpected",
        str(LATE[1]): "missing: 2 of 2 expected keys missing, 0 unexpected",
    }


def test_a_gap_for_want_of_upstream_says_what_is_missing() -> None:
    part = covered(CONTEXT, {(TEAM, LATE[2]): LACKS})
    assert part.outcomes == {"upstream_missing": 1}
    assert (part.done, part.gaps) == (5, 1)
    assert part.reasons[str(LATE[3])] == WaitsFor(TEAM, Span(LATE[2], LATE[2], 1))
    assert coverage_json(part)["reasons"][str(LATE[3])].startswith(
        f"{TEAM} {LATE[2]} not complete; fullcourt backfill"
    )


def test_waiting_cells_are_no_gaps_and_are_to_be_done_where_games_were_played() -> None:
    days = [game_day(LATE[0]), game_day(LATE[1], final_games=1)]
    (part,) = coverage(planner(days), TEAM, LATE[:2])
    assert (part.outcomes, part.done, part.gaps) == ({"not_final": 1}, 1, 0)
    assert (part.processable, part.percent) == (2, 50)
    (part,) = coverage(
        planner([days[0], game_day(LATE[1], final_games=0)]), TEAM, LATE[:2]
    )
    assert (part.outcomes, part.processable) == ({"not_final": 1}, 1)


def test_seasons_are_counted_apart_and_dates_off_the_schedule_not_at_all() -> None:
    before = date(2024, 3, 1)
    days = [game_day(before, date(2023, 10, 24)), game_day(LATE[0])]
    parts = coverage(planner(days), TEAM, [LATE[0], before, date(2024, 8, 1)])
    assert [(p.season, p.done, p.phase) for p in parts] == [
        (2023, 1, "team"),
        (2024, 1, "team"),
    ]


def test_nothing_to_be_done_has_no_percentage() -> None:
    (part,) = coverage(planner([game_day(START)]), ZONES, [START])
    assert (part.processable, part.percent) == (0, None)
    assert coverage_json(part)["percent"] is None


def test_a_total_adds_cells_done_cells_to_be_done_and_rows() -> None:
    parts = [
        Coverage("a", "team", 2024, 3, 30, 1),
        Coverage("b", "team", 2024, 2, 20, 0),
    ]
    assert total(parts) == (5, 6, 50)
    assert total([]) == (0, 0, 0)


def test_games_are_counted_against_the_most_that_the_schedule_allows() -> None:
    """A season's first fortnight lowers the ceiling of a table;
    a gap lowers what is held, and not that."""
    part = covered(
        ZONES, {(ZONES, LATE[0]): CellState(), (ZONES, LATE[1]): CellState(2, 1, 1)}
    )
    assert (part.games_held, part.games_possible, part.games) == (2 * 2, 2 * 3, 2 * 6)


def test_games_of_waiting_dates_are_not_counted_and_tables_of_all_games_count_uncovered_ones() -> (
    None
):
    days = [game_day(LATE[0], covered_final_games=1), game_day(LATE[1], final_games=1)]
    found = planner(days)
    (team,), (player,) = (
        coverage(found, TEAM, LATE[:2]),
        coverage(found, "player_game_summary", LATE[:2]),
    )
    assert (team.games, player.games) == (2, 1)


def test_every_gap_says_how_its_cell_stands() -> None:
    part = covered(CONTEXT, {(TEAM, LATE[2]): LACKS, (CONTEXT, LATE[0]): LACKS})
    assert part.stands == {str(LATE[0]): "missing", str(LATE[3]): "upstream_missing"}
    assert part.stands.keys() == part.reasons.keys()


def test_where_the_box_scores_are_missing_nothing_can_be_held_as_the_gate_counts_it() -> (
    None
):
    lacking = game_day(LATE[0], games_without_player_box=("0022400001",))
    table = "player_game_summary"
    (part,) = coverage(
        planner([lacking, game_day(LATE[1])], {(table, LATE[0]): CellState()}),
        table,
        LATE[:2],
    )
    assert (part.games_held, part.games_possible, part.games) == (2, 2, 4)
