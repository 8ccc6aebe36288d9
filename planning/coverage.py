"""Coverage: the cells of tables and seasons by outcome, counted from decisions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from planning.cells import Outcome
from planning.decisions import Decision, Planner


@dataclass(frozen=True)
class Coverage:
    """One table and season: cells done, gaps with their reasons, skips and waits by outcome, rows present."""

    table: str
    phase: str
    season: int
    done: int
    rows: int
    gaps: int
    outcomes: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def processable(self) -> int:
        """Cells that are to be done: everything but skips by design and waiting cells."""
        return self.done + self.gaps

    @property
    def percent(self) -> float | None:
        """Done of processable, in percent; None where nothing is to be done."""
        return 100 * self.done / self.processable if self.processable else None

    def to_json(self) -> dict[str, Any]:
        """Plain data, the derived figures included."""
        return {**asdict(self), "processable": self.processable, "percent": self.percent}


def coverage(planner: Planner, table: str, dates: Sequence[date]) -> list[Coverage]:
    """The cells of a table on these dates, per season."""
    decision = planner.decide(table, dates)
    seasons: dict[int, list[date]] = {}
    for day in dates:
        game_day = planner.calendar.days.get(day)
        if game_day is not None:
            seasons.setdefault(game_day.season, []).append(day)
    return [_of_season(planner, decision, season, days) for season, days in sorted(seasons.items())]


def _of_season(planner: Planner, decision: Decision, season: int, days: Sequence[date]) -> Coverage:
    outcomes = Counter(str(decision.settled.get(d, "to_compute")) for d in days)
    done = outcomes.pop(Outcome.DONE.value, 0)
    open_cells = [d for d in days if d not in decision.settled or decision.settled[d].is_gap]
    states = planner.states[decision.table]
    return Coverage(
        table=decision.table,
        phase=planner.catalog[decision.table].phase,
        season=season,
        done=done,
        rows=sum(states[d].present for d in days if d in states),
        gaps=len(open_cells),
        outcomes=dict(sorted(outcomes.items())),
        reasons={str(d): _reason(planner, decision, d) for d in open_cells},
    )


def _reason(planner: Planner, decision: Decision, day: date) -> str:
    if day in decision.reasons:
        return decision.reasons[day]
    state = planner.states[decision.table].get(day)
    if state is None or not state.present:
        return "not computed"
    return f"{state.missing} of {state.expected} expected keys missing, {state.unexpected} unexpected"


def total(parts: Iterable[Coverage]) -> tuple[int, int, int]:
    """Cells done, cells to be done, rows."""
    listed = list(parts)
    return sum(c.done for c in listed), sum(c.processable for c in listed), sum(c.rows for c in listed)
