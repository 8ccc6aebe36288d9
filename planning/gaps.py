"""Gaps: cells that are not there, grouped by what is behind them:
sixty with one cause are one gap. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from planning.coverage import Coverage
from planning.decisions import Planner
from planning.needs import Needs

_REMEDY = re.compile(r"; (?:fullcourt|load) .*$")
_ASIDE = re.compile(r" ?\([^()]*\)")
_VARYING = re.compile(r"\b[0-9a-f]*\d[0-9a-f.:-]*")
_LISTED = re.compile(r"#(?:, #)*(?: and # more(?: dates)?)?")


@dataclass(frozen=True, slots=True)
class Gap:
    """Cells of one table and season that are not there for one cause.

    `stands`: upstream_missing, or why they are to be computed (missing, stale, …), or the skip that
    they should be and are not. `cause`: that of the first; the others' differs in dates, games and
    numbers alone. `command`: what has to be computed before the last of them, where that is another
    table; else empty.
    """

    table: str
    phase: str
    season: int
    stands: str
    cause: str
    command: str
    cells: int
    first: date
    last: date

    def to_json(self) -> dict[str, Any]:
        """Plain data, dates as ISO 8601 writes them."""
        return {**asdict(self), "first": str(self.first), "last": str(self.last)}


def grouped(parts: Iterable[Coverage]) -> list[Gap]:
    """The gaps of these tables and seasons, one per cause,
    in the order of the tables and of their dates."""
    return [gap for part in parts for gap in _of_part(part)]


def _of_part(part: Coverage) -> list[Gap]:
    groups: dict[tuple[str, str], list[str]] = {}
    for day, reason in part.reasons.items():
        groups.setdefault((part.stands.get(day, ""), kind(reason)), []).append(day)
    return [_gap(part, stands, sorted(days)) for (stands, _), days in groups.items()]


def _gap(part: Coverage, stands: str, days: list[str]) -> Gap:
    cause, command = part.reasons[days[0]], part.reasons[days[-1]].partition("; fullcourt ")[2]
    return Gap(
        table=part.table,
        phase=part.phase,
        season=part.season,
        stands=stands,
        cause=_REMEDY.sub("", cause.removeprefix(f"{stands}: ")),
        command=f"fullcourt {command}" if command else "",
        cells=len(days),
        first=date.fromisoformat(days[0]),
        last=date.fromisoformat(days[-1]),
    )


@lru_cache(maxsize=10_000)
def kind(reason: str) -> str:
    """A reason without its dates, games, keys and numbers:
    what cells with one cause have in common."""
    return _LISTED.sub("#", _VARYING.sub("#", _ASIDE.sub("", reason)))


def games_without(planner: Planner, wanted: Needs) -> dict[str, tuple[str, ...]]:
    """Raw table -> the final games that needed cells wait for in it;
    only raw tables that lack any."""
    lacking: dict[str, dict[str, None]] = {"team_box": {}, "player_box": {}}
    for table in wanted.tables:
        expected = planner.catalog[table].contract.expected
        for day in wanted.dates(table) if expected.needs_own_games else ():
            if found := planner.calendar.days.get(day):
                lacking["team_box"] |= dict.fromkeys(found.games_without_team_box)
                players = found.games_without_player_box if expected.covered_only else ()
                lacking["player_box"] |= dict.fromkeys(players)
    return {table: tuple(games) for table, games in lacking.items() if games}
