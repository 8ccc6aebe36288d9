"""Jobs: named by us, submitted once, adopted when the acknowledgement was lost,
classified when they fail.

A job's id follows from the work (run, table, dates, fingerprints, attempts), so it is known before
anything is sent and is the same after a crash: what was done is found again instead of done twice.
The id of a failed job is never used again; the next number is.
"""

from __future__ import annotations

import concurrent.futures
import io
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from google.api_core import exceptions as api
from google.cloud import bigquery

from core.errors import PermanentWarehouseError, TransientWarehouseError, WarehouseError
from warehouse.bigquery.cost import LEAST_BILLED, DryRun
from warehouse.bigquery.errors import CAUGHT, our_error
from warehouse.bigquery.pace import Pace
from warehouse.bigquery.parameters import parameters
from warehouse.bigquery.slots import Slots
from warehouse.bigquery.work import AnyJob, Done, Work, done
from warehouse.store import Row

MARGIN = 1.5
PAGE_ROWS = 20_000
MOST_NUMBERS = 50
_log = logging.getLogger(__name__)


class Jobs:
    """Runs work on one client; safe to use from several threads."""

    def __init__(self, client: bigquery.Client, location: str, pace: Pace) -> None:
        self.client, self.location, self.pace = client, location, pace
        self._slots = Slots()

    def rows(self, step: str, sql: str, /, **given: Any) -> list[Row]:
        """The rows of a statement that only reads."""
        return self.run(Work(step, sql, given)).rows

    def run(self, work: Work) -> Done:
        """Run a statement to its end; what may pass is tried again before it is raised."""
        with self._slots.hold(work.mutates):
            return self._run_tries(
                work, work.id, lambda job_id: self._query(work, job_id)
            )

    def load(
        self, work: Work, data: bytes, into: str, schema: list[bigquery.SchemaField]
    ) -> Done:
        """Fill a table with the rows of a parquet file; it holds them alone afterwards."""
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET,
            write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
            schema=schema,
            labels=work.labels,
        )

        def submit(job_id: str) -> AnyJob:
            return self.client.load_table_from_file(
                io.BytesIO(data),
                into,
                size=len(data),
                num_retries=self.pace.upload_retries,
                job_id=job_id,
                location=self.location or None,
                job_config=config,
                timeout=self.pace.call_seconds,
            )

        return self._run_tries(work, work.id, submit)

    def dry_run(self, work: Work) -> DryRun:
        """What a statement would read; no job is made of it and nothing billed."""
        config = bigquery.QueryJobConfig(
            dry_run=True,
            use_query_cache=False,
            query_parameters=parameters(work.parameters),
            labels=work.labels,
        )
        try:
            job = self.client.query(
                work.sql,
                job_config=config,
                job_id=f"{work.id}-dry",
                location=self.location or None,
                timeout=self.pace.call_seconds,
                retry=self.pace.retry,
                job_retry=None,
            )
        except CAUGHT as error:
            raise our_error(error, work.name) from error
        return DryRun(
            int(job.total_bytes_processed or 0), len(job.referenced_tables or ())
        )

    def _limit(self, work: Work) -> int:
        """Bytes that it may bill: half as many again as its dry run says,
        above the least of every table."""
        dry = self.dry_run(work)
        return int(MARGIN * dry.bytes_read) + max(1, dry.tables) * LEAST_BILLED

    def _query(self, work: Work, job_id: str) -> AnyJob:
        config = bigquery.QueryJobConfig(
            maximum_bytes_billed=self._limit(work),
            use_query_cache=False,
            query_parameters=parameters(work.parameters),
            labels=work.labels,
        )
        return self.client.query(
            work.sql,
            job_config=config,
            job_id=job_id,
            location=self.location or None,
            timeout=self.pace.call_seconds,
            retry=self.pace.retry,
            job_retry=None,
        )

    def _run_tries(
        self, work: Work, base: str, submit: Callable[[str], AnyJob]
    ) -> Done:
        number = failed = 0
        while number < MOST_NUMBERS:
            job_id = f"{base}-{number}"
            try:
                job = self._submit(work, job_id, submit)
                if job is None:
                    number += 1
                    continue
                return self._await_end(work, job)
            except TransientWarehouseError as error:
                # Under the same id: whether the job exists, and how it ended, BigQuery alone knows.
                failed += 1
                if failed >= self.pace.job_tries:
                    raise
                _log.info("%s", error)
                self.pace.wait(failed)
        raise PermanentWarehouseError(
            f"{work.name}: {MOST_NUMBERS} jobs named {base} failed before"
        )

    def _submit(
        self, work: Work, job_id: str, submit: Callable[[str], AnyJob]
    ) -> AnyJob | None:
        """The job under this id, submitted now or before;
        None when that one is of no use any more."""
        _log.debug("submitting job %s", job_id)
        try:
            return submit(job_id)
        except api.Conflict:
            return self._adopt(work, job_id)
        except CAUGHT as error:
            raise self._error(error, work, job_id) from error

    def _error(self, error: BaseException, work: Work, job_id: str) -> WarehouseError:
        return our_error(error, f"{work.name} (job {job_id})")

    def _adopt(self, work: Work, job_id: str) -> AnyJob | None:
        """The job that has this id already: ours,
        whose acknowledgement was lost or whose process died."""
        try:
            job = self.client.get_job(
                job_id,
                location=self.location or None,
                timeout=self.pace.call_seconds,
                retry=self.pace.retry,
            )
        except api.NotFound as error:
            # It was there a moment ago, and may be told of a moment later.
            raise TransientWarehouseError(
                f"{work.name} (job {job_id}): there and not yet found"
            ) from error
        except CAUGHT as error:
            raise self._error(error, work, job_id) from error
        assert isinstance(job, bigquery.QueryJob | bigquery.LoadJob), (
            f"{job_id} is no job of ours"
        )
        outlived = (
            work.lasts and job.ended and datetime.now(UTC) - job.ended > work.lasts
        )
        if (job.state == "DONE" and job.error_result) or outlived:
            return None
        _log.info("job %s was submitted before: adopted", job_id)
        return job

    def _await_end(self, work: Work, job: AnyJob) -> Done:
        """The end of a job; one that takes too long is cancelled, for it would go on without us."""
        deadline = time.monotonic() + self.pace.job_seconds
        while True:
            try:
                result = self._result(job)
                # Pages are fetched as they are read.
                rows = (
                    [dict(row.items()) for row in result]
                    if isinstance(job, bigquery.QueryJob)
                    else []
                )
                return done(job, rows)
            except concurrent.futures.TimeoutError as error:
                if time.monotonic() > deadline:
                    self._cancel(job)
                    raise self._error(error, work, str(job.job_id)) from error
            except CAUGHT as error:
                raise self._error(error, work, str(job.job_id)) from error

    def _result(self, job: AnyJob) -> Any:
        seconds, retry = self.pace.call_seconds, self.pace.retry
        if isinstance(job, bigquery.QueryJob):
            return job.result(
                page_size=PAGE_ROWS, timeout=seconds, retry=retry, job_retry=None
            )
        return job.result(timeout=seconds, retry=retry)

    def _cancel(self, job: AnyJob) -> None:
        try:
            job.cancel(timeout=self.pace.call_seconds, retry=self.pace.retry)
        except CAUGHT as error:
            _log.warning("job %s could not be cancelled: %s", job.job_id, error)
