"""Whoever may only read can look: status, plan, why,
verify and report write nothing that they need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.errors import AccessDeniedError
from planning.selection import Selection
from planning.why import Explanation
from runs.coverage import covered
from runs.report import final_report
from runs.survey import look, observe
from runs.verify import read_back
from runs.why import explain
from tests.bigquery_stand_in.faults import Fault, Kind
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.warehouse.bigquery.looking import PREFIX, table_rows
from warehouse.bigquery.warehouse import BigQueryWarehouse

EVERYTHING = Selection()
TEAM = "team_offense_game_summary"
WRITES = ("derive", "ledger", "stage", "merge", "clear", "verdict", "override")
MANY = 10_000


@pytest.fixture
def reader(league_stand_in: StandIn) -> Iterator[BigQueryWarehouse]:
    """The computed league, opened by an account to which every write is refused."""
    warehouse = warehouse_on(league_stand_in)
    denied = [Fault(Kind.DENIED, step=step, times=MANY) for step in WRITES]
    league_stand_in.faults.plant(*denied)
    before = table_rows(league_stand_in, "ledger")
    yield warehouse
    assert table_rows(league_stand_in, "ledger") == before


def test_what_is_there_can_be_looked_at(reader: BigQueryWarehouse) -> None:
    parts = covered(reader, EVERYTHING)
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
    league_stand_in.engine.rows(f"UPDATE {PREFIX}nba_raw.team_box SET pts = pts + 1 WHERE fgm > 0")
    planner, note = look(reader, "plan")
    assert "may not record" in note
    assert "roles" in note
    assert planner.calendar.days


def test_a_run_of_such_an_account_is_refused(
    reader: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    league_stand_in.engine.rows(f"UPDATE {PREFIX}nba_raw.team_box SET pts = pts + 1 WHERE fgm > 0")
    with pytest.raises(AccessDeniedError, match="roles that fullcourt doctor names"):
        observe(reader, "run")
