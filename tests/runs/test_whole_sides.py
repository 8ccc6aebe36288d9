"""Which rows of the warehouse the rows of a load contradict."""

from __future__ import annotations

import pytest

from runs.whole_sides import COUNTS, contradicted
from tests.raw_rows import Row

TEAM: Row = {"team": "ASH", "minutes": 240.0, **dict.fromkeys(COUNTS, 20), "fga": 80}


def player(number: int, minutes: float = 24, count: int = 2, **told: str) -> Row:
    """A tenth of the team."""
    row = {"player_id": number, "status": "played", "minutes": minutes}
    return row | dict.fromkeys(COUNTS, count) | {"fga": 4 * count} | told


TEN = [player(number) for number in range(10)]
OUT = player(20, 0, 0, status="inactive")


@pytest.mark.parametrize("first", range(1, 10))
def test_players_who_complete_the_team_stay(first: int) -> None:
    assert contradicted("player_box", TEN[:first], TEN[first:], TEAM) == []
    assert contradicted("player_box", TEN[:first], TEN[first:], None) == []


def test_one_too_many_goes_from_a_whole_side() -> None:
    wrong = player(30, 20)
    assert contradicted("player_box", TEN, [wrong], TEAM) == [wrong]
    assert contradicted("player_box", TEN, [wrong], None) == [wrong]


def test_a_team_s_row_that_was_corrected_since_is_near_enough() -> None:
    team = TEAM | {"ast": 21}
    assert contradicted("player_box", TEN[:5], TEN[5:], team) == []
    assert contradicted("player_box", TEN, [player(30)], team) == [player(30)]


def test_who_did_not_play_stays_beside_a_game_log_and_goes_from_a_box_score() -> None:
    """A game log never names him."""
    assert contradicted("player_box", TEN, [OUT], TEAM) == []
    dressed = player(21, 0, 0, status="dnp")
    assert contradicted("player_box", [*TEN, dressed], [OUT], TEAM) == [OUT]
    assert contradicted("player_box", [*TEN[:5], dressed], [OUT], TEAM) == []


def test_a_list_of_who_was_out_leaves_who_played() -> None:
    assert contradicted("player_box", [OUT], TEN, TEAM) == []
