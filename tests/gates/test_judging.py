"""What a gate remembers of earlier ones, what it cannot measure,
and what one fault does to the rest."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError
from planning.overrides import Override
from planning.selection import Selection
from processors.catalog import Catalog
from runs import judge
from runs.judge import NOTHING_COMPARABLE, PhaseUnderGate, judge_phase
from runs.sample import sample_verdict
from runs.survey import scope_of, survey
from runs.unchanged import standing
from tests.gates.planting import first, planted, verdict
from tests.loop import open_warehouse, planned, rows
from tests.raw_rows import raw_load
from tests.warehouse.planting import BAD, batch
from validation.checks import OWN
from validation.limits import load_thresholds
from validation.thresholds import Threshold, Thresholds
from validation.verdict import Verdict
from warehouse.duckdb import DuckDBWarehouse

EVERYTHING = Selection()
TEAM, DEFENSE, PLAYER = (
    "team_offense_game_summary",
    "team_defense_game_summary",
    "player_game_summary",
)
CONTEXT, FEATURES = "upcoming_player_game_context", "ml_feature_store"
SHOTS = "shots_complete_pct"


def partial(warehouse: DuckDBWarehouse, share: float) -> None:
    """Let so many of the player games with all their shots have some of them."""
    count = int(share * warehouse.rows_held(PLAYER))
    complete = first(count, "shots_status = 'complete'")
    change = f"UPDATE TABLE SET shots_status = 'partial' WHERE {complete}"
    rows(warehouse, change.replace("TABLE", warehouse.names(PLAYER)))


def fallen(verdict: Verdict) -> dict[str, str]:
    """What fell below an accepted verdict -> that verdict, as the breach's reason names it."""
    return {
        b.what.split(" ")[0]: b.threshold.why
        for b in verdict.breaches
        if "when last accepted" in b.what
    }


def test_a_rate_that_fell_since_the_last_accepted_verdict_closes_the_gate(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """85 percent is above the limit of 40, and a tenth of the shots is gone all the same."""
    accepted = judge_phase(own_warehouse, "player", EVERYTHING, "run 1")
    assert (accepted.decision, accepted.past) == ("GO", ())
    partial(own_warehouse, 0.15)
    after = judge_phase(own_warehouse, "player", EVERYTHING, "run 2")
    assert after.decision == "NO-GO"
    assert fallen(after)[SHOTS].startswith(
        f"0.9 of what verdict {accepted.made.verdict_id} measured"
    )
    assert {b.what.split(" ")[0] for b in after.blocking} == {SHOTS}


def test_f53_a_verdict_of_the_same_run_is_no_baseline(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """A run that is judged twice would be measured against itself."""
    judge_phase(own_warehouse, "player", EVERYTHING, "run 1")
    partial(own_warehouse, 0.15)
    again = judge_phase(own_warehouse, "player", EVERYTHING, "run 1")
    assert (again.decision, again.past) == ("GO with warnings", ())


def test_f53_a_verdict_that_was_no_go_is_no_baseline(
    own_warehouse: DuckDBWarehouse,
) -> None:
    partial(own_warehouse, 0.7)
    assert judge_phase(own_warehouse, "player", EVERYTHING, "run 1").decision == "NO-GO"
    assert judge_phase(own_warehouse, "player", EVERYTHING, "run 2").past == ()


def test_f53_a_verdict_with_an_override_in_force_is_no_baseline(
    own_warehouse: DuckDBWarehouse,
) -> None:
    decided = datetime.now(UTC)
    given = Override(
        verdict_id="v",
        phase="team",
        reason="the source lost a game",
        decided_at=decided,
    )
    own_warehouse.record_override(given)
    overridden = judge_phase(own_warehouse, "player", EVERYTHING, "run 1")
    assert (overridden.decision, overridden.overrides) == ("GO", (given,))
    assert judge_phase(own_warehouse, "player", EVERYTHING, "run 2").past == ()
    assert judge_phase(own_warehouse, "team", EVERYTHING, "run 3").decision == "GO"
    assert own_warehouse.overrides() == ()
    accepted = judge_phase(own_warehouse, "player", EVERYTHING, "run 4")
    assert accepted.past == ()
    assert {
        p.verdict_id
        for p in judge_phase(own_warehouse, "player", EVERYTHING, "run 5").past
    } == {accepted.made.verdict_id}


def test_f53_the_verdict_on_a_sample_is_no_baseline(
    own_warehouse: DuckDBWarehouse,
) -> None:
    bad_date = scope_of(own_warehouse, EVERYTHING).among((BAD,))
    tried = sample_verdict(own_warehouse, "player", bad_date, "run 1")
    assert (tried.decision, tried.made.stage, tried.made.first_date) == (
        "GO",
        "sample",
        BAD,
    )
    assert judge_phase(own_warehouse, "player", EVERYTHING, "run 2").past == ()


def lowered(monkeypatch: pytest.MonkeyPatch, table: str, name: str, to: float) -> None:
    """Let the threshold files of a table say less of one measurement from now on."""

    def read(catalog: Catalog) -> Thresholds:
        found = load_thresholds(catalog)
        return {**found, table: tuple(map(less, found[table]))}

    def less(limit: Threshold) -> Threshold:
        if (limit.measurement, limit.severity) != (name, "block"):
            return limit
        return limit.model_copy(update={"at_least": to})

    monkeypatch.setattr(judge, "load_thresholds", read)


def test_f52_a_limit_lowered_after_a_no_go_is_told_by_the_verdict_that_it_opens(
    own_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thresholds went from 95 to 45 until everything was green."""
    rows(
        own_warehouse,
        f"DELETE FROM {own_warehouse.names(DEFENSE)} WHERE game_date > DATE '2023-11-20'",
    )
    assert judge_phase(own_warehouse, "team", EVERYTHING, "run 1").changes == ()
    for name in ("cells_done_pct", "keys_present_pct"):
        lowered(monkeypatch, DEFENSE, name, 45)
        opened = judge_phase(own_warehouse, "team", EVERYTHING, f"run {name}")
        assert [str(change) for change in opened.relaxed][0] == (
            f"{DEFENSE}: {name} >= 95 became {name} >= 45 (block)"
        )
    assert judge_phase(own_warehouse, "team", EVERYTHING, "run 4").changes == ()


def test_f52_a_verdict_on_other_tables_in_between_hides_no_lowered_limit(
    own_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To judge one table first would make the next verdict on all of them look unchanged."""
    judge_phase(own_warehouse, "team", EVERYTHING, "run 1")
    lowered(monkeypatch, DEFENSE, "cells_done_pct", 45)
    assert (
        judge_phase(own_warehouse, "team", Selection(tables=(TEAM,)), "run 2").changes
        == ()
    )
    assert [
        c.table for c in judge_phase(own_warehouse, "team", EVERYTHING, "run 3").relaxed
    ] == [DEFENSE]


def test_a_check_that_needs_a_table_not_asked_for_is_said_not_to_be_judged(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """Neither is its limit gone: leaving a table out relaxes nothing."""
    judge_phase(own_warehouse, "precompute", EVERYTHING, "run 1")
    alone = judge_phase(
        own_warehouse, "precompute", Selection(tables=(FEATURES,), only=True), "run 2"
    )
    assert alone.decision == "GO"
    assert (alone.tables, alone.changes) == ((FEATURES,), ())
    assert (
        f"{FEATURES}: table_completeness: needs tables that were not asked for"
        in alone.not_judged
    )


def test_what_could_not_be_judged_is_told_in_one_line_per_table_and_cause(
    warehouse: DuckDBWarehouse,
) -> None:
    said = judge_phase(warehouse, "precompute", EVERYTHING).not_judged
    told = tuple(line for line in said if NOTHING_COMPARABLE not in line)
    assert told == (
        f"{FEATURES}: feature_quality_mean, distinct_values: too few to judge: 2023: 242 of "
        "2,000 rows",
    )


def own_checks(warehouse: DuckDBWarehouse, tmp_path: Path) -> Path:
    """The folder of a table's own checks, of a copy; `read_again` lets the warehouse read it."""
    return Path(shutil.copytree(warehouse.catalog[TEAM].folder, tmp_path / TEAM)) / OWN


def read_again(warehouse: DuckDBWarehouse, checks: Path) -> None:
    """Let the table's checks be those of this folder."""
    changed = replace(warehouse.catalog[TEAM], folder=checks.parent)
    warehouse.catalog = replace(
        warehouse.catalog, processors={**warehouse.catalog.processors, TEAM: changed}
    )
    survey(warehouse, anew=True)


def test_f51_a_check_that_names_a_column_that_does_not_exist_closes_the_gate(
    own_warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    """The error of such a query once read as 0 faults, and passed."""
    path = own_checks(own_warehouse, tmp_path) / "overdue_games.sql"
    path.write_text(path.read_text().replace("games.status", "games.state"))
    read_again(own_warehouse, path.parent)
    said = judge_phase(own_warehouse, "team", EVERYTHING)
    assert said.decision == "NO-GO"
    (breach,) = said.blocking
    assert (breach.table, breach.what, breach.value) == (TEAM, "overdue_games", None)
    assert "state" in breach.error
    assert "could not be measured" in str(breach)


def test_f51_a_check_that_does_not_parse_is_refused_with_its_file(
    own_warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    path = own_checks(own_warehouse, tmp_path) / "overdue_games.sql"
    head = path.read_text().partition("WITH")[0]
    path.write_text(f"{head}SELECT FROM WHERE (")
    read_again(own_warehouse, path.parent)
    with pytest.raises(ConfigError, match=f"{path}: does not parse"):
        judge_phase(own_warehouse, "team", EVERYTHING)


def test_f51_a_check_that_is_gone_is_told_by_the_next_verdict(
    own_warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    """Its limits stand in its file, and went with it."""
    judge_phase(own_warehouse, "team", EVERYTHING, "run 1")
    path = own_checks(own_warehouse, tmp_path) / "overdue_games.sql"
    path.unlink()
    read_again(own_warehouse, path.parent)
    (relaxed,) = judge_phase(own_warehouse, "team", EVERYTHING, "run 2").relaxed
    assert str(relaxed) == f"{TEAM}: overdue_games <= 0 became no limit (warn)"


def test_f51_every_check_that_needs_a_column_that_a_table_lost_says_so(
    own_warehouse: DuckDBWarehouse,
) -> None:
    bench = PhaseUnderGate.of(own_warehouse, "player", EVERYTHING)
    rows(
        own_warehouse,
        f"ALTER TABLE {own_warehouse.names(PLAYER)} DROP COLUMN usage_rate",
    )
    failed = {m.name for m in bench.measurements() if "usage_rate" in m.error}
    assert failed == {
        "usage_known_pct",
        "usage_sums_off",
        "null_pct",
        "rows_breaking_contract",
    }


def test_f11_usage_is_missing_for_the_one_game_without_team_minutes_alone(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """One late game below a threshold for the whole date set usage to NULL in every game of it."""
    games = rows(
        own_warehouse,
        f"SELECT DISTINCT game_id FROM {own_warehouse.names(TEAM)} WHERE game_date = '{BAD}' ORDER "
        "BY 1",
    )
    late, other = (row["game_id"] for row in games)
    planned(own_warehouse)
    rows(
        own_warehouse,
        f"UPDATE {own_warehouse.names(TEAM)} SET minutes = NULL WHERE game_id = '{late}'",
    )
    own_warehouse.materialize(batch(PLAYER, BAD), "run")
    known = {
        row["game_id"]: row["known"]
        for row in rows(
            own_warehouse,
            "SELECT game_id, COUNT(usage_rate) / COUNT(*) AS known "
            f"FROM {own_warehouse.names(PLAYER)} WHERE game_date = '{BAD}' GROUP BY 1",
        )
    }
    assert known == {late: 0, other: 1}
    said = verdict(own_warehouse, PLAYER, "usage_known_pct")
    assert {key[:10] for breach in said.breaches for key in breach.evidence} == {late}


def test_f12_usage_of_1329_8_breaks_the_contract_in_the_gate_as_well(
    warehouse: DuckDBWarehouse,
) -> None:
    """A one-minute stint; the column's type was widened instead."""
    change = (
        f"UPDATE TABLE SET usage_rate = 1329.8, minutes_played = 1.0 WHERE {first(1)}"
    )
    with planted(warehouse, PLAYER, change):
        (breach,) = verdict(warehouse, PLAYER, "rows_breaking_contract").blocking
    assert (breach.value, len(breach.evidence)) == (1, 1)


def test_f21_a_date_with_two_of_its_four_teams_is_named(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """613 of 613 dates were successful, one of them with 2 of 16 teams."""
    table = own_warehouse.names(TEAM)
    one = f"(SELECT MIN(game_id) FROM {table} WHERE game_date = '{BAD}')"
    rows(own_warehouse, f"DELETE FROM {table} WHERE game_id = {one}")
    said = judge_phase(own_warehouse, "team", EVERYTHING)
    assert said.decision != "GO"
    named = {b.what: b.evidence for b in said.breaches if b.table == TEAM}
    assert named["cells_done_pct"] == (str(BAD),)
    assert named["keys_present_pct"] == (f"{BAD}: 2",)


def test_f23_one_player_of_many_upstream_closes_the_gate_downstream(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """A stale partial upstream switched off a fallback;
    downstream had one row, and success, for six days."""
    table = own_warehouse.names(PLAYER)
    early = (
        "SELECT MIN(game_date) + 2 FROM nba_raw.schedule WHERE season = 2023 AND game_type "
        "= '2'"
    )
    kept = f"SELECT MIN(player_id) FROM {table} WHERE game_date = ({early})"
    rows(
        own_warehouse,
        f"DELETE FROM {table} WHERE game_date = ({early}) AND player_id != ({kept})",
    )
    player = judge_phase(own_warehouse, "player", EVERYTHING)
    assert "keys_present_pct" in {b.what for b in player.breaches}
    context = judge_phase(own_warehouse, "context", EVERYTHING)
    assert context.decision == "NO-GO"
    assert {(b.table, b.what) for b in context.blocking} == {
        (CONTEXT, "cells_done_pct")
    }


def test_a_row_on_a_date_that_is_not_on_the_schedule_closes_the_gate(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """It is nobody's cell, and every window would count it."""
    table = own_warehouse.names(TEAM)
    off = "DATE '2023-10-30'"
    rows(
        own_warehouse,
        f"INSERT INTO {table} SELECT * REPLACE ({off} AS game_date) FROM {table} LIMIT 1",
    )
    said = judge_phase(own_warehouse, "team", EVERYTHING)
    assert "orphans" in {b.what for b in said.blocking}


def test_a_verdict_stands_until_what_it_was_measured_from_changes(
    own_warehouse: DuckDBWarehouse,
) -> None:
    first_said = judge_phase(own_warehouse, "team", EVERYTHING)
    assert (
        standing(own_warehouse, "team", scope_of(own_warehouse, EVERYTHING))
        == first_said
    )
    other = scope_of(own_warehouse, Selection(tables=(TEAM,)))
    assert standing(own_warehouse, "team", other) is None
    game = rows(own_warehouse, "FROM nba_raw.schedule WHERE game_id = '0022300020'")[0]
    own_warehouse.load(raw_load({"schedule": [game | {"covers_shots": False}]}))
    assert standing(own_warehouse, "team", scope_of(own_warehouse, EVERYTHING)) is None


def test_a_no_go_stands_as_well_until_something_changes(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """It was measured anew for half a minute, to say the same."""
    table = own_warehouse.names(TEAM)
    rows(own_warehouse, f"DELETE FROM {table}")
    said = judge_phase(own_warehouse, "team", EVERYTHING)
    assert said.decision == "NO-GO"
    assert standing(own_warehouse, "team", scope_of(own_warehouse, EVERYTHING)) == said
    own_warehouse.waive("0022300020", "shots", "the source lost the shots of this game")
    assert standing(own_warehouse, "team", scope_of(own_warehouse, EVERYTHING)) is None


def test_an_accepted_verdict_is_a_baseline_however_many_came_after_it(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """Ten nightly runs once pushed it out of sight: a fall from 99 to 40 percent went unseen."""
    accepted = judge_phase(own_warehouse, "player", EVERYTHING, "run 1")
    partial(own_warehouse, 0.15)
    record = judge_phase(own_warehouse, "player", EVERYTHING, "run 2").model_dump(
        mode="json"
    )
    assert record["decision"] == "NO-GO"
    for number in range(25):
        later = accepted.made.decided_at + timedelta(days=1 + number)
        made = {
            **record["made"],
            "verdict_id": f"later {number}",
            "decided_at": later.isoformat(),
        }
        own_warehouse.record_verdict({**record, "made": made})
    said = judge_phase(own_warehouse, "player", EVERYTHING, "run 3")
    assert {rate.verdict_id for rate in said.past} == {accepted.made.verdict_id}
    assert SHOTS in fallen(said)
    assert not any(NOTHING_COMPARABLE in line for line in said.not_judged)


def test_where_nothing_is_comparable_the_verdict_says_so(
    own_warehouse: DuckDBWarehouse,
) -> None:
    first_said = judge_phase(own_warehouse, "player", EVERYTHING, "run 1")
    assert f"{PLAYER}: regression: {NOTHING_COMPARABLE}" in first_said.not_judged
    second = judge_phase(own_warehouse, "player", EVERYTHING, "run 2")
    assert not any(NOTHING_COMPARABLE in line for line in second.not_judged)


def test_a_verdict_of_a_clock_that_was_ahead_is_followed_by_a_later_one(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """A GO of a system whose clock was set back since hid the NO-GO after it for a year."""
    accepted = judge_phase(own_warehouse, "player", EVERYTHING, "run 1")
    ahead = accepted.made.decided_at + timedelta(days=400)
    made = accepted.made.model_copy(update={"decided_at": ahead})
    early = accepted.model_copy(update={"made": made})
    own_warehouse.record_verdict(early.model_dump(mode="json"))
    path = own_warehouse.url.removeprefix("duckdb:")
    own_warehouse.close()
    reopened = open_warehouse(path=path)
    partial(reopened, 0.7)
    closed = judge_phase(reopened, "player", EVERYTHING, "run 2")
    (latest,) = reopened.verdicts("player", 1)
    reopened.close()
    assert (closed.decision, latest["decision"]) == ("NO-GO", "NO-GO")


def test_a_record_of_another_version_closes_no_gate(
    own_warehouse: DuckDBWarehouse,
) -> None:
    accepted = judge_phase(own_warehouse, "player", EVERYTHING, "run 1")
    record = accepted.model_dump(mode="json")
    own_warehouse.record_verdict({**record, "decision": "PERHAPS"})
    own_warehouse.record_verdict({**record, "mood": "good"})
    said = judge_phase(own_warehouse, "player", EVERYTHING, "run 2")
    assert said.decision == "GO"
    assert [line for line in said.not_judged if "cannot be read" in line] != []


def test_a_hole_in_the_shots_is_a_warning_that_names_season_and_games_until_it_is_waived(
    own_warehouse: DuckDBWarehouse,
) -> None:
    lost = ["0022300020", "0022300021"]
    rows(
        own_warehouse,
        f"UPDATE nba_raw.schedule SET covers_shots = false WHERE game_id IN {tuple(lost)}",
    )
    said = judge_phase(own_warehouse, "team", EVERYTHING)
    (breach,) = said.breaches
    assert said.decision == "GO with warnings"
    assert (breach.what, breach.evidence) == ("games_without_shots[2023]", tuple(lost))
    assert f"({', '.join(lost)})" in str(breach)
    assert (
        own_warehouse.waive_games(lost, "shots", "the source never had these two games")
        == 2
    )
    assert judge_phase(own_warehouse, "team", EVERYTHING).decision == "GO"


def test_a_game_whose_shots_are_removed_is_no_longer_covered(
    own_warehouse: DuckDBWarehouse,
) -> None:
    game = "0022300020"
    assert own_warehouse.remove_games([game], table="shots")["shots"] > 0
    (row,) = rows(own_warehouse, f"FROM nba_raw.schedule WHERE game_id = '{game}'")
    assert (row["covers_shots"], row["covers_player_box"]) == (False, True)
    assert (
        rows(own_warehouse, f"FROM nba_raw.player_box WHERE game_id = '{game}'") != []
    )
