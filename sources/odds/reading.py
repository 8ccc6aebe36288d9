"""Snapshots of The Odds API into the raw tables of lines: names matched, rejects named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.errors import SourceError
from core.remedy import Remedy, season_options
from planning.raw_load import Held, LoadedFile, RawLoad, reject_schema
from processors.raw_schemas import schema
from sources.names import TEAMS, Rosters, by_name, folded, people_of
from sources.odds.plan import LINES, PROPS, SOURCE
from sources.web.snapshots import MANIFEST, Folder, Snapshot

Row = dict[str, Any]
POINTS = "points"
MOST_APART = timedelta(hours=12)


@dataclass(frozen=True)
class OddsFiles:
    """The lines that a folder of snapshots has, as a source; `rosters` are the players by whom
    names are matched."""

    root: Path
    rosters: Rosters
    seasons: tuple[int, ...] = ()

    def read(self, held: Held, on_part: Callable[[str], None] | None = None) -> RawLoad:
        """The lines of games that the schedule has; SourceError where there is no snapshot."""
        folder = Folder(self.root)
        snapshots = [
            snapshot
            for snapshot in folder.newest_of(SOURCE, self.seasons)
            if snapshot.endpoint in (PROPS, LINES)
        ]
        if not snapshots:
            raise SourceError(
                f"{self.root / MANIFEST}: names no lines; fetch some first: ",
                Remedy("fetch odds", season_options(self.seasons)),
            )
        reading = _Reading(held, self.rosters)
        for snapshot in snapshots:
            if on_part:
                on_part(snapshot.file)
            reading.take(snapshot, json.loads(folder.read(snapshot)))
        return reading.load()


@dataclass
class _Reading:
    """The rows and rejects of one read."""

    held: Held
    rosters: Rosters
    props: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    lines: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    rejects: list[Row] = field(default_factory=list)
    files: list[LoadedFile] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = self.held.schedule.to_pylist() if self.held.schedule is not None else []
        self.games: dict[tuple[str, str], list[Row]] = {}
        for game in known:
            self.games.setdefault((game["home_team"], game["away_team"]), []).append(
                game
            )

    def take(self, snapshot: Snapshot, answer: Mapping[str, Any]) -> None:
        """Take the lines of one answer."""
        seen = datetime.fromisoformat(answer["timestamp"]).astimezone(UTC)
        is_props = snapshot.endpoint == PROPS
        table = "player_props" if is_props else "game_lines"
        before, rejected = len(self.props) + len(self.lines), len(self.rejects)
        for event in [answer["data"]] if is_props else answer["data"]:
            game = self._game(event)
            if game is None:
                matchup = f"{event['away_team']} @ {event['home_team']}"
                self._reject(snapshot, table, None, "unknown_game", matchup)
            elif is_props:
                self._props_of(snapshot, game, event, seen)
            else:
                self._lines_of(game, event, seen)
        rows = len(self.props) + len(self.lines) - before
        refused = len(self.rejects) - rejected
        self.files.append(LoadedFile(snapshot.file, table, rows + refused, refused))

    def _game(self, event: Mapping[str, Any]) -> Row | None:
        """The game of the schedule that an event is; None where there is none."""
        home, away = (
            TEAMS.get(event["home_team"], ""),
            TEAMS.get(event["away_team"], ""),
        )
        begins = datetime.fromisoformat(event["commence_time"])
        for game in self.games.get((home, away), ()):
            if _begins_near(game, begins):
                return game
        return None

    def _props_of(
        self, snapshot: Snapshot, game: Row, event: Mapping[str, Any], seen: datetime
    ) -> None:
        names = by_name(people_of(self.rosters, game))
        for bookmaker, outcomes in _outcomes(event, PROPS):
            offers: dict[tuple[str, float], Row] = {}
            for outcome in outcomes:
                key = (outcome["description"], float(outcome["point"]))
                offers.setdefault(key, {})[outcome["name"]] = decimal(outcome["price"])
            for (name, line), prices in offers.items():
                player = names.get(folded(name))
                if player is None:
                    self._reject(snapshot, "player_props", game, "unknown_player", name)
                    continue
                row = _keys(game, bookmaker, seen) | {
                    "player_id": player,
                    "market": POINTS,
                }
                row |= {"line": line, "over_price": prices.get("Over")}
                row |= {"under_price": prices.get("Under")}
                self.props.setdefault((game["game_id"], player, bookmaker, seen), row)

    def _lines_of(self, game: Row, event: Mapping[str, Any], seen: datetime) -> None:
        for market, column in (("spreads", "spread_home"), ("totals", "total")):
            for bookmaker, outcomes in _outcomes(event, market):
                wanted = event["home_team"] if market == "spreads" else "Over"
                points = [o["point"] for o in outcomes if o["name"] == wanted]
                empty = _keys(game, bookmaker, seen) | {
                    "spread_home": None,
                    "total": None,
                }
                row = self.lines.setdefault((game["game_id"], bookmaker, seen), empty)
                row[column] = float(points[0]) if points else None

    def _reject(
        self, snapshot: Snapshot, table: str, game: Row | None, reason: str, value: str
    ) -> None:
        self.rejects.append(
            {
                "file": snapshot.file,
                "row": None,
                "raw_table": table,
                "game_id": game["game_id"] if game else None,
                "column": "description" if game else "home_team",
                "reason": reason,
                "value": value,
            }
        )

    def load(self) -> RawLoad:
        """The load: lines, and the schedule's rows of games that have lines on players now."""
        with_props = {game_id for game_id, *_ in self.props}
        covered = [
            game | {"covers_props": True}
            for games in self.games.values()
            for game in games
            if game["game_id"] in with_props and not game["covers_props"]
        ]
        tables = {"schedule": covered, "player_props": [*self.props.values()]}
        tables["game_lines"] = [*self.lines.values()]
        return RawLoad(
            tables={name: _table(name, rows) for name, rows in tables.items()},
            rejects=pa.Table.from_pylist(self.rejects, reject_schema()),
            files=tuple(self.files),
        )


def _keys(game: Row, bookmaker: str, seen: datetime) -> Row:
    named = {name: game[name] for name in ("game_id", "game_date", "season")}
    return named | {"bookmaker": bookmaker, "snapshot_at": seen}


def _begins_near(game: Row, moment: datetime) -> bool:
    tip_off = game["tip_off"]
    return tip_off is not None and abs(tip_off - moment) < MOST_APART


def _outcomes(event: Mapping[str, Any], market: str) -> Iterator[tuple[str, list[Row]]]:
    """What each bookmaker offers in a market."""
    for bookmaker in event.get("bookmakers", ()):
        for offered in bookmaker["markets"]:
            if offered["key"] == market:
                yield bookmaker["key"], offered["outcomes"]


def _table(name: str, rows: list[Row]) -> pa.Table:
    ordered = sorted(rows, key=lambda row: [str(row[key]) for key in _ORDER[name]])
    return pa.Table.from_pylist(ordered, schema(name))


_ORDER = {
    "schedule": ("game_id",),
    "player_props": ("game_id", "player_id", "bookmaker", "snapshot_at"),
    "game_lines": ("game_id", "bookmaker", "snapshot_at"),
}


def decimal(american: float) -> float:
    """American odds as decimal ones: +150 is 2.5, -110 is 1.9091."""
    share = american / 100 if american > 0 else 100 / abs(american)
    return round(1 + share, 4)
