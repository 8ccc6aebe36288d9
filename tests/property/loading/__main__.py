"""Hundreds of random loads and backfills: nothing is lost, nothing is left undone under exit 0.

    python -m tests.property.loading [--sequences 500] [--seed N] [--scope small] [--workers 2]
    python -m tests.property.loading --through-cli 5 [--seed N]

Prints the seed, how far it is, and how often each end of a load and of a backfill was seen.
Sequence i has seed N + i. Exits 1 at the first sequence that fails, with its seed, what was done
and what did not hold; with --all it runs the others first. With --through-cli each backfill runs
once more through the command line on a copy of the warehouse, and has to end with the same exit
code and the same tables.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import SystemRandom

from tests.property.__main__ import watched


def main() -> None:
    """Parse the arguments, run the sequences, tell."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.property.loading", description=__doc__
    )
    parser.add_argument("--sequences", type=int, default=500)
    parser.add_argument(
        "--steps", type=int, default=0, help="loads per sequence; 0: two to six"
    )
    parser.add_argument(
        "--scope", default="", help="small, middle or whole; drawn when empty"
    )
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--all", action="store_true", help="run on after a sequence that failed"
    )
    parser.add_argument("--through-cli", type=int, default=0, metavar="N")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fullcourt-loading-") as folder:
        # Prefect makes a folder at home when it is first imported, here and in each worker.
        os.environ["PREFECT_HOME"] = folder
        if given.through_cli:
            compare_with_cli(
                range(given.seed, given.seed + given.through_cli), Path(folder)
            )
            return
        print(f"seed {given.seed}: {given.sequences} sequences", flush=True)
        counts = sequences(given)
    for what, number in sorted(counts.items()):
        print(f"{number:9,}  {what}")
    if counts["failed"]:
        sys.exit(f"{counts['failed']} of {given.sequences} sequences failed")
    print(
        f"{given.sequences} sequences; no row went unsaid, nothing is undone under exit 0"
    )


def sequences(given: argparse.Namespace) -> Counter[str]:
    """Run the sequences side by side; how often each thing happened."""
    from tests.property.loading.walk import run, run_to_the_end

    one = run_to_the_end if given.all else run
    seeds = range(given.seed, given.seed + given.sequences)
    with ProcessPoolExecutor(
        given.workers, multiprocessing.get_context("spawn")
    ) as pool:
        futures = {
            pool.submit(one, seed, given.steps, given.scope): seed for seed in seeds
        }
        return watched(futures, pool)


def compare_with_cli(seeds: range, folder: Path) -> None:
    """Run sequences in which the command line ends every backfill as the harness does."""
    from tests.property.loading.through_cli import CommandLine

    print(
        f"seed {seeds[0]}: {len(seeds)} sequences through the command line", flush=True
    )
    with CommandLine(folder) as command_line:
        for seed in seeds:
            ends = command_line.compare(seed)
            print(f"sequence {seed}: exit codes {ends}", flush=True)
    print(f"{len(seeds)} sequences, every backfill ended as through the command line")


if __name__ == "__main__":
    main()
