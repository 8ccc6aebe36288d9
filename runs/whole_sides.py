"""Which rows that the warehouse has of a side do the rows of a load contradict; pure.

The team's own row judges: where the load's players come nearer to it without the others, they are
the whole side, and the others were not in the game.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sources.nba_stats.by_game import ROUNDING
from sources.nba_stats.shapes import COUNTING

Row = Mapping[str, Any]
Rows = Sequence[Row]

COUNTS = tuple(name for name in COUNTING if name != "tov")
"""Counts of a team that are the sums of its players'; some turnovers belong to the team alone."""

REGULATION, OVERTIME = 240, 25
"""A side's minutes in a game, and in each overtime."""


def contradicted(table: str, loaded: Rows, absent: Rows, team: Row | None) -> Rows:
    """Those of a side's rows in the warehouse, absent from the load, that cannot stand beside it.

    Without the team's row, players are judged by the minutes of a game, and shots not at all.
    """
    if table == "shots":
        return _shots(loaded, absent, team)
    playing = [row for row in absent if row["status"] == "played"]
    idle = [row for row in absent if row["status"] != "played"]
    gone: list[Row] = []
    if _distance([*loaded, *playing], team) > _distance(loaded, team):
        gone += playing
    # A game log never names who did not play, and says nothing of them.
    if _names_idle(loaded) and _distance(loaded, team) <= ROUNDING:
        gone += idle
    return gone


def _shots(loaded: Rows, absent: Rows, team: Row | None) -> Rows:
    if team is None:
        return ()
    without = abs(len(loaded) - team["fga"])
    beside = abs(len(loaded) + len(absent) - team["fga"])
    return absent if beside > without else ()


def _names_idle(rows: Rows) -> bool:
    return any(row["status"] != "played" for row in rows)


def _distance(rows: Rows, team: Row | None) -> float:
    """How far players' sums are from those of their team."""
    minutes = sum(row["minutes"] or 0.0 for row in rows)
    if team is None:
        return round(_from_whole(minutes), 2)
    apart: float = abs(minutes - team["minutes"])
    for name in COUNTS:
        apart += abs(sum(row[name] or 0 for row in rows) - team[name])
    return round(apart, 2)


def _from_whole(minutes: float) -> float:
    """How far a side's minutes are from those of a game that ended."""
    over = minutes - REGULATION
    overtimes = max(0, round(over / OVERTIME))
    return abs(over - OVERTIME * overtimes)
