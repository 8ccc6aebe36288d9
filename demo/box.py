"""Box scores of games between two teams; two rows per game (home first).

Who plays is drawn first, then how possessions end, then who does what: teams are the sums of their
players, so that every column adds up by construction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.arrays import Bools, Floats, Ints, Rng, Rows, deal
from demo.nba import MAKES, SEASONS, VALUE
from demo.players import SLOTS
from demo.schedule import Games
from demo.world import World

# Minutes by place in the rotation, before the night's luck; what is left is garbage time.
MINUTES = np.array([34.5, 33, 31, 29, 27, 22.5, 18.5, 15, 11.5, 8, 5, 3, 2.5])
UNSTEADY = np.array(
    [0.11] * 3 + [0.13] * 2 + [0.17, 0.2, 0.25, 0.35, 0.45, 0.6, 0.8, 0.8]
)
PLAY, PLAY_SD, FEWEST_PLAY, MOST_PLAY = 10.2, 0.85, 8, 12
LONGEST = 44.0  # minutes without overtime; the whole of overtime comes on top
NIGHT_OFF = 0.015  # chance that a fit player sits out, announced late
ANNOUNCED = 8  # players of a team with whom the public reckons
LISTED = 12  # names on a team's list
STILL_LISTED = 2  # days for which an injured player is on the list of inactives
PLAYED, DNP, INACTIVE = 0, 1, 2

PACE, PACE_SD = 100.6, 3.0  # possessions per 48 minutes, and from game to game
TURNOVERS = 0.129  # per possession, by players
OWN_TURNOVERS = 0.45  # per game: shot clock, five seconds
TRIPS, AND_ONES = 9.5, 2.2  # to the line per 100 possessions
BOARDS = 0.28  # of the misses of first chances
ASSISTED = 0.635  # of the makes
RECOVERED = 0.88  # of the other side's loose misses; the rest goes out of bounds
STOLEN, BLOCKED = 0.61, 0.19  # of the other side's turnovers and two-point misses
OTHER_FOULS = 9  # per game, beside those that send somebody to the line
FOUL_OUT = 6

HOME_EDGE = 0.0065  # added to the probability of every make at home, taken away from the visitors
DEFENDED_AS = np.array([0, 0, 1, 2, 2, 2, 2])  # zones as columns of a team's defence
TALENT_MAKES = 0.012  # more makes per shot for a standard deviation of talent
TALENT_SHOTS = 0.28  # more shots, of the logarithm
EVEN = 3  # one chance in so many falls as often as it should: real scores vary less than coins
HAND_SD = 0.2  # of the logarithm of a player's share of the shots from night to night
LUCK = 7.0  # points by which a player's plus-minus differs from his share of the team's

COUNTS = (
    *("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb"),
    *("ast", "stl", "blk", "tov", "pf", "pts"),
)


@dataclass(frozen=True)
class Rotation(Rows):
    """(team game, place) arrays; those who played come first, the best of them leftmost.

    `status` is PLAYED, DNP or INACTIVE; `listed` says whether the box score has a row at all;
    `announced` are the players with whom the public reckons beforehand, `expected` their usual
    minutes.
    """

    player: Ints
    status: Ints
    listed: Bools
    seconds: Ints
    announced: Bools
    expected: Floats


@dataclass(frozen=True)
class Plan:
    """How the possessions of each team game (home first) end, before anyone is named.

    `chances` are possessions that end with a shot; every offensive rebound adds one more.
    `rebounding` and `assists` are shares, of the misses and of the makes.
    """

    chances: Ints
    trips: Ints
    and_ones: Ints
    turnovers: Ints
    own_turnovers: Ints
    rebounding: Floats
    assists: Floats


@dataclass(frozen=True)
class Shooting:
    """`attempts` and `makes` are (team game, place, zone), free throws (team game, place).

    `second_chances` are the team's shots after its own misses, one for each offensive rebound.
    """

    attempts: Ints
    makes: Ints
    fta: Ints
    ftm: Ints
    second_chances: Ints

    def counts(self) -> dict[str, Ints]:
        """The counting columns of shooting, (team game, place) each."""
        threes = VALUE == 3
        fgm = self.makes.sum(axis=2)
        fg3m = self.makes[:, :, threes].sum(axis=2)
        return {
            "fgm": fgm,
            "fga": self.attempts.sum(axis=2),
            "fg3m": fg3m,
            "fg3a": self.attempts[:, :, threes].sum(axis=2),
            "ftm": self.ftm,
            "fta": self.fta,
            "pts": 2 * fgm + fg3m + self.ftm,
        }


@dataclass(frozen=True)
class Box(Rows):
    """Box scores: rows are team games, columns places of the rotation; `counts` has COUNTS last.

    `attempts` and `makes` are by zone; `own_turnovers` are the team's that no player committed.
    """

    rotation: Rotation
    counts: Ints
    attempts: Ints
    makes: Ints
    own_turnovers: Ints
    overtime: Ints

    def count(self, name: str) -> Ints:
        """One counting column of the players, (team game, place)."""
        return self.counts[:, :, COUNTS.index(name)]

    def team(self, name: str) -> Ints:
        """One counting column of the teams, (team game)."""
        total: Ints = self.count(name).sum(axis=1)
        return total + self.own_turnovers if name == "tov" else total

    def margin(self) -> Ints:
        """Points ahead at the end, per team game."""
        points = self.team("pts")
        return points - points[_opponent(len(points))]


def draw_box(rng: Rng, world: World, games: Games, overtime: Ints) -> Box:
    """Play these games once; a tie may come out, for overtime is decided elsewhere."""
    rotation = _rotation(rng, world, games, overtime)
    plan = _plan(rng, world, games, overtime)
    shots = _shoot(rng, world, games, rotation, plan)
    counts = shots.counts() | _other_counts(rng, world, rotation, plan, shots)
    return Box(
        rotation=rotation,
        counts=np.stack([counts[name] for name in COUNTS], axis=2),
        attempts=shots.attempts,
        makes=shots.makes,
        own_turnovers=plan.own_turnovers,
        overtime=np.repeat(overtime, 2),
    )


def draw_plus_minus(rng: Rng, box: Box) -> Ints:
    """How far ahead a team was while a player was on the floor, (team game, place): rows add up to
    five times the margin; 0 for who did not play."""
    played = box.rotation.status == PLAYED
    seconds = box.rotation.seconds
    share = seconds / seconds.sum(axis=1, keepdims=True)
    drawn = rng.normal(0, LUCK, played.shape)
    luck = np.where(played, drawn, 0.0)
    surplus = luck.sum(axis=1, keepdims=True)
    luck -= played * surplus / played.sum(axis=1, keepdims=True)
    total = 5 * box.margin()[:, None]
    exact = total * share + luck
    whole = np.floor(exact).astype(np.int64)
    # Of what rounding down took, one point each to those who lost the most by it.
    missing = total - whole.sum(axis=1, keepdims=True)
    order = np.argsort(whole - exact, axis=1)
    by_loss = np.argsort(order, axis=1)
    rounded: Ints = whole + (by_loss < missing)
    return rounded


def _opponent(team_games: int) -> Ints:
    """The row of the other side, for each team game."""
    return np.arange(team_games) ^ 1


def _rotation(rng: Rng, world: World, games: Games, overtime: Ints) -> Rotation:
    """Pick the players of every game and deal out its minutes: exactly 5 × (48 + 5 · overtime)."""
    day = np.repeat(games.day, 2)
    player = world.rosters.on(day, games.teams)
    since = (day - np.datetime64(SEASONS[world.season].opening, "D")).astype(np.int64)
    hurt = world.out[player, since[:, None]]
    resting = (hurt == 0) & (rng.random(player.shape) < NIGHT_OFF)
    form = world.players.talent[player] + rng.normal(0, 0.15, player.shape)
    order = np.argsort(-(form - 50 * resting - 100 * (hurt > 0)), axis=1)
    player, hurt, resting = (
        np.take_along_axis(a, order, axis=1) for a in (player, hurt, resting)
    )
    played = _those_who_play(rng, (hurt == 0) & ~resting)
    out = (hurt > 0) | resting
    status = np.where(played, PLAYED, np.where(out, INACTIVE, DNP))
    late = resting & ~played & (world.players.talent[player] > 0.5)
    place = np.arange(SLOTS)
    in_sight = (status != INACTIVE) | (hurt <= STILL_LISTED)
    return Rotation(
        player=player,
        status=status,
        listed=late | ((place < LISTED) & in_sight),
        seconds=_seconds(rng, played, np.repeat(overtime, 2)),
        announced=(played & (place < ANNOUNCED)) | late,
        expected=np.where(late, MINUTES[4], np.where(played, MINUTES, 0.0)),
    )


def _those_who_play(rng: Rng, fit: Bools) -> Bools:
    """The first 8 to 12 of each row, no more than are fit; a team short of eight plays hurt."""
    drawn = np.rint(rng.normal(PLAY, PLAY_SD, len(fit)))
    size = np.clip(drawn, FEWEST_PLAY, MOST_PLAY)
    count = np.maximum(np.minimum(size, fit.sum(axis=1)), FEWEST_PLAY)
    plays: Bools = np.arange(SLOTS) < count[:, None]
    return plays


def _seconds(rng: Rng, played: Bools, overtime: Ints) -> Ints:
    """Seconds on the floor, rows adding up to 14,400 and 1,500 more per overtime."""
    total = 60.0 * (240 + 25 * overtime[:, None])
    longest = 60.0 * (LONGEST + 5 * overtime[:, None])
    luck = np.exp(UNSTEADY * rng.standard_normal(played.shape))
    share = np.where(played, MINUTES * luck, 0.0)
    seconds = share * (total / share.sum(axis=1, keepdims=True))
    for _ in range(4):  # what exceeds the longest stint goes to the others
        capped = np.minimum(seconds, longest)
        surplus = total - capped.sum(axis=1, keepdims=True)
        room = np.where(capped < longest, capped, 0.0)
        seconds = capped + room * (surplus / room.sum(axis=1, keepdims=True))
    whole: Ints = np.floor(seconds).astype(np.int64)
    rest = total[:, 0] - whole.sum(axis=1)
    whole[:, 4] += rest.astype(np.int64)
    return whole


def _plan(rng: Rng, world: World, games: Games, overtime: Ints) -> Plan:
    """Totals such that chances + 0.44 free throws + turnovers are the possessions."""
    team = games.teams
    strengths = world.strengths
    pace = PACE + strengths.pace[games.home] + strengths.pace[games.away]
    pace += rng.normal(0, PACE_SD, len(games))
    length = 1 + 5 * overtime / 48
    possessions = np.repeat(pace * length, 2) + rng.normal(0, 0.6, len(team))
    careless = TURNOVERS * (1 + strengths.turnovers[team])
    turnovers = rng.binomial(possessions.astype(np.int64), careless)
    own_turnovers = np.minimum(rng.poisson(OWN_TURNOVERS, len(team)), 2)
    trips = rng.poisson(TRIPS * possessions / 100)
    and_ones = rng.poisson(AND_ONES * possessions / 100)
    chances = possessions - turnovers - own_turnovers - 0.44 * (2 * trips + and_ones)
    return Plan(
        chances=np.rint(chances).astype(np.int64),
        trips=trips,
        and_ones=and_ones,
        turnovers=turnovers,
        own_turnovers=own_turnovers,
        rebounding=BOARDS * (1 + strengths.boards[team]),
        assists=np.clip(ASSISTED + strengths.passing[team], 0.45, 0.8),
    )


def _shoot(
    rng: Rng, world: World, games: Games, rotation: Rotation, plan: Plan
) -> Shooting:
    """All shots of these games: first chances, then one more for every offensive rebound."""
    players = world.players.take(rotation.player)
    hand = rng.normal(0, HAND_SD, rotation.player.shape)
    touch = np.exp(TALENT_SHOTS * players.talent + hand)
    appetite = touch * players.appetite * rotation.seconds
    chance = _chance(world, games, rotation.player)

    def attempts(chances: Ints) -> Ints:
        return deal(rng, deal(rng, chances, appetite), players.share)

    even = attempts(plan.chances // EVEN)
    rest = attempts(plan.chances - plan.chances // EVEN)
    makes = _even_makes(rng, even, chance) + rng.binomial(rest, chance)
    misses = (even + rest - makes).sum(axis=(1, 2))
    boards = rng.binomial(misses, plan.rebounding)
    again = attempts(boards)
    drawing_fouls = appetite * players.rates("trips")
    trips = deal(rng, plan.trips, drawing_fouls)
    fta = 2 * trips + deal(rng, plan.and_ones, drawing_fouls)
    return Shooting(
        attempts=even + rest + again,
        makes=makes + rng.binomial(again, chance),
        fta=fta,
        ftm=rng.binomial(fta, players.free_throw),
        second_chances=boards,
    )


def _even_makes(rng: Rng, attempts: Ints, chance: Floats) -> Ints:
    """Makes whose number per team game is within one of the expected; each single one is random."""
    rows = len(attempts)
    expected = (attempts * chance).reshape(rows, -1)
    so_far = np.cumsum(expected, axis=1)
    whole = np.floor(so_far + rng.random((rows, 1)))
    makes = np.diff(whole, axis=1, prepend=0).astype(np.int64)
    return makes.reshape(attempts.shape)


def _chance(world: World, games: Games, player: Ints) -> Floats:
    """The probability of a make, (team game, place, zone)."""
    team = games.teams
    opponent = team[_opponent(len(team))]
    offence = world.strengths.offence[team] + home_edge(games)
    defence = world.strengths.defence[opponent][:, DEFENDED_AS]
    ahead = offence[:, None] + defence
    talent = world.players.talent[player][:, :, None]
    own = world.players.skill[player] + TALENT_MAKES * talent
    chance = MAKES + own + ahead[:, None, :]
    chance[:, :, -1] = MAKES[-1]
    return np.clip(chance, 0.02, 0.95)


def home_edge(games: Games) -> Floats:
    """What the floor adds to the probability of a make, per team game; 0 on neutral ones."""
    edge = np.where(games.neutral, 0, HOME_EDGE)
    return np.stack([edge, -edge], axis=1).ravel()


def _other_counts(
    rng: Rng, world: World, rotation: Rotation, plan: Plan, shots: Shooting
) -> dict[str, Ints]:
    """Rebounds, assists, steals, blocks, turnovers and fouls: the teams' follow from the shots,
    and are dealt out to players by minutes and each one's rate."""
    totals = _totals(rng, plan, shots)
    players = world.players.take(rotation.player)
    counts = {}
    for name, total in totals.items():
        counts[name] = deal(rng, total, players.rates(name) * rotation.seconds)
    counts["pf"] = np.minimum(counts["pf"], FOUL_OUT)
    counts["reb"] = counts["oreb"] + counts["dreb"]
    return counts


def _totals(rng: Rng, plan: Plan, shots: Shooting) -> dict[str, Ints]:
    """The teams' counts that shots do not hold, per team game."""
    other = _opponent(len(plan.trips))
    missed = (shots.attempts - shots.makes).sum(axis=1)
    made = shots.makes.sum(axis=(1, 2))
    missed_free = (shots.fta - shots.ftm).sum(axis=1)
    loose = missed.sum(axis=1) + missed_free * 45 // 100 - shots.second_chances
    blockable = missed[:, VALUE == 2].sum(axis=1)
    return {
        "oreb": shots.second_chances,
        "dreb": rng.binomial(loose[other], RECOVERED),
        "ast": rng.binomial(made, plan.assists),
        "stl": rng.binomial(plan.turnovers[other], STOLEN),
        "blk": rng.binomial(blockable[other], BLOCKED),
        "tov": plan.turnovers,
        "pf": plan.trips[other] + rng.poisson(OTHER_FOULS, len(made)),
    }
