"""Kill a fetch at calls by chance, run it again each time, and compare what it leaves."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from random import Random

from tests.commands import Command, environment, started
from tests.stats_stand_in.fetched import stored
from tests.stats_stand_in.league import StandInLeague
from tests.stats_stand_in.server import StandIn, stand_in

LATEST = 0.2
"""Seconds after a call's arrival up to which the kill falls: before, in or after the writing."""


def kill_and_compare(
    folder: Path, league: StandInLeague, kills: int, seed: int
) -> None:
    """Kill so many fetches; AssertionError unless the last one leaves what a quiet one leaves."""
    random = Random(seed)
    with stand_in(league) as server:
        assert _fetch(server, folder, "quiet")[0] == 0
        calls = len(server.calls)
        died = 0
        while died < kills:
            at = len(server.calls) + random.randrange(calls)
            code = _killed(server, folder, at, random.random() * LATEST)
            died += code != 0
            if code == 0:
                _start_anew(folder / "killed")
        code, err = _fetch(server, folder, "killed")
        assert code == 0, err
    assert stored(folder / "killed") == stored(folder / "quiet")
    names = [path.name for path in (folder / "killed").rglob("*")]
    assert not [name for name in names if name.endswith(".part")]
    for line in (folder / "killed" / "manifest.jsonl").read_text().splitlines():
        json.loads(line)


def _start_anew(folder: Path) -> None:
    """Forget the last answers of a run that got to its end, so that there is something to kill."""
    manifest = folder / "manifest.jsonl"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(lines[: len(lines) // 2]))


def _killed(server: StandIn, folder: Path, at: int, late: float) -> int:
    """Kill a fetch some time after the call of that number came in; its exit code."""
    running: list[Command] = []
    timers: list[threading.Timer] = []

    def strike(number: int) -> None:
        if number >= at and running and not timers:
            timers.append(threading.Timer(late, running[0].kill))
            timers[0].start()

    server.on_call = strike
    try:
        with started(
            _environ(server, folder), *_arguments(folder, "killed")
        ) as command:
            running.append(command)
            code, _, _ = command.ended()
    finally:
        server.on_call = lambda number: None
        for timer in timers:
            timer.cancel()
            timer.join()
    return code


def _fetch(server: StandIn, folder: Path, name: str) -> tuple[int, str]:
    with started(_environ(server, folder), *_arguments(folder, name)) as command:
        code, _, err = command.ended()
    return code, err


def _environ(server: StandIn, folder: Path) -> dict[str, str]:
    environ = environment(folder / "home")
    return environ | {
        "FULLCOURT_NBA_STATS_URL": server.url,
        "FULLCOURT_FETCH_PAUSE": "0",
    }


def _arguments(folder: Path, name: str) -> tuple[str, ...]:
    return ("fetch", "nba", "--season", "2023", "--to", str(folder / name))
