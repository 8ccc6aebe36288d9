"""Estimates are made of rows to compute, by batches that were,
and say how far they can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from planning.calendar import GameDay
from planning.cells import EMPTY, CellState
from planning.eta import (
    Estimate,
    Finished,
    History,
    Workload,
    estimate,
    history,
    workloads,
)
from planning.scope import Scope
from planning.selection import Selection
from processors.discovery import load
from reports.eta import tell_estimate, tell_time
from tests.planning.small_calendar import LACKS, game_day, planner

PLAYER, A, B = "player_game_summary", "player_daily_cache", "ml_feature_store"
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


def batch(
    rows: int, seconds: float, table: str = A, at: float = 0, run: str = "before"
) -> Finished:
    started = BEGAN + timedelta(seconds=at)
    return Finished(table, rows, run, started, started + timedelta(seconds=seconds))


def one_after_the_other(batches: Iterable[Finished], pause: float = 0) -> History:
    """A history of these batches, each begun when the one before has ended,
    and so many seconds later."""
    told, at = [], 0.0
    for b in batches:
        told.append(batch(b.rows, b.seconds, b.table, at, b.run_id))
        at += b.seconds + pause
    return history(told)


def work(rows: int, batches: int = 1, table: str = A, wave: int = 1) -> Workload:
    return Workload(table, ("precompute", wave), 100 * batches, rows, batches)


def seconds(
    to_do: Workload, known: History, workers: int = 1, run: Iterable[Finished] = ()
) -> Estimate:
    found = estimate([to_do], known, workers, list(run))
    assert found is not None
    return found


def to_do(
    days: Iterable[GameDay], cells: Mapping[tuple[str, date], CellState]
) -> list[Workload]:
    """What a backfill of one table would compute where cells stand like this."""
    scope = Scope(planner(days, cells), Selection(tables=(A,)))
    return workloads(scope.ahead, batch_days=110)


STEADY = one_after_the_other(
    batch(20_000, s) for s in (0.8, 0.9, 1.0, 1.0, 1.1, 1.2) * 3
)
"""Batches of one size that took about a second each."""


def test_f68_dates_without_games_and_skipped_cells_do_not_count() -> None:
    """Six days of work were announced as 6 to 12 hours:
    days off had made the rate look four times it."""
    days = [
        game_day(date(2024, 11, 18)),
        game_day(date(2024, 11, 20)),
        game_day(date(2025, 3, 3)),
    ]
    off = [
        game_day(
            date(2025, 1, day), games=0, final_games=0, called_off_games=("1", "2")
        )
        for day in range(1, 29)
    ]
    early = [game_day(date(2024, 10, day)) for day in range(22, 30)]
    due = {(table, day.game_date): LACKS for table in (PLAYER, A) for day in days}
    tables = load().ordered()
    skipped = {(table, day.game_date): EMPTY for table in tables for day in off}
    skipped |= {
        (t, day.game_date): EMPTY
        for t in tables
        if load().bootstrap_days(t)
        for day in early
    }
    found = to_do([*days, *off, *early], due | skipped)
    assert found == to_do(days, due)
    assert found[-1] == Workload(A, ("precompute", 2), cells=3, rows=6, batches=1)


def test_f68_an_estimate_is_a_range_around_what_such_batches_took() -> None:
    found = seconds(work(10 * 20_000, 10), STEADY)
    assert 0.6 * 10 < found.low < 10 < found.high < 1.4 * 10


def test_f68_an_estimate_is_weighted_by_rows() -> None:
    """A table of many rows at the end would be foreseen by the pace of small ones before it."""
    known = one_after_the_other(
        [batch(1_000, 0.1), batch(1_000, 0.1), batch(100_000, 10, B)]
    )
    small, large = seconds(work(1_000), known), seconds(work(100_000, table=B), known)
    assert small.high < 1 < 4 < large.low
    both = estimate([work(1_000), work(100_000, table=B, wave=2)], known, 1)
    assert both is not None
    assert (both.low, both.high) == pytest.approx(
        (small.low + large.low, small.high + large.high)
    )


def test_f68_without_any_history_there_is_no_estimate() -> None:
    """A number out of nothing is believed like any other."""
    assert estimate([work(1_000)], history(()), 2) is None


def test_nothing_to_do_takes_no_time() -> None:
    found = estimate([], STEADY, 2)
    assert found == Estimate(0, 0, len(STEADY.finished))


def test_without_a_history_the_batches_of_the_run_give_the_estimate() -> None:
    run = [batch(20_000, 1, run="now"), batch(20_000, 1, at=1, run="now")]
    found = seconds(work(5 * 20_000, 5), history(()), run=run)
    assert found.low < 5 < found.high


def test_more_workers_shorten_the_best_case_and_the_worst_as_far_as_batches_ran_at_once() -> (
    None
):
    alone, two = (seconds(work(10 * 20_000, 10), STEADY, workers) for workers in (1, 2))
    assert two.low == pytest.approx(alone.low / 2)
    assert two.high == alone.high
    at_once = history(
        b for s in range(6) for b in (batch(20_000, 1, at=s), batch(20_000, 1, at=s))
    )
    assert seconds(work(10 * 20_000, 10), at_once, 2).high < 7


def test_no_number_of_workers_makes_a_wave_shorter_than_its_longest_batch() -> None:
    one = seconds(work(20_000), STEADY, 1)
    assert seconds(work(20_000), STEADY, 8) == one
    assert seconds(work(3 * 20_000, 3), STEADY, 8).low == one.low


def test_waves_come_one_after_the_other_whatever_the_workers() -> None:
    known = one_after_the_other(
        [*STEADY.finished, *(batch(20_000, 1, B) for _ in range(12))]
    )
    side_by_side, in_turn = (
        estimate([work(20_000), work(20_000, table=B, wave=wave)], known, 8)
        for wave in (1, 2)
    )
    assert side_by_side
    assert in_turn
    assert in_turn.low == pytest.approx(2 * side_by_side.low, rel=0.2)


def test_a_batch_of_another_size_lies_between_all_fixed_time_and_all_time_of_rows() -> (
    None
):
    """From batches of a season nobody knows what one date takes, and the other way round."""
    a_date, a_season = seconds(work(200), STEADY), seconds(work(2_000_000), STEADY)
    assert a_date.low < 0.01 < 1 < a_date.high
    assert a_season.low < 1.1 < 100 < a_season.high


def test_batches_nearest_in_size_speak_before_the_others() -> None:
    known = one_after_the_other(
        [*(batch(200, 0.2) for _ in range(12)), *STEADY.finished]
    )
    found = seconds(work(200), known)
    assert 0.1 < found.low < 0.2 < found.high < 0.3


def test_the_latest_of_as_many_rows_speak_before_older_ones() -> None:
    known = one_after_the_other(
        [*(batch(20_000, 9) for _ in range(50)), *STEADY.finished]
    )
    assert seconds(work(20_000), known).high < 2


def test_a_table_never_computed_is_estimated_by_the_others() -> None:
    found = seconds(work(20_000, table=B), STEADY)
    assert found.low < 1 < found.high


def test_the_fewer_batches_there_are_the_wider_is_the_range() -> None:
    single = seconds(work(20_000), one_after_the_other([batch(20_000, 1)]))
    assert (single.low, single.high, single.batches) == (0.5, 2, 1)
    many = seconds(
        work(20_000), one_after_the_other(batch(20_000, 1) for _ in range(12))
    )
    assert 0.9 < many.low < 1 < many.high < 1.1


def test_a_run_that_goes_slower_than_its_history_is_estimated_by_its_own_pace() -> None:
    slow = [batch(20_000, 3, at=3 * i, run="now") for i in range(10)]
    found = seconds(work(10 * 20_000, 10), STEADY, run=slow)
    assert found.low > 14
    assert found.high > 28
    steady = [batch(20_000, 1, at=i, run="now") for i in range(10)]
    assert seconds(work(10 * 20_000, 10), STEADY, run=steady) == seconds(
        work(10 * 20_000, 10), STEADY
    )


def test_the_few_dates_of_a_sample_say_nothing_of_a_run_s_pace() -> None:
    slow = [batch(20_000, 3, at=3 * i, run="now") for i in range(10)]
    sample = [batch(200, 0.1, at=100 + i, run="now") for i in range(10)]
    assert STEADY.pace([*slow, *sample]) == STEADY.pace(slow) > 2


def test_what_a_run_says_of_tables_without_history_is_believed() -> None:
    run = [batch(20_000, 30, B, at=30 * i, run="now") for i in range(12)]
    assert seconds(work(20_000, table=B), STEADY, run=run).low > 20


def test_a_run_waits_between_tables_and_a_person_s_pause_is_no_such_wait() -> None:
    tables = [batch(20_000, 1, table) for table in ("a", "b", "c", A)]
    at_once, waiting, paused = (
        one_after_the_other(tables, pause) for pause in (0, 5, 4_000)
    )
    assert seconds(work(20_000), waiting).low > seconds(work(20_000), at_once).high
    assert seconds(work(20_000), paused) == seconds(work(20_000), at_once)


def test_batches_of_a_clock_that_was_set_back_say_nothing() -> None:
    assert history([batch(20_000, 0.000_001)]).finished == []
    assert len(history([batch(20_000, 0.000_001), batch(20_000, 1)]).finished) == 1


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.24, 1.72, "0.2–1.7 s"),
        (20.4, 35.2, "20–35 s"),
        (90, 400, "1.5–6.7 min"),
        (1_300, 2_100, "22–35 min"),
        (5_000, 9_000, "1.4–2.5 h"),
        (12.1, 12.4, "about 12 s"),
        (0, 0, "about 0.0 s"),
    ],
)
def test_a_range_is_said_in_one_unit(low: float, high: float, said: str) -> None:
    assert tell_estimate(Estimate(low, high, 3)) == said


@pytest.mark.parametrize(
    ("took", "said"), [(9.96, "10 s"), (31, "31 s"), (119, "119 s"), (190, "3.2 min")]
)
def test_a_time_is_said_as_a_person_would(took: float, said: str) -> None:
    assert tell_time(took) == said


def test_an_estimate_is_plain_data_in_seconds() -> None:
    assert Estimate(1.234, 5.678, 9).to_json() == {
        "low": 1.23,
        "high": 5.68,
        "batches": 9,
    }
