"""Jobs of the stand-in: inserted under the client's id,
run at once or on a thread, kept to be asked for."""

from __future__ import annotations

import io
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bigquery_stand_in import values
from tests.bigquery_stand_in.engine import Answer, Engine, TableInfo
from tests.bigquery_stand_in.partitions import VIEW, list_partitions
from tests.bigquery_stand_in.refusals import Refusal
from tests.bigquery_stand_in.statement import Statement, statement

RUNNING, QUEUED = 2, 20
LEAST_BILLED = 10 * 2**20


@dataclass
class Job:
    """One job: what was asked, and what became of it."""

    job_id: str
    project: str
    configuration: dict[str, Any]
    location: str
    statement: str = ""
    answer: Answer = field(default_factory=Answer)
    bytes_read: Mapping[str, int] = field(default_factory=dict)
    error: Refusal | None = None
    done: bool = False
    created: float = field(default_factory=time.time)

    @property
    def labels(self) -> dict[str, str]:
        """The labels that the client gave it."""
        return dict(self.configuration.get("labels", {}))

    @property
    def bytes_billed(self) -> int:
        """At least 10 MiB of each table that was read."""
        return sum(max(size, LEAST_BILLED) for size in self.bytes_read.values())

    def resource(self, told: bool = True) -> dict[str, Any]:
        """As the API tells it; `told` False hides that it is done,
        as the answer to an insert does."""
        done = self.done and told
        status: dict[str, Any] = {"state": "DONE" if done else "RUNNING"}
        if done and self.error:
            status |= {
                "errorResult": self.error.entry(),
                "errors": [self.error.entry()],
            }
        moment = str(int(self.created * 1000))
        return {
            "kind": "bigquery#job",
            "id": f"{self.project}:{self.location}.{self.job_id}",
            "jobReference": {
                "projectId": self.project,
                "jobId": self.job_id,
                "location": self.location,
            },
            "configuration": self.configuration,
            "status": status,
            "statistics": {
                "creationTime": moment,
                "startTime": moment,
                "endTime": moment,
                **self._statistics(),
            },
        }

    def _statistics(self) -> dict[str, Any]:
        if "load" in self.configuration:
            return {"load": {"outputRows": str(self.answer.inserted)}}
        total = str(sum(self.bytes_read.values()))
        query = {
            "totalBytesProcessed": total,
            "totalBytesBilled": str(self.bytes_billed),
            "statementType": self.statement,
            "referencedTables": [self._reference(name) for name in self.bytes_read],
            "numDmlAffectedRows": str(self.affected),
            "dmlStats": {
                "insertedRowCount": str(self.answer.inserted),
                "deletedRowCount": str(self.answer.deleted),
                "updatedRowCount": str(self.answer.updated),
            },
        }
        return {"totalBytesProcessed": total, "query": query}

    def _reference(self, name: str) -> dict[str, str]:
        dataset, _, table = name.partition(".")
        return {"projectId": self.project, "datasetId": dataset, "tableId": table}

    @property
    def affected(self) -> int:
        """Rows that a mutating statement touched."""
        return self.answer.inserted + self.answer.deleted + self.answer.updated


class Jobs:
    """All jobs by id; at most 2 mutating statements
    of a table run and 20 wait, as BigQuery has it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.known: dict[str, Job] = {}
        self.seconds = 0.0
        self.outstanding: Counter[str] = Counter()
        self.most_outstanding: Counter[str] = Counter()
        self._lock = threading.Lock()

    def get(self, job_id: str) -> Job:
        """The job of that id, or notFound."""
        try:
            return self.known[job_id]
        except KeyError:
            raise Refusal("notFound", f"Not found: Job {job_id}") from None

    def insert(
        self,
        project: str,
        body: Mapping[str, Any],
        data: bytes | None,
        fails: Refusal | None,
    ) -> Job:
        """Take a job on; `fails` is what it is to fail of, instead of doing anything."""
        reference = body.get("jobReference", {})
        configuration = dict(body["configuration"])
        job = Job(
            reference["jobId"],
            project,
            configuration,
            reference.get("location") or "US",
        )
        if configuration.get("dryRun"):
            self._explain(job)
            job.done = True
            return job
        with self._lock:
            if job.job_id in self.known:
                raise Refusal(
                    "duplicate",
                    f"Already Exists: Job {project}:{job.location}.{job.job_id}",
                )
            self.known[job.job_id] = job
        if fails:
            job.error, job.done = fails, True
        elif data is not None:
            self._finish(job, lambda: self._load(job, data))
        else:
            self._query(job)
        return job

    def _query(self, job: Job) -> None:
        """Run it here, or on a thread when jobs are to take their time."""
        try:
            target = self.statement_of(job).target
        except Refusal as error:
            job.error, job.done = error, True
            return
        if target and not self._queue(job, target):
            return

        def work() -> None:
            time.sleep(self.seconds)
            try:
                self._finish(job, lambda: self._run(job))
            finally:
                if target:
                    self._leave(target)

        if self.seconds:
            threading.Thread(target=work, daemon=True).start()
        else:
            work()

    def target(self, job: Job) -> str | None:
        """The table whose rows a query job changes by UPDATE, DELETE or MERGE."""
        return self.statement_of(job).target if "query" in job.configuration else None

    def _queue(self, job: Job, target: str) -> bool:
        with self._lock:
            if self.outstanding[target] >= RUNNING + QUEUED:
                message = (
                    "Resources exceeded: Too many DML statements outstanding against "
                    f"table {target}"
                )
                job.error, job.done = Refusal("invalidQuery", message), True
                return False
            self.outstanding[target] += 1
            self.most_outstanding[target] = max(
                self.most_outstanding[target], self.outstanding[target]
            )
            return True

    def _leave(self, target: str) -> None:
        with self._lock:
            self.outstanding[target] -= 1

    def _finish(self, job: Job, work: Any) -> None:
        try:
            work()
        except Refusal as error:
            job.error = error
        finally:
            job.done = True

    def statement_of(self, job: Job) -> Statement:
        """The statement of a query job."""
        query = job.configuration["query"]
        types = (
            (p["name"], values.spelled(p["parameterType"]))
            for p in query.get("queryParameters", [])
        )
        found = statement(query["query"], tuple(types))
        job.statement = found.kind
        return found

    def _explain(self, job: Job) -> tuple[Statement, dict[str, Any]]:
        """What it would read; refusals are raised."""
        asked, given = self.statement_of(job), _parameters(job.configuration["query"])
        for scan in asked.scans:
            if scan.table == VIEW:
                list_partitions(self.engine, scan.dataset)
        job.bytes_read = self.engine.bytes_read(asked, given)
        return asked, given

    def _run(self, job: Job) -> None:
        asked, given = self._explain(job)
        limit = job.configuration["query"].get("maximumBytesBilled")
        if limit is not None and job.bytes_billed > int(limit):
            message = (
                f"Query exceeded limit for bytes billed: {limit}; {job.bytes_billed} "
                "required."
            )
            raise Refusal("bytesBilledLimitExceeded", message)
        job.answer = self.engine.run(asked, given)

    def _load(self, job: Job, data: bytes) -> None:
        """A load job of a parquet file into a table that it makes or empties."""
        load = job.configuration["load"]
        if (load["sourceFormat"], load["writeDisposition"]) != (
            "PARQUET",
            "WRITE_TRUNCATE",
        ):
            raise Refusal(
                "notImplemented", "the stand-in loads parquet with WRITE_TRUNCATE alone"
            )
        into = load["destinationTable"]
        incoming = _in_utc(pq.read_table(io.BytesIO(data)))
        with self.engine.lock:
            self.engine.connection.register("incoming", incoming)
            name = f'"{into["datasetId"]}"."{into["tableId"]}"'
            self.engine.connection.execute(
                f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming"
            )
            self.engine.connection.unregister("incoming")
        fields = load.get("schema", {"fields": []})
        self.engine.tables[f"{into['datasetId']}.{into['tableId']}"] = TableInfo(
            {"schema": fields}
        )
        job.answer = Answer(inserted=incoming.num_rows)


def _in_utc(table: pa.Table) -> pa.Table:
    """Parquet keeps an instant without its zone's name."""
    fields = [
        pa.field(f.name, pa.timestamp("us", tz="UTC"))
        if pa.types.is_timestamp(f.type)
        else f
        for f in table.schema
    ]
    return table.cast(pa.schema(fields))


def _parameters(query: Mapping[str, Any]) -> dict[str, Any]:
    given = query.get("queryParameters", [])
    return {
        p["name"]: values.parameter(p["parameterType"], p["parameterValue"])
        for p in given
    }
