"""Raw data into the warehouse: read or made by a source, written by the warehouse, told as plain data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, TypedDict

from fullcourt.errors import ConfigError, SourceError
from planning.calendar import Calendar
from planning.holes import holes, late_starts
from sources import demo, nba_stats
from sources.load import RawLoad
from sources.nba_stats.reasons import HARMLESS, REPAIRS
from sources.nba_stats.sift import is_team
from tasks.sides import with_other_sides
from warehouse.connections import opened
from warehouse.protocol import Warehouse


class Ingested(TypedDict):
    """Rows written per table, files read, refused and not looked into, and rejects per reason.

    `lost`: rejected rows that nothing else says; the others are repeated, or are not for these tables.
    """

    rows: dict[str, int]
    files: list[dict[str, Any]]
    refused: list[dict[str, str]]
    unread: list[dict[str, str]]
    rejects: list[dict[str, Any]]
    warnings: list[str]
    lost: int


def ingest_files(
    url: str,
    directory: Path,
    seasons: Collection[int] = (),
    on_file: Callable[[str], None] | None = None,
    allow_unfinish: bool = False,
) -> Ingested:
    """Load the files of a folder; SourceError when there is nothing to read at all.

    `allow_unfinish`: take files at their word that make final games with box scores unfinished.
    """
    with opened(url) as warehouse:
        known, boxed = warehouse.schedule(), warehouse.games_of("team_box")
        held = {table: warehouse.games_of(table) for table in ("player_box", "shots")}
        raw = nba_stats.read(directory, seasons, known, on_file, boxed, allow_unfinish, held)
        refuse_to_mix(known, raw.tables["schedule"], url)
        written = warehouse.load(with_other_sides(warehouse, raw))
        return told(raw, written, lacking_days(warehouse, raw))


def ingest_demo(
    url: str,
    seed: int | None = None,
    start: date | None = None,
    end: date | None = None,
    on_season: Callable[[str], None] | None = None,
) -> Ingested:
    """Make the demo league and load it; None takes the league's defaults."""
    given = {"seed": seed, "start": start, "end": end}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    with opened(url) as warehouse:
        raw = demo.generate(**chosen, on_season=on_season)
        refuse_to_mix(warehouse.schedule(), raw.tables["schedule"], url)
        return told(raw, warehouse.load(raw))


def refuse_to_mix(known: Any, loaded: Any, url: str) -> None:
    """A game's two known teams never change: where they do, two leagues would be computed as one.

    Home and away may be swapped, and a placeholder may become a team.
    """
    pairs = {game: pair for game, pair in _pairs(known).items() if _is_known(pair)}
    other = {game: pair for game, pair in _pairs(loaded).items() if pairs.get(game, pair) != pair}
    for game, pair in other.items():
        raise SourceError(
            f"{url} holds another league: game {game} is {'-'.join(sorted(pairs[game]))} there and "
            f"{'-'.join(sorted(pair))} here, and {len(other)} games differ; "
            "give this one a file of its own: fullcourt --warehouse duckdb:OTHER.duckdb …"
        )


def _is_known(pair: frozenset[str]) -> bool:
    """Whether both teams of a game are known: two, and no placeholders."""
    return len(pair) == 2 and all(is_team(team) for team in pair)


def _pairs(schedule: Any) -> dict[str, frozenset[str]]:
    columns = (schedule[column].to_pylist() for column in ("game_id", "home_team", "away_team"))
    return {game: frozenset((home, away)) for game, home, away in zip(*columns, strict=True)}


def remove(url: str, game_id: str, table: str | None = None) -> dict[str, int]:
    """Delete a game from every raw table, or from one; SourceError when there is no row of it."""
    with opened(url) as warehouse:
        tables = [t for t, contract in warehouse.catalog.raw.items() if "game_id" in contract.grain]
        if table is not None and (table not in tables or table == "schedule"):
            others = ", ".join(name for name in tables if name != "schedule")
            raise ConfigError(
                f"a game cannot be removed from {table} alone; name one of: {others}; without --table it "
                "is removed from all of them, the schedule included"
            )
        removed = warehouse.remove_game(game_id, table=table)
    if table is not None and not removed[table]:
        raise SourceError(
            f"{table} holds no row of game {game_id}; ids have ten characters, such as 0022400061"
        )
    if not any(removed.values()):
        raise SourceError(f"no raw table holds game {game_id}; ids have ten characters, such as 0022400061")
    return removed


def lacking_days(warehouse: Warehouse, raw: RawLoad) -> list[str]:
    """What the seasons of a load seem to lack, by the schedule as it is now: weeks, or their beginning."""
    seasons = set(raw.tables["schedule"]["season"].to_pylist())
    calendar = Calendar.of(warehouse.game_days())
    starts = [str(start) for start in late_starts(calendar) if start.season in seasons]
    return starts + [str(hole) for hole in holes(calendar) if hole.season in seasons]


def told(raw: RawLoad, rows: dict[str, int], warnings: Sequence[str] = ()) -> Ingested:
    """An ingest as plain data."""
    reasons = raw.rejects_by_reason()
    return Ingested(
        rows=rows,
        files=[asdict(file) for file in raw.files],
        refused=[asdict(file) for file in raw.refused],
        unread=[asdict(file) for file in raw.unread],
        rejects=[
            {"reason": reason, "rows": count, "repair": REPAIRS.get(reason, "")}
            for reason, count in reasons.items()
        ],
        warnings=list(warnings),
        lost=sum(count for reason, count in reasons.items() if reason not in HARMLESS),
    )
