"""Keep the other side of a game of which a load has the box scores of one side alone.

Files of single teams may be loaded one after another. A game's rows replace all its rows, and so
the second team's file would take away what the first one's brought.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from planning.raw_load import RawLoad
from processors.raw_schemas import schema
from warehouse.protocol import Warehouse

Row = dict[str, Any]
OF_SIDES = ("team_box", "player_box", "shots")
"""Raw tables whose rows belong to one of a game's two teams."""


def with_other_sides(warehouse: Warehouse, raw: RawLoad) -> RawLoad:
    """The load, with the rows that the warehouse has of the sides that the load lacks."""
    tables = {
        table: _whole(warehouse, table, rows) for table, rows in raw.tables.items()
    }
    return replace(raw, tables=tables)


def _whole(warehouse: Warehouse, table: str, rows: Any) -> Any:
    halves = _halves(rows) if table in OF_SIDES else {}
    if not halves:
        return rows
    held: list[Row] = warehouse.rows_of_games(table, tuple(halves)).to_pylist()
    others = [row for row in held if row["team"] != halves[row["game_id"]]]
    if not others:
        return rows
    whole = [*rows.to_pylist(), *others]
    if table == "shots":
        whole = _with_numbers(whole)
    return pa.Table.from_pylist(whole, schema(table))


def _halves(rows: Any) -> dict[str, str]:
    """Game -> its team, of the games with rows of one team alone.

    Grouped by Arrow: a league's shots as Python's rows take 300 MiB.
    """
    teams = [("team", "count_distinct"), ("team", "min")]
    games = rows.group_by("game_id").aggregate(teams)
    alone = games.filter(pc.equal(games["team_count_distinct"], 1))
    columns = (alone[name].to_pylist() for name in ("game_id", "team_min"))
    return dict(zip(*columns, strict=True))


def _with_numbers(shots: list[Row]) -> list[Row]:
    """The shots of each game, numbered anew in the order in which a source numbers them."""
    numbers: dict[str, int] = {}
    numbered = []
    for shot in sorted(shots, key=_order):
        game = shot["game_id"]
        number = numbers.get(game, 0) + 1
        numbers[game] = number
        numbered.append(shot | {"shot_number": number})
    return numbered


def _order(shot: Row) -> tuple[Any, ...]:
    named = ("player_id", "team", "zone", "shot_value", "made", "distance_ft")
    # Where one of two equal shots has no place, it comes last, as in SQL.
    places = [(shot[axis] is None, shot[axis] or 0.0) for axis in ("x", "y")]
    rest = tuple(shot[name] for name in named)
    return (shot["game_id"], shot["period"], -shot["seconds_left"], *rest, *places)
