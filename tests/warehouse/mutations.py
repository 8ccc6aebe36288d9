"""Worlds in which the games of one date, D, went otherwise; every other date is as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from random import Random

from tests.league import FIRST_DAY, game_line, injury, prop, report, shots_of
from tests.raw_rows import COUNTING, Row, World, played, team_line

D = FIRST_DAY + timedelta(days=31)
"""Past the bootstrap, with zone tables on it and games after it;
one of its games has no tip-off time."""
STRANGERS = (991, 992)
Mutation = Callable[[World], World]


def of_date(world: World) -> World:
    """The raw rows of D."""
    return {
        t: [dict(row) for row in listed if row.get("game_date") == D]
        for t, listed in world.items()
    }


def with_lines(of: World, lines: list[Row]) -> World:
    """The same games with other player lines; team lines and shots follow from them."""
    random, shots = Random(1), []
    for game in of["schedule"]:
        taken = [
            s
            for line in lines
            if line["game_id"] == game["game_id"]
            for s in shots_of(line, random)
        ]
        shots += [
            {**shot, "shot_number": number} for number, shot in enumerate(taken, 1)
        ]
    teams = [
        (g, team) for g in of["schedule"] for team in (g["home_team"], g["away_team"])
    ]
    boxes = [
        team_line(
            g, t, [r for r in lines if r["game_id"] == g["game_id"]], minutes=240.0
        )
        for g, t in teams
    ]
    return {**of, "player_box": lines, "team_box": boxes, "shots": shots}


def multiplied(of: World) -> World:
    """Every third player did everything twice."""
    return with_lines(
        of,
        [
            row | {c: row[c] * (2 - bool(n % 3)) for c in COUNTING}
            for n, row in enumerate(of["player_box"])
        ],
    )


def dropped(of: World) -> World:
    """Every team's best minutes are not in the box score."""
    first = {
        row["team"]: row["player_id"]
        for row in reversed(of["player_box"])
        if row["status"] == "played"
    }
    return with_lines(
        of, [row for row in of["player_box"] if row["player_id"] not in first.values()]
    )


def added(of: World) -> World:
    """Two players whom no earlier game knows, and lines on them from before and during the game."""
    game = of["schedule"][0]
    lines = [
        played(game, i, game["home_team"], fg3m=1, fg3a=2, pts=11, tov=1)
        for i in STRANGERS
    ]
    lines_on_them = [
        prop(game, i, "ace", hours, 9.5) for i in STRANGERS for hours in (-1, 0.5)
    ]
    return with_lines(of, of["player_box"] + lines) | {
        "player_props": of["player_props"] + lines_on_them
    }


def repeated(of: World) -> World:
    """Every row of the date but the schedule's is there twice."""
    return {
        table: listed * (1 if table == "schedule" else 2)
        for table, listed in of.items()
    }


def morning(of: World) -> World:
    """The date as it was before its games: scheduled, with lines, without results."""
    return {
        **{table: [] for table in of},
        "schedule": [game | {"status": "scheduled"} for game in of["schedule"]],
        "player_props": of["player_props"],
        "game_lines": of["game_lines"],
    }


def seen(of: World, *hours: float) -> World:
    """Other lines on every player and game, and reports on all players, seen that many hours after
    tip-off."""
    games = {game["game_id"]: game for game in of["schedule"]}
    sides = [
        (g, g[side]) for g in games.values() for side in ("home_team", "away_team")
    ]
    reports = [report(game, team, late) for game, team in sides for late in hours]
    injuries = [
        injury(games[row["game_id"]], row["player_id"], row["team"], late, status)
        for row, status in zip(of["player_box"], cycle(("Out", "Probable")))
        for late in hours
    ]
    on = [(games[row["game_id"]], row["player_id"]) for row in of["player_box"]]
    props = [
        prop(game, player, "aaa", late, 40.5) for game, player in on for late in hours
    ]
    lines = [
        game_line(game, "aaa", late, 30.5, 300.5)
        for game in games.values()
        for late in hours
    ]
    return {
        **of,
        "player_props": of["player_props"] + props,
        "game_lines": of["game_lines"] + lines,
        "injury_reports": reports,
        "injuries": injuries,
    }


def seen_too_late(of: World) -> World:
    """Lines and injury reports at tip-off, and two hours later."""
    return seen(of, 0, 2)


def seen_just_in_time(of: World) -> World:
    """Lines and injury reports half a minute before tip-off."""
    return seen(of, -0.01)
