"""The operations guide says what is true:
every command in it runs, in order, and ends as it says."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fullcourt.cli.app import run
from fullcourt.cli.menu import ENTRIES
from tests.league import FIRST_DAY, league
from tests.raw_rows import raw_load
from tests.sources.nba_stats_files import Row, player_rows, team_rows, write
from warehouse.connections import open_warehouse

GUIDE = (Path(__file__).parent.parent / "docs" / "operations.md").read_text()
MISSING = "2023-11-21"


class Terminal(io.StringIO):
    """What a person types when asked."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Line:
    """A command of the guide: its words, where its output goes,
    and the exit code that it promises."""

    words: tuple[str, ...]
    into: str
    exit_code: int

    def __str__(self) -> str:
        return shlex.join(self.words)


def commands() -> Iterator[Line]:
    """The commands of the guide's blocks, from top to bottom."""
    for block in re.findall(
        r"^```sh\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL
    ):
        for line in block.splitlines():
            words, noted = (
                shlex.split(line, comments=True),
                re.search(r"# exit (\d+)", line),
            )
            at = words.index(">") if ">" in words else len(words)
            into = words[at + 1] if words[at:] else ""
            yield Line(tuple(words[:at]), into, int(noted[1]) if noted else 0)


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str) -> Path:
    """A folder to type commands in: a warehouse that lacks two box scores,
    files of stats.nba.com."""
    home = tmp_path / ".fullcourt"
    home.mkdir()
    # One season of it: half the batches, and nothing that the guide speaks of is in the other.
    world = {
        t: [r for r in rows if r.get("season") in (None, FIRST_DAY.year)]
        for t, rows in league().items()
    }
    lost = {
        game["game_id"]
        for game in world["schedule"]
        if str(game["game_date"]) == MISSING
    }
    world["player_box"] = [
        row for row in world["player_box"] if row["game_id"] not in lost
    ]
    with open_warehouse(f"duckdb:{home / 'warehouse.duckdb'}") as warehouse:
        warehouse.load(raw_load(world))
    (tmp_path / "seasons").mkdir()
    write(tmp_path / "seasons" / "teams.csv", team_rows())
    write(tmp_path / "seasons" / "players.csv", player_rows())
    write_a_week(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setattr("fullcourt.client._deliver", lambda: None)
    return tmp_path


def write_a_week(folder: Path) -> None:
    """Three games, the second of which stays open; and an old download of the first."""
    (folder / "week").mkdir()
    (folder / "old").mkdir()
    rows = [
        *a_game("0022400061", "2024-10-22"),
        *a_game("0022400062", "2024-10-23", WL=""),
    ]
    write(folder / "week" / "teams.csv", [*rows, *a_game("0022400063", "2024-10-26")])
    write(folder / "old" / "teams.csv", a_game("0022400061", "2024-10-22", WL=""))


def a_game(game: str, day: str, **changes: object) -> list[Row]:
    """Both team rows of a game that the home team won by a point."""
    home, away = (row | changes for row in team_rows(game=game, date=day))
    return [home, away | {"FTM": away["FTM"] - 1, "PTS": away["PTS"] - 1}]


def test_every_command_of_the_guide_runs_and_ends_as_it_says(
    at_work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A guide whose commands no longer work is found out in the night in which it is needed."""
    monkeypatch.setattr("sys.stdin", Terminal("stop\n"))
    for line in commands():
        assert line.words[0] == "fullcourt", line
        code = run(line.words[1:])
        said = capsys.readouterr()
        assert code == line.exit_code, f"{line}\n{said.out}\n{said.err}"
        if line.into:
            (at_work / line.into).write_text(said.out)
    titles = {
        kept.read_text().partition("\n")[0]
        for kept in (at_work / ".fullcourt/reports").glob("*.md")
    }
    whole, rerun = (
        "# fullcourt: all tables · whole schedule",
        "# fullcourt: ml_feature_store · 2023-11-25",
    )
    week = "# fullcourt: team · whole schedule"
    assert titles == {whole, rerun, week}
    assert (at_work / "report.md").read_text().startswith(f"{whole}\n")


def test_the_guide_goes_through_everything_that_an_operator_does() -> None:
    first_words = {
        line.words[1] for line in commands() if not line.words[1].startswith("--")
    }
    wanted = {"plan", "backfill", "status", "report", "gate", "why", "waive", "verify"}
    assert wanted <= first_words <= set(ENTRIES)
    options = {word for line in commands() for word in line.words}
    assert {
        "--on-no-go",
        "--reason",
        "--rerun",
        "--check",
        "--backtest",
        "--replay",
    } <= options


def test_no_command_stands_outside_the_blocks_that_are_run() -> None:
    prose = re.sub(r"^```.*?^```", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"`fullcourt [^`]*`", prose) == []
