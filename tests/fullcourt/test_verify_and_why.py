"""`fullcourt verify` and `fullcourt why` as a person uses them:
what they print, what they exit with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.errors import PermanentWarehouseError
from planning.cells import Outcome
from planning.selection import Selection
from tests.fullcourt.conftest import Call
from tests.league import league
from tests.loop import backfill, compute, open_warehouse, rows
from tests.raw_rows import raw_load
from tests.warehouse.planting import (
    BAD,
    NEXT,
    PLAYER,
    PLAYER_CONTEXT,
    TEAM,
    batch,
    catalog_with,
    changed,
)
from warehouse.duckdb import DuckDBWarehouse

BOX = "UPDATE nba_raw.player_box SET pts = pts + 1 WHERE game_date = $day"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The little league with its first two phases computed."""
    path = tmp_path_factory.mktemp("home") / "warehouse.duckdb"
    warehouse = open_warehouse(raw_load(league()), str(path))
    compute(warehouse, tables=(TEAM, "team_defense_game_summary", PLAYER))
    warehouse.close()
    return path


@pytest.fixture
def home(file: Path, tmp_path: Path) -> Path:
    """A home with a warehouse of its own, to do anything to."""
    shutil.copy(file, tmp_path)
    return tmp_path


@contextmanager
def inside(home: Path, **planted: str) -> Iterator[DuckDBWarehouse]:
    """The home's warehouse, open; with a changed query of the player table where one is planted."""
    catalog = catalog_with(PLAYER, changed(PLAYER, **planted)) if planted else None
    warehouse = open_warehouse(path=str(home / "warehouse.duckdb"), catalog=catalog)
    yield warehouse
    warehouse.close()


def answer(call: Call, *arguments: str, code: int = 0) -> Any:
    exited, out, err = call(*arguments, "--json")
    assert exited == code, err
    return json.loads(out)


def test_a_sound_warehouse_is_one_line_with_what_was_read(call: Call) -> None:
    told = answer(call, "verify", "--phase", "team", "--phase", "player")
    code, out, _ = call("verify", "--phase", "team", "--phase", "player")
    assert code == 0
    assert out == (
        f"{told['cells']:,} cells of 3 tables hold what the ledger says ({told['rows']:,} rows "
        "read back)\n"
    )
    assert told["cells"] > 100
    assert (told["differences"], told["repair"], told["unobserved"]) == ([], None, {})


def test_nothing_computed_is_not_reported_as_sound(call: Call) -> None:
    code, out, _ = call("verify", "--phase", "precompute")
    assert code == 0
    assert "no cell of 5 tables holds rows" in out


def test_f61_damage_is_shown_cell_by_cell_with_its_repair_and_exits_4(
    call: Call, home: Path
) -> None:
    with inside(home) as warehouse:
        rows(
            warehouse,
            f"DELETE FROM {warehouse.names(PLAYER)} WHERE game_date = $day",
            day=BAD,
        )
    code, out, _ = call("verify")
    assert code == 4
    assert (
        f"{PLAYER} {BAD}: the ledger says 27 rows, the table holds 0; 27 of 27 expected keys "
        "missing" in out
    )
    assert "missing keys: 0022300" in out
    assert "by run loop, code " in out
    repair = f"fullcourt --home {home} backfill --table {PLAYER} --dates {BAD}"
    assert f"cells is damaged; to repair: {repair}" in out
    told = answer(call, "verify", "--table", PLAYER, code=4)
    (cell,) = told["differences"]
    assert (cell["table"], cell["date"], cell["rows_on_record"], cell["rows_held"]) == (
        PLAYER,
        str(BAD),
        27,
        0,
    )
    assert (cell["missing"], cell["run_id"], len(cell["keys"]["missing_keys"])) == (
        27,
        "loop",
        5,
    )
    assert told["repair"] in out
    assert (
        answer(call, "verify", "--table", PLAYER, "--start", str(NEXT))["differences"]
        == []
    )


def test_many_damaged_cells_are_counted_and_the_first_are_shown(
    call: Call, home: Path
) -> None:
    with inside(home) as warehouse:
        rows(warehouse, f"DROP TABLE {warehouse.names(TEAM)}")
    code, out, _ = call("verify", "--table", TEAM)
    damaged = len(answer(call, "verify", "--table", TEAM, code=4)["differences"])
    assert code == 4
    assert out.count("the table holds 0") == 3
    assert f"{TEAM}: {damaged - 3} more; all of them: --json" in out
    assert f"{damaged} of {damaged} cells are damaged" in out


def test_raw_data_that_changed_is_told_and_exits_0(call: Call, home: Path) -> None:
    with inside(home) as warehouse:
        rows(warehouse, BOX, day=BAD)
    code, out, _ = call("verify")
    assert code == 0
    assert f"raw data changed since it was last observed: player_box {BAD}\n" in out
    assert "hold what the ledger says" in out
    assert answer(call, "verify")["unobserved"] == {"player_box": [str(BAD)]}


def test_why_tells_the_story_of_a_fresh_cell(call: Call) -> None:
    code, out, _ = call("why", PLAYER, str(BAD))
    assert code == 0
    told = (
        "done: fresh",
        "27 held, 27 on record, 27 expected",
        "as then",
        "lines: player_props",
        "that date",
    )
    assert all(words in out for words in told), out
    assert "changed since it was" not in out


def test_why_tells_a_stale_cell_what_changed_and_what_to_do(
    call: Call, home: Path
) -> None:
    with inside(home) as warehouse:
        rows(warehouse, BOX, day=BAD)
    code, out, _ = call("why", PLAYER, str(BAD))
    assert code == 0
    assert "done: fresh" in out
    assert f"raw data changed since it was last observed: player_box {BAD}" in out
    assert call("plan", "--table", PLAYER, "--dates", str(BAD))[0] == 0
    _, out, _ = call("why", PLAYER, str(BAD))
    assert "due, stale: player_box" in out
    assert f"fullcourt --home {home} backfill --table {PLAYER} --dates {BAD}\n" in out
    assert " then, " in out
    told = answer(call, "why", PLAYER, str(BAD))
    assert told["standing"]["cause"] == "stale"
    assert [i["changed"] for i in told["inputs"] if i["is_changed"]] == [[str(BAD)]]


def test_why_shows_the_evidence_of_a_quarantined_cell(call: Call, home: Path) -> None:
    with inside(home, pts="-1") as warehouse:
        compute(warehouse, [BAD], [PLAYER])
    _, out, _ = call("why", PLAYER, str(BAD))
    assert "due, quarantined: range.pts: 27" in out
    assert "kept in quarantine: range.pts: 27" in out
    assert len(answer(call, "why", PLAYER, str(BAD))["evidence"][0]["keys"]) == 20


def test_why_names_what_to_mend_before_a_quarantined_cell_is_computed_again(
    call: Call, home: Path
) -> None:
    """A backfill was all that was offered, and broke again in the same way."""
    with inside(home) as warehouse:
        (game, *_others) = sorted(
            game["game_id"]
            for game in league()["schedule"]
            if game["game_date"] == BAD and game["status"] == "final"
        )
        wrong = "SET pts = -1 WHERE game_id = $game"
        rows(warehouse, f"UPDATE nba_raw.player_box {wrong}", game=game)
        backfill(warehouse, Selection(phases=("player", "context"), end=NEXT))
    _, out, _ = call("why", PLAYER, str(BAD))
    again = f"fullcourt --home {home} backfill --table {PLAYER} --dates {BAD}"
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if "to be mended" in line)
    assert lines[at].endswith(f"to be mended: range.pts, range.ts_pct, in game {game}")
    load, then = lines[at + 1 : at + 3]
    assert f"ingest nba-stats DIR  # load the rows of {game} again, correc" in load
    assert then == f"  {again}  # after that, not before: computes it again"
    told = answer(call, "why", PLAYER, str(BAD))["standing"]
    assert [step["command"].split()[3] for step in told["steps"]] == [
        "ingest",
        "backfill",
    ]
    _, out, _ = call("why", PLAYER_CONTEXT, str(NEXT))
    assert f"to be mended: range.pts, range.ts_pct, in {PLAYER} {BAD}\n" in out
    assert f"why {PLAYER} {BAD}  # what broke there, by its keys\n" in out


def test_why_shows_the_error_of_a_failed_attempt(call: Call, home: Path) -> None:
    with inside(home) as warehouse:
        warehouse.fail(
            batch(PLAYER, BAD), "r2", PermanentWarehouseError("no room [left]")
        )
    _, out, _ = call("why", PLAYER, str(BAD))
    assert "attempt 2: PermanentWarehouseError: no room [left]" in out


def test_why_prints_the_query_as_bound_and_nothing_else(call: Call) -> None:
    code, out, _ = call("why", PLAYER, str(BAD), "--sql")
    assert code == 0
    comments = [line for line in out.splitlines() if line.startswith("--")]
    assert comments[0] == f"-- $dates = [{BAD}]"
    assert out.splitlines()[len(comments)] == "SELECT"
    assert answer(call, "why", PLAYER, str(BAD))["query"].strip() in out


def test_why_follows_a_skip_to_the_schedule(call: Call) -> None:
    code, out, _ = call("why", PLAYER, "2023-11-27")
    assert code == 0
    assert "no_games: no cell: the schedule has no eligible game on this date" in out
    assert "the ledger has no entry of it" in out
    assert (
        answer(call, "why", PLAYER, "2023-11-27")["standing"]["outcome"]
        == Outcome.NO_GAMES
    )


def test_why_tells_when_raw_data_was_observed_and_who_reads_it(call: Call) -> None:
    code, out, _ = call("why", "player_box", str(BAD))
    assert code == 0
    assert all(
        words in out
        for words in ("raw data", "as last observed", "ingest", "player_game_summary")
    )
    assert "(has no dates)" in call("why", "players", str(BAD))[1]
    assert (
        answer(call, "why", "player_box", str(BAD))["observations"][0]["run_id"]
        == "ingest"
    )
    assert "it was never observed" in call("why", "player_box", "2020-01-01")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "--table", "player_cache"), "no table named player_cache"),
        (("verify", "--start", "2024-03-02", "--end", "2024-03-01"), "is after end"),
        (
            ("why", "player_cache", "2023-11-21"),
            "no table named player_cache; the tables are: ",
        ),
        (("why", PLAYER, "2023-02-30"), "is no date"),
        (("why", PLAYER), "Missing argument 'DATE'"),
        (("why", PLAYER, "2023-11-27", "--sql"), "nothing computes it"),
        (("why", "player_box", str(BAD), "--sql"), "nothing computes it"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(
    call: Call, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = call(*arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
