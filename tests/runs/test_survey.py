"""Looking at a warehouse: what was read is believed until
this process writes, or is to look anew."""

from __future__ import annotations

import gc
import shutil
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.cells import Outcome
from planning.ledger import Run
from planning.overrides import Override
from planning.reasons import Cause
from planning.scope import Scope
from planning.selection import Selection
from reports.reasons import tell_reason
from runs.survey import (
    contents_now,
    observe,
    planner_anew,
    read_ahead,
    states_now,
    survey,
)
from runs.waves import decide
from tests.league import FIRST_DAY, league
from tests.loop import compute, open_warehouse, rows
from tests.raw_rows import raw_load
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.auditing import Audited
from warehouse.duckdb.publishing import Publication
from warehouse.protocol import BatchResult

TEAM, DEFENSE = "team_offense_game_summary", "team_defense_game_summary"
READS = ("records", "contents", "cell_states")


@pytest.fixture
def read(warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is read of the two tables from now on, in order:
    `contents team_offense_game_summary`, …"""
    listed: list[str] = []

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*tables: Any, **dates: Any) -> Any:
            listed.extend(
                f"{name} {table}" for table in tables if table in (TEAM, DEFENSE)
            )
            return real(*tables, **dates)

        return call

    for name in READS:
        monkeypatch.setattr(warehouse, name, noted(name, getattr(warehouse, name)))
    survey(warehouse, anew=True)
    return listed


def look(warehouse: DuckDBWarehouse, day: date = FIRST_DAY, **how: bool) -> str:
    """How the cell of the second table stands, which looks at both."""
    decision = survey(warehouse, **how).decide(DEFENSE, [day])
    if reason := decision.compute.get(day):
        return tell_reason(reason)
    return str(decision.settled[day])


def batches_of(
    warehouse: DuckDBWarehouse, table: str, rerun: bool = False
) -> list[Batch]:
    """The batches of a table by what is known of it, of all its dates with `rerun`."""
    planner = survey(warehouse)
    days = [*planner.calendar.days]
    decision = planner.decide(table, days, days if rerun else ())
    return [*planner.batches(decision, len(days))]


def compute_as_it_stands(
    warehouse: DuckDBWarehouse, table: str, rerun: bool = False
) -> None:
    """Publish what is due of a table, without looking at anything anew."""
    for batch in batches_of(warehouse, table, rerun):
        warehouse.materialize(batch, "r")


OF_TEAM, OF_DEFENSE = (
    {f"{name} {table}" for name in READS} for table in (TEAM, DEFENSE)
)


def test_what_was_read_is_believed_until_it_is_written_to(
    warehouse: DuckDBWarehouse, read: list[str]
) -> None:
    assert look(warehouse) == "missing: never computed"
    assert sorted(read) == sorted(OF_TEAM | OF_DEFENSE)
    read.clear()
    assert look(warehouse) == "missing: never computed"
    assert read == []


def test_after_a_write_that_table_alone_is_read_again(
    warehouse: DuckDBWarehouse, read: list[str]
) -> None:
    look(warehouse)
    read.clear()
    warehouse.clear(DEFENSE, {FIRST_DAY: Outcome.UPSTREAM_MISSING}, "r")
    assert look(warehouse) == "missing: was upstream_missing, and can be computed now"
    assert sorted(read) == sorted(OF_DEFENSE)


def test_after_a_write_the_dates_written_alone_are_read_again(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most dates of a table are as they were when a sample of a few was published."""
    asked: list[object] = []
    for name in READS:
        real = getattr(warehouse, name)

        def call(*tables: Any, dates: Any = None, real: Any = real) -> Any:
            asked.append(dates or tables[-1])
            return real(*tables, dates=dates) if dates else real(*tables)

        monkeypatch.setattr(warehouse, name, call)
    compute(warehouse, tables=(TEAM, DEFENSE))
    assert look(warehouse, anew=True) == Outcome.DONE
    asked.clear()
    warehouse.clear(DEFENSE, {FIRST_DAY: Outcome.UPSTREAM_MISSING}, "r")
    look(warehouse)
    assert asked == [frozenset({FIRST_DAY})] * len(READS)


def as_read_anew(warehouse: DuckDBWarehouse, table: str) -> None:
    """That what is known of a table is what reading it and the ledger gives."""
    known, read = survey(warehouse).book, planner_anew(warehouse).book
    assert known is not None
    assert read is not None
    assert known.records[table] == read.records[table]
    assert known.contents[table] == read.contents[table]
    assert states_now(warehouse, table) == warehouse.cell_states(table)


def test_what_a_publication_read_back_and_put_on_record_is_not_read_again(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each wave read all that the one before it had read back a moment before."""
    look(warehouse)
    with monkeypatch.context() as forbidden:
        for name in READS:
            forbidden.setattr(warehouse, name, None)
        compute_as_it_stands(warehouse, TEAM)
        assert survey(warehouse).find(TEAM, FIRST_DAY).outcome is Outcome.DONE
    assert contents_now(warehouse, TEAM)[FIRST_DAY].rows
    as_read_anew(warehouse, TEAM)


def test_what_publications_told_is_kept_of_the_tables_written_last_alone(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that was told of thirty seasons is held by who read it, and was held once more."""
    monkeypatch.setattr("warehouse.base.TABLES_TOLD", 1)
    before = warehouse.table_revision(TEAM)
    compute(warehouse, tables=(TEAM,))
    told = warehouse.told_since(TEAM, before)
    assert told is not None
    assert FIRST_DAY in told
    compute(warehouse, tables=(DEFENSE,))
    assert warehouse.told_since(TEAM, before) is None
    assert look(warehouse) == Outcome.DONE
    as_read_anew(warehouse, TEAM)


def test_a_cell_held_back_that_had_rows_is_known_to_hold_none(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute(warehouse, tables=(TEAM,))
    assert look(warehouse) == "missing: never computed"
    real = Publication.audit

    def broken(publication: Publication) -> Audited:
        counts = {FIRST_DAY: {"planted": 1}}
        return replace(real(publication), counts=counts)

    monkeypatch.setattr(Publication, "audit", broken)
    monkeypatch.setattr(Publication, "_find_keys", lambda *_breaking: [])
    compute_as_it_stands(warehouse, TEAM, rerun=True)
    assert FIRST_DAY not in contents_now(warehouse, TEAM)
    reason = survey(warehouse).find(TEAM, FIRST_DAY).reason
    assert reason is not None
    assert reason.cause is Cause.QUARANTINED
    as_read_anew(warehouse, TEAM)


def test_a_cell_cleared_after_it_was_published_is_read_as_it_is(
    warehouse: DuckDBWarehouse,
) -> None:
    """What its publication read back was there to be believed."""
    look(warehouse)
    compute_as_it_stands(warehouse, TEAM)
    warehouse.clear(TEAM, {FIRST_DAY: Outcome.UPSTREAM_MISSING}, "r")
    as_read_anew(warehouse, TEAM)
    assert FIRST_DAY not in contents_now(warehouse, TEAM)


def test_what_was_on_record_before_is_kept_of_a_cell_that_failed(
    warehouse: DuckDBWarehouse,
) -> None:
    look(warehouse)
    compute_as_it_stands(warehouse, TEAM)
    look(warehouse)
    (batch,) = batches_of(warehouse, TEAM, rerun=True)
    warehouse.fail(batch, "r", PermanentWarehouseError("planted"))
    as_read_anew(warehouse, TEAM)


def test_after_a_write_the_edit_of_a_hand_is_seen_beside_it(
    warehouse: DuckDBWarehouse,
) -> None:
    """What somebody else committed may be anywhere in the table."""
    compute(warehouse, tables=(TEAM,))
    planner = survey(warehouse)
    first, *_, last = planner.calendar.days
    assert planner.find(TEAM, first).outcome is Outcome.DONE
    rows(warehouse, f"DELETE FROM nba_analytics.{TEAM} WHERE game_date = '{first}'")
    warehouse.clear(TEAM, {last: Outcome.UPSTREAM_MISSING}, "r")
    assert survey(warehouse).find(TEAM, first).outcome is None


def test_what_this_process_publishes_is_no_commit_of_others(
    warehouse: DuckDBWarehouse,
) -> None:
    before = warehouse.commits()
    compute(warehouse, tables=(TEAM, DEFENSE))
    assert warehouse.commits() == before
    rows(warehouse, f"DELETE FROM nba_analytics.{TEAM}")
    assert warehouse.commits() != before


def test_after_a_write_to_raw_data_what_hangs_on_it_is_read_again(
    warehouse: DuckDBWarehouse, read: list[str]
) -> None:
    """The states of tables, but neither what they hold nor what is on record of them: after a
    correction both were read twice."""
    look(warehouse)
    read.clear()
    game = next(
        row["game_id"] for row in league()["schedule"] if row["game_date"] == FIRST_DAY
    )
    warehouse.remove_games([game])
    assert look(warehouse) == "upstream_missing"
    assert set(read) == {f"cell_states {TEAM}", f"cell_states {DEFENSE}"}
    records = survey(warehouse).freshness.book.records
    assert records["schedule"] == warehouse.records("schedule")["schedule"]


def test_what_a_publication_saw_before_raw_data_changed_is_read_again(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread takes a game away while a batch is on its way: its cells hold keys too many,
    and would be planned on as whole."""
    publish = warehouse._publish
    game = next(
        row["game_id"] for row in league()["schedule"] if row["game_date"] == FIRST_DAY
    )

    def publish_and_lose_a_game(batch: Batch, by: Run) -> BatchResult:
        result = publish(batch, by)
        warehouse.remove_games([game])
        survey(warehouse).states[TEAM]
        return result

    (batch,) = batches_of(warehouse, TEAM, rerun=True)
    monkeypatch.setattr(warehouse, "_publish", publish_and_lose_a_game)
    warehouse.materialize(batch, "r")
    assert survey(warehouse).states[TEAM] == warehouse.cell_states(TEAM)


def test_to_look_anew_is_to_believe_nothing(
    warehouse: DuckDBWarehouse, read: list[str]
) -> None:
    """A hand's edit leaves no trace in this process: a plan that did not look would miss it."""
    look(warehouse)
    rows(warehouse, f"DELETE FROM nba_analytics.{TEAM} WHERE game_date = '{FIRST_DAY}'")
    read.clear()
    assert look(warehouse) == "missing: never computed"
    assert read == []
    assert look(warehouse, anew=True) == "upstream_missing"
    assert set(read) >= OF_TEAM


def test_to_look_anew_reads_nothing_where_nobody_has_written_since(
    warehouse: DuckDBWarehouse, read: list[str]
) -> None:
    """What a command read before its run began would be read twice."""
    look(warehouse)
    read.clear()
    assert look(warehouse, anew=True) == "missing: never computed"
    assert read == []
    warehouse.clear(DEFENSE, {FIRST_DAY: Outcome.UPSTREAM_MISSING}, "r")
    look(warehouse, anew=True)
    assert sorted(read) == sorted(OF_DEFENSE)


def test_to_look_anew_finds_what_a_hand_took_from_the_ledger(
    warehouse: DuckDBWarehouse, read: list[str]
) -> None:
    warehouse.clear(DEFENSE, {FIRST_DAY: Outcome.UPSTREAM_MISSING}, "r")
    assert "was upstream_missing" in look(warehouse, anew=True)
    rows(warehouse, f"DELETE FROM nba_backfill.ledger WHERE table_name = '{DEFENSE}'")
    read.clear()
    assert look(warehouse, anew=True) == "missing: never computed"
    assert f"records {DEFENSE}" in read


def test_raw_tables_that_are_on_record_are_not_observed_again(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run read and hashed them twice: ahead of it, and to find nothing to put on record."""
    planner = survey(warehouse)
    read_ahead(planner, Selection(), raw=planner.catalog.raw)
    monkeypatch.setattr(warehouse, "observe", None)
    assert observe(warehouse, "r").calendar == planner.calendar


def test_a_raw_row_changed_by_hand_since_it_was_read_is_put_on_record(
    warehouse: DuckDBWarehouse,
) -> None:
    planner = survey(warehouse)
    read_ahead(planner, Selection(), raw=planner.catalog.raw)
    edit = f"UPDATE nba_raw.team_box SET pts = pts + 1 WHERE game_date = '{FIRST_DAY}'"
    rows(warehouse, edit)
    held = contents_now(warehouse, "team_box")[FIRST_DAY]
    assert warehouse.records("team_box")["team_box"][FIRST_DAY].content != held
    observe(warehouse, "r")
    record = warehouse.records("team_box")["team_box"][FIRST_DAY]
    assert (record.content, record.last.run_id) == (held, "r")


def test_every_raw_table_that_changed_is_put_on_record_and_no_other(
    warehouse: DuckDBWarehouse,
) -> None:
    """A corrected box score is in two tables: with one of them forgotten its cells would stay
    fresh."""
    planner = survey(warehouse)
    read_ahead(planner, Selection(), raw=planner.catalog.raw)
    changed = ("player_box", "team_box")
    for table in changed:
        edit = (
            f"UPDATE nba_raw.{table} SET pts = pts + 1 WHERE game_date = '{FIRST_DAY}'"
        )
        rows(warehouse, edit)
    observe(warehouse, "r")
    known = warehouse.records(*planner.catalog.raw)
    by_run = {
        table
        for table, records in known.items()
        if any(record.last.run_id == "r" for record in records.values())
    }
    assert by_run == {*changed}
    held = contents_now(warehouse, "team_box")[FIRST_DAY]
    assert known["team_box"][FIRST_DAY].content == held


def test_what_was_derived_after_a_correction_still_holds_when_that_is_put_on_record(
    begun_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run derived what it expects while it began, and again when it had observed what changed
    before: the same from the same rows."""
    path = str(shutil.copy(begun_file, tmp_path))
    with duckdb.connect(path) as connection:
        connection.execute(
            "UPDATE nba_raw.team_box SET pts = pts + 1 WHERE game_date = $day",
            {"day": FIRST_DAY},
        )
    warehouse = open_warehouse(path=path)
    planner = survey(warehouse)
    read_ahead(planner, Selection(), raw=planner.catalog.raw)
    planner.state(TEAM, FIRST_DAY)
    with monkeypatch.context() as forbidden:
        forbidden.setattr(warehouse, "_derive_expected", None)
        planner = observe(warehouse, "r")
        assert planner.state(TEAM, FIRST_DAY).expected
    record = warehouse.records("team_box")["team_box"][FIRST_DAY]
    assert record.last.run_id == "r"
    assert planner.freshness.record("team_box", FIRST_DAY) == record
    warehouse.close()


def test_what_was_derived_before_an_edit_does_not_hold_when_that_is_put_on_record(
    warehouse: DuckDBWarehouse,
) -> None:
    players = "player_game_summary"
    assert survey(warehouse).state(players, FIRST_DAY).expected
    rows(warehouse, f"DELETE FROM nba_raw.player_box WHERE game_date = '{FIRST_DAY}'")
    assert not observe(warehouse, "r").state(players, FIRST_DAY).expected


def test_what_a_table_holds_is_held_once_with_what_is_on_record_of_it(
    warehouse: DuckDBWarehouse,
) -> None:
    """Thirty seasons have a hundred thousand cells, each told by the ledger and by its table."""
    book = survey(warehouse).book
    assert book is not None
    records = book.records[TEAM]
    rows(warehouse, f"DELETE FROM nba_analytics.{TEAM} WHERE game_date = '{FIRST_DAY}'")
    contents = book.contents[TEAM]
    unlike = [day for day, held in contents.items() if held is not records[day].content]
    assert len(contents) > 1
    assert unlike == []
    assert FIRST_DAY in records.keys() - contents.keys()


OVERRIDE = Override(
    verdict_id="v",
    phase="team",
    reason="a test of what is kept",
    decided_at=datetime.now(UTC),
)


def test_what_a_gate_keeps_makes_no_table_due_again(
    warehouse: DuckDBWarehouse, read: list[str]
) -> None:
    """Each gate keeps a verdict: the next one would read what was read for the one before."""
    before = states_now(warehouse, TEAM), contents_now(warehouse, TEAM)
    read.clear()
    warehouse.record_override(OVERRIDE)
    assert (states_now(warehouse, TEAM), contents_now(warehouse, TEAM)) == before
    assert read == []


@pytest.mark.parametrize("statements", [(), ("CHECKPOINT",)])
def test_now_sees_the_edit_of_a_hand(
    warehouse: DuckDBWarehouse, read: list[str], statements: tuple[str, ...]
) -> None:
    """A gate that believed what was read before the edit would open on rows that are gone."""
    states_now(warehouse, TEAM)
    contents_now(warehouse, TEAM)
    edit = f"DELETE FROM nba_analytics.{TEAM} WHERE game_date = '{FIRST_DAY}'"
    for statement in (edit, *statements):
        rows(warehouse, statement)
    # What is kept in between is no reason to believe it again.
    warehouse.record_override(OVERRIDE)
    read.clear()
    assert states_now(warehouse, TEAM)[FIRST_DAY].present == 0
    assert FIRST_DAY not in contents_now(warehouse, TEAM)
    assert read == [f"cell_states {TEAM}", f"contents {TEAM}"]


def test_on_duckdb_seasons_are_computed_together(warehouse: DuckDBWarehouse) -> None:
    planner = survey(warehouse)
    days = list(planner.calendar.days)
    (batch,) = planner.split("team_offense_game_summary", days, len(days))
    assert len({season.year for season in batch.seasons}) > 1


def test_nothing_is_believed_now_of_a_warehouse_in_memory() -> None:
    """No file tells of what was written to it."""
    warehouse = open_warehouse(raw_load(league()))
    assert warehouse.commits() is None
    states_now(warehouse, TEAM)
    column = warehouse.catalog[TEAM].contract.date_column
    known = ["season", "game_id", "team"]
    rows(
        warehouse,
        f"INSERT INTO nba_analytics.{TEAM} ({column}, {', '.join(known)}) "
        f"VALUES ('{FIRST_DAY}', 2023, 'x', 'y')",
    )
    assert states_now(warehouse, TEAM)[FIRST_DAY].unexpected == 1
    warehouse.close()


def test_what_is_read_ahead_is_what_planning_a_selection_reads_and_no_more(
    warehouse: DuckDBWarehouse, read: list[str]
) -> None:
    planner, selection = survey(warehouse), Selection(tables=(TEAM,))
    read_ahead(planner, selection)
    ahead = sorted(read)
    assert ahead == sorted(
        [
            f"cell_states {DEFENSE}",
            f"cell_states {TEAM}",
            f"contents {TEAM}",
            f"records {DEFENSE}",
            f"records {TEAM}",
        ]
    )
    decide(planner, Scope(planner, selection), [TEAM])
    assert sorted(read) == ahead


def test_a_warehouse_that_is_closed_and_let_go_of_is_gone() -> None:
    """A view holds readings of its warehouse, and kept every one that was ever closed."""
    warehouse = open_warehouse(raw_load(league()))
    planner = survey(warehouse)
    assert planner.states["team_offense_game_summary"]
    gone = weakref.ref(warehouse)
    warehouse.close()
    del warehouse
    gc.collect()
    assert gone() is None
