"""Statuses only go forward: no older download
and no row caught live undoes a game that was played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from planning.raw_load import Held, RawLoad
from sources.nba_stats import read
from tests.sources.nba_stats_files import (
    GAME,
    Row,
    player_rows,
    schedule_row,
    team_rows,
    write,
)

NEXT, LATER, LAST = "0022400062", "0022400070", "0022400090"


def on(day: str, game: str, **changes: object) -> Row:
    """A row of the schedule on another date."""
    dated = {"gameDateEst": f"{day}T00:00:00Z", "gameDateTimeUTC": f"{day}T23:30:00Z"}
    return schedule_row(game=game) | dated | changes


def loaded(folder: Path, name: str, **files: list[Row]) -> Path:
    """A folder with these files."""
    path = folder / name
    path.mkdir()
    for file, rows in files.items():
        write(path / f"{file}.csv", rows)
    return path


def after(folder: Path, known: pa.Table, **how: Any) -> RawLoad:
    """What a folder gives in a warehouse that has this schedule and its team box scores."""
    boxed = how.pop("boxed", known["game_id"].to_pylist())
    return read(folder, held=Held(known, {"team_box": boxed}), **how)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """The schedule of a warehouse in which one game is final, with its box scores."""
    files = {"teams": team_rows(), "players": player_rows()}
    folder = loaded(tmp_path_factory.mktemp("played"), "played", **files)
    return read(folder).tables["schedule"]


def test_team_rows_without_results_do_not_unfinish_a_game(
    tmp_path: Path, played: pa.Table
) -> None:
    """Two such rows, loaded last, emptied the feature store of a season."""
    load = after(loaded(tmp_path, "old", teams=team_rows(WL="")), played)
    assert load.rejects_by_reason() == {"unfinishes_game": 2}
    assert load.tables["team_box"].num_rows == load.tables["schedule"].num_rows == 0
    assert not load.refused


def test_player_rows_without_results_do_not_replace_those_of_a_final_game(
    tmp_path: Path, played: pa.Table
) -> None:
    rows = [row | {"WL": "", "PTS": row["PTS"]} for row in player_rows()]
    load = after(loaded(tmp_path, "old", players=rows), played)
    assert load.rejects_by_reason() == {"unfinishes_game": 10}
    assert load.tables["player_box"].num_rows == 0


@pytest.mark.parametrize("status", [1, 2])
def test_an_older_schedule_does_not_unfinish_a_game_and_its_other_games_are_taken(
    tmp_path: Path, played: pa.Table, status: int
) -> None:
    rows = [schedule_row(gameStatus=status), on("2024-12-01", LATER, gameStatus=1)]
    load = after(loaded(tmp_path, "old", schedule=rows), played)
    assert load.rejects_by_reason() == {"unfinishes_game": 1}
    assert load.tables["schedule"]["game_id"].to_pylist() == [LATER]
    assert not load.refused


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("PPD", "postponed"),
        ("Postp.", "postponed"),
        ("POSTPONED", "postponed"),
        ("Susp.", "postponed"),
        ("Suspended", "postponed"),
        ("Cancelled", "cancelled"),
        ("CNCL", "cancelled"),
        ("Canc.", "cancelled"),
        ("ABANDONED", "cancelled"),
        ("7:30 pm ET", "scheduled"),
        ("TBD", "scheduled"),
        ("", "scheduled"),
    ],
)
def test_a_status_text_says_whether_a_game_is_played(
    tmp_path: Path, text: str, status: str
) -> None:
    rows = [schedule_row(gameStatus=1, gameStatusText=text)]
    load = read(loaded(tmp_path, "coming", schedule=rows))
    assert load.tables["schedule"]["status"].to_pylist() == [status]
    assert "gameStatusText" not in load.files[0].note


@pytest.mark.parametrize(
    "text",
    [
        "Final",
        "Final/OT",
        "Final (resumed, suspended 11/3)",
        "Final (after delay; suspended in Q3)",
        "F/2OT (PPD 11/3)",
        "PPD from 11/3, final",
        "",
    ],
)
def test_a_final_game_whose_text_tells_its_history_is_final(
    tmp_path: Path, played: pa.Table, text: str
) -> None:
    """`suspended` in it postponed a game that was played, and a backfill removed its rows."""
    folder = loaded(tmp_path, "f", schedule=[schedule_row(gameStatusText=text)])
    assert read(folder).tables["schedule"]["status"].to_pylist() == ["final"]
    load = after(folder, played)
    assert (load.rejects.num_rows, load.files[0].note) == (0, "")
    assert "postponed" not in load.tables["schedule"]["status"].to_pylist()


@pytest.mark.parametrize("text", ["PPD", "Cancelled", "Suspended in Q3"])
def test_a_played_game_is_not_called_off_by_a_text_against_its_own_status(
    tmp_path: Path, played: pa.Table, text: str
) -> None:
    rows = [
        schedule_row(gameStatusText=text),
        on("2024-12-01", LATER, gameStatusText=""),
    ]
    load = after(loaded(tmp_path, "ppd", schedule=rows), played)
    assert load.rejects_by_reason() == {"unfinishes_game": 1}
    assert f"gameStatusText '{text}' of {GAME}:" in load.files[0].note
    assert load.tables["schedule"]["game_id"].to_pylist() == [LATER]


def test_a_text_against_its_own_status_stands_where_whoever_loads_it_says_so(
    tmp_path: Path, played: pa.Table
) -> None:
    folder = loaded(tmp_path, "ppd", schedule=[schedule_row(gameStatusText="PPD")])
    load = after(folder, played, allow_unfinish=True)
    assert load.tables["schedule"]["status"].to_pylist() == ["postponed"]


def test_a_text_against_its_own_status_stands_without_box_scores_and_is_said(
    tmp_path: Path,
) -> None:
    rows = [schedule_row(gameStatusText="PPD")]
    load = read(loaded(tmp_path, "ppd", schedule=rows))
    assert load.tables["schedule"]["status"].to_pylist() == ["postponed"]
    said = f"gameStatusText 'PPD' for 1 game ({GAME}), taken as postponed"
    assert said in load.files[0].note
    box = read(loaded(tmp_path, "both", schedule=rows, teams=team_rows()))
    assert box.tables["schedule"]["status"].to_pylist() == ["final"]
    assert "taken as postponed" not in box.files[0].note


def test_a_status_text_that_nobody_knows_is_said(tmp_path: Path) -> None:
    rows = [schedule_row(gameStatus=1, gameStatusText="Moisture on the floor")]
    load = read(loaded(tmp_path, "coming", schedule=rows))
    assert load.tables["schedule"]["status"].to_pylist() == ["scheduled"]
    assert "'Moisture on the floor'" in load.files[0].note


def test_a_played_game_is_not_postponed_by_a_schedule(
    tmp_path: Path, played: pa.Table
) -> None:
    rows = [schedule_row(gameStatus=1, postponedStatus="Y")]
    load = after(loaded(tmp_path, "old", schedule=rows), played)
    assert load.rejects_by_reason() == {"unfinishes_game": 1}


def test_whoever_allows_it_may_unfinish_a_game(
    tmp_path: Path, played: pa.Table
) -> None:
    folder = loaded(tmp_path, "old", teams=team_rows(WL=""))
    load = after(folder, played, allow_unfinish=True)
    assert load.tables["schedule"]["status"].to_pylist() == ["live"]
    assert load.tables["team_box"].num_rows == 2


def test_a_final_game_without_box_scores_may_be_corrected(
    tmp_path: Path, played: pa.Table
) -> None:
    folder = loaded(tmp_path, "correction", schedule=[schedule_row(gameStatus=1)])
    load = after(folder, played, boxed=())
    assert load.tables["schedule"]["status"].to_pylist() == ["scheduled"]


def test_the_results_of_both_teams_outweigh_any_schedule(tmp_path: Path) -> None:
    rows = [schedule_row(gameStatus=1, postponedStatus="P")]
    load = read(loaded(tmp_path, "both", schedule=rows, teams=team_rows()))
    assert load.tables["schedule"]["status"].to_pylist() == ["final"]


def test_rows_caught_live_do_not_stand_for_a_final_game(tmp_path: Path) -> None:
    """Their numbers would be published as the game's."""
    live = loaded(tmp_path, "live", schedule=[schedule_row()], teams=team_rows(WL=""))
    load = read(live)
    assert load.rejects_by_reason() == {"unfinished_row": 2}
    assert load.tables["schedule"]["status"].to_pylist() == ["final"]
    assert load.tables["team_box"].num_rows == 0


@pytest.mark.parametrize("said", ["NA", "-", "nan"])
def test_a_row_without_a_result_is_told_by_what_stands_there(
    tmp_path: Path, played: pa.Table, said: str
) -> None:
    """The note said that WL is empty."""
    rows = [*team_rows(WL=said), *team_rows("LAL", "MIN", NEXT)]
    folder = loaded(tmp_path, "live", teams=rows)
    load = read(folder)
    assert load.rejects["value"].to_pylist() == [said, said]
    assert f"unfinished_row in 2 rows, such as WL '{said}'" in load.files[0].note
    old = after(folder, played)
    assert f"unfinishes_game in 2 rows, such as WL '{said}'" in old.files[0].note


def test_rows_that_spell_nothing_in_two_ways_are_one_row_twice(tmp_path: Path) -> None:
    rows = [*team_rows(WL=""), *team_rows(WL="NA")]
    load = read(loaded(tmp_path, "live", teams=rows))
    assert load.rejects_by_reason() == {"duplicate_row": 2, "unfinished_row": 2}


def test_a_game_that_goes_on_is_live_until_it_has_results(tmp_path: Path) -> None:
    live = read(loaded(tmp_path, "live", teams=team_rows(WL="")))
    assert live.tables["schedule"]["status"].to_pylist() == ["live"]
    known = live.tables["schedule"]
    done = after(loaded(tmp_path, "done", teams=team_rows()), known)
    assert done.tables["schedule"]["status"].to_pylist() == ["final"]


def test_rows_caught_live_never_stand_for_a_game_that_a_later_schedule_calls_final(
    tmp_path: Path,
) -> None:
    """The numbers of a third quarter were published as the game's, three loads later."""
    folder = loaded(tmp_path, "live", teams=team_rows(WL=""), players=player_rows())
    live = read(folder)
    assert live.tables["schedule"]["status"].to_pylist() == ["live"]
    assert live.tables["team_box"].num_rows == 0
    assert live.rejects_by_reason() == {"unfinished_row": 2}
    assert not live.refused


class TestDropped:
    """Games that a newer schedule of their season no longer has."""

    def known(self, folder: Path) -> pa.Table:
        """One game is final, one is to come on 28 October, one on 5 November."""
        rows = [
            schedule_row(),
            on("2024-10-28", NEXT, gameStatus=1),
            on("2024-11-05", LATER, gameStatus=1),
        ]
        return read(loaded(folder, "october", schedule=rows)).tables["schedule"]

    def load(self, folder: Path, *rows: Row) -> RawLoad:
        """A schedule loaded after the one of October."""
        path = loaded(folder, "november", schedule=list(rows))
        return read(path, held=Held(self.known(folder)))

    def statuses(self, load: RawLoad) -> dict[str, str]:
        """Game -> status of what is to be written."""
        return {
            row["game_id"]: row["status"] for row in load.tables["schedule"].to_pylist()
        }

    def test_a_game_gone_from_a_newer_schedule_is_dropped_and_told(
        self, tmp_path: Path
    ) -> None:
        load = self.load(tmp_path, schedule_row(), on("2024-11-05", LATER))
        assert self.statuses(load)[NEXT] == "dropped"
        assert load.files[0].note.endswith(f"taken as dropped: 1 ({NEXT})")

    def test_a_schedule_that_lists_coming_games_drops_coming_ones_too(
        self, tmp_path: Path
    ) -> None:
        rows = (schedule_row(), on("2024-11-05", LATER, gameStatus=1))
        assert self.statuses(self.load(tmp_path, *rows))[NEXT] == "dropped"

    def test_a_schedule_that_lacks_a_final_game_is_not_newer(
        self, tmp_path: Path
    ) -> None:
        load = self.load(tmp_path, on("2024-11-05", LATER))
        assert self.statuses(load) == {LATER: "final"}

    def test_a_list_of_played_games_alone_drops_no_game_of_yesterday(
        self, tmp_path: Path
    ) -> None:
        rows = (schedule_row(), on("2024-10-29", LAST))
        assert NEXT not in self.statuses(self.load(tmp_path, *rows))

    def test_nothing_after_the_last_date_of_a_schedule_is_dropped(
        self, tmp_path: Path
    ) -> None:
        rows = (schedule_row(), on("2024-11-01", LAST, gameStatus=1))
        assert LATER not in self.statuses(self.load(tmp_path, *rows))

    def test_a_dropped_game_that_comes_back_is_scheduled(self, tmp_path: Path) -> None:
        dropped = self.load(tmp_path, schedule_row(), on("2024-11-05", LATER)).tables[
            "schedule"
        ]
        back = loaded(
            tmp_path,
            "back",
            schedule=[schedule_row(), on("2024-10-28", NEXT, gameStatus=1)],
        )
        load = read(back, held=Held(dropped))
        assert self.statuses(load)[NEXT] == "scheduled"
