"""The same cells whatever the batch: every table
of the real seasons in batches of several sizes, compared.

    python -m bench.batches DIR [--sizes 1 7 30 250]

DIR holds files of stats.nba.com. Prints seconds per size and whether every cell's fingerprint is
the same; exits 1 where one differs. Batches of one date take minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from planning.ledger import Content
from planning.raw_load import RawLoad
from processors.discovery import load
from runs.survey import survey
from sources import nba_stats
from warehouse.duckdb import DuckDBWarehouse

Cells = dict[tuple[str, date], Content]


def computed(raw: RawLoad, path: Path, size: int) -> Cells:
    """The fingerprint of every cell after a plain loop over all tables
    in batches of `size` dates."""
    house = DuckDBWarehouse(str(path), load())
    house.ensure_tables()
    house.load(raw)
    for table in house.catalog.ordered():
        planner = survey(house)
        decision = planner.decide(table, planner.calendar.days)
        for batch in planner.batches(decision, size):
            if broken := house.materialize(batch, "batches").quarantined:
                sys.exit(f"{batch.name}: quarantined {', '.join(map(str, broken))}")
    cells = {(p.name, d): c for p in house.catalog for d, c in house.contents(p.name).items() if d}
    house.close()
    return cells


def main() -> None:
    """Parse the arguments, compute, compare."""
    parser = argparse.ArgumentParser(prog="python -m bench.batches", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 7, 30, 250])
    arguments = parser.parse_args()
    raw = nba_stats.read(arguments.directory)
    first: Cells = {}
    same = True
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory(prefix="fullcourt-batches-") as folder:
            begin = time.perf_counter()
            cells = computed(raw, Path(folder) / "warehouse.duckdb", size)
        first = first or cells
        same = same and cells == first
        seconds = time.perf_counter() - begin
        answer = "identical" if cells == first else "DIFFERENT"
        print(
            f"batches of {size:>4} dates: {len(cells):,} cells, {answer}, {seconds:.0f} s",
            flush=True,
        )
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
