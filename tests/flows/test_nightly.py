"""The nightly run on a Prefect server and the stand-in: one tree of fetch, ingest and backfill."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
        asks(running, monkeypatch)
        yield running


def asks(site: StandIn, patch: pytest.MonkeyPatch) -> None:
    """Let what is fetched come from a stand-in, at once."""
    patch.setenv("FULLCOURT_NBA_STATS_URL", site.url)
    patch.setenv("FULLCOURT_FETCH_PAUSE", "0")


@dataclass(frozen=True)
class Night:
    """A night that went well: what the flow gave, what was asked first, and what it left."""

    phases: set[str]
    asked_first: str
    folder: Path

    def left(self, folder: Path) -> dict[str, Any]:
        """A copy of the warehouse and of the snapshots, as parameters of the next night."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return places(folder)


def places(folder: Path) -> dict[str, Any]:
    """The parameters that say where everything is, and from which source it comes."""
    return {
        "warehouse": f"duckdb:{folder / 'nba.duckdb'}",
        "folder": str(folder / "snapshots"),
        "source": "nba",
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first night of the season that is looked at: everything is fetched and computed."""
    from flows.nightly import nightly

    folder = tmp_path_factory.mktemp("first")
    with stand_in(demo_league()) as site, pytest.MonkeyPatch.context() as patch:
        asks(site, patch)
        phases = set(nightly(**places(folder), today=END))
    return Night(phases, site.calls[0].endpoint, folder)


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
    first: Night, server: StandIn, tmp_path: Path
) -> None:
    from flows.nightly import nightly

    assert first.phases >= {"team", "player"}
    assert first.asked_first == "scheduleleaguev2"
    given = first.left(tmp_path)
    known = computed(given["warehouse"], set())
    assert len(known) == 1

    def correction(number: int, path: str, params: Mapping[str, str]) -> str:
        return "corrected" if "PlayerOrTeam" in params else ""

    server.fault = correction
    nightly(**given, today=END + timedelta(days=1))
    assert len(server.calls) <= 20
    (cells,) = computed(given["warehouse"], set(known)).values()
    of_games = {"team_offense_game_summary", "player_game_summary"}
    assert {(table, day) for table, day in cells if table in of_games} == {
        (table, CORRECTED) for table in of_games
    }
    assert all(day >= CORRECTED for _, day in cells)


def test_a_night_that_lacks_an_answer_computes_what_came_and_fails_at_its_end(
    first: Night, server: StandIn, tmp_path: Path
) -> None:
    """A green night over a hole would be believed."""
    from flows.nightly import nightly

    given = first.left(tmp_path)
    known = computed(given["warehouse"], set())

    def no_shots(number: int, path: str, params: Mapping[str, str]) -> str:
        if "PlayerOrTeam" in params:
            return "corrected"
        return "broken" if path.endswith("shotchartdetail") else ""

    server.fault = no_shots
    with pytest.raises(FetchIncomplete) as raised:
        nightly(**given, today=END + timedelta(days=1))
    assert "nba: not all was fetched: failed shotchartdetail 2023-24" in str(
        raised.value
    )
    assert "System.Net.WebException" in str(raised.value)
    (cells,) = computed(given["warehouse"], set(known)).values()
    assert ("player_game_summary", CORRECTED) in cells, "what came is computed"


def test_a_night_on_which_nothing_is_answered_begins_no_backfill(
    server: StandIn, tmp_path: Path
) -> None:
    from flows.nightly import nightly

    given = places(tmp_path)
    server.fault = lambda number, path, params: "forbidden"
    with pytest.raises(SourceError, match="nba: nothing was fetched: failed schedule"):
        nightly(**given, today=END)
    assert computed(given["warehouse"], set()) == {}
