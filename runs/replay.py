"""The point-in-time proof: dates computed again from raw data that was known on their morning.

Raw rows of before a date, and the date's games as they were scheduled, are loaded into a scratch
warehouse and computed there; every row of the date must be the one that the warehouse holds. Rows
of a table that describes the games of its own date are compared on the last date before.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.address import DuckDBAddress
from planning.calendar import ONE_DAY, Calendar
from planning.raw_load import RawLoad
from planning.samples import SEED, STRATA
from planning.scope import Scope
from planning.selection import Selection
from runs.publish import publish
from runs.survey import observe, scope_of, survey
from runs.waves import clear, decide
from training.set_checks import measurement
from validation.measurement import Measurement, Part
from warehouse.connections import open_warehouse
from warehouse.protocol import Warehouse

RUN = "replay"
SCHEDULE = "schedule"
BEFORE_TIP_OFF = ("player_props", "game_lines")
"""Raw tables whose rows of a date are there on its morning; binding cuts them at tip-off."""
TOLERANCE = 1e-6
"""How far two numbers may differ that two engines added up."""
TURNS = ("random", "busiest", "quietest", "latest", "first")
"""The strata of the seasons, the latest season first."""


@dataclass(frozen=True)
class Replayed:
    """A table on a date: its rows, and the keys of those that differ from the rows computed again
    for the date asked for."""

    asked: date
    table: str
    day: date
    rows: int
    differing: tuple[str, ...]


def measure_replay(
    warehouse: Warehouse, seasons: Mapping[int, Sequence[date]]
) -> Iterator[Measurement]:
    """Differing rows of the sampled dates, and the seasons without one; `seasons`: season -> its
    dates with features."""
    calendar = survey(warehouse).calendar
    sampled = pick_dates(calendar, seasons)
    found = list(replay(warehouse, sampled))
    parts = [_part(calendar, day, found) for day in sampled]
    told: list[str] = []
    for one in found:
        told += [f"{one.table} {one.day} {key}" for key in one.differing]
    yield measurement("replay_differing_rows", "faults", parts, told)
    proven = {calendar.days[day].season for day in sampled}
    missing = [str(season) for season in seasons if season not in proven]
    total = Part(
        season=max(seasons, default=0),
        kept=len(proven),
        of=len(seasons),
    )
    yield measurement("seasons_not_replayed", "faults", [total], missing)


def _part(calendar: Calendar, day: date, found: Sequence[Replayed]) -> Part:
    """The rows of one sampled date that are equal, of all of its tables."""
    of_day = [one for one in found if one.asked == day]
    rows = sum(max(one.rows, len(one.differing)) for one in of_day)
    differing = sum(len(one.differing) for one in of_day)
    return Part(season=calendar.days[day].season, kept=rows - differing, of=rows)


def pick_dates(
    calendar: Calendar, seasons: Mapping[int, Sequence[date]]
) -> tuple[date, ...]:
    """A date of each season, by the strata of a phase's sample in turn; fixed for a range."""
    picked: list[date] = []
    with_dates = (season for season in seasons if seasons[season])
    for turn, season in enumerate(sorted(with_dates, reverse=True)):
        stratum = TURNS[turn % len(TURNS)]
        picked.append(_pick(calendar, stratum, sorted(seasons[season])))
    return tuple(sorted(picked))


def _pick(calendar: Calendar, stratum: str, days: Sequence[date]) -> date:
    """A date of a season; by chance, each season another one."""
    if stratum == "random":
        return Random(SEED + calendar.days[days[0]].season).choice(days)
    return STRATA[stratum](calendar, days)


def replay(warehouse: Warehouse, days: Sequence[date]) -> Iterator[Replayed]:
    """Each table on each of these dates, or the last before it, compared with a computation from
    what was known on the date's morning.

    The dates follow one another in one scratch warehouse: each adds what became known since.
    """
    catalog = warehouse.catalog
    own_games = tuple(p.name for p in catalog if p.contract.expected.needs_own_games)
    tables = tuple(table for table in catalog.ordered() if table not in own_games)
    with tempfile.TemporaryDirectory(prefix="fullcourt-replay-") as folder:
        address = DuckDBAddress(path=Path(folder) / "scratch.duckdb")
        with open_warehouse(str(address)) as scratch:
            known_from: date | None = None
            for day in sorted(days):
                selection = Selection(tables=tables, dates=(day,))
                since = known_from or first_needed(warehouse, selection)
                scratch.load(known_on(warehouse, since, day, known_from is None))
                known_from = day
                compute(scratch, selection)
                for table, on in _compared_on(warehouse, tables, own_games, day):
                    yield compare(warehouse, scratch, day, table, on)


def _compared_on(
    warehouse: Warehouse, tables: Sequence[str], own_games: Sequence[str], day: date
) -> Iterator[tuple[str, date]]:
    """The tables with the dates on which they are compared."""
    for table in tables:
        yield table, day
    calendar = survey(warehouse).calendar
    season = calendar.days[day].season_start
    if before := calendar.between(season, day)[:-1]:
        for table in own_games:
            yield table, before[-1]


def first_needed(warehouse: Warehouse, selection: Selection) -> date:
    """The first date of the first season that a selection needs raw rows of."""
    planner = survey(warehouse)
    needs = Scope(planner, selection).needs
    earliest = min(day for table in needs.tables for day in needs.dates(table))
    return planner.calendar.days[earliest].season_start


def known_on(
    warehouse: Warehouse, since: date, day: date, with_players: bool
) -> RawLoad:
    """Raw rows from a date on that were known on the morning of another: the schedule of that date
    without results, lines on its games, everything of the dates before."""
    catalog = warehouse.catalog
    past = [since + ONE_DAY * n for n in range((day - since).days)]
    tables: dict[str, Any] = {}
    for name in catalog.raw:
        if catalog.date_column(name) is None:
            if with_players:
                tables[name] = warehouse.table_rows(name, None)
            continue
        days = [*past, day] if name in (SCHEDULE, *BEFORE_TIP_OFF) else past
        tables[name] = warehouse.table_rows(name, days)
    tables[SCHEDULE] = _before_results(tables[SCHEDULE], day)
    return RawLoad(tables)


def _before_results(schedule: Any, day: date) -> Any:
    """The schedule with the final games of a date scheduled."""
    is_of_day = pc.equal(schedule["game_date"], pa.scalar(day))
    is_played = pc.is_in(schedule["status"], pa.array(["final", "live"]))
    opened = pc.if_else(pc.and_(is_of_day, is_played), "scheduled", schedule["status"])
    place = schedule.schema.get_field_index("status")
    return schedule.set_column(place, schedule.schema.field(place), opened)


def compute(warehouse: Warehouse, selection: Selection) -> None:
    """Compute the cells that a selection needs, wave by wave, without gates."""
    observe(warehouse, RUN)
    for phase in scope_of(warehouse, selection).phases:
        for wave in warehouse.catalog.waves(phase):
            planner, scope = survey(warehouse), scope_of(warehouse, selection)
            wanted = [table for table in wave if table in scope.needs.tables]
            decisions = decide(planner, scope, wanted)
            clear(warehouse, decisions, RUN)
            for decision in decisions:
                for batch in planner.batches(decision, warehouse.dates_per_batch):
                    publish(warehouse, batch, RUN)


def compare(
    warehouse: Warehouse, scratch: Warehouse, asked: date, table: str, day: date
) -> Replayed:
    """A cell of two warehouses, row by row."""
    held = warehouse.table_rows(table, [day])
    again = scratch.table_rows(table, [day])
    if held.equals(again):
        return Replayed(asked, table, day, held.num_rows, ())
    keys = warehouse.catalog.grain(table)
    before, after = _by_key(held, keys), _by_key(again, keys)
    differing = [
        " ".join(key)
        for key in sorted({*before, *after})
        if not _are_equal(before.get(key), after.get(key))
    ]
    return Replayed(asked, table, day, held.num_rows, tuple(differing))


def _by_key(rows: Any, keys: Sequence[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(str(row[column]) for column in keys): row for row in rows.to_pylist()}


def _are_equal(before: dict[str, Any] | None, after: dict[str, Any] | None) -> bool:
    """Whether two rows are there with the same values, numbers but for the last digits."""
    if before is None or after is None:
        return False
    return all(_is_same(value, after[column]) for column, value in before.items())


def _is_same(before: object, after: object) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return isclose(
            before,
            after,
            rel_tol=TOLERANCE,
            abs_tol=TOLERANCE,
        )
    return before == after
