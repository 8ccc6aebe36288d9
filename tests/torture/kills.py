"""Kill the backfill of real seasons at random moments,
the same command again each time, and compare.

    python -m tests.torture.kills DIR [--kills 30] [--seed N]

DIR holds files of stats.nba.com. The moments are spread over the length of an undisturbed run;
every second kill waits for the next write to the file, to fall between a publication and its
receipt. When a run gets to its end before the next moment, its tables are compared and the next one
starts from raw rows. Prints each kill, what it left, and how much was computed twice; exits 1 where
anything is not as in an undisturbed run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from random import Random, SystemRandom

from tests.torture.seasons import Seasons

WORKERS = 2
NEARLY_DONE = 0.15


def main() -> None:
    """Parse the arguments, kill, compare, count."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture.kills", description=__doc__
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed}: {given.kills} kills", flush=True)
    with tempfile.TemporaryDirectory(prefix="fullcourt-kills-") as folder:
        seasons = Seasons(Path(folder))
        try:
            torture(
                seasons,
                given.directory.resolve(),
                moments(given.kills, Random(given.seed)),
            )
        finally:
            seasons.stop_server()


def moments(kills: int, random: Random) -> list[float]:
    """When to kill, as shares of a run's length: evenly spread, in random order."""
    shares = [(n + random.random()) / kills for n in range(kills)]
    random.shuffle(shares)
    return shares


def torture(seasons: Seasons, directory: Path, shares: list[float]) -> None:
    """All kills, and the comparison at the end of each run that was let to its end; AssertionError
    says what is not as it should be."""
    begin = time.perf_counter()
    seasons.prepare(directory)
    print(
        f"undisturbed: {seasons.length:.1f} s, {len(seasons.cells):,} cells; fresh: "
        f"{seasons.idle:.1f} s"
    )
    completed, waiting = 1, [share * seasons.length for share in shares]
    while waiting:
        moment = chosen(waiting, seasons)
        if moment and (told := seasons.kill(moment, at_a_write=len(waiting) % 2 == 0)):
            waiting.remove(moment)
            print(f"kill {len(shares) - len(waiting):>3} {told}", flush=True)
            continue
        if moment:
            # It was over sooner than thought.
            waiting[waiting.index(moment)] *= 0.9
        seasons.complete()
        completed += 1
    seasons.complete()
    minutes = (time.perf_counter() - begin) / 60
    at_most = len(shares) * WORKERS * seasons.batch
    print(
        f"{len(shares)} kills, {completed} runs to the end, every one as undisturbed; "
        f"{minutes:.1f} min"
    )
    print(f"cells put on record twice: {seasons.twice}")
    print(
        f"cells in flight when killed: {seasons.lost}, by what the server heard (at most {at_most})"
    )
    assert seasons.twice <= at_most


def chosen(waiting: list[float], seasons: Seasons) -> float:
    """The next moment to kill at; 0 to let the run get to its end,
    where another kill would meet little more than its start."""
    if seasons.left == 1:
        return waiting[0]
    if seasons.left < NEARLY_DONE:
        return 0.0
    return max(
        (moment for moment in waiting if moment < seasons.time_left()), default=0.0
    )


if __name__ == "__main__":
    main()
