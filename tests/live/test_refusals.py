"""What BigQuery says no with is what the errors of the product go by; nothing here is billed."""

from __future__ import annotations

import uuid

import pytest

from core.errors import PermanentWarehouseError
from tests.live.submitted import submitted
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.names import quoted
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.bigquery.work import Work


def test_f05_a_job_under_an_id_that_was_used_is_adopted_not_done_again(
    computed: BigQueryWarehouse,
) -> None:
    """The stand-in answers 409, and tells of the job when it is asked for right after."""
    work = Work("look", "SELECT 1 AS one", run_id="again", key=uuid.uuid4().hex)
    with submitted(computed) as jobs:
        assert [computed.jobs.run(work).rows for _ in range(2)] == [[{"one": 1}]] * 2
    assert [job.job_id for job in jobs] == [f"{work.id}-0"]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT team FROM {team_box}", "invalidQuery.*without a filter over column"),
        ("SELECT team FROM {nothing}", "notFound.*nothing"),
        ("SELECT FROM WHERE", "invalidQuery.*Syntax error"),
    ],
)
def test_a_statement_that_cannot_be_is_refused_for_good_by_its_dry_run(
    sql: str, told: str, computed: BigQueryWarehouse
) -> None:
    """The stand-in has its reasons and words from Google's documents."""
    names = {
        "team_box": computed.texts.names("team_box"),
        "nothing": quoted(computed.address.bookkeeping_path("nothing")),
    }
    with (
        submitted(computed) as jobs,
        pytest.raises(PermanentWarehouseError, match=told),
    ):
        computed.jobs.rows("look", sql.format(**names))
    assert jobs == []


def test_a_statement_beyond_its_limit_of_bytes_is_refused_for_good(
    computed: BigQueryWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stand-in holds what a job bills, ten MiB at least,
    against maximumBytesBilled, as documented."""
    monkeypatch.setattr(Jobs, "_limit", lambda self, work: 1)
    with pytest.raises(
        PermanentWarehouseError, match="bytesBilledLimitExceeded.*partitions"
    ):
        computed.jobs.rows(
            "look", f"SELECT game_id FROM {computed.texts.whole('schedule')}"
        )
