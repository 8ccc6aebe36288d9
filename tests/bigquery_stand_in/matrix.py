"""Every fault at every API call of a batch;
`python -m tests.bigquery_stand_in.matrix` prints the table.

A batch is disturbed once and driven on as the product drives it: what may pass is tried again, what
is refused for good is given again as the next run would. Whatever happened, its table must then
hold exactly what an undisturbed run leaves, its cells be on record once, and one statement have
written it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.errors import PermanentWarehouseError, TransientWarehouseError
from planning.batches import Batch
from tests.bigquery_stand_in.faults import OF_JOBS, PASSING, Fault, Kind
from tests.bigquery_stand_in.opening import URL, warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.league import league
from tests.loop import backfill
from tests.raw_rows import raw_load
from warehouse.bigquery.names import Names
from warehouse.bigquery.warehouse import BigQueryWarehouse

TABLE = "upcoming_team_game_context"
DATES = (date(2023, 11, 21), date(2023, 11, 22))
BATCH = Batch.of_season(
    TABLE, 2023, date(2023, 10, 24), DATES, code="c", inputs=dict.fromkeys(DATES, "i")
)
TRIES = 4
"""A task's first try and its three retries."""

_PREFIX = Names.at(URL).prefix
PUBLISHED, LEDGER = f"{_PREFIX}nba_analytics.{TABLE}", f"{_PREFIX}nba_backfill.ledger"
_OF_DATES = f"IN ({', '.join(repr(str(day)) for day in DATES)})"


@dataclass(frozen=True)
class Place:
    """One API call of a batch: which, for which step, and the how manieth of its like."""

    call: str
    step: str
    dry_run: bool
    nth: int

    def __str__(self) -> str:
        return (
            f"{self.step} {self.call}{' (dry run)' if self.dry_run else ''} #{self.nth}"
        )

    def takes(self, kind: Kind) -> bool:
        """Whether a fault can happen here: only a job that is inserted can fail as a job.

        Not found is what a job may be just after it was found to be there, which another fault has
        to bring.
        """
        return kind is not Kind.NOT_FOUND and (
            kind not in OF_JOBS or (self.call == "jobs.insert" and not self.dry_run)
        )


@dataclass
class Disturbed:
    """What became of a disturbed batch; `amiss` is empty when all is as it must be."""

    place: Place
    kind: Kind
    tries: int = 0
    amiss: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "; ".join(self.amiss) or f"ok{self.tries if self.tries > 1 else ''}"


@dataclass
class Matrix:
    """A computed league on a stand-in, and what its batch left when nothing disturbed it."""

    stand_in: StandIn
    warehouse: BigQueryWarehouse

    def __post_init__(self) -> None:
        self.count = 0
        # What is read once for many batches is no part of this one.
        self.warehouse.game_days()
        self.warehouse.now()
        self.records = self.stand_in.engine.rows(f"SELECT * FROM {LEDGER}")
        self.places = list(self._places())
        self.calm = self._rows()

    def _rows(self) -> list[dict[str, Any]]:
        return self.stand_in.engine.rows(f"SELECT * FROM {PUBLISHED} ORDER BY ALL")

    def _places(self) -> Iterator[Place]:
        """The API calls of an undisturbed batch, in order."""
        self._set_back()
        self.stand_in.log.clear()
        self.warehouse.materialize(BATCH, "calm")
        seen: list[tuple[str, str, bool]] = []
        for request in self.stand_in.log:
            like = (request.call, request.step, request.dry_run)
            seen.append(like)
            yield Place(*like, nth=seen.count(like))

    def _set_back(self) -> None:
        """The cells of the batch were never computed; rows that should be replaced are there."""
        rows = self.stand_in.engine.rows
        rows(
            f"DELETE FROM {LEDGER} WHERE table_name = '{TABLE}' AND cell_date {_OF_DATES}"
        )
        rows(
            f"UPDATE {PUBLISHED} SET wins = wins + 1, losses = losses + 7 WHERE game_date "
            f"{_OF_DATES}"
        )

    def disturb(self, place: Place, kind: Kind) -> Disturbed:
        """Run the batch with a fault at one of its calls, and look at what it left."""
        self.count += 1
        run_id, found = f"m{self.count}", Disturbed(place, kind)
        self._set_back()
        before, known = self._rows(), set(self.stand_in.jobs.known)
        self.stand_in.faults.plant(
            Fault(kind, place.call, place.step, nth=place.nth, dry_run=place.dry_run)
        )
        refused = self._driven(run_id, found)
        struck = self.stand_in.faults.struck
        self.stand_in.faults.plant()
        if not struck:
            found.amiss.append("the fault never struck")
        if refused:
            self._after_refusal(run_id, before, found)
        self._judge(known, found)
        return found

    def _driven(self, run_id: str, found: Disturbed) -> bool:
        """Try as a task does; whether it was refused for good."""
        for found.tries in range(1, TRIES + 1):
            try:
                self.warehouse.materialize(BATCH, run_id)
            except TransientWarehouseError:
                continue
            except PermanentWarehouseError:
                return True
            return False
        found.amiss.append(f"not done after {TRIES} tries")
        return False

    def _after_refusal(
        self, run_id: str, before: list[dict[str, Any]], found: Disturbed
    ) -> None:
        """The table is as it was or as it is to be; then the same command is given again."""
        if found.kind in PASSING:
            found.amiss.append("refused for good, though it could pass")
        if self._rows() not in (before, self.calm):
            found.amiss.append("half-published")
        self.warehouse.materialize(BATCH, run_id)
        found.tries += 1

    def _judge(self, known: Collection[str], found: Disturbed) -> None:
        if self._rows() != self.calm:
            found.amiss.append("other contents")
        entries = self.stand_in.engine.rows(
            f"SELECT cell_date, outcome FROM {LEDGER} WHERE table_name = '{TABLE}' AND cell_date "
            f"{_OF_DATES}"
        )
        if sorted((e["cell_date"], e["outcome"]) for e in entries) != [
            (day, "done") for day in DATES
        ]:
            found.amiss.append(f"{len(entries)} ledger entries")
        new = [
            job
            for job_id, job in self.stand_in.jobs.known.items()
            if job_id not in known
        ]
        effective = [job for job in new if job.statement == "MERGE" and not job.error]
        if len(effective) != 1:
            found.amiss.append(f"{len(effective)} publishes")


def prepared(stand_in: StandIn) -> Matrix:
    """A matrix on an empty stand-in."""
    warehouse = warehouse_on(stand_in)
    warehouse.load(raw_load(league()))
    backfill(warehouse, run_id="first")
    return Matrix(stand_in, warehouse)


def told(matrix: Matrix, found: Sequence[Disturbed]) -> str:
    """The table: a line per API call, a column per fault,
    a number where it took more than one try."""
    cells = {(f.place, f.kind): str(f) for f in found}
    kinds = [f"  {chr(65 + i)} {kind}" for i, kind in enumerate(Kind)]
    lines = [f"{'':44}" + "".join(f"{chr(65 + i):>5}" for i in range(len(Kind)))]
    for place in matrix.places:
        lines.append(
            f"{place!s:44}"
            + "".join(f"{cells.get((place, kind), '·'):>5}" for kind in Kind)
        )
    amiss = [f"{f.place} / {f.kind}: {f}" for f in found if f.amiss]
    return "\n".join(
        [*lines, *kinds, f"{len(found)} disturbed batches, {len(amiss)} amiss", *amiss]
    )


def main() -> int:
    """Print the table; 1 when anything is amiss."""
    with StandIn() as stand_in:
        matrix = prepared(stand_in)
        found = [
            matrix.disturb(p, k) for p in matrix.places for k in Kind if p.takes(k)
        ]
        sys.stdout.write(told(matrix, found) + "\n")
        sys.stdout.write("".join(stand_in.broken))
    return int(any(f.amiss for f in found) or bool(stand_in.broken))


if __name__ == "__main__":
    sys.exit(main())
