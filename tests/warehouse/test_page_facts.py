"""What the page reads of a warehouse on runs and features, against the tables themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from planning.run_history import RunRecord
from planning.selection import Selection
from processors.features import status_of
from reports.page.features import features_section
from reports.page.nulls import MonthOfTable
from runs.judge import judge_phase
from runs.page.feature_statements import TABLE
from runs.page.features import collect_features
from runs.page.overview import collect_raw, collect_use
from runs.page.raw_columns import collect_nulls
from runs.page.runs import collect_runs
from runs.report import final_report
from runs.survey import survey
from tests.loop import open_warehouse, rows
from tests.warehouse.planting import batch
from warehouse.duckdb import DuckDBWarehouse

AT = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)


def test_every_row_of_a_season_is_in_a_bin_or_null_for_a_reason(
    computed: DuckDBWarehouse,
) -> None:
    facts = collect_features(computed, tuple(survey(computed).calendar.days))
    held = rows(
        computed, f"SELECT season, COUNT(*) AS n FROM nba_precompute.{TABLE} GROUP BY 1"
    )
    assert {row["season"] for row in held} == set(facts.seasons)
    counted = {row["season"]: row["n"] for row in held}
    for feature in facts.features:
        for part in feature.seasons:
            assert part.rows == counted[part.season]
            assert sum(part.counts) == part.profile.known
            assert sum(part.nulls.values()) == part.rows - part.profile.known


def test_the_nulls_of_raw_columns_are_those_of_the_tables(
    computed: DuckDBWarehouse,
) -> None:
    dates = tuple(survey(computed).calendar.days)
    found = collect_nulls(computed, dates)
    assert {each.table for each in found} == {"player_box", "shots"}
    for table in ("player_box", "shots"):
        of_table = [each for each in found if each.table == table]
        for column in of_table[0].nulls:
            held = rows(
                computed,
                f"SELECT COUNT(*) AS n, COUNT({column}) AS known FROM nba_raw.{table}",
            )[0]
            nulls = sum(each.nulls[column] for each in of_table)
            assert nulls == held["n"] - held["known"]
            assert sum(each.rows for each in of_table) == held["n"]


def test_cells_attempted_since_a_gate_was_judged_are_counted(
    league_warehouse: DuckDBWarehouse,
) -> None:
    """A verdict says nothing of what was computed after it."""
    judge_phase(league_warehouse, "team", Selection())
    judged = final_report(league_warehouse, Selection())
    known = collect_use(judged, survey(league_warehouse))
    assert not any(known.newer.values())
    table = league_warehouse.catalog.ordered()[0]
    day = max(filter(None, survey(league_warehouse).freshness.book.records[table]))
    league_warehouse.fail(batch(table, day), "later", RuntimeError("torn"))
    later = collect_use(
        final_report(league_warehouse, Selection()), survey(league_warehouse)
    )
    assert later.newer[table] == 1
    assert later.whole_until[table] < day


def test_a_features_figures_are_those_of_its_column(computed: DuckDBWarehouse) -> None:
    facts = collect_features(computed, tuple(survey(computed).calendar.days))
    features = {feature.name: feature for feature in facts.features}
    for name in ("points_avg_last_5", "vegas_points_line", "games_in_last_7_days"):
        found = features[name]
        part, bins = found.seasons[-1], found.binning
        of_season = f"FROM nba_precompute.{TABLE} WHERE season = {part.season}"
        (row,) = rows(
            computed, f"SELECT AVG({name}) AS mean, MAX({name}) AS top {of_season}"
        )
        assert (part.profile.mean, part.profile.highest) == (row["mean"], row["top"])
        values = rows(
            computed, f"SELECT {name} AS v {of_season} AND {name} >= {bins.edge(1)}"
        )
        assert sum(part.counts[1:]) == len(values) > 0
        (absent,) = rows(
            computed,
            f"SELECT COUNT(*) AS n {of_season} AND "
            f"{status_of(computed.catalog[TABLE].contract.column(name))} = 'absent'",
        )
        assert part.nulls["absent"] == absent["n"]


@pytest.mark.parametrize("value", ["'NaN'", "'Infinity'", "-1e308", "1e200"])
def test_values_that_are_no_finite_numbers_are_told_and_counted(
    league_warehouse: DuckDBWarehouse, value: str
) -> None:
    """One such value in a table that somebody edited took the whole page away."""
    name = "points_avg_last_5"
    days = tuple(survey(league_warehouse).calendar.days)
    rows(
        league_warehouse,
        f"UPDATE nba_precompute.{TABLE} SET {name} = {value} WHERE player_id % 3 = 0",
    )
    facts = collect_features(league_warehouse, days)
    feature = {each.name: each for each in facts.features}[name]
    for part in feature.seasons:
        assert part.has_no_figures
        assert sum(part.counts) == part.profile.known
    section = features_section(facts)
    assert any("no finite numbers" in words for words in section.shown["words"])
    json.dumps(section.data, allow_nan=False)


def test_rows_of_no_season_are_left_out(league_warehouse: DuckDBWarehouse) -> None:
    days = tuple(survey(league_warehouse).calendar.days)
    before = collect_features(league_warehouse, days).seasons
    rows(
        league_warehouse,
        f"UPDATE nba_precompute.{TABLE} SET season = NULL WHERE player_id % 3 = 0",
    )
    assert collect_features(league_warehouse, days).seasons == before


def test_features_are_read_once_of_the_same_rows(
    league_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading them is a fifth of a run with nothing to do."""
    days = tuple(survey(league_warehouse).calendar.days)
    facts = collect_features(league_warehouse, days)
    monkeypatch.setattr(league_warehouse, "check_rows", None)
    assert collect_features(league_warehouse, days) == facts


def test_features_are_read_anew_of_another_row(
    league_warehouse: DuckDBWarehouse,
) -> None:
    """Whoever changed it: a page that shows what the table held before would be believed."""
    days = tuple(survey(league_warehouse).calendar.days)
    name = "points_avg_last_5"

    def means() -> list[float | None]:
        facts = collect_features(league_warehouse, days)
        (feature,) = (each for each in facts.features if each.name == name)
        return [part.profile.mean for part in feature.seasons]

    before = means()
    table = f"nba_precompute.{TABLE}"
    rows(league_warehouse, f"UPDATE {table} SET {name} = {name} + 1")
    for was, is_ in zip(before, means(), strict=True):
        assert is_ == pytest.approx((was or 0) + 1)
    rows(league_warehouse, f"UPDATE {table} SET {name} = {name} - 1")
    assert means() == pytest.approx(before)


def test_nulls_are_read_once_of_the_same_rows_and_anew_of_others(
    league_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = tuple(survey(league_warehouse).calendar.days)
    before = collect_nulls(league_warehouse, days)
    with monkeypatch.context() as nobody_asks:
        nobody_asks.setattr(league_warehouse, "check_rows", None)
        assert collect_nulls(league_warehouse, days) == before
    rows(league_warehouse, "UPDATE nba_raw.shots SET x = 1.0")
    after = collect_nulls(league_warehouse, days)

    def without_place(found: Iterable[MonthOfTable]) -> int:
        return sum(each.nulls["x"] for each in found if each.table == "shots")

    assert without_place(before) > without_place(after) == 0


def test_a_store_without_rows_has_no_features() -> None:
    warehouse = open_warehouse()
    assert collect_features(warehouse, ()).seasons == ()
    assert collect_runs(warehouse).runs == ()
    warehouse.close()


def test_a_run_holds_every_table_it_computed(
    computed: DuckDBWarehouse,
) -> None:
    facts = collect_runs(computed)
    run = max(facts.runs, key=lambda run: len(run.work))
    assert not facts.is_billed
    assert run.dollars is None
    assert {work.table for work in run.work} == set(facts.phases)
    assert sum(work.rows for work in run.work) > 0
    assert run.seconds > 0


def test_a_run_that_was_killed_before_its_first_batch_is_among_the_runs() -> None:
    warehouse = open_warehouse()
    begun = RunRecord("killed", "all tables", None, None, began_at=AT)
    ended = RunRecord("ended", "all tables", AT, None, AT, "Failed")
    warehouse.record_run(begun)
    warehouse.record_run(ended)
    (run,) = collect_runs(warehouse).runs
    assert (run.run_id, run.has_no_end, run.started_at) == ("killed", True, AT)
    warehouse.close()


def test_raw_rows_by_season_are_those_of_the_tables(computed: DuckDBWarehouse) -> None:
    facts = collect_raw(survey(computed))
    days = computed.game_days()
    assert sum(facts.final_games.values()) == sum(day.final_games for day in days) > 0
    for table in facts.tables:
        (held,) = rows(computed, f"SELECT COUNT(*) AS n FROM nba_raw.{table}")
        assert sum(facts.rows[table].values()) == held["n"] > 0
    assert {"schedule", "player_box", "team_box", "shots"} <= set(facts.tables)
