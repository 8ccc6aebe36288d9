"""Lines from the stand-in: what they cost, whose they are, and that the key is nowhere."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError, SourceError
from planning.raw_load import Held
from runs.fetch import Fetched, exit_code
from runs.ingest import ingest
from runs.odds import OddsRequest, api_key, fetch_odds, forecast_odds, odds_files
from sources.names import by_name, folded
from sources.odds.plan import BEFORE, Budget, Spent
from sources.odds.reading import decimal
from sources.web.client import Answer
from tests.loop import open_warehouse as made_warehouse
from tests.raw_rows import raw_load
from tests.stats_stand_in.fetched import SEASON, Clock, network
from tests.stats_stand_in.league import START, Row, demo_league
from tests.stats_stand_in.odds import KEY, latest, snapshot_of
from tests.stats_stand_in.server import StandIn, stand_in
from warehouse.connections import open_warehouse

DAY = START + timedelta(days=1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in(demo_league()) as running:
        monkeypatch.setenv("FULLCOURT_ODDS_URL", running.odds_url)
        yield running


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A warehouse with the league's schedule and box scores, and no lines."""
    path = tmp_path_factory.mktemp("odds") / "nba.duckdb"
    league = demo_league()
    schedule = [game | {"covers_props": False} for game in league.tables["schedule"]]
    boxes = {table: league.tables[table] for table in ("team_box", "player_box")}
    made_warehouse(raw_load({"schedule": schedule, **boxes}), path=str(path)).close()
    return f"duckdb:{path}"


def fetched(url: str, folder: Path, key: str = KEY, most: int | None = None) -> Fetched:
    request = OddsRequest(folder, (SEASON,), DAY, max_credits=most)
    return fetch_odds(url, request, key, network=network(Clock()))


def games() -> list[Row]:
    """The league's games that have lines to ask for."""
    return [
        game
        for game in demo_league().games(SEASON)
        if game["game_date"] >= DAY
        and game["status"] == "final"
        and game["tip_off"] is not None
        and game["game_id"][2] in "2456"
    ]


def test_lines_are_those_of_a_quarter_of_an_hour_before_tip_off(
    server: StandIn, url: str, tmp_path: Path
) -> None:
    done = fetched(url, tmp_path)
    assert exit_code(done) == 0
    with open_warehouse(url) as warehouse:
        held = Held(warehouse.schedule())
    load = odds_files(url, tmp_path).read(held)
    assert load.rejects.num_rows == 0
    expected = set()
    for game in games():
        moment = game["tip_off"] - BEFORE
        rows = (
            r
            for r in demo_league().tables["player_props"]
            if r["game_id"] == game["game_id"]
        )
        for row in latest(rows, moment, "player_id", "bookmaker"):
            key = (game["game_id"], row["player_id"], row["bookmaker"])
            expected.add((*key, snapshot_of(moment), row["line"]))
    found = load.tables["player_props"].to_pylist()
    keys = ("game_id", "player_id", "bookmaker", "snapshot_at", "line")
    assert expected
    assert {tuple(row[key] for key in keys) for row in found} == expected
    assert all(1.5 < row["over_price"] < 2.5 for row in found)
    assert {row["market"] for row in found} == {"points"}
    assert {row["game_id"] for row in load.tables["schedule"].to_pylist()} == {
        row["game_id"] for row in found
    }
    with_lines = {row["game_id"] for row in load.tables["game_lines"].to_pylist()}
    assert with_lines == {game["game_id"] for game in games()}


def test_what_it_costs_is_what_the_dry_run_said(
    server: StandIn, url: str, tmp_path: Path
) -> None:
    request = OddsRequest(tmp_path, (SEASON,), DAY)
    told = forecast_odds(url, request)
    assert server.calls == []
    done = fetched(url, tmp_path)
    assert (done["asked"], server.credits) == (told["calls"], told["credits"])
    again = fetched(url, tmp_path)
    assert (again["asked"], server.credits) == (0, told["credits"])


def test_a_run_ends_before_its_credits_are_spent(
    server: StandIn, url: str, tmp_path: Path
) -> None:
    done = fetched(url, tmp_path, most=35)
    assert server.credits == 31
    assert done["stopped"]["why"] == "credits"
    assert exit_code(done) == 4


def test_the_key_is_in_no_file_log_or_result(
    server: StandIn, url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = [fetched(url, tmp_path / "snapshots", most=31)]
    server.fault = lambda number, path, params: "broken"
    told.append(fetched(url, tmp_path / "failed", most=31))
    assert any(call.params.get("apiKey") == KEY for call in server.calls)
    copy = Path(shutil.copy(url.removeprefix("duckdb:"), tmp_path))
    ingest(f"duckdb:{copy}", odds_files(url, tmp_path / "snapshots"))
    assert KEY not in repr(told)
    assert KEY not in caplog.text
    files = list(tmp_path.rglob("*"))
    assert any(path.name == "manifest.jsonl" for path in files)
    for path in files:
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


def test_a_key_that_is_not_taken_fetches_nothing(
    server: StandIn, url: str, tmp_path: Path
) -> None:
    done = fetched(url, tmp_path, key="another-key")
    assert exit_code(done) == 2
    assert {failed["status"] for failed in done["failed"]} == {401}
    assert "API key is not valid" in done["failed"][0]["reason"]
    assert server.credits == 0


def test_a_name_outside_the_rosters_is_a_reject_with_its_name(
    server: StandIn, url: str, tmp_path: Path
) -> None:
    fetched(url, tmp_path, most=31)
    with open_warehouse(url) as warehouse:
        held = Held(warehouse.schedule())
    files = odds_files(url, tmp_path)
    fewer = {side: people[1:] for side, people in files.rosters.items()}
    load = type(files)(tmp_path, fewer).read(held)
    rejects = load.rejects.to_pylist()
    assert {reject["reason"] for reject in rejects} == {"unknown_player"}
    assert all(reject["value"] and reject["game_id"] for reject in rejects)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigError, match="ODDS_API_KEY: is not set"):
        api_key({})


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Luka Dončić", "luka doncic"),
        ("Robert Williams III", "robert williams"),
        ("Jaren Jackson Jr.", "jaren jackson"),
        ("Karl-Anthony Towns", "karl anthony towns"),
        ("P.J. Washington", "pj washington"),
    ],
)
def test_names_are_folded(name: str, key: str) -> None:
    assert folded(name) == key


def test_a_name_that_two_people_share_is_nobodys() -> None:
    people = [(1, "Jalen Williams"), (2, "Jaylin Williams"), (3, "Jalen Williams Jr.")]
    assert by_name(people) == {"jaylin williams": 2}
    assert by_name([(1, "A. B"), (1, "A B")]) == {"a b": 1}


def test_american_odds_become_decimal_ones() -> None:
    assert [decimal(odds) for odds in (150, -110, 100, -200)] == [2.5, 1.9091, 2.0, 1.5]


def test_credits_that_the_account_has_left_are_heeded() -> None:
    budget = Budget()
    budget.count(
        Answer(200, "", b"", {"X-Requests-Last": "10", "X-Requests-Remaining": "5"})
    )
    assert budget.spent == 10
    with pytest.raises(Spent, match="5 left"):
        budget.require(10)


def test_the_days_asked_for_hold_games() -> None:
    assert date(2023, 10, 25) == DAY
    assert games()


@pytest.mark.parametrize(
    ("asked", "season"),
    [
        ({"seasons": (2019, 2020)}, "--season 2019 --season 2020"),
        ({"since": date(2031, 2, 1)}, "--season 2030"),
    ],
)
def test_the_schedule_to_fetch_first_is_that_of_the_seasons_asked_for(
    url: str, tmp_path: Path, asked: dict[str, Any], season: str
) -> None:
    """A season of another year would load games of which nobody wants lines."""
    with pytest.raises(SourceError, match=f"fullcourt fetch nba {season} --ingest"):
        forecast_odds(url, OddsRequest(tmp_path, **asked))


@pytest.mark.parametrize(
    ("seasons", "named"), [((2022,), "--season 2022"), ((), "--season YEAR")]
)
def test_the_lines_to_fetch_first_are_those_of_the_seasons_asked_for(
    url: str, tmp_path: Path, seasons: tuple[int, ...], named: str
) -> None:
    files = odds_files(url, tmp_path, seasons)
    with pytest.raises(SourceError, match=f"fullcourt fetch odds {named}"):
        ingest(url, files)
