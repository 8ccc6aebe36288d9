"""A season of stats.nba.com, call by call: each stage is planned from what the one before told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sources.nba_api import plan
from sources.nba_api.facts import Facts
from sources.nba_api.judge import Judge
from sources.nba_api.site import CDN
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
    if on_plan:
        on_plan(1)
    yield from _schedule(fetching, judge, wish)
    for stage in _stages(wish, judge.facts):
        calls = stage()
        if on_plan:
            on_plan(len(calls))
        for call in calls:
            yield from _asked(fetching, judge, call)


def _schedule(fetching: Fetching, judge: Judge, wish: plan.Wish) -> Iterator[Asked]:
    """Ask for the schedule; where it does not come and is the current season's, the other site."""
    asked = _ask(fetching, judge, plan.schedule_call(wish))
    today = fetching.now().date()
    other = plan.cdn_schedule_call(wish, today)
    if asked.snapshot is not None or other is None or CDN not in fetching.sites:
        yield asked
        return
    from_cdn = _ask(fetching, judge, other)
    if from_cdn.snapshot is None:
        yield asked
    note = f"in place of {asked.call.title}, which failed: {asked.reason}"
    yield replace(from_cdn, notes=(*from_cdn.notes, note))


def _stages(wish: plan.Wish, facts: Facts) -> list[Callable[[], Sequence[Call]]]:
    """What to ask after the schedule, in order; a stage is planned when its turn comes."""
    stages: list[Callable[[], Sequence[Call]]] = []
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


def _asked(fetching: Fetching, judge: Judge, call: Call) -> Iterator[Asked]:
    """Make a call; one whose answer is capped is made as two of half its dates."""
    halves = plan.halves(call, judge.facts)
    if not (halves and _was_split(fetching, judge, call)):
        asked = _ask(fetching, judge, call)
        if not (asked.is_capped and halves):
            yield asked
            return
    for half in halves:
        yield from _asked(fetching, judge, half)


def _was_split(fetching: Fetching, judge: Judge, call: Call) -> bool:
    """Whether an earlier run found the answer capped: a half of it is there, and it is not."""
    if fetching.folder.find(call) is not None:
        return False
    return any(
        fetching.folder.find(half) is not None or _was_split(fetching, judge, half)
        for half in plan.halves(call, judge.facts)
    )


def _ask(fetching: Fetching, judge: Judge, call: Call) -> Asked:
    """Make a call, and take what its answer says."""
    asked = fetching.fetch(call, judge.judge)
    if asked.snapshot is not None:
        judge.learn(call, fetching.folder.read(asked.snapshot))
    return asked
