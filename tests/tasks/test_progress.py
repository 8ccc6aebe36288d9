"""The progress of a run, event by event, without flows and without a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from planning.selection import Selection
from runs.listening import Event, listening, tell
from tasks.progress import Progress, followed
from warehouse.duckdb import DuckDBWarehouse

DEFENSE = "team_defense_game_summary"
SELECTION = Selection(tables=(DEFENSE,))


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the progress; and a server that never hears of it."""
    clock = Clock()
    monkeypatch.setattr("tasks.progress.perf_counter", clock)
    monkeypatch.setattr("tasks.progress.progress_artifact", lambda *_: None)
    return clock


@pytest.fixture
def progress(clock: Clock, warehouse: DuckDBWarehouse) -> Iterator[Progress]:
    """The progress of a run that is to compute the second table."""
    with followed(SELECTION, batch_days=10, max_workers=2) as found:
        found.begin(warehouse)
        yield found


def wave(cells: int, looked_at: int) -> None:
    due = {"cells": {DEFENSE: cells}, "rows_expected": {DEFENSE: 4 * cells}}
    tell("wave", phase="team", tables=[DEFENSE], looked_at={DEFENSE: looked_at}, **due)


def batch(dates: int, seconds: float = 1.0) -> None:
    facts = {"name": "a batch", "table": DEFENSE, "dates": dates, "seconds": seconds}
    tell("batch", **facts, rows=4 * dates, rows_expected=4 * dates, quarantined={}, failed={})


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """The facts of every word on progress."""
    facts: list[dict[str, Any]] = []

    def hear(event: Event) -> None:
        if event.kind == "progress":
            facts.append(event.facts)

    with listening(hear):
        yield facts


def test_a_run_is_told_of_once_a_second_at_most(
    heard: list[dict[str, Any]], progress: Progress, clock: Clock
) -> None:
    """Thousands of batches of one date would spend their time on telling it."""
    assert len(heard) == 1
    for _ in range(5):
        batch(1)
    assert len(heard) == 1
    clock.now += 2
    batch(1)
    assert [facts["cells_done"] for facts in heard] == [0, 6]


def test_what_a_person_takes_to_overrule_a_no_go_is_not_what_the_run_took(
    progress: Progress, clock: Clock
) -> None:
    """A night of thinking would make every first estimate look wrong."""
    clock.now += 5
    batch(10)
    tell("sample", phase="team", decision="NO-GO", about="")
    clock.now += 3_600
    wave(30, 42)
    clock.now += 7
    batch(30)
    assert progress.outturn
    assert progress.outturn.seconds == pytest.approx(12)


def test_a_go_stops_nothing(progress: Progress, clock: Clock) -> None:
    tell("verdict", phase="team", decision="GO", breaches=[])
    clock.now += 20
    wave(30, 42)
    batch(30)
    assert progress.outturn
    assert progress.outturn.seconds == pytest.approx(20)


def test_a_run_begins_once(progress: Progress, warehouse: DuckDBWarehouse, clock: Clock) -> None:
    """Each phase with work says so; the first estimate is the one that counts."""
    before = progress.outturn
    clock.now += 5
    batch(10)
    progress.begin(warehouse)
    assert before
    assert progress.outturn
    assert (progress.outturn.planned, progress.outturn.estimate) == (
        before.planned,
        before.estimate,
    )
    assert progress.outturn.seconds == pytest.approx(5)


def test_the_time_left_shrinks_with_what_is_left(
    heard: list[dict[str, Any]], progress: Progress, clock: Clock
) -> None:
    for _ in range(3):
        clock.now += 2
        batch(10)
    highs = [facts["estimate"]["high"] for facts in heard[1:]]
    assert highs == sorted(highs, reverse=True)
    assert highs[-1] < highs[0]
    clock.now += 2
    tell("phase", phase="team", seconds=8.0)
    assert (heard[-1]["phase_ended"], heard[-1]["percent"], heard[-1]["estimate"]["high"]) == (
        "team",
        100,
        0,
    )


def test_events_before_there_is_work_are_nothing_to_a_run(clock: Clock) -> None:
    with followed(SELECTION, batch_days=10, max_workers=2) as found:
        batch(10)
        tell("phase", phase="team", seconds=0.1)
    assert found.outturn is None
