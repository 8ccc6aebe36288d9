"""Gaps: cells that are not there, grouped by what is behind them:
sixty with one cause are one gap. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date

from core.grouping import group
from planning.coverage import Coverage
from planning.decisions import Planner
from planning.needs import Needs
from planning.reasons import Detail, GapCause, Reason, WaitsFor, kind


@dataclass(frozen=True, slots=True)
class Gap:
    """Cells of one table and season that are not there for one cause.

    `stands`: upstream_missing, or why they are to be computed (missing, stale, …), or the skip that
    they should be and are not. `cause`: that of the first; the others' differs in dates, games and
    numbers alone. `waits_for`: what has to be computed before the last of them, where that is
    another table; `heals`: whether computing that is of use, and no raw data lacks behind it.
    """

    table: str
    phase: str
    season: int
    stands: str
    cause: Detail | GapCause
    waits_for: WaitsFor | None
    cells: int
    first: date
    last: date
    heals: bool = True


def gaps_of(parts: Iterable[Coverage]) -> list[Gap]:
    """The gaps of these tables and seasons, one per cause,
    in the order of the tables and of their dates."""
    return [gap for part in parts for gap in _of_part(part)]


def _of_part(part: Coverage) -> list[Gap]:
    groups = group(part.reasons, lambda day: _likeness(part, day))
    return [_gap(part, stands, sorted(days)) for (stands, _), days in groups.items()]


def _likeness(part: Coverage, day: str) -> tuple[str, Hashable]:
    """What the dates of one gap have in common: how they stand, and the kind of their reason."""
    return part.stands.get(day, ""), kind(part.reasons[day])


def _gap(part: Coverage, stands: str, days: list[str]) -> Gap:
    first, last = part.reasons[days[0]], part.reasons[days[-1]]
    root = part.roots.get(days[-1])
    return Gap(
        table=part.table,
        phase=part.phase,
        season=part.season,
        stands=stands,
        cause=first.detail if isinstance(first, Reason) else first,
        waits_for=last if isinstance(last, WaitsFor) else None,
        cells=len(days),
        first=date.fromisoformat(days[0]),
        last=date.fromisoformat(days[-1]),
        heals=root is None or root.heals,
    )


def games_without(planner: Planner, wanted: Needs) -> dict[str, tuple[str, ...]]:
    """Raw table -> the final games that needed cells wait for in it;
    only raw tables that lack any."""
    lacking: dict[str, dict[str, None]] = {"team_box": {}, "player_box": {}}
    for table in wanted.tables:
        expected = planner.catalog[table].contract.expected
        for day in wanted.dates(table) if expected.needs_own_games else ():
            if found := planner.calendar.days.get(day):
                lacking["team_box"] |= dict.fromkeys(found.games_without_team_box)
                players = (
                    found.games_without_player_box if expected.covered_only else ()
                )
                lacking["player_box"] |= dict.fromkeys(players)
    return {table: tuple(games) for table, games in lacking.items() if games}
