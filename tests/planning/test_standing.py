"""How a cell stands, in words: its outcome or cause,
where an upstream gap comes from, what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.remedy import Remedy
from planning.calendar import GameDay
from planning.cells import CellState, Outcome
from planning.ledger import NOTHING, Content
from planning.reasons import Cause, Damage, Fresh
from planning.standing import Standing, raw_standing, standing
from reports.reasons import tell_damage, tell_root, tell_standing
from tests.planning.small_calendar import START, game_day
from tests.planning.small_warehouse import AS_EVER, OTHER, SmallWarehouse

TEAM, DEFENSE = "team_offense_game_summary", "team_defense_game_summary"
PLAYER, ZONES, FEATURES = (
    "player_game_summary",
    "team_defense_zone_analysis",
    "ml_feature_store",
)
EARLY, D1, D2, FREE = (
    date(2024, 10, 25),
    date(2024, 11, 18),
    date(2024, 11, 20),
    date(2024, 11, 19),
)


def warehouse(*days: GameDay) -> SmallWarehouse:
    return SmallWarehouse(days or (game_day(D1), game_day(D2)))


def stands(known: SmallWarehouse, table: str, day: date) -> Standing:
    return standing(known.planner(), table, day)


def told_root(found: Standing) -> str:
    assert found.root is not None
    return tell_root(found.root)


def command(table: str, day: date) -> Remedy:
    return Remedy("backfill", ("--table", table, "--dates", str(day)))


def test_a_fresh_cell_needs_no_repair() -> None:
    found = stands(warehouse(), FEATURES, D2)
    assert found == Standing(Outcome.DONE, None, Fresh())
    assert tell_standing(found).startswith("fresh")


def test_a_due_cell_names_its_cause_and_the_command() -> None:
    known = warehouse()
    known.write("player_box", D2, OTHER)
    found = stands(known, PLAYER, D2)
    assert (found.outcome, found.cause, found.repair) == (
        None,
        Cause.STALE,
        command(PLAYER, D2),
    )
    assert "player_box" in tell_standing(found)


def test_a_damaged_cell_is_due_for_that() -> None:
    known = warehouse()
    known.contents[PLAYER][D2] = OTHER
    found = stands(known, PLAYER, D2)
    assert (found.cause, tell_standing(found)) == (
        Cause.DAMAGED,
        "its 2 rows are not those that were published",
    )


def test_a_cell_above_a_gap_names_the_cell_that_all_wait_for() -> None:
    """The nearest table says only that it waits as well."""
    known = warehouse()
    known.contents[TEAM].pop(D1)
    found = stands(known, FEATURES, D2)
    assert found.outcome is Outcome.UPSTREAM_MISSING
    assert (
        told_root(found)
        == f"{TEAM} {D1} is due, damaged: the ledger says 2 rows, the table holds 0"
    )
    assert found.repair == command(FEATURES, D2)


def test_damage_is_told_of_a_cell_that_has_to_wait_as_well() -> None:
    known = warehouse()
    known.contents[TEAM].pop(D2)
    known.contents[DEFENSE][D2] = OTHER
    damage = stands(known, DEFENSE, D2).damage
    assert damage == Damage(2, 2)
    assert tell_damage(damage) == "its 2 rows are not those that were published"


def test_no_backfill_is_offered_for_raw_data_that_is_not_there() -> None:
    facts: dict[str, Any] = {"games_without_team_box": ("0022400001",)}
    known = warehouse(game_day(D1, **facts), game_day(D2))
    above = stands(known, DEFENSE, D1)
    itself = stands(known, TEAM, D1)
    assert (told_root(above), above.repair) == (
        f"{TEAM} {D1}: {tell_standing(itself)}",
        None,
    )
    assert "team_box lacks 0022400001; load its box score" in tell_standing(itself)
    assert (itself.root, itself.repair) == (None, None)


def test_a_quarantined_cell_breaks_again_until_an_input_or_its_query_is_another() -> (
    None
):
    known = warehouse()
    inputs = known.planner().freshness.inputs(PLAYER, game_day(D1))
    known.write(PLAYER, D1, outcome=Outcome.QUARANTINED, inputs=inputs, code="code")
    itself, above = stands(known, PLAYER, D1), stands(known, FEATURES, D2)
    assert (itself.cause, itself.breaks_again) == (Cause.QUARANTINED, True)
    assert (above.root is not None, above.breaks_again) == (True, True)
    known.codes[PLAYER] = "another"
    assert not stands(known, PLAYER, D1).breaks_again
    known.codes[PLAYER] = "code"
    known.write("player_box", D1, OTHER)
    assert not stands(known, PLAYER, D1).breaks_again
    assert not stands(known, FEATURES, D2).breaks_again
    assert stands(known, PLAYER, D1).repair == command(PLAYER, D1)


def test_a_stray_row_upstream_is_a_root_that_a_backfill_removes() -> None:
    known = warehouse()
    known.write(TEAM, FREE)
    known.states[TEAM, FREE] = CellState(0, 2, 0, 2)
    found = stands(known, "upcoming_team_game_context", D2)
    assert (told_root(found), found.repair) == (
        f"{TEAM} {FREE} is no_games, and holds rows",
        command("upcoming_team_game_context", D2),
    )


@pytest.mark.parametrize(
    ("table", "day", "facts", "outcome", "said"),
    [
        (TEAM, FREE, {}, "no_games", "no eligible game on this date"),
        (
            TEAM,
            D1,
            {"games": 0, "called_off_games": ("0022400001", "0022400002")},
            "called_off",
            "all of the date's games are called off (0022400001, 0022400002)",
        ),
        (
            PLAYER,
            D1,
            {"covered_games": 0, "covered_final_games": 0},
            "not_covered",
            "none of the date's 2",
        ),
        (
            ZONES,
            EARLY,
            {},
            "bootstrap",
            f"first 14 days since the regular season began on {START}",
        ),
        (
            TEAM,
            D1,
            {"final_games": 1, "open_games": ("0022400062",)},
            "not_final",
            "1 of the date's 2 games is final, 0022400062 is open",
        ),
        (
            ZONES,
            D1,
            {"first_open_date": EARLY},
            "not_final",
            f"game of {EARLY} is neither",
        ),
    ],
)
def test_a_skip_says_what_it_follows_from(
    table: str, day: date, facts: dict[str, Any], outcome: str, said: str
) -> None:
    calendar_day = D1 if day == FREE else day
    found = stands(warehouse(game_day(calendar_day, **facts)), table, day)
    assert (found.outcome, found.repair) == (outcome, None)
    assert said in tell_standing(found)


def test_too_little_history_says_how_much_it_takes() -> None:
    known = warehouse()
    known.states |= {
        (table, D1): CellState() for table in (ZONES, "upcoming_player_game_context")
    }
    known.contents[ZONES].pop(D1)
    known.entries = [
        entry for entry in known.entries if (entry.table, entry.day) != (ZONES, D1)
    ]
    assert "it takes 15 games of the season before the date" in tell_standing(
        stands(known, ZONES, D1)
    )
    found = stands(known, "upcoming_player_game_context", D1)
    assert "nobody has played" in tell_standing(found)


def test_a_skip_that_holds_rows_is_repaired_and_its_damage_told() -> None:
    known = warehouse()
    known.contents[TEAM][FREE] = AS_EVER
    known.states[TEAM, FREE] = CellState(0, 2, 0, 2)
    found = stands(known, TEAM, FREE)
    assert (found.outcome, found.repair) == (Outcome.NO_GAMES, command(TEAM, FREE))
    assert found.damage is not None
    assert (
        tell_damage(found.damage)
        == "the ledger knows nothing of it, the table holds 2 rows"
    )


@pytest.mark.parametrize(
    ("held", "said", "repair"),
    [
        (AS_EVER, "as last observed", None),
        (
            OTHER,
            "changed since it was last observed: 2 rows then, 2 now",
            Remedy("plan"),
        ),
        (
            NOTHING,
            "changed since it was last observed: 2 rows then, 0 now",
            Remedy("plan"),
        ),
        (replace(AS_EVER, rows=3), "2 rows then, 3 now", Remedy("plan")),
    ],
)
def test_raw_data_stands_as_observed_or_not(
    held: Content, said: str, repair: Remedy | None
) -> None:
    record = warehouse().planner().freshness.record("player_box", D1)
    found = raw_standing(record, held)
    assert tell_standing(found).endswith(said)
    assert found.repair == repair


def test_raw_data_that_never_was_holds_nothing() -> None:
    found = raw_standing(None, NOTHING)
    assert found == Standing(None, None, None)
    assert tell_standing(found) == "no rows, as last observed"
