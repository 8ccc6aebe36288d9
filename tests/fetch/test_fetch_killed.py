"""A fetch that is killed, again and again, in processes of its own."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands import environment, started
from tests.stats_stand_in.killing import kill_and_compare
from tests.stats_stand_in.league import demo_league
from tests.stats_stand_in.server import stand_in

KILLS = 3


def test_a_killed_fetch_leaves_no_part_and_ends_with_the_same_bytes(
    tmp_path: Path,
) -> None:
    kill_and_compare(tmp_path, demo_league(), KILLS, seed=5)


def test_a_fetch_on_the_command_line_loads_what_it_fetched(tmp_path: Path) -> None:
    """One command from nothing to raw tables, and a dry run that asks nothing."""
    with stand_in(demo_league()) as server:
        environ = environment(tmp_path / "home") | {
            "FULLCOURT_NBA_STATS_URL": server.url,
            "FULLCOURT_FETCH_PAUSE": "0",
        }
        dry = ("fetch", "nba", "--season", "2023", "--dry-run", "--json")
        with started(environ, *dry) as command:
            code, out, err = command.ended()
        assert (code, json.loads(out)["calls"], len(server.calls)) == (0, 17, 0), err
        whole = ("fetch", "nba", "--season", "2023", "--ingest", "--json")
        with started(environ, *whole) as command:
            code, out, err = command.ended()
    assert code == 0, err
    told = json.loads(out)
    assert told["fetched"]["asked"] == 4
    assert told["rows"]["shots"] == len(demo_league().tables["shots"])
    assert told["refused"] == []
    assert (tmp_path / "home" / "snapshots" / "manifest.jsonl").exists()
