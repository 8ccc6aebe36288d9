"""One backfill at a time per warehouse: a slot of its global limit,
held by a lease that ends with the run.

A lease is renewed while its process lives and expires when it does not: a killed run keeps nobody
waiting for longer than that. `deployments/setup.py` makes the limit; where there is none, as on the
local server of the command line, nothing is taken, and a DuckDB file is held by one process all the
same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from uuid import UUID

from httpx import HTTPStatusError
from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLeaseHolder
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound

from core.errors import ConfigError

LEASE_SECONDS = 60.0
"""The shortest that Prefect grants: so long a new run waits for one that was killed, until the
server looks for expired leases (every 15 s) and the run asks again (within 30 s)."""


def limit_name(warehouse: str) -> str:
    """The global limit of the warehouse at this address; Prefect takes no slashes in it."""
    return f"fullcourt-{re.sub(r'[^A-Za-z0-9._]+', '-', warehouse)}"


@contextmanager
def slot(warehouse: str, run_id: str) -> Iterator[None]:
    """Hold the warehouse's slot, waiting for it as long as another run holds it."""
    holder = ConcurrencyLeaseHolder(type="flow_run", id=UUID(run_id))
    with _slot(warehouse, lambda text: get_run_logger().info(text), holder):
        yield


@contextmanager
def slot_unless_part(warehouse: str, run_id: str, root_id: str) -> Iterator[None]:
    """Hold the slot as `slot` does, but not for a part of another run: that one holds it already.

    A part that waited for the slot of the run that waits for it would never begin.
    """
    with slot(warehouse, run_id) if run_id == root_id else nullcontext():
        yield


@contextmanager
def command_slot(warehouse: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the warehouse's slot for a command, which is no run of Prefect's;
    `tell` says that it waits."""
    with _slot(warehouse, tell):
        yield


@contextmanager
def _slot(
    warehouse: str,
    tell: Callable[[str], None],
    holder: ConcurrencyLeaseHolder | None = None,
) -> Iterator[None]:
    """Hold the slot where the server has the limit, and nothing where it has not."""
    name = limit_name(warehouse)
    held = slots_held(name)
    if held is None:
        yield
        return
    if held:
        tell(f"another run holds {name}; waiting until it ends, or its lease expires")
    with concurrency(name, occupy=1, lease_duration=LEASE_SECONDS, holder=holder):
        yield


def slots_held(limit: str) -> int | None:
    """How many slots of a global limit are held;
    None where the server has no limit of this name. ConfigError where it refuses to say."""
    with get_client(sync_client=True) as client:
        try:
            return client.read_global_concurrency_limit_by_name(limit).active_slots
        except ObjectNotFound:
            return None
        except HTTPStatusError as error:
            raise ConfigError(
                f"the Prefect API at {client.api_url} refuses to say who writes to the warehouse "
                f"({error.response.status_code} {error.response.reason_phrase}); check "
                "PREFECT_API_KEY or PREFECT_API_AUTH_STRING"
            ) from error
