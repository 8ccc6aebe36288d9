"""What a load changes in the box scores of final games: rows that differ from those there, or are
new."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypedDict

from planning.raw_load import Held, RawLoad
from warehouse.protocol import Warehouse

BOXES = ("team_box", "player_box")
"""Raw tables of box scores."""
MOST_NAMED = 3

Row = Mapping[str, Any]
Keyed = dict[tuple[Any, ...], Row]


class GameRows(TypedDict):
    """Rows of a raw table in games that were there before; in how many, and the first three."""

    table: str
    rows: int
    games: int
    named: list[str]


class ChangedBoxes(GameRows):
    """Rows of a raw table that a load changes or adds in games that were final and there before;
    how many of them are new."""

    added: int


def game_rows(table: str, rows: int, games: Collection[str]) -> GameRows:
    """So many rows of a raw table in these games."""
    named = sorted(games)[:MOST_NAMED]
    return GameRows(table=table, rows=rows, games=len(games), named=named)


def changed_boxes(warehouse: Warehouse, held: Held, raw: RawLoad) -> list[ChangedBoxes]:
    """What a load changes or adds, by raw table; nothing for a table without a change."""
    return [
        changed
        for table in BOXES
        if table in raw.tables
        and (changed := _changed(warehouse, held, raw.tables[table], table)) is not None
    ]


def _changed(
    warehouse: Warehouse, held: Held, loaded: Any, table: str
) -> ChangedBoxes | None:
    final = _final_games(held)
    known = final.intersection(held.games_of(table))
    games = known.intersection(loaded["game_id"].to_pylist())
    if not games:
        return None
    grain = warehouse.catalog.raw[table].grain
    before = _keyed(warehouse.rows_of_games(table, tuple(games)), grain, games)
    after = _keyed(loaded, grain, games)
    changed = [key for key, row in after.items() if before.get(key) != row]
    if not changed:
        return None
    of_game = grain.index("game_id")
    of_games = {key[of_game] for key in changed}
    added = after.keys() - before.keys()
    told = game_rows(table, len(changed), of_games)
    return ChangedBoxes(**told, added=len(added))


def _final_games(held: Held) -> set[str]:
    if held.schedule is None:
        return set()
    columns = (held.schedule[name].to_pylist() for name in ("game_id", "status"))
    return {game for game, status in zip(*columns, strict=True) if status == "final"}


def _keyed(rows: Any, grain: Sequence[str], games: set[str]) -> Keyed:
    """The rows of these games by what tells them apart."""
    return {
        tuple(row[name] for name in grain): row
        for row in rows.to_pylist()
        if row["game_id"] in games
    }
