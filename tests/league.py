"""A made-up league for tests: six teams, the end
of one season and six weeks of the next; always the same.

Small enough to compute in seconds, long enough for 15 games a team well past the bootstrap. In it:
a traded player, one who is hurt for good, one who comes late, players who did not play, a postponed
game, a cup final and play-offs without player box scores, a preseason game and an all-star game, a
game without shots and one with a shot too few, overtime, tip-off times known and unknown, lines of
two bookmakers before the games.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tests.raw_rows import Row, World, game, played, team_line

TEAMS = ("ASH", "BAY", "COR", "DUN", "ELM", "FEN")
ROUNDS = ((0, 2, 3, 1), (1, 0, 2, 3), (3, 0, 1, 2))
MINUTES = {6: (44, 44, 42, 40, 38, 32), 7: (40, 40, 40, 36, 34, 30, 20)}

FIRST_DAY, DAYS = date(2023, 10, 24), 40
EARLIER_FIRST_DAY, EARLIER_DAYS = date(2023, 4, 1), 6
PLAYOFFS_FROM = FIRST_DAY + timedelta(days=38)
CUP_FINAL, POSTPONED = "0062300001", "0022309999"
WITHOUT_SHOTS, SHORT_OF_A_SHOT, OVERTIME = "0022300012", "0022300015", "0022300007"

TRADED, HURT, LATE = 205, 306, 407
TRADE_DAY, LATE_DAY = FIRST_DAY + timedelta(days=20), FIRST_DAY + timedelta(days=25)
LAST_DAY_OF_HURT = FIRST_DAY + timedelta(days=3)
UNCOVERED = {"covers_player_box": False, "covers_shots": False, "covers_props": False}


def league() -> World:
    """Every raw table of the league, as rows that a test may change."""
    random = Random(20231024)
    world: World = {
        "schedule": [*_games()],
        "team_box": [],
        "player_box": [],
        "shots": [],
    }
    world |= {"players": [], "player_props": [], "game_lines": []}
    for of in world["schedule"]:
        if of["status"] == "final":
            play(world, of, random)
    for i in sorted({row["player_id"] for row in world["player_box"]}):
        born = date(1985 + i % 18, 1 + i % 12, 1 + i % 28) if i % 10 != 7 else None
        world["players"].append(
            {"player_id": i, "player_name": f"Player {i}", "birth_date": born}
        )
    return world


def _games() -> Iterator[Row]:
    yield from _season(EARLIER_FIRST_DAY, EARLIER_DAYS, "00222")
    yield from _season(FIRST_DAY, DAYS, "00223")
    yield game("0012300001", date(2023, 10, 10), "ASH", "XYZ", **UNCOVERED)
    yield game("0032300001", date(2023, 11, 13), "EST", "WST", **UNCOVERED)
    yield game(CUP_FINAL, FIRST_DAY + timedelta(days=27), "COR", "DUN", **UNCOVERED)
    yield game(
        POSTPONED, FIRST_DAY + timedelta(days=9), "ASH", "FEN", status="postponed"
    )


def _season(first: date, days: int, prefix: str) -> Iterator[Row]:
    """Two games a day, none on each seventh; two of the six teams rest in turn."""
    number = 0
    for i in (i for i in range(days) if i % 7 != 6):
        resting = 2 * (i % 3)
        a, b, c, d = (
            (TEAMS[:resting] + TEAMS[resting + 2 :])[t] for t in ROUNDS[i // 3 % 3]
        )
        for home, away in ((a, b), (c, d)):
            yield _scheduled(
                f"{prefix}{number:05d}", first + timedelta(days=i), home, away, number
            )
            number += 1


def _scheduled(game_id: str, day: date, home: str, away: str, number: int) -> Row:
    tip_off = datetime.combine(day, time(23, 30), UTC) if number % 5 else None
    if day >= PLAYOFFS_FROM:
        return game(f"004{game_id[3:]}", day, home, away, tip_off=tip_off, **UNCOVERED)
    return game(
        game_id, day, home, away, tip_off=tip_off, covers_shots=game_id != WITHOUT_SHOTS
    )


def play(world: World, of: Row, random: Random) -> None:
    """Box scores of both teams, and what the game's coverage promises beside them."""
    teams = (of["home_team"], of["away_team"])
    lines = [line for team in teams for line in _lines(of, team, random)]
    home, away = (
        sum(line["pts"] for line in lines if line["team"] == team) for team in teams
    )
    if home == away:
        lines[-1].update(
            {column: lines[-1][column] + 1 for column in ("ftm", "fta", "pts")}
        )
    world["team_box"] += [team_line(of, team, lines) for team in teams]
    if of["covers_player_box"]:
        world["player_box"] += lines
        world["player_props"] += [
            row for line in lines[::3] for row in _props(of, line, random)
        ]
        world["game_lines"] += _game_lines(of, random)
    if of["covers_shots"]:
        taken = [shot for line in lines for shot in shots_of(line, random)]
        numbered = [{**shot, "shot_number": n} for n, shot in enumerate(taken, 1)]
        world["shots"] += (
            numbered[:-1] if of["game_id"] == SHORT_OF_A_SHOT else numbered
        )


def _lines(of: Row, team: str, random: Random) -> Iterator[Row]:
    """The lines of a team's players of that day;
    the last of seven sits out every third game or so."""
    ids = _roster(team, of["game_date"])
    if len(ids) == 7 and random.randrange(3) == 0:
        nothing = dict.fromkeys(("minutes", "fgm", "fga", "pts"), 0)
        yield played(of, ids.pop(), team, status="dnp", **nothing)
    minutes = MINUTES.get(len(ids)) or (30,) * len(ids)
    for place, player_id in enumerate(ids):
        extra = 5 if of["game_id"] == OVERTIME and place < 5 else 0
        yield _line(of, player_id, team, minutes[place] + extra, random)


def _roster(team: str, day: date) -> list[int]:
    """Seven players a team, 101..107 and so on; who is hurt or not there yet is left out."""
    first = 100 * (1 + TEAMS.index(team)) if team in TEAMS else 900
    ids = {*range(first + 1, first + 8)} - ({LATE} if day < LATE_DAY else set())
    if day > LAST_DAY_OF_HURT:
        ids -= {HURT}
    if day >= TRADE_DAY:
        ids = ids - {TRADED} if team != "COR" else ids | {TRADED}
    return sorted(ids)


def _line(of: Row, player_id: int, team: str, minutes: int, random: Random) -> Row:
    threes, twos, free = (
        random.randint(1, 5),
        random.randint(7, 11),
        random.randint(0, 4),
    )
    fg3m, made, ftm = (
        random.randint(0, threes),
        random.randint(2, 6),
        random.randint(0, free),
    )
    row = {
        "fgm": fg3m + made,
        "fga": threes + twos,
        "fg3m": fg3m,
        "fg3a": threes,
        "ftm": ftm,
        "fta": free,
    }
    row |= {
        "pts": 2 * made + 3 * fg3m + ftm,
        "tov": random.randint(0, 3),
        "pf": random.randint(0, 5),
    }
    row |= {
        "oreb": random.randint(0, 2),
        "dreb": random.randint(0, 6),
        "ast": random.randint(0, 7),
    }
    return played(
        of, player_id, team, minutes=minutes, **row, reb=row["oreb"] + row["dreb"]
    )


def shots_of(line: Row, random: Random) -> Iterator[Row]:
    """As many shots as the line has attempts, made and missed; they lack only their number."""
    of = {
        column: line[column]
        for column in ("game_id", "game_date", "season", "player_id", "team")
    }
    zones = {
        3: ("above_break_3", "left_corner_3"),
        2: ("restricted_area", "paint", "mid_range"),
    }
    threes = [(3, n < line["fg3m"]) for n in range(line["fg3a"])]
    twos = [
        (2, n < line["fgm"] - line["fg3m"]) for n in range(line["fga"] - line["fg3a"])
    ]
    for value, made in [*threes, *twos]:
        shot = {"zone": random.choice(zones[value]), "shot_value": value, "made": made}
        shot |= {
            "assisted": made and random.random() < 0.5,
            "period": 1,
            "seconds_left": 600,
        }
        yield of | shot | {"distance_ft": 5, "x": None, "y": None}


def tip_off_of(of: Row) -> datetime:
    """Before when a line of the game counts: its tip-off, or 00:00 UTC of its date."""
    known: datetime | None = of["tip_off"]
    return known or datetime.combine(of["game_date"], time(), UTC)


def _props(of: Row, line: Row, random: Random) -> Iterator[Row]:
    for bookmaker in ("ace", "bet"):
        for hours in (9, 1):
            yield prop(
                of, line["player_id"], bookmaker, -hours, 12.5 + random.randrange(8)
            )


def _game_lines(of: Row, random: Random) -> Iterator[Row]:
    for hours in (9, 1):
        yield game_line(
            of, "ace", -hours, random.randint(-9, 9) + 0.5, 180.5 + random.randrange(30)
        )


def prop(of: Row, player_id: int, bookmaker: str, hours: float, line: float) -> Row:
    """A points line seen that many hours after the game's tip-off."""
    row = _seen(of, bookmaker, hours) | {"player_id": player_id, "market": "points"}
    return row | {"line": line, "over_price": 1.9, "under_price": 1.9}


def game_line(
    of: Row, bookmaker: str, hours: float, spread_home: float, total: float
) -> Row:
    """Spread and total seen that many hours after the game's tip-off."""
    return _seen(of, bookmaker, hours) | {"spread_home": spread_home, "total": total}


def report(of: Row, team: str, hours: float, submitted: bool = True) -> Row:
    """An injury report on a team that came out that many hours after the game's tip-off."""
    row = _reported(of, team, hours)
    return row | {"submitted": submitted, "listed": 1}


def injury(of: Row, player_id: int, team: str, hours: float, status: str) -> Row:
    """What a report of that moment says of a player."""
    row = _reported(of, team, hours) | {"player_id": player_id}
    return row | {"status": status, "reason": None}


def _reported(of: Row, team: str, hours: float) -> Row:
    named = {name: of[name] for name in ("game_id", "game_date", "season")}
    moment = tip_off_of(of) + timedelta(hours=hours)
    return named | {"team": team, "reported_at": moment}


def _seen(of: Row, bookmaker: str, hours: float) -> Row:
    row = {
        "game_id": of["game_id"],
        "bookmaker": bookmaker,
        "game_date": of["game_date"],
    }
    return row | {
        "season": of["season"],
        "snapshot_at": tip_off_of(of) + timedelta(hours=hours),
    }
