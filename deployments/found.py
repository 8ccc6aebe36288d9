"""What a server holds of the set-up, for `fullcourt doctor`:
each thing with the command that makes it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

from deployments.automations import ZOMBIES
from deployments.pools import HEARTBEAT_SECONDS
from deployments.setup import POOL_VARIABLE, WAREHOUSE_VARIABLE
from tasks.slot import limit_name

SETUP = "python -m deployments.setup"
Found = tuple[str, bool, str, str]


def failure() -> str:
    """Why the API does not answer as it should; empty when it does."""
    with get_client(sync_client=True) as client:
        try:
            client.read_work_pools(limit=1)
        except (httpx.HTTPError, PrefectHTTPStatusError) as error:
            return f"{type(error).__name__}: {error}".split("\n")[0]
    return ""


def findings(warehouse: str) -> Iterator[Found]:
    """About, whether it is there, what is there, what makes it."""
    with get_client(sync_client=True) as client:
        yield _heartbeats(client)
        yield _limit(client, limit_name(warehouse))
        yield _deployments(client, warehouse)


def _heartbeats(client: SyncPrefectClient) -> Found:
    about = "heartbeat automation"
    named = client.read_automations_by_name(ZOMBIES)
    if not named:
        return (
            about,
            False,
            "a killed run stays Running: nobody listens to its heartbeats",
            SETUP,
        )
    if not named[0].enabled:
        return (
            about,
            False,
            f"{ZOMBIES!r} is switched off",
            "switch it on under Automations",
        )
    return (
        about,
        True,
        f"{ZOMBIES!r} is on, for heartbeats of every {HEARTBEAT_SECONDS} s",
        "",
    )


def _limit(client: SyncPrefectClient, name: str) -> Found:
    about = "global limit"
    try:
        held = client.read_global_concurrency_limit_by_name(name).active_slots
    except ObjectNotFound:
        return (
            about,
            False,
            f"{name} is not there: two backfills could meet in one warehouse",
            SETUP,
        )
    return about, True, f"{name}, {'held by a run' if held else 'free'}", ""


def _deployments(client: SyncPrefectClient, warehouse: str) -> Found:
    about = "deployments"
    pool, told = map(client.read_variable_by_name, (POOL_VARIABLE, WAREHOUSE_VARIABLE))
    if pool is None or told is None:
        return (
            about,
            False,
            "the variables that prefect.yaml refers to are not there",
            SETUP,
        )
    if told.value != warehouse:
        return about, False, f"they run against {told.value}, not {warehouse}", SETUP
    try:
        client.read_deployment_by_name("backfill/nba")
    except ObjectNotFound:
        return (
            about,
            False,
            f"backfill/nba is not there; its pool would be {pool.value}",
            "prefect deploy --all",
        )
    return about, True, f"backfill/nba runs on {pool.value}, against {told.value}", ""
