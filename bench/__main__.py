"""What a backfill costs beside its SQL: floor, backfill without gates, gates; as ratios of one run.

    floor      the same bound SQL, staged and published in a plain loop: no audit, no orchestration,
    no gates backfill   the phase flows through a Prefect server, stages audited, every cell on
    record gates      the four gates on what the backfill left

Each in a process of its own on its own copy of the demo league; making the league and starting the
server are timed apart. Peak RSS is the operating system's figure for that process.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any, cast

import demo
from fullcourt import server
from fullcourt.client import client_settings
from planning.batches import DATES_PER_BATCH, batches
from planning.decisions import Planner, by_design
from planning.selection import Selection
from processors.discovery import load
from runs.coverage import wanted_phases
from runs.survey import observe, survey
from warehouse.connections import opened
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.engine import transaction, used
from warehouse.duckdb.texts import stage_name
from warehouse.store import batch_parameters


def floor(path: str, batch_days: int) -> None:
    """Stage and publish every batch in order on one cursor;
    what is to be computed is read from raw data."""
    house = DuckDBWarehouse(path, load())
    planner = survey(house)
    plans = {t: _to_do(planner, t) for t in planner.catalog.ordered()}
    with house.engine.cursor() as cursor:
        for table, dates in plans.items():
            column = planner.catalog[table].contract.date_column
            name, stage = house.names(table), stage_name(planner.catalog[table])
            sql = house.texts.query(table)
            for batch in batches(planner.calendar, table, dates, batch_days):
                values = batch_parameters(batch)
                cursor.execute(f"CREATE OR REPLACE TEMP TABLE {stage} AS {sql}", used(sql, values))
                with transaction(cursor):
                    among = f"{column} IN (SELECT UNNEST($dates))"
                    cursor.execute(
                        f"DELETE FROM {name} WHERE {among}", {"dates": list(batch.dates)}
                    )
                    cursor.execute(f"INSERT INTO {name} SELECT * FROM {stage}")
    house.close()


def _to_do(planner: Planner, table: str) -> list[date]:
    """The dates on which a table has something to hold, by calendar and raw data alone."""
    states, bootstrap = planner.states[table], planner.catalog.bootstrap_days(table)
    processor = planner.catalog[table]
    expected = {day: states[day].expected if day in states else 0 for day in planner.calendar.days}
    days = planner.calendar.days.items()
    return [day for day, of in days if by_design(processor, bootstrap, of, expected[day]) is None]


def backfill(path: str, batch_days: int, home: Path) -> None:
    """What the backfill flow does between its gates: the flow of each phase."""
    with client_settings(server.ensure(home)):
        from prefect.task_runners import ThreadPoolTaskRunner

        from flows.backfill import MAX_WORKERS
        from flows.phase import phase

        computing: Any = phase.with_options(
            task_runner=cast(Any, ThreadPoolTaskRunner(MAX_WORKERS))
        )

        url, everything = f"duckdb:{path}", Selection()
        with opened(url) as house:
            for name in wanted_phases(observe(house, "bench"), everything):
                computing(name, everything, url, batch_days, 0)


def gates(path: str, home: Path) -> None:
    """The four gates, one after another."""
    with client_settings(server.ensure(home)):
        from flows.gate import gate

        url = f"duckdb:{path}"
        with opened(url):
            for phase in load().phases:
                gate(phase.name, Selection(), url)


def measured(part: str, path: Path, arguments: argparse.Namespace, home: Path) -> dict[str, float]:
    """Seconds of the work itself and peak RSS in MiB of one part, in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "bench",
        "--part",
        part,
        "--path",
        str(path),
        "--home",
        str(home),
    ]
    command += ["--batch-days", str(arguments.batch_days)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def one_part(arguments: argparse.Namespace) -> None:
    """Run one part and print its figures; imports are not counted, they are the same for all."""
    import flows.backfill  # noqa: F401

    begin, cpu = time.perf_counter(), time.process_time()
    if arguments.part == "floor":
        floor(arguments.path, arguments.batch_days)
    elif arguments.part == "backfill":
        backfill(arguments.path, arguments.batch_days, arguments.home)
    else:
        gates(arguments.path, arguments.home)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {"seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2), "peak_mib": round(peak)}
    print(json.dumps(figures), flush=True)


def whole(arguments: argparse.Namespace) -> dict[str, Any]:
    """All parts on one league; what is printed."""
    with tempfile.TemporaryDirectory(prefix="fullcourt-bench-") as folder:
        home, league = Path(folder), Path(folder) / "league.duckdb"
        begin = time.perf_counter()
        raw = demo.generate(start=arguments.start, end=arguments.end)
        made = time.perf_counter()
        with opened(f"duckdb:{league}") as house:
            house.load(raw)
        stored = time.perf_counter()
        server.ensure(home)
        started = time.perf_counter()
        try:
            parts = {}
            for part in ("floor", "backfill"):
                shutil.copy(league, home / f"{part}.duckdb")
                parts[part] = measured(part, home / f"{part}.duckdb", arguments, home)
            parts["gates"] = measured("gates", home / "backfill.duckdb", arguments, home)
        finally:
            server.stop(home)
    apart = {"league": made - begin, "load": stored - made, "server": started - stored}
    ratio = parts["backfill"]["seconds"] / parts["floor"]["seconds"]
    return {
        "apart": {k: round(v, 1) for k, v in apart.items()},
        "parts": parts,
        "ratio": round(ratio, 2),
    }


def main() -> None:
    """Parse the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2021, 10, 19))
    parser.add_argument("--end", type=date.fromisoformat, default=date(2026, 1, 2))
    parser.add_argument("--batch-days", type=int, default=DATES_PER_BATCH)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=("floor", "backfill", "gates"), help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        one_part(arguments)
        return
    answer = whole(arguments)
    if arguments.json:
        print(json.dumps(answer, indent=2))
        return
    print(
        f"demo league {arguments.start}..{arguments.end}, batches of {arguments.batch_days} dates"
    )
    for name, seconds in answer["apart"].items():
        print(f"  apart     {name:<10}{seconds:>8.1f} s")
    for name, figures in answer["parts"].items():
        cost = f"{figures['seconds']:>8.1f} s {figures['cpu_seconds']:>8.1f} s of CPU"
        print(f"  measured  {name:<10}{cost}   peak RSS {figures['peak_mib']:>6,.0f} MiB")
    print(f"  backfill / floor = {answer['ratio']:.2f}")


if __name__ == "__main__":
    main()
