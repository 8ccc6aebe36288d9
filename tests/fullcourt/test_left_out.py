"""What ingest left out is told by status, report and gate, until a later load has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.cli.app import run
from tests.sources.nba_stats_files import (
    player_row,
    player_rows,
    shot_row,
    team_rows,
    write,
)

TITLE = "Known and left out"


@pytest.fixture(autouse=True)
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder to type commands in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")


@pytest.fixture
def left_out(capsys: pytest.CaptureFixture[str]) -> LeftOutTold:
    return LeftOutTold(capsys)


class LeftOutTold:
    """What commands tell of what was left out."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def by(self, *command: str) -> list[str]:
        """The lines under the title, of one command."""
        self.capsys.readouterr()
        run([*command])
        out = self.capsys.readouterr().out
        lines = out.partition(f"{TITLE}\n")[2].partition("\n\n")[0].splitlines()
        return [line.strip() for line in lines]


def ingest(folder: Path | str) -> int:
    return run(["ingest", "nba-stats", str(folder)])


def folder(name: str, **files: list[dict[str, object]]) -> Path:
    """A folder with these files."""
    path = Path(name)
    path.mkdir(parents=True, exist_ok=True)
    for file, rows in files.items():
        write(path / f"{file}.csv", rows)
    return path


def test_rows_caught_live_are_left_out_until_the_final_game_is_loaded(
    left_out: LeftOutTold,
) -> None:
    """22 rows were told for ever, though all was there."""
    others = team_rows("LAL", "MIN", "0022400062")
    assert ingest(folder("live", teams=[*team_rows(WL=""), *others])) == 0
    assert left_out.by("status") == ["2 rows: unfinished_row"]
    assert left_out.by("report") == left_out.by("status")
    assert left_out.by("gate", "team") == left_out.by("status")
    assert ingest(folder("final", teams=team_rows(), players=player_rows())) == 0
    assert left_out.by("status") == []


def test_a_folder_of_box_scores_that_was_not_read_is_lost_and_told_until_it_is_read(
    left_out: LeftOutTold,
) -> None:
    """All player rows were missing, the exit code was 0, and nothing told of it later."""
    inside = folder("season/players/2024", players=player_rows())
    assert ingest(folder("season", teams=team_rows())) == 4
    (told,) = left_out.by("status")
    assert told.startswith(f"not read {inside.resolve()}: a folder with 1 such file")
    assert left_out.by("gate", "team") == left_out.by("report") == [told]
    assert ingest(inside) == 0
    assert left_out.by("status") == []


def test_a_folder_that_is_gone_is_no_longer_told(left_out: LeftOutTold) -> None:
    inside = folder("season/old", players=player_rows())
    assert ingest(folder("season", teams=team_rows())) == 4
    inside.rename("old")
    assert ingest("season") == 0
    assert left_out.by("status") == []


def test_files_of_no_games_beside_the_others_are_told_and_no_loss(
    left_out: LeftOutTold,
) -> None:
    folder("season/notes", prices=[{"day": 1, "price": 2}])
    Path("season/README.md").write_text("of 2024-25\n")
    assert ingest(folder("season", teams=team_rows())) == 0
    readme, notes = left_out.by("status")
    assert readme.startswith("not read ")
    assert "README.md: a file of another kind" in readme
    assert "notes: a folder with 1 such file" in notes


def test_a_refused_file_is_told_until_it_can_be_read(left_out: LeftOutTold) -> None:
    """A chart of made shots was refused at ingest, and never told of again."""
    files = {"teams": team_rows(), "players": player_rows()}
    made = [shot_row(SHOT_MADE="TRUE") for _ in range(100)]
    season = folder("season", shots=made, **files)
    assert ingest(season) == 4
    (told,) = left_out.by("status")
    assert told.startswith(f"refused {season.resolve()}/shots.csv: holds 100 shots and")
    assert left_out.by("gate", "team") == left_out.by("report") == [told]
    folder("season", shots=[*made, shot_row(SHOT_MADE="FALSE")])
    assert ingest(season) == 0
    assert left_out.by("status") == []


def test_many_files_that_were_not_read_are_counted(left_out: LeftOutTold) -> None:
    for number in range(13):
        rows = [player_row(1, "BOS", "BOS vs. NYK")]
        folder(f"season/years/{number:02}", players=rows)
    assert ingest(folder("season", teams=team_rows())) == 4
    *named, last = left_out.by("status")
    assert len(named) == 5
    assert last.startswith("not read 6 more files or folders; an ingest of the same ")
