"""Which verdict of a phase is in force on what its tables hold: that of a week is none on the
whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import fullcourt
from planning.selection import Selection
from reports.status import tell_done
from runs.judge import judge_phase
from runs.report import final_report
from runs.survey import scope_of
from runs.verdicts import InForce, find_verdicts
from tests.league_files import computed_league
from tests.loop import open_warehouse
from validation.extent import Extent
from warehouse.duckdb import DuckDBWarehouse

TEAM = Selection(phases=("team",))
FIRST, LAST = date(2023, 11, 13), date(2023, 11, 19)
WEEK = Selection(phases=("team",), start=FIRST, end=LAST)
OFFENSE = "team_offense_game_summary"


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    """The league with every table computed, of which no gate has judged anything."""
    path = str(shutil.copy(computed_league(), tmp_path))
    with closing(open_warehouse(path=path)) as opened:
        yield opened


def in_force(warehouse: DuckDBWarehouse, selection: Selection = TEAM) -> InForce:
    return find_verdicts(warehouse, scope_of(warehouse, selection))


def gates(warehouse: DuckDBWarehouse, selection: Selection = TEAM) -> str:
    """What the first line of a status says of the gates."""
    found = in_force(warehouse, selection)
    return tell_done([], found.verdicts, [], (), found.extents).partition("; ")[2]


def dates_held(warehouse: DuckDBWarehouse) -> int:
    states = warehouse.cell_states(OFFENSE)
    return sum(state.present > 0 for state in states.values())


def closed_on(warehouse: DuckDBWarehouse, first: date, last: date) -> None:
    """Put on record a NO-GO of the phase on these dates."""
    verdict = judge_phase(
        warehouse, "team", Selection(phases=("team",), start=first, end=last)
    )
    record = verdict.model_dump(mode="json") | {"decision": "NO-GO"}
    at = datetime.now(UTC).isoformat()
    made = record["made"] | {"verdict_id": "closed", "decided_at": at}
    warehouse.record_verdict(record | {"made": made})


def test_a_go_of_a_week_is_told_with_its_range_and_opens_no_gate_of_the_rest(
    warehouse: DuckDBWarehouse,
) -> None:
    """It read like one of the whole warehouse."""
    verdict = judge_phase(warehouse, "team", WEEK)
    dates, made = dates_held(warehouse), verdict.made
    (extent,) = in_force(warehouse).extents.values()
    assert extent == Extent(dates=dates, unjudged=extent.unjudged)
    assert 0 < extent.unjudged < dates
    unjudged = f"{extent.unjudged} of {dates} dates not judged"
    assert gates(warehouse) == (
        f"team: {verdict.decision} on {made.first_date}..{made.last_date} alone, {unjudged}"
    )
    report = final_report(warehouse, TEAM)
    assert report.to_json()["dates_not_judged"] == {"team": extent.unjudged}
    (step,) = report.steps
    assert step.command == "fullcourt backfill --phase team"
    assert step.why == "judges what no gate has judged"


def test_on_the_dates_that_it_judged_it_is_a_go(warehouse: DuckDBWarehouse) -> None:
    judge_phase(warehouse, "team", WEEK)
    assert in_force(warehouse, WEEK).extents == {}
    assert gates(warehouse, WEEK) == "every gate is open"


def test_what_earlier_verdicts_judged_counts_beside_the_last_one(
    warehouse: DuckDBWarehouse,
) -> None:
    """A nightly run judges its days alone, and the others were judged before."""
    judge_phase(warehouse, "team", TEAM)
    last = judge_phase(warehouse, "team", WEEK)
    found = in_force(warehouse)
    assert found.extents == {}
    assert found.verdicts["team"] == last
    assert gates(warehouse) == "every gate is open"


def test_a_no_go_stays_in_force_on_its_dates_until_they_are_judged_again(
    warehouse: DuckDBWarehouse,
) -> None:
    """A later GO of other dates hid it."""
    judge_phase(warehouse, "team", TEAM)
    closed_on(warehouse, FIRST, LAST)
    other = Selection(phases=("team",), start=date(2023, 11, 1), end=date(2023, 11, 5))
    judge_phase(warehouse, "team", other)
    closed = in_force(warehouse).verdicts["team"]
    assert closed is not None
    assert closed.made.verdict_id == "closed"
    assert gates(warehouse).startswith("team: NO-GO on 2023-11-1")
    assert gates(warehouse, other) == "every gate is open"
    judge_phase(warehouse, "team", WEEK)
    assert gates(warehouse) == "every gate is open"


def test_a_go_of_one_table_is_none_of_its_phase(warehouse: DuckDBWarehouse) -> None:
    judge_phase(warehouse, "team", Selection(tables=(OFFENSE,)))
    assert gates(warehouse).startswith(f"team: GO with warnings of {OFFENSE} on ")


def test_the_python_api_gives_the_verdict_in_force(warehouse: DuckDBWarehouse) -> None:
    """A later GO of another week hid a gate that was closed."""
    closed_on(warehouse, FIRST, LAST)
    week = LAST + timedelta(days=1), LAST + timedelta(days=7)
    later = judge_phase(
        warehouse, "team", Selection(phases=("team",), start=week[0], end=week[1])
    )
    assert later.decision != "NO-GO"
    path = warehouse.engine.path
    warehouse.close()
    with fullcourt.open(f"duckdb:{path}") as opened:
        found = opened.verdict("team")
    assert found is not None
    assert found.made.verdict_id == "closed"
