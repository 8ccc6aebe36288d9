"""The comparison of two warehouses reads the tables themselves: a value changed by hand is seen."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner

from bench.fingerprints import fingerprints
from tests.loop import open_warehouse, rows


def test_a_value_changed_by_hand_is_a_cell_that_differs(
    league_file: Path, tmp_path: Path
) -> None:
    other = str(shutil.copy(league_file, tmp_path / "other.duckdb"))
    same = CliRunner().invoke(
        fingerprints, [f"duckdb:{league_file}", f"duckdb:{other}"]
    )
    assert (same.exit_code, same.output.splitlines()[-1].split(",")[-1]) == (
        0,
        " 0 differ",
    )
    changed = open_warehouse(path=other)
    rows(
        changed,
        "UPDATE nba_analytics.player_game_summary SET pts = pts + 1 WHERE game_date = "
        "(SELECT MIN(game_date) FROM nba_analytics.player_game_summary)",
    )
    changed.close()
    found = CliRunner().invoke(
        fingerprints, [f"duckdb:{league_file}", f"duckdb:{other}"]
    )
    assert found.exit_code == 1
    assert found.output.splitlines()[-1].endswith("cells compared, 1 differ")
