"""What is due when something upstream is partial, wrong,
missing or corrected, and what is left alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from planning.batches import DATES_PER_BATCH
from planning.forecast import TablePlan, forecast
from planning.raw_load import RawLoad
from planning.reasons import Cause, Damage, Reason, Span, WaitsFor
from planning.scope import Scope
from planning.selection import Selection
from reports.plan import plan_json
from reports.reasons import tell_reason
from tests.invariant import breaches
from tests.league import FIRST_DAY, injury, report
from tests.loop import Cell, backfill, fingerprints, open_warehouse, planned, rows
from tests.raw_rows import World, raw_load
from tests.warehouse.planting import (
    BAD,
    CONTEXT,
    FACTORS,
    PLAYER,
    PLAYER_CONTEXT,
    TEAM,
    Planted,
    batch,
)
from warehouse.duckdb import DuckDBWarehouse

FEATURES = "ml_feature_store"
LATE, NEXT_DAY, LAST_COVERED = (FIRST_DAY + timedelta(days=n) for n in (35, 36, 37))


def plan(warehouse: DuckDBWarehouse) -> dict[str, TablePlan]:
    """Table -> what a backfill of everything would do."""
    warehouse.observe("plan")
    planner = planned(warehouse)
    return {
        p.table: p
        for p in forecast(
            planner, Scope(planner, Selection()).needs, False, DATES_PER_BATCH
        )
    }


def closure(warehouse: DuckDBWarehouse) -> set[Cell]:
    return {
        (t, date.fromisoformat(day))
        for t, p in plan(warehouse).items()
        for day in p.reasons
    }


def written(warehouse: DuckDBWarehouse, run_id: str) -> set[Cell]:
    """The cells that a run put on record, raw ones aside."""
    tables = warehouse.catalog.ordered()
    cells = {(t, day) for t in tables for day in warehouse.records(t)[t] if day}
    return {
        (t, day) for t, day in cells if warehouse.entries(t, day)[-1].run_id == run_id
    }


def delete(warehouse: DuckDBWarehouse, table: str, where: str) -> None:
    rows(warehouse, f"DELETE FROM {warehouse.names(table)} WHERE {where}")


def test_f23_a_table_left_with_one_of_its_players_is_rebuilt_before_anything_reads_it(
    league_warehouse: DuckDBWarehouse, computed: DuckDBWarehouse
) -> None:
    """One row of many once passed for a roster,
    and every feature of the date was computed on it."""
    delete(
        league_warehouse, PLAYER_CONTEXT, f"game_date = '{LATE}' AND player_id != 101"
    )
    delete(league_warehouse, FACTORS, f"game_date = '{LATE}'")
    planner = planned(league_warehouse)
    expected = planner.states[PLAYER_CONTEXT][LATE].expected
    reason = planner.decide(PLAYER_CONTEXT, [LATE]).compute[LATE]
    assert reason == Reason(Cause.DAMAGED, Damage(expected, 1))
    waits_for = WaitsFor(PLAYER_CONTEXT, Span(LATE, LATE, 1))
    assert planner.decide(FACTORS, [LATE]).reasons[LATE] == waits_for
    backfill(league_warehouse, run_id="healing")
    assert written(league_warehouse, "healing") == {
        (PLAYER_CONTEXT, LATE),
        (FACTORS, LATE),
    }
    assert fingerprints(league_warehouse) == fingerprints(computed)


def test_f23_a_query_that_gives_one_of_its_players_is_quarantined_with_the_others_named(
    planted: Planted,
) -> None:
    warehouse = planted(PLAYER_CONTEXT, where="player_id = 101")
    expected = warehouse.cell_states(PLAYER_CONTEXT)[BAD].expected
    (breach,) = warehouse.materialize(batch(PLAYER_CONTEXT), "r").quarantined[BAD]
    assert (breach.check, breach.count) == ("missing_keys", expected - 1)
    assert len(breach.keys) == 20


def test_f24_what_is_mended_upstream_rebuilds_what_derives_from_it_and_nothing_else(
    league_warehouse: DuckDBWarehouse, computed: DuckDBWarehouse, world: World
) -> None:
    """A NULL that became 0 five tables later stayed there long after its cause was mended."""
    game_id = next(
        game["game_id"] for game in world["schedule"] if game["game_date"] == LATE
    )
    delete(league_warehouse, "shots", f"game_id = '{game_id}'")
    backfill(league_warehouse, run_id="without")
    of_game = f"FROM nba_analytics.{TEAM} WHERE game_id = '{game_id}'"
    holes = rows(
        league_warehouse, f"SELECT DISTINCT shots_status, paint_made {of_game}"
    )
    assert holes == [{"shots_status": "absent", "paint_made": None}]
    without = fingerprints(league_warehouse)
    league_warehouse.load(
        raw_load({"shots": [s for s in world["shots"] if s["game_id"] == game_id]})
    )
    most = closure(league_warehouse)
    backfill(league_warehouse, run_id="mended")
    mended, healed = written(league_warehouse, "mended"), fingerprints(league_warehouse)
    assert healed == fingerprints(computed)
    assert {cell for cell in healed if healed[cell] != without[cell]} <= mended <= most
    assert {day for _, day in most} == {
        day for day in planned(computed).calendar.days if day >= LATE
    }
    assert ("upcoming_player_game_context", LATE) not in most


def test_f25_a_window_over_dates_that_raw_data_lacks_is_upstream_missing(
    league_warehouse: DuckDBWarehouse,
) -> None:
    """Older games once filled the windows, and nobody could tell."""
    for table in ("team_box", "player_box"):
        delete(league_warehouse, table, f"game_date IN ('{LATE}', '{NEXT_DAY}')")
    backfill(league_warehouse)
    planner = planned(league_warehouse)
    for table in (
        t for t in planner.catalog.ordered() if not own_games(league_warehouse, t)
    ):
        decision = planner.decide(table, [LATE, LAST_COVERED])
        assert [str(decision.settled[day]) for day in (LATE, LAST_COVERED)] == [
            "done",
            "upstream_missing",
        ]
        assert LAST_COVERED not in league_warehouse.contents(table)
    gap = planner.decide(CONTEXT, [LAST_COVERED]).reasons[LAST_COVERED]
    assert tell_reason(gap) == (
        f"team_offense_game_summary {LATE} and 1 more date not complete; fullcourt backfill "
        f"--table team_offense_game_summary --start {LATE} --end {NEXT_DAY}"
    )
    assert breaches(league_warehouse) == {}


def own_games(warehouse: DuckDBWarehouse, table: str) -> bool:
    return warehouse.catalog[table].contract.expected.needs_own_games


def test_f26_what_a_correction_makes_stale_is_listed_by_the_plan_and_rebuilt_by_the_next_backfill(
    league_warehouse: DuckDBWarehouse, world: World
) -> None:
    box = [row for row in world["player_box"] if row["game_date"] == LATE]
    league_warehouse.load(
        raw_load({"player_box": [{**row, "pts": row["pts"] + 1} for row in box]})
    )
    found = plan(league_warehouse)
    assert plan_json(found[PLAYER])["reasons"] == {
        str(LATE): "stale: player_box of that day"
    }
    assert plan_json(found[PLAYER_CONTEXT])["reasons"] == {
        str(day): f"stale: {PLAYER} {LATE}" for day in (NEXT_DAY, LAST_COVERED)
    }
    assert found[FEATURES].reasons.keys() == {str(NEXT_DAY), str(LAST_COVERED)}
    assert found[FEATURES].reasons[str(NEXT_DAY)].cause is Cause.STALE
    before = fingerprints(league_warehouse)
    backfill(league_warehouse)
    after = fingerprints(league_warehouse)
    assert {
        day
        for table, day in after
        if table == FEATURES and after[table, day] != before[table, day]
    } == {
        NEXT_DAY,
        LAST_COVERED,
    }
    assert {p.cells for p in plan(league_warehouse).values()} == {0}


@pytest.mark.parametrize("size", [3, DATES_PER_BATCH])
def test_f45_another_range_goes_on_where_the_last_one_was_by_what_the_file_says(
    size: int, league_load: RawLoad, tmp_path: Path
) -> None:
    """State beside the warehouse, or kept by range, is lost with the machine or starts afresh."""
    path, tables = str(tmp_path / "league.duckdb"), (TEAM,)
    warehouse = open_warehouse(league_load, path)
    backfill(
        warehouse,
        Selection(tables=tables, start=BAD, end=LATE),
        batch_days=4,
        run_id="first",
    )
    warehouse.close()
    moved = tmp_path / "elsewhere" / "other.duckdb"
    moved.parent.mkdir()
    Path(path).rename(moved)
    warehouse = open_warehouse(path=str(moved))
    days = planned(warehouse).calendar.days
    backfill(
        warehouse,
        Selection(tables=tables, start=FIRST_DAY),
        batch_days=size,
        run_id="second",
    )
    by_run = {
        (e.run_id, e.attempt) for day in days for e in warehouse.entries(TEAM, day)
    }
    assert by_run == {("first", 1), ("second", 1)}
    assert {d for _, d in written(warehouse, "second")} == {
        d for d in days if d >= FIRST_DAY and not BAD <= d <= LATE
    }
    warehouse.close()


def test_a_report_makes_the_features_of_its_date_due_and_nothing_else(
    league_warehouse: DuckDBWarehouse, world: World
) -> None:
    assert closure(league_warehouse) == set()
    of = next(g for g in world["schedule"] if g["game_date"] == LATE)
    named = injury(of, 101, of["home_team"], -1, "Out")
    said = {
        "injury_reports": [report(of, of["home_team"], -1)],
        "injuries": [named],
    }
    league_warehouse.load(raw_load(said))
    assert closure(league_warehouse) == {(FEATURES, LATE)}


def test_a_file_of_before_injury_reports_gets_their_tables_and_has_nothing_to_do(
    league_warehouse: DuckDBWarehouse,
) -> None:
    for table in ("injury_reports", "injuries"):
        rows(league_warehouse, f"DROP TABLE nba_raw.{table}")
    league_warehouse.ensure_tables()
    listed = rows(league_warehouse, "SELECT COUNT(*) AS n FROM nba_raw.injuries")
    assert listed == [{"n": 0}]
    assert closure(league_warehouse) == set()
