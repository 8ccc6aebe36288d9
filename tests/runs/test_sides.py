"""Files of single teams, loaded one after another, complete each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest

import runs.ingest
from planning.raw_load import Held, RawLoad
from processors.raw_schemas import schema
from sources.nba_stats import NbaStatsFiles
from sources.port import OnPart
from tests.loop import rows
from tests.sources.nba_stats_files import (
    Row,
    player_rows,
    raw_shot_row,
    team_rows,
    write,
)
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse

Ingest = Callable[..., dict[str, Any]]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty warehouse."""
    return f"duckdb:{tmp_path / 'nba.duckdb'}"


@pytest.fixture
def warehouse(url: str) -> Iterator[DuckDBWarehouse]:
    """The warehouse, held open."""
    with open_warehouse(url) as found:
        yield cast(DuckDBWarehouse, found)


@pytest.fixture
def ingest(tmp_path: Path, url: str, warehouse: DuckDBWarehouse) -> Ingest:
    """Load a folder that holds one file per keyword."""
    numbers = iter(range(100))

    def load(**files: list[Row]) -> dict[str, Any]:
        folder = tmp_path / f"load-{next(numbers)}"
        folder.mkdir()
        for name, listed in files.items():
            write(folder / f"{name}.csv", listed)
        return cast(dict[str, Any], runs.ingest.ingest(url, NbaStatsFiles(folder)))

    return load


def of_team(listed: list[Row], team: str) -> list[Row]:
    return [row for row in listed if row["TEAM_ABBREVIATION"] == team]


def sides(warehouse: DuckDBWarehouse, table: str) -> dict[str, int]:
    sql = f"SELECT team, COUNT(*) AS n FROM nba_raw.{table} GROUP BY team ORDER BY team"
    return {row["team"]: row["n"] for row in rows(warehouse, sql)}


def test_the_second_team_s_file_does_not_take_away_the_first_one_s_rows(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    """Two files that complete each other could never both be loaded."""
    ingest(teams=team_rows(), players=player_rows())
    ingest(teams=of_team(team_rows(), "BOS"), players=player_rows())
    assert sides(warehouse, "team_box") == {"BOS": 1, "NYK": 1}


def test_a_team_s_corrected_rows_replace_its_own(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    ingest(teams=team_rows(), players=player_rows())
    ingest(teams=[row | {"AST": 31} for row in of_team(team_rows(), "BOS")])
    found = rows(warehouse, "SELECT team, ast FROM nba_raw.team_box ORDER BY team")
    assert [(row["team"], row["ast"]) for row in found] == [("BOS", 31), ("NYK", 25)]


def test_shots_of_a_second_team_are_numbered_among_those_of_the_first(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    ingest(teams=team_rows(), players=player_rows())
    ingest(shots=[raw_shot_row(380 + i, "BOS") for i in range(5)])
    ingest(shots=[raw_shot_row(520 + i, "NYK", SECONDS_REMAINING=50) for i in range(5)])
    found = rows(
        warehouse, "SELECT team, shot_number FROM nba_raw.shots ORDER BY shot_number"
    )
    assert [row["team"] for row in found] == ["NYK"] * 5 + ["BOS"] * 5
    assert [row["shot_number"] for row in found] == list(range(1, 11))


def test_a_complete_file_replaces_everything(
    ingest: Ingest, warehouse: DuckDBWarehouse
) -> None:
    sixth = [row | {"PLAYER_ID": row["PLAYER_ID"] + 5} for row in player_rows()]
    ingest(teams=team_rows(), players=[*player_rows(), *sixth])
    ingest(players=player_rows())
    assert sides(warehouse, "player_box") == {"BOS": 5, "NYK": 5}


class Players:
    """A source of one table alone."""

    def read(self, held: Held, on_part: OnPart | None = None) -> RawLoad:
        one = {"player_id": 7, "player_name": "Somebody"}
        return RawLoad({"players": pa.Table.from_pylist([one], schema("players"))})


def test_a_source_of_one_table_needs_no_other(
    warehouse: DuckDBWarehouse, url: str
) -> None:
    done = runs.ingest.ingest(url, Players())
    assert (done["rows"], done["warnings"]) == ({"players": 1}, [])
    assert [row["player_name"] for row in rows(warehouse, "FROM nba_raw.players")] == [
        "Somebody"
    ]
