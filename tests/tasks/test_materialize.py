"""Halving: what one bad date costs, without Prefect."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

import pytest

from fullcourt.errors import PermanentWarehouseError, TransientWarehouseError
from planning.batches import Batch
from planning.cells import Breach
from tasks.materialize import publish
from warehouse.protocol import BatchResult, Warehouse

FIRST = date(2024, 11, 4)
DATES = tuple(FIRST + timedelta(days=i) for i in range(10))
BATCH = Batch("player_daily_cache", 2024, date(2024, 10, 22), DATES)


class Raising:
    """A warehouse in which some dates raise and some are quarantined."""

    def __init__(
        self, bad: set[date], held: set[date], error: type[Exception] = PermanentWarehouseError
    ) -> None:
        self.bad, self.held, self.error = bad, held, error
        self.calls: list[tuple[date, ...]] = []

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        self.calls.append(batch.dates)
        if self.bad & set(batch.dates):
            raise self.error(f"division by zero in {batch.name}")
        held = {d: (Breach("duplicate_keys", 2, ("201143",)),) for d in batch.dates if d in self.held}
        return BatchResult({d: 5 for d in batch.dates if d not in held}, held)


def published(**kinds: Any) -> tuple[Raising, dict[str, Any]]:
    house = Raising(
        kinds.get("bad", set()), kinds.get("held", set()), kinds.get("error", PermanentWarehouseError)
    )
    return house, cast(dict[str, Any], publish(cast(Warehouse, house), BATCH, "run"))


def test_a_batch_without_trouble_is_one_statement() -> None:
    house, receipt = published()
    assert house.calls == [DATES]
    assert (receipt["done"], receipt["rows"], receipt["failed"]) == (10, 50, {})


def test_f27_one_bad_date_does_not_take_its_batch_along() -> None:
    house, receipt = published(bad={DATES[6]})
    assert (receipt["done"], receipt["rows"]) == (9, 45)
    assert list(receipt["failed"]) == [DATES[6].isoformat()]
    assert "division by zero" in receipt["failed"][DATES[6].isoformat()]
    assert len(house.calls) < len(DATES)


def test_every_bad_date_is_named_when_all_are_bad() -> None:
    _, receipt = published(bad=set(DATES))
    assert sorted(receipt["failed"]) == [d.isoformat() for d in DATES]
    assert receipt["done"] == 0


def test_quarantined_dates_are_counted_apart_from_done_ones() -> None:
    _, receipt = published(held={DATES[0]})
    assert receipt["quarantined"] == {DATES[0].isoformat(): ["duplicate_keys: 2 (201143)"]}
    assert (receipt["done"], receipt["rows"]) == (9, 45)


def test_a_transient_error_is_left_to_the_retry_and_never_halved() -> None:
    with pytest.raises(TransientWarehouseError):
        published(bad={DATES[0]}, error=TransientWarehouseError)
