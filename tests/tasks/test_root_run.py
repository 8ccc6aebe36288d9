"""Which run a flow run is part of, and how often a server is asked for it."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from prefect import flow
from prefect.runtime import flow_run

from tasks.root_run import parts_of, root_run_id


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The flow runs of which the root was asked for."""
    runs: list[str] = []
    ask = flow_run.FIELDS["root_flow_run_id"]

    def ask_and_note() -> str:
        runs.append(str(flow_run.id))
        return str(ask())

    monkeypatch.setitem(flow_run.FIELDS, "root_flow_run_id", ask_and_note)
    return runs


@flow
def part() -> tuple[str, str]:
    """Look twice: this run, and the run that it is part of."""
    assert root_run_id() == root_run_id()
    return str(flow_run.id), root_run_id()


@flow
def whole(is_known: bool) -> list[tuple[str, str]]:
    """This run with its root, and those of two parts."""
    mine = (str(flow_run.id), root_run_id())
    with parts_of(mine[1]) if is_known else nullcontext():
        return [mine, part(), part()]


@pytest.mark.parametrize("is_known", [True, False])
def test_a_part_knows_the_run_that_it_is_part_of_and_asks_once_at_most(
    prefect_server: None, asked: list[str], is_known: bool
) -> None:
    runs = whole(is_known)
    (begun, _), *parts = runs
    assert {root for _, root in runs} == {begun}
    assert asked == ([begun] if is_known else [begun, *(run for run, _ in parts)])
    alone, root = part()
    assert root == alone != begun
