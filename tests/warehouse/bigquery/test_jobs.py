"""Jobs under faults: adopted when the acknowledgement was lost,
never named twice, tried again or refused."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.cloud import bigquery

from core.errors import PermanentWarehouseError, TransientWarehouseError
from planning.raw_load import RawLoad
from runs.publish import publish
from tests.bigquery_stand_in.faults import Fault, Kind
from tests.bigquery_stand_in.jobs import RUNNING
from tests.bigquery_stand_in.matrix import BATCH, DATES, TABLE
from tests.bigquery_stand_in.opening import PACE, warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.warehouse.bigquery.looking import PREFIX, jobs, table_rows
from warehouse.bigquery.cost import LEAST_BILLED
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.bigquery.work import Work

MERGE, INSERT = "merge", "jobs.insert"


def merges(stand_in: StandIn) -> list[tuple[str, bool]]:
    """The merges of a stand-in: id, and whether it failed."""
    found = (j for j in stand_in.jobs.known.values() if j.labels.get("step") == MERGE)
    return [(job.job_id, job.error is not None) for job in found]


@pytest.mark.parametrize("kind", [Kind.LOST_503, Kind.RESET_AFTER])
def test_f05_a_merge_whose_acknowledgement_was_lost_is_adopted_not_done_again(
    kind: Kind, league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    """The client sends again after a lost answer and is told 409, although the job succeeded."""
    league_stand_in.faults.plant(Fault(kind, INSERT, MERGE, dry_run=False))
    league_warehouse.materialize(BATCH, "r")
    assert [failed for _, failed in merges(league_stand_in)] == [False]
    assert [r.status for r in league_stand_in.calls(INSERT, step=MERGE, dry_run=False)][
        -1
    ] == 409


def test_f05_a_job_that_exists_and_is_not_found_yet_is_asked_for_again(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    """BigQuery may answer 404 for a job right after it answered 409."""
    late = Fault(Kind.NOT_FOUND, "jobs.get", MERGE)
    league_stand_in.faults.plant(
        Fault(Kind.LOST_503, INSERT, MERGE, dry_run=False), late
    )
    league_warehouse.materialize(BATCH, "r")
    assert [r.status for r in league_stand_in.calls("jobs.get", step=MERGE)][:2] == [
        404,
        200,
    ]
    assert [failed for _, failed in merges(league_stand_in)] == [False]


def test_a_task_that_is_tried_again_finds_what_its_first_try_did(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    """The process died after the merge and before the ledger: nothing is published twice."""
    league_stand_in.faults.plant(Fault(Kind.JOB_BACKEND, INSERT, "ledger", times=99))
    with pytest.raises(
        TransientWarehouseError, match="ledger of upcoming_team_game_context"
    ):
        league_warehouse.materialize(BATCH, "r")
    league_stand_in.faults.plant()
    again = warehouse_on(league_stand_in)
    assert again.materialize(BATCH, "r").rows.keys() == set(DATES)
    assert len(merges(league_stand_in)) == 1
    assert len(
        [e for e in table_rows(league_stand_in, "ledger") if e["run_id"] == "r"]
    ) == len(DATES)


def test_staged_rows_that_may_be_gone_are_staged_again(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    """A run that waited for hours must not adopt a job whose table has expired."""
    league_stand_in.faults.plant(Fault(Kind.JOB_BACKEND, INSERT, "ledger", times=99))
    with pytest.raises(TransientWarehouseError):
        league_warehouse.materialize(BATCH, "r")
    league_stand_in.faults.plant()
    for job in league_stand_in.jobs.known.values():
        job.created -= 4 * 3600
    league_warehouse.materialize(BATCH, "r")
    assert [len(jobs(league_stand_in, step=step)) for step in ("stage", MERGE)] == [
        3,
        2,
    ]
    assert len(merges(league_stand_in)) == 1


def test_the_id_of_a_failed_job_is_never_used_again(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    # The second of the three befalls the question under the first id, which is answered with 409.
    league_stand_in.faults.plant(Fault(Kind.CONFLICT, INSERT, MERGE, times=3))
    league_warehouse.materialize(BATCH, "r")
    (first, *_), failed = zip(*merges(league_stand_in), strict=True)
    assert failed == (True, True, False)
    base = first.rpartition("-")[0]
    assert [job_id for job_id, _ in merges(league_stand_in)] == [
        f"{base}-{n}" for n in range(3)
    ]


@pytest.mark.parametrize(
    "kind",
    [
        Kind.JOB_BACKEND,
        Kind.JOB_INTERNAL,
        Kind.CONFLICT,
        Kind.CONCURRENT,
        Kind.DML_QUEUE,
    ],
)
def test_f64_what_may_pass_is_raised_as_such_after_a_bounded_number_of_tries(
    kind: Kind, league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    """The task tries again, with back-off; a conflict told
    as invalidQuery must not count as permanent."""
    league_stand_in.faults.plant(Fault(kind, INSERT, MERGE, times=99))
    with pytest.raises(
        TransientWarehouseError, match="merge of upcoming_team_game_context"
    ):
        league_warehouse.materialize(BATCH, "r")
    assert len(merges(league_stand_in)) == PACE.job_tries


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Kind.QUOTA, "quotaExceeded.*the project's quota is used up"),
        (Kind.DENIED, "accessDenied.*roles"),
        (Kind.JOB_INVALID, "invalidQuery.*points"),
    ],
)
def test_what_is_refused_for_good_is_not_tried_again_and_says_the_repair(
    kind: Kind, told: str, league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    before = league_warehouse.contents(TABLE)
    league_stand_in.faults.plant(Fault(kind, INSERT, MERGE, times=99, dry_run=False))
    with pytest.raises(PermanentWarehouseError, match=told):
        league_warehouse.materialize(BATCH, "r")
    assert len(league_stand_in.calls(INSERT, step=MERGE, dry_run=False)) == 1
    league_stand_in.faults.plant()
    assert league_warehouse.contents(TABLE) == before


def test_f05_a_refused_merge_leaves_the_old_rows_and_its_dates_on_record_as_failed(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn
) -> None:
    """A delete that was refused and an insert that went on gave 1,096 rows twice."""
    before = league_warehouse.contents(TABLE)
    league_stand_in.faults.plant(Fault(Kind.JOB_INVALID, INSERT, MERGE, times=99))
    receipt = publish(league_warehouse, BATCH, "r")
    assert receipt["failed"].keys() == {day.isoformat() for day in DATES}
    assert league_warehouse.contents(TABLE) == before
    told = [e for e in table_rows(league_stand_in, "ledger") if e["run_id"] == "r"]
    assert {e["outcome"] for e in told} == {"failed"}
    assert all("Unrecognized name" in e["error_message"] for e in told)


def test_a_job_that_takes_too_long_is_cancelled_and_may_be_tried_again(
    league_stand_in: StandIn,
) -> None:
    warehouse = warehouse_on(
        league_stand_in,
        pace=replace(PACE, call_seconds=0.2, job_seconds=0.1, job_tries=1),
    )
    league_stand_in.jobs.seconds = 1.5
    with pytest.raises(TransientWarehouseError, match="records"):
        warehouse.jobs.run(
            Work("records", f"SELECT 1 AS one FROM {warehouse.texts.names('ledger')}")
        )
    assert league_stand_in.calls("jobs.cancel", step="records")


def test_a_small_table_beside_a_large_one_may_be_billed_at_its_least(
    league_warehouse: BigQueryWarehouse,
    league_stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The large one alone is more than the least of two tables,
    and the small one's least comes on top."""
    shots = league_stand_in.engine.tables[f"{PREFIX}nba_raw.shots"]
    monkeypatch.setattr(
        type(shots), "width", lambda self, columns: 10**5 if self is shots else 1
    )
    sql = league_warehouse.texts.contents(("shots", "players"))
    (large, small) = (league_warehouse.rows_held(t) for t in ("shots", "players"))
    assert 10**5 * large > 2 * LEAST_BILLED > small
    assert (
        league_warehouse.jobs.run(Work("contents", sql)).billed
        >= 10**5 * large + LEAST_BILLED
    )


def test_a_statement_that_would_read_more_than_its_dry_run_said_is_refused(
    league_warehouse: BigQueryWarehouse,
    league_stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    info = league_stand_in.engine.tables[f"{PREFIX}nba_raw.shots"]
    monkeypatch.setattr(type(info), "width", lambda self, columns: 10**6)
    monkeypatch.setattr(
        type(league_warehouse.jobs), "_limit", lambda self, work: LEAST_BILLED
    )
    with pytest.raises(
        PermanentWarehouseError, match="bytesBilledLimitExceeded.*partitions"
    ):
        league_warehouse.contents("shots")


@pytest.fixture
def seasons(league_warehouse: BigQueryWarehouse) -> list[date]:
    """The dates of the league, in order."""
    return sorted(day.game_date for day in league_warehouse.game_days())


def test_f64_many_writers_of_one_table_wait_for_their_turn_and_lose_nothing(
    league_warehouse: BigQueryWarehouse, league_stand_in: StandIn, seasons: list[date]
) -> None:
    """Of 30 concurrent MERGEs half failed, and two that collided lost 34 rows."""
    dates = [day for day in seasons if day >= date(2023, 10, 24)][:16]
    before = league_warehouse.contents(TABLE)
    batches = [replace(BATCH, dates=(day,), inputs={day: "i"}) for day in dates]
    league_stand_in.jobs.seconds = 0.05
    with ThreadPoolExecutor(12) as pool:
        receipts = list(
            pool.map(lambda one: publish(league_warehouse, one, "r"), batches)
        )
    league_stand_in.jobs.seconds = 0.0
    assert [r["failed"] for r in receipts] == [{}] * len(dates)
    assert (
        league_stand_in.jobs.most_outstanding[f"{PREFIX}nba_analytics.{TABLE}"]
        <= RUNNING
    )
    assert league_warehouse.contents(TABLE) == before
    assert len(jobs(league_stand_in, step=MERGE)) == len(dates)


def test_rows_arrive_page_by_page(league_stand_in: StandIn) -> None:
    league_stand_in.page_rows = 7
    warehouse = warehouse_on(league_stand_in)
    held = warehouse.contents(TABLE)
    assert sum(content.rows for content in held.values()) == warehouse.rows_held(TABLE)
    assert len(league_stand_in.calls("jobs.getQueryResults", step="contents")) == -(
        -len(held) // 7
    )


def test_a_large_load_is_sent_as_a_resumable_upload(stand_in: StandIn) -> None:
    warehouse, rows = warehouse_on(stand_in), pa.table({"number": range(1_000_000)})
    data = io.BytesIO()
    pq.write_table(rows, data, compression="none", use_dictionary=False)
    assert len(data.getvalue()) > 5 * 2**20
    into = warehouse.address.bookkeeping_path("incoming_numbers")
    schema = [bigquery.SchemaField("number", "INT64")]
    done = warehouse.jobs.load(Work("load", ""), data.getvalue(), into, schema)
    assert done.affected == rows.num_rows
    assert len(stand_in.calls("jobs.upload")) == 2


def test_an_error_of_the_stand_ins_own_is_never_taken_for_bigquerys(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client tries any 500 again, for minutes, in silence."""
    warehouse = warehouse_on(stand_in)

    def broken(*_: object) -> int:
        raise KeyError("no such key")

    monkeypatch.setattr(type(stand_in.engine), "bytes_read", broken)
    with pytest.raises(
        PermanentWarehouseError, match="the stand-in itself broke: KeyError"
    ):
        warehouse.waivers()
    assert [r.status for r in stand_in.calls(INSERT)] == [501]
    assert "no such key" in stand_in.broken.pop()
    stand_in.log.clear()


def test_the_first_load_of_decades_goes_in_portions_of_its_dates(
    stand_in: StandIn,
    league_load: RawLoad,
    computed_stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One job changes 4,000 partitions at most, and an archive of the league has more dates."""
    monkeypatch.setattr("warehouse.bigquery.raw.DATES_AT_ONCE", 10)
    loaded = warehouse_on(stand_in).load(league_load)
    dates = set(league_load.tables["schedule"].column("game_date").to_pylist())
    for table in ("schedule", "team_box"):
        (count,) = {
            len(
                [r for r in jobs(stand_in, step="ingest") if r.labels["table"] == table]
            )
        }
        assert count == -(-len(dates) // 10)
        name = f"{PREFIX}nba_raw.{table}"
        held, wanted = (
            s.engine.rows(f"SELECT * FROM {name} ORDER BY ALL")
            for s in (stand_in, computed_stand_in)
        )
        assert held == wanted
        assert loaded[table] == len(held)


def test_a_load_that_dies_midway_is_given_again(
    stand_in: StandIn, league_load: RawLoad
) -> None:
    """There is no transaction over several tables."""
    warehouse = warehouse_on(stand_in)
    stand_in.faults.plant(Fault(Kind.JOB_INVALID, INSERT, "ingest", nth=3, times=99))
    with pytest.raises(PermanentWarehouseError, match="ingest of player_box"):
        warehouse.load(league_load)
    stand_in.faults.plant()
    assert warehouse.rows_held("team_box") > warehouse.rows_held("player_box") == 0
    assert warehouse.load(league_load) == {
        t: rows.num_rows for t, rows in league_load.tables.items()
    }
    assert {t: warehouse.rows_held(t) for t in league_load.tables} == {
        t: rows.num_rows for t, rows in league_load.tables.items()
    }


def test_a_load_whose_acknowledgement_was_lost_is_adopted(
    stand_in: StandIn, league_load: RawLoad
) -> None:
    warehouse = warehouse_on(stand_in)
    stand_in.faults.plant(Fault(Kind.LOST_503, "jobs.upload", times=1))
    written = warehouse.load(RawLoad({"schedule": league_load.tables["schedule"]}))
    assert written == {"schedule": league_load.tables["schedule"].num_rows}
    assert [r.status for r in stand_in.calls("jobs.upload")][:2] == [503, 409]
