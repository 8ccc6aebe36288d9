"""What a gate takes over from earlier verdicts, and what it measures again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planning.selection import Selection
from reports.verdicts import carried_words
from runs import carrying
from runs.judge import judge_phase
from tests.loop import rows
from validation.checks import all_checks, checks
from validation.verdict import Verdict
from warehouse.duckdb import DuckDBWarehouse

EVERYTHING = Selection()
PLAYER = "player_game_summary"


def measured(verdict: Verdict) -> set[tuple[str, str]]:
    """The checks and pieces that a verdict measured itself."""
    found: set[tuple[str, str]] = set()
    for basis in verdict.bases:
        found |= {
            (basis.name, name) for name in basis.keys.keys() - basis.origins.keys()
        }
    return found


def judged(warehouse: DuckDBWarehouse, run_id: str, anew: bool = False) -> Verdict:
    """The gate of the phase `player`."""
    return judge_phase(warehouse, "player", EVERYTHING, run_id, anew)


def test_a_second_verdict_on_the_same_cells_asks_no_query_again(
    own_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seasons too small to judge are not in a verdict: what has a least number is asked again."""
    first = judged(own_warehouse, "run 1")
    asked: list[str] = []
    ask = own_warehouse.check_rows

    def listen(sql: str, *given: Any) -> list[dict[str, Any]]:
        asked.append(sql)
        return ask(sql, *given)

    with monkeypatch.context() as patched:
        patched.setattr(own_warehouse, "check_rows", listen)
        second = judged(own_warehouse, "run 2")
    counts = {c.counts for c in checks(own_warehouse.catalog, "player", [PLAYER])}
    small = {c.counts for c in all_checks(own_warehouse.catalog) if c.min_rows}
    assert counts - small
    assert {sql for sql in asked if sql in counts} <= small
    assert second.measurements == first.measurements
    assert measured(second) == set()
    assert [c.verdict_id for c in second.carried] == [first.made.verdict_id]
    assert list(carried_words(second))[0] == "measured by this verdict: no month"
    third = judged(own_warehouse, "run 3")
    assert [c.verdict_id for c in third.carried] == [first.made.verdict_id]


def test_anew_measures_everything(own_warehouse: DuckDBWarehouse) -> None:
    first = judged(own_warehouse, "run 1")
    again = judged(own_warehouse, "run 2", anew=True)
    assert again.carried == ()
    assert measured(again) == measured(first)


def test_a_cell_changed_by_hand_has_its_month_measured_again(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """The ledger knows nothing of it: the tables themselves decide what stands."""
    judged(own_warehouse, "run 1")
    change = "SET minutes_played = NULL WHERE game_date = DATE '2023-11-15'"
    rows(own_warehouse, f"UPDATE {own_warehouse.names(PLAYER)} {change}")
    after = judged(own_warehouse, "run 2")
    of_check = {month for name, month in measured(after) if name == "minutes_known_pct"}
    assert of_check == {"2023-11"}
    assert "minutes_known_pct" in {breach.what for breach in after.blocking}
    (found,) = (m for m in after.measurements if m.name == "minutes_known_pct")
    assert found.evidence
    anew = judged(own_warehouse, "run 2", anew=True)
    assert anew.measurements == after.measurements
    assert judged(own_warehouse, "run 3").measurements == after.measurements


def test_dates_that_are_no_longer_asked_for_are_not_carried_over(
    own_warehouse: DuckDBWarehouse,
) -> None:
    judged(own_warehouse, "run 1")
    part = Selection(end=date(2023, 11, 15))
    after = judge_phase(own_warehouse, "player", part, "run 2")
    of_check = {month for name, month in measured(after) if name == "minutes_known_pct"}
    assert of_check == {"2023-11"}
    (found,) = (m for m in after.measurements if m.name == "minutes_known_pct")
    anew = judge_phase(own_warehouse, "player", part, "run 2", anew=True)
    assert found in anew.measurements


def test_a_query_that_was_changed_is_measured_again(
    own_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(own_warehouse, "run 1")
    monkeypatch.setattr(carrying, "code_identity", lambda: "another")
    after = judged(own_warehouse, "run 2")
    assert after.carried == ()


def test_a_waiver_has_what_depends_on_it_measured_again(
    own_warehouse: DuckDBWarehouse,
) -> None:
    judge_phase(own_warehouse, "team", EVERYTHING, "run 1")
    game = "0022300020"
    own_warehouse.waive(game, "shots", "its shots will never be there")
    after = judge_phase(own_warehouse, "team", EVERYTHING, "run 2")
    names = {name for name, _piece in measured(after)}
    assert "games_without_shots" in names
    assert "implausible_ratings" not in names
    anew = judge_phase(own_warehouse, "team", EVERYTHING, "run 2", anew=True)
    assert anew.measurements == after.measurements


def test_a_verdict_without_its_bases_is_no_source(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """An earlier version kept none."""
    first = judged(own_warehouse, "run 1")
    rows(own_warehouse, "DELETE FROM nba_backfill.verdicts")
    older = first.model_dump(mode="json", exclude={"bases"})
    own_warehouse.record_verdict(older)
    assert judged(own_warehouse, "run 2").carried == ()
