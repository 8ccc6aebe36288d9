"""The benchmarks as one group of commands; each is a module of the same name."""

from __future__ import annotations

import click

from bench.backfill import backfill, part
from bench.batches import batches
from bench.correction import correction
from bench.export import export
from bench.measure import print_measures
from bench.page import page
from bench.picture import picture


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measure fullcourt and its code; compare the figures of one run only.

    \b
    python -m bench backfill --start 2023-10-24 --end 2024-04-14
    python -m bench batches DIR --sizes 7,30
    python -m bench correction DIR --date 2025-01-15
    python -m bench export duckdb:seasons.duckdb
    python -m bench measure --worst 5
    python -m bench page --seasons 30
    python -m bench picture --to calendar.png
    """


for command in (
    backfill,
    batches,
    correction,
    export,
    print_measures,
    page,
    picture,
    part,
):
    bench.add_command(command)

if __name__ == "__main__":
    bench(prog_name="python -m bench")
