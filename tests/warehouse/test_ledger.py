"""The ledger in the file: written with the rows or not at all,
by a clock that never runs backwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import PermanentWarehouseError
from core.version import code_version
from planning.cells import Outcome
from planning.ledger import BEGINNING, NOTHING, Content, Entry
from planning.raw_load import RawLoad
from processors.catalog import Catalog
from processors.contract import Column
from processors.discovery import load
from reports.reasons import tell_reason
from tests.league import WITHOUT_SHOTS
from tests.loop import backfill, compute, open_warehouse, planned, rows
from tests.raw_rows import World, raw_load
from tests.warehouse.planting import (
    BAD,
    CONTEXT,
    NEXT,
    PLAYER,
    PLAYER_CONTEXT,
    TEAM,
    Planted,
    batch,
    changed,
)
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.store import DuckDBStore
from warehouse.ledger import Ledger

Write = Callable[[DuckDBWarehouse], Any]


def last(warehouse: DuckDBWarehouse, table: str, day: date | None = BAD) -> Entry:
    return warehouse.entries(table, day)[-1]


def entries(warehouse: DuckDBWarehouse) -> int:
    return int(rows(warehouse, "SELECT COUNT(*) AS n FROM nba_backfill.ledger")[0]["n"])


def due(
    warehouse: DuckDBWarehouse, tables: Collection[str] = ()
) -> dict[str, dict[date, str]]:
    """Table -> date -> why the cell is to be computed or cleared,
    by what the warehouse holds now."""
    planner, found = planned(warehouse), {}
    for table in tables or planner.catalog.ordered():
        decision = planner.decide(table, planner.calendar.days)
        told = {day: tell_reason(reason) for day, reason in decision.compute.items()}
        if told := told | {
            day: f"clear: {outcome}" for day, outcome in decision.clear.items()
        }:
            found[table] = told
    return found


def test_every_cell_of_a_batch_is_put_on_record_with_the_rows_that_its_table_holds(
    league_warehouse: DuckDBWarehouse,
) -> None:
    before, tried = entries(league_warehouse), last(league_warehouse, CONTEXT)
    published = replace(
        batch(CONTEXT), code="c0de", inputs={BAD: "1nput", NEXT: "0ther"}
    )
    league_warehouse.materialize(published, "run 7")
    assert entries(league_warehouse) == before + 2
    entry, held = (
        last(league_warehouse, CONTEXT),
        league_warehouse.contents(CONTEXT)[BAD],
    )
    assert (entry.outcome, entry.content, entry.expected) == (
        Outcome.DONE,
        held,
        held.rows,
    )
    assert (entry.code, entry.inputs, entry.run_id) == ("c0de", "1nput", "run 7")
    assert (entry.attempt, entry.code_version) == (tried.attempt + 1, code_version())
    assert tried.finished_at < entry.started_at < entry.finished_at
    assert (entry.digest, entry.changed_at) == (tried.digest, tried.changed_at)


def test_f05_rows_and_ledger_are_written_together_or_not_at_all(
    league_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows without an entry would be damage, an entry without its rows a lie."""
    written = Ledger.append

    def append(self: Ledger, added: Iterable[Entry]) -> None:
        written(self, added)
        raise PermanentWarehouseError("planted behind the entries")

    before = league_warehouse.contents(CONTEXT), entries(league_warehouse)
    monkeypatch.setattr(Ledger, "append", append)
    for write in (
        lambda: league_warehouse.materialize(batch(CONTEXT), "r"),
        lambda: league_warehouse.clear(CONTEXT, {BAD: Outcome.NO_GAMES}, "r"),
        lambda: league_warehouse.fail(batch(CONTEXT), "r", ValueError("x")),
        lambda: league_warehouse.remove_games([WITHOUT_SHOTS]),
    ):
        with pytest.raises(PermanentWarehouseError, match="planted"):
            write()
    assert (league_warehouse.contents(CONTEXT), entries(league_warehouse)) == before
    monkeypatch.undo()
    assert league_warehouse.remove_games([WITHOUT_SHOTS])["schedule"] == 1


def test_a_quarantined_cell_has_an_entry_with_what_broke_and_no_rows(
    planted: Planted,
) -> None:
    warehouse = planted(
        CONTEXT, spread="1000.5", opponent="IF(team = 'ASH', NULL, opponent)"
    )
    warehouse.materialize(batch(CONTEXT), "r")
    entry = last(warehouse, CONTEXT)
    assert (entry.outcome, entry.content, entry.digest) == (
        Outcome.QUARANTINED,
        NOTHING,
        "",
    )
    assert entry.error_class == "null.opponent, range.spread"
    assert (
        entry.error_message
        == "null.opponent: 1 (ASH); range.spread: 4 (ASH, BAY, ELM, FEN)"
    )
    assert BAD not in warehouse.contents(CONTEXT)
    assert last(warehouse, CONTEXT, NEXT).outcome is Outcome.DONE


@pytest.mark.parametrize(
    "outcome",
    [
        o
        for o in Outcome
        if o.is_skip or o in (Outcome.UPSTREAM_MISSING, Outcome.NOT_FINAL)
    ],
)
def test_a_cell_that_should_hold_nothing_loses_its_rows_with_its_entry(
    outcome: Outcome, league_warehouse: DuckDBWarehouse
) -> None:
    league_warehouse.clear(CONTEXT, {BAD: outcome}, "r")
    entry, record = (
        last(league_warehouse, CONTEXT),
        league_warehouse.records(CONTEXT)[CONTEXT][BAD],
    )
    assert (entry.outcome, entry.content, entry.digest) == (outcome, NOTHING, "")
    assert (record.last, record.content) == (entry, NOTHING)
    assert BAD not in league_warehouse.contents(CONTEXT)


def test_failing_changes_nothing_but_the_ledger(
    league_warehouse: DuckDBWarehouse,
) -> None:
    before = league_warehouse.contents(CONTEXT)
    error = PermanentWarehouseError(
        "upcoming_team_game_context 2023-11-21: out of range"
    )
    error.__cause__ = ZeroDivisionError()
    league_warehouse.fail(batch(CONTEXT, BAD), "r", error)
    entry, record = (
        last(league_warehouse, CONTEXT),
        league_warehouse.records(CONTEXT)[CONTEXT][BAD],
    )
    assert (entry.outcome, entry.error_class, entry.error_message) == (
        Outcome.FAILED,
        "ZeroDivisionError",
        "upcoming_team_game_context 2023-11-21: out of range",
    )
    assert league_warehouse.contents(CONTEXT) == before
    assert (record.last, record.content) == (entry, before[BAD])


def test_a_load_is_observed_in_the_transaction_that_writes_it(
    league_warehouse: DuckDBWarehouse, world: World
) -> None:
    (line, *_) = (r for r in world["player_box"] if r["game_date"] == BAD)
    same_game = [r for r in world["player_box"] if r["game_id"] == line["game_id"]]
    corrected = [{**r, "stl": r["stl"] + 1} if r is line else r for r in same_game]
    before, size = last(league_warehouse, "player_box"), entries(league_warehouse)
    league_warehouse.load(raw_load({"player_box": corrected}), "nightly")
    entry = last(league_warehouse, "player_box")
    assert (entry.outcome, entry.run_id, entry.attempt) == (
        Outcome.DONE,
        "nightly",
        before.attempt + 1,
    )
    assert entry.content.rows == before.content.rows
    assert entry.digest != before.digest
    assert entry.changed_at == entry.finished_at > before.changed_at
    assert entries(league_warehouse) == size + 1
    assert league_warehouse.observe("plan") == 0


def test_raw_rows_edited_by_hand_are_put_on_record_when_next_observed(
    league_warehouse: DuckDBWarehouse,
) -> None:
    rows(
        league_warehouse,
        f"UPDATE nba_raw.player_box SET pts = pts + 1 WHERE game_date = '{BAD}'",
    )
    rows(
        league_warehouse, f"DELETE FROM nba_raw.player_props WHERE game_date = '{NEXT}'"
    )
    rows(
        league_warehouse,
        "UPDATE nba_raw.players SET birth_date = NULL WHERE player_id = 101",
    )
    changed_at = last(league_warehouse, "players", None).changed_at
    assert league_warehouse.observe("plan") == 3
    assert last(league_warehouse, "player_box").run_id == "plan"
    assert last(league_warehouse, "player_props", NEXT).content == NOTHING
    assert last(league_warehouse, "players", None).changed_at > changed_at
    assert league_warehouse.observe("plan") == 0
    assert due(league_warehouse, [PLAYER]) == {
        PLAYER: {
            BAD: "stale: player_box of that day",
            NEXT: "stale: player_props of that day",
        }
    }


def test_rows_loaded_again_in_another_order_change_nothing_on_record(
    league_warehouse: DuckDBWarehouse, league_load: RawLoad
) -> None:
    orders = {
        name: list(reversed(range(table.num_rows)))
        for name, table in league_load.tables.items()
    }
    before = entries(league_warehouse)
    league_warehouse.load(
        RawLoad({name: t.take(orders[name]) for name, t in league_load.tables.items()})
    )
    assert entries(league_warehouse) == before


def test_fingerprints_are_the_same_whatever_the_threads(
    computed: DuckDBWarehouse, league_file: Path, tmp_path: Path
) -> None:
    other = open_warehouse(path=str(shutil.copy(league_file, tmp_path)), threads=4)
    for table in (*computed.catalog.raw, *computed.catalog.ordered()):
        assert other.contents(table) == computed.contents(table)
    other.close()


def test_the_clock_never_runs_backwards(
    league_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock set back by the system would put what is newest behind what it replaced."""

    class SetBack(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> SetBack:
            return cls(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr("warehouse.base.datetime", SetBack)
    told = [league_warehouse.now() for _ in range(3)]
    assert told == sorted(set(told))
    league_warehouse.clear(CONTEXT, {BAD: Outcome.NO_GAMES}, "r")
    assert (
        league_warehouse.records(CONTEXT)[CONTEXT][BAD].last.outcome is Outcome.NO_GAMES
    )


def test_an_entry_of_the_future_is_followed_by_a_later_one(
    league_warehouse: DuckDBWarehouse,
) -> None:
    ahead = datetime.now(UTC) + timedelta(days=400)
    append(
        league_warehouse, replace(last(league_warehouse, CONTEXT), finished_at=ahead)
    )
    reopened = open_warehouse(path=closed(league_warehouse))
    reopened.materialize(batch(CONTEXT, BAD), "now")
    entry = last(reopened, CONTEXT)
    assert (entry.run_id, entry.finished_at > ahead) == ("now", True)
    reopened.close()


def append(warehouse: DuckDBWarehouse, *entries: Entry) -> None:
    """Add entries as they are."""
    with warehouse.engine.transaction() as cursor:
        Ledger(DuckDBStore(cursor, warehouse.texts)).append(entries)


def closed(warehouse: DuckDBWarehouse) -> str:
    """The path of a warehouse that was let go of."""
    warehouse.close()
    return warehouse.url.removeprefix("duckdb:")


def test_every_entry_comes_back_as_it_was_written(
    league_warehouse: DuckDBWarehouse,
) -> None:
    at = datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    told = Entry(
        "t",
        NEXT,
        Outcome.FAILED,
        Content(3, "a:3"),
        4,
        "i",
        "c",
        "d",
        at,
        "r",
        5,
        at,
        at,
        6,
        "v",
        "E",
        "m",
    )
    bare = Entry(
        "t", None, Outcome.DONE, changed_at=BEGINNING.replace(year=1970), finished_at=at
    )
    bare = replace(bare, started_at=bare.changed_at)
    append(league_warehouse, told, bare)
    assert (
        league_warehouse.entries("t", NEXT),
        league_warehouse.entries("t", None),
    ) == (
        [told],
        [bare],
    )
    assert {d: r.last for d, r in league_warehouse.records("t")["t"].items()} == {
        NEXT: told,
        None: bare,
    }


def test_more_entries_than_one_statement_adds_are_all_there(
    league_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.duckdb.store.ADDED_AT_ONCE", 2)
    at = datetime(2024, 1, 2, tzinfo=UTC)
    days = [NEXT + timedelta(days=n) for n in range(5)]
    told = [
        Entry("t", day, Outcome.DONE, started_at=at, finished_at=at, changed_at=at)
        for day in days
    ]
    append(league_warehouse, *told)
    known = league_warehouse.records("t")["t"]
    assert [known[day].last for day in days] == told


@pytest.mark.parametrize("number", [1, 3])
def test_entries_that_are_alike_in_everything_are_all_there(
    number: int, league_warehouse: DuckDBWarehouse
) -> None:
    """A value that all have is sent once, and tells nothing of how many there are."""
    at = datetime(2024, 1, 2, tzinfo=UTC)
    alike = Entry("t", NEXT, Outcome.DONE, changed_at=at, started_at=at, finished_at=at)
    append(league_warehouse, *[alike] * number)
    assert league_warehouse.entries("t", NEXT) == [alike] * number


def with_raw_column(table: str) -> Catalog:
    """The catalog with one more column in a raw table, which rows may be without."""
    catalog = load()
    note = Column(
        name="note", type="STRING", description="said of the row", nullable=True
    )
    contract = catalog.raw[table].model_copy(
        update={"columns": (*catalog.raw[table].columns, note)}
    )
    return replace(catalog, raw={**catalog.raw, table: contract})


def test_a_new_hashing_reads_everything_again_and_makes_nothing_due(
    league_warehouse: DuckDBWarehouse,
) -> None:
    """A new version of DuckDB may hash otherwise:
    that is no reason to compute two seasons again."""
    league_warehouse.algorithm = lambda columns: f"next-{len(columns)}"
    assert due(league_warehouse) == {}
    assert league_warehouse.observe("plan") == sum(
        len(league_warehouse.contents(table)) for table in league_warehouse.catalog.raw
    )
    assert last(league_warehouse, "player_box").content.fingerprint.startswith("next-")
    assert league_warehouse.observe("plan") == 0
    assert backfill(league_warehouse) == []


def test_a_new_column_of_a_raw_table_makes_nothing_due(
    league_file: Path, tmp_path: Path
) -> None:
    warehouse = open_warehouse(
        path=str(shutil.copy(league_file, tmp_path)),
        catalog=with_raw_column("player_box"),
    )
    assert warehouse.observe("plan") == len(warehouse.contents("player_box"))
    assert due(warehouse) == {}
    warehouse.close()


def test_a_correction_is_seen_although_the_hashing_changed_with_it(
    league_warehouse: DuckDBWarehouse, world: World
) -> None:
    """As many rows as before are not the same rows:
    what a load changes must not hide behind an upgrade."""
    league_warehouse.algorithm = lambda columns: f"next-{len(columns)}"
    game_id = next(r["game_id"] for r in world["player_box"] if r["game_date"] == BAD)
    lines = [{**r, "stl": 9} for r in world["player_box"] if r["game_id"] == game_id]
    league_warehouse.load(raw_load({"player_box": lines}))
    assert due(league_warehouse, [PLAYER]) == {
        PLAYER: {BAD: "stale: player_box of that day"}
    }


def test_rows_published_with_a_new_column_are_other_rows_to_what_reads_them(
    league_file: Path, tmp_path: Path
) -> None:
    """Column and formula edited at once: whoever reads the
    table must not keep the old formula's rows."""
    catalog = load()
    processor = catalog[PLAYER]
    note = Column(
        name="note", type="STRING", description="said of the row", nullable=True
    )
    contract = processor.contract.model_copy(
        update={"columns": (*processor.contract.columns, note)}
    )
    sql = (
        f"SELECT computed.*, 'seen' AS note FROM ({changed(PLAYER, usage_rate='1e0')}) AS "
        "computed"
    )
    edited = replace(processor, contract=contract, sql=sql)
    warehouse = open_warehouse(
        path=str(shutil.copy(league_file, tmp_path)),
        catalog=replace(catalog, processors={**catalog.processors, PLAYER: edited}),
    )
    assert set(due(warehouse, [PLAYER])[PLAYER].values()) == {
        f"stale: code {catalog[PLAYER].code_fingerprint(1)} became {edited.code_fingerprint(1)}"
    }
    assert compute(warehouse, tables=[PLAYER]) == {}
    assert NEXT in due(warehouse, [PLAYER_CONTEXT])[PLAYER_CONTEXT]
    warehouse.close()


WRITES: dict[str, Write] = {
    "load": lambda w: w.load(raw_load({"players": []})),
    "remove_game": lambda w: w.remove_games([WITHOUT_SHOTS]),
    "waive": lambda w: w.waive("0022300014", "shots", "never came"),
    "materialize": lambda w: w.materialize(batch(CONTEXT, BAD), "r"),
    "fail": lambda w: w.fail(batch(CONTEXT, BAD), "r", ValueError("x")),
    "clear": lambda w: w.clear(CONTEXT, {BAD: Outcome.NO_GAMES}, "r"),
    "drop": lambda w: w.drop(CONTEXT),
}


@pytest.mark.parametrize("write", list(WRITES))
def test_every_write_to_a_table_or_to_raw_data_is_another_revision_of_it(
    write: str, league_warehouse: DuckDBWarehouse
) -> None:
    """What was read before a write is believed as long as the revision stands."""
    before = league_warehouse.revision(CONTEXT)
    WRITES[write](league_warehouse)
    assert league_warehouse.revision(CONTEXT) != before


def test_a_write_that_raises_is_another_revision_too_and_observing_nothing_new_is_none(
    planted: Planted,
) -> None:
    warehouse = planted(CONTEXT, wins="CAST(team AS INT64)")
    before = warehouse.revision(CONTEXT), warehouse.revision(TEAM)
    assert warehouse.observe("plan") == 0
    assert (warehouse.revision(CONTEXT), warehouse.revision(TEAM)) == before
    with pytest.raises(PermanentWarehouseError):
        warehouse.materialize(batch(CONTEXT, BAD), "r")
    assert warehouse.revision(CONTEXT) != before[0]
    assert warehouse.revision(TEAM) == before[1]
    rows(warehouse, "DELETE FROM nba_raw.players")
    assert warehouse.observe("plan") == 1
    assert warehouse.revision(TEAM) != before[1]
