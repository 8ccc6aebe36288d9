"""Injury reports from the stand-in: which are asked for, what they say, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from core.errors import SourceError
from planning.raw_load import Held, RawLoad
from runs.fetch import Fetched, exit_code
from runs.ingest import ingest
from runs.injuries import (
    InjuriesRequest,
    fetch_injuries,
    forecast_injuries,
    injury_files,
)
from sources.injuries import plan, reading
from sources.injuries.plan import moment_before, parse
from sources.injuries.reading import InjuryFiles
from sources.nba_stats.reasons import HARMLESS
from sources.snapshots.reading import sources_in
from tests.loop import open_warehouse as made_warehouse
from tests.raw_rows import raw_load
from tests.stats_stand_in.fetched import PATIENCE, SEASON, Clock, network, stored
from tests.stats_stand_in.injuries import FAULTS, games_on, has_submitted, mentions
from tests.stats_stand_in.league import END, START, Row, demo_league
from tests.stats_stand_in.server import StandIn, stand_in
from warehouse.connections import open_warehouse

LAST = END - timedelta(days=1)
"""The only date that is fetched: a report takes a second to read. It speaks of the next one too."""


@pytest.fixture(scope="module", autouse=True)
def _each_report_is_read_once() -> Iterator[None]:
    read_once = cache(parse)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "parse", read_once)
        patch.setattr(reading, "parse", read_once)
        yield


@pytest.fixture(scope="module")
def running() -> Iterator[StandIn]:
    with stand_in(demo_league()) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FULLCOURT_INJURIES_URL", server.injuries_url)
        yield server


@pytest.fixture
def server(running: StandIn) -> Iterator[StandIn]:
    """The stand-in without faults or calls."""
    usual = running.fault
    running.calls.clear()
    yield running
    running.fault = usual


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A warehouse with the league's schedule and box scores; the last date has no tip-offs."""
    path = tmp_path_factory.mktemp("injuries") / "nba.duckdb"
    tables = demo_league().tables
    schedule = [
        game | ({"tip_off": None} if game["game_date"] > LAST else {})
        for game in tables["schedule"]
    ]
    boxes = {name: tables[name] for name in ("team_box", "player_box")}
    made_warehouse(raw_load({"schedule": schedule, **boxes}), path=str(path)).close()
    return f"duckdb:{path}"


def fetched(url: str, folder: Path, patience: float = 30.0) -> Fetched:
    request = InjuriesRequest(folder, (SEASON,), LAST)
    return fetch_injuries(url, request, network=network(Clock(), patience))


@pytest.fixture(scope="module")
def snapshots(
    running: StandIn, url: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """What a fetch without faults leaves."""
    folder = tmp_path_factory.mktemp("snapshots")
    assert exit_code(fetched(url, folder)) == 0
    return folder


@pytest.fixture(scope="module")
def load(snapshots: Path, url: str) -> RawLoad:
    return injury_files(url, snapshots).read(held(url))


def held(url: str) -> Held:
    with open_warehouse(url) as warehouse:
        return Held(warehouse.schedule())


def moments() -> list[datetime]:
    """When the last reports before the tip-offs of the date came out."""
    games = games_on(demo_league(), LAST)
    return sorted({moment_before(game["tip_off"]) for game in games})


def sides() -> Iterator[tuple[Row, str, datetime]]:
    """Each game, team and moment of which a fetched report speaks."""
    games = [game for day in (LAST, END) for game in games_on(demo_league(), day)]
    for moment in moments():
        for game in games:
            for team in (game["home_team"], game["away_team"]):
                yield game, team, moment


def test_a_report_before_each_tip_off_is_asked_for_and_none_twice(
    server: StandIn, url: str, tmp_path: Path, snapshots: Path
) -> None:
    request = InjuriesRequest(tmp_path, (SEASON,), LAST)
    told = forecast_injuries(url, request)
    done = fetched(url, tmp_path)
    assert (done["asked"], done["stored"]) == (told["calls"], len(moments()))
    asked = [call.endpoint for call in server.calls]
    named = [
        f"Injury-Report_{LAST}_{m - timedelta(minutes=30):%I%p}.pdf" for m in moments()
    ]
    assert asked == named
    assert len(asked) < len(games_on(demo_league(), LAST))
    again = fetched(url, tmp_path)
    assert (again["asked"], again["held"], exit_code(again)) == (0, len(asked), 0)
    assert stored(tmp_path) == stored(snapshots)


def test_what_the_reports_say_is_loaded_by_game_and_player(load: RawLoad) -> None:
    league = demo_league()
    expected, reports = set(), set()
    for game, team, moment in sides():
        named = mentions(league, game, team, moment)
        seen = (game["game_id"], team, moment.astimezone(UTC))
        reports.add((*seen, has_submitted(game, team, moment), len(named)))
        for one in named:
            expected.add((*seen, one.player_id, one.status, one.reason))
    keys = ("game_id", "team", "reported_at", "player_id", "status", "reason")
    found = load.tables["injuries"].to_pylist()
    assert {tuple(row[key] for key in keys) for row in found} == expected
    assert len(found) == len(expected) > 50
    told = load.tables["injury_reports"].to_pylist()
    of_report = ("game_id", "team", "reported_at", "submitted", "listed")
    assert {tuple(row[key] for key in of_report) for row in told} == reports
    assert len({row["status"] for row in load.tables["injuries"].to_pylist()}) == 5
    assert load.rejects.num_rows == 0


def test_a_name_outside_the_rosters_is_a_reject_with_its_name(
    snapshots: Path, url: str
) -> None:
    files = injury_files(url, snapshots)
    fewer = {side: people[1:] for side, people in files.rosters.items()}
    rejects = InjuryFiles(snapshots, fewer).read(held(url)).rejects.to_pylist()
    assert {reject["reason"] for reject in rejects} == {"not_on_roster"}
    assert "not_on_roster" in HARMLESS
    gone = {people[0][1] for people in files.rosters.values()}
    assert {reject["value"] for reject in rejects} <= gone
    assert all(reject["game_id"] and reject["column"] for reject in rejects)


def test_without_box_scores_every_name_is_lost_and_not_one_of_them_harmless(
    snapshots: Path, url: str
) -> None:
    rejects = InjuryFiles(snapshots, {}).read(held(url)).rejects.to_pylist()
    assert {reject["reason"] for reject in rejects} == {"unknown_player"}
    assert "unknown_player" not in HARMLESS


def test_a_game_that_the_schedule_has_not_is_a_reject_and_another_date_is_a_note(
    snapshots: Path, url: str
) -> None:
    whole = held(url).schedule
    assert whole is not None
    first, *rest = games_on(demo_league(), LAST)
    files = injury_files(url, snapshots)
    games = [row for row in whole.to_pylist() if row["game_id"] != first["game_id"]]
    load = files.read(Held(whole.from_pylist(games, whole.schema)))
    rejects = load.rejects.to_pylist()
    assert {(r["reason"], r["value"]) for r in rejects} == {
        ("unknown_game", f"{first['away_team']}@{first['home_team']}")
    }
    kept = {row["game_id"] for row in load.tables["injury_reports"].to_pylist()}
    others = games_on(demo_league(), END)
    assert kept == {game["game_id"] for game in (*rest, *others)}
    early = [row for row in whole.to_pylist() if row["game_date"] <= LAST]
    load = files.read(Held(whole.from_pylist(early, whole.schema)))
    assert load.rejects.num_rows == 0
    assert all("without a known game" in file.note for file in load.files)
    assert len(kept) > load.tables["injury_reports"].num_rows // 2 // len(moments()) > 0


def test_ingest_loads_what_fetch_left(
    snapshots: Path, url: str, load: RawLoad, tmp_path: Path
) -> None:
    assert sources_in(snapshots) == ["injuries"]
    path = tmp_path / "nba.duckdb"
    path.write_bytes(Path(url.removeprefix("duckdb:")).read_bytes())
    for _ in range(2):
        done = ingest(f"duckdb:{path}", injury_files(url, snapshots))
        assert (done["lost"], done["rejects"]) == (0, [])
    with open_warehouse(f"duckdb:{path}") as warehouse:
        for table, rows in load.tables.items():
            games = warehouse.games_of(table)
            assert warehouse.rows_of_games(table, games).num_rows == rows.num_rows > 0


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "hang"])
def test_faulty_answers_leave_the_same_bytes(
    fault: str, server: StandIn, url: str, tmp_path: Path, snapshots: Path
) -> None:
    server.fault = lambda number, path, params: "" if number % 2 else fault
    done = fetched(url, tmp_path)
    assert (done["failed"], exit_code(done)) == ([], 0)
    assert done["asked"] == 2 * len(moments())
    assert stored(tmp_path) == stored(snapshots)


def test_a_site_that_hangs_is_left_alone_and_the_next_run_has_all(
    server: StandIn, url: str, tmp_path: Path, snapshots: Path
) -> None:
    server.fault = lambda number, path, params: "hang"
    done = fetched(url, tmp_path, PATIENCE / 4)
    assert (done["stopped"]["why"], exit_code(done)) == ("blocked", 2)
    server.fault = lambda number, path, params: ""
    assert exit_code(fetched(url, tmp_path)) == 0
    assert stored(tmp_path) == stored(snapshots)


@pytest.mark.parametrize("fault", ["forbidden", "not_found"])
def test_a_report_that_is_not_there_is_told_and_the_one_before_it_taken(
    fault: str, server: StandIn, url: str, tmp_path: Path
) -> None:
    last = moments()[-1] - timedelta(minutes=30)
    server.fault = lambda n, path, params: fault if f"{last:%I%p}" in path else ""
    done = fetched(url, tmp_path)
    before = last - timedelta(hours=1)
    assert done["failed"] == []
    assert done["notes"] == [
        f"report 2023-24 {last:%Y-%m-%d %I%p}: is not there; {before:%Y-%m-%d %I%p} is taken "
        "instead"
    ]
    assert sum(f"{last:%I%p}" in call.path for call in server.calls) == 1
    assert f"{last:%I%p}" not in (tmp_path / "manifest.jsonl").read_text()


def test_a_date_without_any_report_fails_by_name_and_stores_nothing(
    server: StandIn, url: str, tmp_path: Path
) -> None:
    server.fault = lambda number, path, params: "forbidden"
    done = fetched(url, tmp_path)
    assert exit_code(done) == 2
    assert {failed["status"] for failed in done["failed"]} == {403}
    assert f"report 2023-24 {LAST}" in done["failed"][0]["call"]
    assert stored(tmp_path) == {}


def test_a_site_that_has_none_of_the_first_reports_is_left_alone(
    server: StandIn, url: str, tmp_path: Path
) -> None:
    server.fault = lambda number, path, params: "forbidden"
    request = InjuriesRequest(tmp_path, (SEASON,), START)
    done = fetch_injuries(url, request, network=network(Clock()))
    assert (done["stopped"]["why"], done["stopped"]["hangs"]) == ("blocked", 0)
    assert "answered 403" in done["stopped"]["reason"]
    assert len(server.calls) == 15 < 3 * forecast_injuries(url, request)["calls"]


def test_games_without_a_tip_off_or_a_season_s_games_are_wanted_in_words(
    url: str, tmp_path: Path
) -> None:
    request = InjuriesRequest(tmp_path, (SEASON + 1,))
    with pytest.raises(SourceError, match="no game with a tip-off"):
        forecast_injuries(url, request)
    early = replace(request, seasons=(SEASON,))
    before = datetime.combine(START, datetime.min.time(), UTC) - timedelta(days=20)
    with pytest.raises(SourceError, match="no game with a tip-off"):
        forecast_injuries(url, early, now=before)


def test_snapshots_that_are_no_longer_reports_are_named(
    url: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="names no injury report"):
        injury_files(url, tmp_path).read(held(url))
