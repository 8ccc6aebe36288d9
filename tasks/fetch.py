"""Each call of a fetch as a task of Prefect: seen on the run's page, never retried by it.

The client retries by itself, at the site's pace, and the snapshot is the result.
"""

from __future__ import annotations

from collections.abc import Callable

from prefect import task
from prefect.cache_policies import NO_CACHE

from sources.web.calls import Call
from sources.web.fetching import Asked


@task(cache_policy=NO_CACHE, persist_result=False)
def fetch_call(ask: Callable[[], Asked]) -> Asked:
    """Make one call, and give what became of it."""
    return ask()


def as_task(call: Call, ask: Callable[[], Asked]) -> Asked:
    """Make a call as a task that is named after it."""
    return fetch_call.with_options(task_run_name=call.title)(ask)
