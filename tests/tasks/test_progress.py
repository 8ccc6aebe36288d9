"""The progress of a run, event by event, without flows and without a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from planning.selection import Selection
from runs.events import (
    BatchDone,
    Event,
    PhaseDone,
    ProgressMade,
    SampleJudged,
    TableDue,
    VerdictReached,
    WaveStarted,
)
from runs.listening import listening, tell
from tasks.progress import Progress, follow
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
    with follow(SELECTION, batch_days=10, max_workers=2) as found:
        found.begin(warehouse)
        yield found


def wave(cells: int, looked_at: int) -> None:
    tell(WaveStarted("team", [TableDue(DEFENSE, cells, 4 * cells, looked_at)]))


def batch(dates: int, seconds: float = 1.0) -> None:
    tell(BatchDone(DEFENSE, dates, 4 * dates, 4 * dates, seconds))


@pytest.fixture
def heard() -> Iterator[list[ProgressMade]]:
    """Every word on progress."""
    told: list[ProgressMade] = []

    def hear(event: Event) -> None:
        if isinstance(event, ProgressMade):
            told.append(event)

    with listening(hear):
        yield told


def test_a_run_is_told_of_once_a_second_at_most(
    heard: list[ProgressMade], progress: Progress, clock: Clock
) -> None:
    """Thousands of batches of one date would spend their time on telling it."""
    assert len(heard) == 1
    for _ in range(5):
        batch(1)
    assert len(heard) == 1
    clock.now += 2
    batch(1)
    assert [made.cells_done for made in heard] == [0, 6]


def test_what_a_person_takes_to_overrule_a_no_go_is_not_what_the_run_took(
    progress: Progress, clock: Clock
) -> None:
    """A night of thinking would make every first estimate look wrong."""
    clock.now += 5
    batch(10)
    tell(SampleJudged("team", "NO-GO", {}, 0))
    clock.now += 3_600
    wave(30, 42)
    clock.now += 7
    batch(30)
    assert progress.outturn
    assert progress.outturn.seconds == pytest.approx(12)


def test_a_go_stops_nothing(progress: Progress, clock: Clock) -> None:
    tell(VerdictReached("team", "GO", []))
    clock.now += 20
    wave(30, 42)
    batch(30)
    assert progress.outturn
    assert progress.outturn.seconds == pytest.approx(20)


def test_a_run_begins_once(
    progress: Progress, warehouse: DuckDBWarehouse, clock: Clock
) -> None:
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
    heard: list[ProgressMade], progress: Progress, clock: Clock
) -> None:
    for _ in range(3):
        clock.now += 2
        batch(10)
    highs = [made.left.high for made in heard[1:] if made.left]
    assert len(highs) == 3
    assert highs == sorted(highs, reverse=True)
    assert highs[-1] < highs[0]
    clock.now += 2
    tell(PhaseDone("team", 8.0))
    assert (heard[-1].phase_ended, heard[-1].percent) == ("team", 100)
    assert heard[-1].left is not None
    assert heard[-1].left.high == 0


def test_events_before_there_is_work_are_nothing_to_a_run(clock: Clock) -> None:
    with follow(SELECTION, batch_days=10, max_workers=2) as found:
        batch(10)
        tell(PhaseDone("team", 0.1))
    assert found.outturn is None
