"""Thousands of sequences: random edits, random backfills,
and after each step the same as a full rebuild.

    python -m tests.property [--gates] [--sequences 2000] [--steps 3] [--seed N] [--workers 2]

With --gates the four gates are run after each step instead, and what they carry over from earlier
verdicts is held against measuring everything.
Prints the seed, how far it is, and at the end how often each edit, outcome and mishap was seen.
Sequence i has seed N + i. Exits 1 at the first sequence that fails, with its seed, what was done
and what differed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from random import SystemRandom

EVERY = 20


def main() -> None:
    """Parse the arguments, run the sequences, tell."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.property", description=__doc__
    )
    parser.add_argument("--sequences", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=3, help="comparisons per sequence")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--gates", action="store_true", help="hold gates by month")
    given = parser.parse_args()
    print(
        f"seed {given.seed}: {given.sequences} sequences of {given.steps} steps",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="fullcourt-property-") as folder:
        # Prefect makes a folder at home when it is first imported, here and in each worker.
        os.environ["PREFECT_HOME"] = folder
        counts = sequences(
            range(given.seed, given.seed + given.sequences),
            given.steps,
            given.workers,
            given.gates,
        )
    for what, number in sorted(counts.items()):
        print(f"{number:9,}  {what}")
    held = "measured" if given.gates else "rebuilt"
    print(f"{given.sequences} sequences, every one as {held}")


def sequences(
    seeds: Iterable[int], steps: int, workers: int, of_gates: bool = False
) -> Counter[str]:
    """Run the sequences side by side; how often each thing happened."""
    from tests.property import gates, sequence

    run = gates.run if of_gates else sequence.run
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        return watched({pool.submit(run, seed, steps): seed for seed in seeds}, pool)


def watched(
    futures: dict[Future[Counter[str]], int], pool: ProcessPoolExecutor
) -> Counter[str]:
    """The counts of all sequences; exits at the first that fails."""
    begin, total = time.perf_counter(), Counter[str]()
    for number, future in enumerate(as_completed(futures), 1):
        if error := future.exception():
            # Those on their way would go on for minutes after the answer is known.
            for process in (pool._processes or {}).values():
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            traceback.print_exception(error)
            sys.exit(
                f"sequence {futures[future]} failed, the {number}th of {len(futures)}"
            )
        total += future.result()
        if number % EVERY == 0:
            minutes = (time.perf_counter() - begin) / 60
            print(
                f"{number}/{len(futures)} sequences, {number / minutes:.0f} a minute",
                flush=True,
            )
    return total


if __name__ == "__main__":
    main()
