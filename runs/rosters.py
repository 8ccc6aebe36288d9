"""Who played for whom, by whom names of players are matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from warehouse.connections import open_warehouse

Rosters = dict[tuple[int, str], list[tuple[int, str]]]
"""Season and team -> everyone who had a line for it, by id and each spelling of his name."""


def rosters(url: str, seasons: tuple[int, ...] = ()) -> Rosters:
    """The rosters of these seasons, all where none is named, by the warehouse's box scores."""
    with open_warehouse(url) as warehouse:
        games = warehouse.games_of("player_box")
        box = warehouse.rows_of_games("player_box", games)
    return _by_side(box.to_pylist(), seasons)


def _by_side(box: Collection[Mapping[str, Any]], seasons: tuple[int, ...]) -> Rosters:
    found: dict[tuple[int, str], set[tuple[int, str]]] = defaultdict(set)
    for row in box:
        if not seasons or row["season"] in seasons:
            found[row["season"], row["team"]].add(
                (row["player_id"], row["player_name"])
            )
    return {side: sorted(people) for side, people in found.items()}
