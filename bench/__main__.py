"""The benchmarks as one group of commands; each is a module of the same name."""

from __future__ import annotations

import click

from bench.backfill import backfill, part
from bench.batches import batches
from bench.correction import correction
from bench.export import export
from bench.fingerprints import fingerprints
from bench.growth import growth
from bench.limit import limit
from bench.measure import print_measures
from bench.page import page
from bench.peers.command import peers
from bench.picture import picture
from bench.speed import speed


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measure fullcourt and its code; compare the figures of one run only.

    \b
    python -m bench speed --against 69afb95
    python -m bench growth --seasons 1,2,4
    python -m bench peers --tool fullcourt --tool dbt
    python -m bench backfill --start 2023-10-24 --end 2024-04-14
    python -m bench batches DIR --sizes 7,30
    python -m bench correction DIR --date 2025-01-15
    python -m bench export duckdb:seasons.duckdb
    python -m bench fingerprints duckdb:before.duckdb duckdb:after.duckdb
    python -m bench measure --worst 5
    python -m bench page --seasons 30
    python -m bench picture --to calendar.png
    """


SHOWN = (
    speed,
    growth,
    peers,
    backfill,
    batches,
    correction,
    export,
    fingerprints,
    print_measures,
    page,
    picture,
)
HIDDEN = (part, limit)
"""Run by the others, in processes of their own."""
for command in (*SHOWN, *HIDDEN):
    bench.add_command(command)

if __name__ == "__main__":
    bench(prog_name="python -m bench")
