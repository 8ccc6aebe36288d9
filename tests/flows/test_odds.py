"""Lines fetched by a flow: the key of a Secret block is in nothing that the run leaves."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.errors import ConfigError, FetchIncomplete, SourceError
from runs.odds import OddsRequest, forecast_odds
from tests.loop import open_warehouse as made_warehouse
from tests.raw_rows import raw_load
from tests.stats_stand_in.league import END, demo_league
from tests.stats_stand_in.odds import KEY
from tests.stats_stand_in.server import StandIn, stand_in
from warehouse.connections import open_warehouse

pytestmark = pytest.mark.usefixtures("prefect_server")

BLOCK = "planted-block-of-lines"
SEASON = 2023
Named = dict[str, Any]
"""Parameters by name."""
DAY = END - timedelta(days=1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in(demo_league()) as running:
        monkeypatch.setenv("FULLCOURT_ODDS_URL", running.odds_url)
        monkeypatch.setenv("FULLCOURT_FETCH_PAUSE", "0")
        monkeypatch.delenv("ODDS_API_KEY", raising=False)
        yield running


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A warehouse with the league's schedule and box scores, and no lines."""
    league = demo_league()
    schedule = [game | {"covers_props": False} for game in league.tables["schedule"]]
    boxes = {table: league.tables[table] for table in ("team_box", "player_box")}
    path = tmp_path / "nba.duckdb"
    made_warehouse(raw_load({"schedule": schedule, **boxes}), path=str(path)).close()
    return f"duckdb:{path}"


@pytest.fixture
def block(prefect_server: None) -> Iterator[str]:
    """A Secret block with the key, as its owner makes it."""
    from prefect.blocks.system import Secret
    from prefect.client.orchestration import get_client

    Secret(value=SecretStr(KEY)).save(BLOCK)
    yield BLOCK
    with get_client(sync_client=True) as client:
        held = client.read_block_document_by_name(BLOCK, "secret")
        client.delete_block_document(held.id)


def files_of_the_server() -> list[Path]:
    """The database of the test's Prefect server, with what is not yet merged into it."""
    from prefect.logging.handlers import APILogWorker
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

    APILogWorker.drain_all(timeout=10)
    address = str(PREFECT_API_DATABASE_CONNECTION_URL.value())
    database = Path("/" + address.partition("///")[2].lstrip("/"))
    assert database.is_file(), address
    return sorted(database.parent.glob(f"{database.name}*"))


def holding(files: list[Path], text: str) -> list[Path]:
    """The files that hold a text."""
    return [
        path for path in files if path.is_file() and text.encode() in path.read_bytes()
    ]


def test_the_key_of_a_block_is_in_nothing_that_a_run_leaves(
    server: StandIn,
    url: str,
    block: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither where the run ends well, nor where its calls fail and it says why."""
    from flows.fetch import fetch

    caplog.set_level(logging.DEBUG)
    named: Named = {"source": "odds", "since": DAY, "key_block": block}
    done: Any = fetch(
        warehouse=url,
        folder=str(tmp_path / "good"),
        seasons=(SEASON,),
        load=True,
        **named,
    )
    assert done["failed"] == []
    server.fault = lambda number, path, params: "broken" if number % 2 else ""
    server.calls.clear()
    with pytest.raises(
        FetchIncomplete, match=r"failed player_points|failed events"
    ) as bad:
        fetch(
            warehouse=url,
            folder=str(tmp_path / "bad"),
            seasons=(SEASON,),
            **named,
            max_credits=60,
        )
    assert {call.params.get("apiKey") for call in server.calls} == {KEY}
    with open_warehouse(url) as warehouse:
        assert warehouse.games_of("player_props")
    assert KEY not in repr(done) + str(bad.value) + caplog.text
    left = [*files_of_the_server(), *tmp_path.rglob("*")]
    assert holding(left, BLOCK), (
        "what was typed is on record, so a key would be found as well"
    )
    assert holding(left, "player_points")
    assert holding(left, KEY) == []


def test_opening_lines_cost_twice_and_are_counted_before(
    server: StandIn, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.fetch import fetch

    monkeypatch.setenv("ODDS_API_KEY", KEY)
    folder = tmp_path / "snapshots"
    named: Named = {"source": "odds", "since": DAY, "markets": ("player_points",)}
    request = OddsRequest(folder, (SEASON,), DAY, ("player_points",))
    once = forecast_odds(url, request)
    twice = forecast_odds(url, replace(request, opening=True))
    lists_of_events = 2 * once["calls"] - twice["calls"]
    assert lists_of_events == 2, "one a day"
    assert twice["credits"] == 2 * once["credits"] - lists_of_events
    fetch(
        warehouse=url,
        folder=str(folder),
        seasons=(SEASON,),
        opening=True,
        load=True,
        **named,
    )
    assert server.credits == twice["credits"]
    with open_warehouse(url) as warehouse:
        games = warehouse.games_of("player_props")
        rows = warehouse.rows_of_games("player_props", games).to_pylist()
    moments: dict[tuple[str, int, str], set[str]] = {}
    for row in rows:
        key = (row["game_id"], row["player_id"], row["bookmaker"])
        moments.setdefault(key, set()).add(str(row["snapshot_at"]))
    assert {len(seen) for seen in moments.values()} == {2}


def test_a_run_that_may_spend_nothing_asks_nothing(
    server: StandIn, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.fetch import fetch

    monkeypatch.setenv("ODDS_API_KEY", KEY)
    with pytest.raises(SourceError, match="stopped before the next call: 0 credits"):
        fetch(
            warehouse=url,
            folder=str(tmp_path),
            seasons=(SEASON,),
            source="odds",
            max_credits=0,
        )
    assert server.calls == []


def test_a_block_that_is_not_there_is_named(
    server: StandIn, url: str, tmp_path: Path
) -> None:
    from flows.fetch import fetch

    with pytest.raises(ConfigError, match="no Secret block named 'nobody-made-it'"):
        fetch(
            warehouse=url,
            folder=str(tmp_path),
            seasons=(SEASON,),
            source="odds",
            key_block="nobody-made-it",
        )
    with pytest.raises(
        ConfigError, match="ODDS_API_KEY: is not set, and no Secret block"
    ):
        fetch(warehouse=url, folder=str(tmp_path), seasons=(SEASON,), source="odds")
    assert server.calls == []
