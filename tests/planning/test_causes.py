"""Gaps are told by cause: five games without box scores are one line, not seventy-eight."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from planning.calendar import GameDay
from planning.causes import BehindGate, SharedCause, causes_of
from planning.cells import CellState, Outcome
from planning.coverage import Coverage, coverage
from planning.decisions import Planner
from planning.gaps import gaps_of
from planning.reasons import (
    AttemptEnded,
    Cause,
    Damage,
    GapCause,
    HoldsRows,
    InputsChanged,
    NeverComputed,
    OverdueGames,
    Reason,
    Span,
    WithoutPlayerBox,
    WithoutTeamBox,
)
from planning.roots import Root
from planning.selection import Selection
from reports.causes import (
    cause_json,
    cause_steps,
    tell_cause_of_gaps,
    tell_gaps,
)
from tests.planning import small_calendar
from tests.planning.small_calendar import LACKS, NOTHING, START, Cells, game_day
from tests.reports.test_todo import parsed

TEAM, PLAYER, FEATURES = (
    "team_offense_game_summary",
    "player_game_summary",
    "ml_feature_store",
)
OTHER = "upcoming_team_game_context"
DAYS = [START + timedelta(days=n) for n in range(62)]
HOLE = DAYS[20]
GAMES = ("0022400151", "0022400152")
NEVER = Reason(Cause.MISSING, NeverComputed())
EVERYTHING = Selection()


def planner(days: Iterable[GameDay], states: Cells | None = None) -> Planner:
    """A planner where every cell holds what it should, but for the states given."""
    listed = list(days)
    catalog = small_calendar.planner(listed).catalog
    empty: dict[tuple[str, date], CellState] = {}
    for table in catalog.ordered():
        for day in DAYS[: catalog.bootstrap_days(table)]:
            empty[table, day] = NOTHING
    return small_calendar.planner(listed, empty | dict(states or {}))


def covered(found: Planner, tables: Iterable[str] = ()) -> list[Coverage]:
    parts: list[Coverage] = []
    for table in tables or found.catalog.ordered():
        parts += coverage(found, table, DAYS)
    return parts


def with_hole(**facts: Any) -> Planner:
    """Every cell as it should be, but for the raw data of one date."""
    return planner([game_day(day, **(facts if day == HOLE else {})) for day in DAYS])


def without_player_box() -> Planner:
    return with_hole(games_without_player_box=GAMES)


def test_every_gap_behind_one_hole_in_the_raw_data_has_that_one_cause() -> None:
    parts = covered(without_player_box())
    (cause,) = causes_of(parts)
    assert (cause.because, cause.games) == (WithoutPlayerBox(GAMES), GAMES)
    assert (cause.tables, cause.span) == ((PLAYER,), Span(HOLE, HOLE, 1))
    assert cause.cells == 1
    assert cause.all_cells == sum(part.gaps for part in parts)
    assert set(cause.waiting) < {part.table for part in parts} - {TEAM, PLAYER}


def test_it_is_told_with_its_games_what_to_do_and_how_much_waits() -> None:
    (cause,) = causes_of(covered(without_player_box()))
    assert tell_cause_of_gaps(cause) == (
        f"2 games of {HOLE} have no complete player box score ({GAMES[0]}, {GAMES[1]}): "
        f"load them; {cause.cells_waiting} later cells wait for that"
    )


def test_no_backfill_is_offered_where_raw_data_lacks() -> None:
    """The same command again computed nothing, and a person tried it three times."""
    parts = covered(without_player_box())
    (cause,) = causes_of(parts)
    steps = [step.command for step in cause_steps(cause, EVERYTHING)]
    assert steps == [
        "fullcourt ingest nba-stats DIR",
        "fullcourt waive --games FILE --table player_box --reason '…'",
    ]
    assert not any(gap.heals for gap in gaps_of(parts) if gap.waits_for)


def test_the_root_is_found_when_nobody_asked_for_its_table() -> None:
    (cause,) = causes_of(covered(without_player_box(), [FEATURES]))
    assert (cause.tables, cause.cells) == ((PLAYER,), 0)
    assert cause.waiting.keys() == {FEATURES}
    assert "later cells wait for that" in tell_cause_of_gaps(cause)


def test_two_holes_of_a_season_are_one_cause_and_of_two_kinds_are_two() -> None:
    later = DAYS[30]
    facts: dict[date, dict[str, Any]] = {
        HOLE: {"games_without_player_box": GAMES},
        later: {"games_without_player_box": ("0022400222",)},
    }
    days = [game_day(day, **facts.get(day, {})) for day in DAYS]
    (cause,) = causes_of(covered(planner(days)))
    assert (cause.span, cause.games) == (
        Span(HOLE, later, 2),
        (*GAMES, "0022400222"),
    )
    assert f"3 games of 2 dates, {HOLE} to {later}, have" in tell_cause_of_gaps(cause)
    facts[later] = {"games_without_team_box": ("0022400222",)}
    days = [game_day(day, **facts.get(day, {})) for day in DAYS]
    kinds = [type(cause.because) for cause in causes_of(covered(planner(days)))]
    assert sorted(kinds, key=str) == [WithoutPlayerBox, WithoutTeamBox]


def test_an_open_game_is_the_first_cause_and_can_be_said_not_to_be_played() -> None:
    facts: dict[str, Any] = {
        "final_games": 1,
        "overdue_games": GAMES[:1],
        "open_games": GAMES[:1],
    }
    days: list[Any] = []
    for day in DAYS:
        held: dict[str, Any] = {"first_open_date": HOLE, "first_overdue_date": HOLE}
        days.append(game_day(day, **(held | (facts if day == HOLE else {}))))
    first, *_ = causes_of(covered(planner(days)))
    assert first.because == OverdueGames(HOLE, GAMES[:1])
    told = tell_cause_of_gaps(first)
    assert told.startswith("1 game is neither final nor called off, though later games")
    assert told.endswith(f"; {first.all_cells} cells wait for that")
    assert f"fullcourt waive {GAMES[0]} --table schedule --reason '…'" in [
        step.command for step in cause_steps(first, EVERYTHING)
    ]


def test_what_is_only_due_is_computed_by_the_same_backfill() -> None:
    states = {(TEAM, HOLE): LACKS}
    found = planner([game_day(day) for day in DAYS], states)
    (cause,) = causes_of(covered(found))
    assert (cause.cells, cause.is_raw) == (1, False)
    narrow = Selection(start=DAYS[0], only=True)
    (step,) = cause_steps(cause, narrow)
    assert step.command == f"fullcourt backfill --start {DAYS[0]}"


def test_cells_behind_a_closed_gate_wait_for_it_and_those_without_raw_data_do_not() -> (
    None
):
    states = {("upcoming_team_game_context", day): LACKS for day in DAYS[:5]}
    days = [game_day(day) for day in DAYS]
    days[20] = game_day(HOLE, games_without_player_box=GAMES)
    parts = covered(planner(days, states))
    raw, gate = causes_of(parts, "player", ("context", "precompute"))
    assert raw.is_raw
    assert tell_cause_of_gaps(gate) == (
        f"{gate.all_cells} cells of later phases wait for the gate of player, which is closed"
    )
    (step,) = cause_steps(gate, EVERYTHING)
    assert step.command == "fullcourt gate player"
    assert raw.all_cells + gate.all_cells == sum(part.gaps for part in parts)


def test_what_is_built_on_a_closed_phase_is_not_offered_to_be_computed_alone() -> None:
    """The gate of that phase is judged on the way, and ends it in the same NO-GO."""
    stale = Reason(Cause.STALE, InputsChanged(()))
    reasons: dict[str, Reason | GapCause] = {str(HOLE): stale}
    facts: dict[str, Any] = {"done": 0, "rows": 0, "gaps": 1, "reasons": reasons}
    built = {"upcoming_player_game_context": ("team", "player"), OTHER: ("team",)}
    parts = [
        Coverage(table, "context", 2024, built_on=phases, **facts)
        for table, phases in built.items()
    ]
    (both,) = causes_of(parts, "player", ("context",))
    alone, _gate = cause_steps(both, EVERYTHING)
    assert alone.command == f"fullcourt backfill --table {OTHER} --dates {HOLE}"
    (stuck,) = causes_of(parts[:1], "player", ("context",))
    (gate,) = cause_steps(stuck, EVERYTHING)
    assert gate.command == "fullcourt gate player"


def test_cells_of_several_dates_that_nobody_asked_for_are_told_with_one_comma() -> None:
    span = Span(DAYS[0], DAYS[4], 3)
    told = tell_cause_of_gaps(SharedCause(NEVER, (OTHER,), span))
    assert f"to {DAYS[4]}, which nobody asked for, were never computed" in told


def test_coverage_knows_the_phases_that_a_table_is_built_on() -> None:
    tables = ["upcoming_player_game_context", OTHER, TEAM]
    found = {part.table: part.built_on for part in covered(with_hole(), tables)}
    assert found == {tables[0]: ("team", "player"), OTHER: ("team",), TEAM: ()}


BROKEN = AttemptEnded(None, "missing_keys: 3 (0022400001)", 1, "missing_keys")


@pytest.mark.parametrize(
    ("because", "said"),
    [
        (
            Reason(Cause.QUARANTINED, BROKEN),
            f"2 cells of {PLAYER} ({DAYS[0]} to {DAYS[1]}) are quarantined: first on "
            f"{DAYS[0]}: missing_keys: 3 (0022400001) (attempt 1)",
        ),
        (NEVER, f"2 cells of {PLAYER} ({DAYS[0]} to {DAYS[1]}) were never computed"),
        (
            Reason(Cause.STALE, InputsChanged(())),
            f"2 cells of {PLAYER} ({DAYS[0]} to {DAYS[1]}) are stale: the reach of its "
            "inputs moved",
        ),
        (
            HoldsRows(Outcome.NO_GAMES),
            f"2 cells of {PLAYER} ({DAYS[0]} to {DAYS[1]}) hold rows, though the schedule "
            "has no eligible game there",
        ),
        (
            WithoutTeamBox(GAMES),
            f"2 games of 2 dates, {DAYS[0]} to {DAYS[1]}, have no complete team box score "
            f"({GAMES[0]}, {GAMES[1]}): load them",
        ),
    ],
)
def test_each_cause_is_a_sentence_with_commands_that_the_command_line_takes(
    because: Any, said: str
) -> None:
    cause = SharedCause(
        because, (PLAYER,), Span(DAYS[0], DAYS[1], 2), getattr(because, "games", ()), 2
    )
    assert tell_cause_of_gaps(cause) == said
    steps = cause_steps(cause, EVERYTHING)
    assert steps
    assert all(map(parsed, steps))
    told = cause_json(cause, EVERYTHING)
    assert told["commands"] == [step.command for step in steps]
    assert shlex.split(told["commands"][0])[0] == "fullcourt"


def test_a_log_has_a_line_for_each_cause_and_none_where_nothing_lacks() -> None:
    causes = causes_of(covered(without_player_box()))
    number, line = tell_gaps(causes)
    assert number == f"{causes[0].all_cells} gaps, 1 cause"
    assert line.strip() == tell_cause_of_gaps(causes[0])
    assert list(tell_gaps([])) == []


def test_a_cell_that_waits_for_one_that_is_not_final_says_so() -> None:
    root = Root(PLAYER, DAYS[0], Outcome.NOT_FINAL)
    cause = SharedCause(
        root.because, (PLAYER,), Span(DAYS[0], DAYS[0], 1), (), 0, {FEATURES: 3}
    )
    assert tell_cause_of_gaps(cause).startswith(f"{PLAYER} of {DAYS[0]}, which nobody")


def test_a_cell_with_a_cause_of_its_own_is_told_by_it_whatever_gate_is_closed() -> None:
    """663 cells were said to wait for a gate; among them one had failed and one was damaged."""
    damaged = Damage(270, 230)
    own = Coverage(
        PLAYER,
        "player",
        2024,
        done=0,
        rows=0,
        gaps=2,
        reasons={
            str(DAYS[0]): Reason(Cause.DAMAGED, damaged),
            str(DAYS[1]): NEVER,
        },
    )
    broken, gate = causes_of([own], "team", ("player",))
    assert (broken.because, broken.held_by) == (Reason(Cause.DAMAGED, damaged), "team")
    assert (gate.because, gate.cells) == (BehindGate("team"), 1)
    assert tell_cause_of_gaps(broken).endswith(
        "; the gate of team, before it, is closed"
    )
    # What reads nothing of the closed phase is computed past it, on its dates alone.
    assert [step.command for step in cause_steps(broken, EVERYTHING)] == [
        f"fullcourt backfill --table {PLAYER} --dates {DAYS[0]}",
        "fullcourt gate team",
    ]
