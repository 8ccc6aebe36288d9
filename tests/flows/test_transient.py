"""Errors that may pass are tried again by Prefect, a stated number of times; the others are not."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.errors import GateClosed, PermanentWarehouseError, TransientWarehouseError
from planning.batches import Batch
from planning.ledger import Entry
from tasks.materialize import RETRIES, materialize
from tests.league_files import raw_league
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse

TEAM, DAY = "team_offense_game_summary", date(2023, 11, 21)


@pytest.fixture
def url(prefect_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The little league, nothing computed; retries come at once."""
    monkeypatch.setattr(materialize, "retry_delay_seconds", [0] * RETRIES)
    return f"duckdb:{shutil.copy(raw_league(), tmp_path / 'league.duckdb')}"


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What the next computations raise, one after the other; none is left when they go well."""
    planted: list[Exception] = []
    well = DuckDBWarehouse.materialize

    def sick(self: DuckDBWarehouse, batch: Batch, run_id: str) -> Any:
        if planted:
            raise planted.pop()
        return well(self, batch, run_id)

    monkeypatch.setattr(DuckDBWarehouse, "materialize", sick)
    return planted


def run(url: str) -> list[Entry]:
    """What the ledger says of the date after a backfill of it;
    the NO-GO on the gap is no error here."""
    # Imported late, as in the other tests of flows: Prefect takes two seconds.
    from flows.backfill import backfill

    with suppress(GateClosed):
        backfill(warehouse=url, tables=(TEAM,), dates=(DAY,))
    with open_warehouse(url) as warehouse:
        return warehouse.entries(TEAM, DAY)


def test_f49_an_error_that_passes_is_tried_again_and_leaves_no_trace(
    url: str, errors: list[Exception]
) -> None:
    errors += [TransientWarehouseError("conflict")] * RETRIES
    (entry,) = run(url)
    assert (entry.outcome, errors) == ("done", [])


def test_f49_an_error_that_does_not_pass_is_tried_a_stated_number_of_times_and_recorded(
    url: str, errors: list[Exception]
) -> None:
    errors += [TransientWarehouseError("conflict")] * (RETRIES + 5)
    (entry,) = run(url)
    assert len(errors) == 5 - 1
    assert (entry.outcome, entry.error_class, entry.error_message) == (
        "failed",
        "TransientWarehouseError",
        "conflict",
    )


def test_f49_a_permanent_error_is_not_tried_again(
    url: str, errors: list[Exception]
) -> None:
    errors += [PermanentWarehouseError("no such column")] * 5
    (entry,) = run(url)
    assert len(errors) == 5 - 1
    assert (entry.outcome, entry.error_class) == ("failed", "PermanentWarehouseError")


def test_f49_an_error_that_nobody_knows_is_not_tried_again_and_ends_the_run(
    url: str, errors: list[Exception]
) -> None:
    errors += [ZeroDivisionError("a bug")] * 5
    with pytest.raises(ZeroDivisionError):
        run(url)
    assert len(errors) == 5 - 1


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (ZeroDivisionError("a bug"), ZeroDivisionError),
        (PermanentWarehouseError("refused"), GateClosed),
    ],
)
def test_an_answer_that_is_lost_hides_no_error(
    error: Exception,
    ending: type[Exception],
    url: str,
    errors: list[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Asked a second time to end a run, the server answered with what it had on record; who called
    the run ended by what Prefect made of that."""
    from flows.backfill import backfill
    from tasks.endings import error_of

    send = httpx.Client.send

    def twice(client: httpx.Client, request: httpx.Request, **how: Any) -> Any:
        if request.url.path.endswith("/set_state"):
            send(client, request, **how)
        return send(client, request, **how)

    monkeypatch.setattr(httpx.Client, "send", twice)
    errors += [error] * 9
    ended = backfill(warehouse=url, tables=(TEAM,), dates=(DAY,), return_state=True)
    assert type(error_of(ended)) is ending
