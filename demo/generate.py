"""The demo league over a range of days, as a source hands it to the warehouse: raw tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import SourceError
from demo.arrays import Ints, Rng, Texts, join
from demo.box import COUNTS, PLAYED, draw_plus_minus
from demo.lines import BOOKMAKERS, Snapshots, draw_game_lines, draw_props
from demo.nba import (
    CLUBS,
    FIRST_SEASON,
    LAST_KNOWN_SEASON,
    LAST_SEASON,
    SEASONS,
    ZONES,
)
from demo.players import league
from demo.schedule import ALL_STAR, PRESEASON, Games
from demo.season import Season, play_season
from demo.shots import draw_shots, drop_lost
from planning.raw_load import Held, RawLoad
from processors.raw_schemas import schema

TABLES = (
    "schedule",
    "team_box",
    "player_box",
    "shots",
    "players",
    "player_props",
    "game_lines",
)
"""The raw tables that the league has; nobody reports on its injuries."""
SEED = 7
START = date(2021, 10, 19)
END = date(2026, 1, 2)
PROPS_SINCE = 2022  # before, nobody recorded lines on players
TIP_OFFS_UNKNOWN = 2  # games a season
STATUSES = np.array(["played", "dnp", "inactive"])
CLUB_NAMES = np.array(CLUBS)


@dataclass(frozen=True)
class DemoLeague:
    """The league of a seed over a range of days, as a source;
    see `generate`. None is the usual value."""

    seed: int | None = None
    start: date | None = None
    end: date | None = None

    def read(self, held: Held, on_part: Callable[[str], None] | None = None) -> RawLoad:
        """The rows of the league, whatever is held; `on_part` is told of each season."""
        seed = SEED if self.seed is None else self.seed
        return generate(seed, self.start or START, self.end or END, on_part)


def generate(
    seed: int = SEED,
    start: date = START,
    end: date = END,
    on_season: Callable[[str], None] | None = None,
) -> RawLoad:
    """Every raw table of the league that `seed` names,
    for games on `start` to `end` (both included).

    The same seed gives the same rows in every range: each season is played whole and then cut, so
    that one day of it costs as much as all of it; `on_season` is told of each. SourceError for a
    negative seed or a range without a season.
    """
    seasons = [
        s for s, days in SEASONS.items() if days.first <= end and start <= days.last
    ]
    if seed < 0:
        raise SourceError(
            f"the demo league's seed is {seed}; choose a whole number from 0 on"
        )
    if start > end or not seasons:
        raise SourceError(
            f"the demo league has no season in {start}..{end}; choose a range, first day first, "
            f"within {SEASONS[FIRST_SEASON].first}..{SEASONS[LAST_SEASON].last}"
        )
    parts: dict[str, list[Any]] = {
        name: [schema(name).empty_table()] for name in TABLES
    }
    for season in seasons:
        for name, table in season_tables(play_season(seed, season)).items():
            parts[name].append(_cut(table, start, end))
        if on_season:
            on_season(f"{season}-{(season + 1) % 100:02d}")
    tables = {
        name: pa.concat_tables(some).combine_chunks() for name, some in parts.items()
    }
    tables["players"] = _players(seed, seasons[-1], tables["player_box"])
    return RawLoad(tables)


def _cut(table: Any, start: date, end: date) -> Any:
    """The rows whose game_date lies in the range, both ends included."""
    day = table.column("game_date")
    begun = pc.greater_equal(day, pa.scalar(start))
    return table.filter(pc.and_(begun, pc.less_equal(day, pa.scalar(end))))


def _players(seed: int, season: int, player_box: Any) -> Any:
    """One row for each player of these box scores, with the league's last spelling of his name."""
    spelled_in = max(season, LAST_KNOWN_SEASON)
    players = league(seed, season).players
    ids = pc.unique(player_box.column("player_id"))
    seen = np.isin(players.player_id, ids.to_numpy())
    columns = {
        "player_id": players.player_id[seen],
        "player_name": players.names(spelled_in)[seen],
        "birth_date": players.birth[seen],
    }
    return raw_table("players", columns)


@dataclass(frozen=True)
class Coded:
    """A column of texts that repeat: `texts` and, for every row, which of them."""

    texts: Texts
    which: Ints


def raw_table(table: str, columns: Mapping[str, Any]) -> Any:
    """A pyarrow table with the contract's columns in its order.

    A nullable column that is absent is NULL in every row; KeyError when any other is.
    """
    fields = schema(table)
    arrays = {}
    for name, values in columns.items():
        arrays[name] = _array(values, fields.field(name).type)
    rows = len(next(iter(arrays.values())))
    for field in fields:
        if field.nullable and field.name not in arrays:
            arrays[field.name] = pa.nulls(rows, field.type)
    return pa.Table.from_arrays([arrays[name] for name in fields.names], schema=fields)


def _array(values: Any, type_: Any) -> Any:
    if isinstance(values, Coded):
        return pa.array(values.texts).cast(type_).take(pa.array(values.which))
    return pa.array(values).cast(type_)


def season_tables(season: Season) -> dict[str, Any]:
    """The season's rows by raw table, each in order of day and game; players not among them."""
    tables = {
        "schedule": _schedule(season),
        "team_box": _team_box(season),
        "player_box": _player_box(season),
        "shots": _shots(season),
        "game_lines": _game_lines(season),
    }
    if season.world.season >= PROPS_SINCE:
        tables["player_props"] = _player_props(season)
    return tables


def _schedule(season: Season) -> Any:
    parts = [season.played.games, season.postponed, season.exhibitions]
    status = np.repeat(["final", "postponed", "final"], list(map(len, parts)))
    games = join(parts)
    order = np.lexsort([games.game_id, games.day])
    games = games.take(order)
    unknown = season.world.stream("tip-offs").choice(
        len(games), TIP_OFFS_UNKNOWN, replace=False
    )
    games.tip_off[unknown] = np.datetime64("NaT")
    eligible = ~np.isin(games.kind, (PRESEASON, ALL_STAR))
    columns = _keys(season, games, np.arange(len(games))) | {
        "game_type": games.kind.astype(str),
        "home_team": Coded(CLUB_NAMES, games.home),
        "away_team": Coded(CLUB_NAMES, games.away),
        "status": status[order],
        "tip_off": games.tip_off,
        "neutral_site": games.neutral,
        "covers_player_box": eligible,
        "covers_shots": eligible,
        "covers_props": eligible & (season.world.season >= PROPS_SINCE),
    }
    return raw_table("schedule", columns)


def _team_box(season: Season) -> Any:
    box = season.played.box
    games = join([season.played.games, season.exhibitions])
    extra = 2 * len(season.exhibitions)
    exhibited = _exhibition_counts(season.world.stream("exhibition boxes"), extra)
    overtime = 25 * box.overtime
    rounded = np.rint(box.rotation.seconds / 60).sum(axis=1)
    minutes = np.clip(rounded - overtime, 237, 244) + overtime
    row = np.argsort(np.repeat(games.day, 2), kind="stable")
    columns = _keys(season, games, row // 2)
    columns["team"] = Coded(CLUB_NAMES, games.teams[row])
    columns["minutes"] = np.append(minutes, np.full(extra, 240.0))[row]
    for name in COUNTS:
        columns[name] = np.append(box.team(name), exhibited[name])[row]
    return raw_table("team_box", columns)


def _exhibition_counts(rng: Rng, teams: int) -> dict[str, Ints]:
    """COUNTS of as many team games, drawn as totals: nobody keeps the players' of these."""
    fga = rng.integers(80, 100, teams)
    fg3a = rng.integers(30, 45, teams)
    fta = rng.integers(12, 28, teams)
    fg3m = rng.binomial(fg3a, 0.35)
    fgm = fg3m + rng.binomial(fga - fg3a, 0.53)
    oreb = rng.integers(6, 14, teams)
    dreb = rng.integers(26, 40, teams)
    ftm = rng.binomial(fta, 0.76)
    rest = {
        "ast": (18, 32),
        "stl": (4, 12),
        "blk": (2, 9),
        "tov": (9, 20),
        "pf": (14, 26),
    }
    counts = {name: rng.integers(*bounds, teams) for name, bounds in rest.items()}
    points = 2 * fgm + fg3m + ftm
    # A tie goes to the first of the two by a free throw.
    first = np.arange(teams) % 2 == 0
    late = first & (points == points[np.arange(teams) ^ 1])
    counts |= {
        "fgm": fgm,
        "fga": fga,
        "fg3m": fg3m,
        "fg3a": fg3a,
    }
    counts |= {"oreb": oreb, "dreb": dreb, "reb": oreb + dreb}
    return counts | {"fta": fta + late, "ftm": ftm + late, "pts": points + late}


def _player_box(season: Season) -> Any:
    world, games, box = season.world, season.played.games, season.played.box
    plus_minus = draw_plus_minus(world.stream("plus-minus"), box)
    listed = box.rotation.listed
    row = np.nonzero(listed)[0]
    player = box.rotation.player[listed]
    status = box.rotation.status[listed]
    names = world.players.names(world.season)
    columns = _keys(season, games, row // 2) | {
        "player_id": world.players.player_id[player],
        "team": Coded(CLUB_NAMES, games.teams[row]),
        "player_name": Coded(names, player),
        "status": Coded(STATUSES, status),
        "minutes": box.rotation.seconds[listed] / 60,
    }
    columns["plus_minus"] = np.ma.masked_array(
        plus_minus[listed], mask=status != PLAYED
    )
    for name in COUNTS:
        columns[name] = box.count(name)[listed]
    return raw_table("player_box", columns)


def _shots(season: Season) -> Any:
    world, games, box = season.world, season.played.games, season.played.box
    everything = draw_shots(world.stream("shots"), box)
    shots = drop_lost(world.stream("lost shots"), everything, len(games))
    period, seconds_left = shots.clock()
    x, y = shots.position()
    player = box.rotation.player[shots.row, shots.place]
    whose = {
        "player_id": world.players.player_id[player],
        "team": Coded(CLUB_NAMES, games.teams[shots.row]),
    }
    when = {
        "shot_number": shots.number(),
        "period": period,
        "seconds_left": seconds_left,
    }
    where = {
        "zone": Coded(np.array(ZONES), shots.zone),
        "distance_ft": np.floor(shots.distance).astype(np.int64),
        "x": x,
        "y": y,
    }
    what = {"shot_value": shots.value, "made": shots.made, "assisted": shots.assisted}
    keys = _keys(season, games, shots.row // 2)
    return raw_table("shots", keys | whose | when | where | what)


def _player_props(season: Season) -> Any:
    world = season.world
    rng = world.stream("props")
    row, place, lines = draw_props(rng, world, season.played)
    player = season.played.box.rotation.player[row, place][lines.which]
    juice = np.round(rng.uniform(-0.08, 0.08, len(player)), 2)
    columns = _offers(season, lines, row[lines.which] // 2) | {
        "player_id": world.players.player_id[player],
        "market": Coded(np.array(["points"]), np.zeros_like(player)),
        "line": lines.values[:, 0],
        "over_price": np.round(1.91 + juice, 2),
        "under_price": np.round(1.91 - juice, 2),
    }
    return raw_table("player_props", columns)


def _game_lines(season: Season) -> Any:
    lines = draw_game_lines(
        season.world.stream("game lines"), season.world, season.played
    )
    spread, total = lines.values.T
    columns = _offers(season, lines, lines.which)
    return raw_table("game_lines", columns | {"spread_home": spread, "total": total})


def _offers(season: Season, lines: Snapshots, game: Ints) -> dict[str, Any]:
    """The columns that both kinds of lines share."""
    seen = {"bookmaker": Coded(BOOKMAKERS, lines.bookmaker), "snapshot_at": lines.at}
    return _keys(season, season.played.games, game) | seen


def _keys(season: Season, games: Games, game: Ints) -> dict[str, Any]:
    """game_id, game_date and season of rows that belong to these games."""
    return {
        "game_id": Coded(games.game_id, game),
        "game_date": games.day[game],
        "season": np.full(len(game), season.world.season),
    }
