"""A season's games as rows of the raw tables:
who is covered, what is known, which rows a source has."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo.arrays import Ints
from demo.box import COUNTS
from demo.exhibitions import exhibition_counts
from demo.fixtures import ALL_STAR, PRESEASON, Fixtures
from demo.lines import BOOKMAKERS, Snapshots, draw_game_lines, draw_props
from demo.plus_minus import draw_plus_minus
from demo.raw_tables import Coded, raw_table
from demo.rotation import PLAYED
from demo.season import Season
from demo.shots import draw_shots, without_lost
from demo.teams import CLUBS
from demo.zones import ZONES

PROPS_SINCE = 2022  # before, nobody recorded lines on players
TIP_OFFS_UNKNOWN = 2  # games a season
STATUSES = np.array(["played", "dnp", "inactive"])
CLUB_NAMES = np.array(CLUBS)


def season_tables(season: Season) -> dict[str, Any]:
    """The season's rows by raw table, each table in order of day and game;
    players not among them."""
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
    games = Fixtures.joined([season.played.games, season.postponed, season.exhibitions])
    put_off = np.zeros(len(games), dtype=bool)
    put_off[len(season.played.games) :][: len(season.postponed)] = True
    order = np.lexsort([games.game_id, games.day])
    games, put_off = games.take(order), put_off[order]
    tip_off = games.tip_off.copy()
    unknown = season.world.stream("tip-offs").choice(len(games), TIP_OFFS_UNKNOWN, replace=False)
    tip_off[unknown] = np.datetime64("NaT")
    eligible = ~np.isin(games.kind, (PRESEASON, ALL_STAR))
    columns = _keys(season, games, np.arange(len(games))) | {
        "game_type": games.kind.astype(str),
        "home_team": Coded(CLUB_NAMES, games.home),
        "away_team": Coded(CLUB_NAMES, games.away),
        "status": np.where(put_off, "postponed", "final"),
        "tip_off": tip_off,
        "neutral_site": games.neutral,
        "covers_player_box": eligible,
        "covers_shots": eligible,
        "covers_props": eligible & (season.world.season >= PROPS_SINCE),
    }
    return raw_table("schedule", columns)


def _team_box(season: Season) -> Any:
    games = Fixtures.joined([season.played.games, season.exhibitions])
    extra = 2 * len(season.exhibitions)
    exhibited = exhibition_counts(season.world.stream("exhibition boxes"), extra)
    box = season.played.box
    counts = {name: np.append(box.team(name), exhibited[name]) for name in COUNTS}
    rounded = np.rint(box.rotation.seconds / 60).sum(axis=1) - 25 * box.overtime
    minutes = np.clip(rounded, 237, 244) + 25 * box.overtime
    row = np.arange(2 * len(games))
    row = row[np.argsort(games.day[row // 2], kind="stable")]
    columns = _keys(season, games, row // 2) | {
        "team": _teams(games, row),
        "minutes": np.append(minutes, np.full(extra, 240.0))[row],
    }
    return raw_table("team_box", columns | {name: values[row] for name, values in counts.items()})


def _player_box(season: Season) -> Any:
    world, games, box = season.world, season.played.games, season.played.box
    plus_minus = draw_plus_minus(world.stream("plus-minus"), box)
    listed = box.rotation.listed
    row, player = np.nonzero(listed)[0], box.rotation.player[listed]
    status = box.rotation.status[listed]
    counts = {name: box.count(name)[listed] for name in COUNTS}
    plus_minus_played = np.ma.masked_array(plus_minus[listed], mask=status != PLAYED)
    columns = _keys(season, games, row // 2) | {
        "player_id": world.players.player_id[player],
        "team": _teams(games, row),
        "player_name": Coded(world.players.spelled(world.season), player),
        "status": Coded(STATUSES, status),
        "minutes": box.rotation.seconds[listed] / 60,
        "plus_minus": plus_minus_played,
    }
    return raw_table("player_box", columns | counts)


def _shots(season: Season) -> Any:
    world, games, box = season.world, season.played.games, season.played.box
    everything = draw_shots(world.stream("shots"), box)
    shots = without_lost(world.stream("lost shots"), everything, len(games))
    x, y = shots.position()
    player = box.rotation.player[shots.row, shots.place]
    feet = np.floor(shots.distance).astype(np.int64)
    zones = Coded(np.array(ZONES), shots.zone)
    columns = _keys(season, games, shots.row // 2) | {
        "shot_number": shots.number(),
        "player_id": world.players.player_id[player],
        "team": _teams(games, shots.row),
        "period": shots.period(),
        "seconds_left": shots.seconds_left(),
        "zone": zones,
        "shot_value": shots.value,
        "made": shots.made,
        "distance_ft": feet,
        "x": x,
        "y": y,
        "assisted": shots.assisted,
    }
    return raw_table("shots", columns)


def _player_props(season: Season) -> Any:
    world = season.world
    rng = world.stream("props")
    row, place, lines = draw_props(rng, world, season.played)
    player = season.played.box.rotation.player[row, place]
    juice = np.round(rng.uniform(-0.08, 0.08, len(lines.which)), 2)
    market = np.zeros(len(lines.which), dtype=np.int64)
    columns = _offers(season, lines, row[lines.which] // 2) | {
        "player_id": world.players.player_id[player[lines.which]],
        "market": Coded(np.array(["points"]), market),
        "line": lines.values[:, 0],
        "over_price": np.round(1.91 + juice, 2),
        "under_price": np.round(1.91 - juice, 2),
    }
    return raw_table("player_props", columns)


def _game_lines(season: Season) -> Any:
    lines = draw_game_lines(season.world.stream("game lines"), season.world, season.played)
    values = {"spread_home": lines.values[:, 0], "total": lines.values[:, 1]}
    return raw_table("game_lines", _offers(season, lines, lines.which) | values)


def _keys(season: Season, games: Fixtures, game: Ints) -> dict[str, Any]:
    """game_id, game_date and season of rows that belong to these games."""
    return {
        "game_id": Coded(games.game_id, game),
        "game_date": games.day[game],
        "season": np.full(len(game), season.world.season),
    }


def _offers(season: Season, lines: Snapshots, game: Ints) -> dict[str, Any]:
    """The columns that both kinds of lines share."""
    seen = {"bookmaker": Coded(BOOKMAKERS, lines.bookmaker), "snapshot_at": lines.at}
    return _keys(season, season.played.games, game) | seen


def _teams(games: Fixtures, row: Ints) -> Coded:
    """The teams of team games (home first)."""
    return Coded(CLUB_NAMES, np.where(row % 2 == 0, games.home[row // 2], games.away[row // 2]))
