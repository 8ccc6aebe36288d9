"""The how-tos say what is true: each of their commands is one, and those of two of them run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from docsite.transcript import steps
from fullcourt.cli.app import cli, run
from fullcourt.cli.menu import ENTRIES
from tests.sources.nba_stats_files import Row, player_rows, team_rows, write

DOCS = Path(__file__).parent.parent / "docs"
HOWTOS = ("first-season.md", "first-no-go.md", "first-bigquery.md")


def typed(page: str) -> list[list[str]]:
    """The words of our commands in a page's blocks."""
    blocks = "\n".join((DOCS / page).read_text().split("```")[1::2])
    lines = re.findall(r"^(?:\$ )?(fullcourt .*)$", blocks, flags=re.MULTILINE)
    return [shlex.split(line, comments=True)[1:] for line in lines]


def resolve(words: list[str]) -> list[str]:
    """The commands on the way that a command line takes; click's error where it is none."""
    command: click.Command = cli
    context = cli.make_context("fullcourt", list(words))
    names: list[str] = []
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert name is not None
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)
        names.append(name)
    return names


@pytest.mark.parametrize("page", HOWTOS)
def test_every_command_is_one_with_its_options(page: str) -> None:
    lines = typed(page)
    assert len(lines) >= 8
    for words in lines:
        assert resolve(words)[0] in ENTRIES


def test_a_command_that_is_none_is_refused() -> None:
    with pytest.raises(click.UsageError):
        resolve(["backfill", "--no-such-option"])
    with pytest.raises(click.UsageError):
        resolve(["ingest", "no-such-source"])


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str) -> Path:
    """A folder to type commands in, with one game as files of stats.nba.com."""
    write_a_season(tmp_path / "seasons")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setattr("fullcourt.client._deliver", lambda: None)
    return tmp_path


def write_a_season(folder: Path) -> None:
    """A game that the home team won by the free throw that one player of the other missed."""
    folder.mkdir()
    home, away = team_rows()
    *players, last = player_rows()
    assert last["TEAM_ABBREVIATION"] == away["TEAM_ABBREVIATION"]
    write(folder / "teams.csv", [home, missed(away)])
    write(folder / "players.csv", [*players, missed(last)])


def missed(row: Row) -> Row:
    """A row with a free throw less."""
    return row | {"FTM": row["FTM"] - 1, "PTS": row["PTS"] - 1}


@pytest.mark.parametrize("page", ["first-season.md", "first-no-go.md"])
def test_the_commands_that_are_shown_with_what_they_print_run_and_end_as_noted(
    page: str, at_work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A first try that fails at the third command is the last."""
    for step in steps((DOCS / page).read_text()):
        program, *words = step.words
        assert program == "fullcourt"
        code = run(words)
        said = capsys.readouterr()
        assert code == step.exit_code, f"{step.line}\n{said.out}\n{said.err}"
