"""What a source newly fills has limits of its own, where some row of the season has it."""

from __future__ import annotations

import pytest

from tests.gates.planting import evidence, found, planted, severities, verdict
from tests.league import league
from tests.loop import rows
from validation.measurement import NO_SOURCE
from warehouse.duckdb import DuckDBWarehouse

PLAYER, CONTEXT, FEATURES = (
    "player_game_summary",
    "upcoming_player_game_context",
    "ml_feature_store",
)
WARN, BLOCK, BOTH, PASS = {"warn"}, {"block"}, {"block", "warn"}, set[str]()
FIVE_OF_EACH_SIDE = (
    "UPDATE TABLE SET starter = rowid IN (SELECT rowid FROM (SELECT rowid, ROW_NUMBER() OVER "
    "(PARTITION BY game_id, team ORDER BY player_id) AS place FROM TABLE) WHERE place <= 5)"
)
SECONDS = "UPDATE TABLE SET minutes_played = minutes_played + 0.25"
ABSENT = "UPDATE nba_raw.player_box SET reason = 'Rest' WHERE status = 'dnp'"
REPORTS = (
    "INSERT INTO nba_raw.injury_reports SELECT game_id, team, "
    "COALESCE(tip_off, game_date::TIMESTAMPTZ) - INTERVAL 1 HOUR, game_date, season, TRUE, 1 "
    "FROM (SELECT *, UNNEST([home_team, away_team]) AS team FROM nba_raw.schedule)"
)
INJURIES = (
    "INSERT INTO nba_raw.injuries SELECT game_id, MIN(player_id), MIN(reported_at), "
    "MIN(box.game_date), MIN(box.season), team, 'Out', NULL FROM nba_raw.player_box AS box "
    "JOIN nba_raw.injury_reports USING (game_id, team) GROUP BY game_id, team"
)


@pytest.mark.parametrize(
    ("table", "check"),
    [
        (PLAYER, "sides_with_five_starters_pct"),
        (PLAYER, "starters_known_pct"),
        (PLAYER, "games_with_seconds_pct"),
        (PLAYER, "absences_explained_pct"),
        (CONTEXT, "positions_known_pct"),
        (FEATURES, "games_without_injury_report"),
        (FEATURES, "injury_statuses_unknown"),
        (FEATURES, "injured_players_matched_pct"),
    ],
)
def test_what_no_source_tells_is_not_judged(
    table: str, check: str, warehouse: DuckDBWarehouse
) -> None:
    (measured,) = found(warehouse, table, check)
    assert (measured.note, measured.parts) == (NO_SOURCE, ())
    assert severities(verdict(warehouse, table, check)) == PASS


def test_a_side_has_five_starters(warehouse: DuckDBWarehouse) -> None:
    check = "sides_with_five_starters_pct"
    with planted(warehouse, PLAYER, FIVE_OF_EACH_SIDE):
        sides = sum(m.of for m in found(warehouse, PLAYER, check))
        assert severities(verdict(warehouse, PLAYER, check)) == PASS
    spare = int(sides * 5 / 100)
    for wrong, wanted in ((1, WARN), (spare, WARN), (spare + 1, BOTH)):
        some = f"(SELECT MIN(rowid) FROM TABLE WHERE starter GROUP BY game_id, team LIMIT {wrong})"
        change = f"UPDATE TABLE SET starter = FALSE WHERE rowid IN {some}"
        with planted(warehouse, PLAYER, FIVE_OF_EACH_SIDE, change):
            said = verdict(warehouse, PLAYER, check)
        assert severities(said) == wanted
        assert all(key.endswith(": 4") for key in evidence(said))


def test_a_season_that_is_half_told_of_its_starters_warns(
    warehouse: DuckDBWarehouse,
) -> None:
    check = "starters_known_pct"
    with planted(warehouse, PLAYER, FIVE_OF_EACH_SIDE):
        assert severities(verdict(warehouse, PLAYER, check)) == PASS
    half = "UPDATE TABLE SET starter = NULL WHERE team = 'ASH' AND season = 2023"
    with planted(warehouse, PLAYER, FIVE_OF_EACH_SIDE, half):
        assert severities(verdict(warehouse, PLAYER, check)) == WARN
    other = "UPDATE TABLE SET starter = NULL WHERE season = 2023"
    with planted(warehouse, PLAYER, FIVE_OF_EACH_SIDE, other):
        assert severities(verdict(warehouse, PLAYER, check)) == PASS


def test_a_game_with_whole_minutes_in_a_season_with_seconds_warns(
    warehouse: DuckDBWarehouse,
) -> None:
    check = "games_with_seconds_pct"
    with planted(warehouse, PLAYER, SECONDS):
        assert severities(verdict(warehouse, PLAYER, check)) == PASS
    whole = "UPDATE TABLE SET minutes_played = FLOOR(minutes_played) WHERE game_id = '0022300020'"
    with planted(warehouse, PLAYER, SECONDS, whole):
        said = verdict(warehouse, PLAYER, check)
    assert (severities(said), evidence(said)) == (WARN, {"0022300020"})


def test_an_absence_without_a_reason_warns_where_others_have_one(
    warehouse: DuckDBWarehouse,
) -> None:
    check = "absences_explained_pct"
    with planted(warehouse, PLAYER, ABSENT):
        absent = sum(m.of for m in found(warehouse, PLAYER, check))
        assert severities(verdict(warehouse, PLAYER, check)) == PASS
    for untold, wanted in ((int(absent / 20), PASS), (int(absent / 20) + 1, WARN)):
        some = f"SELECT rowid FROM nba_raw.player_box WHERE reason IS NOT NULL LIMIT {untold}"
        change = f"UPDATE nba_raw.player_box SET reason = NULL WHERE rowid IN ({some})"
        with planted(warehouse, PLAYER, ABSENT, change):
            said = verdict(warehouse, PLAYER, check)
        assert (severities(said), len(evidence(said))) == (
            wanted,
            untold if wanted else 0,
        )


def test_a_game_whose_shots_do_not_tell_their_assists_warns(
    warehouse: DuckDBWarehouse,
) -> None:
    check = "assists_of_shots_known_pct"
    assert severities(verdict(warehouse, PLAYER, check)) == PASS
    untold = (
        "UPDATE nba_raw.shots SET assisted = NULL WHERE season = 2023 AND team = 'ASH'"
    )
    with planted(warehouse, PLAYER, untold):
        assert severities(verdict(warehouse, PLAYER, check)) == WARN
    with planted(warehouse, PLAYER, "UPDATE nba_raw.shots SET assisted = NULL"):
        (measured,) = found(warehouse, PLAYER, check)
    assert measured.note == NO_SOURCE


@pytest.mark.parametrize(
    ("check", "column", "value"),
    [
        ("birth_dates_known_pct", "birth_date", "DATE '1999-01-01'"),
        ("positions_known_pct", "position", "'G'"),
    ],
)
def test_a_player_in_five_without_what_the_others_have_warns(
    check: str, column: str, value: str, warehouse: DuckDBWarehouse
) -> None:
    of_all = f"UPDATE nba_raw.players SET {column} = {value}"
    with planted(warehouse, CONTEXT, of_all):
        assert severities(verdict(warehouse, CONTEXT, check)) == PASS
    some = f"UPDATE nba_raw.players SET {column} = NULL WHERE player_id % 3 = 0"
    with planted(warehouse, CONTEXT, of_all, some):
        assert severities(verdict(warehouse, CONTEXT, check)) == WARN
    with planted(warehouse, CONTEXT, f"UPDATE nba_raw.players SET {column} = NULL"):
        (measured,) = found(warehouse, CONTEXT, check)
    assert measured.note == NO_SOURCE


def test_a_game_without_a_report_before_its_tip_off_warns_with_its_season(
    warehouse: DuckDBWarehouse,
) -> None:
    check = "games_without_injury_report"
    with planted(warehouse, FEATURES, REPORTS):
        assert severities(verdict(warehouse, FEATURES, check)) == PASS
    gone = "DELETE FROM nba_raw.injury_reports WHERE game_id = '0022300020'"
    late = (
        "UPDATE nba_raw.injury_reports SET reported_at = reported_at + INTERVAL 1 HOUR "
        "WHERE game_id = '0022300021'"
    )
    with planted(warehouse, FEATURES, REPORTS, gone, late):
        said = verdict(warehouse, FEATURES, check)
    assert severities(said) == WARN
    assert evidence(said) == {"0022300020", "0022300021"}
    assert {breach.what for breach in said.breaches} == {f"{check}[2023]"}
    one_season = "DELETE FROM nba_raw.injury_reports WHERE season = 2022"
    with planted(warehouse, FEATURES, REPORTS, one_season):
        assert severities(verdict(warehouse, FEATURES, check)) == PASS


def test_an_injury_of_a_status_that_nobody_knows_blocks(
    warehouse: DuckDBWarehouse,
) -> None:
    check = "injury_statuses_unknown"
    with planted(warehouse, FEATURES, REPORTS, INJURIES):
        assert severities(verdict(warehouse, FEATURES, check)) == PASS
    hand = "UPDATE nba_raw.injuries SET status = 'OUT' WHERE game_id = '0022300020'"
    with planted(warehouse, FEATURES, REPORTS, INJURIES, hand):
        said = verdict(warehouse, FEATURES, check)
    assert severities(said) == BLOCK
    assert all(key.endswith(": OUT") for key in evidence(said))


def test_names_that_no_roster_has_warn_from_one_in_five_on(
    warehouse: DuckDBWarehouse,
) -> None:
    check = "injured_players_matched_pct"
    all_matched = (
        "UPDATE nba_raw.injury_reports SET listed = 0 WHERE (game_id, team) NOT IN "
        "(SELECT (game_id, team) FROM nba_raw.injuries)"
    )
    with planted(warehouse, FEATURES, REPORTS, INJURIES, all_matched):
        (measured,) = found(warehouse, FEATURES, check)
        assert severities(verdict(warehouse, FEATURES, check)) == PASS
    assert measured.value == 100
    unmatched = "DELETE FROM nba_raw.injuries WHERE player_id % 3 = 0"
    with planted(warehouse, FEATURES, REPORTS, INJURIES, all_matched, unmatched):
        assert severities(verdict(warehouse, FEATURES, check)) == WARN


def test_injury_risk_is_judged_on_the_games_that_have_reports(
    own_warehouse: DuckDBWarehouse,
) -> None:
    """A risk that is the same for everyone is dead, and one of no source is nobody's fault."""

    def judged() -> dict[str, float | None]:
        measured = found(own_warehouse, FEATURES, "distinct_values", min_rows=1)
        return {m.item: m.value for m in measured}

    assert "injury_risk" not in judged()
    rows(own_warehouse, REPORTS)
    assert judged()["injury_risk"] == 0
    table = own_warehouse.names(FEATURES)
    rows(own_warehouse, f"UPDATE {table} SET injury_risk = player_id % 2")
    assert judged()["injury_risk"] == 2
    (quality,) = found(own_warehouse, FEATURES, "feature_quality_mean", min_rows=1)
    assert quality.ceiling == pytest.approx(100)


def test_the_league_has_no_reports() -> None:
    assert not {"injury_reports", "injuries"} & set(league())
