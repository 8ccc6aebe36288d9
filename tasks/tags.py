"""Tags of a flow run: what the bar of the dashboard filters by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from uuid import UUID

import prefect
from prefect.context import TagsContext
from prefect.runtime import flow_run

from core.address import DuckDBAddress, parse_address
from planning.scope import Scope
from tasks.artifacts import UNHEARD
from tasks.client import client_of_run

MOST_SEASONS = 6
"""Seasons that are tagged one by one; more of them are one range."""


@contextmanager
def tagged(tags: Iterable[str]) -> Iterator[None]:
    """Let flow runs begin with tags in the block: to add them later is a request for each."""
    with prefect.tags(*tags):
        yield


@contextmanager
def tags_kept_from_tasks() -> Iterator[None]:
    """Let task runs of the block have none of the flow run's tags.

    Prefect asks the server for each, whether it limits how many tasks run at once.
    """
    with TagsContext(current_tags=set()):
        yield


def tag_run(tags: Iterable[str]) -> None:
    """Add tags to the flow run that is under way, unless it began with them; without a server's
    consent it runs untagged."""
    had = {*flow_run.tags}
    wanted = {*had, *tags}
    if wanted == had:
        return
    with suppress(*UNHEARD), client_of_run() as client:
        client.update_flow_run(UUID(str(flow_run.id)), tags=sorted(wanted))


def tags_of(scope: Scope, warehouse: str, phase: str = "") -> list[str]:
    """Warehouse, phases, seasons, and the tables and dates that were asked for by name.

    Without a phase, those of the whole scope.
    """
    asked = scope.selection
    phases = (phase,) if phase else scope.phases
    found = [f"warehouse:{_warehouse_name(warehouse)}"]
    found += [f"phase:{name}" for name in phases]
    found += [f"table:{table}" for table in asked.tables]
    return [*found, *season_tags(_seasons(scope))]


def _warehouse_name(url: str) -> str:
    """The name of a file, or a BigQuery project with its prefix: an address is too long a tag."""
    address = parse_address(url)
    if isinstance(address, DuckDBAddress):
        return address.path.name
    return ".".join(filter(None, (address.project, address.prefix)))


def _seasons(scope: Scope) -> list[int]:
    """The starting years of the seasons of the dates asked for."""
    days: set[date] = set().union(*scope.needs.targets.values())
    season_of = scope.planner.calendar.season_of
    return sorted({season for day in days if (season := season_of(day))})


def season_tags(seasons: Sequence[int]) -> Iterator[str]:
    """A tag for each season, by its starting year; one for all of them where they are many."""
    if len(seasons) > MOST_SEASONS:
        yield f"season:{_season(seasons[0])}..{_season(seasons[-1])}"
        return
    for season in seasons:
        yield f"season:{_season(season)}"


def _season(start: int) -> str:
    """A season as people write it: 2024-25."""
    return f"{start}-{(start + 1) % 100:02d}"
