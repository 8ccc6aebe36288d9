"""What a cell was made from: the dates of each cut, what they add, when they changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from planning.cells import Outcome
from planning.ledger import NOTHING
from planning.provenance import InputState
from planning.why import Explanation, ThenAndNow, explanation_of, raw_explained
from processors.contract import Read
from processors.discovery import load
from reports.why import explanation_json, tell_cut
from tests.planning.small_calendar import game_day
from tests.planning.small_warehouse import AS_EVER, OTHER, SmallWarehouse

PLAYER, FEATURES = "player_game_summary", "ml_feature_store"
LONG_AGO, BEFORE, OPENING = date(2021, 11, 19), date(2024, 4, 14), date(2024, 10, 22)
D1, D2, D3, FREE = (
    date(2024, 11, 18),
    date(2024, 11, 20),
    date(2024, 11, 21),
    date(2024, 11, 19),
)
SEASONS = {LONG_AGO: date(2021, 10, 19), BEFORE: date(2023, 10, 24)}


@pytest.fixture
def warehouse() -> SmallWarehouse:
    """Every cell fresh on dates of three seasons."""
    return SmallWarehouse(
        tuple(
            game_day(d, SEASONS.get(d, OPENING))
            for d in (LONG_AGO, BEFORE, OPENING, D1, D2, D3)
        )
    )


def why(
    warehouse: SmallWarehouse, table: str = FEATURES, day: date = D2
) -> Explanation:
    attempts = [
        entry for entry in warehouse.entries if (entry.table, entry.day) == (table, day)
    ]
    return explanation_of(warehouse.planner(), table, day, attempts)


def inputs(
    warehouse: SmallWarehouse, table: str = FEATURES, day: date = D2
) -> dict[str, InputState]:
    return {part.name: part for part in why(warehouse, table, day).inputs}


def test_every_input_says_which_dates_its_cut_lets_in_and_which_hold_anything(
    warehouse: SmallWarehouse,
) -> None:
    found = inputs(warehouse)
    reads = load()[FEATURES].contract.reads
    assert tuple(found) == (*reads, "schedule of tip-offs")
    career, season, roster = (
        found[name]
        for name in ("career_games", "season_games", "upcoming_player_game_context")
    )
    assert (career.start, career.end, career.cells) == (
        date(2021, 11, 20),
        D2 - timedelta(days=1),
        3,
    )
    assert (career.first, career.last) == (BEFORE, D1)
    assert (season.start, season.first, season.last, season.cells) == (
        OPENING,
        OPENING,
        D1,
        2,
    )
    assert (roster.start, roster.end, roster.first, roster.last, roster.cells) == (
        D2,
        D2,
        D2,
        D2,
        1,
    )


def test_a_date_on_record_that_holds_nothing_is_no_cell_of_an_input(
    warehouse: SmallWarehouse,
) -> None:
    warehouse.write(PLAYER, OPENING, outcome=Outcome.QUARANTINED)
    season = inputs(warehouse)["season_games"]
    assert (season.first, season.cells, season.changed) == (D1, 1, (OPENING,))


def test_the_fingerprint_of_an_input_moves_with_its_cut_alone(
    warehouse: SmallWarehouse,
) -> None:
    before = inputs(warehouse)
    warehouse.write(PLAYER, D1, OTHER)
    after = inputs(warehouse)
    moved = {
        name
        for name, part in after.items()
        if part.fingerprint != before[name].fingerprint
    }
    assert moved == {"season_games", "career_games"}
    warehouse.write(PLAYER, D3, OTHER)
    assert {n: p.fingerprint for n, p in inputs(warehouse).items()} == {
        n: p.fingerprint for n, p in after.items()
    }


def test_an_input_names_the_dates_that_changed_since_the_cell_was_computed(
    warehouse: SmallWarehouse,
) -> None:
    assert not any(part.is_changed for part in inputs(warehouse).values())
    warehouse.write(PLAYER, BEFORE, OTHER)
    warehouse.write(PLAYER, D2, OTHER)
    found = inputs(warehouse)
    assert (found["career_games"].changed, found["season_games"].changed) == (
        (BEFORE,),
        (),
    )
    assert found["career_games"].changed_at == warehouse.entries[-2].changed_at
    known = why(warehouse)
    assert known.fingerprint.then != known.fingerprint.now
    assert known.code == ThenAndNow("code", "code")


def test_a_failed_attempt_is_not_when_the_rows_were_computed(
    warehouse: SmallWarehouse,
) -> None:
    warehouse.write(PLAYER, D1, OTHER)
    warehouse.write(
        FEATURES,
        D2,
        outcome=Outcome.FAILED,
        error_class="OSError",
        error_message="no room",
    )
    assert inputs(warehouse)["season_games"].changed == (D1,)
    assert [entry.outcome for entry in why(warehouse).attempts] == ["done", "failed"]


def test_a_cell_that_waits_is_still_compared_with_what_it_was_computed_from(
    warehouse: SmallWarehouse,
) -> None:
    computed = why(warehouse)
    warehouse.write(PLAYER, D1, OTHER)
    warehouse.write(FEATURES, D2, outcome=Outcome.UPSTREAM_MISSING)
    waiting = why(warehouse)
    assert (waiting.code, waiting.fingerprint.then) == (
        computed.code,
        computed.fingerprint.then,
    )
    assert inputs(warehouse)["season_games"].changed == (D1,)
    warehouse.entries = []
    assert why(warehouse).fingerprint.then is None


def test_rows_without_dates_are_one_cell_that_changed_or_not(
    warehouse: SmallWarehouse,
) -> None:
    def players() -> InputState:
        return inputs(warehouse, "upcoming_player_game_context")["players"]

    assert (players().cells, players().start, players().changed_at is None) == (
        1,
        None,
        False,
    )
    assert not players().is_changed
    warehouse.write("players", None, OTHER)
    assert (players().is_changed, players().changed) == (True, ())


def test_a_date_without_games_has_no_inputs(warehouse: SmallWarehouse) -> None:
    known = why(warehouse, day=FREE)
    assert (known.season, known.inputs, known.attempts, known.fingerprint) == (
        None,
        (),
        (),
        ThenAndNow(None, None),
    )
    assert (known.recorded, known.held) == (NOTHING, NOTHING)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (Read(table="x", rows="before", within="season"), "season before"),
        (Read(table="x", rows="before", within="3 years"), "3 years before"),
        (Read(table="x", rows="same_day"), "that date"),
        (Read(table="x", rows="before_tip_off"), "that date, to tip-off"),
        (Read(table="x", rows="all"), "all, undated"),
    ],
)
def test_a_cut_is_told_in_words(read: Read, said: str) -> None:
    assert tell_cut(read) == said


def test_a_raw_date_names_who_reads_it(warehouse: SmallWarehouse) -> None:
    record = warehouse.planner().freshness.record("player_props", D1)
    known = raw_explained(load(), "player_props", D1, record, {D1: AS_EVER}, [])
    assert known.readers == {
        "player_game_summary.lines": "before_tip_off",
        "upcoming_player_game_context.lines": "before_tip_off",
    }
    assert (known.recorded, known.held) == (AS_EVER, AS_EVER)
    told = explanation_json(known)
    assert told["standing"]["because"] == "as last observed"
    assert told["date"] == D1
