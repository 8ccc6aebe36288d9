"""How far a run is, and what came true of its first estimate:
on its page and for who is watching."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from httpx import ConnectError

from core.errors import GateClosed
from planning.eta import Outturn
from reports.eta import tell_outturn
from runs.events import BatchDone, Event, OutturnKnown, ProgressMade, VerdictReached
from runs.listening import listening
from tasks import artifacts
from tests.league import FIRST_DAY, league
from tests.league_files import raw_league
from tests.raw_rows import raw_load
from warehouse.connections import open_warehouse

Told = TypeVar("Told", bound=Event)

pytestmark = pytest.mark.usefixtures("prefect_server")

TEAM, DEFENSE = "team_offense_game_summary", "team_defense_game_summary"


@pytest.fixture(scope="module")
def computed(
    tmp_path_factory: pytest.TempPathFactory, prefect_server: None
) -> tuple[str, list[Event]]:
    """The little league with its first phase computed for the first time,
    and what was told of that run."""
    folder = tmp_path_factory.mktemp("progress")
    url = f"duckdb:{shutil.copy(raw_league(), folder / 'warehouse.duckdb')}"
    return url, run(url)


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """The places to which a run moves its bar."""
    from prefect.artifacts import update_progress_artifact

    moved: list[tuple[float, str]] = []

    def update(bar: Any, percent: float, description: str) -> Any:
        moved.append((percent, description))
        return update_progress_artifact(bar, percent, description)

    monkeypatch.setattr(artifacts, "update_progress_artifact", update)
    return moved


def run(url: str, **parameters: Any) -> list[Event]:
    """What is told of a backfill of the first phase; its error is raised."""
    from flows.backfill import backfill

    events: list[Event] = []
    with listening(events.append):
        backfill(**{"warehouse": url, "phases": ("team",), **parameters})
    return events


def told(events: list[Event], kind: type[Told]) -> list[Told]:
    return [event for event in events if isinstance(event, kind)]


def outturn_of(events: list[Event]) -> Outturn:
    """What came true of the only run that these events tell of."""
    (known,) = told(events, OutturnKnown)
    return known.outturn


def bars() -> list[Any]:
    """Every progress artifact of the server, the latest first."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterType
    from prefect.client.schemas.sorting import ArtifactSort

    progress = ArtifactFilter(type=ArtifactFilterType(any_=["progress"]))
    with get_client(sync_client=True) as client:
        return client.read_artifacts(
            artifact_filter=progress, sort=ArtifactSort.UPDATED_DESC
        )


def test_a_run_has_a_bar_on_its_page_that_ends_at_100_with_what_came_true(
    computed: tuple[str, list[Event]],
) -> None:
    from prefect.client.orchestration import get_client

    outturn = outturn_of(run(computed[0], rerun=True))
    bar = bars()[0]
    assert (bar.key, bar.data) == ("backfill-progress", 100)
    assert bar.description.endswith(tell_outturn(outturn))
    with get_client(sync_client=True) as client:
        assert client.read_flow_run(bar.flow_run_id).name.startswith("backfill team")


def test_the_first_run_has_no_estimate_and_later_ones_have(
    computed: tuple[str, list[Event]],
) -> None:
    first = told(computed[1], ProgressMade)[0]
    assert (first.left, first.percent) == (None, 0)
    outturn = outturn_of(computed[1])
    assert outturn.estimate is None
    assert tell_outturn(outturn).startswith("no estimate at first, took ")
    again = run(computed[0], rerun=True)
    estimated = told(again, ProgressMade)[0].left
    assert estimated is not None
    assert 0 < estimated.low < estimated.high
    assert outturn_of(again).estimate == estimated
    with open_warehouse(computed[0]) as warehouse:
        kept = warehouse.run_records()
    assert kept[0].outturn == outturn_of(again)
    assert kept[-1].outturn == outturn
    assert {record.ending for record in kept} == {"Completed"}
    assert all(record.began_at for record in kept)


def test_f68_the_cells_to_do_are_those_that_are_computed_whatever_the_dates(
    computed: tuple[str, list[Event]],
) -> None:
    """Three months in which a few dates have games are those few dates of work."""
    url, start, end = (
        computed[0],
        FIRST_DAY + timedelta(days=35),
        FIRST_DAY + timedelta(days=125),
    )
    with open_warehouse(url) as warehouse:
        dates = [day for day in warehouse.game_days() if start <= day.game_date <= end]
    events = run(url, rerun=True, start=start, end=end)
    batches = told(events, BatchDone)
    at_first, *_, at_last = told(events, ProgressMade)
    assert (
        at_first.cells == sum(batch.dates for batch in batches) == 2 * len(dates) < 30
    )
    assert at_first.rows == sum(batch.rows for batch in batches) > 0
    assert (at_last.cells_done, at_last.rows_done) == (at_first.cells, at_first.rows)
    assert (at_first.percent, at_last.percent) == (0, 100)


def test_where_nothing_is_to_be_computed_nothing_is_read_told_or_shown(
    computed: tuple[str, list[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A nightly run of what is fresh would pay for a bar that nobody needs."""
    asked: list[str] = []
    monkeypatch.setattr(
        "tasks.progress.past_batches", lambda *_: asked.append("history")
    )
    for name in ("create_progress_artifact", "update_progress_artifact"):
        monkeypatch.setattr(artifacts, name, lambda *_: asked.append("server"))
    events = run(computed[0])
    assert asked == []
    assert not told(events, ProgressMade)
    assert not told(events, OutturnKnown)


def test_the_bar_moves_once_in_a_while_and_at_the_end(
    computed: tuple[str, list[Event]],
    moves: list[tuple[float, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A call to the server for every batch would be most of what a small batch costs."""
    monkeypatch.setattr("tasks.progress.SHOWN_EVERY", 3_600)
    run(computed[0], rerun=True, batch_days=5)
    assert [percent for percent, _ in moves] == [100]
    moves.clear()
    monkeypatch.setattr("tasks.progress.SHOWN_EVERY", 0)
    monkeypatch.setattr("tasks.progress.TOLD_EVERY", 0)
    run(computed[0], rerun=True, batch_days=5)
    places = [percent for percent, _ in moves]
    assert len(places) > 4
    assert places == sorted(places)
    assert all("cells" in said for _, said in moves)


@pytest.mark.parametrize(
    "call", ["create_progress_artifact", "update_progress_artifact"]
)
def test_a_server_that_does_not_take_the_bar_ends_no_run(
    computed: tuple[str, list[Event]], monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def unheard(*_: Any) -> Iterator[None]:
        raise ConnectError("connection refused")

    monkeypatch.setattr(artifacts, call, unheard)
    monkeypatch.setattr("tasks.progress.SHOWN_EVERY", 0)
    events = run(computed[0], rerun=True)
    assert outturn_of(events).done.cells > 0
    assert told(events, VerdictReached)[0].decision == "GO with warnings"


def test_a_run_that_a_gate_stops_says_how_far_it_came(tmp_path: Path) -> None:
    world = league()
    broken = {
        g["game_id"]
        for g in world["schedule"]
        if g["game_date"] > FIRST_DAY + timedelta(days=10)
    }
    world["player_box"] = [
        row for row in world["player_box"] if row["game_id"] not in broken
    ]
    url = f"duckdb:{tmp_path / 'warehouse.duckdb'}"
    events: list[Event] = []
    with open_warehouse(url) as warehouse:
        warehouse.load(raw_load(world))
    with listening(events.append), pytest.raises(GateClosed):
        run(url, phases=())
    outturn = outturn_of(events)
    assert 0 < outturn.done.cells < outturn.planned.cells
    assert f"for {outturn.done.cells:,}" in bars()[0].description
    assert bars()[0].data < 100
