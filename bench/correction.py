"""One corrected box score: which cells are computed again, which end there, how long it takes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc

import demo
from fullcourt import server
from fullcourt.cli.choose import Day
from fullcourt.client import client_settings, end_process
from planning.forecast import TablePlan, forecast
from planning.raw_load import RawLoad
from planning.scope import Scope
from planning.selection import Selection
from processors.discovery import load
from runs.survey import observe
from sources import nba_stats
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse
from warehouse.protocol import Warehouse

Attempts = dict[tuple[str, date | None], int]
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass
class Recomputed:
    """Cells of one table with another attempt than before, and those whose content changed."""

    again: int = 0
    changed: int = 0


@click.command(short_help="Correct one box score and count the cells computed again.")
@click.argument("directory", type=FOLDER, required=False)
@click.option(
    "--date",
    "day",
    type=Day(),
    default="2025-01-15",
    show_default=True,
    help="The date whose first game is corrected.",
)
def correction(directory: Path | None, day: date) -> None:
    """Correct one box score and count the cells that are computed again.

    DIRECTORY holds files of stats.nba.com; without it, the demo league is made. After a whole
    backfill, one player and his team get a point more in the first game of the date, and the same
    command runs again; then once more with everything fresh. Exits 1 when a cell outside the plan's
    bound was computed, or any when all is fresh.

    \b
    python -m bench correction
    python -m bench correction DIR --date 2025-01-15
    """
    with tempfile.TemporaryDirectory(prefix="fullcourt-correction-") as folder:
        home = Path(folder)
        handle = server.ensure(home)
        try:
            with (
                client_settings(handle),
                open_warehouse(f"duckdb:{home / 'warehouse.duckdb'}") as warehouse,
            ):
                assert isinstance(warehouse, DuckDBWarehouse)
                warehouse.load(
                    nba_stats.read(directory) if directory else demo.generate()
                )
                good = run(warehouse, day)
        finally:
            server.stop(home)
    end_process(0 if good else 1)


def run(warehouse: DuckDBWarehouse, day: date) -> bool:
    """Correct, plan, backfill, count, print, and once more with everything fresh.

    Whether no more was computed than the plan allows.
    """
    from flows.backfill import backfill

    backfill(warehouse=warehouse.url)
    before = attempts(warehouse)
    warehouse.load(correct_box_score(warehouse, day))
    begin = time.perf_counter()
    plans = {plan.table: plan for plan in upper_bounds(warehouse)}
    planned = time.perf_counter()
    backfill(warehouse=warehouse.url)
    done = time.perf_counter()
    counts = recomputed(warehouse, before)
    click.echo(f"one box score of {day} corrected: cells computed again")
    print_counts(plans, counts)
    click.echo(
        f"  plan {planned - begin:.1f} s, backfill with gates {done - planned:.1f} s"
    )
    within = all(counts[table].again <= plan.cells for table, plan in plans.items())
    return within and run_fresh(warehouse)


def run_fresh(warehouse: DuckDBWarehouse) -> bool:
    """Plan and backfill with everything fresh; whether nothing was planned and nothing computed."""
    from flows.backfill import backfill

    before = attempts(warehouse)
    begin = time.perf_counter()
    plans = upper_bounds(warehouse)
    planned = time.perf_counter()
    backfill(warehouse=warehouse.url)
    done = time.perf_counter()
    fresh = sum(plan.fresh for plan in plans)
    times = f"plan {planned - begin:.1f} s, backfill with gates {done - planned:.1f} s"
    click.echo(f"all {fresh:,} cells fresh: {times}")
    computed = any(count.again for count in recomputed(warehouse, before).values())
    return not computed and not any(plan.cells for plan in plans)


def print_counts(
    plans: Mapping[str, TablePlan], counts: Mapping[str, Recomputed]
) -> None:
    """Print a line for each table."""
    click.echo(
        f"  {'table':<32}{'at most':>9}{'computed':>10}{'changed':>9}{'ended here':>12}"
    )
    for table, plan in plans.items():
        count = counts[table]
        ended_here = count.again - count.changed
        planned = f"{plan.cells:>9}"
        computed = f"{count.again:>10}{count.changed:>9}{ended_here:>12}"
        click.echo(f"  {table:<32}{planned}{computed}")


def correct_box_score(warehouse: DuckDBWarehouse, day: date) -> RawLoad:
    """The box score of the date's first game with a point more for its best scorer and his team."""
    players = rows_of(warehouse, "player_box", day)
    teams = rows_of(warehouse, "team_box", day)
    scorer = players.slice(0, 1).to_pylist()[0]
    of_game = pc.field("game_id") == scorer["game_id"]
    return RawLoad(
        {
            "player_box": one_more(
                players.filter(of_game), "player_id", scorer["player_id"]
            ),
            "team_box": one_more(teams.filter(of_game), "team", scorer["team"]),
        }
    )


def rows_of(warehouse: DuckDBWarehouse, table: str, day: date) -> pa.Table:
    """The box score rows of a date, in order of games, the best scorer of each first."""
    sql = f"SELECT * FROM nba_raw.{table} WHERE game_date = $day ORDER BY game_id, pts DESC"
    with warehouse.engine.cursor() as cursor:
        return cursor.sql(sql, params={"day": day}).to_arrow_table()


def one_more(table: pa.Table, column: str, value: object) -> pa.Table:
    """The table with a point more in the row that holds the value."""
    row = pc.equal(table[column], value)
    more = pc.add(table["pts"], 1)
    points = pc.if_else(row, more, table["pts"])
    place = table.schema.get_field_index("pts")
    return table.set_column(place, "pts", points)


def upper_bounds(warehouse: Warehouse) -> list[TablePlan]:
    """What the plan says is to be done at most."""
    planner = observe(warehouse, "bench")
    needs = Scope(planner, Selection()).needs
    return forecast(planner, needs, False, batch_days=10**6)


def attempts(warehouse: Warehouse) -> Attempts:
    """Attempts on record, per table and date."""
    found = {}
    for processor in load():
        for day, record in warehouse.records(processor.name)[processor.name].items():
            found[processor.name, day] = record.last.attempt
    return found


def recomputed(warehouse: Warehouse, before: Attempts) -> dict[str, Recomputed]:
    """Per table, what has been computed since `before`."""
    found = {}
    for processor in load():
        count = found[processor.name] = Recomputed()
        for day, record in warehouse.records(processor.name)[processor.name].items():
            if record.last.attempt > before.get((processor.name, day), 0):
                count.again += 1
                count.changed += record.last.changed_at == record.last.finished_at
    return found


if __name__ == "__main__":
    correction(prog_name="python -m bench.correction")
