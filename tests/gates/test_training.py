"""The gate before training, on the computed league: what is planted is caught and named."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from planning.overrides import Override
from planning.scope import Scope
from planning.selection import Selection
from processors.discovery import load
from runs.judge import judge_phase
from runs.replay import measure_replay, pick_dates
from runs.survey import survey
from runs.train_check import check_training
from runs.train_export import SplitsAsked
from runs.train_gates import measure_cells, measure_gates
from runs.train_measure import (
    SetDates,
    measure_dates,
    measure_features,
    measure_labels,
    read_labelled_keys,
    shape_of,
)
from runs.verdicts import last_verdict
from tests.gates.planting import planted
from tests.loop import compute, open_warehouse
from tests.training.judged import breaches, named
from tests.warehouse.test_as_of import FEATURES
from tests.warehouse.test_as_of import planted as with_the_date_itself
from training.choose_splits import choose_splits
from training.limits import PHASE
from training.set_checks import TABLE, measure_set
from validation.verdict import Breach, judge
from warehouse import binding
from warehouse.duckdb import DuckDBWarehouse

INCLUSIVE = """UPDATE TABLE AS features SET {column} = given.value FROM (
  SELECT game_date, player_id, AVG(pts) OVER (
    PARTITION BY season, player_id ORDER BY game_date ROWS BETWEEN {before} PRECEDING
    AND CURRENT ROW) AS value
  FROM nba_analytics.player_game_summary) AS given
WHERE given.game_date = features.game_date AND given.player_id = features.player_id"""
LABEL = """UPDATE TABLE AS features SET {column} = given.pts
FROM nba_analytics.player_game_summary AS given
WHERE given.game_date = features.game_date AND given.player_id = features.player_id"""


def dates_of(warehouse: DuckDBWarehouse) -> SetDates:
    return SetDates.of(warehouse, tuple(survey(warehouse).calendar.days))


def of_features(warehouse: DuckDBWarehouse) -> list[Breach]:
    """The limits that the features break."""
    dates = dates_of(warehouse)
    splits = choose_splits(dates.seasons)
    keys = read_labelled_keys(warehouse, dates, splits)
    return breaches(measure_features(warehouse, dates, shape_of(keys, dates, splits)))


def of_set(warehouse: DuckDBWarehouse) -> list[Breach]:
    """The limits that the labelled rows break."""
    dates = dates_of(warehouse)
    keys = read_labelled_keys(warehouse, dates, choose_splits(dates.seasons))
    return breaches(measure_set(keys, dates.games))


def evidence(found: Iterable[Breach], name: str) -> tuple[str, ...]:
    return next(breach.evidence for breach in found if breach.what == name)


def test_the_honest_league_breaks_no_limit_that_blocks(
    warehouse: DuckDBWarehouse,
) -> None:
    dates = dates_of(warehouse)
    assert named(of_features(warehouse)) == set()
    assert named(of_set(warehouse)) == set()
    assert breaches([*measure_dates(dates), *measure_labels(warehouse, dates)]) == []


def test_a_feature_that_is_the_label_is_named(warehouse: DuckDBWarehouse) -> None:
    with planted(warehouse, TABLE, LABEL.format(column="fatigue_score")):
        found = named(of_features(warehouse))
    assert "correlation[fatigue_score]" in found
    assert {name for name in found if "fatigue_score" not in name} == set()


@pytest.mark.parametrize(
    ("column", "before"),
    [
        ("points_avg_last_5", "4"),
        ("points_avg_last_10", "9"),
        ("points_avg_season", "UNBOUNDED"),
    ],
)
def test_an_average_that_includes_the_game_is_an_innovation(
    column: str, before: str, warehouse: DuckDBWarehouse
) -> None:
    """A limit on the correlation with the label catches none of them."""
    with planted(warehouse, TABLE, INCLUSIVE.format(column=column, before=before)):
        found = named(of_features(warehouse))
    assert f"innovation_of_season[{column}]" in found
    assert f"correlation[{column}]" not in found


def test_a_team_figure_that_includes_the_game_shows_on_team_aggregates(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.feature_checks.FEWEST_TEAM_ROWS", 50)
    leak = f"""UPDATE TABLE AS features SET team_off_rating = given.value FROM (
      SELECT game_date, player_id, value
      FROM {warehouse.names("upcoming_player_game_context")} JOIN (
        SELECT game_date, team, AVG(offensive_rating) OVER (
          PARTITION BY season, team ORDER BY game_date ROWS BETWEEN 9 PRECEDING
          AND CURRENT ROW) AS value
        FROM {warehouse.names("team_offense_game_summary")}) USING (game_date, team)) AS given
    WHERE given.game_date = features.game_date AND given.player_id = features.player_id"""
    with planted(warehouse, TABLE, leak):
        found = named(of_features(warehouse))
    assert "team_innovation_of_season[team_off_rating]" in found


def test_a_value_that_a_player_has_all_season_is_refused(
    warehouse: DuckDBWarehouse,
) -> None:
    final = f"""UPDATE TABLE AS features SET points_avg_season = given.value FROM (
      SELECT season, player_id, AVG(pts) AS value FROM {warehouse.names("player_game_summary")}
      GROUP BY season, player_id) AS given
    WHERE given.season = features.season AND given.player_id = features.player_id"""
    with planted(warehouse, TABLE, final):
        found = of_features(warehouse)
    assert named(found) == {"fixed_features"}
    assert evidence(found, "fixed_features") == ("2023 points_avg_season",)


def test_a_feature_that_is_constant_in_a_season_is_a_warning(
    warehouse: DuckDBWarehouse,
) -> None:
    with planted(warehouse, TABLE, "UPDATE TABLE SET usage_spike_score = 1.5"):
        found = of_features(warehouse)
    assert named(found) == set()
    assert "2023 usage_spike_score" in evidence(found, "features_without_values")


def test_a_season_without_shots_is_a_warning_that_names_what_it_takes(
    warehouse: DuckDBWarehouse,
) -> None:
    zones = ("shot_zone_mismatch_score", "pct_paint", "pct_mid_range", "pct_three")
    gone = ", ".join(f"{name} = NULL" for name in zones)
    with planted(warehouse, TABLE, f"UPDATE TABLE SET {gone}"):
        found = of_features(warehouse)
    assert named(found) == set()
    without = evidence(found, "features_without_values")
    assert {f"2023 {name} (source: shots)" for name in zones} <= set(without)


def test_a_doubled_key_is_named(warehouse: DuckDBWarehouse) -> None:
    doubled = "INSERT INTO TABLE FROM TABLE WHERE game_date = '2023-11-21' AND player_id = 101"
    with planted(warehouse, TABLE, doubled):
        found = of_set(warehouse)
    assert named(found) == {"duplicate_keys"}
    assert evidence(found, "duplicate_keys") == ("2023-11-21 101",)


def test_dates_that_are_gone_are_named(warehouse: DuckDBWarehouse) -> None:
    gone = "DELETE FROM TABLE WHERE game_date BETWEEN '2023-11-15' AND '2023-11-22'"
    before = dates_of(warehouse).held
    with planted(warehouse, TABLE, gone):
        (breach,) = breaches(measure_dates(dates_of(warehouse)))
    lost = [day for day in before if date(2023, 11, 15) <= day <= date(2023, 11, 22)]
    assert (breach.what, breach.value) == ("dates_without_features", len(lost))
    assert breach.evidence == tuple(map(str, lost))


def test_a_label_that_is_not_the_box_score_s_points_is_named(
    warehouse: DuckDBWarehouse,
) -> None:
    wrong = "UPDATE TABLE SET pts = pts + 1 WHERE game_date = '2023-11-21' AND player_id = 101"
    with planted(warehouse, "player_game_summary", wrong):
        (breach,) = breaches(measure_labels(warehouse, dates_of(warehouse)))
    assert (breach.what, breach.value) == ("label_faults", 1)
    assert breach.evidence[0].endswith(" 101")


@pytest.fixture
def leaky(
    file_and_warehouse: tuple[Path, DuckDBWarehouse],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    nothing_kept: None,
) -> Iterator[DuckDBWarehouse]:
    """The league, its last tables computed with a `<=` where the cut says `<`."""
    path = str(shutil.copy(file_and_warehouse[0], tmp_path))
    original: Any = binding._before_with_games_ago
    with monkeypatch.context() as patched:
        patched.setattr(
            binding,
            "_before_with_games_ago",
            lambda *args: with_the_date_itself(original(*args)),
        )
        # A catalog of its own: the texts of a catalog's statements are made once.
        computing = open_warehouse(path=path, catalog=replace(load()))
        compute(computing, tables=["player_daily_cache", TABLE])
        computing.close()
    warehouse = open_warehouse(path=path)
    yield warehouse
    warehouse.close()


def test_features_computed_with_the_date_itself_are_found_twice(
    leaky: DuckDBWarehouse,
) -> None:
    """By their innovation, and by computing a date again from what was known on its morning."""
    found = named(of_features(leaky))
    assert "innovation_of_season[points_avg_season]" in found
    (breach,) = breaches(measure_replay(leaky, dates_of(leaky).seasons))
    assert breach.what == "replay_differing_rows"
    tables = {key.partition(" ")[0] for key in breach.evidence}
    assert "player_daily_cache" in tables
    assert tables <= FEATURES


def test_a_season_without_a_date_to_replay_is_a_warning(
    warehouse: DuckDBWarehouse,
) -> None:
    (breach,) = breaches(measure_replay(warehouse, {2021: []}))
    assert (breach.threshold.severity, breach.evidence) == ("warn", ("2021",))


def test_every_season_has_a_date_and_the_same_each_time(
    warehouse: DuckDBWarehouse,
) -> None:
    calendar = survey(warehouse).calendar
    seasons: dict[int, list[date]] = {}
    for day in calendar.days:
        seasons.setdefault(calendar.days[day].season, []).append(day)
    picked = pick_dates(calendar, seasons)
    assert {calendar.days[day].season for day in picked} == set(seasons)
    assert pick_dates(calendar, seasons) == picked


def judge_all(warehouse: DuckDBWarehouse) -> None:
    for phase in warehouse.catalog.phases:
        assert judge_phase(warehouse, phase.name, Selection()).decision != "NO-GO"


def gates(warehouse: DuckDBWarehouse) -> list[Breach]:
    scope = Scope(survey(warehouse, anew=True), Selection(tables=(TABLE,)))
    return breaches(measure_gates(warehouse, scope))


def test_the_check_needs_every_gate_and_keeps_a_verdict_that_can_be_made_again(
    own_warehouse: DuckDBWarehouse,
) -> None:
    assert (
        evidence(gates(own_warehouse), "dates_not_passed")[0]
        == "team 2023-04-01: no verdict"
    )
    judge_all(own_warehouse)
    verdict = check_training(
        own_warehouse, Selection(), SplitsAsked(embargo_days=2), "run 1"
    )
    assert [str(breach) for breach in verdict.blocking] == []
    assert verdict.made.selection["splits"]["embargo_days"] == 2
    kept = last_verdict(own_warehouse, PHASE)
    assert kept == verdict
    assert judge(verdict.case) == verdict


def test_a_no_go_that_a_person_overrode_lets_its_dates_pass(
    own_warehouse: DuckDBWarehouse,
) -> None:
    judge_all(own_warehouse)
    with planted(own_warehouse, "team_offense_game_summary", "DELETE FROM TABLE"):
        refused = judge_phase(own_warehouse, "team", Selection())
    assert "NO-GO" in evidence(gates(own_warehouse), "dates_not_passed")[0]
    decided = Override(
        verdict_id=refused.made.verdict_id,
        phase="team",
        reason="the table was emptied for this test",
        decided_at=datetime.now(UTC),
    )
    own_warehouse.record_override(decided)
    assert gates(own_warehouse) == []


def test_a_cell_that_was_computed_after_its_gate_is_a_warning(
    own_warehouse: DuckDBWarehouse,
) -> None:
    judge_all(own_warehouse)
    day = dates_of(own_warehouse).held[-1]
    compute(own_warehouse, [day], [TABLE])
    found = gates(own_warehouse)
    assert named(found) == set()
    assert evidence(found, "dates_judged_before") == (f"precompute {day}",)


def test_rows_that_were_changed_by_hand_are_damaged_and_not_fresh(
    own_warehouse: DuckDBWarehouse,
) -> None:
    day = dates_of(own_warehouse).held[-1]
    change = f"UPDATE TABLE SET fatigue_score = 7 WHERE game_date = '{day}'"
    with planted(own_warehouse, TABLE, change):
        scope = Scope(survey(own_warehouse, anew=True), Selection(tables=(TABLE,)))
        found = breaches(measure_cells(own_warehouse, scope))
    assert named(found) == {"cells_not_fresh", "cells_damaged"}
    assert evidence(found, "cells_damaged") == (f"{TABLE} {day}",)
