"""A command that is suggested works when it is pasted: with the options that were typed."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from core.errors import ConfigError, FullcourtError, PhaseIncomplete
from core.remedy import LOAD, Remedy, plain
from fullcourt.cli.app import run
from reports.commands import command_line, repeat_options, repeating_options, spell
from tests.league import league
from tests.loop import open_warehouse
from tests.raw_rows import raw_load

AGAIN = Remedy("backfill", ("--table", "player_daily_cache"))
ELSEWHERE = Remedy("ingest", warehouse="duckdb:OTHER.duckdb", goes_on=True)


def test_without_options_a_command_is_as_it_is() -> None:
    assert command_line(AGAIN) == "fullcourt backfill --table player_daily_cache"
    assert command_line("plan", "--json") == "fullcourt plan --json"
    assert (
        command_line(ELSEWHERE) == "fullcourt --warehouse duckdb:OTHER.duckdb ingest …"
    )


def test_the_options_that_were_typed_stand_before_the_command() -> None:
    with repeating_options():
        repeat_options("a home", "duckdb:b.duckdb")
        assert shlex.split(command_line(AGAIN)) == [
            *("fullcourt", "--home", "a home", "--warehouse", "duckdb:b.duckdb"),
            *("backfill", "--table", "player_daily_cache"),
        ]
    assert command_line(AGAIN) == str(AGAIN)


def test_a_command_for_another_warehouse_keeps_that_one() -> None:
    with repeating_options():
        repeat_options("h", "duckdb:b.duckdb")
        assert command_line(ELSEWHERE) == (
            "fullcourt --home h --warehouse duckdb:OTHER.duckdb ingest …"
        )


def test_a_blank_or_a_quote_in_an_argument_is_quoted() -> None:
    waive = Remedy("waive", ("0022400001", "--reason", "it's off"))
    assert shlex.split(command_line(waive))[-1] == "it's off"
    assert command_line("waive", "--reason", "…").endswith("--reason '…'")


def test_an_error_reads_alike_with_and_without_options_but_for_its_commands() -> None:
    error = ConfigError("the warehouse has no schedule; load one: ", *LOAD)
    said = (
        "the warehouse has no schedule; load one: fullcourt{} ingest nba-stats DIR, or "
    )
    assert str(error) == said.format("") + "fullcourt ingest demo"
    with repeating_options():
        repeat_options("h", None)
        assert (
            spell(error.words)
            == said.format(" --home h") + "fullcourt --home h ingest demo"
        )


def test_an_error_of_many_gaps_keeps_the_commands_of_each() -> None:
    gap = ("a 2024-11-01: waits; ", AGAIN)
    error = PhaseIncomplete("team", [gap] * 11)
    assert error.words.count(AGAIN) == 10
    assert str(error).startswith("phase team: 11 cells are gaps: a 2024-11-01: waits")
    assert str(error).endswith("; and 1 more")


def test_an_error_of_many_gaps_names_what_lies_behind_them_instead() -> None:
    """Ten derived cells of 78, each with a command that did not help, hid the one cause."""
    gap = ("a 2024-11-01: waits; ", AGAIN)
    error = PhaseIncomplete("team", [gap] * 11, [("a game is open: ", Remedy("dates"))])
    assert AGAIN not in error.words
    assert str(error) == (
        "phase team: 11 cells are gaps: a game is open: fullcourt dates"
    )


def test_an_error_without_commands_is_its_text() -> None:
    assert plain(FullcourtError("x").words) == str(FullcourtError("x")) == "x"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    warehouse = open_warehouse(raw_load(league()), str(tmp_path / "my league.duckdb"))
    warehouse.close()
    return tmp_path / "my league.duckdb"


def test_what_to_run_next_can_be_pasted_wherever_the_tables_are(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without its options the command looked for another warehouse, and found none."""
    options = ["--home", str(tmp_path / "home"), "--warehouse", f"duckdb:{file}"]
    assert run([*options, "report"]) == 0
    out = capsys.readouterr().out
    commands = [
        line for line in out.splitlines() if line.strip().startswith("fullcourt ")
    ]
    pasted = [shlex.split(line, comments=True) for line in commands]
    assert pasted
    assert all(words[1:5] == options for words in pasted)
    assert run([*pasted[0][1:], "--dry-run"]) == 0


def test_an_error_suggests_a_command_on_the_same_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(tmp_path / "home")
    assert run(["--home", home, "status"]) == 2
    assert f"fullcourt --home {home} ingest demo" in capsys.readouterr().err
