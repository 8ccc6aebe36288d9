"""`why` on the little league: a cell's story as the warehouse tells it,
and nothing written by asking."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from core.errors import ConfigError, PermanentWarehouseError
from core.remedy import Remedy
from planning.cells import CellBreach, Outcome
from planning.reasons import Cause
from planning.why import Explanation, RawExplanation
from reports.reasons import tell_root, tell_standing
from reports.why import explanation_json
from runs.why import explain
from tests.loop import backfill, compute, open_warehouse, rows
from tests.warehouse.planting import BAD, CONTEXT, FACTORS, NEXT, TEAM, Planted, batch
from tests.warehouse.test_verify import everything
from warehouse.duckdb import DuckDBWarehouse

PLAYER, FEATURES = "player_game_summary", "ml_feature_store"
FREE_DAY = date(2023, 11, 27)


def why(
    warehouse: DuckDBWarehouse, table: str, day: date = BAD, with_query: bool = False
) -> Explanation:
    found = explain(warehouse, table, day, with_query)
    assert isinstance(found, Explanation)
    return found


def raw(warehouse: DuckDBWarehouse, table: str, day: date = BAD) -> RawExplanation:
    found = explain(warehouse, table, day)
    assert isinstance(found, RawExplanation)
    return found


def edit_raw(warehouse: DuckDBWarehouse, day: date = BAD) -> None:
    rows(
        warehouse,
        "UPDATE nba_raw.player_box SET pts = pts + 1 WHERE game_date = $day",
        day=day,
    )


def test_a_fresh_cell_tells_its_attempt_its_inputs_and_its_rows(
    league_warehouse: DuckDBWarehouse,
) -> None:
    found = why(league_warehouse, FEATURES)
    assert (found.standing.outcome, found.standing.repair, found.unobserved) == (
        Outcome.DONE,
        None,
        {},
    )
    (attempt,) = found.attempts
    assert (attempt.outcome, attempt.content) == (Outcome.DONE, found.held)
    assert found.recorded == found.held
    assert found.state.expected == found.held.rows > 0
    assert found.code.then == found.code.now
    assert found.fingerprint.then == found.fingerprint.now is not None
    reads = league_warehouse.catalog[FEATURES].contract.reads
    named = [part.name for part in found.inputs]
    assert sorted(named) == sorted([*reads, "schedule of tip-offs"])
    assert not any(part.is_changed for part in found.inputs)
    empty = {
        part.name for part in found.inputs if not part.cells or not part.changed_at
    }
    assert empty == {"injuries", "reports"}, "the league has no injuries"


def test_the_query_is_the_one_that_computes_the_cell(computed: DuckDBWarehouse) -> None:
    """Run as given, it gives the rows that the table holds."""
    assert why(computed, FACTORS).query is None
    found = why(computed, FACTORS, with_query=True)
    assert found.query is not None
    given = rows(
        computed,
        f"SELECT * FROM ({found.query}) ORDER BY player_id",
        **found.parameters,
    )
    held = f"SELECT * FROM {computed.names(FACTORS)} WHERE game_date = $day ORDER BY player_id"
    assert given == rows(computed, held, day=BAD)


def test_raw_data_that_was_not_observed_is_told_and_stays_unobserved(
    league_warehouse: DuckDBWarehouse,
) -> None:
    edit_raw(league_warehouse)
    before = everything(league_warehouse)
    found = why(league_warehouse, PLAYER)
    assert (found.standing.outcome, found.unobserved) == (
        Outcome.DONE,
        {"player_box": (BAD,)},
    )
    assert why(league_warehouse, FEATURES, NEXT).unobserved == {"player_box": (BAD,)}
    assert everything(league_warehouse) == before


def test_raw_data_of_later_dates_is_none_of_a_cell_s_business(
    league_warehouse: DuckDBWarehouse,
) -> None:
    edit_raw(league_warehouse, NEXT)
    assert why(league_warehouse, PLAYER, BAD).unobserved == {}


def test_a_stale_cell_names_what_changed_and_what_waits_for_it(
    league_warehouse: DuckDBWarehouse,
) -> None:
    edit_raw(league_warehouse)
    league_warehouse.observe("plan")
    found = why(league_warehouse, PLAYER)
    assert found.standing.cause is Cause.STALE
    (changed,) = (part for part in found.inputs if part.is_changed)
    assert (changed.table, changed.changed, found.unobserved) == (
        "player_box",
        (BAD,),
        {},
    )
    above = why(league_warehouse, FEATURES, NEXT).standing
    assert above.root is not None
    assert tell_root(above.root).startswith(f"{PLAYER} {BAD} is due, stale: ")
    assert above.repair == Remedy(
        "backfill", ("--table", FEATURES, "--dates", str(NEXT))
    )
    backfill(league_warehouse)
    healed = why(league_warehouse, PLAYER)
    assert [entry.attempt for entry in healed.attempts] == [1, 2]
    assert not any(part.is_changed for part in healed.inputs)


def test_raw_data_changed_and_changed_back_leaves_the_cell_fresh(
    league_warehouse: DuckDBWarehouse,
) -> None:
    edit_raw(league_warehouse)
    league_warehouse.observe("plan")
    rows(
        league_warehouse,
        "UPDATE nba_raw.player_box SET pts = pts - 1 WHERE game_date = $day",
        day=BAD,
    )
    league_warehouse.observe("plan")
    found = why(league_warehouse, PLAYER)
    assert (found.standing.outcome, any(p.is_changed for p in found.inputs)) == (
        Outcome.DONE,
        True,
    )


def test_a_damaged_cell_says_so(league_warehouse: DuckDBWarehouse) -> None:
    rows(
        league_warehouse,
        f"DELETE FROM {league_warehouse.names(CONTEXT)} WHERE game_date = $day",
        day=BAD,
    )
    found = why(league_warehouse, CONTEXT)
    assert (found.standing.cause, found.held.rows, found.recorded.rows) == (
        Cause.DAMAGED,
        0,
        4,
    )
    assert found.state.missing == 4


def test_a_quarantined_cell_shows_the_evidence_until_it_is_published(
    planted: Planted,
) -> None:
    warehouse = planted(CONTEXT, opponent="NULL")
    compute(warehouse, [BAD, NEXT], [CONTEXT])
    found = why(warehouse, CONTEXT)
    assert (found.standing.cause, found.attempts[-1].outcome) == (
        Cause.QUARANTINED,
        Outcome.QUARANTINED,
    )
    (kept,) = found.evidence
    assert (kept.check, kept.count, len(kept.keys)) == ("null.opponent", 4, 4)
    assert "null.opponent: 4" in tell_standing(found.standing)
    assert (
        why(warehouse, CONTEXT, NEXT).evidence
        == warehouse.evidence(CONTEXT, NEXT)
        == ()
    )


def test_evidence_of_a_cell_that_is_no_longer_in_quarantine_is_not_shown(
    planted: Planted,
) -> None:
    warehouse = planted(CONTEXT, opponent="NULL")
    compute(warehouse, [BAD], [CONTEXT])
    warehouse.clear(CONTEXT, {BAD: Outcome.NO_GAMES}, "r")
    assert isinstance(warehouse.evidence(CONTEXT, BAD)[0], CellBreach)
    assert why(warehouse, CONTEXT).evidence == ()


def test_a_failed_attempt_is_told_with_its_error_and_the_rows_of_before(
    league_warehouse: DuckDBWarehouse,
) -> None:
    league_warehouse.fail(
        batch(CONTEXT, BAD), "r2", PermanentWarehouseError("no room left")
    )
    found = why(league_warehouse, CONTEXT)
    assert [entry.outcome for entry in found.attempts] == ["done", "failed"]
    assert (found.attempts[-1].error_class, found.attempts[-1].error_message) == (
        "PermanentWarehouseError",
        "no room left",
    )
    assert (found.standing.cause, found.held.rows, found.recorded.rows) == (
        Cause.FAILED,
        4,
        4,
    )


def test_a_date_without_a_cell_says_so_and_has_no_query(
    computed: DuckDBWarehouse,
) -> None:
    found = why(computed, TEAM, FREE_DAY, with_query=True)
    assert (found.standing.outcome, found.query, found.inputs, found.attempts) == (
        "no_games",
        None,
        (),
        (),
    )
    assert "no eligible game on this date" in tell_standing(found.standing)


def test_a_raw_table_tells_its_observations_and_its_readers(
    league_warehouse: DuckDBWarehouse,
) -> None:
    edit_raw(league_warehouse)
    assert raw(league_warehouse, "player_box").standing.repair == Remedy("plan")
    league_warehouse.observe("plan")
    found = raw(league_warehouse, "player_box")
    assert [entry.run_id for entry in found.observations] == ["ingest", "plan"]
    assert (found.standing.repair, found.held) == (None, found.observations[-1].content)
    assert found.readers == {"player_game_summary.player_box": "same_day"}
    players = raw(league_warehouse, "players")
    assert (players.day, len(players.observations)) == (None, 1)
    assert players.held.rows == league_warehouse.rows_held("players")


def test_a_table_that_is_not_there_is_refused_with_the_names_of_all(
    computed: DuckDBWarehouse,
) -> None:
    with pytest.raises(
        ConfigError,
        match="no table named player; .*player_daily_cache.*raw.*player_box",
    ):
        explain(computed, "player", BAD)


def test_without_a_schedule_there_is_nothing_to_explain() -> None:
    warehouse = open_warehouse()
    with pytest.raises(ConfigError, match="no schedule; load one"):
        explain(warehouse, TEAM, BAD)
    warehouse.close()


def test_a_program_reads_all_of_it(computed: DuckDBWarehouse) -> None:
    told: dict[str, Any] = json.loads(
        json.dumps(
            explanation_json(why(computed, FEATURES, with_query=True)),
            default=lambda at: at.isoformat(),
        )
    )
    assert told["date"] == str(BAD)
    assert told["query"].startswith("SELECT")
    assert told["parameters"]["dates"] == [str(BAD)]
    assert told["inputs"][0]["fingerprint"]
    assert told["attempts"][0]["finished_at"].endswith("+00:00")
