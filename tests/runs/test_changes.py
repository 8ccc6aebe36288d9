"""A later load that changes box scores of final games says so: how many rows, of which games."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from planning.raw_load import Held, RawLoad
from reports.ingest import changed_words
from runs.ingest import Ingested, ingest
from tests.loop import open_warehouse
from tests.raw_rows import raw_load
from tests.stats_stand_in.league import Row, demo_league

TABLES = ("schedule", "team_box", "player_box")


@dataclass(frozen=True)
class Given:
    """A source that has these rows."""

    rows: Mapping[str, Sequence[Row]]

    def read(self, held: Held, on_part: object = None) -> RawLoad:
        """The rows."""
        return raw_load(self.rows)


def loaded_twice(folder: Path, **later: Sequence[Row]) -> Ingested:
    """What the second of two loads tells."""
    path = folder / "nba.duckdb"
    first: dict[str, Sequence[Row]] = {
        table: demo_league().tables[table] for table in TABLES
    }
    with closing(open_warehouse(raw_load(first), str(path))):
        pass
    return ingest(f"duckdb:{path}", Given(first | later))


def test_the_same_rows_again_change_nothing(tmp_path: Path) -> None:
    assert loaded_twice(tmp_path)["changed"] == []


def test_corrected_rows_are_counted_and_their_games_named(tmp_path: Path) -> None:
    rows = [dict(row) for row in demo_league().tables["player_box"]]
    games = sorted({row["game_id"] for row in rows})[:4]
    for game in games:
        next(row for row in rows if row["game_id"] == game)["ast"] += 1
    (changed,) = loaded_twice(tmp_path, player_box=rows)["changed"]
    counts = {"rows": 4, "games": 4, "added": 0}
    assert changed == {"table": "player_box", **counts, "named": games[:3]}
    (said,) = changed_words([changed])
    assert said.startswith(
        "4 rows of player_box in 4 final games differ from those loaded"
    )
    assert f"({', '.join(games[:3])} and 1 more)" in said


def test_a_row_that_a_later_load_lacks_is_kept(tmp_path: Path) -> None:
    rows = demo_league().tables["player_box"]
    done = loaded_twice(tmp_path, player_box=rows[1:])
    assert (done["changed"], done["removed"]) == ([], [])
    assert done["rows"]["player_box"] == len(rows)


def test_a_first_load_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new.duckdb"
    with closing(open_warehouse(path=str(path))):
        pass
    first: dict[str, Sequence[Row]] = {
        table: demo_league().tables[table] for table in TABLES
    }
    assert ingest(f"duckdb:{path}", Given(first))["changed"] == []
