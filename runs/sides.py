"""Complete the games of a load with the rows that the warehouse has of them and the files lack.

Files of single teams, or of a few players, may be loaded one after another. A game's rows replace
all its rows, and so the second file would take away what the first one brought. Rows that the
load contradicts go, and are told: a whole box score without a player says that he did not play.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from planning.raw_load import Held, RawLoad
from processors.raw_schemas import schema
from runs.changes import GameRows, game_rows
from runs.whole_sides import contradicted
from warehouse.protocol import Warehouse

Row = dict[str, Any]
Side = tuple[str, str]
"""A game and one of its teams."""

OF_SIDES = {"team_box": "team", "player_box": "player_id", "shots": "player_id"}
"""Raw table whose rows belong to one of a game's two teams -> what a file has all rows of, or
none: a team's line, a player's line, a player's shots."""

GAMES_AT_ONCE = 100
"""Games whose rows are Python's at one time: a league's shots as such take 300 MiB."""


class Unit(NamedTuple):
    """What a file has all rows of, or none."""

    game_id: str
    who: str | int


@dataclass(frozen=True)
class Completed:
    """A load with the rows that stay, and what goes of those in the warehouse, by raw table.

    `kept`: what stays of sides of which the load has other rows: they are not whole without it.
    """

    raw: RawLoad
    removed: list[GameRows]
    kept: list[GameRows]


def complete_games(warehouse: Warehouse, held: Held, raw: RawLoad) -> Completed:
    """The load with the rows that the warehouse has of its games, the load lacks, and nothing in it
    contradicts."""
    tables = dict(raw.tables)
    removed: list[GameRows] = []
    kept: list[GameRows] = []
    one_sided: dict[str, Collection[str]] = {}
    for table in OF_SIDES:
        if table not in tables:
            continue
        one_sided[table] = _one_sided(tables[table])
        games = _games(tables[table]).intersection(held.games_of(table))
        if games:
            load = _Load(warehouse, tables, table, games)
            tables[table] = load.completed()
            removed += load.removed()
            kept += load.kept()
    return Completed(replace(raw, tables=tables, one_sided=one_sided), removed, kept)


def _one_sided(rows: Any) -> frozenset[str]:
    """The games with rows of one team alone.

    Grouped by Arrow: a league's shots as Python's rows take 300 MiB.
    """
    games = rows.group_by("game_id").aggregate([("team", "count_distinct")])
    alone = games.filter(pc.equal(games["team_count_distinct"], 1))
    return frozenset(alone["game_id"].to_pylist())


class _Load:
    """The rows that a load has of a raw table, beside those that the warehouse has of its games."""

    def __init__(
        self,
        warehouse: Warehouse,
        tables: Mapping[str, Any],
        table: str,
        games: Collection[str],
    ) -> None:
        self.warehouse = warehouse
        self.tables = tables
        self.table = table
        self.who = OF_SIDES[table]
        self.loaded = tables[table]
        columns = tuple(dict.fromkeys(("game_id", self.who)))
        before = warehouse.rows_of_games(table, tuple(games), columns)
        self.before = self._units(before)
        self.here = self._units(self.loaded)
        self.gone: list[Mapping[str, Any]] = []
        self.completing: list[Mapping[str, Any]] = []

    def _units(self, rows: Any) -> dict[Unit, int]:
        """The units of these rows, and how many rows each has."""
        counted = rows.group_by(["game_id", self.who]).aggregate([([], "count_all")])
        columns = ("game_id", self.who, "count_all")
        listed = zip(*(counted[name].to_pylist() for name in columns), strict=True)
        return {Unit(game_id, who): count for game_id, who, count in listed}

    def completed(self) -> Any:
        """The load's rows with those of the warehouse that stay."""
        absent = self.before.keys() - self.here.keys()
        if not absent:
            return self.loaded
        games = sorted({unit.game_id for unit in absent})
        columns = schema(self.table)
        is_of_them = pc.is_in(self.loaded["game_id"], pa.array(games))
        others = self.loaded.filter(pc.invert(is_of_them)).select(columns.names)
        parts = [others.cast(columns)]
        held = self.warehouse.rows_of_games(self.table, games)
        teams = self._teams(games)
        for start in range(0, len(games), GAMES_AT_ONCE):
            some = games[start : start + GAMES_AT_ONCE]
            lacking = [row for row in _of(some, held) if self._unit(row) in absent]
            whole = self._whole(_of(some, self.loaded), lacking, teams)
            parts.append(pa.Table.from_pylist(whole, columns))
        return pa.concat_tables(parts)

    def _whole(
        self, own: list[Row], lacking: list[Row], teams: Mapping[Side, Row]
    ) -> list[Row]:
        """The load's rows of some games, and those of the warehouse that stay."""
        gone = self._contradicted(own, lacking, teams)
        self.gone += gone
        going = {self._unit(row) for row in gone}
        kept = [row for row in lacking if self._unit(row) not in going]
        beside = {(row["game_id"], row["team"]) for row in own}
        for row in kept:
            # A game log never names who did not play.
            is_idle = self.table == "player_box" and row["status"] != "played"
            if (row["game_id"], row["team"]) in beside and not is_idle:
                self.completing.append(row)
        if kept and self.table == "shots":
            return _with_numbers([*own, *kept])
        return [*own, *kept]

    def _unit(self, row: Mapping[str, Any]) -> Unit:
        return Unit(row["game_id"], row[self.who])

    def _contradicted(
        self, own: Sequence[Row], lacking: Sequence[Row], teams: Mapping[Side, Row]
    ) -> list[Mapping[str, Any]]:
        """The rows of the warehouse that cannot stand beside the load's."""
        here, there = _by_side(own), _by_side(lacking)
        playing: dict[str, set[str]] = defaultdict(set)
        for game_id, team in here:
            playing[game_id].add(team)
        gone: list[Mapping[str, Any]] = []
        for side, rows in there.items():
            game_id, _ = side
            if side in here:
                gone += contradicted(self.table, here[side], rows, teams.get(side))
            elif len(playing[game_id]) == 2:
                gone += rows
        return gone

    def _teams(self, games: Collection[str]) -> dict[Side, Row]:
        """The team's row of each side: the load's own, else the warehouse's."""
        if self.table == "team_box":
            return {}
        rows = self.warehouse.rows_of_games("team_box", tuple(games)).to_pylist()
        if "team_box" in self.tables:
            rows += _of(games, self.tables["team_box"])
        return {(row["game_id"], row["team"]): row for row in rows}

    def removed(self) -> list[GameRows]:
        """What goes, once the load is completed: rows of units that go, and shots that a player
        has fewer of."""
        rows = len(self.gone)
        games = {row["game_id"] for row in self.gone}
        for unit in self.before.keys() & self.here.keys():
            fewer = self.before[unit] - self.here[unit]
            if fewer > 0:
                rows += fewer
                games.add(unit.game_id)
        return [game_rows(self.table, rows, games)] if rows else []

    def kept(self) -> list[GameRows]:
        """What stays, once the load is completed, of sides of which the load has other rows."""
        games = {row["game_id"] for row in self.completing}
        rows = len(self.completing)
        return [game_rows(self.table, rows, games)] if rows else []


def _games(rows: Any) -> set[str]:
    return set(pc.unique(rows["game_id"]).to_pylist())


def _of(games: Collection[str], rows: Any) -> list[Row]:
    """The rows of these games."""
    is_of_them = pc.is_in(rows["game_id"], pa.array(sorted(games)))
    listed: list[Row] = rows.filter(is_of_them).to_pylist()
    return listed


def _by_side(rows: Iterable[Row]) -> dict[Side, list[Row]]:
    sides: dict[Side, list[Row]] = defaultdict(list)
    for row in rows:
        sides[row["game_id"], row["team"]].append(row)
    return sides


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
