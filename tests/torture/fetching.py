"""Fetch a whole season of the demo league from the stand-in, spoiled and killed, and compare.

    python -m tests.torture.fetching [--seeds 5] [--kills 20]

A season with 35 % faulty answers of all kinds for each seed, and one that is killed at calls by
chance, must leave the bytes of a quiet one; a run that ends partly is made again, as it says.
Prints a line for each; AssertionError where a byte differs, or two calls are nearer than the pace.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random

import pytest

from reports.fetch import what_is_missing
from runs.fetch import exit_code
from tests.stats_stand_in.faults import SPOILING
from tests.stats_stand_in.fetched import Clock, fetch_from, stored
from tests.stats_stand_in.killing import kill_and_compare
from tests.stats_stand_in.league import demo_league
from tests.stats_stand_in.server import stand_in

SEASON = (date(2023, 8, 1), date(2024, 7, 31))
SHARE = 0.35
BELIEVED_TWICE = ("game_missing", "row_cap")
PATIENCE = 30.0
RUNS = 4
"""Runs at most: where five tries of one call are all spoiled, the next run makes it again."""


def main() -> None:
    """Parse the arguments, fetch, compare."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture.fetching", description=__doc__
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fullcourt-fetch-") as folder:
        root = Path(folder)
        quiet = _fetched(root / "quiet", lambda number, path, params: "")
        for seed in range(given.seeds):
            begin = time.perf_counter()
            found = _fetched(root / str(seed), spoiling(seed))
            names = sorted(found.keys() ^ quiet.keys())
            assert found == quiet, f"seed {seed} differs in {names}"
            print(
                f"seed {seed}: the same bytes, {time.perf_counter() - begin:.0f} s",
                flush=True,
            )
        kill_and_compare(
            root / "kills", demo_league(*SEASON), given.kills, seed=given.kills
        )
        print(f"{given.kills} kills: the same bytes")


def spoiling(seed: int) -> Callable[[int, str, Mapping[str, str]], str]:
    """A fault of any kind in a third of the calls; what is believed when it is said twice, once."""
    random = Random(seed)
    said: set[tuple[str, str, str]] = set()

    def fault_of(number: int, path: str, params: Mapping[str, str]) -> str:
        if random.random() >= SHARE:
            return ""
        fault = random.choice(SPOILING)
        question = (fault, path, repr(sorted(params.items())))
        if fault in BELIEVED_TWICE and question in said:
            return ""
        said.add(question)
        return fault

    return fault_of


def _fetched(
    folder: Path, fault: Callable[[int, str, Mapping[str, str]], str]
) -> dict[str, bytes]:
    """What a fetch of the season leaves when its calls have these faults."""
    clock = Clock()
    with (
        pytest.MonkeyPatch.context() as patch,
        stand_in(demo_league(*SEASON), clock.read) as server,
    ):
        server.fault = fault
        done = fetch_from(server, folder, patch, clock, PATIENCE)
        for _ in range(RUNS - 1):
            if exit_code(done) == 0:
                break
            first = what_is_missing(done, SEASON[0].year)[0]
            print(f"  run again, as it says: {first}", flush=True)
            done = fetch_from(server, folder, patch, clock, PATIENCE)
        moments = [call.moment for call in server.calls]
    assert (done["failed"], done["stopped"], done["pending"]) == ([], {}, []), done
    gaps = [
        later - earlier for earlier, later in zip(moments, moments[1:], strict=False)
    ]
    assert min(gaps) >= 0.6 - 1e-9, min(gaps)
    return stored(folder)


if __name__ == "__main__":
    main()
