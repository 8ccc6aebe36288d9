"""Work for BigQuery: one statement with its parameters,
its name, its labels; and what came of it."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from google.cloud import bigquery

from warehouse.store import Row

AnyJob = bigquery.QueryJob | bigquery.LoadJob


@dataclass(frozen=True)
class Work:
    """One statement to be run: what for (a step), for which run,
    table and phase, with which parameters.

    `key`: what makes it the same work when it comes again; without one it is new each time.
    `mutates`: the table whose rows an UPDATE, DELETE or MERGE changes. `lasts`: how long what it
    made can be relied on.
    """

    step: str
    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    run_id: str = ""
    table: str = ""
    phase: str = ""
    key: str = ""
    mutates: str = ""
    lasts: timedelta | None = None

    @property
    def name(self) -> str:
        """What a person reads in an error."""
        return f"{self.step} of {self.table}" if self.table else self.step

    @property
    def labels(self) -> dict[str, str]:
        """Labels by which cost and errors are found in BigQuery's own records."""
        wanted = {
            "app": "fullcourt",
            "run": self.run_id,
            "table": self.table,
            "phase": self.phase,
        }
        return {k: label(v) for k, v in {**wanted, "step": self.step}.items() if v}

    @property
    def id(self) -> str:
        """The job's id without its number."""
        text = "\x1f".join(
            (self.run_id, self.table, self.step, self.key, self.sql if self.key else "")
        )
        digest = (
            hashlib.sha256(text.encode()).hexdigest()[:24]
            if self.key
            else uuid.uuid4().hex[:24]
        )
        return "-".join(
            filter(
                None, ("fullcourt", label(self.run_id), self.table, self.step, digest)
            )
        )


@dataclass(frozen=True)
class Done:
    """What a job gave: its rows, what it billed and what it changed."""

    rows: list[Row]
    billed: int = 0
    inserted: int = 0
    deleted: int = 0
    affected: int = 0


def label(text: str) -> str:
    """A text as a label's value: lower case, digits, dashes and underscores, at most 63 of them."""
    return re.sub(r"[^a-z0-9_-]", "_", text.lower())[:63]


def done(job: AnyJob, rows: list[Row]) -> Done:
    """What a job that has ended gave."""
    if not isinstance(job, bigquery.QueryJob):
        return Done(rows, affected=int(job.output_rows or 0))
    changed = job.dml_stats
    return Done(
        rows,
        billed=int(job.total_bytes_billed or 0),
        inserted=changed.inserted_row_count if changed else 0,
        deleted=changed.deleted_row_count if changed else 0,
        affected=int(job.num_dml_affected_rows or 0),
    )
