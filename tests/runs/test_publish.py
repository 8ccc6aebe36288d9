"""Halving and retries: what one bad date costs,
and what an error that may pass, without Prefect."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import pytest

from core.errors import (
    FullWarehouseError,
    PermanentWarehouseError,
    TransientWarehouseError,
)
from planning.batches import Batch
from planning.cells import CellBreach
from runs.publish import Receipt, publish
from warehouse.protocol import BatchResult, Warehouse

FIRST = date(2024, 11, 4)
DATES = tuple(FIRST + timedelta(days=i) for i in range(10))
BATCH = Batch.of_season("player_daily_cache", 2024, date(2024, 10, 22), DATES)


class Raising:
    """A warehouse in which some dates raise and some are quarantined;
    it knows what it was asked for."""

    def __init__(self, bad: set[date], held: set[date], error: type[Exception]) -> None:
        self.bad, self.held, self.error = bad, held, error
        self.calls: list[tuple[date, ...]] = []
        self.failures: list[tuple[tuple[date, ...], BaseException]] = []

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        self.calls.append(batch.dates)
        if self.bad & set(batch.dates):
            raise self.error(f"division by zero in {batch.name}")
        held = {
            d: (CellBreach("duplicate_keys", 2, ("201143",)),)
            for d in batch.dates
            if d in self.held
        }
        return BatchResult({d: 5 for d in batch.dates if d not in held}, held)

    def fail(self, batch: Batch, run_id: str, error: BaseException) -> None:
        self.failures.append((batch.dates, error))

    def publish(self, last_try: bool = True) -> Receipt:
        """The receipt of the batch of ten dates."""
        return publish(cast(Warehouse, self), BATCH, "run", last_try)


def warehouse(
    *bad: date,
    held: set[date] | None = None,
    error: type[Exception] = PermanentWarehouseError,
) -> Raising:
    return Raising(set(bad), held or set(), error)


def test_a_batch_without_trouble_is_one_statement() -> None:
    well = warehouse()
    receipt = well.publish()
    assert well.calls == [DATES]
    assert (receipt["done"], receipt["rows"], receipt["failed"]) == (10, 50, {})


def test_f27_one_bad_date_does_not_take_its_batch_along() -> None:
    sick = warehouse(DATES[6])
    receipt = sick.publish()
    assert (receipt["done"], receipt["rows"]) == (9, 45)
    assert receipt["failed"].keys() == {str(DATES[6])}
    assert "division by zero" in receipt["failed"][str(DATES[6])]


def test_a_batch_that_raises_is_halved_until_the_date_stands_alone_and_nothing_is_tried_twice() -> (
    None
):
    sick = warehouse(DATES[6])
    sick.publish()
    assert [len(dates) for dates in sick.calls] == [10, 5, 5, 2, 1, 1, 3]
    assert len(set(sick.calls)) == len(sick.calls)
    assert [dates for dates, _ in sick.failures] == [(DATES[6],)]


def test_every_bad_date_is_named_when_all_are_bad() -> None:
    sick = warehouse(*DATES)
    receipt = sick.publish()
    assert sorted(receipt["failed"]) == [str(d) for d in DATES]
    assert receipt["done"] == 0
    assert [dates for dates, _ in sick.failures] == [(day,) for day in DATES]


def test_f47_what_failed_is_put_on_record_with_its_error() -> None:
    sick = warehouse(DATES[6])
    sick.publish()
    ((_, error),) = sick.failures
    assert isinstance(error, PermanentWarehouseError)
    assert str(error) == f"division by zero in player_daily_cache {DATES[6]}"


def test_quarantined_dates_are_counted_apart_from_done_ones() -> None:
    receipt = warehouse(held={DATES[0]}).publish()
    assert receipt["quarantined"] == {str(DATES[0]): ["duplicate_keys: 2 (201143)"]}
    assert (receipt["done"], receipt["rows"]) == (9, 45)


@pytest.mark.parametrize("last_try", [False, True])
def test_a_permanent_error_fails_its_date_at_once_whichever_try_it_is(
    last_try: bool,
) -> None:
    assert warehouse(DATES[6]).publish(last_try)["done"] == 9


def test_f49_a_transient_error_is_left_to_the_retry_and_neither_halved_nor_put_on_record() -> (
    None
):
    sick = warehouse(DATES[0], error=TransientWarehouseError)
    with pytest.raises(TransientWarehouseError):
        sick.publish(last_try=False)
    assert (sick.calls, sick.failures) == ([DATES], [])


def test_f49_a_transient_error_of_the_last_try_fails_its_dates_and_ends_there() -> None:
    sick = warehouse(DATES[0], error=TransientWarehouseError)
    receipt = sick.publish(last_try=True)
    assert sick.calls == [DATES]
    assert receipt["failed"].keys() == {str(day) for day in DATES}
    ((dates, error),) = sick.failures
    assert (dates, type(error)) == (DATES, TransientWarehouseError)


@pytest.mark.parametrize("error", [FullWarehouseError, RuntimeError])
def test_an_error_that_is_not_the_batch_s_own_ends_the_run(
    error: type[Exception],
) -> None:
    """A full disk met by every batch in turn would put every cell on record as failed."""
    sick = warehouse(DATES[0], error=error)
    with pytest.raises(error):
        sick.publish()
    assert (len(sick.calls), sick.failures) == (1, [])
