"""The Odds API about the stand-in's league: names for ids, an envelope with its moment, credits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sources.names import TEAMS
from tests.stats_stand_in.faults import Reply
from tests.stats_stand_in.league import Row, StandInLeague

KEY = "planted-odds-key-0123456789"
ACCOUNT = 20_000
"""Credits that the account has at first."""
STEP = timedelta(minutes=5)
FULL_NAMES = {team: name for name, team in TEAMS.items()}


def odds_reply(
    league: StandInLeague, path: str, params: Mapping[str, str], spent_before: int
) -> tuple[Reply, int]:
    """The answer to a call, and the credits that it takes."""
    if params.get("apiKey") != KEY:
        return _said(401, {"message": "API key is not valid"}), 0
    moment = datetime.fromisoformat(params["date"])
    parts = path.strip("/").split("/")
    if parts[-1] == "events":
        return _envelope(moment, _events(league, moment), 1, spent_before)
    cost = 10 * len(params["markets"].split(","))
    if parts[-3:-2] == ["events"]:
        game = league.game(parts[-2].removeprefix("event-"))
        return _envelope(moment, _with_props(league, game, moment), cost, spent_before)
    found = [_with_lines(league, game, moment) for game in _open(league, moment)]
    return _envelope(moment, found, cost, spent_before)


def _envelope(
    moment: datetime, data: Any, cost: int, spent_before: int
) -> tuple[Reply, int]:
    seen = {"timestamp": _written(snapshot_of(moment)), "previous_timestamp": None}
    body = json.dumps({**seen, "next_timestamp": None, "data": data}).encode()
    left = ACCOUNT - spent_before - cost
    headers = {"x-requests-last": str(cost), "x-requests-remaining": str(left)}
    return Reply(body, headers=headers), cost


def _said(status: int, words: Any) -> Reply:
    return Reply(json.dumps(words).encode(), status)


def snapshot_of(moment: datetime) -> datetime:
    """The moment of the snapshot that stands for another: the last five minutes that are full."""
    seconds = (
        int(moment.timestamp()) // int(STEP.total_seconds()) * int(STEP.total_seconds())
    )
    return datetime.fromtimestamp(seconds, UTC)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _open(league: StandInLeague, moment: datetime) -> list[Row]:
    """The games of the day of a moment that have not begun."""
    return [
        game
        for game in league.tables["schedule"]
        if game["tip_off"] is not None
        and {game["home_team"], game["away_team"]} <= FULL_NAMES.keys()
        and game["status"] == "final"
        and moment <= game["tip_off"] < moment + timedelta(hours=14)
    ]


def _event(game: Row) -> Row:
    return {
        "id": f"event-{game['game_id']}",
        "sport_key": "basketball_nba",
        "commence_time": _written(game["tip_off"]),
        "home_team": FULL_NAMES[game["home_team"]],
        "away_team": FULL_NAMES[game["away_team"]],
    }


def _events(league: StandInLeague, moment: datetime) -> list[Row]:
    return [_event(game) for game in _open(league, moment)]


def latest(rows: Iterable[Row], moment: datetime, *keys: str) -> list[Row]:
    """Of rows with the same keys the last one that was seen by a moment."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda row: str(row["snapshot_at"])):
        if row["snapshot_at"] <= moment:
            found[tuple(row[key] for key in keys)] = row
    return list(found.values())


def _with_props(league: StandInLeague, game: Row, moment: datetime) -> Row:
    names = {row["player_id"]: row["player_name"] for row in league.tables["players"]}
    of_game = (
        r for r in league.tables["player_props"] if r["game_id"] == game["game_id"]
    )
    offers: dict[str, list[Row]] = defaultdict(list)
    for row in latest(of_game, moment, "player_id", "bookmaker"):
        for side, price in (("Over", row["over_price"]), ("Under", row["under_price"])):
            offered = {"name": side, "description": spelled(names[row["player_id"]])}
            offers[row["bookmaker"]].append(
                offered | {"price": american(price), "point": row["line"]}
            )
    bookmakers = [
        {"key": name, "markets": [{"key": "player_points", "outcomes": outcomes}]}
        for name, outcomes in offers.items()
    ]
    return _event(game) | {"bookmakers": bookmakers}


def _with_lines(league: StandInLeague, game: Row, moment: datetime) -> Row:
    of_game = (
        r for r in league.tables["game_lines"] if r["game_id"] == game["game_id"]
    )
    home, away = (FULL_NAMES[game[side]] for side in ("home_team", "away_team"))
    bookmakers = []
    for row in latest(of_game, moment, "bookmaker"):
        spread, total = row["spread_home"], row["total"]
        spreads = [
            {"name": away, "price": -110, "point": -spread},
            {"name": home, "price": -110, "point": spread},
        ]
        totals = [
            {"name": side, "price": -110, "point": total} for side in ("Over", "Under")
        ]
        markets = [
            {"key": "spreads", "outcomes": spreads},
            {"key": "totals", "outcomes": totals},
        ]
        bookmakers.append({"key": row["bookmaker"], "markets": markets})
    return _event(game) | {"bookmakers": bookmakers}


def spelled(name: str) -> str:
    """A name as a bookmaker spells it: an accent here, no suffix there."""
    return name.replace("e", "é", 1).removesuffix(" Jr.").removesuffix(" III")


def american(price: float) -> int:
    """Decimal odds as American ones."""
    return round((price - 1) * 100) if price >= 2 else round(-100 / (price - 1))
