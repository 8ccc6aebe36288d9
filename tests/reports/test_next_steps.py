"""What to run next is a command that can be typed as it stands, and nothing that would not help."""

from __future__ import annotations

import shlex
from datetime import date
from typing import Any

import click
import pytest

from core.remedy import Remedy
from fullcourt.cli.app import cli
from planning.gaps import Gap
from planning.reasons import NeverComputed, Span, WaitsFor
from planning.selection import Selection
from reports.backfill import print_end
from reports.next_steps import Step, agreeing, command_on, next_steps
from tests.validation.small_case import case, rate
from validation.verdict import Verdict, judge

TABLE, OTHER = "player_game_summary", "upcoming_team_game_context"
FIRST, LAST = date(2024, 11, 1), date(2024, 11, 9)
GO, NO_GO = judge(case(rate(100))), judge(case(rate(90)))
WEEK = Selection(start=FIRST, end=LAST)


def gap(stands: str = "missing", table: str = TABLE, **changes: Any) -> Gap:
    facts: dict[str, Any] = {
        "table": table,
        "phase": "player",
        "season": 2024,
        "stands": stands,
    }
    facts |= {
        "cause": NeverComputed(),
        "waits_for": None,
        "cells": 4,
        "first": FIRST,
        "last": LAST,
    }
    return Gap(**facts | changes)


def commands(
    *gaps: Gap,
    verdict: Verdict | None = GO,
    lacking: dict[str, tuple[str, ...]] | None = None,
) -> list[str]:
    return [
        step.command
        for step in next_steps(WEEK, gaps, {"player": verdict}, lacking or {})
    ]


def test_where_all_is_there_and_every_gate_is_open_it_can_be_read_back() -> None:
    assert commands() == [f"fullcourt verify --start {FIRST} --end {LAST}"]


def test_rows_that_should_not_be_there_are_taken_away_before_anything_is_verified() -> (
    None
):
    assert commands(gap("no_games")) == [
        f"fullcourt backfill --start {FIRST} --end {LAST}"
    ]


def test_a_phase_that_was_never_judged_needs_the_same_command_again() -> None:
    assert commands(verdict=None) == [
        f"fullcourt backfill --start {FIRST} --end {LAST}"
    ]


def test_a_closed_gate_is_looked_at_by_the_check_that_broke() -> None:
    first, *_, last = commands(verdict=NO_GO)
    assert first == f"fullcourt gate player --check rate --start {FIRST} --end {LAST}"
    assert last == f"fullcourt backfill --start {FIRST} --end {LAST}"


def test_cells_that_can_be_computed_are_computed_by_the_narrowest_command() -> None:
    assert commands(gap("stale"), gap("missing", first=LAST))[0] == (
        f"fullcourt backfill --table {TABLE} --start {FIRST} --end {LAST}"
    )
    assert (
        commands(gap(last=FIRST))[0]
        == f"fullcourt backfill --table {TABLE} --dates {FIRST}"
    )


def test_where_others_wait_for_them_the_command_computes_those_too() -> None:
    """The narrow command would leave behind it what the next look calls due again."""
    assert commands(gap(), gap("upstream_missing", OTHER)) == [
        f"fullcourt backfill --start {FIRST} --end {LAST}"
    ]


def test_a_quarantined_cell_is_looked_at_before_it_is_computed_again() -> None:
    assert commands(gap("quarantined"))[0] == f"fullcourt why {TABLE} {FIRST}"


def test_games_without_raw_data_can_be_waived_or_taken_out_as_their_table_allows() -> (
    None
):
    """A team box cannot be waived: the command that is shown must be one that works."""
    lacking = {"team_box": ("0022400001",), "player_box": ("0022400002", "0022400003")}
    shown = commands(gap("upstream_missing"), lacking=lacking)
    assert "fullcourt ingest remove 0022400001" in shown
    assert any(
        c.startswith("fullcourt waive 0022400002 --table player_box --reason ")
        for c in shown
    )


def test_a_table_that_nobody_asked_for_is_computed_first_where_others_wait_for_it() -> (
    None
):
    needed = f"fullcourt backfill --table {OTHER} --start {FIRST} --end {LAST}"
    waiting = gap("upstream_missing", waits_for=WaitsFor(OTHER, Span(FIRST, LAST, 9)))
    assert needed in commands(waiting)
    assert needed not in commands(waiting, gap("missing", OTHER))


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
    steps = next_steps(WEEK, [gap("stale")], {"player": GO}, {})
    look, *others = agreeing(WEEK, steps)
    assert look.command == f"fullcourt plan --start {FIRST} --end {LAST}"
    assert len(others) == len(steps) == 2
    for step in others:
        assert step.command.endswith("--allow-removal 'why these rows may go'")
        assert parsed(step)


def test_what_is_no_backfill_agrees_to_nothing() -> None:
    steps = next_steps(WEEK, [], {"player": NO_GO}, {})
    assert agreeing(WEEK, steps)[1] == steps[0]


def test_no_backfill_is_said_to_help_where_all_that_is_due_waits_for_a_closed_gate() -> (
    None
):
    """It would stop at the same gate: nothing of what it judges has changed."""
    behind = gap("stale", table=OTHER, phase="context")
    *_others, again = next_steps(WEEK, [behind], {"player": NO_GO, "context": GO}, {})
    assert again.why.startswith("once something changed")


@pytest.mark.parametrize(
    "stands",
    ["missing", "stale", "failed", "quarantined", "damaged", "upstream_missing"],
)
def test_every_command_shown_is_one_that_the_command_line_takes(stands: str) -> None:
    lacking = {"team_box": ("0022400001",), "player_box": ("0022400002",)}
    for step in next_steps(WEEK, [gap(stands)], {"player": NO_GO}, lacking):
        assert parsed(step)


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
