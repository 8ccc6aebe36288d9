"""The slot of a warehouse: held while a backfill runs, given back,
asked for only where a set-up made it."""

from __future__ import annotations

from typing import NoReturn
from uuid import uuid4

import pytest

from planning.selection import Selection

WAREHOUSE = "bigquery:example-project.slots"


@pytest.fixture
def limited(prefect_server: None) -> str:
    """A warehouse whose limit is there; its name."""
    # Imported late, as in the tests of flows: Prefect takes two seconds.
    from prefect.client.orchestration import get_client

    from deployments import ensure
    from tasks.slot import limit_name

    with get_client(sync_client=True) as client:
        ensure.limit(client, limit_name(WAREHOUSE))
    return limit_name(WAREHOUSE)


def test_the_slot_is_held_for_the_whole_run_and_given_back_when_it_fails(
    limited: str,
) -> None:
    from tasks.slot import slot, slots_held

    def failing_run() -> None:
        with slot(WAREHOUSE, str(uuid4())):
            raise ZeroDivisionError(slots_held(limited))

    with pytest.raises(ZeroDivisionError, match="^1$"):
        failing_run()
    assert slots_held(limited) == 0


def test_the_set_up_given_while_a_run_holds_the_slot_does_not_free_it(
    limited: str,
) -> None:
    from prefect.client.orchestration import get_client

    from deployments import ensure
    from tasks.slot import slot, slots_held

    with slot(WAREHOUSE, str(uuid4())), get_client(sync_client=True) as client:
        assert ensure.limit(client, limited) == f"kept global limit {limited}"
        assert slots_held(limited) == 1


@pytest.mark.usefixtures("prefect_server")
def test_without_a_set_up_nothing_is_waited_for() -> None:
    from tasks.slot import limit_name, slot, slots_held

    other = "duckdb:/nowhere/else.duckdb"
    with slot(other, str(uuid4())):
        assert slots_held(limit_name(other)) is None


def test_a_limit_is_named_for_its_warehouse_without_what_prefect_refuses_in_a_name() -> (
    None
):
    from tasks.slot import limit_name

    assert limit_name("duckdb:/data/nba.duckdb") == "fullcourt-duckdb-data-nba.duckdb"
    assert (
        limit_name("bigquery:example.com:p-1.test@EU")
        == "fullcourt-bigquery-example.com-p-1.test-EU"
    )


def test_a_command_that_writes_holds_the_slot_too(limited: str) -> None:
    from tasks.slot import command_slot, slots_held

    said: list[str] = []
    with command_slot(WAREHOUSE, said.append):
        assert slots_held(limited) == 1
    assert slots_held(limited) == 0
    assert said == []


@pytest.fixture
def held_when_opened(limited: str, monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """How many slots are held when a phase or a gate opens the warehouse, which ends it."""
    import flows.gate
    import flows.phase
    from tasks.slot import slots_held

    held: list[int | None] = []

    def opened(_url: str) -> NoReturn:
        held.append(slots_held(limited))
        raise ZeroDivisionError

    for flow in (flows.gate, flows.phase):
        monkeypatch.setattr(flow, "open_warehouse", opened)
    return held


def test_a_phase_by_itself_takes_the_slot_and_one_of_a_backfill_does_not(
    limited: str, held_when_opened: list[int | None]
) -> None:
    """A backfill that waited for a phase which waited for its slot would never end."""
    from prefect import flow

    from flows.phase import phase
    from tasks.slot import slot, slots_held

    @flow
    def parent() -> None:
        with slot(WAREHOUSE, str(uuid4())):
            phase("team", Selection(), WAREHOUSE)

    with pytest.raises(ZeroDivisionError):
        phase("team", Selection(), WAREHOUSE)
    with pytest.raises(ZeroDivisionError):
        parent()
    assert held_when_opened == [1, 1]
    assert slots_held(limited) == 0


def test_a_gate_by_itself_takes_the_slot_for_it_keeps_a_verdict(
    limited: str, held_when_opened: list[int | None]
) -> None:
    from flows.gate import gate
    from tasks.slot import slots_held

    with pytest.raises(ZeroDivisionError):
        gate("team", Selection(), WAREHOUSE)
    assert held_when_opened == [1]
    assert slots_held(limited) == 0
