"""`fullcourt waive` as a person uses it: accept, list, take back, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fullcourt.cli.app import run
from tests.fullcourt.conftest import Call
from tests.league import CUP_FINAL, FIRST_DAY, league
from tests.raw_rows import raw_load
from warehouse.connections import open_warehouse

GAME, REASON = "0022300014", "the league never published it"
WAIVE = ("waive", GAME, "--table", "player_box")


@pytest.fixture(autouse=True)
def no_waiver_stays(home: Path) -> Iterator[None]:
    """Take every waiver back when the test is over."""
    yield
    with open_warehouse(f"duckdb:{home / 'warehouse.duckdb'}") as warehouse:
        for waiver in warehouse.waivers():
            warehouse.unwaive(waiver.game_id, waiver.raw_table)


def answer(call: Call, *arguments: str) -> Any:
    code, out, err = call(*arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_a_waiver_is_told_listed_and_taken_back(call: Call) -> None:
    assert "no game is waived" in call("waive")[1]
    code, out, _ = call(*WAIVE, "--reason", REASON)
    assert code == 0
    assert f"game {GAME} has no player_box: {REASON}" in out
    _, listed, _ = call("waive")
    assert all(
        word in listed for word in ("waivers in force", GAME, "player_box", REASON)
    )
    code, out, _ = call(*WAIVE, "--remove")
    assert code == 0
    assert "no longer waived" in out
    assert "no game is waived" in call("waive")[1]


def test_a_program_reads_the_waivers_as_json(call: Call) -> None:
    waiver = answer(call, *WAIVE, "--reason", REASON)
    told = {
        "game_id": GAME,
        "raw_table": "player_box",
        "reason": REASON,
        "declared": True,
    }
    assert {**told, "waived_at": waiver["waived_at"]} == waiver
    assert waiver["waived_at"].endswith("+00:00")
    assert answer(call, "waive") == [waiver]
    assert answer(call, *WAIVE, "--remove") == waiver
    assert answer(call, "waive") == []


def test_the_dates_of_the_schedule_no_longer_count_a_waived_game_as_covered(
    call: Call,
) -> None:
    week = ("dates", "--start", str(FIRST_DAY), "--end", "2023-11-05")
    before = answer(call, *week)["seasons"][0]["covered_games"]
    call(*WAIVE, "--reason", REASON)
    assert answer(call, *week)["seasons"][0]["covered_games"] == before - 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (WAIVE, "a waiver needs a reason"),
        ((*WAIVE, "--reason", " "), "a waiver needs a reason"),
        ((*WAIVE, "--reason", "…"), "stands for a reason and is none"),
        ((*WAIVE, "--reason", "..."), "stands for a reason and is none"),
        ((*WAIVE, "--reason", "x"), "at least 10 characters"),
        ((*WAIVE, "--reason", " too short "), "at least 10 characters"),
        (("waive", GAME), "which raw table"),
        (("waive", "--remove"), "which game"),
        ((*WAIVE, "--remove"), "is not waived for player_box"),
        ((*WAIVE, "--remove", "--reason", REASON), "takes no --reason"),
        (
            ("waive", GAME, "--table", "team_box", "--reason", REASON),
            "ingest remove GAME",
        ),
        (
            ("waive", "0022399999", "--table", "shots", "--reason", REASON),
            "does not know game",
        ),
        (
            ("waive", CUP_FINAL, "--table", "player_props", "--reason", REASON),
            "does not cover game",
        ),
    ],
)
def test_what_cannot_be_waived_is_a_sentence_and_exit_2(
    call: Call, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = call(*arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_a_season_s_holes_are_waived_at_once_and_taken_back_at_once(
    call: Call, home: Path
) -> None:
    """A source that never had a season's shots: nobody types 1,230 games."""
    of_shots = ("waive", "--season", "2023", "--table", "shots")
    with open_warehouse(f"duckdb:{home / 'warehouse.duckdb'}") as warehouse:
        lacking = warehouse.games_lacking("shots", 2023)
    assert len(lacking) > 50
    assert answer(call, *of_shots, "--reason", REASON)["games"] == len(lacking)
    with open_warehouse(f"duckdb:{home / 'warehouse.duckdb'}") as warehouse:
        waivers = warehouse.waivers()
    assert {(w.game_id, w.raw_table, w.reason) for w in waivers} == {
        (g, "shots", REASON) for g in lacking
    }
    code, _, err = call(*of_shots, "--reason", REASON)
    assert (code, "waived already" in err) == (2, True)
    assert answer(call, *of_shots, "--remove")["games"] == len(lacking)
    assert answer(call, "waive") == []


def test_the_games_that_a_file_lists_are_waived_all_or_none(
    call: Call, tmp_path: Path
) -> None:
    listed = tmp_path / "games.txt"
    listed.write_text(
        f"# lost by the source\n{GAME}\n\n22300015  # zeros are put back\n"
    )
    command = ("waive", "--games", str(listed), "--table", "shots", "--reason", REASON)
    assert "2 games have no shots" in call(*command)[1]
    assert [w["game_id"] for w in answer(call, "waive")] == [GAME, "0022300015"]
    listed.write_text("0022300016\n0022399998\n")
    code, _, err = call(*command)
    assert (code, "0022399998" in err, "nothing was waived" in err) == (2, True, True)
    assert len(answer(call, "waive")) == 2
    listed.write_text(f"{GAME}\n2.24E+07\n")
    code, _, err = call(*command)
    assert (code, f"{listed}:2" in err, "0022400061" in err) == (2, True, True)


def test_a_season_without_box_scores_of_players_is_settled_with_a_reason(
    call: Call, home: Path
) -> None:
    """Its games stood in every status, and the page was never green."""
    _, out, _ = call("status")
    assert "final games without player_box" in out
    for table in ("player_box", "shots"):
        season = ("waive", "--season", "2023", "--table", table, "--reason", REASON)
        assert answer(call, *season)["games"] > 0
    _, out, _ = call("status")
    assert "without player_box" not in out
    assert "has no rows of" not in out
    assert CUP_FINAL in {waiver["game_id"] for waiver in answer(call, "waive")}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((GAME, "--season", "2023", "--table", "shots"), "in one way"),
     (("--season", "1990", "--table", "shots", "--reason", REASON), "season 1990"),
     (("--season", "2023", "--table", "team_box", "--reason", REASON), "cannot be waived"),
     (("--season", "2023", "--table", "shots"), "needs a reason")],
)  # fmt: skip
def test_a_set_that_cannot_be_waived_is_refused_in_one_sentence(
    call: Call, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = call("waive", *arguments)
    assert (code, said in err) == (2, True)
    assert answer(call, "waive") == []


def test_a_waiver_of_a_game_that_has_its_rows_says_so(
    tmp_path: Path, capsys: Any
) -> None:
    with open_warehouse(f"duckdb:{tmp_path / 'warehouse.duckdb'}") as warehouse:
        warehouse.load(raw_load(league()))
        game = warehouse.rows_of_games("player_box", (GAME,)).num_rows
    assert game > 0
    assert run(["--home", str(tmp_path), *WAIVE, "--reason", REASON]) == 0
    assert f"although {game} rows of it are there" in capsys.readouterr().out
    assert run(["--home", str(tmp_path), *WAIVE, "--remove"]) == 0
    said = f"{game} rows of it are there, and the next fullcourt "
    assert said in capsys.readouterr().out


def test_a_game_that_lacks_its_rows_is_waited_for_once_its_waiver_is_taken_back(
    tmp_path: Path, capsys: Any
) -> None:
    """A game whose rows were loaded was said to be waited for, too."""
    world = league()
    for table in ("player_box", "shots"):
        world[table] = [row for row in world[table] if row["game_id"] != GAME]
    with open_warehouse(f"duckdb:{tmp_path / 'warehouse.duckdb'}") as warehouse:
        warehouse.load(raw_load(world))
    assert run(["--home", str(tmp_path), *WAIVE, "--reason", REASON]) == 0
    assert run(["--home", str(tmp_path), *WAIVE, "--remove"]) == 0
    assert "backfill waits for it" in capsys.readouterr().out
    without_shots = ("waive", GAME, "--table", "shots")
    assert run(["--home", str(tmp_path), *without_shots, "--reason", REASON]) == 0
    assert run(["--home", str(tmp_path), *without_shots, "--remove"]) == 0
    assert "no longer waived for shots; nothing waits" in capsys.readouterr().out
