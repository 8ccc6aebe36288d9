"""`demo`: the demo league, loaded and backfilled."""

from __future__ import annotations

from dataclasses import replace

import click

from core.settings import Settings
from fullcourt import server
from fullcourt.cli.backfill import run
from fullcourt.cli.choose import as_json
from fullcourt.cli.examples import examples
from fullcourt.cli.progress import counting
from fullcourt.cli.writing import hold_slot
from planning.selection import Selection
from reports.ingest import print_ingested


@examples(
    "fullcourt demo",
    "fullcourt demo --seed 7 --keep-server",
)
@click.command()
@click.option("--seed", type=int, help="Another league.")
@click.option(
    "--keep-server",
    is_flag=True,
    help="Leave the Prefect server running, to look at its dashboard.",
)
@as_json
@click.pass_obj
def demo(
    settings: Settings, seed: int | None, keep_server: bool, to_json: bool
) -> None:
    """The demo league into the warehouse, the whole backfill, the gates, the report."""
    import pyarrow as pa

    from demo import DemoLeague
    from runs.ingest import ingest

    with counting("making", "season", quiet=to_json) as step, hold_slot(settings):
        loaded = ingest(str(settings.warehouse), DemoLeague(seed), step)
    # The league is gone, and Arrow keeps its memory until it is asked for some again.
    pa.default_memory_pool().release_unused()
    if not to_json:
        print_ingested(loaded)
    handle = server.ensure(settings.home)
    stops = handle.started_here and not keep_server
    handle = replace(handle, stops=stops)
    try:
        run(settings, Selection(), {}, to_json, handle)
    finally:
        if stops:
            server.stop(settings.home)
