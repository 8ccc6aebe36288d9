"""A fetch from the stand-in inside a test: a clock of its own, short patience, and what it left."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from runs.fetch import Fetched, FetchRequest, Network, fetch
from sources.web.client import Client
from sources.web.pace import Pace
from tests.stats_stand_in.server import StandIn

SEASON = 2023
PATIENCE = 2.0
"""Seconds that a client of a test waits; what the stand-in lets hang hangs longer."""


@dataclass
class Clock:
    """A clock that only sleeping moves on, in seconds."""

    now: float = 0.0

    def read(self) -> float:
        """The moment."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time go by, at once."""
        self.now += seconds


def network(clock: Clock, patience: float = 30.0, seed: int = 0) -> Network:
    """The real client with little patience, and the real pace by a clock of the test."""

    def client(headers: Mapping[str, str]) -> Client:
        return Client(headers, patience, patience, patience)

    def pace(pause: float) -> Pace:
        return Pace(
            pause, clock=clock.read, sleep=clock.sleep, chance=random.Random(seed)
        )

    return Network(client, pace)


def fetch_from(
    server: StandIn,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock | None = None,
    patience: float = 30.0,
    **named: object,
) -> Fetched:
    """Fetch the season from the stand-in, from its stats.nba.com unless another is named."""
    monkeypatch.setenv("FULLCOURT_NBA_STATS_URL", server.url)
    monkeypatch.setenv("FULLCOURT_SPORTSDATAVERSE_URL", server.bulk_url)
    source = str(named.pop("source", "nba"))
    request = FetchRequest(source, folder, (SEASON,), **named)  # type: ignore[arg-type]
    return fetch(request, network=network(clock or Clock(), patience))


def stored(folder: Path) -> dict[str, bytes]:
    """The files of a folder of snapshots, by name, but the manifest and the lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("manifest.jsonl", ".lock")
    }
