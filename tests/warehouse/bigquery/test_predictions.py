"""Predictions of a date and model are replaced together, on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from planning.predictions import Predicted, latest_predictions
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.loop import open_warehouse
from warehouse.bookkeeping import PREDICTIONS
from warehouse.protocol import Warehouse

DAY, NEXT = date(2025, 1, 2), date(2025, 1, 3)


def predicted(
    player: int, points: float, day: date = DAY, model: str = "a"
) -> Predicted:
    return Predicted(
        game_date=day,
        player_id=player,
        model_id=model,
        points=points,
        mean_points=points + 0.5,
        low=0.0,
        high=points + 7.25,
        naive="season average",
        naive_points=12.0,
        features="f:1",
        code_version="1a2b3c",
    )


@pytest.fixture(params=["duckdb", "bigquery"])
def warehouse(request: pytest.FixtureRequest, stand_in: StandIn) -> Iterator[Warehouse]:
    if request.param == "duckdb":
        opened: Warehouse = open_warehouse()
    else:
        opened = warehouse_on(stand_in)
        opened.ensure_tables()
    yield opened
    opened.close()


def test_a_date_and_model_have_the_rows_that_were_written_last(
    warehouse: Warehouse,
) -> None:
    assert warehouse.predictions() == []
    warehouse.record_predictions([predicted(2, 9.0), predicted(1, 8.0)])
    warehouse.record_predictions([predicted(1, 1.0, model="b")])
    warehouse.record_predictions([predicted(1, 2.0, day=NEXT)])
    warehouse.record_predictions([predicted(1, 8.5)])
    warehouse.record_predictions([])
    found = warehouse.predictions()
    assert [(row.game_date, row.model_id, row.points) for row in found] == [
        (DAY, "a", 8.5),
        (DAY, "b", 1.0),
        (NEXT, "a", 2.0),
    ]
    assert warehouse.rows_held(PREDICTIONS.name) == 3
    (only,) = warehouse.predictions([NEXT])
    assert replace(only, predicted_at=predicted(1, 2.0).predicted_at) == predicted(
        1, 2.0, day=NEXT
    )
    assert only.predicted_at > found[0].predicted_at.replace(year=2000)


def test_a_crash_before_the_old_rows_went_leaves_no_half() -> None:
    first, second = (predicted(player, 9.0) for player in (1, 2))
    later = replace(first, points=4.0, predicted_at=first.predicted_at.replace(day=2))
    assert latest_predictions([first, second, later]) == [later]
