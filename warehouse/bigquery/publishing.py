"""Stage, audit, publish, record: one batch in four jobs, of which one changes the published table.

Data first, the ledger second: a crash between the two costs one recomputation. Every job's id
follows from the batch, so that a second try after a lost acknowledgement finds what the first one
did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.counted import counted
from core.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.ledger import NOTHING, Run, following
from warehouse.auditing import Breaches, batch_entry, evidence_rows
from warehouse.bigquery.auditing import Audit, Audited
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.store import insertion, structs
from warehouse.bigquery.texts import STAGE_HOURS, Texts
from warehouse.bigquery.work import Done, Work
from warehouse.bookkeeping import LEDGER, QUARANTINE
from warehouse.ledger import entry_row
from warehouse.protocol import BatchResult
from warehouse.store import Array, Row, batch_parameters

RELIED_ON = timedelta(hours=STAGE_HOURS / 2)


class Publisher(Protocol):
    """What a publication asks of the warehouse that it is for."""

    texts: Texts
    jobs: Jobs

    def now(self) -> datetime:
        """The ledger's clock, which never runs backwards."""


@dataclass
class Publication:
    """One batch on its way: the warehouse, who asked for it, and what its jobs billed so far."""

    warehouse: Publisher
    batch: Batch
    by: Run
    billed: int = field(default=0, init=False)

    @property
    def key(self) -> str:
        """What makes it the same batch when it comes again: dates, code, inputs, attempts."""
        cells = (
            f"{d} {self.batch.inputs.get(d)} {self.batch.attempts.get(d)}"
            for d in self.batch.dates
        )
        return "/".join((self.batch.code, *cells))

    @property
    def stage(self) -> str:
        """The path of the table of its staged rows."""
        text = f"{self.by.run_id}/{self.batch.table}/{self.key}"
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        name = f"stage_{self.batch.table}_{digest}"
        return self.warehouse.texts.address.bookkeeping_path(name)

    def run(self) -> BatchResult:
        """Publish the dates that keep their contract, quarantine the others."""
        started, texts = self.warehouse.now(), self.warehouse.texts
        given = batch_parameters(self.batch)
        self._job(
            "stage", texts.stage(self.batch.table, self.stage), given, lasts=RELIED_ON
        )
        audited = Audit(texts, self.batch, self.stage, given, self._ask).run()
        good = [day for day in self.batch.dates if day not in audited.breaches]
        self._publish(good, audited)
        finished = self.warehouse.now()
        self._quarantine(audited.breaches, finished)
        self._record(audited, started, finished)
        rows = {
            day: audited.contents[day].rows for day in good if day in audited.contents
        }
        return BatchResult(rows, audited.breaches)

    def _job(
        self,
        step: str,
        sql: str,
        given: Mapping[str, Any],
        of: str = "",
        mutates: str = "",
        **more: Any,
    ) -> Done:
        table = self.batch.table
        work = Work(
            step,
            sql,
            given,
            run_id=self.by.run_id,
            table=table,
            phase=self.warehouse.texts.catalog[table].phase,
            key=f"{self.key}/{of}",
            mutates=mutates,
            **more,
        )
        done = self.warehouse.jobs.run(work)
        self.billed += done.billed
        return done

    def _ask(self, step: str, sql: str, given: Mapping[str, Any]) -> list[Row]:
        """Rows as they are now: what an earlier try was told may have changed since."""
        now = self.warehouse.now()
        done = self._job(step, sql, given, of=str(now))
        return done.rows

    def _publish(self, good: Sequence[date], audited: Audited) -> None:
        """Replace the batch's rows by those of its good dates in one statement,
        and count what it wrote."""
        contents = [audited.contents.get(day, NOTHING) for day in good]
        of = "/".join(
            f"{day} {content.fingerprint}"
            for day, content in zip(good, contents, strict=True)
        )
        given = {**batch_parameters(self.batch), "good": Array("DATE", good)}
        sql = self.warehouse.texts.merge(self.batch.table, self.stage)
        done = self._job("merge", sql, given, of=of, mutates=self.batch.table)
        wanted = sum(content.rows for content in contents)
        if done.inserted != wanted:
            raise PermanentWarehouseError(
                f"{self.batch.table}: {counted(done.inserted, 'row')} written where "
                f"{wanted} were audited; "
                "its cells stay unrecorded, the next run computes them again"
            )

    def _quarantine(self, breaches: Breaches, at: datetime) -> None:
        """Keep the evidence of the dates held back."""
        rows = evidence_rows(self.batch.table, breaches, self.by.run_id, at)
        if rows:
            sql = insertion(self.warehouse.texts, QUARANTINE)
            given = {"entries": structs(QUARANTINE, rows)}
            key = _breaches_key(rows)
            self._job("quarantine", sql, given, of=key)

    def _record(self, audited: Audited, started: datetime, finished: datetime) -> None:
        """One entry per date, each following the last of its cell."""
        bytes_per_date = self.billed // len(self.batch.dates)
        entries = []
        for day in self.batch.dates:
            content, expected = audited.contents.get(day), audited.expected.get(day)
            broken = audited.breaches.get(day, ())
            plain = batch_entry(self.batch, day, content, expected, broken, started)
            entry = replace(plain, bytes=bytes_per_date)
            entries.append(following(entry, audited.known.get(day), self.by, finished))
        sql = insertion(self.warehouse.texts, LEDGER)
        given = {"entries": structs(LEDGER, list(map(entry_row, entries)))}
        endings = [f"{e.day} {e.outcome} {e.content.fingerprint}" for e in entries]
        self._job("ledger", sql, given, of="/".join(endings))


def _breaches_key(rows: Sequence[Row]) -> str:
    spelled = (
        f"{row['cell_date']} {row['check_name']} {row['breaking']}" for row in rows
    )
    return "/".join(spelled)
