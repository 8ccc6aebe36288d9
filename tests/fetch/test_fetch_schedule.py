"""Where the schedule comes from: the site, the league's other site, or the logs alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from planning.raw_load import Held
from reports.fetch import what_is_missing
from runs.fetch import Fetched, FetchRequest, exit_code, fetch
from sources.nba_api.site import CDN_URL, other_sites
from sources.snapshots import SnapshotFiles
from tests.stats_stand_in.fetched import SEASON, Clock, network
from tests.stats_stand_in.league import demo_league
from tests.stats_stand_in.server import StandIn, stand_in

IN_SEASON = datetime(2023, 11, 20, 12, tzinfo=UTC)
YEARS_LATER = datetime(2025, 11, 20, 12, tzinfo=UTC)
FILE = "scheduleLeagueV2.json"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in(demo_league()) as running:
        monkeypatch.setenv("FULLCOURT_NBA_STATS_URL", running.url)
        monkeypatch.setenv("FULLCOURT_NBA_CDN_URL", running.cdn_url)
        yield running


def down(number: int, path: str, params: Mapping[str, str]) -> str:
    """The site has no schedule, and everything else."""
    return "broken" if path.endswith("scheduleleaguev2") else ""


def both_down(number: int, path: str, params: Mapping[str, str]) -> str:
    """Nobody has a schedule."""
    return "forbidden" if "schedule" in path else ""


def fetched(folder: Path, now: datetime = IN_SEASON) -> Fetched:
    reached = replace(network(Clock()), now=lambda: now)
    return fetch(FetchRequest("nba", folder, (SEASON,)), network=reached)


def test_a_schedule_that_comes_is_the_only_one_that_is_asked(
    server: StandIn, tmp_path: Path
) -> None:
    assert exit_code(fetched(tmp_path)) == 0
    assert FILE not in [call.endpoint for call in server.calls]


def test_the_other_site_gives_the_schedule_of_the_current_season(
    server: StandIn, tmp_path: Path
) -> None:
    server.fault = down
    done = fetched(tmp_path)
    assert (exit_code(done), done["failed"]) == (0, [])
    asked = [call.endpoint for call in server.calls]
    assert asked[:6] == ["scheduleleaguev2"] * 5 + [FILE]
    assert {call.headers["Referer"] for call in server.calls} == {
        "https://www.nba.com/"
    }
    (note,) = [note for note in done["notes"] if "in place of" in note]
    assert "which failed: answered 500, text/plain: 'System.Net.WebException" in note
    load = SnapshotFiles(tmp_path, "nba").read(Held())
    assert load.refused == ()
    games = {game["game_id"] for game in demo_league().games(SEASON)}
    assert set(load.tables["schedule"]["game_id"].to_pylist()) == games


def test_a_season_of_the_past_is_not_asked_of_the_other_site(
    server: StandIn, tmp_path: Path
) -> None:
    """It has the current season alone; without a schedule the logs tell, and it is said."""
    server.fault = down
    done = fetched(tmp_path, YEARS_LATER)
    assert FILE not in [call.endpoint for call in server.calls]
    assert exit_code(done) == 4
    assert any(
        "the logs alone" in sentence for sentence in what_is_missing(done, SEASON)
    )


def test_without_any_schedule_the_logs_alone_are_fetched_and_it_is_said(
    server: StandIn, tmp_path: Path
) -> None:
    server.fault = both_down
    done = fetched(tmp_path)
    assert exit_code(done) == 4
    assert len(done["failed"]) == 2
    sentences = what_is_missing(done, SEASON)
    assert sum("the logs alone" in sentence for sentence in sentences) == 1
    assert done["rows"]["shotchartdetail"] == len(demo_league().tables["shots"])


def test_a_file_of_another_season_is_not_believed(
    server: StandIn, tmp_path: Path
) -> None:
    def stale(number: int, path: str, params: Mapping[str, str]) -> str:
        return "stale_season" if path.endswith(FILE) else down(number, path, params)

    server.fault = stale
    done = fetched(tmp_path)
    assert [failed["endpoint"] for failed in done["failed"]] == [
        "scheduleleaguev2",
        "scheduleleaguev2cdn",
    ]
    assert "is about season 2022-23" in done["failed"][1]["reason"]


def test_the_other_site_is_a_setting_and_left_alone_where_a_stand_in_is_asked() -> None:
    stats, cdn = "FULLCOURT_NBA_STATS_URL", "FULLCOURT_NBA_CDN_URL"
    assert other_sites({}) == {"cdn": CDN_URL}
    assert other_sites({stats: "http://127.0.0.1:1/stats"}) == {}
    proxied = {stats: "http://127.0.0.1:1/stats", cdn: "http://127.0.0.1:1/cdn/"}
    assert other_sites(proxied) == {"cdn": "http://127.0.0.1:1/cdn"}
