"""What lies ahead of a run, at most: the cells that it may compute,
told without deciding each. Pure.

A forecast says the same with every reason, and takes as long as a run's own decisions; this takes a
tenth of it, since what reads a cell that is due is due without another look.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from planning.calendar import GameDay
from planning.cells import Outcome
from planning.decisions import Planner, by_design
from planning.eta.estimates import Workload, wave_of
from planning.freshness import inside
from planning.needs import Needs
from processors.contract import Read

InCut = tuple[Read, list[date]]
"""An input, and dates that its cut may hold."""


@dataclass(frozen=True)
class Ahead:
    """The dates of each table that are due, and those that are gaps and stay so, in order.

    `emptied`: dates that lose all their rows, and are not due. `losing`: the tables that lose rows,
    in cells that are to hold none or have too many.
    """

    planner: Planner
    due: dict[str, list[date]] = field(default_factory=dict)
    gaps: dict[str, list[date]] = field(default_factory=dict)
    emptied: dict[str, list[date]] = field(default_factory=dict)
    losing: set[str] = field(default_factory=set)

    def look(
        self, table: str, dates: Collection[date], again: Collection[date]
    ) -> None:
        """Sort the dates of a table, after those of all that it reads."""
        gaps_read = self._found_upstream(self.gaps, table)
        changed_read = [
            *self._found_upstream(self.due, table),
            *self._found_upstream(self.emptied, table),
        ]
        due = self.due.setdefault(table, [])
        gaps = self.gaps.setdefault(table, [])
        emptied = self.emptied.setdefault(table, [])
        for day in sorted(dates):
            outcome = self._outcome(table, day, gaps_read, changed_read)
            if outcome is Outcome.DONE and day in again:
                outcome = None
            if outcome is None:
                due.append(day)
            elif outcome is Outcome.UPSTREAM_MISSING:
                gaps.append(day)
            elif self.planner.is_to_empty(table, day, outcome):
                emptied.append(day)
            if self.planner.state(table, day).rows_lost(outcome):
                self.losing.add(table)

    def _found_upstream(self, found: dict[str, list[date]], table: str) -> list[InCut]:
        """What a table reads of which dates were found, with those."""
        upstream = self.planner.catalog.upstream(table)
        return [
            (read, found[read.table]) for _, read in upstream if found.get(read.table)
        ]

    def _outcome(
        self, table: str, day: date, gaps: list[InCut], changed: list[InCut]
    ) -> Outcome | None:
        """How the cell ends without being computed; None when it is due. `gaps`, `changed`: those
        of what the table reads."""
        planner = self.planner
        if not gaps and not changed:
            return planner.find(table, day).outcome
        game_day = planner.calendar.days.get(day)
        expected = planner.state(table, day).expected
        outcome = by_design(
            planner.catalog[table],
            planner.catalog.bootstrap_days(table),
            game_day,
            expected,
        )
        if game_day is None or outcome:
            return outcome
        if _any_inside(gaps, game_day):
            return Outcome.UPSTREAM_MISSING
        if _any_inside(changed, game_day):
            return None
        return planner.find(table, day).outcome


def _any_inside(found: list[InCut], day: GameDay) -> bool:
    """Whether a cut of a cell holds one of the dates found of what it reads."""
    return any(inside(read, day, dates) for read, dates in found)


def look_ahead(planner: Planner, wanted: Needs, rerun: bool) -> Ahead:
    """What lies ahead of every needed table."""
    found = Ahead(planner)
    for table in planner.catalog.ordered():
        if table in wanted.tables:
            again = wanted.targets.get(table, ()) if rerun else ()
            found.look(table, wanted.dates(table), again)
    return found


def workloads(found: Ahead, batch_days: int) -> list[Workload]:
    """The work of every needed table that has any, upstream first."""
    planner, waves = found.planner, wave_of(found.planner.catalog)
    work = []
    for table, days in found.due.items():
        if days:
            rows = planner.rows_expected(table, days)
            made_in = list(planner.split(table, days, batch_days))
            work.append(Workload(table, waves[table], len(days), rows, len(made_in)))
    return work
