"""Edits of what surrounds the games: lines and tip-offs, births, and raw rows changed by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tests.league import game_line, prop
from tests.property.games import (
    by_hand,
    emptied,
    games,
    rows_of,
    spelled,
    with_box_scores,
    write,
)
from tests.raw_rows import Row
from warehouse.duckdb import DuckDBWarehouse


def props_moved(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A player's line moves, is seen later, comes from another bookmaker, goes, or appears."""
    found = games(warehouse, covered=True)
    if not found:
        return None
    of = random.choice(found)
    lines = rows_of(warehouse, "player_props", of["game_id"])
    if lines and random.random() < 0.3:
        emptied(warehouse, of["game_id"], "player_props")
        return f"player lines of {spelled(of)} gone"
    if lines:
        line = random.choice(lines)
        line |= random.choice(
            (
                {"line": line["line"] + 1},
                _seen_later(line, random),
                {"bookmaker": "aaa"},
            )
        )
    else:
        players = rows_of(warehouse, "player_box", of["game_id"])
        lines = [
            prop(of, player["player_id"], "ace", -2, 14.5) for player in players[:3]
        ]
    write(warehouse, player_props=lines)
    return f"player lines of {spelled(of)} moved"


def _seen_later(line: Row, random: Random) -> Row:
    """Past the tip-off for some; never at the moment of another snapshot."""
    return {
        "snapshot_at": line["snapshot_at"]
        + timedelta(hours=random.randrange(12), minutes=7)
    }


def game_lines_moved(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """The spread of a game moves, is seen later, goes, or appears."""
    of = random.choice(games(warehouse))
    lines = rows_of(warehouse, "game_lines", of["game_id"])
    if lines and random.random() < 0.3:
        emptied(warehouse, of["game_id"], "game_lines")
        return f"lines of {spelled(of)} gone"
    if lines:
        line = random.choice(lines)
        line |= random.choice(
            ({"spread_home": -11.5}, {"total": 177.0}, _seen_later(line, random))
        )
    else:
        lines = [game_line(of, "ace", -3, 4.5, 199.0)]
    write(warehouse, game_lines=lines)
    return f"lines of {spelled(of)} moved"


def tip_off_moved(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A tip-off becomes known, unknown, or another: lines count until then."""
    of = random.choice(games(warehouse))
    hour = random.choice((None, 12, 18, 22))
    tip_off = hour and datetime.combine(of["game_date"], time(hour), UTC)
    write(warehouse, schedule=[of | {"tip_off": tip_off}])
    return f"{spelled(of)} begins at {tip_off}"


def birth_corrected(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A birth date is another (mostly of the same age), unknown, or a name is spelled otherwise."""
    players = sorted(
        {
            p["player_id"]
            for g in with_box_scores(warehouse)
            for p in _players(warehouse, g)
        }
    )
    if not players:
        return None
    who = random.choice(players)
    born = date(
        random.randint(1980, 2004), random.randint(1, 12), random.randint(1, 28)
    )
    change = random.choice(("birth_date + 1", "NULL", f"DATE '{born}'", "birth_date"))
    name = ", player_name = player_name || '.'" if change == "birth_date" else ""
    sql = f"UPDATE nba_raw.players SET birth_date = {change}{name} WHERE player_id = $player"
    by_hand(warehouse, sql, player=who)
    return f"player {who} born {change}{name}"


def _players(warehouse: DuckDBWarehouse, game: Row) -> list[Row]:
    return rows_of(warehouse, "player_box", game["game_id"])


BY_HAND = {
    "turnovers": "UPDATE nba_raw.team_box SET tov = tov + 1 WHERE game_id = $game",
    "a tie": "UPDATE nba_raw.team_box SET pts = 100 WHERE game_id = $game",
    "home and away swapped": (
        "UPDATE nba_raw.schedule SET home_team = away_team, away_team = home_team WHERE game_id "
        "= $game"
    ),
    "shots not covered": (
        "UPDATE nba_raw.schedule SET covers_shots = false, covers_props = false WHERE game_id = "
        "$game"
    ),
    "lines dated a day late": (
        "UPDATE nba_raw.player_box SET game_date = game_date + 1 WHERE game_id = $game AND "
        "player_id % 10 = 1"
    ),
    "shots dated a day early": "UPDATE nba_raw.shots SET game_date = game_date - 1 WHERE game_id "
    "= $game",
    "a line twice": (
        "INSERT INTO nba_raw.player_box SELECT * FROM nba_raw.player_box "
        "WHERE game_id = $game AND player_id % 10 = 2"
    ),
    "more minutes than there are": "UPDATE nba_raw.team_box SET minutes = minutes * 3 WHERE "
    "game_id = $game",
    "an all-star game": "UPDATE nba_raw.schedule SET game_type = '3' WHERE game_id = $game",
    "a play-off game": "UPDATE nba_raw.schedule SET game_type = '4' WHERE game_id = $game",
    "rows without a game": "DELETE FROM nba_raw.schedule WHERE game_id = $game",
}


def raw_by_hand(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """Raw rows of a game changed behind the warehouse's back,
    some so that they break a contract."""
    waived = {waiver.game_id for waiver in warehouse.waivers()}
    found = [
        game for game in games(warehouse, "final") if game["game_id"] not in waived
    ]
    if not found:
        return None
    of, what = random.choice(found), random.choice(sorted(BY_HAND))
    return (
        f"{what} in {spelled(of)}"
        if by_hand(warehouse, BY_HAND[what], game=of["game_id"])
        else None
    )
