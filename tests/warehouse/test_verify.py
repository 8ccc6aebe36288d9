"""`verify` on the little league: what is done behind the ledger's
back is named, and a backfill heals it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.errors import ConfigError
from core.remedy import Remedy
from planning.ledger import Content
from planning.selection import Selection
from planning.verify import Difference, Verification
from reports.verify import tell_difference
from runs.verify import KEYS_SHOWN_FOR, read_back
from tests.loop import Cell, backfill, fingerprints, open_warehouse, rows
from tests.warehouse.planting import BAD, CONTEXT, FACTORS, NEXT, TEAM
from warehouse.duckdb import DuckDBWarehouse

PLAYER = "player_game_summary"
BOOTSTRAP, OFF_SCHEDULE = date(2023, 10, 30), date(2023, 8, 1)
PLAYERS = "nba_analytics.player_game_summary"


def verify(warehouse: DuckDBWarehouse, **asked: Any) -> Verification:
    return read_back(warehouse, Selection(**asked))


def differing(
    warehouse: DuckDBWarehouse, **asked: Any
) -> dict[tuple[str, date | None], str]:
    return {
        (d.table, d.day): tell_difference(d)
        for d in verify(warehouse, **asked).differences
    }


def only(warehouse: DuckDBWarehouse) -> Difference:
    (difference,) = verify(warehouse).differences
    return difference


def heal(warehouse: DuckDBWarehouse, before: dict[Cell, str]) -> None:
    """Backfill what the repair names; afterwards every cell is as it was, and nothing differs."""
    found = verify(warehouse)
    asked = Selection(
        tables=tuple(dict.fromkeys(d.table for d in found.differences)),
        start=min(d.day for d in found.differences if d.day),
        end=max(d.day for d in found.differences if d.day),
    )
    ((repair,),) = found.repairs
    assert set(asked.tables) <= set(repair.arguments)
    assert not any(r["failed"] or r["quarantined"] for r in backfill(warehouse, asked))
    assert differing(warehouse) == {}
    assert fingerprints(warehouse) == before


@pytest.fixture
def before(computed: DuckDBWarehouse) -> dict[Cell, str]:
    """The content of every cell of the undisturbed league."""
    return fingerprints(computed)


def test_an_undisturbed_warehouse_holds_what_the_ledger_says(
    computed: DuckDBWarehouse,
) -> None:
    found = verify(computed)
    assert (found.differences, found.unobserved, found.repairs) == ([], {}, [])
    assert sum(table.cells for table in found.tables) == len(fingerprints(computed))
    assert sum(table.rows for table in found.tables) == sum(
        map(computed.rows_held, computed.catalog.ordered())
    )
    assert sum(table.counted_only for table in found.tables) == 0


def test_f61_a_day_that_another_tool_deleted_is_caught_though_the_ledger_says_done(
    league_warehouse: DuckDBWarehouse, before: dict[Cell, str]
) -> None:
    """Deleted, then the rewrite failed: whoever asks the state alone hears
    that the day is complete."""
    rows(league_warehouse, f"DELETE FROM {PLAYERS} WHERE game_date = $day", day=BAD)
    assert league_warehouse.records(PLAYER)[PLAYER][BAD].last.outcome == "done"
    found = only(league_warehouse)
    assert (found.table, found.day, found.held.rows) == (PLAYER, BAD, 0)
    assert tell_difference(found) == (
        "the ledger says 27 rows, the table holds 0; 27 of 27 expected keys missing, 0 unexpected"
    )
    assert found.entry is not None
    assert found.entry.run_id == "loop"
    again = Remedy("backfill", ("--table", PLAYER, "--dates", str(BAD)))
    assert verify(league_warehouse).repairs == [(again,)]
    heal(league_warehouse, before)


def test_one_altered_value_is_caught(
    league_warehouse: DuckDBWarehouse, before: dict[Cell, str]
) -> None:
    """No count and no key tells it."""
    one = "game_date = $day AND player_id = 101"
    rows(league_warehouse, f"UPDATE {PLAYERS} SET pts = pts + 1 WHERE {one}", day=NEXT)
    found = only(league_warehouse)
    assert (found.table, found.day, found.keys) == (PLAYER, NEXT, {})
    assert tell_difference(found).endswith(
        "every expected key is there once: values differ"
    )
    heal(league_warehouse, before)


def test_the_keys_that_lack_repeat_or_do_not_belong_are_named(
    league_warehouse: DuckDBWarehouse,
) -> None:
    name = league_warehouse.names(CONTEXT)
    listed = rows(
        league_warehouse,
        f"SELECT team FROM {name} WHERE game_date = $day ORDER BY team",
        day=BAD,
    )
    gone, twice = listed[0]["team"], listed[1]["team"]
    of = f"{name} WHERE game_date = $day AND team = $team"
    rows(
        league_warehouse, f"INSERT INTO {name} SELECT * FROM {of}", day=BAD, team=twice
    )
    renamed = f"UPDATE {name} SET team = 'XYZ' WHERE game_date = $day AND team = $team"
    rows(league_warehouse, renamed, day=BAD, team=gone)
    found = only(league_warehouse)
    assert found.keys == {
        "missing_keys": (gone,),
        "unexpected_keys": ("XYZ",),
        "duplicate_keys": (twice,),
    }
    assert tell_difference(found).endswith(
        "1 of 4 expected keys missing, 1 unexpected, 1 repeated"
    )


def test_rows_of_dates_that_should_hold_none_are_caught_and_go(
    league_warehouse: DuckDBWarehouse, before: dict[Cell, str]
) -> None:
    name = league_warehouse.names(FACTORS)
    for day in (BOOTSTRAP, OFF_SCHEDULE):
        copied = f"SELECT * REPLACE ($to::DATE AS game_date) FROM {name} WHERE game_date = $day"
        rows(league_warehouse, f"INSERT INTO {name} {copied}", to=day, day=BAD)
    found = differing(league_warehouse)
    assert found.keys() == {(FACTORS, OFF_SCHEDULE), (FACTORS, BOOTSTRAP)}
    assert all(
        what.startswith("the ledger knows nothing of it, the table holds")
        for what in found.values()
    )
    heal(league_warehouse, before)


def test_rows_without_a_date_are_caught_and_the_table_is_to_be_made_anew(
    league_warehouse: DuckDBWarehouse,
) -> None:
    """No date asks for them, so no backfill of dates would take them away."""
    rows(league_warehouse, f"INSERT INTO {PLAYERS} (player_id) VALUES (101)")
    assert differing(league_warehouse).keys() == {(PLAYER, None)}
    ((drop, _backfill),) = verify(league_warehouse).repairs
    assert drop == Remedy("drop", (PLAYER, "--yes"))
    league_warehouse.drop(PLAYER)
    league_warehouse.ensure_tables()
    assert (PLAYER, None) not in differing(league_warehouse)


def test_a_dropped_table_is_caught_date_by_date(
    league_warehouse: DuckDBWarehouse, before: dict[Cell, str]
) -> None:
    """It is there again when the warehouse is opened, and empty."""
    rows(league_warehouse, f"DROP TABLE {league_warehouse.names(TEAM)}")
    league_warehouse.ensure_tables()
    found = verify(league_warehouse).differences
    assert {(d.table, d.day) for d in found} == {
        cell for cell in before if cell[0] == TEAM
    }
    assert all(d.state.missing == d.recorded.rows for d in found)
    assert [bool(d.keys) for d in found[: KEYS_SHOWN_FOR + 1]] == [
        True
    ] * KEYS_SHOWN_FOR + [False]
    heal(league_warehouse, before)


def test_an_emptied_ledger_makes_every_cell_differ_and_every_raw_date_unobserved(
    league_warehouse: DuckDBWarehouse, before: dict[Cell, str]
) -> None:
    rows(league_warehouse, "DELETE FROM nba_backfill.ledger")
    found = verify(league_warehouse)
    assert {(d.table, d.day) for d in found.differences} == before.keys()
    assert {d.entry for d in found.differences} == {None}
    without_rows = {"injuries", "injury_reports"}
    raw = league_warehouse.catalog.raw.keys()
    assert found.unobserved.keys() == raw - without_rows
    assert found.unobserved["players"] == (None,)
    heal(league_warehouse, before)
    assert verify(league_warehouse).unobserved == {}


def test_a_ledger_that_lost_one_cell_is_caught(
    league_warehouse: DuckDBWarehouse,
) -> None:
    lost = "table_name = $table AND cell_date = $day"
    rows(
        league_warehouse,
        f"DELETE FROM nba_backfill.ledger WHERE {lost}",
        table=TEAM,
        day=BAD,
    )
    told = "the ledger knows nothing of it, the table holds 4 rows"
    assert differing(league_warehouse) == {(TEAM, BAD): told}


def test_raw_data_edited_by_hand_is_told_and_is_no_damage(
    league_warehouse: DuckDBWarehouse,
) -> None:
    rows(
        league_warehouse,
        "UPDATE nba_raw.player_box SET pts = pts + 1 WHERE game_date = $day",
        day=BAD,
    )
    rows(league_warehouse, "DELETE FROM nba_raw.players WHERE player_id = 101")
    found = verify(league_warehouse)
    assert (found.differences, found.unobserved) == (
        [],
        {"player_box": (BAD,), "players": (None,)},
    )
    assert verify(league_warehouse, dates=(NEXT,)).unobserved == {"players": (None,)}
    league_warehouse.observe("plan")
    assert verify(league_warehouse).unobserved == {}


def test_only_the_cells_asked_for_are_compared(
    league_warehouse: DuckDBWarehouse,
) -> None:
    rows(
        league_warehouse,
        f"DELETE FROM {PLAYERS} WHERE game_date IN ($bad, $next)",
        bad=BAD,
        next=NEXT,
    )
    rows(
        league_warehouse,
        f"DELETE FROM {league_warehouse.names(TEAM)} WHERE game_date = $bad",
        bad=BAD,
    )
    assert differing(league_warehouse, start=NEXT).keys() == {(PLAYER, NEXT)}
    assert differing(league_warehouse, end=BAD).keys() == {(PLAYER, BAD), (TEAM, BAD)}
    assert differing(league_warehouse, dates=(BAD,), phases=("team",)).keys() == {
        (TEAM, BAD)
    }
    assert differing(league_warehouse, last_days=1) == {}
    assert [
        table.table for table in verify(league_warehouse, tables=(TEAM,)).tables
    ] == [TEAM]


def test_content_hashed_in_another_way_is_counted_and_not_called_damage(
    league_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of DuckDB may hash otherwise: nothing would be left that is not damaged."""
    real = league_warehouse.algorithm
    monkeypatch.setattr(
        league_warehouse, "algorithm", lambda columns: f"other{real(columns)}"
    )
    rows(league_warehouse, f"DELETE FROM {PLAYERS} WHERE game_date = $day", day=BAD)
    found = verify(league_warehouse)
    assert [(d.table, d.day) for d in found.differences] == [(PLAYER, BAD)]
    assert all(t.counted_only == t.cells - len(t.differences) for t in found.tables)
    assert found.unobserved == {}


def test_verify_writes_nothing(league_warehouse: DuckDBWarehouse) -> None:
    rows(league_warehouse, f"DELETE FROM {PLAYERS} WHERE game_date = $day", day=BAD)
    rows(
        league_warehouse,
        "UPDATE nba_raw.player_box SET pts = pts + 1 WHERE game_date = $day",
        day=BAD,
    )
    before = everything(league_warehouse)
    assert verify(league_warehouse).differences
    assert everything(league_warehouse) == before


def everything(warehouse: DuckDBWarehouse) -> dict[str, Content]:
    """Rows and a hash of every table of the file, the ledger's among them."""
    named = "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables()"
    found = {}
    for row in rows(warehouse, f"{named} WHERE database_name = 'warehouse'"):
        sql = (
            "SELECT COUNT(*) AS n, COALESCE(SUM(HASH(held)::HUGEINT), 0) AS h FROM "
            f"{row['name']} AS held"
        )
        (counted,) = rows(warehouse, sql)
        found[row["name"]] = Content(counted["n"], str(counted["h"]))
    assert "nba_backfill.ledger" in found
    return found


def test_before_any_backfill_nothing_is_there_to_differ(league_load: Any) -> None:
    warehouse = open_warehouse(league_load)
    found = verify(warehouse)
    assert (found.differences, sum(table.cells for table in found.tables)) == ([], 0)
    warehouse.close()


def test_without_a_schedule_there_is_nothing_to_verify() -> None:
    warehouse = open_warehouse()
    with pytest.raises(ConfigError, match="no schedule; load one"):
        verify(warehouse)
    warehouse.close()


def test_an_unknown_table_is_refused_with_the_names_there_are(
    computed: DuckDBWarehouse,
) -> None:
    with pytest.raises(
        ConfigError,
        match="no table named player_cache; the tables are: .*player_daily_cache",
    ):
        verify(computed, tables=("player_cache",))
