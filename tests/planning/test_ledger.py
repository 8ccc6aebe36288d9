"""What the ledger says of a cell: its last entry, what the table holds by it, when that changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

from planning.cells import Outcome
from planning.ledger import (
    BEGINNING,
    NOTHING,
    Content,
    Entry,
    Record,
    Run,
    following,
    observations,
    records,
)

TABLE, DAY, NEXT = "player_box", date(2024, 11, 4), date(2024, 11, 5)
NOON = datetime(2024, 11, 6, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
RUN = Run("run", "1a2b3c+dirty")
TEN, OTHER_TEN, TEN_OTHERWISE = (
    Content(10, "a:1"),
    Content(10, "a:2"),
    Content(10, "b:7"),
)


def entry(
    outcome: Outcome = Outcome.DONE, at: datetime = NOON, **facts: object
) -> Entry:
    return replace(Entry(TABLE, DAY, outcome, finished_at=at), **facts)  # type: ignore[arg-type]


def record(*entries: Entry) -> Record:
    """The record of a cell with these entries, the same in whatever order they are told."""
    found = [records(told)[TABLE][DAY] for told in permutations(entries)]
    assert all(other == found[0] for other in found)
    return found[0]


def test_content_agrees_by_its_hash_and_by_its_rows_where_two_algorithms_made_it() -> (
    None
):
    """A new version of the engine hashes otherwise: that alone must not look like damage."""
    assert TEN.agrees(TEN)
    assert not TEN.agrees(OTHER_TEN)
    assert TEN.agrees(TEN_OTHERWISE)
    assert not TEN.agrees(Content(9, "b:7"))
    assert not TEN.agrees(NOTHING)
    assert NOTHING.agrees(Content())


def test_the_last_entry_is_the_greatest_by_time_then_run_then_attempt() -> None:
    early, late = entry(run_id="z", attempt=9), entry(at=LATER, run_id="a")
    assert record(early, late).last is late
    assert (
        record(entry(run_id="a", attempt=9), second := entry(run_id="b")).last is second
    )
    assert (
        record(entry(run_id="b", attempt=2), third := entry(run_id="b", attempt=3)).last
        is third
    )


def test_failing_changes_nothing_of_what_a_cell_holds() -> None:
    done = entry(content=TEN, digest="a:1")
    found = record(done, entry(Outcome.FAILED, LATER, content=NOTHING))
    assert (found.last.outcome, found.held) == (Outcome.FAILED, done)
    assert (found.content, found.digest) == (TEN, "a:1")


def test_a_cell_that_only_ever_failed_holds_nothing() -> None:
    found = record(entry(Outcome.FAILED))
    assert (found.held, found.content, found.digest) == (None, NOTHING, "")


def test_a_cell_holds_rows_exactly_when_its_last_word_is_done() -> None:
    for outcome in set(Outcome) - {Outcome.DONE, Outcome.FAILED}:
        assert record(entry(), entry(outcome, LATER, content=TEN)).content == NOTHING
    assert (
        record(entry(Outcome.QUARANTINED), entry(at=LATER, content=TEN)).content == TEN
    )


def seen(
    contents: dict[date | None, Content], *known: Entry
) -> dict[date | None, Entry]:
    """What is put on record of a raw table that holds these contents."""
    entries = observations(TABLE, contents, records(known).get(TABLE, {}), RUN, LATER)
    return {e.day: e for e in entries}


def test_observing_puts_on_record_what_is_new_what_changed_and_what_vanished() -> None:
    known = entry(content=TEN, digest="a:1", changed_at=NOON)
    assert seen({DAY: TEN}, known) == {}
    new = seen({DAY: TEN, NEXT: TEN}, known)
    assert {
        day: (e.outcome, e.content, e.digest, e.attempt) for day, e in new.items()
    } == {NEXT: (Outcome.DONE, TEN, "a:1", 1)}
    changed = seen({DAY: OTHER_TEN}, known)[DAY]
    assert (changed.content, changed.digest, changed.changed_at, changed.attempt) == (
        OTHER_TEN,
        "a:2",
        LATER,
        2,
    )
    vanished = seen({}, known)[DAY]
    assert (vanished.content, vanished.digest, vanished.changed_at) == (
        NOTHING,
        "",
        LATER,
    )
    assert seen({}, known, vanished) == {}


def test_content_hashed_in_another_way_is_read_again_under_its_old_name() -> None:
    """Else a new version of the engine would make everything stale that was ever computed."""
    known = entry(content=TEN, digest="a:1", changed_at=NOON)
    again = seen({DAY: TEN_OTHERWISE}, known)[DAY]
    assert (again.content, again.digest, again.changed_at) == (
        TEN_OTHERWISE,
        "a:1",
        NOON,
    )
    assert seen({DAY: TEN_OTHERWISE}, known, again) == {}


def test_rows_without_a_date_are_observed_as_one_cell() -> None:
    assert seen({None: TEN})[None].content == TEN


def test_the_next_entry_of_a_cell_counts_attempts_and_says_who_wrote_it() -> None:
    first = following(entry(), None, RUN, NOON)
    second = following(
        entry(Outcome.FAILED), Record(first, first), Run("other", "v1"), LATER
    )
    assert [
        (e.attempt, e.run_id, e.code_version, e.finished_at) for e in (first, second)
    ] == [
        (1, "run", "1a2b3c+dirty", NOON),
        (2, "other", "v1", LATER),
    ]


def test_the_same_content_keeps_its_name_and_age_whatever_failed_in_between() -> None:
    first = following(entry(content=TEN), None, RUN, NOON)
    failed = following(entry(Outcome.FAILED), Record(first, first), RUN, LATER)
    same = following(entry(content=TEN), Record(failed, first), RUN, LATER)
    assert (same.digest, same.changed_at, same.attempt) == ("a:1", NOON, 3)
    other = following(entry(content=OTHER_TEN), Record(same, same), RUN, LATER)
    assert (other.digest, other.changed_at) == ("a:2", LATER)


def test_rows_written_anew_and_hashed_in_another_way_are_taken_for_others() -> None:
    """As many rows are not the same rows: whoever reads them
    computes once too often rather than never."""
    first = following(entry(content=TEN), None, RUN, NOON)
    anew = following(entry(content=TEN_OTHERWISE), Record(first, first), RUN, LATER)
    assert (anew.digest, anew.changed_at) == ("b:7", LATER)


def test_content_that_comes_back_after_a_gap_has_its_name_again_and_a_new_age() -> None:
    """What reads it saw the gap: the same rows are a change
    to those computed in between, to nobody else."""
    first = following(entry(content=TEN), None, RUN, BEGINNING)
    gone = following(entry(Outcome.UPSTREAM_MISSING), Record(first, first), RUN, NOON)
    back = following(entry(content=TEN), Record(gone, gone), RUN, LATER)
    assert (gone.digest, gone.changed_at) == ("", NOON)
    assert (back.digest, back.changed_at) == (first.digest, LATER)
