"""`ingest`: raw data into the warehouse, read by a source and told as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypedDict

from core.counted import noun_for
from core.errors import ConfigError, SourceError
from planning.calendar import Calendar
from planning.holes import holes, late_starts, teams_behind
from planning.raw_load import Held, RawLoad, RefusedFile
from planning.uncovered import uncovered
from planning.waivers import SCHEDULE
from processors.catalog import Catalog
from processors.raw_schemas import contract
from reports.commands import spell
from reports.notices import (
    tell_hole,
    tell_late_start,
    tell_teams_behind,
    tell_uncovered,
)
from reports.reasons import tell_game_list
from runs.changes import ChangedBoxes, GameRows, changed_boxes
from runs.mixing import refuse_to_mix
from runs.sides import OF_SIDES, Completed, complete_games
from sources.nba_stats.reasons import HARMLESS, REPAIRS
from sources.port import OnPart, Source
from warehouse.connections import open_warehouse
from warehouse.protocol import Warehouse


class Ingested(TypedDict):
    """Rows written per table, files read, refused and not looked into, and rejects per reason.

    `filled`: raw table -> column that a source may leave empty -> rows of the load that have it.
    `lost`: rejected rows that nothing else says; the others are repeated, or are not for these
    tables. `lost_files`: files and folders that were not read though they have games. `changed`:
    rows of box scores that differ from those loaded before or are new beside them, `removed`: rows
    that go, by raw table, `kept`: rows that stay, since the side that the load has other rows of is
    not whole without them.
    """

    rows: dict[str, int]
    filled: dict[str, dict[str, int]]
    files: list[dict[str, Any]]
    refused: list[dict[str, str]]
    unread: list[dict[str, str]]
    rejects: list[dict[str, Any]]
    warnings: list[str]
    lost: int
    lost_files: int
    changed: list[ChangedBoxes]
    removed: list[GameRows]
    kept: list[GameRows]


def ingest(url: str, source: Source, on_part: OnPart | None = None) -> Ingested:
    """Load what a source has; SourceError when there is nothing to read at all.

    `on_part` is told of each file or season.
    """
    with open_warehouse(url) as warehouse:
        held = _holdings(warehouse)
        read = source.read(held, on_part)
        if SCHEDULE in read.tables:
            boxed = held.games_of("team_box")
            refuse_to_mix(held.schedule, read.tables[SCHEDULE], url, boxed)
        done = complete_games(warehouse, held, read)
        changed = changed_boxes(warehouse, held, done.raw)
        written = warehouse.load(done.raw)
        lacking = lacking_days(warehouse, done.raw)
        return to_ingested(done, written, lacking, changed)


def _holdings(warehouse: Warehouse) -> Held:
    """What the warehouse holds, as a source wants to know it."""
    games = {table: warehouse.games_of(table) for table in OF_SIDES}
    return Held(warehouse.schedule(), games)


def remove(url: str, game_ids: list[str], table: str | None = None) -> dict[str, int]:
    """Delete games from every raw table, or from one; SourceError, and nothing is deleted, when
    there is no row of one of them."""
    with open_warehouse(url) as warehouse:
        _require_removable(warehouse.catalog, table)
        _require_held(warehouse, game_ids, table)
        return warehouse.remove_games(game_ids, table=table)


def _require_held(
    warehouse: Warehouse, game_ids: Sequence[str], table: str | None
) -> None:
    """Raise SourceError unless the raw table, or any of them, has rows of each of these games."""
    unknown = list(game_ids)
    for raw_table in [table] if table else warehouse.catalog.game_tables:
        if unknown:
            held = warehouse.games_of(raw_table)
            unknown = [game for game in unknown if game not in held]
    if not unknown:
        return
    where = f"{table} holds no row of" if table else "no raw table holds"
    nothing = "; nothing was removed" if len(game_ids) > 1 else ""
    games = f"{noun_for(len(unknown), 'game')} {tell_game_list(unknown)}"
    raise SourceError(
        f"{where} {games}; ids have ten characters, such as 0022400061{nothing}"
    )


def _require_removable(catalog: Catalog, table: str | None) -> None:
    """Raise ConfigError for a table that a game cannot be removed from alone."""
    others = [name for name in catalog.game_tables if name != "schedule"]
    if table is not None and table not in others:
        raise ConfigError(
            f"a game cannot be removed from {table} alone; name one of: {', '.join(others)}; "
            "without --table it is removed from all of them, the schedule included"
        )


def lacking_days(warehouse: Warehouse, raw: RawLoad) -> list[str]:
    """What the seasons of a load seem to lack, by the schedule as it is now:
    days, their beginning, games of a team, or rows of games in a raw table."""
    if SCHEDULE not in raw.tables:
        return []
    seasons = set(raw.tables[SCHEDULE]["season"].to_pylist())
    calendar = Calendar.of(warehouse.game_days())
    found: list[str] = []
    for start in late_starts(calendar):
        if start.season in seasons:
            found.append(tell_late_start(start))
    for hole in holes(calendar):
        if hole.season in seasons:
            found.append(tell_hole(hole))
    behind = teams_behind(warehouse.team_games())
    found += tell_teams_behind([team for team in behind if team.season in seasons])
    days = [day for day, on in calendar.days.items() if on.season in seasons]
    found += map(tell_uncovered, uncovered(warehouse.uncovered_games(), calendar, days))
    return found


def to_ingested(
    done: Completed,
    rows: dict[str, int],
    warnings: Sequence[str] = (),
    changed: Sequence[ChangedBoxes] = (),
) -> Ingested:
    """An ingest as plain data."""
    raw = done.raw
    reasons = raw.rejects_by_reason()
    lost = [count for reason, count in reasons.items() if reason not in HARMLESS]
    told = {table: filled(table, loaded) for table, loaded in raw.tables.items()}
    files = list(map(asdict, raw.files))
    lost_files = [file for file in raw.unread if file.has_games]
    return Ingested(
        rows=rows,
        filled=told,
        files=files,
        refused=list(map(_refusal_json, raw.refused)),
        unread=list(map(_refusal_json, raw.unread)),
        rejects=[_reject(reason, count) for reason, count in reasons.items()],
        warnings=list(warnings),
        lost=sum(lost),
        lost_files=len(lost_files),
        changed=list(changed),
        removed=done.removed,
        kept=done.kept,
    )


def filled(raw_table: str, rows: Any) -> dict[str, int]:
    """Column that a source may leave empty -> rows that have it."""
    empty = {name: rows[name].null_count for name in _nullable(raw_table)}
    return {name: rows.num_rows - count for name, count in empty.items()}


def _nullable(raw_table: str) -> list[str]:
    return [c.name for c in contract(raw_table).columns if c.nullable]


def _refusal_json(file: RefusedFile) -> dict[str, str]:
    return {"file": file.file, "reason": file.reason, "repair": spell(file.repair)}


def _reject(reason: str, rows: int) -> dict[str, Any]:
    return {"reason": reason, "rows": rows, "repair": REPAIRS.get(reason, "")}
