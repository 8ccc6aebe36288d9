"""The help of every command ends with two examples, and each of them runs."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from rich.console import Console

from fullcourt.cli.app import cli, run
from fullcourt.cli.examples import examples_of
from fullcourt.cli.loudness import CONSOLE_LEVEL, loudness
from fullcourt.cli.progress import RunProgress
from fullcourt.cli.run_tree import RunTree
from runs.events import PhaseDone, TableDue, WaveStarted
from tests.sources.nba_stats_files import player_rows, team_rows, write

WIDTH = 80


def every_command(
    command: click.Command = cli, name: str = "fullcourt"
) -> Iterator[tuple[str, click.Command]]:
    """Every command and group, by the words that call it."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            found = command.get_command(context, word)
            assert found, word
            yield from every_command(found, f"{name} {word}")


COMMANDS = dict(every_command())
LINES = list(
    dict.fromkeys(
        line for command in COMMANDS.values() for line in examples_of(command)
    )
)
NO_SERVER = (2, "no server is running")
NO_PLACE = (2, "a file stands where a folder is needed")
NOT_A_FILE = (2, "is a folder")
NO_MODEL = (
    2,
    "card.json: No such file or directory; name a folder that train fit wrote",
)
NO_SET = (
    2,
    "manifest.json: No such file or directory; name a folder that train export",
)
NOTHING_FETCHED = (2, "names no answer of nba; fetch some first")
ENDINGS: dict[str, tuple[int, str]] = {
    "fullcourt --home trial demo": NOT_A_FILE,
    "fullcourt demo": NOT_A_FILE,
    "fullcourt demo --seed 7 --keep-server": NOT_A_FILE,
    "fullcourt fetch nba --season 2023 --tables player_box --ingest": NO_PLACE,
    "fullcourt fetch sportsdataverse --season 2022 --season 2023 --ingest": NO_PLACE,
    "fullcourt fetch injuries --season 2023 --ingest": NO_PLACE,
    "fullcourt fetch odds --season 2023 --dry-run": (2, "no game with a tip-off"),
    "fullcourt fetch odds --season 2023 --max-credits 500": (2, "ODDS_API_KEY"),
    "fullcourt ingest snapshots": NOTHING_FETCHED,
    "fullcourt ingest snapshots --source nba --season 2023": (
        2,
        "names no answer of nba for 2023; fetch some first: fullcourt fetch nba --season 2023",
    ),
    "fullcourt train check": (3, "gate train: NO-GO"),
    "fullcourt train check --test-from 2023-11-20 --markdown": (3, "gate train: NO-GO"),
    "fullcourt train fit set --to model": NO_SET,
    "fullcourt train fit set --seed 7 --json": NO_SET,
    "fullcourt train report model --data set": NO_MODEL,
    "fullcourt train report model --data set --to report": NO_MODEL,
    "fullcourt train predict --date 2023-11-21 --model model": NO_MODEL,
    "fullcourt train predict --grade": (2, "nothing was predicted of any date"),
    "fullcourt drop player_daily_cache": (2, "add --yes to drop it"),
    "fullcourt server env": NO_SERVER,
    'eval "$(fullcourt server env)"': NO_SERVER,
}
"""What an example ends with where that is not 0: the exit code, and what is said of it.

What would take the network, a model or minutes is given what makes it refuse in a defined way.
"""
WITH_PREFECT = ("backfill --start", "server start")
"""The examples that ask a Prefect server."""


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_ends_with_two_examples_that_call_the_command(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A list of options does not say what to type."""
    lines = examples_of(COMMANDS[name])
    assert len(lines) == 2
    for line in lines:
        words = [word for word in shlex.split(typed(line)) if word not in OPTIONS]
        assert " ".join(words).startswith(name), line
    assert run([*name.split()[1:], "--help"]) == 0
    shown = capsys.readouterr().out.rstrip().splitlines()
    assert [line.strip() for line in shown[-3:]] == ["Examples:", *lines]
    assert max(map(len, shown)) <= WIDTH


OPTIONS = ("--home", "trial")


def typed(line: str) -> str:
    """The command of an example: itself, or the one whose output a shell takes."""
    inner = re.search(r"\$\((.*)\)", line)
    return inner[1] if inner else line


@pytest.fixture
def at_home(
    tmp_path: Path, computed_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder to type the examples in: the small league computed, files of stats.nba.com."""
    home = tmp_path / ".fullcourt"
    home.mkdir()
    shutil.copy(computed_file, home / "warehouse.duckdb")
    (tmp_path / "seasons").mkdir()
    write(tmp_path / "seasons" / "teams.csv", team_rows())
    write(tmp_path / "seasons" / "players.csv", player_rows())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def prepare(
    line: str,
    at_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """Give an example the server that it asks, or what makes it refuse."""
    words = typed(line).split()
    if "demo" in words:
        file = "new.duckdb" if "ingest" in words else "seasons"
        monkeypatch.setenv("FULLCOURT_WAREHOUSE", f"duckdb:{at_home / file}")
    if "fetch" in words and "--dry-run" not in words:
        (at_home / ".fullcourt" / "snapshots").write_text("")
    if any(part in line for part in WITH_PREFECT):
        monkeypatch.setenv("PREFECT_API_URL", request.getfixturevalue("prefect_api"))
        monkeypatch.setattr("fullcourt.client._deliver", lambda: None)


@pytest.mark.parametrize("line", LINES)
def test_an_example_runs_and_ends_as_it_should(
    line: str,
    at_home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    prepare(line, at_home, monkeypatch, request)
    code = run(shlex.split(typed(line))[1:])
    said = capsys.readouterr()
    wanted, words = ENDINGS.get(line, (0, ""))
    assert code == wanted, said
    assert words in said.err


def test_no_ending_is_noted_for_an_example_that_is_gone() -> None:
    assert ENDINGS.keys() <= set(LINES)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_what_completes_commands(
    shell: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_FULLCOURT_COMPLETE", f"{shell}_source")
    monkeypatch.setattr(BashComplete, "_check_version", staticmethod(lambda: None))
    assert run([]) == 0
    said = capsys.readouterr().out
    assert f"_FULLCOURT_COMPLETE={shell}_complete" in said


def test_a_command_and_an_option_are_completed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_FULLCOURT_COMPLETE", "bash_complete")
    for words, found in (
        ("fullcourt back", "backfill"),
        ("fullcourt plan --la", "--last-days"),
    ):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        assert run([]) == 0
        assert f"plain,{found}" in capsys.readouterr().out


def test_quiet_leaves_progress_out_and_verbose_lets_prefect_speak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(CONSOLE_LEVEL, raising=False)
    log = io.StringIO()
    with loudness(quiet=True, verbose=False):
        RunProgress(Console(file=log), quiet=False)(PhaseDone("team", 1.0))
    assert log.getvalue() == ""
    RunProgress(Console(file=log), quiet=False)(PhaseDone("team", 1.0))
    assert log.getvalue() == "team: computed in 1.0 s\n"
    with loudness(quiet=False, verbose=True):
        assert os.environ[CONSOLE_LEVEL] == "INFO"
    assert CONSOLE_LEVEL not in os.environ


def test_quiet_and_verbose_exclude_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["-q", "-v", "tables"]) == 2
    assert "-q and -v ask for opposite things" in capsys.readouterr().err


def test_no_color_takes_the_colours_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal keeps bold, as https://no-color.org allows, and no colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    shown = io.StringIO()
    tree = RunTree()
    tree.follow(WaveStarted("team", [TableDue("games", 3, 12, 3)]))
    console = Console(file=shown, force_terminal=True, width=WIDTH)
    console.print(tree.lines(console))
    assert "games" in shown.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown.getvalue())
