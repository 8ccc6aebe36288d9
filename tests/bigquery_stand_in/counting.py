"""A backfill of the demo range on a stand-in that counts;
what it asked of BigQuery, beside the limits.

    python -m tests.bigquery_stand_in.counting [ARGUMENTS OF fullcourt backfill]

Runs the commands that a person would give, in processes of their own, through the real client.
Prints what they say, then jobs, bytes, modifications and the largest queue per table; exits 1 when
a limit was passed, or when a batch read more than the partitions inside its declared cuts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from planning.batches import Batch, Season
from processors.catalog import Catalog
from processors.discovery import load
from reports.terminal import grid
from tests.bigquery_stand_in.cuts import bytes_of_cuts
from tests.bigquery_stand_in.jobs import RUNNING, Job
from tests.bigquery_stand_in.server import StandIn
from warehouse.bigquery.cost import MOST_PARTITIONS, MOST_PARTITIONS_AT_ONCE, dollars

URL = "bigquery:stand-in-project.demo_@EU"
PREFIX = "demo_"
COMMAND = "from fullcourt.cli import main; main()"
LOADS_A_DAY, UPDATES_AT_ONCE, QUERY_BYTES, PARAMETERS = 1_500, 50, 2**20, 10_000
HEADER = (
    "table",
    "batches",
    "jobs",
    "MiB read",
    "MiB billed",
    "modifications",
    "in queue",
    "partitions",
    "loads",
)


def main() -> int:
    """Backfill, count, compare; 1 when anything is beyond a limit."""
    with (
        StandIn() as stand_in,
        tempfile.TemporaryDirectory(prefix="fullcourt-counting-") as home,
    ):
        given = {
            "BIGQUERY_EMULATOR_HOST": stand_in.url,
            "FULLCOURT_WAREHOUSE": URL,
            "FULLCOURT_HOME": home,
        }
        environ = {**os.environ, **given}
        for arguments in (
            ["ingest", "demo"],
            ["plan"],
            ["backfill", *sys.argv[1:]],
            ["server", "stop"],
        ):
            print(f"$ fullcourt {' '.join(arguments)}", flush=True)
            subprocess.run(
                [sys.executable, "-c", COMMAND, *arguments], env=environ, check=True
            )
        count = Count(stand_in, load())
        count.show()
        amiss = [*count.beyond(), *count.unbounded(), *stand_in.broken]
    print(
        "\n".join(amiss)
        or "no limit was passed; every batch read at most the partitions of its cuts"
    )
    return int(bool(amiss))


class Count:
    """What the log and the jobs of a stand-in say of a backfill."""

    def __init__(self, stand_in: StandIn, catalog: Catalog) -> None:
        self.stand_in, self.catalog = stand_in, catalog
        self.jobs = [job for job in stand_in.jobs.known.values() if not job.error]

    def of(self, table: str) -> list[Job]:
        """The jobs of a table."""
        return [job for job in self.jobs if job.labels.get("table") == table]

    def show(self) -> None:
        """Print the table."""
        rows = [
            self._row(table, self.of(table))
            for table in (*self.catalog.raw, *self.catalog.ordered())
        ]
        named = {
            job.job_id
            for table in (*self.catalog.raw, *self.catalog.ordered())
            for job in self.of(table)
        }
        rows.append(
            self._row(
                "(of several)", [job for job in self.jobs if job.job_id not in named]
            )
        )
        grid("what was asked of BigQuery", HEADER, rows)
        steps = Counter(job.labels.get("step", "?") for job in self.jobs)
        print(
            "jobs by step: "
            + ", ".join(f"{number} {step}" for step, number in steps.most_common())
        )
        billed = sum(job.bytes_billed for job in self.jobs)
        batches = sum(
            job.bytes_billed
            for job in self.jobs
            if job.labels["step"] in ("stage", "audit", "merge")
        )
        print(
            f"{len(self.jobs)} jobs, {len(self.stand_in.log)} requests; billed "
            f"${dollars(billed):.4f}, of which ${dollars(batches):.4f} for batches"
        )

    def _row(self, table: str, jobs: Sequence[Job]) -> tuple[str | int, ...]:
        changed = [
            job for job in jobs if job.statement in ("MERGE", "UPDATE", "DELETE")
        ]
        return (
            table,
            sum(job.labels["step"] == "merge" for job in jobs),
            len(jobs),
            round(sum(sum(job.bytes_read.values()) for job in jobs) / 2**20),
            round(sum(job.bytes_billed for job in jobs) / 2**20),
            len(changed),
            self.queue(table),
            max((len(dates_of(job)) for job in changed), default=0),
            sum("load" in job.configuration for job in jobs),
        )

    def queue(self, table: str) -> int:
        """The most statements that changed a table at once."""
        most = self.stand_in.jobs.most_outstanding
        return max(
            (number for name, number in most.items() if name.endswith(f".{table}")),
            default=0,
        )

    def beyond(self) -> Iterator[str]:
        """The limits of BigQuery that were passed."""
        for table in (*self.catalog.raw, *self.catalog.ordered()):
            name = f"{PREFIX}{self.catalog.dataset(table)}.{table}"
            day = self.catalog.date_column(table)
            dates = (
                self.stand_in.engine.rows(
                    f"SELECT COUNT(DISTINCT {day}) AS n FROM {name}"
                )[0]["n"]
                if day
                else 1
            )
            loads = sum("load" in job.configuration for job in self.of(table))
            at_once = max((len(dates_of(job)) for job in self.of(table)), default=0)
            for number, most, what in (
                (dates, MOST_PARTITIONS, "partitions"),
                (at_once, MOST_PARTITIONS_AT_ONCE, "partitions changed by one job"),
                (self.queue(table), RUNNING, "statements running at once"),
                (loads, LOADS_A_DAY, "load jobs"),
            ):
                if number > most:
                    yield f"{table}: {number} {what}, {most} are allowed"
        updates = len(self.stand_in.calls("tables.patch")) + len(
            self.stand_in.calls("tables.insert")
        )
        if updates > UPDATES_AT_ONCE:
            yield f"{updates} tables made or changed, {UPDATES_AT_ONCE} at once are allowed"
        for job in self.jobs:
            query = job.configuration.get("query")
            if query and len(query["query"].encode()) > QUERY_BYTES:
                yield f"{job.job_id}: a text of more than {QUERY_BYTES} bytes"
            if query and len(query.get("queryParameters", [])) > PARAMETERS:
                yield f"{job.job_id}: more than {PARAMETERS} parameters"

    def unbounded(self) -> Iterator[str]:
        """The batches that read more than the partitions inside their declared cuts."""
        for job in self.jobs:
            if job.labels["step"] == "stage":
                batch, read = batch_of(job), sum(job.bytes_read.values())
                if read > (
                    most := bytes_of_cuts(self.stand_in, self.catalog, PREFIX, batch)
                ):
                    yield f"{batch.name}: {read} bytes read, its cuts hold {most}"


def dates_of(job: Job) -> list[str]:
    """The dates that a job is about."""
    given = job.configuration.get("query", {}).get("queryParameters", [])
    values: dict[str, list[dict[str, str]]] = next(
        (p["parameterValue"] for p in given if p["name"] == "dates"), {}
    )
    return [value["value"] for value in values.get("arrayValues", [])]


def batch_of(job: Job) -> Batch:
    """The batch that a job staged, from its parameters."""
    given = {
        p["name"]: p["parameterValue"]
        for p in job.configuration["query"]["queryParameters"]
    }
    dates = tuple(map(date.fromisoformat, dates_of(job)))
    years, starts = (
        given[name]["arrayValues"] for name in ("seasons", "season_starts")
    )
    seasons = tuple(
        Season(int(year["value"]), date.fromisoformat(start["value"]))
        for year, start in zip(years, starts, strict=True)
    )
    return Batch(job.labels["table"], seasons, dates)


if __name__ == "__main__":
    sys.exit(main())
