"""Stage, audit, publish, record: one batch in four jobs, of which one changes the published table.

Data first, the ledger second: a crash between the two costs one recomputation. Every job's id
follows from the batch, so that a second try after a lost acknowledgement finds what the first one
did.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.errors import PermanentWarehouseError
from planning.batches import Batch
from planning.cells import Outcome
from planning.ledger import NOTHING, Entry, Run, following
from processors.catalog import Catalog
from warehouse.bigquery import ledger
from warehouse.bigquery.auditing import Audit, Audited, Breaches
from warehouse.bigquery.bookkeeping import QUARANTINE
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.parameters import Array, Structs
from warehouse.bigquery.texts import STAGE_HOURS, Texts
from warehouse.bigquery.work import Done, Row, Work
from warehouse.protocol import BatchResult

RELIED_ON = timedelta(hours=STAGE_HOURS / 2)


class House(Protocol):
    """What a publication asks of the warehouse that it is for."""

    catalog: Catalog
    texts: Texts
    jobs: Jobs

    def now(self) -> datetime:
        """The ledger's clock, which never runs backwards."""


@dataclass
class Publication:
    """One batch on its way: the warehouse, who asked for it, and what its jobs billed so far."""

    house: House
    batch: Batch
    by: Run
    billed: int = field(default=0, init=False)

    @property
    def key(self) -> str:
        """What makes it the same batch when it comes again: dates, code, inputs, attempts."""
        cells = (
            f"{d} {self.batch.inputs.get(d)} {self.batch.attempts.get(d)}" for d in self.batch.dates
        )
        return "/".join((self.batch.code, *cells))

    @property
    def stage(self) -> str:
        """The path of the table of its staged rows."""
        text = f"{self.by.run_id}/{self.batch.table}/{self.key}"
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        return self.house.texts.address.kept(f"stage_{self.batch.table}_{digest}")

    def run(self) -> BatchResult:
        """Publish the dates that keep their contract, quarantine the others."""
        started, texts, table = self.house.now(), self.house.texts, self.batch.table
        self._job("stage", texts.stage(table, self.stage), parameters(self.batch), lasts=RELIED_ON)
        audited = Audit(texts, self.batch, self.stage, parameters(self.batch), self._ask).run()
        good = [d for d in self.batch.dates if d not in audited.breaches]
        self._publish(good, audited)
        finished = self.house.now()
        self._quarantine(audited.breaches, finished)
        self._record(audited, started, finished)
        rows = {d: audited.contents[d].rows for d in good if d in audited.contents}
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
            phase=self.house.catalog[table].phase,
            key=f"{self.key}/{of}",
            mutates=mutates,
            **more,
        )
        done = self.house.jobs.run(work)
        self.billed += done.billed
        return done

    def _ask(self, step: str, sql: str, given: Mapping[str, Any]) -> list[Row]:
        """Rows as they are now: what an earlier try was told may have changed since."""
        return self._job(step, sql, given, of=str(self.house.now())).rows

    def _publish(self, good: Sequence[date], audited: Audited) -> None:
        """Replace the batch's rows by those of its good dates in one statement,
        and count what it wrote."""
        contents = [audited.contents.get(day, NOTHING) for day in good]
        of = "/".join(
            f"{day} {content.fingerprint}" for day, content in zip(good, contents, strict=True)
        )
        given = {**parameters(self.batch), "good": Array("DATE", good)}
        sql = self.house.texts.merge(self.batch.table, self.stage)
        done = self._job("merge", sql, given, of=of, mutates=self.batch.table)
        wanted = sum(content.rows for content in contents)
        if done.inserted != wanted:
            raise PermanentWarehouseError(
                f"{self.batch.table}: {done.inserted} rows written where {wanted} were audited; "
                "its cells stay unrecorded, the next run computes them again"
            )

    def _quarantine(self, breaches: Breaches, at: datetime) -> None:
        """Keep the evidence of the dates held back."""
        rows = [
            dict(
                zip(
                    QUARANTINE,
                    (
                        self.batch.table,
                        day,
                        b.check,
                        b.count,
                        json.dumps(b.keys),
                        self.by.run_id,
                        at,
                    ),
                    strict=True,
                )
            )
            for day, broken in breaches.items()
            for b in broken
        ]
        if rows:
            sql = ledger.inserted(self.house.texts.kept("quarantine"), QUARANTINE)
            self._job("quarantine", sql, {"entries": Structs(QUARANTINE, rows)}, of=_named(rows))

    def _record(self, audited: Audited, started: datetime, finished: datetime) -> None:
        """One entry per date, each following the last of its cell."""
        entries = [
            following(self._entry(day, audited, started), audited.known.get(day), self.by, finished)
            for day in self.batch.dates
        ]
        sql = ledger.insertion(self.house.texts.kept("ledger"))
        of = "/".join(f"{e.day} {e.outcome} {e.content.fingerprint}" for e in entries)
        self._job("ledger", sql, {"entries": ledger.rows(entries)}, of=of)

    def _entry(self, day: date, audited: Audited, started: datetime) -> Entry:
        broken = audited.breaches.get(day, ())
        outcome = Outcome.QUARANTINED if broken else Outcome.DONE
        content = NOTHING if broken else audited.contents.get(day, NOTHING)
        message = "; ".join(map(str, broken)) or None
        return Entry(
            table=self.batch.table,
            day=day,
            outcome=outcome,
            content=content,
            expected=audited.expected.get(day, 0),
            inputs=self.batch.inputs.get(day),
            code=self.batch.code or None,
            started_at=started,
            bytes=self.billed // len(self.batch.dates),
            error_class="CellError" if broken else None,
            error_message=message,
        )


def parameters(batch: Batch) -> dict[str, Any]:
    """The parameters of a bound statement."""
    return {
        "dates": Array("DATE", batch.dates),
        "season": batch.season,
        "season_start": batch.season_start,
        "first": batch.dates[0],
        "last": batch.dates[-1],
    }


def _named(rows: Sequence[Mapping[str, Any]]) -> str:
    return "/".join(f"{r['cell_date']} {r['check_name']} {r['breaking']}" for r in rows)
