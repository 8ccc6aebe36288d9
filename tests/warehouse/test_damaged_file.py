"""A database file that was cut or changed is told as that,
with the way out, wherever it is read first."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UnusableWarehouseError
from tests.league_files import raw_league
from warehouse.connections import open_warehouse


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_file_is_told_as_damaged(tmp_path: Path, share: float) -> None:
    """The words of the database alone ended with exit code 1, as if nobody had foreseen it."""
    path = tmp_path / "nba.duckdb"
    data = raw_league().read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(UnusableWarehouseError, match="nba.duckdb") as told:
        read_everything(path)
    assert told.value.exit_code == 2


def read_everything(path: Path) -> None:
    """Open the warehouse and look into its raw tables."""
    with open_warehouse(f"duckdb:{path}") as warehouse:
        for table in ("player_box", "team_box", "shots", "schedule"):
            warehouse.games_of(table)
        warehouse.schedule()
