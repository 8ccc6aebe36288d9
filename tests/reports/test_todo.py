"""What is to be done is one list: root causes first, each with a command that can be typed as it
stands, and nothing that would not help."""

from __future__ import annotations

import shlex
from datetime import date
from typing import Any

import click
import pytest

from core.remedy import Remedy
from fullcourt.cli.app import cli
from planning.causes import BehindGate, SharedCause
from planning.open_games import DatedGame
from planning.overrides import Override
from planning.reasons import (
    AttemptEnded,
    Cause,
    Damage,
    InputsChanged,
    NeverComputed,
    OverdueGames,
    Reason,
    Span,
    WithoutPlayerBox,
    WithoutTeamBox,
)
from planning.selection import Selection
from processors.discovery import load
from reports.backfill import print_end
from reports.breaches import COMPUTED_CHECKS, SHOT_CHECKS
from reports.next_steps import Step, command_on, same_last
from reports.todo import GONE, Standing, Todo, shell_lines, steps_of, todos
from runs.measure import GAMES_HELD
from tests.validation.small_case import case, rate, threshold
from validation.checks import all_checks
from validation.verdict import Verdict, judge

TABLE, OTHER = "player_game_summary", "upcoming_team_game_context"
FIRST, LAST = date(2024, 11, 1), date(2024, 11, 9)
GO, NO_GO = judge(case(rate(100))), judge(case(rate(90)))
OF_GAPS = judge(
    case(rate(90, name="cells_done_pct"), limits=(threshold("cells_done_pct"),))
)
WEEK = Selection(start=FIRST, end=LAST)
RANGE = f"--start {FIRST} --end {LAST}"
MISSING = Reason(Cause.MISSING, NeverComputed())
STALE = Reason(Cause.STALE, InputsChanged(()))
QUARANTINED = Reason(Cause.QUARANTINED, AttemptEnded(None, "1 row", 1))
FAILED = Reason(Cause.FAILED, AttemptEnded("Error", "torn", 1))
DAMAGED = Reason(Cause.DAMAGED, Damage(30, 26))


def cause(because: Any = MISSING, **changes: Any) -> SharedCause:
    facts: dict[str, Any] = {"tables": (TABLE,), "span": Span(FIRST, LAST, 4)}
    return SharedCause(because, **facts | {"cells": 4} | changes)


def listed(
    *causes: SharedCause, verdict: Verdict | None = GO, **changes: Any
) -> list[Todo]:
    verdicts = {"player": verdict}
    return todos(Standing(WEEK, causes, verdicts, **changes))


def commands(
    *causes: SharedCause, verdict: Verdict | None = GO, **changes: Any
) -> list[str]:
    found = steps_of(listed(*causes, verdict=verdict, **changes))
    return [step.command for step in found]


def test_where_all_is_there_and_every_gate_is_open_it_can_be_read_back() -> None:
    assert commands() == [f"fullcourt verify {RANGE}"]


def test_a_phase_that_was_never_judged_needs_the_same_command_again() -> None:
    assert commands(verdict=None) == [f"fullcourt backfill {RANGE}"]


def test_dates_that_wait_for_a_game_are_looked_at_and_not_called_complete() -> None:
    assert commands(has_waiting=True) == [f"fullcourt status {RANGE}"]


def test_nothing_is_called_there_after_rows_went_that_nobody_agreed_to() -> None:
    """The run ended with `all is there` beside the games whose rows it had just removed."""
    found = listed(has_lost_rows=True)
    assert [todo.what for todo in found] == [GONE]
    assert [step.command for step in steps_of(found)] == [
        f"fullcourt status {RANGE}",
        "fullcourt ingest nba-stats DIR",
        f"fullcourt backfill {RANGE}",
    ]


def test_root_causes_stand_before_effects_and_loading_before_going_without() -> None:
    """Who works from top to bottom must not judge a gate before the data is there."""
    box = WithoutPlayerBox(("0022400001",))
    behind = cause(DAMAGED, held_by="team", tables=(OTHER,), span=Span.of([FIRST]))
    found = commands(
        cause(STALE),
        behind,
        cause(QUARANTINED),
        cause(box, games=box.games),
        verdict=OF_GAPS,
    )
    assert found == [
        "fullcourt ingest nba-stats DIR",
        "fullcourt waive 0022400001 --table player_box --reason '…'",
        f"fullcourt why {TABLE} {FIRST}",
        f"fullcourt backfill --table {OTHER} --dates {FIRST}",
        f"fullcourt gate team {RANGE}",
        f"fullcourt backfill --table {TABLE} {RANGE}",
        f"fullcourt gate player --check cells_done_pct {RANGE}",
        f"fullcourt backfill {RANGE}",
    ]


def test_a_gate_that_something_wrong_closed_is_looked_at_before_anything_is_computed() -> (
    None
):
    first, second, last = commands(cause(STALE), verdict=NO_GO)
    assert first == f"fullcourt gate player --check rate {RANGE}"
    assert second == f"fullcourt backfill --table {TABLE} {RANGE}"
    assert last == f"fullcourt backfill {RANGE}"


def test_a_gate_that_counts_gaps_is_no_effect_where_there_are_none() -> None:
    (gate, _again) = listed(verdict=OF_GAPS)
    assert "counts gaps alone" not in gate.what
    assert "counts gaps alone" in listed(cause(), verdict=OF_GAPS)[-2].what


def test_an_override_let_one_run_pass_and_opens_nothing() -> None:
    """Overridden beside closed read as if one of the two were wrong."""
    made = NO_GO.made.verdict_id
    override = Override(
        verdict_id=made,
        phase="player",
        reason="due on Monday",
        decided_at=NO_GO.made.decided_at,
    )
    gate, _again = listed(verdict=NO_GO, overrides=[override])
    assert gate.what.startswith("the gate of player is closed: ")
    assert "an override let one run pass; the next backfill stops here" in gate.what
    assert "override" not in listed(verdict=NO_GO)[0].what


def named_by(check: str, *keys: str) -> Verdict:
    broken = rate(90, name=check, evidence=keys)
    return judge(case(broken, limits=(threshold(check),)))


def test_games_that_close_a_gate_are_loaded_again_before_all_else() -> None:
    """What was offered first ended in the same NO-GO, and the repair was never named."""
    stuck = cause(STALE, tables=(OTHER,), held_by="player", stuck=(OTHER,))
    games = "0022400001 MIN stl", "0022400002 LAL pts"
    first, *others = steps_of(listed(stuck, verdict=named_by("sums", *games)))
    assert str(first) == (
        "fullcourt ingest nba-stats DIR  # load the box scores of 0022400001, 0022400002 again"
    )
    assert all(step.remedy.command == "gate" for step in others[:-1])
    assert others[-1].command == f"fullcourt backfill {RANGE}"
    assert others[-1].why.startswith("after that, not before")


@pytest.mark.parametrize(
    ("check", "key", "said"),
    [
        ("shots_complete_pct", "0022400001 MIN", "load the shots of 0022400001 again"),
        ("sums", "0022400001", "load the box score of 0022400001 again"),
        ("sums", "2024-11-01 23", ""),
        ("orphans", "0022400001", ""),
        ("games", "0022400001", "load the box score of 0022400001 again"),
    ],
)
def test_what_is_loaded_again_follows_from_the_check_and_its_keys(
    check: str, key: str, said: str
) -> None:
    first = steps_of(listed(verdict=named_by(check, key)))[0]
    assert (first.why if first.remedy.command != "gate" else "") == said


def test_a_damaged_table_is_computed_again_and_nothing_loaded() -> None:
    found = commands(cause(DAMAGED), verdict=named_by("sums", "0022400001 MIN"))
    assert not any("ingest" in command for command in found)


def test_the_command_that_ended_so_is_offered_once_and_last() -> None:
    week = f"--start {FIRST} --end {LAST}"
    just_run = Remedy("backfill", (*week.split(), "--table", TABLE))
    otherwise = Remedy("backfill", ("--table", TABLE, *week.split()))
    look, other = Remedy("gate", ("player",)), Remedy("backfill")
    offered = [otherwise, look, just_run, other]
    steps = [Step(remedy, "") for remedy in offered]
    left = [step.remedy for step in same_last(steps, just_run)]
    assert left == [look, other, just_run]


def test_cells_that_wait_for_a_gate_are_told_with_it_and_once() -> None:
    waiting = cause(BehindGate("player"), cells=80)
    found = listed(waiting, verdict=NO_GO)
    told = [todo for todo in found if "80 cells of later phases" in todo.what]
    assert len(told) == 1
    assert told[0].what.startswith("the gate of player is closed")


def test_where_others_wait_for_them_the_command_computes_those_too() -> None:
    """The narrow command would leave behind it what the next look calls due again."""
    assert commands(cause(waiting={OTHER: 3})) == [f"fullcourt backfill {RANGE}"]


def test_what_broke_its_contract_is_computed_again_only_once_it_is_corrected() -> None:
    found = steps_of(listed(cause(QUARANTINED)))
    assert found[0].command == f"fullcourt why {TABLE} {FIRST}"
    assert found[1].why.startswith("once the data is corrected")
    assert not steps_of(listed(cause(FAILED)))[1].why.startswith("once the data")


def test_games_that_hold_dates_back_are_loaded_though_no_gap_tells_of_them() -> None:
    game = DatedGame("0022400007", FIRST)
    load, waive, _again = commands(overdue=[game])
    assert load == "fullcourt ingest nba-stats DIR"
    assert waive == "fullcourt waive 0022400007 --table schedule --reason '…'"
    told = cause(OverdueGames(FIRST, (game.game_id,)), games=(game.game_id,))
    assert len(listed(told, overdue=[game])) == 2


def test_of_several_overdue_games_all_are_told() -> None:
    games = [DatedGame(f"002240000{number}", FIRST) for number in (7, 8)]
    (todo, _again) = listed(overdue=games)
    assert todo.what.endswith("load them again, or say that they are not played")
    assert [step.why for step in todo.steps] == [
        "load the results",
        "or accept that they are not played",
    ]


def test_the_game_that_final_ones_wait_for_is_loaded_before_anything_is_judged() -> (
    None
):
    """All that was advised was the same backfill, once something changed."""
    game = DatedGame("0022400007", FIRST)
    load, _gate, again = commands(awaited=[game], has_waiting=True, verdict=NO_GO)
    assert load == "fullcourt ingest nba-stats DIR"
    assert again == f"fullcourt backfill {RANGE}"
    (todo, *_others) = listed(awaited=[game])
    assert game.game_id in todo.what


def test_games_without_raw_data_can_be_waived_or_taken_out_as_their_table_allows() -> (
    None
):
    """A team box cannot be waived: the command that is shown must be one that works."""
    lacking = {"team_box": ("0022400001",), "player_box": ("0022400002", "0022400003")}
    shown = commands(games_lacking=lacking)
    assert "fullcourt ingest remove 0022400001" in shown
    (teams, *_others) = listed(games_lacking=lacking)
    assert teams.what == "1 final game lacks rows of team_box: 0022400001"
    several = {"team_box": [f"002240000{number}" for number in range(7)]}
    (command,) = (c for c in commands(games_lacking=several) if "remove" in c)
    first = " ".join(several["team_box"][:5])
    assert command == f"fullcourt ingest remove {first} …"
    assert "fullcourt waive --games FILE --table player_box --reason '…'" in shown


def test_a_shell_takes_the_list_as_it_is_printed() -> None:
    for line in shell_lines(listed(cause(STALE), verdict=NO_GO)):
        assert line.startswith(("# ", "fullcourt "))


def test_a_selection_is_typed_as_it_was_given() -> None:
    one_date = Selection(dates=(FIRST,), tables=(TABLE,), only=True)
    dates_and_table = ("--dates", str(FIRST), "--table", TABLE)
    assert command_on(one_date, "backfill") == Remedy(
        "backfill", (*dates_and_table, "--only")
    )
    assert command_on(one_date, "verify") == Remedy("verify", dates_and_table)
    week = Selection(phases=("team",), last_days=7)
    assert command_on(week, "gate", "team") == Remedy(
        "gate", ("team", "--last-days", "7")
    )


def test_after_a_removal_stop_each_backfill_agrees_and_the_rows_can_be_looked_at() -> (
    None
):
    """The same command again would stop at the same place."""
    steps = steps_of(listed(cause(STALE), verdict=NO_GO))
    agreeing = steps_of(listed(cause(STALE), verdict=NO_GO, needs_agreement=True))
    look, gate, *others = agreeing
    assert look.command == f"fullcourt plan {RANGE}"
    assert gate == steps[0]
    assert len(others) == 2
    for step in others:
        assert step.command.endswith("--allow-removal '…'")
        assert parsed(step)


def test_no_backfill_is_said_to_help_where_all_that_is_due_waits_for_a_closed_gate() -> (
    None
):
    """It would stop at the same gate: nothing of what it judges has changed."""
    behind = cause(STALE, tables=(OTHER,), held_by="player")
    *_others, again = steps_of(listed(behind, verdict=NO_GO))
    assert again.why.startswith("once something changed")


@pytest.mark.parametrize(
    "because",
    [
        MISSING,
        STALE,
        FAILED,
        QUARANTINED,
        DAMAGED,
        OverdueGames(FIRST, ("0022400001",)),
        WithoutTeamBox(("0022400001",)),
        WithoutPlayerBox(("0022400001",)),
    ],
)
def test_every_command_shown_is_one_that_the_command_line_takes(because: Any) -> None:
    games = getattr(because, "games", ())
    lacking = {"team_box": ("0022400001",), "player_box": ("0022400002",)}
    found = cause(because, games=games), cause(because, games=games, held_by="team")
    for todo in listed(*found, verdict=NO_GO, games_lacking=lacking):
        assert all(map(parsed, todo.steps))


def parsed(step: Step) -> bool:
    """Whether the command line knows the command and all its options; it is not run."""
    first, *rest = shlex.split(str(step), comments=True)
    assert first == "fullcourt"
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), rest[0])
        assert found, rest[0]
        command, rest = found, rest[1:]
    return command.make_context("", rest) is not None


def test_a_run_that_computed_no_phase_has_no_table_of_phases(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_end({}, {}, {}, 1.5, 100, {"the runs": "there"})
    printed = capsys.readouterr().out
    assert printed == "1.5 s in all, peak memory 100 MiB\n  the runs: there\n"


def test_checks_that_advice_names_are_checks() -> None:
    """One that is renamed would be answered with the load of a box score that mends nothing."""
    known = {check.name for check in all_checks(load())}
    assert known >= {*SHOT_CHECKS, *COMPUTED_CHECKS, GAMES_HELD}
