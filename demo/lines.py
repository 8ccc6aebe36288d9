"""What bookmakers offer before a game, and during it: snapshots of lines on players and on games.

Lines are set from what could be known beforehand; a snapshot taken during the game almost tells its
result, so that whoever reads past tip-off is found out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.arrays import Bools, Floats, Ints, Moments, Rng
from demo.fixtures import Fixtures
from demo.forecast import player_points, team_points
from demo.games import Played
from demo.world import World

BOOKMAKERS = np.array(["harbour", "northline"])
OPENING, MIDDAY, CLOSING, LIVE = range(4)
PROPS_KEPT = (1.0, 0.45, 1.0, 0.12)  # share of the snapshots that somebody recorded
GAME_LINES_KEPT = (1.0, 0.0, 1.0, 0.2)
SURPRISE = 5.0  # points off the line before a live line is worth recording
MOVE_SD, BOOKMAKER_SD, OPINION_SD = 0.8, 0.3, 0.07  # points, points, share of the forecast
MARGIN_SD, TOTAL_SD = 1.5, 2.5  # points by which the market misjudges a game


@dataclass(frozen=True)
class Snapshots:
    """Lines seen at a moment: `at` and `bookmaker` per row;
    `which` is the row of what was bet on."""

    which: Ints
    bookmaker: Ints
    at: Moments
    values: Floats


def draw_props(rng: Rng, world: World, played: Played) -> tuple[Ints, Ints, Snapshots]:
    """Points lines for the announced players: (team game, place) of each, and their snapshots."""
    rotation = played.box.rotation
    row, place = np.nonzero(rotation.announced)
    opinion = player_points(world, played)[row, place] * np.exp(rng.normal(0, OPINION_SD, len(row)))
    line = _moving(rng, opinion, MOVE_SD)
    points = played.box.count("pts")[row, place].astype(np.float64)
    line[:, :, LIVE] = points[:, None] + rng.integers(-1, 2, line.shape[:2])
    seen = rng.random(line.shape) < PROPS_KEPT
    seen[:, :, LIVE] &= (np.abs(points - opinion) > SURPRISE)[:, None]
    at = _moments(rng, played.games)[row // 2]
    return row, place, _snapshots(seen, at, (np.floor(np.maximum(line, 0)) + 0.5)[..., None])


def draw_game_lines(rng: Rng, world: World, played: Played) -> Snapshots:
    """Spread (negative for a favourite at home) and total of every game, on halves of a point."""
    forecast = team_points(world, played.games).reshape(-1, 2)
    points = played.box.team("pts").reshape(-1, 2)
    ahead = forecast[:, 0] - forecast[:, 1] + rng.normal(0, MARGIN_SD, len(points))
    spread = -_moving(rng, ahead, MOVE_SD)
    total = _moving(rng, forecast.sum(axis=1) + rng.normal(0, TOTAL_SD, len(points)), MOVE_SD)
    spread[:, :, LIVE] = (points[:, 1] - points[:, 0])[:, None]
    total[:, :, LIVE] = points.sum(axis=1)[:, None]
    seen = rng.random(spread.shape) < GAME_LINES_KEPT
    values = np.rint(2 * np.stack([spread, total], axis=3)) / 2
    return _snapshots(seen, _moments(rng, played.games), values)


def _moving(rng: Rng, opinion: Floats, move_sd: float) -> Floats:
    """A line per (row, bookmaker, snapshot)
    that starts near the opinion and moves with the news."""
    news = rng.normal(0, move_sd, len(opinion))[:, None, None] * np.array([0, 0.5, 1, 1])
    own = rng.normal(0, BOOKMAKER_SD, (len(opinion), len(BOOKMAKERS), 4))
    return np.asarray(opinion[:, None, None] + news + own)


def _moments(rng: Rng, games: Fixtures) -> Moments:
    """When each bookmaker's snapshots of a game were taken;
    closing ones often at the same minute."""
    shape = (len(games), len(BOOKMAKERS))
    minutes = np.stack(
        [
            -rng.integers(18 * 60, 30 * 60, shape),
            -rng.integers(3 * 60, 10 * 60, shape),
            -rng.choice([5, 15, 60], shape),
            rng.integers(0, 100, shape),
        ],
        axis=2,
    )
    return np.asarray(games.tip_off[:, None, None] + minutes.astype("timedelta64[m]"))


def _snapshots(seen: Bools, at: Moments, values: Floats) -> Snapshots:
    which, bookmaker, when = np.nonzero(seen)
    return Snapshots(which, bookmaker, at[which, bookmaker, when], values[which, bookmaker, when])
