"""Our requests are those of nba_api, where it is installed: path, parameters, headers."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from sources.nba_api import plan, site
from sources.nba_api.facts import Facts, Game
from sources.web.calls import Call
from sources.web.client import Client
from tests.stats_stand_in.league import demo_league
from tests.stats_stand_in.server import StandIn, stand_in

IS_INSTALLED = importlib.util.find_spec("nba_api") is not None
WISH = plan.Wish(2023)
DAY = date(2023, 10, 25)
GAME = Game("0022300001", DAY, final=True)
MODULE = "nba_api.stats.library.http"


def facts() -> Facts:
    known = Facts(2023)
    known.learn_schedule([GAME])
    return known


def our_calls() -> dict[str, Call]:
    """One call to each endpoint."""
    return {
        "ScheduleLeagueV2": plan.schedule_call(WISH),
        "LeagueGameLog": plan.log_calls(WISH, facts(), "T")[0],
        "ShotChartDetail": plan.shot_calls(WISH, facts())[0],
        "BoxScoreTraditionalV3": plan.box_calls(WISH, facts())[0],
        "CommonTeamRoster": plan.roster_calls(WISH)[0],
    }


ARGUMENTS: dict[str, dict[str, Any]] = {
    "ScheduleLeagueV2": {"season": "2023-24"},
    "LeagueGameLog": {
        "season": "2023-24",
        "player_or_team_abbreviation": "T",
        "season_type_all_star": "Regular Season",
    },
    "ShotChartDetail": {
        "team_id": 0,
        "player_id": 0,
        "context_measure_simple": "FGA",
        "season_nullable": "2023-24",
        "season_type_all_star": "Regular Season",
        "date_from_nullable": "10/25/2023",
        "date_to_nullable": "10/25/2023",
    },
    "BoxScoreTraditionalV3": {"game_id": GAME.game_id},
    "CommonTeamRoster": {"season": "2023-24"},
}
"""What a person of nba_api types for the same questions."""


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in(demo_league()) as running:
        yield running


@pytest.mark.skipif(
    not IS_INSTALLED, reason="compares with nba_api: it is not installed"
)
@pytest.mark.parametrize("endpoint", sorted(ARGUMENTS))
def test_a_request_is_the_one_of_nba_api(
    server: StandIn, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    http = importlib.import_module(MODULE)
    endpoints = importlib.import_module("nba_api.stats.endpoints")
    monkeypatch.setattr(http.NBAStatsHTTP, "base_url", f"{server.url}/{{endpoint}}")
    call, named = our_calls()[endpoint], ARGUMENTS[endpoint]
    if endpoint == "CommonTeamRoster":
        named = named | {"team_id": int(call.params["TeamID"])}
    kind = getattr(endpoints, endpoint)
    # What it makes of an answer is not compared: the stand-in leaves out what we do not read.
    monkeypatch.setattr(kind, "load_response", lambda self: None)
    kind(**named, get_request=False).get_request()
    with Client(site.headers({})) as client:
        client.get(f"{server.url}/{call.path}", call.params)
    theirs, ours = server.calls[-2], server.calls[-1]
    assert ours.path == theirs.path
    assert sorted(ours.params.items()) == sorted(theirs.params.items())
    assert _compared(ours.headers) == _compared(theirs.headers)


def _compared(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request by lower-case name, but for the host and how answers are packed."""
    return {
        name.lower(): value for name, value in headers.items() if name not in site.OURS
    }


def planted(monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    """An installed nba_api with the headers of a browser of that version."""
    agent = f"Mozilla/5.0 (X11) Chrome/{version}.0.0.0 Safari/537.36"
    headers = {"Host": "stats.nba.com", "User-Agent": agent, "X-New": "yes"}
    module = SimpleNamespace(STATS_HEADERS=headers | {"Accept-Encoding": "br"})
    for name in ("nba_api", "nba_api.stats", "nba_api.stats.library"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(__path__=[]))
    monkeypatch.setitem(sys.modules, MODULE, module)


def test_headers_of_a_newer_nba_api_are_taken_but_for_host_and_packing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planted(monkeypatch, 999)
    found = site.headers({})
    assert "Chrome/999" in found["User-Agent"]
    assert found["X-New"] == "yes"
    assert found["Accept-Encoding"] == site.HEADERS["Accept-Encoding"]
    assert "Host" not in found
    changed = site.headers({site.HEADERS_VARIABLE: '{"User-Agent": "mine"}'})
    assert changed["User-Agent"] == "mine", "what a person sets comes first"


def test_headers_of_an_older_nba_api_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, 100)
    assert site.headers({}) == site.HEADERS


def test_without_nba_api_the_headers_are_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, MODULE, None)
    assert site.headers({}) == site.HEADERS
