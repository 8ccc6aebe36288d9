"""One corrected box score: which cells are computed again, which end there, and how long it takes.

    python -m bench.correction [DIR] [--date 2025-01-15]

DIR holds files of stats.nba.com; without it, the demo league is made. After a whole backfill, one
player and his team get a point more in the first game of the date, and the same command runs again;
then once more with everything fresh. Exits 1 when a cell outside the plan's bound was computed, or
any when all is fresh.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

import demo
from fullcourt import server
from fullcourt.client import client_settings, end_process
from planning.forecast import TablePlan, forecast
from planning.raw_load import RawLoad
from planning.scope import Scope
from planning.selection import Selection
from processors.discovery import load
from runs.survey import observe
from sources import nba_stats
from warehouse.connections import opened
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse


def corrected(house: DuckDBWarehouse, day: date) -> RawLoad:
    """The box score of the date's first game with a point more for its best scorer and his team."""
    sql = "SELECT * FROM nba_raw.{} WHERE game_date = $day ORDER BY game_id, pts DESC"
    with house.engine.cursor() as cursor:
        tables = {
            t: cursor.sql(sql.format(t), params={"day": day}).to_arrow_table() for t in _BOXES
        }
    players = tables["player_box"]
    game, team, player = (players[c][0].as_py() for c in ("game_id", "team", "player_id"))
    rows = {t: table.filter(pc.equal(table["game_id"], game)) for t, table in tables.items()}
    return RawLoad(
        {
            "player_box": _one_more(
                rows["player_box"], pc.equal(rows["player_box"]["player_id"], player)
            ),
            "team_box": _one_more(rows["team_box"], pc.equal(rows["team_box"]["team"], team)),
        }
    )


_BOXES = ("player_box", "team_box")


def _one_more(table: pa.Table, whose: pa.ChunkedArray) -> pa.Table:
    points = pc.if_else(whose, pc.add(table["pts"], 1), table["pts"])
    return table.set_column(table.schema.get_field_index("pts"), "pts", points)


def bound(house: Warehouse) -> list[TablePlan]:
    """What the plan says is to be done at most."""
    planner = observe(house, "bench")
    return forecast(planner, Scope(planner, Selection()).needs, False, batch_days=10**6)


def computed(house: Warehouse, before: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Per table: cells with another attempt than before,
    and those of them whose content changed."""
    found: dict[str, Counter[str]] = {}
    for processor in load():
        cells = house.records(processor.name)[processor.name]
        again = {
            day: r.last
            for day, r in cells.items()
            if r.last.attempt > before[processor.name][str(day)]
        }
        changed = [day for day, entry in again.items() if entry.changed_at == entry.finished_at]
        found[processor.name] = Counter(again=len(again), changed=len(changed))
    return found


def attempts(house: Warehouse) -> dict[str, Counter[str]]:
    """Table -> date -> attempts on record."""
    return {
        p.name: Counter(
            {str(day): r.last.attempt for day, r in house.records(p.name)[p.name].items()}
        )
        for p in load()
    }


def measured(url: str, house: DuckDBWarehouse, day: date) -> bool:
    """Correct, plan, backfill, count, print;
    and again with everything fresh. Whether all went well."""
    from flows.backfill import backfill

    backfill(warehouse=url)
    before = attempts(house)
    house.load(corrected(house, day))
    begin = time.perf_counter()
    plans = {plan.table: plan for plan in bound(house)}
    planned = time.perf_counter()
    backfill(warehouse=url)
    done = time.perf_counter()
    again = computed(house, before)
    print(f"one box score of {day} corrected: cells computed again")
    print(f"  {'table':<32}{'at most':>9}{'computed':>10}{'changed':>9}{'ended here':>12}")
    for table, plan in plans.items():
        count = again[table]
        numbers = (
            f"{count['again']:>10}{count['changed']:>9}{count['again'] - count['changed']:>12}"
        )
        print(f"  {table:<32}{plan.cells:>9}{numbers}")
    print(f"  plan {planned - begin:.1f} s, backfill with gates {done - planned:.1f} s")
    within = all(again[table]["again"] <= plan.cells for table, plan in plans.items())
    return within and _fresh(url, house)


def _fresh(url: str, house: DuckDBWarehouse) -> bool:
    from flows.backfill import backfill

    before, begin = attempts(house), time.perf_counter()
    plans = bound(house)
    planned = time.perf_counter()
    backfill(warehouse=url)
    seconds = time.perf_counter() - planned
    cells, fresh = sum(p.cells for p in plans), sum(p.fresh for p in plans)
    print(
        f"all {fresh:,} cells fresh: plan {planned - begin:.1f} s, backfill with gates "
        f"{seconds:.1f} s"
    )
    return not cells and not any(count["again"] for count in computed(house, before).values())


def main() -> None:
    """Parse the arguments, load, measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.correction", description=__doc__)
    parser.add_argument("directory", type=Path, nargs="?")
    parser.add_argument("--date", type=date.fromisoformat, default=date(2025, 1, 15))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fullcourt-correction-") as folder:
        home = Path(folder)
        handle = server.ensure(home)
        try:
            with client_settings(handle), opened(f"duckdb:{home / 'warehouse.duckdb'}") as house:
                assert isinstance(house, DuckDBWarehouse)
                raw = (
                    nba_stats.read(arguments.directory) if arguments.directory else demo.generate()
                )
                house.load(raw)
                good = measured(house.url, house, arguments.date)
        finally:
            server.stop(home)
    end_process(0 if good else 1)


if __name__ == "__main__":
    main()
