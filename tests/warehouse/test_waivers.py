"""Waivers: a game without its data no longer holds its date back,
says so, and can be taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError, FullcourtError, SourceError
from planning.cells import Outcome
from planning.raw_load import Held, RawLoad
from planning.selection import Selection
from reports.reasons import tell_reason
from reports.verdicts import verdict_markdown
from reports.waive import tell_waiver
from runs.judge import judge_phase
from sources.nba_stats import read
from tests.league import CUP_FINAL, FIRST_DAY
from tests.league_files import raw_league
from tests.loop import compute, open_warehouse, planned, rows
from tests.raw_rows import World, raw_load
from tests.sources.nba_stats_files import GAME as REAL_GAME
from tests.sources.nba_stats_files import player_rows, team_rows, write
from warehouse.duckdb import DuckDBWarehouse

DAY, NEXT = FIRST_DAY + timedelta(days=8), FIRST_DAY + timedelta(days=9)
GAME, OTHER = "0022300014", "0022300015"
PRESEASON = "0012300001"
TABLE, REASON = "player_game_summary", "the league never published it"
UP_TO_PLAYERS = ("team_offense_game_summary", TABLE)


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    """The league's raw rows, nothing computed."""
    path = shutil.copy(raw_league(), tmp_path / "loaded.duckdb")
    warehouse = open_warehouse(path=str(path))
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def holed_file(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The league without the player box of GAME, the first two phases computed."""
    path = tmp_path_factory.mktemp("holed") / "league.duckdb"
    box = [line for line in world["player_box"] if line["game_id"] != GAME]
    warehouse = open_warehouse(raw_load({**world, "player_box": box}), str(path))
    compute(warehouse, tables=UP_TO_PLAYERS)
    warehouse.close()
    return path


@pytest.fixture
def holed(holed_file: Path, tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    """That league, to do anything to."""
    warehouse = open_warehouse(path=str(shutil.copy(holed_file, tmp_path)))
    yield warehouse
    warehouse.close()


@pytest.mark.parametrize("as_set", [False, True])
def test_a_waiver_is_later_than_what_a_clock_that_was_ahead_put_on_record(
    loaded: DuckDBWarehouse, as_set: bool
) -> None:
    """A removal that follows from it is told by which of the two is later."""
    ahead = datetime.now(UTC) + timedelta(days=400)
    made = {"verdict_id": "v", "decided_at": str(ahead), "run_id": "", "stage": "gate"}
    loaded.record_verdict({"made": made, "phase": "team", "decision": "GO"})
    path = loaded.engine.path
    loaded.close()
    with closing(open_warehouse(path=path)) as again:
        if as_set:
            again.waive_games([GAME], "player_box", REASON)
        else:
            again.waive(GAME, "player_box", REASON)
        (waiver,) = again.waivers()
    assert waiver.waived_at > ahead


def flags(warehouse: DuckDBWarehouse, game_id: str = GAME) -> tuple[bool, bool, bool]:
    sql = "SELECT COLUMNS('covers_.*') FROM nba_raw.schedule WHERE game_id = $game"
    player_box, shots, props = rows(warehouse, sql, game=game_id)[0].values()
    return player_box, shots, props


def games_of(warehouse: DuckDBWarehouse, day: date) -> set[str]:
    listed = rows(
        warehouse,
        f"SELECT game_id FROM nba_analytics.{TABLE} WHERE game_date = $day",
        day=day,
    )
    return {row["game_id"] for row in listed}


def games_before(warehouse: DuckDBWarehouse, day: date) -> dict[int, int]:
    """Player -> covered games before the date, as the expected sets say."""
    warehouse.derive_expected()
    sql = (
        f"SELECT player_id, games_before FROM {warehouse.names('player_history')} WHERE as_of "
        "= $day"
    )
    return {
        row["player_id"]: row["games_before"] for row in rows(warehouse, sql, day=day)
    }


def test_a_waived_game_no_longer_holds_the_rest_of_its_date_back(
    holed: DuckDBWarehouse,
) -> None:
    missing = planned(holed).decide(TABLE, [DAY])
    assert missing.settled == {DAY: Outcome.UPSTREAM_MISSING}
    assert GAME in tell_reason(missing.reasons[DAY])
    holed.waive(GAME, "player_box", REASON)
    assert compute(holed, dates=[DAY], tables=UP_TO_PLAYERS) == {}
    assert planned(holed).decide(TABLE, [DAY]).settled == {DAY: Outcome.DONE}
    assert games_of(holed, DAY) == {OTHER}


def test_a_date_whose_every_game_is_waived_is_not_covered(
    holed: DuckDBWarehouse,
) -> None:
    holed.waive(GAME, "player_box", REASON)
    holed.waive(OTHER, "player_box", REASON)
    assert planned(holed).decide(TABLE, [DAY]).settled == {DAY: Outcome.NOT_COVERED}


def test_taking_a_waiver_back_makes_the_hole_a_gap_again(
    holed: DuckDBWarehouse,
) -> None:
    before = holed.game_days()
    holed.waive(GAME, "player_box", REASON)
    assert holed.game_days() != before
    holed.unwaive(GAME, "player_box")
    assert holed.game_days() == before
    assert planned(holed).decide(TABLE, [DAY]).settled == {
        DAY: Outcome.UPSTREAM_MISSING
    }


def test_the_players_of_a_waived_game_are_not_expected_and_it_is_no_game_of_theirs(
    loaded: DuckDBWarehouse,
) -> None:
    expected, history = (
        loaded.cell_states(TABLE)[DAY].expected,
        games_before(loaded, NEXT),
    )
    sql = "SELECT player_id FROM nba_raw.player_box WHERE game_id = $game AND status = 'played'"
    players = {row["player_id"] for row in rows(loaded, sql, game=GAME)}
    loaded.waive(GAME, "player_box", REASON)
    assert loaded.cell_states(TABLE)[DAY].expected == expected - len(players)
    assert games_before(loaded, NEXT) == {
        p: n - (p in players) for p, n in history.items()
    }


@pytest.mark.parametrize(
    ("table", "left"),
    [
        ("player_box", (False, True, True)),
        ("shots", (True, False, True)),
        ("player_props", (True, True, False)),
    ],
)
def test_a_waiver_takes_the_coverage_of_one_game_by_one_table(
    loaded: DuckDBWarehouse, table: str, left: tuple[bool, bool, bool]
) -> None:
    loaded.waive(GAME, table, f" {REASON} ")
    assert (flags(loaded), flags(loaded, OTHER)) == (left, (True, True, True))
    (waiver,) = loaded.waivers()
    assert (waiver.game_id, waiver.raw_table, waiver.reason, waiver.declared) == (
        GAME,
        table,
        REASON,
        True,
    )
    assert loaded.unwaive(GAME, table) == waiver
    assert (flags(loaded), loaded.waivers()) == ((True, True, True), ())


def test_a_waiver_outlives_the_same_load_which_changes_nothing(
    loaded: DuckDBWarehouse, league_load: RawLoad
) -> None:
    """A re-ingest that undid it would turn dates into gaps that somebody has accepted already."""
    loaded.waive(GAME, "player_box", REASON)
    before, waivers = loaded.contents("schedule"), loaded.waivers()
    loaded.load(league_load)
    assert (loaded.contents("schedule"), loaded.waivers()) == (before, waivers)
    loaded.unwaive(GAME, "player_box")
    assert flags(loaded) == (True, True, True)


def test_what_a_source_declares_of_a_waived_game_is_kept_and_given_back(
    loaded: DuckDBWarehouse, world: World
) -> None:
    of = next(row for row in world["schedule"] if row["game_id"] == GAME)
    loaded.waive(GAME, "player_box", REASON)
    for declared in (False, True, False):
        loaded.load(raw_load({"schedule": [of | {"covers_player_box": declared}]}))
        assert (loaded.waivers()[0].declared, flags(loaded)[0]) == (declared, False)
    loaded.unwaive(GAME, "player_box")
    assert flags(loaded) == (False, True, True)


def test_a_waiver_on_the_only_game_of_its_kind_outlives_its_file(
    tmp_path: Path,
) -> None:
    """Coverage is derived per season and game type:
    of one waived game, nothing covered would be left."""
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.csv", player_rows())
    warehouse = open_warehouse(read(tmp_path))
    warehouse.waive(REAL_GAME, "player_box", REASON)
    for _ in range(2):
        again = read(tmp_path, held=Held(warehouse.schedule()))
        assert again.tables["schedule"].num_rows == 0
        warehouse.load(again)
        assert flags(warehouse, REAL_GAME) == (False, False, False)
    write(tmp_path / "more.csv", team_rows(game="0022400063", date="2024-10-24"))
    warehouse.load(read(tmp_path, held=Held(warehouse.schedule())))
    assert flags(warehouse, "0022400063") == (True, False, False)
    warehouse.unwaive(REAL_GAME, "player_box")
    assert flags(warehouse, REAL_GAME) == (True, False, False)


def test_sources_are_told_the_declared_coverage(loaded: DuckDBWarehouse) -> None:
    before = loaded.schedule()
    loaded.waive(GAME, "player_box", REASON)
    loaded.waive(GAME, "player_props", REASON)
    assert loaded.schedule() == before


@pytest.mark.parametrize(
    ("game_id", "table", "reason", "error", "said"),
    [
        (GAME, "team_box", REASON, ConfigError, "fullcourt ingest remove"),
        (GAME, "game_lines", REASON, ConfigError, "player_box, shots, player_props"),
        (GAME, "shots", "  ", ConfigError, "--reason"),
        ("0022399999", "shots", REASON, SourceError, "does not know game 0022399999"),
        (CUP_FINAL, "player_props", REASON, SourceError, "does not cover game"),
        (PRESEASON, "player_box", REASON, SourceError, "does not cover game"),
        (OTHER, "player_box", REASON, SourceError, "waived for player_box already"),
    ],
)
def test_what_cannot_be_waived_is_refused_and_changes_nothing(
    loaded: DuckDBWarehouse,
    game_id: str,
    table: str,
    reason: str,
    error: type[FullcourtError],
    said: str,
) -> None:
    loaded.waive(OTHER, "player_box", REASON)
    before = (loaded.contents("schedule"), loaded.waivers())
    with pytest.raises(error, match=said):
        loaded.waive(game_id, table, reason)
    assert (loaded.contents("schedule"), loaded.waivers()) == before


def test_a_final_game_that_a_source_never_covered_is_told_until_it_is_waived(
    loaded: DuckDBWarehouse,
) -> None:
    """It was told in every report, and nobody could say that it never comes."""
    day, told = FIRST_DAY + timedelta(days=27), loaded.uncovered_games()
    assert told["player_box"][day] == told["shots"][day] == 1
    before = loaded.contents("schedule")
    waiver = loaded.waive(CUP_FINAL, "player_box", REASON)
    assert not waiver.declared
    left = loaded.uncovered_games()
    assert day not in left["player_box"]
    assert left["shots"] == told["shots"]
    assert loaded.contents("schedule") == before
    verdict = judge_phase(loaded, "team", Selection(phases=("team",), dates=(DAY,)))
    assert verdict.waivers == (waiver,)
    loaded.unwaive(CUP_FINAL, "player_box")
    assert loaded.uncovered_games() == told
    assert loaded.waive_games([CUP_FINAL, GAME], "player_box", REASON) == 2
    assert [w.declared for w in loaded.waivers()] == [True, False]
    assert loaded.unwaive_games([CUP_FINAL, GAME], "player_box") == 2
    assert loaded.contents("schedule") == before
    assert flags(loaded, CUP_FINAL) == (False, False, False)


def test_a_waiver_that_is_not_there_cannot_be_taken_back(
    loaded: DuckDBWarehouse,
) -> None:
    loaded.waive(GAME, "shots", REASON)
    with pytest.raises(SourceError, match=f"{GAME} is not waived for player_box"):
        loaded.unwaive(GAME, "player_box")


def test_a_game_that_is_removed_takes_its_waivers_along(
    loaded: DuckDBWarehouse,
) -> None:
    for game_id in (GAME, OTHER):
        loaded.waive(game_id, "player_box", REASON)
    assert loaded.remove_games([GAME])["waivers"] == 1
    assert [waiver.game_id for waiver in loaded.waivers()] == [OTHER]


def test_a_game_lacks_rows_once_it_is_final_and_where_it_counts(
    loaded: DuckDBWarehouse,
) -> None:
    """One that is still to be played, or of the preseason, would be waived with the others."""
    before = loaded.games_lacking("player_box", 2023)
    played = "SELECT DISTINCT game_id FROM nba_raw.player_box WHERE season = 2023"
    games = sorted(row["game_id"] for row in rows(loaded, played))
    first, second, third, *_ = games
    for game, change in (
        (first, "status = status"),
        (second, "status = 'scheduled'"),
        (third, "game_type = '1'"),
    ):
        rows(loaded, f"DELETE FROM nba_raw.player_box WHERE game_id = '{game}'")
        rows(
            loaded,
            f"UPDATE nba_raw.schedule SET {change} WHERE game_id = '{game}'",
        )
    assert loaded.games_lacking("player_box", 2023) == sorted({*before, first})


def test_every_verdict_lists_the_waivers_in_force(loaded: DuckDBWarehouse) -> None:
    selection = Selection(phases=("team",), dates=(DAY,))
    assert judge_phase(loaded, "team", selection).waivers == ()
    waiver = loaded.waive(GAME, "player_box", REASON)
    verdict = judge_phase(loaded, "team", selection)
    assert verdict.waivers == (waiver,)
    assert f"game {GAME} has no player_box: {REASON}" in verdict_markdown(verdict)
    bodies = [
        json.loads(row["body"])
        for row in rows(loaded, "SELECT body FROM nba_backfill.verdicts")
    ]
    assert sorted(len(body["waivers"]) for body in bodies) == [0, 1]


def status_of(warehouse: DuckDBWarehouse, game_id: str = GAME) -> str:
    sql = "SELECT status FROM nba_raw.schedule WHERE game_id = $game"
    return str(rows(warehouse, sql, game=game_id)[0]["status"])


def reopened(world: World, status: str = "scheduled") -> RawLoad:
    """The schedule's row of GAME, not final."""
    return raw_load(
        {
            "schedule": [
                {**row, "status": status}
                for row in world["schedule"]
                if row["game_id"] == GAME
            ]
        }
    )


def test_an_open_game_waived_for_the_schedule_holds_nothing_back(
    loaded: DuckDBWarehouse, world: World
) -> None:
    loaded.load(reopened(world))
    context = "upcoming_team_game_context"
    assert planned(loaded).find(context, NEXT).outcome is Outcome.UPSTREAM_MISSING
    waiver = loaded.waive(GAME, "schedule", "called off for good")
    assert tell_waiver(waiver) == f"game {GAME} is not played: called off for good"
    assert status_of(loaded) == "cancelled"
    assert GAME in planned(loaded).calendar.days[DAY].called_off_games
    compute(
        loaded,
        tables=("team_offense_game_summary", "team_defense_game_summary", context),
    )
    assert planned(loaded).find(context, NEXT).outcome is Outcome.DONE


def test_a_game_stays_waived_for_the_schedule_until_it_is_played(
    loaded: DuckDBWarehouse, world: World
) -> None:
    loaded.load(reopened(world))
    loaded.waive(GAME, "schedule", "called off for good")
    loaded.load(reopened(world, "live"))
    assert status_of(loaded) == "cancelled"
    declared = loaded.schedule().to_pylist()
    assert [row["status"] for row in declared if row["game_id"] == GAME] == [
        "scheduled"
    ]
    loaded.load(reopened(world, "final"))
    assert (status_of(loaded), loaded.waivers()) == ("final", ())


def test_a_waiver_for_the_schedule_is_taken_back(
    loaded: DuckDBWarehouse, world: World
) -> None:
    loaded.load(reopened(world))
    loaded.waive(GAME, "schedule", "called off for good")
    loaded.unwaive(GAME, "schedule")
    assert (status_of(loaded), loaded.waivers()) == ("scheduled", ())


def test_a_played_or_unknown_game_cannot_be_waived_for_the_schedule(
    loaded: DuckDBWarehouse,
) -> None:
    with pytest.raises(
        SourceError, match=f"game {GAME} is final: nothing waits for it"
    ):
        loaded.waive(GAME, "schedule", "called off for good")
    with pytest.raises(SourceError, match="the schedule does not know game 0022399998"):
        loaded.waive("0022399998", "schedule", "called off for good")
