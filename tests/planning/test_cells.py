"""What a breach says of the keys that broke a check."""

from __future__ import annotations

import pytest

from planning.cells import CellBreach

GAME = "0022400561"


@pytest.mark.parametrize(
    ("count", "keys", "said"),
    [
        (2, (f"{GAME}/2544", f"{GAME}/201569"), f"2, all of game {GAME}"),
        (
            30,
            (f"{GAME}/2544", f"{GAME}/201569"),
            f"30, 2 or more of them of game {GAME}",
        ),
        (1, (f"{GAME}/2544",), f"1 ({GAME}/2544)"),
        (2, (f"{GAME}/2544", "0022400562/2544"), f"2 ({GAME}/2544, 0022400562/2544)"),
        (2, ("2544", "201569"), "2 (2544, 201569)"),
        (2, ("DEN/2544", "DEN/201569"), "2 (DEN/2544, DEN/201569)"),
        (1, (), "1"),
    ],
)
def test_keys_of_one_game_are_told_by_the_game(
    count: int, keys: tuple[str, ...], said: str
) -> None:
    """Whoever is to load a game again read a list of its players."""
    assert str(CellBreach("range.pts", count, keys)) == f"range.pts: {said}"
