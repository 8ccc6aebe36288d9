"""The fault matrix in short: the worst faults at every call of a batch;
the command does them all."""

from __future__ import annotations

import pytest

from tests.bigquery_stand_in.faults import Kind
from tests.bigquery_stand_in.matrix import Matrix, told
from tests.bigquery_stand_in.opening import warehouse_on
from tests.bigquery_stand_in.server import StandIn
from warehouse.bigquery.jobs import Jobs

AT_EVERY_CALL = (Kind.RESET_AFTER, Kind.DENIED)
AT_EVERY_JOB = (Kind.CONFLICT,)


@pytest.fixture
def matrix(league_stand_in: StandIn) -> Matrix:
    """A matrix on the computed league."""
    return Matrix(league_stand_in, warehouse_on(league_stand_in))


def test_f05_a_disturbed_batch_leaves_what_an_undisturbed_one_does_written_once(
    matrix: Matrix,
) -> None:
    found = [
        matrix.disturb(place, kind)
        for place in matrix.places
        for kind in (*AT_EVERY_CALL, *AT_EVERY_JOB)
        if place.takes(kind)
    ]
    assert len({place.step for place in matrix.places}) == 4
    assert [str(one) for one in found if one.amiss] == [], told(matrix, found)


def test_the_matrix_sees_a_job_done_twice(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without adoption a lost acknowledgement means another job, and another publish."""
    monkeypatch.setattr(Jobs, "_adopt", lambda *_: None)
    merge = next(
        p
        for p in matrix.places
        if (p.step, p.call, p.dry_run) == ("merge", "jobs.insert", False)
    )
    assert "2 publishes" in matrix.disturb(merge, Kind.RESET_AFTER).amiss
