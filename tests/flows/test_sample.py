"""A phase is tried on a few dates first: what would spoil all
of them stops it before the range is spent."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from httpx import ConnectError

from core.errors import GateClosed, PhaseIncomplete
from planning.selection import Selection
from reports.sample import tell_sample
from runs.events import BatchDone, Event, SampleJudged, VerdictReached
from runs.lines import RunLines
from runs.listening import listening
from tasks.endings import ends_with, label_ending
from tests.league_files import raw_league
from tests.loop import compute, rows
from tests.loop import open_warehouse as opened_with
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse

TEAM, DEFENSE, PLAYER = (
    "team_offense_game_summary",
    "team_defense_game_summary",
    "player_game_summary",
)


@pytest.fixture(scope="module")
def begun_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the league with its teams' tables computed, so that the players' are next."""
    path = tmp_path_factory.mktemp("begun") / "league.duckdb"
    with closing(opened_with(path=str(shutil.copy(raw_league(), path)))) as warehouse:
        assert compute(warehouse, tables=(TEAM, DEFENSE)) == {}
    return path


@pytest.fixture
def url(prefect_server: None, begun_file: Path, tmp_path: Path) -> str:
    """That league, to compute in."""
    return f"duckdb:{shutil.copy(begun_file, tmp_path)}"


def changed(url: str, change: str) -> None:
    """Change raw rows behind everybody's back."""
    with open_warehouse(url) as warehouse:
        assert isinstance(warehouse, DuckDBWarehouse)
        rows(warehouse, change)


def run(url: str, **parameters: Any) -> tuple[list[Event], GateClosed | None]:
    """The events of a backfill of the players' table, and the NO-GO that ended it."""
    # Imported late, as in the other tests of flows: Prefect takes two seconds.
    from flows.backfill import backfill

    events: list[Event] = []
    with listening(events.append):
        try:
            backfill(
                warehouse=url,
                phases=("player",),
                batch_days=7,
                max_workers=1,
                **parameters,
            )
        except GateClosed as closed:
            return events, closed
    return events, None


def dates_computed(events: list[Event]) -> int:
    return sum(e.dates for e in events if isinstance(e, BatchDone))


@pytest.mark.parametrize(
    ("minutes", "check"),
    [
        ("NULL", "cells_done_pct"),
        ("0", "usage_sums_off"),
        ("minutes / 60", "usage_sums_off"),
    ],
)
def test_f10_minutes_lost_in_nearly_all_rows_stop_the_phase_after_its_sample(
    minutes: str, check: str, url: str
) -> None:
    """They were NULL in 98.3 percent of 1,351 sampled rows, the sample said 100 percent success,
    and 83,534 rows were computed."""
    changed(url, "ALTER TABLE nba_raw.player_box ALTER COLUMN minutes DROP NOT NULL")
    changed(
        url,
        f"UPDATE nba_raw.player_box SET minutes = {minutes} WHERE player_id % 100 != 1",
    )
    events, closed = run(url)
    assert closed is not None
    assert (closed.phase, closed.stage) == ("player", "sample")
    assert any(check in breach for breach in closed.breaches)
    assert dates_computed(events) == 3
    with open_warehouse(url) as warehouse:
        assert (
            sum(1 for state in warehouse.cell_states(PLAYER).values() if state.present)
            <= 3
        )
        assert (
            len([s for s in warehouse.cell_states(PLAYER).values() if s.expected]) > 30
        )


def test_a_sample_that_passes_is_not_computed_twice_and_says_what_it_can_miss(
    url: str,
) -> None:
    events, closed = run(url)
    assert closed is None
    (tried,) = (e for e in events if isinstance(e, SampleJudged))
    about = tell_sample(tried.picked, tried.dates_due)
    assert tried.decision == "GO"
    assert about.startswith("3 of 39 dates (")
    assert "a fault in 10 % of dates goes unseen with probability 73 %" in about
    assert dates_computed(events) == 39


def test_a_sample_of_which_a_date_is_quarantined_is_no_plain_go(url: str) -> None:
    """One broken date of three lets the phase go on, and GO would say that there is none."""
    changed(url, "ALTER TABLE nba_raw.player_box ALTER COLUMN minutes DROP NOT NULL")
    of_first = "game_date = (SELECT MIN(game_date) FROM nba_raw.player_box)"
    changed(url, f"UPDATE nba_raw.player_box SET minutes = NULL WHERE {of_first}")
    events: list[Event] = []
    with (
        listening(events.append),
        pytest.raises(PhaseIncomplete, match="1 cell is a gap"),
    ):
        run(url)
    (tried,) = (e for e in events if isinstance(e, SampleJudged))
    first = min(tried.picked)
    assert tried.decision == "GO with warnings"
    assert any(
        f"cells_done_pct is 66.67 %, >= 100 % wanted ({first})" in breach
        for breach in tried.breaches
    )
    assert f"  {tried.breaches[0]}" in list(RunLines().of(tried))


def test_a_sample_that_is_overruled_lets_the_rest_be_computed_and_the_gate_decides(
    url: str,
) -> None:
    """The reason stands in the gate's verdict as in the sample's."""
    changed(url, "UPDATE nba_raw.player_box SET minutes = 0 WHERE player_id % 100 != 1")
    reason = "the source mends its minutes next week"
    events, closed = run(url, on_no_go="override", reason=reason)
    assert closed is None
    assert dates_computed(events) == 39
    judged = [e for e in events if isinstance(e, SampleJudged | VerdictReached)]
    assert [(type(e), e.decision) for e in judged] == [
        (VerdictReached, "GO with warnings"),
        (SampleJudged, "NO-GO"),
        (VerdictReached, "NO-GO"),
    ]
    with open_warehouse(url) as warehouse:
        assert [o.reason for o in warehouse.overrides()] == [reason, reason]
        assert [
            o["reason"] for o in warehouse.verdicts("player", 1)[0]["overrides"]
        ] == [reason]


def test_a_phase_that_ends_with_a_no_go_says_so_by_a_label_of_its_run(url: str) -> None:
    """A backfill that had it computed in a pool sees the run, and no error."""
    from prefect.client.orchestration import get_client

    from flows.phase import phase

    changed(url, "UPDATE nba_raw.player_box SET minutes = 0 WHERE player_id % 100 != 1")
    state = phase("player", Selection(), url, 7, return_state=True)
    assert (state.is_failed(), state.name) == (True, "NO-GO")
    assert str(state.message).startswith("sample player: player_game_summary: ")
    assert str(state.message).endswith("sample-player lists what it measured")
    run_id = state.state_details.flow_run_id
    assert run_id is not None
    with get_client(sync_client=True) as client:
        ended = client.read_flow_run(run_id)
    assert ended.name == "phase player · whole schedule"
    assert set(ended.tags) >= {
        "phase:player",
        "season:2023-24",
        "warehouse:league.duckdb",
    }
    assert ends_with(ended, GateClosed)
    assert not ends_with(ended, PhaseIncomplete)


def test_tags_of_a_phase_are_none_of_its_batches(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each tag of each batch Prefect would ask the server whether it limits them."""
    from prefect.context import TagsContext

    from flows.phase import phase
    from tasks.tags import tagged

    found: list[set[str]] = []

    def submit(*_given: object) -> list[object]:
        found.append(TagsContext.get().current_tags)
        return []

    monkeypatch.setattr("flows.phase.materialize_all", submit)
    with tagged(["phase:team"]):
        phase("team", Selection(), url, 7, 0)
    assert found == [set(), set()]


def test_a_server_out_of_reach_does_not_hide_how_a_phase_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_given: Any) -> Any:
        raise ConnectError("nobody is there")

    monkeypatch.setattr("tasks.endings.get_client", refuse)
    label_ending(GateClosed("player", {}, []))
