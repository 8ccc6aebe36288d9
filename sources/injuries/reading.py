"""Snapshots of injury reports into the raw tables: names matched within rosters, rejects named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.counted import counted
from core.errors import SourceError
from core.remedy import Remedy, season_options
from planning.raw_load import Held, LoadedFile, RawLoad, reject_schema
from processors.raw_schemas import schema
from sources.injuries.pages import UnreadableReport
from sources.injuries.plan import SOURCE, parse
from sources.injuries.report import (
    MATCHUP,
    PLAYER,
    STATUS,
    STATUSES,
    TEAM,
    Listed,
    Report,
)
from sources.names import TEAMS, Rosters, by_name, folded, people_of
from sources.web.snapshots import MANIFEST, Folder, Snapshot

Row = dict[str, Any]
CALLED_OFF = ("postponed", "cancelled", "dropped")
REPORTS, INJURIES = "injury_reports", "injuries"
_ORDER = {
    REPORTS: ("game_id", "team", "reported_at"),
    INJURIES: ("game_id", "player_id", "reported_at"),
}


def _squeezed(name: str) -> str:
    return "".join(name.split())


NAMED = {_squeezed(name): team for name, team in TEAMS.items()} | {"LAClippers": "LAC"}
"""A team's name in a report, without spaces -> its abbreviation."""


@dataclass(frozen=True)
class InjuryFiles:
    """The injury reports that a folder of snapshots has, as a source; `rosters` are the players by
    whom names are matched."""

    root: Path
    rosters: Rosters
    seasons: tuple[int, ...] = ()

    def read(self, held: Held, on_part: Callable[[str], None] | None = None) -> RawLoad:
        """What the reports say of games that the schedule has; SourceError where there is none."""
        folder = Folder(self.root)
        snapshots = folder.newest_of(SOURCE, self.seasons)
        if not snapshots:
            raise SourceError(
                f"{self.root / MANIFEST}: names no injury report; fetch some first: ",
                Remedy("fetch injuries", season_options(self.seasons)),
            )
        reading = _Reading(held, self.rosters)
        for snapshot in snapshots:
            if on_part:
                on_part(snapshot.file)
            reading.take(snapshot.file, self._parsed(snapshot, folder.read(snapshot)))
        return reading.load()

    def _parsed(self, snapshot: Snapshot, body: bytes) -> Report:
        try:
            return parse(body)
        except UnreadableReport as error:
            raise SourceError(
                f"{self.root / snapshot.file}: {error}; delete it, then run the same fetch again: "
                "it is fetched anew"
            ) from error


@dataclass
class _Reading:
    """The rows and rejects of one read."""

    held: Held
    rosters: Rosters
    reports: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    injuries: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    rejects: list[Row] = field(default_factory=list)
    files: list[LoadedFile] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = self.held.schedule.to_pylist() if self.held.schedule is not None else []
        self.games: dict[date, list[Row]] = {}
        for game in known:
            teams = {game["home_team"], game["away_team"]}
            if game["status"] not in CALLED_OFF and teams <= set(NAMED.values()):
                self.games.setdefault(game["game_date"], []).append(game)

    def take(self, file: str, report: Report) -> None:
        """Take a report: what it says of each team of its dates, and of each player that it names.

        A team that it does not name has nobody to name. Dates on which the schedule has no game
        are left out.
        """
        rejected = len(self.rejects)
        rows = [row for row in report.rows if row.day in self.games]
        of_game: dict[str, list[Listed]] = {}
        for row in rows:
            game = self._game(row)
            if game is None:
                self._reject(file, None, MATCHUP, "unknown_game", row.matchup)
            else:
                of_game.setdefault(game["game_id"], []).append(row)
        for game in self._games_of(report):
            listed = of_game.get(game["game_id"], ())
            self._take_game(file, game, listed, report)
        refused = len(self.rejects) - rejected
        others = len(report.rows) - len(rows)
        note = (
            f"{counted(others, 'row')} of dates without a known game" if others else ""
        )
        self.files.append(LoadedFile(file, INJURIES, len(rows), refused, note))

    def _games_of(self, report: Report) -> Iterator[Row]:
        for day in report.days:
            yield from self.games.get(day, ())

    def _game(self, row: Listed) -> Row | None:
        """The game of the schedule that a row is about, whoever is at home on a neutral floor."""
        teams = {row.home, row.away}
        for game in self.games.get(row.day, ()):
            if {game["home_team"], game["away_team"]} == teams:
                return game
        return None

    def _take_game(
        self, file: str, game: Row, rows: Sequence[Listed], report: Report
    ) -> None:
        """Take what a report says of a game: of each team, and of whom they name."""
        teams = (game["home_team"], game["away_team"])
        for team in teams:
            of_team = [row for row in rows if _team(row) == team]
            listed = sum(bool(row.player) for row in of_team)
            said = {
                "team": team,
                "submitted": listed == len(of_team),
                "listed": listed,
            }
            key = (game["game_id"], team, report.reported_at)
            self.reports[key] = _keys(game, report) | said
        names = self._players(game) if rows else {}
        for row in rows:
            if _team(row) not in teams:
                self._reject(file, game, TEAM, "unknown_team", row.team)
            elif row.player:
                self._take_player(file, game, row, names, report)

    def _take_player(
        self,
        file: str,
        game: Row,
        row: Listed,
        names: Mapping[str, int],
        report: Report,
    ) -> None:
        """Take what is said of a player, or reject it by his name."""
        name = in_order(row.player)
        player = names.get(folded(name))
        if row.status not in STATUSES:
            self._reject(file, game, STATUS, "unknown_value", row.status)
        elif player is None:
            reason = self._reason_unmatched(game, name)
            self._reject(file, game, PLAYER, reason, name)
        else:
            said = {
                "player_id": player,
                "team": _team(row),
                "status": row.status,
            }
            key = (game["game_id"], player, report.reported_at)
            found = _keys(game, report) | said | {"reason": row.reason or None}
            self.injuries.setdefault(key, found)

    def _reason_unmatched(self, game: Row, name: str) -> str:
        """Why a name is no player: nobody of that name has played for the teams that season, or
        several have, or the rosters are not there."""
        people = list(people_of(self.rosters, game))
        names = {folded(known) for _player, known in people}
        if people and folded(name) not in names:
            return "not_on_roster"
        return "unknown_player"

    def _players(self, game: Row) -> dict[str, int]:
        return by_name(people_of(self.rosters, game))

    def _reject(
        self, file: str, game: Row | None, column: str, reason: str, value: str
    ) -> None:
        self.rejects.append(
            {
                "file": file,
                "row": None,
                "raw_table": INJURIES,
                "game_id": game["game_id"] if game else None,
                "column": column,
                "reason": reason,
                "value": value,
            }
        )

    def load(self) -> RawLoad:
        """The load: what was said of teams, and of players."""
        tables = {REPORTS: self.reports, INJURIES: self.injuries}
        return RawLoad(
            tables={name: _table(name, rows.values()) for name, rows in tables.items()},
            rejects=pa.Table.from_pylist(self.rejects, reject_schema()),
            files=tuple(self.files),
        )


def in_order(name: str) -> str:
    """A name as it is said: `Porter Jr., Michael` is Michael Porter Jr."""
    last, _, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip()


def _team(row: Listed) -> str:
    """The abbreviation of a row's team; its name where nobody knows it."""
    return NAMED.get(_squeezed(row.team), row.team)


def _keys(game: Row, report: Report) -> Row:
    named = {name: game[name] for name in ("game_id", "game_date", "season")}
    return named | {"reported_at": report.reported_at.astimezone(UTC)}


def _table(name: str, rows: Iterable[Row]) -> pa.Table:
    ordered = sorted(rows, key=lambda row: [str(row[key]) for key in _ORDER[name]])
    return pa.Table.from_pylist(ordered, schema(name))
