"""An answer that the site caps is asked for again as two windows, and no row is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from planning.raw_load import Held
from runs.fetch import exit_code
from sources.nba_api import judge
from sources.nba_api.facts import Facts, Game
from sources.nba_api.plan import Wish, halves, shot_calls
from sources.snapshots import SnapshotFiles
from tests.stats_stand_in.fetched import fetch_from, stored
from tests.stats_stand_in.league import START, demo_league
from tests.stats_stand_in.server import StandIn, stand_in


def shots_of_days() -> Counter[date]:
    """How many shots each day of the league has."""
    return Counter(row["game_date"] for row in demo_league().tables["shots"])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A stand-in whose cap is small, and a judge that knows of it."""
    # More shots than any day has, and fewer than all: no day is capped by itself.
    cap = max(shots_of_days().values()) + 1
    monkeypatch.setattr(judge, "API_LIMIT", cap)
    with stand_in(demo_league()) as running:
        running.cap = cap
        yield running


def windows(server: StandIn) -> list[tuple[str, str]]:
    """The windows of shots that were asked for, in their order."""
    return [
        (call.params["DateFrom"], call.params["DateTo"])
        for call in server.calls
        if call.endpoint == "shotchartdetail"
    ]


def test_a_capped_window_is_asked_for_in_parts_until_none_is_capped(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = fetch_from(server, tmp_path, monkeypatch)
    assert (exit_code(done), done["failed"]) == (0, [])
    assert done["rows"]["shotchartdetail"] == shots_of_days().total()
    asked = windows(server)
    assert asked[0] == asked[1], "a capped answer is believed once it came twice"
    assert asked[2] != asked[0]
    kept = [name for name in stored(tmp_path) if "shotchartdetail" in name]
    assert len(kept) >= 2
    load = SnapshotFiles(tmp_path, "nba").read(Held())
    assert load.tables["shots"].num_rows == shots_of_days().total()


def test_the_parts_cover_every_day_once(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(server, tmp_path, monkeypatch)
    asked = windows(server)
    parts = sorted(set(asked) - {window for window in asked if asked.count(window) > 1})
    of_day = [
        sum(_day(a) <= day <= _day(b) for a, b in parts) for day in shots_of_days()
    ]
    assert set(of_day) == {1}


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()


def test_a_second_run_remembers_the_split_and_asks_nothing(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(server, tmp_path, monkeypatch)
    before = len(server.calls)
    assert fetch_from(server, tmp_path, monkeypatch)["asked"] == 0
    assert len(server.calls) == before


def test_a_cap_that_comes_once_is_a_fault_like_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stand_in(demo_league()) as server:
        server.fault = lambda number, path, params: "row_cap" if number == 3 else ""
        done = fetch_from(server, tmp_path, monkeypatch)
        assert (exit_code(done), len(set(windows(server)))) == (0, 1)


def test_a_day_that_is_capped_by_itself_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be split further: the reason is said, and nothing is stored."""
    # Two days: each capped answer has 102,400 rows, and comes twice for the whole and each half.
    with stand_in(demo_league(START, START + timedelta(days=1))) as server:
        server.fault = lambda number, path, params: (
            "row_cap" if path.endswith("shotchartdetail") else ""
        )
        done = fetch_from(server, tmp_path, monkeypatch)
    assert exit_code(done) == 4
    assert {failed["reason"] for failed in done["failed"]} == {
        "was cut at 102,400 rows"
    }
    assert not [name for name in stored(tmp_path) if "shotchartdetail" in name]


def test_halves_have_about_as_many_games_and_never_cut_a_day() -> None:
    facts = Facts(2023)
    facts.learn_schedule(
        Game(f"00223{number:05d}", START.replace(day=20 + day), final=True)
        for number, day in enumerate([0, 0, 0, 0, 0, 3, 4, 4])
    )
    (whole,) = shot_calls(Wish(2023), facts)
    first, second = halves(whole, facts)
    dates = [
        (call.params["DateFrom"], call.params["DateTo"]) for call in (first, second)
    ]
    assert dates == [("10/20/2023", "10/20/2023"), ("10/23/2023", "10/24/2023")]
    assert halves(first, facts) == ()
