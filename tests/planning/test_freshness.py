"""Freshness by the book: why a cell is due, in which words,
and which changes are none of its business."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from planning.cells import Outcome
from planning.freshness import MODULUS, Digests, Freshness
from planning.ledger import NOTHING, Content, Entry, Record, records
from planning.reasons import Cause
from processors.catalog import Catalog
from processors.discovery import load
from reports.reasons import tell_reason
from tests.planning.small_calendar import LACKS, game_day
from tests.planning.small_warehouse import AS_EVER, OTHER, SmallWarehouse

TEAM, PLAYER, CONTEXT = (
    "team_offense_game_summary",
    "player_game_summary",
    "upcoming_team_game_context",
)
PLAYER_CONTEXT, FEATURES = "upcoming_player_game_context", "ml_feature_store"
TOO_OLD, OLDEST, BEFORE = date(2021, 11, 19), date(2021, 11, 20), date(2024, 4, 14)
OPENING, D1, D2, D3 = (
    date(2024, 10, 22),
    date(2024, 11, 18),
    date(2024, 11, 20),
    date(2024, 11, 21),
)
SEASONS = {
    TOO_OLD: date(2021, 10, 19),
    OLDEST: date(2021, 10, 19),
    BEFORE: date(2023, 10, 24),
}
DAYS = (TOO_OLD, OLDEST, BEFORE, OPENING, D1, D2, D3)


def warehouse(*days: date, catalog: Catalog | None = None) -> SmallWarehouse:
    """Every cell fresh on these days of four seasons."""
    listed = tuple(
        game_day(day, SEASONS.get(day, OPENING)) for day in days or (D1, D2, D3)
    )
    return SmallWarehouse(listed, catalog or load())


def test_what_was_computed_from_what_is_there_is_fresh() -> None:
    known = warehouse(*DAYS)
    assert {table: known.due(table) for table in load().ordered()} == dict.fromkeys(
        load().ordered(), {}
    )


def test_a_cell_that_the_ledger_never_heard_of_is_missing() -> None:
    known = warehouse()
    known.entries = [e for e in known.entries if (e.table, e.day) != (TEAM, D2)]
    known.contents[TEAM].pop(D2)
    assert known.due(TEAM) == {D2: "missing: never computed"}


def test_a_cell_whose_gap_was_filled_is_missing_and_says_what_it_was() -> None:
    known = warehouse()
    known.write(TEAM, D2, outcome=Outcome.UPSTREAM_MISSING)
    assert known.due(TEAM) == {
        D2: "missing: was upstream_missing, and can be computed now"
    }


def test_other_code_makes_every_cell_of_its_table_stale_and_none_of_another() -> None:
    known = warehouse()
    known.codes[TEAM] = "new"
    assert known.due(TEAM) == dict.fromkeys((D1, D2, D3), "stale: code code became new")
    assert known.due("team_defense_zone_analysis") == {}


def test_a_stale_cell_names_the_input_that_changed_that_day() -> None:
    known = warehouse()
    known.write("player_box", D2, OTHER)
    known.write("player_props", D2, OTHER)
    assert known.due(PLAYER) == {
        D2: "stale: player_box of that day; player_props of that day"
    }


def test_a_stale_cell_names_the_dates_of_its_window_that_changed() -> None:
    known = warehouse()
    known.compute(TEAM, D1, D2, content=OTHER)
    known.compute("team_defense_game_summary", D1, D2)
    assert known.due(CONTEXT) == {
        D2: f"stale: {TEAM} {D1}",
        D3: f"stale: {TEAM} {D1}..{D2} (2 dates)",
    }


def test_a_stale_cell_names_undated_rows_that_changed() -> None:
    known = warehouse(D1)
    known.write("players", None, OTHER)
    assert known.due(PLAYER_CONTEXT) == {D1: "stale: players"}


def test_a_window_that_reaches_elsewhere_without_a_change_says_so() -> None:
    """A season that begins on another date than was thought moves every window of it."""
    known = warehouse(BEFORE, D1)
    known.days = (known.days[0], replace(known.days[1], season_start=BEFORE))
    assert known.due(CONTEXT) == {D1: "stale: the reach of its inputs moved"}


def test_other_expected_keys_make_a_cell_stale_although_its_inputs_hold() -> None:
    known = warehouse()
    known.states[TEAM, D2] = LACKS
    assert known.due(TEAM) == {
        D2: "stale: its expected keys changed: 1 of 2 expected keys missing, 0 unexpected"
    }


def test_f47_a_failed_cell_names_the_error_its_class_and_the_attempt() -> None:
    known = warehouse()
    known.write(
        TEAM,
        D2,
        outcome=Outcome.FAILED,
        error_class="OutOfRange",
        error_message="division by zero",
    )
    assert known.due(TEAM) == {D2: "failed: OutOfRange: division by zero (attempt 2)"}


def test_a_quarantined_cell_names_the_checks_that_broke() -> None:
    known = warehouse()
    known.write(
        TEAM,
        D2,
        outcome=Outcome.QUARANTINED,
        error_message="range.pace: 2 (0022400061)",
    )
    assert known.due(TEAM) == {
        D2: "quarantined: range.pace: 2 (0022400061) (attempt 2)"
    }


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (Content(1, "duckdb:a"), "the ledger says 2 rows, the table holds 1"),
        (NOTHING, "the ledger says 2 rows, the table holds 0"),
        (OTHER, "its 2 rows are not those that were published"),
    ],
)
def test_rows_that_are_not_those_on_record_are_damage(
    held: Content, words: str
) -> None:
    known = warehouse()
    known.contents[TEAM][D2] = held
    assert known.due(TEAM) == {D2: f"damaged: {words}"}


def test_rows_that_the_ledger_never_heard_of_are_damage() -> None:
    """Whoever put them there: they are computed anew, not believed."""
    known = warehouse()
    known.entries = [e for e in known.entries if (e.table, e.day) != (TEAM, D2)]
    assert known.due(TEAM) == {D2: "damaged: the ledger says 0 rows, the table holds 2"}


def test_damage_goes_before_every_other_cause() -> None:
    known = warehouse()
    known.write(TEAM, D2, outcome=Outcome.FAILED, error_class="E", error_message="m")
    known.contents[TEAM][D2] = OTHER
    known.codes[TEAM] = "new"
    assert known.due(TEAM)[D2].startswith("damaged: ")


def test_content_hashed_in_another_way_is_neither_damage_nor_stale() -> None:
    known = warehouse()
    for table in known.catalog.ordered():
        known.contents[table] = dict.fromkeys(
            known.contents[table], Content(2, "other:c")
        )
    assert known.backfill() == []


BORDERS = [
    (CONTEXT, TEAM, D2, False),
    (CONTEXT, TEAM, D1, True),
    (CONTEXT, TEAM, OPENING, True),
    (CONTEXT, TEAM, BEFORE, False),
    (CONTEXT, TEAM, D3, False),
    (FEATURES, PLAYER, D2, False),
    (FEATURES, PLAYER, D1, True),
    (FEATURES, PLAYER, OLDEST, True),
    (FEATURES, PLAYER, TOO_OLD, False),
    (PLAYER, "player_box", D2, True),
    (PLAYER, "player_box", D1, False),
    (PLAYER, "player_box", D3, False),
    (PLAYER, "player_props", D2, True),
    (PLAYER, "player_props", D1, False),
    (PLAYER_CONTEXT, "players", None, True),
    (PLAYER, "players", None, False),
    (CONTEXT, "player_box", D1, False),
]


@pytest.mark.parametrize(("table", "source", "day", "matters"), BORDERS)
def test_a_change_matters_inside_the_cut_and_not_a_day_outside_it(
    table: str, source: str, day: date | None, matters: bool
) -> None:
    """Too wide a cut computes for nothing; too narrow a one leaves what is wrong unnoticed."""
    known = warehouse(*DAYS)
    before = fingerprint(known, table)
    known.write(source, day, OTHER)
    assert (fingerprint(known, table) != before) is matters


def fingerprint(known: SmallWarehouse, table: str) -> str:
    """The input fingerprint of the table's cell of D2."""
    return known.planner().freshness.inputs(table, game_day(D2, OPENING))


def test_tip_offs_bound_the_lines_of_a_query_that_does_not_read_the_schedule_itself() -> (
    None
):
    catalog = load()
    contract = catalog[CONTEXT].contract
    reads = {name: read for name, read in contract.reads.items() if name != "schedule"}
    changed = replace(
        catalog[CONTEXT], contract=contract.model_copy(update={"reads": reads})
    )
    known = warehouse(
        D1,
        D2,
        catalog=replace(catalog, processors={**catalog.processors, CONTEXT: changed}),
    )
    known.write("schedule", D2, OTHER)
    assert known.due(CONTEXT) == {D2: "stale: schedule of that day"}


def test_a_recomputation_with_the_same_rows_ends_there() -> None:
    known = warehouse()
    known.write("team_box", D1, OTHER)
    assert known.backfill(AS_EVER) == [(TEAM, D1)]
    assert known.backfill(AS_EVER) == []


def test_rows_that_are_again_what_they_were_leave_what_was_computed_from_them_fresh() -> (
    None
):
    known = warehouse()
    for content in (OTHER, AS_EVER):
        known.compute(TEAM, D1, content=content)
    assert known.backfill() == []


def test_inputs_made_for_a_batch_hold_for_its_cells_until_upstream_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are kept for the moment at which the cells have been computed."""
    known = warehouse()
    planner = known.planner()
    judge, day = planner.freshness, planner.calendar.days[D2]
    state = planner.state(CONTEXT, D2)
    assert judge.inputs_of_batch(CONTEXT, day) == judge.inputs(CONTEXT, day)
    with monkeypatch.context() as forbidden:
        forbidden.setattr(Freshness, "inputs", None)
        published = judge.after({CONTEXT: frozenset({D2})})
        assert published.reason(CONTEXT, day, state) is None
    judge.inputs_of_batch(CONTEXT, day)
    known.write(TEAM, D1, OTHER)
    assert planner.book is not None
    now = replace(judge, book=replace(planner.book, records=records(known.entries)))
    now._made_for_batches.update(judge._made_for_batches)
    reason = now.after({TEAM: frozenset({D1})}).reason(CONTEXT, day, state)
    assert reason is not None
    assert reason.cause is Cause.STALE


def test_the_season_of_a_date_is_part_of_what_decides_its_rows() -> None:
    known = warehouse(D1)
    known.days = (replace(known.days[0], season=2023),)
    assert known.due(TEAM) == {D1: "stale: the reach of its inputs moved"}


def test_the_sum_over_any_window_is_the_sum_of_its_dates() -> None:
    random, first = Random(3), date(2024, 10, 22)
    days = [first + timedelta(days=n) for n in random.sample(range(60), 40)]
    held = {
        day: Entry("t", day, Outcome.DONE, digest=f"a:{random.random()}")
        for day in days
    }
    digests = Digests("t", {day: Record(e, e) for day, e in held.items()}, {})
    for _ in range(200):
        start = first + timedelta(days=random.randint(-5, 65))
        end = start + timedelta(days=random.randint(0, 30))
        window = (start + timedelta(days=n) for n in range((end - start).days))
        assert digests.between(start, end) == sum(map(digests.on, window)) % MODULUS


def test_the_same_digest_on_another_date_or_of_another_table_is_another_number() -> (
    None
):
    """Else two games that swap their dates would change nothing."""
    entry = Entry("t", D1, Outcome.DONE, digest="a:1")
    both: dict[date | None, Record] = dict.fromkeys((D1, D2), Record(entry, entry))
    digests, other = Digests("t", both, {}), Digests("u", both, {})
    assert len({digests.on(D1), digests.on(D2), other.on(D1)}) == 3
    assert (digests.on(D3), digests.between(D3, D3)) == (0, 0)


def test_what_is_assumed_stands_for_what_is_on_record() -> None:
    known = warehouse().planner()
    assert known.book is not None
    assumed = Freshness(
        known.catalog, known.book, {TEAM: {D1: "assumed", D2: ""}}
    ).digests(TEAM)
    assert assumed.on(D1) != known.freshness.digests(TEAM).on(D1)
    assert (assumed.on(D2), assumed.on(D3)) == (0, known.freshness.digests(TEAM).on(D3))
    assert assumed.changed_since(datetime.now(UTC)) == [D1, D2]


def test_a_gate_s_planner_goes_by_keys_whatever_anybody_recorded() -> None:
    known = warehouse()
    known.codes[TEAM] = "new"
    found = known.planner()
    assert tuple(found.decide(TEAM, [D2]).compute) == (D2,)
    seen = found.by_keys({TEAM: {D2: LACKS, D1: found.states[TEAM][D1]}})
    assert {
        day: tell_reason(r) for day, r in seen.decide(TEAM, [D1, D2]).compute.items()
    } == {D2: "missing: 1 of 2 expected keys missing, 0 unexpected"}


def test_reference_rows_that_are_all_gone_count_as_rows_never_seen() -> None:
    """Or a warehouse with a past would disagree with one rebuilt from the same raw rows."""
    gone = Entry("players", None, Outcome.DONE)
    assert Digests("players", {None: Record(gone, gone)}, {}).undated() == 0
    assert Digests("players", {}, {}).undated() == 0
