"""Tables against the ledger: what is called damaged, in which words, and what would repair it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from planning.cells import CellState, Outcome
from planning.ledger import NOTHING, Content, Entry, Record, Records
from planning.reasons import Damage
from planning.verify import (
    Difference,
    Verification,
    Verified,
    comparison_of,
    unobserved,
)
from reports.commands import spell
from reports.reasons import tell_damage
from reports.verify import repair_words, tell_difference, verification_json

TABLE, OTHER_TABLE = "player_daily_cache", "ml_feature_store"
D1, D2, D3 = date(2025, 1, 4), date(2025, 1, 5), date(2025, 1, 6)
A, B, REHASHED = (
    Content(3, "duckdb-1:a"),
    Content(3, "duckdb-1:b"),
    Content(3, "duckdb-2:a"),
)
FEWER = Content(2, "duckdb-1:c")


def record(
    content: Content = A, outcome: Outcome = Outcome.DONE, failed_since: bool = False
) -> Record:
    held = Entry(
        TABLE, D2, outcome, content if outcome is Outcome.DONE else NOTHING, run_id="r"
    )
    return Record(replace(held, outcome=Outcome.FAILED) if failed_since else held, held)


def only(known: Record | None, held: Content | None) -> Verified:
    """A table with one cell, as recorded and as held."""
    return comparison_of(
        TABLE, {D2: known} if known else {}, {D2: held} if held else {}
    )


@pytest.mark.parametrize(
    ("known", "held"),
    [
        (record(), A),
        (record(failed_since=True), A),
        (record(), REHASHED),
        (record(outcome=Outcome.QUARANTINED), None),
        (record(outcome=Outcome.NO_GAMES), None),
    ],
)
def test_what_the_ledger_says_is_no_damage(known: Record, held: Content | None) -> None:
    assert only(known, held).differences == ()


@pytest.mark.parametrize(
    ("known", "held", "said"),
    [
        (record(), None, "the ledger says 3 rows, the table holds 0"),
        (record(), FEWER, "the ledger says 3 rows, the table holds 2"),
        (record(), B, "its 3 rows are not those that were published"),
        (record(failed_since=True), None, "the ledger says 3 rows, the table holds 0"),
        (
            record(outcome=Outcome.QUARANTINED),
            A,
            "the ledger says quarantined, the table holds 3 rows",
        ),
        (
            record(outcome=Outcome.NO_GAMES),
            A,
            "the ledger says no_games, the table holds 3 rows",
        ),
        (None, A, "the ledger knows nothing of it, the table holds 3 rows"),
        (
            Record(Entry(TABLE, D2, Outcome.FAILED), None),
            A,
            "the ledger says failed, the table holds 3 rows",
        ),
    ],
)
def test_f61_what_the_ledger_does_not_say_is_damage(
    known: Record | None, held: Content | None, said: str
) -> None:
    (difference,) = only(known, held).differences
    assert tell_damage(difference.damage) == said
    assert difference.entry == (known and (known.held or known.last))


def test_cells_that_hold_nothing_and_should_not_are_not_counted() -> None:
    found = comparison_of(
        TABLE,
        {D1: record(outcome=Outcome.NO_GAMES), D2: record(), D3: record()},
        {D2: A, D3: B},
    )
    assert (found.cells, found.rows, len(found.differences)) == (2, 6, 1)


def test_content_that_was_hashed_otherwise_is_said_to_be_counted_only() -> None:
    assert only(record(), REHASHED).counted_only == 1
    assert only(record(), A).counted_only == only(record(), B).counted_only == 0


def test_only_the_dates_asked_for_are_compared() -> None:
    found = comparison_of(TABLE, {D1: record(), D2: record()}, {D1: B}, days=(D1,))
    assert (found.cells, [d.day for d in found.differences]) == (1, [D1])


@pytest.mark.parametrize(
    ("state", "held", "said"),
    [
        (
            CellState(3, 0, 3),
            None,
            "the table holds 0; 3 of 3 expected keys missing, 0 unexpected",
        ),
        (
            CellState(3, 3),
            B,
            "not those that were published; every expected key is there once: values differ",
        ),
        (
            CellState(3, 3, 1, 1),
            B,
            "published; 1 of 3 expected keys missing, 1 unexpected",
        ),
        (CellState(2, 2), FEWER, "the ledger says 3 rows, the table holds 2"),
    ],
)
def test_a_difference_says_how_the_keys_compare(
    state: CellState, held: Content | None, said: str
) -> None:
    (difference,) = only(record(), held).differences
    assert tell_difference(replace(difference, state=state)).endswith(said)


def test_a_program_reads_which_run_wrote_a_damaged_cell_and_when() -> None:
    at = datetime(2025, 1, 7, tzinfo=UTC)
    entry = Entry(
        TABLE, D2, Outcome.DONE, A, run_id="r1", finished_at=at, code_version="v1"
    )
    (told,) = verification_json(of_one(only(Record(entry, entry), None)))["differences"]
    assert (told["date"], told["rows_on_record"], told["rows_held"]) == (
        "2025-01-05",
        3,
        0,
    )
    assert (told["run_id"], told["finished_at"], told["code_version"]) == (
        "r1",
        at,
        "v1",
    )
    (none,) = verification_json(of_one(only(None, A)))["differences"]
    assert none["run_id"] is none["finished_at"] is None


def of_one(table: Verified) -> Verification:
    """One table read back."""
    return Verification((table,), {})


def damaged(*cells: tuple[str, date | None]) -> Verification:
    tables = dict.fromkeys(table for table, _ in cells)
    of = {
        t: [
            Difference(t, day, Damage(3, 0), A, NOTHING, None)
            for name, day in cells
            if name == t
        ]
        for t in tables
    }
    return Verification(
        tuple(Verified(t, 9, 9, 0, tuple(found)) for t, found in of.items()), {}
    )


@pytest.mark.parametrize(
    ("cells", "command"),
    [
        ((), ""),
        (((TABLE, D2),), f"fullcourt backfill --table {TABLE} --dates 2025-01-05"),
        (
            ((TABLE, D3), (OTHER_TABLE, D1)),
            f"fullcourt backfill --table {TABLE} --table {OTHER_TABLE} --start 2025-01-04 --end "
            "2025-01-06",
        ),
        (
            ((TABLE, None), (TABLE, D2)),
            f"fullcourt drop {TABLE} --yes, then fullcourt backfill --table {TABLE}",
        ),
    ],
)
def test_the_repair_names_the_tables_and_dates_that_differ(
    cells: tuple[tuple[str, date | None], ...], command: str
) -> None:
    assert spell(repair_words(damaged(*cells))) == command


def test_raw_dates_that_changed_came_or_went_since_they_were_observed_are_named() -> (
    None
):
    known: Records = {D1: record(A), D2: record(A), D3: record(A)}
    assert unobserved(known, {D1: A, D2: B}) == (D2, D3)
    assert unobserved({}, {None: A}) == (None,)
    assert unobserved(known, {D1: B, D2: A}, days=(D1, D2)) == (D1,)
    assert unobserved({D1: record(A)}, {D1: REHASHED}) == ()
