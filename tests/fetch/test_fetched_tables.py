"""From the stand-in into a warehouse: the tables are those of the league itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from planning.raw_load import Held, RawLoad
from planning.selection import Selection
from runs.ingest import ingest
from runs.judge import judge_phase
from sources.snapshots import SnapshotFiles
from tests.loop import backfill, fingerprints, open_warehouse
from tests.raw_rows import raw_load
from tests.stats_stand_in.fetched import SEASON, fetch_from
from tests.stats_stand_in.league import StandInLeague, demo_league, position, reason
from tests.stats_stand_in.server import stand_in

Row = dict[str, Any]
ALL_TABLES = ("schedule", "team_box", "player_box", "shots", "players")
PHASES = ("team", "player", "context", "precompute")


@dataclass(frozen=True)
class FetchedSeason:
    """A folder of snapshots, and the load that it makes for an empty warehouse."""

    folder: Path
    load: RawLoad

    def rows(self, table: str) -> list[Row]:
        return list(self.load.tables[table].to_pylist())


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> FetchedSeason:
    folder = tmp_path_factory.mktemp("snapshots")
    with pytest.MonkeyPatch.context() as patch, stand_in(demo_league()) as server:
        done = fetch_from(server, folder, patch, tables=ALL_TABLES, box_scores=True)
    assert (done["failed"], done["pending"], done["stopped"]) == ([], [], {})
    return FetchedSeason(folder, SnapshotFiles(folder, "nba").read(Held()))


def of_league(league: StandInLeague, table: str) -> list[Row]:
    """The rows of the league that the site serves: those of games that count."""
    counting = {g["game_id"] for g in league.games(SEASON) if g["game_id"][2] in "2456"}
    return [row for row in league.tables[table] if row["game_id"] in counting]


def as_fetched(league: StandInLeague, table: str) -> list[Row]:
    """The league's rows with what the site knows of them, and without what it does not."""
    rows = of_league(league, table)
    if table == "player_box":
        return [
            row | {"starter": league.starts(row), "reason": not_playing(row)}
            for row in rows
        ]
    return [row | {"assisted": None} for row in rows] if table == "shots" else rows


def not_playing(row: Row) -> str | None:
    return reason(row).partition(" - ")[2] or None


def counted(rows: Iterable[Row], *without: str) -> Counter[tuple[tuple[str, Any], ...]]:
    """Rows as they are, in any order, without some columns; minutes to the second."""
    counts: Counter[tuple[tuple[str, Any], ...]] = Counter()
    for row in rows:
        kept = {name: value for name, value in row.items() if name not in without}
        if "minutes" in kept:
            kept["minutes"] = round(kept["minutes"] * 60)
        counts[tuple(sorted(kept.items()))] += 1
    return counts


def test_nothing_is_rejected_or_refused(fetched: FetchedSeason) -> None:
    assert fetched.load.refused == ()
    assert fetched.load.rejects.num_rows == 0


@pytest.mark.parametrize("table", ["team_box", "player_box"])
def test_box_scores_are_the_leagues(fetched: FetchedSeason, table: str) -> None:
    expected = as_fetched(demo_league(), table)
    assert counted(fetched.rows(table)) == counted(expected)


def test_shots_are_the_leagues_without_assists(fetched: FetchedSeason) -> None:
    expected = as_fetched(demo_league(), "shots")
    assert counted(fetched.rows("shots"), "shot_number") == counted(
        expected, "shot_number"
    )


def test_the_schedule_is_the_leagues(fetched: FetchedSeason) -> None:
    covers = ("covers_player_box", "covers_shots", "covers_props")
    known = counted(demo_league().games(SEASON), *covers)
    assert counted(fetched.rows("schedule"), *covers) == known


def test_players_have_birth_dates_and_positions(fetched: FetchedSeason) -> None:
    expected = [
        row | {"position": position(row["player_id"])}
        for row in demo_league().tables["players"]
    ]
    found = fetched.rows("players")
    assert counted(found, "player_name") == counted(expected, "player_name")


def test_what_is_computed_is_what_the_league_itself_gives(
    fetched: FetchedSeason, tmp_path: Path
) -> None:
    """Every phase is GO, and every cell of every table is the same."""
    url = f"duckdb:{tmp_path / 'fetched.duckdb'}"
    ingest(url, SnapshotFiles(fetched.folder, "nba"))
    league = demo_league()
    world = {
        table: as_fetched(league, table)
        for table in ("team_box", "player_box", "shots")
    }
    world |= {"schedule": fetched.rows("schedule"), "players": fetched.rows("players")}
    with closing(open_warehouse(path=str(tmp_path / "fetched.duckdb"))) as warehouse:
        backfill(warehouse)
        of_site = fingerprints(warehouse)
        verdicts = {
            phase: judge_phase(warehouse, phase, Selection(), phase) for phase in PHASES
        }
        started = warehouse.engine.rows(
            "SELECT count(*) AS n FROM nba_analytics.player_game_summary WHERE starter",
            {},
        )
    with closing(open_warehouse(raw_load(world))) as direct:
        backfill(direct)
        assert of_site == fingerprints(direct)
    assert {
        phase: verdict.decision for phase, verdict in verdicts.items()
    } == dict.fromkeys(PHASES, "GO")
    finals = [
        g
        for g in league.games(SEASON)
        if g["status"] == "final" and g["game_id"][2] == "2"
    ]
    assert started == [{"n": 10 * len(finals)}]
