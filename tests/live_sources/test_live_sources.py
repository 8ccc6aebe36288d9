"""One call per endpoint of the real sites, for a person on a home line.

    FULLCOURT_LIVE_SOURCES=1 .venv/bin/python -m pytest tests/live_sources -v -rs

Skipped everywhere else: stats.nba.com leaves calls from clouds hanging, and nobody's answer may
depend on a site. Each asks once, at the usual pace, and keeps nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sources.nba_api import plan, site
from sources.nba_api.facts import Facts, Game
from sources.nba_api.judge import Judge
from sources.sportsdataverse import season as sportsdataverse
from sources.web.calls import Call
from sources.web.client import Client
from sources.web.fetching import Fetching
from sources.web.fetching import Judge as Judging
from sources.web.pace import Pace
from sources.web.snapshots import Folder

ASKED = "FULLCOURT_LIVE_SOURCES"
pytestmark = pytest.mark.skipif(
    not os.environ.get(ASKED),
    reason=f"asks the real sites: set {ASKED}=1 on a line at home",
)

WISH = plan.Wish(2024, date(2025, 4, 12), (*plan.TABLES, "players"), box_scores=True)
GAMES = [Game("0022401186", date(2025, 4, 13), final=True)]
PACE = Pace()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    held = Folder(tmp_path)
    with held.hold():
        yield held


def facts() -> Facts:
    known = Facts(2024)
    known.games = {game.game_id: game for game in GAMES}
    return known


CALLS = {
    "schedule": plan.schedule_call(WISH),
    "team log": plan.log_calls(WISH, facts(), "T")[0],
    "player log": plan.log_calls(WISH, facts(), "P")[0],
    "shots": plan.shot_calls(WISH, facts())[0],
    "box score": plan.box_calls(WISH, facts())[0],
    "roster": plan.roster_calls(WISH)[0],
}


def ask(
    folder: Folder, base: str, headers: dict[str, str], call: Call, judge: Judging
) -> int:
    """The rows of the answer to one call; AssertionError says why it is not believed."""
    with Client(headers) as client:
        asked = Fetching(base, client, PACE, folder).fetch(call, judge)
    assert asked.snapshot is not None, asked.reason
    return asked.snapshot.rows


@pytest.mark.parametrize("name", sorted(CALLS))
def test_stats_nba_com_answers(folder: Folder, name: str) -> None:
    judge = Judge(Facts(2024)).judge
    assert ask(folder, site.URL, site.headers(), CALLS[name], judge) > 0


@pytest.mark.parametrize(
    "call", sportsdataverse.calls(2024), ids=lambda call: call.endpoint
)
def test_a_release_file_of_sportsdataverse_is_there(folder: Folder, call: Call) -> None:
    judge = sportsdataverse.Judge(2024).judge
    assert ask(folder, sportsdataverse.URL, sportsdataverse.HEADERS, call, judge) > 0
