"""A gate looks at every table of its phase, in the warehouse itself,
and says which code decided."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from core.errors import PermanentWarehouseError
from core.version import code_version
from planning.cells import Outcome
from planning.selection import Selection
from runs.judge import judge_phase, judging_ahead
from tests.loop import compute, rows
from warehouse.duckdb import DuckDBWarehouse

TEAM, DEFENSE = "team_offense_game_summary", "team_defense_game_summary"
BAD = date(2023, 11, 21)
EVERYTHING = Selection()
WITH_A_HOLE = "GO with warnings"
"""The league has a game without shots."""


def records(warehouse: DuckDBWarehouse) -> list[dict[str, Any]]:
    listed = rows(
        warehouse, "SELECT body FROM nba_backfill.verdicts ORDER BY decided_at"
    )
    return [json.loads(row["body"]) for row in listed]


def test_f22_a_phase_with_a_table_missing_is_no_go_and_the_table_is_named(
    warehouse: DuckDBWarehouse,
) -> None:
    verdict = judge_phase(warehouse, "team", EVERYTHING)
    assert verdict.decision == "NO-GO"
    assert verdict.tables == (DEFENSE, TEAM)
    assert {breach.table for breach in verdict.blocking} == {DEFENSE}
    assert compute(warehouse, tables=[DEFENSE]) == {}
    assert judge_phase(warehouse, "team", EVERYTHING).decision == WITH_A_HOLE


def test_f22_a_gate_judges_all_tables_of_every_phase_in_the_catalog(
    warehouse: DuckDBWarehouse,
) -> None:
    for phase in warehouse.catalog.phases:
        verdict = judge_phase(warehouse, phase.name, EVERYTHING)
        assert set(verdict.tables) == {
            p.name for p in warehouse.catalog.of_phase(phase.name)
        }
        assert (verdict.decision, len(verdict.thresholds)) == (
            "NO-GO",
            len(verdict.tables),
        )


def test_f22_what_the_ledger_says_opens_no_gate(warehouse: DuckDBWarehouse) -> None:
    """An announcement is not a table: rows that are gone are missing,
    whoever wrote that they are done."""
    assert compute(warehouse, tables=[DEFENSE]) == {}
    rows(warehouse, f"DELETE FROM nba_analytics.{DEFENSE}")
    assert warehouse.records(DEFENSE)[DEFENSE][BAD].last.outcome is Outcome.DONE
    assert judge_phase(warehouse, "team", EVERYTHING).decision == "NO-GO"


def test_f67_a_verdict_is_on_record_with_the_code_that_decided_it(
    warehouse: DuckDBWarehouse,
) -> None:
    judge_phase(warehouse, "team", EVERYTHING)
    (record,) = records(warehouse)
    assert (record["made"]["code_version"], record["decision"]) == (
        code_version(),
        "NO-GO",
    )


def test_a_gate_takes_over_what_was_begun_to_judge_and_keeps_it_once(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Prefect's server makes a flow run of the gate, its tables are measured."""
    with judging_ahead(warehouse, "team", EVERYTHING, "r"):
        monkeypatch.setattr("runs.judge.PhaseUnderGate", None)
        verdict = judge_phase(warehouse, "team", EVERYTHING, "r")
    (record,) = records(warehouse)
    assert record["made"]["verdict_id"] == verdict.made.verdict_id
    assert verdict.made.run_id == "r"


@pytest.mark.parametrize(
    "asked",
    [
        ("player", EVERYTHING, "r", False),
        ("team", Selection(tables=(TEAM,)), "r", False),
        ("team", EVERYTHING, "another", False),
        ("team", EVERYTHING, "r", True),
    ],
)
def test_what_was_begun_answers_the_very_same_question_alone(
    asked: tuple[str, Selection, str, bool],
    warehouse: DuckDBWarehouse,
) -> None:
    with judging_ahead(warehouse, "team", EVERYTHING, "r"):
        verdict = judge_phase(warehouse, *asked)
    phase, selection, run_id, _anew = asked
    made = verdict.made
    assert (verdict.phase, made.run_id) == (phase, run_id)
    assert made.selection == selection.model_dump(mode="json")


def test_an_error_of_what_was_begun_is_the_gate_s(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_asked: Any) -> None:
        raise PermanentWarehouseError("planted")

    monkeypatch.setattr(warehouse, "verdicts", fail)
    with (
        judging_ahead(warehouse, "team", EVERYTHING, "r"),
        pytest.raises(PermanentWarehouseError, match="planted"),
    ):
        judge_phase(warehouse, "team", EVERYTHING, "r")


def test_nothing_is_begun_where_readings_are_billed(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate whose flow run cannot be made would have cost money."""
    monkeypatch.setattr(warehouse, "price", lambda billed_bytes: 0.0)
    monkeypatch.setattr("runs.judge.PhaseUnderGate", None)
    with judging_ahead(warehouse, "team", EVERYTHING, "r"):
        pass
    assert records(warehouse) == []


def test_f67_every_cell_is_on_record_with_the_code_that_computed_it(
    warehouse: DuckDBWarehouse,
) -> None:
    for table in (TEAM, "player_box"):
        assert {
            record.last.code_version
            for record in warehouse.records(table)[table].values()
        } == {code_version()}
