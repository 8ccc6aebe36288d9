"""The nightly run on a Prefect server and the stand-in: one tree of fetch, ingest and backfill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import FetchIncomplete, SourceError
from tests.stats_stand_in.league import END, demo_league
from tests.stats_stand_in.server import StandIn, stand_in
from warehouse.connections import open_warehouse

pytestmark = pytest.mark.usefixtures("prefect_server")

CORRECTED = END - timedelta(days=2)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in(demo_league()) as running:
        monkeypatch.setenv("FULLCOURT_NBA_STATS_URL", running.url)
        monkeypatch.setenv("FULLCOURT_FETCH_PAUSE", "0")
        yield running


def computed(url: str, without: set[str]) -> dict[str, set[tuple[str, Any]]]:
    """Run -> the cells that it computed, but for the runs that are known."""
    with open_warehouse(url) as warehouse:
        entries = [
            (entry.run_id, table, day)
            for table in warehouse.catalog.ordered()
            for day in warehouse.cell_states(table)
            for entry in warehouse.entries(table, day)
        ]
    runs: dict[str, set[tuple[str, Any]]] = {}
    for run, table, day in entries:
        if run not in without:
            runs.setdefault(run, set()).add((table, day))
    return runs


def test_a_corrected_box_score_of_the_night_recomputes_its_consequences_alone(
    server: StandIn, tmp_path: Path
) -> None:
    from flows.nightly import nightly

    url, folder = f"duckdb:{tmp_path / 'nba.duckdb'}", str(tmp_path / "snapshots")
    assert set(nightly(warehouse=url, folder=folder, source="nba", today=END)) >= {
        "team",
        "player",
    }
    first = computed(url, set())
    assert len(first) == 1
    assert [call.endpoint for call in server.calls][0] == "scheduleleaguev2"

    def correction(number: int, path: str, params: Mapping[str, str]) -> str:
        return "corrected" if "PlayerOrTeam" in params else ""

    server.fault = correction
    asked = len(server.calls)
    nightly(warehouse=url, folder=folder, source="nba", today=END + timedelta(days=1))
    assert len(server.calls) - asked <= 20
    (cells,) = computed(url, set(first)).values()
    of_games = {"team_offense_game_summary", "player_game_summary"}
    assert {(table, day) for table, day in cells if table in of_games} == {
        (table, CORRECTED) for table in of_games
    }
    assert all(day >= CORRECTED for _, day in cells)


def test_a_night_that_lacks_an_answer_computes_what_came_and_fails_at_its_end(
    server: StandIn, tmp_path: Path
) -> None:
    """A green night over a hole would be believed."""
    from flows.nightly import nightly

    url, folder = f"duckdb:{tmp_path / 'nba.duckdb'}", str(tmp_path / "snapshots")
    nightly(warehouse=url, folder=folder, source="nba", today=END)
    first = computed(url, set())

    def no_shots(number: int, path: str, params: Mapping[str, str]) -> str:
        if "PlayerOrTeam" in params:
            return "corrected"
        return "broken" if path.endswith("shotchartdetail") else ""

    server.fault = no_shots
    with pytest.raises(FetchIncomplete) as raised:
        nightly(
            warehouse=url, folder=folder, source="nba", today=END + timedelta(days=1)
        )
    assert "nba: not all was fetched: failed shotchartdetail 2023-24" in str(
        raised.value
    )
    assert "System.Net.WebException" in str(raised.value)
    (cells,) = computed(url, set(first)).values()
    assert ("player_game_summary", CORRECTED) in cells, "what came is computed"


def test_a_night_on_which_nothing_is_answered_begins_no_backfill(
    server: StandIn, tmp_path: Path
) -> None:
    from flows.nightly import nightly

    url = f"duckdb:{tmp_path / 'nba.duckdb'}"
    server.fault = lambda number, path, params: "forbidden"
    with pytest.raises(SourceError, match="nba: nothing was fetched: failed schedule"):
        nightly(
            warehouse=url, folder=str(tmp_path / "snapshots"), source="nba", today=END
        )
    assert computed(url, set()) == {}
