"""Whoever may only read can look: status, plan, why,
verify and report write nothing that they need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import AccessDeniedError
from fullcourt.cli.app import run
from fullcourt.cli.reading import READ_ONLY
from planning.coverage import coverage_of
from planning.selection import Selection
from planning.why import Explanation
from runs.report import final_report
from runs.survey import look, observe, scope_of
from runs.verify import read_back
from runs.why import explain
from tests.bigquery_stand_in.opening import URL, warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.warehouse.bigquery.looking import PREFIX, table_rows
from warehouse.bigquery.warehouse import BigQueryWarehouse

EVERYTHING = Selection()
TEAM = "team_offense_game_summary"


@pytest.fixture
def reader(league_stand_in: StandIn) -> Iterator[BigQueryWarehouse]:
    """The computed league, opened by an account to which every write is refused."""
    league_stand_in.read_only = True
    warehouse = warehouse_on(league_stand_in)
    before = table_rows(league_stand_in, "ledger")
    yield warehouse
    assert table_rows(league_stand_in, "ledger") == before


def test_what_is_there_can_be_looked_at(reader: BigQueryWarehouse) -> None:
    parts = coverage_of(scope_of(reader, EVERYTHING))
    assert sum(part.done for part in parts) > 0
    assert all(not part.gaps for part in parts)
    planner, note = look(reader, "plan")
    assert note == ""
    done = next(iter(planner.book.contents[TEAM])) if planner.book else None
    assert done is not None
    assert isinstance(explain(reader, TEAM, done), Explanation)
    assert read_back(reader, EVERYTHING).differences == []
    assert final_report(reader, EVERYTHING).gaps == []


def test_a_plan_over_raw_rows_that_changed_says_that_it_cannot_put_that_on_record(
    reader: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    league_stand_in.engine.rows(
        f"UPDATE {PREFIX}nba_raw.team_box SET pts = pts + 1 WHERE fgm > 0"
    )
    planner, note = look(reader, "plan")
    assert "may not record" in note
    assert "roles" in note
    assert planner.calendar.days


def test_a_run_of_such_an_account_is_refused(
    reader: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    league_stand_in.engine.rows(
        f"UPDATE {PREFIX}nba_raw.team_box SET pts = pts + 1 WHERE fgm > 0"
    )
    with pytest.raises(AccessDeniedError, match="roles that fullcourt doctor names"):
        observe(reader, "run")


@pytest.mark.parametrize(
    "command",
    [["status"], ["plan"], ["why", TEAM, "2023-11-01"], ["verify"], ["report"]],
    ids=lambda command: command[0],
)
def test_each_command_that_only_reads_works_and_says_what_such_an_account_does_not_see(
    command: list[str],
    league_stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", league_stand_in.url)
    league_stand_in.read_only = True
    given = ["--warehouse", URL, "--home", str(tmp_path), *command]
    assert run(given) == 0
    shown = capsys.readouterr()
    assert shown.out
    assert READ_ONLY in shown.err


@pytest.mark.parametrize("table", ["ledger", "expected_final_games"])
def test_a_table_that_is_not_there_is_named_with_who_makes_it(
    table: str, league_stand_in: StandIn
) -> None:
    league_stand_in.metadata.delete_table(f"{PREFIX}nba_backfill", table)
    league_stand_in.read_only = True
    with pytest.raises(
        AccessDeniedError, match=f"{table}.* not there; fullcourt ingest"
    ):
        coverage_of(scope_of(warehouse_on(league_stand_in), EVERYTHING))


def test_a_table_of_an_older_form_is_named_with_who_widens_it(
    league_stand_in: StandIn,
) -> None:
    dataset = f"{PREFIX}nba_backfill"
    league_stand_in.metadata.delete_table(dataset, "overrides")
    older = {
        "tableReference": {
            "projectId": "any",
            "datasetId": dataset,
            "tableId": "overrides",
        },
        "schema": {"fields": [{"name": "verdict_id", "type": "STRING"}]},
    }
    league_stand_in.metadata.create_table(dataset, older)
    league_stand_in.read_only = True
    with pytest.raises(
        AccessDeniedError, match="overrides is of an older form; fullcourt ingest"
    ):
        warehouse_on(league_stand_in)


def test_an_empty_project_is_named_with_who_fills_it(stand_in: StandIn) -> None:
    stand_in.read_only = True
    with pytest.raises(
        AccessDeniedError, match="dataset .*nba_raw is not there; fullcourt ingest"
    ):
        warehouse_on(stand_in)
