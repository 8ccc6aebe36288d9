"""The flows on a small league, through a real Prefect server:
order, gates, resume by looking, budgets."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import (
    ConfigError,
    GateClosed,
    PhaseIncomplete,
    RemovalStopped,
    RowsRemoved,
    RunCancelled,
)
from planning.coverage import coverage_of
from planning.selection import Selection
from processors.discovery import load
from reports.reasons import tell_reason, tell_removal_cause
from reports.report import first_sections
from runs.events import (
    BatchDone,
    Event,
    NothingDue,
    RemovalStarted,
    ReportMade,
    VerdictReached,
)
from runs.listening import listening
from runs.report import final_report
from runs.survey import scope_of
from tests.league import FIRST_DAY, league
from tests.league_files import raw_league
from tests.raw_rows import World, raw_load
from validation.removals import RemovalLimit
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.warehouse import DuckDBWarehouse as Implementation

pytestmark = pytest.mark.usefixtures("prefect_server")

CANCELLED_PHASE = "phase team · first..2023-11-21"

TARGET = FIRST_DAY + timedelta(days=30)
AGREED = "the league moved the game"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A warehouse file that holds the league's raw rows."""
    return f"duckdb:{shutil.copy(raw_league(), tmp_path / 'warehouse.duckdb')}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Event]]:
    """A warehouse after a backfill of everything, and the events of that run."""
    address = loaded(tmp_path_factory.mktemp("whole"), league())
    return address, run(address)


def loaded(folder: Path, world: World) -> str:
    address = f"duckdb:{folder / 'warehouse.duckdb'}"
    with open_warehouse(address) as warehouse:
        warehouse.load(raw_load(world))
    return address


def run(url: str, **parameters: Any) -> list[Event]:
    """The events of a backfill; its error is raised."""
    from flows.backfill import backfill

    events: list[Event] = []
    with listening(events.append):
        backfill(warehouse=url, **parameters)
    return events


def gaps(url: str, **selection: Any) -> list[str]:
    with open_warehouse(url) as warehouse:
        parts = coverage_of(scope_of(warehouse, Selection(**selection)))
        return [f"{part.table} {day}" for part in parts for day in part.reasons]


def rows(url: str, table: str) -> int:
    with open_warehouse(url) as warehouse:
        return sum(state.present for state in warehouse.cell_states(table).values())


def logged(flow: str) -> list[str]:
    """What the server has in the log of the latest run of a flow."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowFilter,
        FlowFilterName,
        LogFilter,
        LogFilterFlowRunId,
    )
    from prefect.client.schemas.sorting import FlowRunSort
    from prefect.logging.handlers import APILogWorker

    APILogWorker.drain_all(timeout=60)
    with get_client(sync_client=True) as client:
        named = FlowFilter(name=FlowFilterName(any_=[flow]))
        latest, *_ = client.read_flow_runs(
            flow_filter=named, sort=FlowRunSort.START_TIME_DESC, limit=1
        )
        of_run = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[latest.id]))
        return [log.message.strip() for log in client.read_logs(of_run)]


def test_the_log_of_a_run_tells_what_a_terminal_would(url: str) -> None:
    """People look at a run's log first; it had a line at the beginning and one at the end."""
    from prefect.settings import PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

    with temporary_settings({PREFECT_LOGGING_TO_API_ENABLED: True}):
        run(url, tables=("team_offense_game_summary",))
    lines = logged("backfill")
    for beginning in (
        "at most ",
        "team: begins",
        "wave: team_offense_game_summary 3 dates, ",
        "team: sample GO: ",
        "team: computed in ",
        "team: gate GO",
    ):
        assert sum(line.startswith(beginning) for line in lines) == 1, beginning
    assert sum(line.startswith("team_offense_game_summary  ") for line in lines) >= 1


def test_a_backfill_fills_every_table_and_opens_every_gate(
    whole: tuple[str, list[Event]],
) -> None:
    url, events = whole
    verdicts = {e.phase: e.decision for e in events if isinstance(e, VerdictReached)}
    # One game of the league has no shots.
    assert verdicts == {
        "team": "GO with warnings",
        "player": "GO",
        "context": "GO",
        "precompute": "GO",
    }
    assert gaps(url) == []
    with open_warehouse(url) as warehouse:
        states = [warehouse.cell_states(p.name).values() for p in load()]
    assert all(sum(state.present for state in held) for held in states)


def test_a_second_backfill_computes_nothing(whole: tuple[str, list[Event]]) -> None:
    assert [e for e in run(whole[0]) if isinstance(e, BatchDone)] == []


def test_a_single_date_pulls_in_the_history_that_it_needs_and_gives_the_rows_of_the_whole(
    url: str, whole: tuple[str, list[Event]]
) -> None:
    """A date computed without its history would be wrong and look right."""
    run(url, dates=(TARGET,), max_workers=1, batch_days=7)
    with open_warehouse(url) as warehouse, open_warehouse(whole[0]) as other:
        present = {
            p.name: [d for d, s in warehouse.cell_states(p.name).items() if s.present]
            for p in load()
        }
        for processor in load():
            assert (
                warehouse.contents(processor.name)[TARGET]
                == other.contents(processor.name)[TARGET]
            )
    assert present["ml_feature_store"] == [TARGET]
    assert present["upcoming_player_game_context"] == [TARGET]
    assert min(present["player_game_summary"]) < FIRST_DAY
    assert max(present["player_game_summary"]) == TARGET


def test_f20_with_only_what_lacks_history_is_a_gap_and_nothing_is_computed_on_it(
    url: str,
) -> None:
    with pytest.raises((PhaseIncomplete, GateClosed)):
        run(url, dates=(TARGET,), tables=("ml_feature_store",), only=True)
    assert rows(url, "ml_feature_store") == 0


def test_f21_a_no_go_stops_what_comes_after(tmp_path: Path) -> None:
    """Half the box scores of a month are missing: nothing may be built on the rest."""
    world = league()
    broken = {
        g["game_id"]
        for g in world["schedule"]
        if g["game_date"] > FIRST_DAY + timedelta(days=10)
    }
    world["player_box"] = [r for r in world["player_box"] if r["game_id"] not in broken]
    url = loaded(tmp_path, world)
    with pytest.raises(GateClosed) as closed:
        run(url)
    assert closed.value.phase == "player"
    assert "cells_done_pct" in str(closed.value)
    assert rows(url, "upcoming_team_game_context") == 0
    assert any(
        "player_box has fewer than 5 active players" in gap for gap in reasons(url)
    )


def reasons(url: str) -> list[str]:
    with open_warehouse(url) as warehouse:
        return [
            tell_reason(reason)
            for part in coverage_of(scope_of(warehouse, Selection()))
            for reason in part.reasons.values()
        ]


def test_one_bad_date_costs_that_date_and_those_whose_cut_holds_it(
    tmp_path: Path,
) -> None:
    world = league()
    last = max(g["game_date"] for g in world["schedule"] if g["covers_player_box"])
    victims = {g["game_id"] for g in world["schedule"] if g["game_date"] == last}
    world["player_box"] = [
        r for r in world["player_box"] if r["game_id"] not in victims
    ]
    url = loaded(tmp_path, world)
    with pytest.raises(PhaseIncomplete) as left:
        run(url, phases=("team", "player"))
    assert str(last) in str(left.value)
    assert gaps(url, tables=("player_game_summary",)) == [f"player_game_summary {last}"]
    assert gaps(url, tables=("team_offense_game_summary",)) == []


def test_f62_no_more_batches_at_once_than_workers(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, lock = [0], [0], threading.Lock()

    @contextmanager
    def counted() -> Iterator[None]:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        try:
            yield
        finally:
            with lock:
                running[0] -= 1

    real = Implementation.materialize

    def materialize(self: DuckDBWarehouse, batch: Any, run_id: str) -> Any:
        with counted():
            return real(self, batch, run_id)

    monkeypatch.setattr(Implementation, "materialize", materialize)
    run(url, tables=("team_offense_game_summary",), batch_days=4, max_workers=3)
    assert 1 < most[0] <= 3


def test_f69_what_prefect_keeps_of_a_batch_is_json(url: str) -> None:
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH

    before = set(PREFECT_LOCAL_STORAGE_PATH.value().rglob("*"))
    run(url, tables=("team_offense_game_summary",))
    kept = [
        p
        for p in set(PREFECT_LOCAL_STORAGE_PATH.value().rglob("*")) - before
        if p.is_file()
    ]
    texts = [p.read_bytes() for p in kept]
    assert texts
    assert all(text.startswith(b"{") and len(text) < 4000 for text in texts)
    assert any(b"team_offense_game_summary" in text for text in texts)


def test_a_postponed_game_takes_its_rows_with_it(url: str) -> None:
    run(url, phases=("team",), start=TARGET, end=TARGET)
    world = league()
    moved = next(
        g
        for g in world["schedule"]
        if g["game_date"] == TARGET and g["covers_player_box"]
    )
    moved["status"] = "postponed"
    with open_warehouse(url) as warehouse:
        warehouse.load(raw_load({"schedule": [moved]}))
    asked: dict[str, Any] = {"phases": ("team",), "start": TARGET, "end": TARGET}
    events: list[Event] = []
    stopped = f"2 of .* rows of team_offense_game_summary .{TARGET}"
    with listening(events.append), pytest.raises(RemovalStopped, match=stopped):
        run(url, **asked)
    (report,) = (event.report for event in events if isinstance(event, ReportMade))
    assert (len(report.removals), report.removed, report.shrunk) == (2, [], ())
    assert [s.title for s in first_sections(report)][
        -1
    ] == "Rows that the next backfill removes"
    last = report.steps[-1].command
    assert last.endswith("--allow-removal '…'"), last
    with open_warehouse(url) as warehouse:
        assert (
            warehouse.cell_states("team_offense_game_summary")[TARGET].unexpected == 2
        )
    events = run(url, **asked, allow_removal=AGREED)
    told = [event.removal for event in events if isinstance(event, RemovalStarted)]
    assert {(r.table, r.rows) for r in told} == {
        (t.name, 2) for t in load().of_phase("team")
    }
    assert not [
        event for event in run(url, **asked) if isinstance(event, RemovalStarted)
    ]
    assert tell_removal_cause(told[0]) == f"called off: {moved['game_id']}"
    assert gaps(url, **asked) == []
    with open_warehouse(url) as warehouse:
        assert (
            warehouse.cell_states("team_offense_game_summary")[TARGET].unexpected == 0
        )


def test_rows_that_go_within_the_limit_are_told_and_the_run_does_not_end_well(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that shrinks by a day's rows is a correction, and nobody may find out by chance."""
    asked: dict[str, Any] = {"phases": ("team",), "start": TARGET, "end": TARGET}
    run(url, **asked)
    world = league()
    off = next(g for g in world["schedule"] if g["game_date"] == TARGET)
    with open_warehouse(url) as warehouse:
        warehouse.load(raw_load({"schedule": [off | {"status": "cancelled"}]}))
    monkeypatch.setattr(
        "runs.removals.removal_limit", lambda: RemovalLimit(at_most_pct=100, why="all")
    )
    with pytest.raises(
        RowsRemoved,
        match=f"team_offense_game_summary 4 to 2.*because: called off: {off['game_id']}",
    ):
        run(url, **asked)
    run(url, **asked)


def test_the_reason_of_a_waiver_agrees_to_what_goes_with_its_game(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who had waived a game as advised was told that nobody had agreed, and to compute it again."""
    asked: dict[str, Any] = {"phases": ("player",), "start": TARGET, "end": TARGET}
    run(url, **asked)
    games = [g for g in league()["schedule"] if g["game_date"] == TARGET]
    waived = next(g["game_id"] for g in games if g["covers_player_box"])
    with open_warehouse(url) as warehouse:
        warehouse.waive(waived, "player_box", AGREED)
    monkeypatch.setattr(
        "runs.removals.removal_limit", lambda: RemovalLimit(at_most_pct=100, why="all")
    )
    events = run(url, **asked)
    told = {e.removal.table: e.removal for e in events if isinstance(e, RemovalStarted)}
    cause = tell_removal_cause(told["player_game_summary"])
    assert cause == f"{waived} is waived: {AGREED}"
    (report,) = (event.report for event in events if isinstance(event, ReportMade))
    assert [shrunk.table for shrunk in report.shrunk] == ["player_game_summary"]
    assert not [step for step in report.steps if "backfill" in step.command]


def test_a_reason_for_removals_that_says_nothing_is_refused(url: str) -> None:
    with pytest.raises(
        ConfigError, match="--allow-removal needs a reason of at least 10 characters"
    ):
        run(url, allow_removal="ok")


def test_an_overdue_game_is_named_first_and_ends_the_run_as_gaps_do(url: str) -> None:
    """Dates that waited for a game that nobody asked
    for again were waiting, and the run ended well."""
    world = league()
    open_game = next(g for g in world["schedule"] if g["game_date"] == TARGET)
    with open_warehouse(url) as warehouse:
        warehouse.load(raw_load({"schedule": [open_game | {"status": "live"}]}))
    named = f"1 game is neither final nor called off.*{open_game['game_id']} .{TARGET}"
    with pytest.raises(GateClosed, match=named) as closed:
        run(url)
    assert closed.value.exit_code == PhaseIncomplete.exit_code
    with open_warehouse(url) as warehouse:
        report = final_report(warehouse, Selection())
    load, waive = report.steps[:2]
    assert load.command == "fullcourt ingest nba-stats DIR"
    assert waive.command.startswith(
        f"fullcourt waive {open_game['game_id']} --table schedule"
    )
    assert not any("all is there" in str(step) for step in report.steps)


def test_a_backfill_of_cells_that_are_skipped_computes_nothing_and_has_no_gate_say_go(
    url: str,
) -> None:
    """It computed 963 cells, printed `gate GO`, and then `0 of 0`."""
    features = "ml_feature_store"
    events = run(url, tables=(features,), dates=(FIRST_DAY,))
    assert [event for event in events if isinstance(event, NothingDue)] == [
        NothingDue("precompute")
    ]
    assert not [e for e in events if isinstance(e, BatchDone | VerdictReached)]
    with open_warehouse(url) as warehouse:
        assert warehouse.verdicts("precompute") == []


def test_a_backfill_of_a_date_without_games_is_refused(url: str) -> None:
    """It ended with four open gates about nothing."""
    nearest = (
        "no game on 2023-08-01; it has games from 2023-04-01 to 2023-12-02, the nearest on "
        "2023-04-06 and"
    )
    with pytest.raises(ConfigError, match=nearest):
        run(url, dates=(date(2023, 8, 1),))


def test_the_ingest_flow_loads_the_demo_league_s_dates(tmp_path: Path) -> None:
    from flows.ingest import ingest

    url = f"duckdb:{tmp_path / 'warehouse.duckdb'}"
    done = ingest(warehouse=url, start=date(2023, 10, 24), end=date(2023, 10, 30))
    assert done["rows"]["schedule"] > 40
    with open_warehouse(url) as warehouse:
        assert min(day.game_date for day in warehouse.game_days()) == date(2023, 10, 24)


def test_a_run_is_named_for_what_was_asked() -> None:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(limit=200)
    names = {run.name for run in runs}
    assert f"backfill all tables · {TARGET}" in names
    assert "backfill team_offense_game_summary · whole schedule" in names
    parts = [run for run in runs if run.name.startswith(("phase ", "gate "))]
    assert {run.name.split()[0] for run in parts} == {"phase", "gate"}
    for run in parts:
        of_phase = [tag for tag in run.tags if tag.startswith("phase:")]
        assert of_phase == [f"phase:{run.name.split()[1]}"]


def test_a_phase_that_is_cancelled_on_the_dashboard_ends_the_backfill_as_cancelled(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ended as Failed with a thousand gaps that nobody had computed."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
    from prefect.states import Cancelling

    from flows.backfill import backfill

    monkeypatch.setattr("tasks.cancellation.LOOK_EVERY", 0)
    named = FlowRunFilter(name=FlowRunFilterName(any_=[CANCELLED_PHASE]))

    def cancel(event: Event) -> None:
        if not isinstance(event, BatchDone):
            return
        with get_client(sync_client=True) as client:
            (phase,) = client.read_flow_runs(flow_run_filter=named)
            if phase.state_name == "Running":
                client.set_flow_run_state(phase.id, Cancelling())

    asked: dict[str, Any] = {"phases": ("team",), "end": date(2023, 11, 21)}
    how = {"sample": 1, "batch_days": 2, "max_workers": 1}
    with listening(cancel):
        state = backfill(warehouse=url, **asked, **how, return_state=True)
    assert (state.type.value, state.name) == ("CANCELLED", "Cancelled")
    assert re.match(
        r"backfill was cancelled: \d+ of \d+ cells (is|are) published",
        str(state.message),
    )
    assert isinstance(state.result(raise_on_failure=False), RunCancelled)
    with get_client(sync_client=True) as client:
        (phase,) = client.read_flow_runs(flow_run_filter=named)
    assert phase.state_name == "Cancelled"
    with open_warehouse(url) as warehouse:
        assert [run.ending for run in warehouse.run_records()] == ["Cancelled"]
    left = gaps(url, **asked)
    resumed = run(url, **asked)
    assert sum(e.dates for e in resumed if isinstance(e, BatchDone)) == len(left) > 0
    assert gaps(url, **asked) == []
