"""Fetching a season from the stand-in: what is asked, what is believed, what is left."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random

import pytest

from core.errors import SourceError
from planning.raw_load import Held
from reports.fetch import what_is_missing
from runs.fetch import exit_code
from sources.snapshots import SnapshotFiles
from sources.web.fetching import RETRIES, SILENT_CALLS
from sources.web.snapshots import Folder
from tests.stats_stand_in.faults import ANOTHER_TRUTH, FAULTS, SPOILING
from tests.stats_stand_in.fetched import PATIENCE, SEASON, Clock, fetch_from, stored
from tests.stats_stand_in.league import END, START, demo_league
from tests.stats_stand_in.server import StandIn, stand_in

Fault = Callable[[int, str, Mapping[str, str]], str]
BELIEVED = {"cookies", "game_missing"}
"""Cookies change no byte; an answer that lacks a game is believed when it comes twice."""
PLAIN_CALLS = ["scheduleleaguev2", "leaguegamelog", "leaguegamelog", "shotchartdetail"]
"""One of each: the stand-in's days hold regular games alone."""


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in(demo_league()) as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a fetch without any fault leaves."""
    folder = tmp_path_factory.mktemp("plain")
    with pytest.MonkeyPatch.context() as patch, stand_in(demo_league()) as running:
        fetch_from(running, folder, patch)
    return stored(folder)


def always(fault: str, endpoint: str = "", mode: str = "") -> Fault:
    """A fault of every call to an endpoint, or of the one for teams or players."""

    def fault_of(number: int, path: str, params: Mapping[str, str]) -> str:
        hits = path.endswith(endpoint) and params.get("PlayerOrTeam", mode) == (
            mode or params.get("PlayerOrTeam", "")
        )
        return fault if hits else ""

    return fault_of


def test_a_season_is_asked_in_its_order_and_stored(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = fetch_from(server, tmp_path, monkeypatch)
    assert exit_code(done) == 0
    assert [call.endpoint for call in server.calls] == PLAIN_CALLS
    assert [call.params.get("PlayerOrTeam") for call in server.calls] == [
        None,
        "T",
        "P",
        None,
    ]
    shots = server.calls[3].params
    assert (shots["ContextMeasure"], shots["PlayerID"], shots["TeamID"]) == (
        "FGA",
        "0",
        "0",
    )
    assert {call.headers["Referer"] for call in server.calls} == {
        "https://www.nba.com/"
    }
    assert (done["stored"], done["held"], done["failed"]) == (4, 0, [])
    league = demo_league()
    assert done["rows"]["shotchartdetail"] == len(league.tables["shots"])


def test_a_second_fetch_asks_nothing(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(server, tmp_path, monkeypatch)
    before = stored(tmp_path)
    asked = len(server.calls)
    done = fetch_from(server, tmp_path, monkeypatch)
    assert (len(server.calls) - asked, done["asked"], done["held"]) == (0, 0, 4)
    assert stored(tmp_path) == before


@pytest.mark.parametrize("seed", range(5))
def test_faults_of_every_kind_in_a_third_of_the_answers_leave_the_same_bytes(
    server: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plain: dict[str, bytes],
    seed: int,
) -> None:
    random = Random(seed)

    def fault(number: int, path: str, params: Mapping[str, str]) -> str:
        return random.choice(SPOILING) if random.random() < 0.35 else ""

    server.fault = fault
    clock = Clock()
    server.clock = clock.read
    done = fetch_from(server, tmp_path, monkeypatch, clock, PATIENCE)
    assert (done["failed"], done["stopped"]) == ([], {})
    assert stored(tmp_path) == plain
    assert_paced([call.moment for call in server.calls])


def assert_paced(moments: list[float]) -> None:
    """No two calls are nearer than the pause."""
    gaps = [
        later - earlier for earlier, later in zip(moments, moments[1:], strict=False)
    ]
    assert gaps
    assert min(gaps) >= 0.6 - 1e-9


REASONS = {
    "forbidden": "answered 403, text/html: '<html>",
    "too_many": "answered 429, application/json, and nothing",
    "broken": "answered 500, text/plain: 'System.Net.WebException",
    "html": "answered 200, text/html: '<html><head><title>Checking your browser",
    "empty": "answered 200, application/json, and nothing",
    "braces": "is an answer without data: it is empty",
    "message": "is an answer without data: the site said 'An error has occurred.'",
    "cut": "the answer broke off",
    "stale_season": "is about Season 2022-23, and 2023-24 was asked",
    "made_only": "and not one miss",
    "column_gone": "Shot_Chart_Detail lacks LOC_X",
    "number_ids": "has a game id that is not a text of ten characters: 22300",
}
"""What is said of each fault that is no answer to believe."""


def test_every_fault_that_is_not_believed_has_its_words() -> None:
    assert set(REASONS) == set(SPOILING) - BELIEVED - {"hang", "row_cap"}


@pytest.mark.parametrize("fault", sorted(REASONS))
def test_a_fault_that_lasts_stores_nothing_of_its_call_and_is_told(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """A site that answers every call for the shots wrongly: five tries, and no file."""
    server.fault = always(fault, "shotchartdetail")
    done = fetch_from(server, tmp_path, monkeypatch)
    (failed,) = done["failed"]
    assert failed["call"].startswith("shotchartdetail")
    assert REASONS[fault] in failed["reason"]
    assert exit_code(done) == 4
    assert not [name for name in stored(tmp_path) if "shotchartdetail" in name]
    assert sum(call.endpoint == "shotchartdetail" for call in server.calls) == 5


def test_a_call_that_failed_is_made_again_by_the_next_run_and_no_other(
    server: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plain: dict[str, bytes],
) -> None:
    server.fault = always("broken", "shotchartdetail")
    fetch_from(server, tmp_path, monkeypatch)
    server.fault = always("")
    asked = len(server.calls)
    done = fetch_from(server, tmp_path, monkeypatch)
    assert [call.endpoint for call in server.calls[asked:]] == ["shotchartdetail"]
    assert exit_code(done) == 0
    assert stored(tmp_path) == plain


def test_a_site_that_asks_to_wait_is_obeyed(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    server.clock = clock.read
    server.fault = lambda number, path, params: "too_many" if number == 1 else ""
    fetch_from(server, tmp_path, monkeypatch, clock)
    assert server.calls[2].moment - server.calls[1].moment >= 7 - 1e-9


def test_a_site_that_nobody_answers_at_is_left_after_three_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of injury reports, all 685 were asked for, each five times."""
    with stand_in(demo_league()) as closed:
        pass
    done = fetch_from(closed, tmp_path, monkeypatch)
    assert done["stopped"]["why"] == "paused"
    assert "3 calls in a row found nobody" in done["stopped"]["reason"]
    assert done["asked"] == SILENT_CALLS * (1 + RETRIES)
    assert exit_code(done) == 2
    (said,) = what_is_missing(done, 2023)
    assert said.startswith(
        "stats.nba.com was not reached, nothing new is here: the connection was refused"
    )
    assert "HTTPS_PROXY" in said


def test_two_hangs_at_first_are_a_site_that_does_not_talk(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fault = always("hang")
    done = fetch_from(server, tmp_path, monkeypatch, patience=PATIENCE)
    assert done["stopped"] == {
        "why": "blocked",
        "reason": "timed out after 2 s",
        "hangs": 2,
    }
    assert (exit_code(done), len(server.calls)) == (2, 2)
    assert stored(tmp_path) == {}


def test_three_hangs_later_pause_the_run_and_the_next_one_resumes(
    server: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plain: dict[str, bytes],
) -> None:
    server.fault = always("hang", "shotchartdetail")
    done = fetch_from(server, tmp_path, monkeypatch, patience=PATIENCE)
    assert (done["stopped"]["why"], done["stopped"]["minutes"]) == ("paused", 60)
    assert (exit_code(done), done["stored"]) == (4, 3)
    server.fault = always("")
    assert exit_code(fetch_from(server, tmp_path, monkeypatch)) == 0
    assert stored(tmp_path) == plain


def test_a_final_game_that_the_logs_lack_is_pending(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fault = always("game_missing", "leaguegamelog")
    done = fetch_from(server, tmp_path, monkeypatch)
    assert len(done["pending"]) == 1
    assert exit_code(done) == 4
    assert done["failed"] == []


def test_columns_in_another_order_are_believed(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(server, tmp_path / "plain", monkeypatch)
    server.fault = always("other_order")
    assert exit_code(fetch_from(server, tmp_path / "turned", monkeypatch)) == 0
    loads = [
        SnapshotFiles(tmp_path / name, "nba").read(Held()).tables
        for name in ("plain", "turned")
    ]
    assert loads[0] == loads[1]


def test_a_correction_lies_beside_the_old_answer_and_is_the_one_that_is_read(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(server, tmp_path, monkeypatch)
    before = SnapshotFiles(tmp_path, "nba").read(Held()).tables["team_box"].to_pylist()
    # As if the answers were fetched on the night of the games.
    manifest = tmp_path / "manifest.jsonl"
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    for line in lines:
        line["fetched_at"] = f"{END}T12:00:00+00:00"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    server.fault = always("corrected", "leaguegamelog", "T")
    done = fetch_from(server, tmp_path, monkeypatch)
    assert done["asked"] == 4
    names = [name for name in stored(tmp_path) if "leaguegamelog" in name]
    assert len(names) == 3
    after = SnapshotFiles(tmp_path, "nba").read(Held()).tables["team_box"].to_pylist()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new["ast"] - old["ast"] for old, new in changed] == [1]


def test_since_a_date_asks_only_for_what_was_played_then(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = date(2023, 10, 26)
    done = fetch_from(server, tmp_path, monkeypatch, since=since)
    assert exit_code(done) == 0
    asked = [call.params.get("DateFrom") for call in server.calls]
    assert asked == [None, "10/26/2023", "10/26/2023", "10/26/2023"]
    tables = SnapshotFiles(tmp_path, "nba").read(Held()).tables
    assert min(tables["team_box"]["game_date"].to_pylist()) >= since


def test_box_scores_and_rosters_are_asked_for_by_name(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = fetch_from(
        server,
        tmp_path,
        monkeypatch,
        since=END,
        tables=("schedule", "team_box", "players"),
        box_scores=True,
    )
    calls = Counter(call.endpoint for call in server.calls)
    final = [g for g in demo_league().games(SEASON) if g["game_date"] == END]
    assert calls["boxscoretraditionalv3"] == len(final)
    assert calls["commonteamroster"] == 30
    assert exit_code(done) == 0


def test_another_process_that_holds_the_folder_is_named(tmp_path: Path) -> None:
    first, second = Folder(tmp_path), Folder(tmp_path)
    with (
        first.hold(),
        pytest.raises(SourceError, match=r"process \d+ is fetching"),
        second.hold(),
    ):
        raise AssertionError("both hold the folder")


def test_a_cut_line_and_a_part_are_taken_away_and_their_call_is_made_again(
    server: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plain: dict[str, bytes],
) -> None:
    fetch_from(server, tmp_path, monkeypatch)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-40])
    (tmp_path / "nba" / "left.json.gz.part").write_bytes(b"half")
    asked = len(server.calls)
    fetch_from(server, tmp_path, monkeypatch)
    assert [call.endpoint for call in server.calls[asked:]] == ["shotchartdetail"]
    assert stored(tmp_path) == plain
    for line in manifest.read_text().splitlines():
        json.loads(line)


def test_a_snapshot_that_was_changed_by_hand_is_refused(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(server, tmp_path, monkeypatch)
    file = next(tmp_path.rglob("*-*.json.gz"))
    file.write_bytes(b"not what was fetched")
    with pytest.raises(SourceError, match="is not what was fetched on"):
        SnapshotFiles(tmp_path, "nba").read(Held())


def test_no_cookie_is_kept_or_sent_back(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fault = always("cookies")
    fetch_from(server, tmp_path, monkeypatch)
    assert not any("Cookie" in call.headers for call in server.calls)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"planted-cookie" not in path.read_bytes()


def test_every_fault_of_the_list_is_known_to_the_stand_in() -> None:
    assert len(FAULTS) == 18
    assert set(ANOTHER_TRUTH) < set(FAULTS)
    assert date(2023, 10, 24) == START
