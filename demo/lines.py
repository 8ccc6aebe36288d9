"""What bookmakers offer before a game, and during it: snapshots of lines on players and on games.

Lines are set from what could be known beforehand; a snapshot taken during the game almost tells its
result, so that whoever reads past tip-off is found out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.arrays import Bools, Floats, Ints, Moments, Rng
from demo.box import PACE, TALENT_SHOTS, home_edge
from demo.nba import MAKES, VALUE
from demo.schedule import Games
from demo.season import Played
from demo.world import World

BOOKMAKERS = np.array(["harbour", "northline"])
OPENING, MIDDAY, CLOSING, LIVE = range(4)
PROPS_KEPT = (1.0, 0.45, 1.0, 0.12)  # share of the snapshots that somebody recorded
GAME_LINES_KEPT = (1.0, 0.0, 1.0, 0.2)
NEWS = np.array([0, 0.5, 1, 1])  # share of the day's news that a snapshot knows
SURPRISE = 5.0  # points off the line before a live line is worth recording
MOVE_SD, BOOKMAKER_SD, OPINION_SD = (
    0.8,
    0.3,
    0.07,
)  # points, points, share of the forecast
MARGIN_SD, TOTAL_SD = 1.5, 2.5  # points by which the market misjudges a game
POINTS, POINTS_PER_MAKE = (
    1.135,
    1.75,
)  # a possession; for one more in the probability of a make
FREE_THROWS = 0.24  # points per shot from the line, for an average share of the fouls, if all fall


@dataclass(frozen=True)
class Snapshots:
    """Lines at a moment: `at` and `bookmaker` per row; `which` is the row of what was bet on."""

    which: Ints
    bookmaker: Ints
    at: Moments
    values: Floats


def draw_props(rng: Rng, world: World, played: Played) -> tuple[Ints, Ints, Snapshots]:
    """Points lines for the announced players: (team game, place) of each, and their snapshots."""
    row, place = np.nonzero(played.box.rotation.announced)
    forecast = _player_points(world, played)[row, place]
    error = rng.normal(0, OPINION_SD, len(row))
    opinion = forecast * np.exp(error)
    line = _moving_line(rng, opinion)
    points = played.box.count("pts")[row, place]
    off = rng.integers(-1, 2, line.shape[:2])
    line[:, :, LIVE] = points[:, None] + off
    surprise = np.abs(points - opinion) > SURPRISE
    seen = rng.random(line.shape) < PROPS_KEPT
    seen[:, :, LIVE] &= surprise[:, None]
    at = _moments(rng, played.games)[row // 2]
    values = np.floor(np.maximum(line, 0)) + 0.5
    return row, place, _snapshots(seen, at, values[..., None])


def draw_game_lines(rng: Rng, world: World, played: Played) -> Snapshots:
    """Spread (negative for a favourite at home) and total of every game, on halves of a point."""
    games = len(played.games)
    home, away = _team_points(world, played.games).reshape(games, 2).T
    ahead = home - away + rng.normal(0, MARGIN_SD, games)
    spread = -_moving_line(rng, ahead)
    together = home + away + rng.normal(0, TOTAL_SD, games)
    total = _moving_line(rng, together)
    home_points, away_points = (
        played.box.team("pts").reshape(games, 2, 1).transpose(1, 0, 2)
    )
    spread[:, :, LIVE] = away_points - home_points
    total[:, :, LIVE] = home_points + away_points
    seen = rng.random(spread.shape) < GAME_LINES_KEPT
    halves = np.rint(2 * np.stack([spread, total], axis=3))
    return _snapshots(seen, _moments(rng, played.games), halves / 2)


def _team_points(world: World, games: Games) -> Floats:
    """Expected points per team game (home first), from the teams' strengths alone."""
    strengths = world.strengths
    opponent = np.stack([games.away, games.home], axis=1).ravel()
    defence = strengths.defence[opponent].mean(axis=1)
    makes = strengths.offence[games.teams] + defence + home_edge(games)
    pace = PACE + strengths.pace[games.home] + strengths.pace[games.away]
    points: Floats = np.repeat(pace, 2) * (POINTS + POINTS_PER_MAKE * makes)
    return points


def _player_points(world: World, played: Played) -> Floats:
    """Expected points (team game, place): the team's, shared by minutes, appetite and touch."""
    rotation = played.box.rotation
    players = world.players.take(rotation.player)
    shots = rotation.expected * np.exp(TALENT_SHOTS * players.talent) * players.appetite
    touch = (players.share * (MAKES + players.skill) * VALUE).sum(axis=2)
    line = FREE_THROWS * players.rates("trips") * players.free_throw
    weight = shots * (touch + line)
    team = _team_points(world, played.games)[:, None]
    points: Floats = team * weight / weight.sum(axis=1, keepdims=True)
    return points


def _moving_line(rng: Rng, opinion: Floats) -> Floats:
    """A line per (row, bookmaker, snapshot) that starts near the opinion and moves with news."""
    shape = (len(opinion), len(BOOKMAKERS), len(NEWS))
    news = rng.normal(0, MOVE_SD, len(opinion))
    own = rng.normal(0, BOOKMAKER_SD, shape)
    moved: Floats = opinion[:, None, None] + news[:, None, None] * NEWS
    return moved + own


def _moments(rng: Rng, games: Games) -> Moments:
    """When each bookmaker's snapshots of a game were taken; closing ones often at the same
    minute."""
    shape = (len(games), len(BOOKMAKERS))
    opening = -rng.integers(18 * 60, 30 * 60, shape)
    midday = -rng.integers(3 * 60, 10 * 60, shape)
    closing = -rng.choice([5, 15, 60], shape)
    live = rng.integers(0, 100, shape)
    minutes = np.stack([opening, midday, closing, live], axis=2)
    moments: Moments = games.tip_off[:, None, None] + minutes.astype("timedelta64[m]")
    return moments


def _snapshots(seen: Bools, at: Moments, values: Floats) -> Snapshots:
    """The snapshots that somebody recorded, of (row, bookmaker, snapshot) arrays."""
    which, bookmaker, when = np.nonzero(seen)
    moment = at[which, bookmaker, when]
    return Snapshots(which, bookmaker, moment, values[which, bookmaker, when])
