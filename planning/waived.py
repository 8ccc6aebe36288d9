"""Waived games as what rows go with: a person has said, with a reason, that a game never has box
scores of players, and its rows are no longer due. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from planning.decisions import Decision, Planner
from planning.reasons import Cause
from planning.waivers import SCHEDULE, Waiver

PLAYER_BOX = "player_box"
DECIDES_KEYS = (SCHEDULE, PLAYER_BOX)
"""The raw tables that decide which rows are due of players."""


@dataclass(frozen=True, slots=True)
class WaivedGame:
    """A game that is waived for the box scores of players, and the date of the schedule."""

    game_id: str
    game_date: date
    reason: str
    waived_at: datetime


def waived_with_dates(
    waivers: Iterable[Waiver], dates: Mapping[str, date]
) -> tuple[WaivedGame, ...]:
    """The games waived for the box scores of players, with their dates (`dates`: by game)."""
    return tuple(
        WaivedGame(
            waiver.game_id, dates[waiver.game_id], waiver.reason, waiver.waived_at
        )
        for waiver in waivers
        if waiver.raw_table == PLAYER_BOX and waiver.game_id in dates
    )


def waived_behind(
    planner: Planner, decision: Decision, day: date, games: Sequence[WaivedGame]
) -> tuple[WaivedGame, ...]:
    """Those of the games because of which a cell loses rows: waived since it was computed, while
    nothing else changed of what decides its rows."""
    if planner.book is None or not _may_hang_on_a_waiver(planner, decision, day):
        return ()
    record = planner.freshness.record(decision.table, day)
    if record is None:
        return ()
    since = record.last.started_at
    found = tuple(g for g in games if g.game_date <= day and g.waived_at > since)
    waived_on = {game.game_date for game in found}
    if any(changed not in waived_on for changed in _changed(planner, since, day)):
        return ()
    return found


def _may_hang_on_a_waiver(planner: Planner, decision: Decision, day: date) -> bool:
    """Whether a cell is of covered games alone, and stale or skipped by design."""
    if not planner.catalog[decision.table].contract.expected.covered_only:
        return False
    if reason := decision.compute.get(day):
        return reason.cause is Cause.STALE
    return decision.clear[day].is_skip


def _changed(planner: Planner, since: datetime, day: date) -> list[date]:
    """The dates up to a day whose raw data changed after a moment, of what decides which rows are
    due; those before the reach of a cut as well."""
    changed: list[date] = []
    for table in DECIDES_KEYS:
        known = planner.freshness.digests(table).changed_since(since)
        changed += [other for other in known if other <= day]
    return changed
