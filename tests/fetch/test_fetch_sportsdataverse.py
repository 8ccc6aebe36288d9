"""Fetching release files from the stand-in: the league's tables, fuller than from the logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from math import floor, hypot
from pathlib import Path
from typing import Any

import pytest

from planning.raw_load import Held, RawLoad
from planning.selection import Selection
from reports.ingest import told_filled
from runs.fetch import exit_code
from runs.ingest import to_ingested
from runs.judge import judge_phase
from runs.sides import Completed
from sources.snapshots import SnapshotFiles
from sources.sportsdataverse.season import SOURCE
from tests.fetch.test_fetched_tables import counted, not_playing
from tests.loop import backfill, open_warehouse
from tests.stats_stand_in.answers import place
from tests.stats_stand_in.fetched import SEASON, fetch_from, stored
from tests.stats_stand_in.league import Row, demo_league, position
from tests.stats_stand_in.server import StandIn, stand_in

FILES = 6


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in(demo_league()) as running:
        yield running


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> RawLoad:
    """The load that a fetch makes for an empty warehouse."""
    folder = tmp_path_factory.mktemp("bulk")
    with pytest.MonkeyPatch.context() as patch, stand_in(demo_league()) as running:
        done = fetch_from(running, folder, patch, source=SOURCE)
    assert exit_code(done) == 0
    return SnapshotFiles(folder, SOURCE).read(Held())


def rows(load: RawLoad, table: str) -> list[Row]:
    return list(load.tables[table].to_pylist())


def zone_by_place(x: float, y: float) -> str:
    """The zone of a shot, in words of its own: tenths of a foot from the basket."""
    r = hypot(x, y)
    if y > 419.5:
        return "backcourt"
    if abs(x) >= 220 and y <= 87.5:
        return "left_corner_3" if x < 0 else "right_corner_3"
    if r >= 237.5:
        return "above_break_3"
    if r < 40:
        return "restricted_area"
    return "paint" if abs(x) <= 80 and y <= 138 else "mid_range"


def test_box_scores_have_starters_reasons_and_the_inactive(load: RawLoad) -> None:
    league = demo_league()
    expected = []
    for row in league.tables["player_box"]:
        starter = None if row["status"] == "inactive" else league.starts(row)
        why = None if row["status"] == "inactive" else not_playing(row)
        expected.append(row | {"starter": starter, "reason": why})
    assert counted(rows(load, "player_box")) == counted(expected)
    filled = Counter(
        name
        for row in rows(load, "player_box")
        for name in row
        if row[name] is not None
    )
    listed = [row for row in expected if row["status"] != "inactive"]
    assert filled["starter"] == len(listed) > 0
    assert filled["reason"] == sum(row["status"] == "dnp" for row in expected) > 0


def test_shots_have_zones_distances_and_assists(load: RawLoad) -> None:
    expected = []
    for row in demo_league().tables["shots"]:
        x, y = place(row)
        by_place = {"zone": zone_by_place(x, y), "distance_ft": floor(hypot(x, y) / 10)}
        expected.append(row | by_place)
    assert counted(rows(load, "shots"), "shot_number") == counted(
        expected, "shot_number"
    )
    assert sum(row["assisted"] for row in rows(load, "shots")) > 0


def test_players_have_birth_dates_and_positions(load: RawLoad) -> None:
    people = demo_league().tables["players"]
    expected = [row | {"position": position(row["player_id"])} for row in people]
    assert counted(rows(load, "players"), "player_name") == counted(
        expected, "player_name"
    )


def test_what_the_files_newly_fill_is_counted(load: RawLoad) -> None:
    written = {name: t.num_rows for name, t in load.tables.items()}
    done = to_ingested(Completed(load, [], []), written)
    box, who = rows(load, "player_box"), rows(load, "players")
    named = [row for row in box if row["status"] != "inactive"]
    benched = [row for row in box if row["status"] == "dnp"]
    born = [row for row in who if row["birth_date"] is not None]
    assert done["filled"]["player_box"] == {
        "plus_minus": sum(row["plus_minus"] is not None for row in box),
        "starter": len(named),
        "reason": len(benched),
    }
    assert done["filled"]["players"] == {"birth_date": len(born), "position": len(who)}
    shots = load.tables["shots"].num_rows
    assert done["filled"]["shots"] == dict.fromkeys(("x", "y", "assisted"), shots)
    assert all(name in done["filled"] for name in load.tables)
    told = told_filled("player_box", len(box), done["filled"]["player_box"])
    assert told.startswith("player_box: plus_minus in ")
    assert f" of {len(box):,} rows (" in told
    assert f"starter in {len(named):,} ({100 * len(named) / len(box):.4g} %)" in told


def test_a_gate_finds_all_that_the_files_newly_fill(load: RawLoad) -> None:
    with closing(open_warehouse(load)) as warehouse:
        backfill(warehouse)
        verdicts = [
            judge_phase(warehouse, phase, Selection())
            for phase in ("player", "context")
        ]
    values = {m.name: m.value for verdict in verdicts for m in verdict.measurements}
    born = [row["birth_date"] is not None for row in rows(load, "players")]
    assert dict.fromkeys(OF_ALL, 100) == {name: values[name] for name in OF_ALL}
    assert (values["birth_dates_known_pct"] or 0) >= 80
    assert 0.9 < sum(born) / len(born) < 1
    assert not {b.threshold.measurement for v in verdicts for b in v.breaches} & {
        *OF_ALL,
        "birth_dates_known_pct",
    }


OF_ALL = (
    "sides_with_five_starters_pct",
    "starters_known_pct",
    "games_with_seconds_pct",
    "absences_explained_pct",
    "assists_of_shots_known_pct",
    "positions_known_pct",
)
"""Shares that release files bring to 100 %."""


def test_the_schedule_has_the_played_games_and_no_tip_off(load: RawLoad) -> None:
    played = [game for game in demo_league().games(SEASON) if game["status"] == "final"]
    found = rows(load, "schedule")
    assert {row["game_id"] for row in found} == {game["game_id"] for game in played}
    assert {row["status"] for row in found} == {"final"}
    assert {row["season"] for row in found} == {SEASON}
    assert {row["tip_off"] for row in found} == {None}


def test_what_is_known_of_tip_off_and_floor_stays(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schedule of played games said nothing of them, and erased them."""
    fetch_from(server, tmp_path, monkeypatch, source="nba", tables=("schedule",))
    fetch_from(server, tmp_path, monkeypatch, source=SOURCE)
    known = SnapshotFiles(tmp_path, "nba").read(Held()).tables["schedule"]
    again = (
        SnapshotFiles(tmp_path, SOURCE).read(Held(known)).tables["schedule"].to_pylist()
    )
    before: dict[str, Any] = {row["game_id"]: row for row in known.to_pylist()}
    assert again
    for row in again:
        assert row["tip_off"] == before[row["game_id"]]["tip_off"]
        assert row["neutral_site"] == before[row["game_id"]]["neutral_site"]


def test_a_second_fetch_asks_nothing(
    server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(server, tmp_path, monkeypatch, source=SOURCE)
    done = fetch_from(server, tmp_path, monkeypatch, source=SOURCE)
    assert (len(server.calls), done["asked"], done["held"]) == (FILES, 0, FILES)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("cut", "is not a whole parquet file"), ("html", "answered 200, text/html")],
)
def test_a_file_that_is_not_whole_is_not_kept(
    server: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    reason: str,
) -> None:
    server.fault = lambda number, path, params: fault if "/shots_" in path else ""
    done = fetch_from(server, tmp_path, monkeypatch, source=SOURCE)
    (failed,) = done["failed"]
    assert reason in failed["reason"]
    assert len(stored(tmp_path)) == FILES - 1


def test_files_of_a_season_that_is_not_there_are_named_by_their_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking again does not change a 404: one call a file."""
    league = demo_league()
    with stand_in(league) as running, monkeypatch.context() as patch:
        running.fault = lambda number, path, params: ""
        patch.setattr("tests.stats_stand_in.bulk._TABLES", {})
        patch.setattr("tests.stats_stand_in.fetched.SEASON", 1996)
        done = fetch_from(running, tmp_path, patch, source=SOURCE)
        assert len(running.calls) == FILES
    assert {failed["status"] for failed in done["failed"]} == {404}
    assert exit_code(done) == 2
