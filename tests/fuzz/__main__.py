"""Hundreds of random command lines and damaged files:
no traceback, no hang, nothing wrong is taken.

    python -m tests.fuzz --lines 300 --files 350 [--seed N]
    python -m tests.fuzz --seed N --line 17
    python -m tests.fuzz --seed N --file 17

Prints the seed, how often each end was seen, and each failure with the command that repeats it;
exits 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import SystemRandom

from tests.fuzz.files import run_files
from tests.fuzz.lines import Failure, run_lines


def main() -> None:
    """Parse the arguments, run everything, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--lines", type=int, default=300)
    parser.add_argument("--files", type=int, default=350)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--line", type=int, help="this command line of the seed alone")
    parser.add_argument("--file", type=int, help="this damaged file of the seed alone")
    given = parser.parse_args()
    is_alone = given.line is not None or given.file is not None
    failures: list[Failure] = []
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="fullcourt-fuzz-") as folder:
        if given.line is not None or not is_alone:
            place = Path(folder) / "lines"
            place.mkdir()
            counts, found = run_lines(
                place, given.seed, given.lines, given.line, _tell_failure
            )
            _tell("command lines", counts, found)
            failures += found
        if given.file is not None or not is_alone:
            place = Path(folder) / "files"
            place.mkdir()
            counts, found = run_files(
                place, given.seed, given.files, given.file, _tell_failure
            )
            _tell("damaged files", counts, found)
            failures += found
    sys.exit(1 if failures else 0)


def _tell(what: str, counts: Counter[str], failures: list[Failure]) -> None:
    ends = {name: number for name, number in counts.items() if name.startswith("exit")}
    print(f"{sum(ends.values())} {what}, {len(failures)} failures")
    for name, number in sorted(counts.items()):
        print(f"{number:9,}  {name}")
    sys.stdout.flush()


def _tell_failure(failure: object) -> None:
    print(failure, flush=True)


if __name__ == "__main__":
    main()
