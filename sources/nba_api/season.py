"""A season of stats.nba.com, call by call: each stage is planned from what the one before told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sources.nba_api import plan
from sources.nba_api.facts import Facts
from sources.nba_api.judge import Judge
from sources.web.calls import Call
from sources.web.fetching import Asked, Fetching

OnPlan = Callable[[int], None]
"""Called with the number of calls that are known to be left."""


def fetch_season(
    fetching: Fetching, wish: plan.Wish, on_plan: OnPlan | None = None
) -> Iterator[Asked]:
    """Ask for what a wish needs, and yield what became of each call.

    Without a schedule the logs alone are asked, and their games are believed.
    """
    judge = Judge(Facts(wish.season))
    stages = _stages(wish, judge)
    for stage in stages:
        calls = stage()
        if on_plan:
            on_plan(len(calls))
        yield from _asked(fetching, judge, calls)


def _stages(wish: plan.Wish, judge: Judge) -> list[Callable[[], Sequence[Call]]]:
    """What to ask, in order; a stage is planned when its turn comes."""
    facts = judge.facts
    stages: list[Callable[[], Sequence[Call]]] = [lambda: [plan.schedule_call(wish)]]
    # The shots are judged by the teams' attempts, and the players by the teams' points.
    if {"team_box", "player_box", "shots"} & set(wish.tables):
        stages.append(lambda: plan.log_calls(wish, facts, "T"))
    if "player_box" in wish.tables:
        stages.append(lambda: plan.log_calls(wish, facts, "P"))
    if "shots" in wish.tables:
        stages.append(lambda: plan.shot_calls(wish, facts))
    if wish.box_scores:
        stages.append(lambda: plan.box_calls(wish, facts))
    if "players" in wish.tables:
        stages.append(lambda: plan.roster_calls(wish))
    return stages


def _asked(fetching: Fetching, judge: Judge, calls: Sequence[Call]) -> Iterator[Asked]:
    for call in calls:
        asked = fetching.fetch(call, judge.judge)
        if asked.snapshot is not None:
            judge.learn(call, fetching.folder.read(asked.snapshot))
        yield asked
