"""Credentials for BigQuery beside the machine's own: whoever opens warehouses may provide them.

Apart from the client, which takes a second to import, so that a run on a file need not have it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Provider = Callable[[], Any]
"""Gives google.auth credentials, or None to leave the client to the machine's own."""

_provider: list[Provider] = []


def provide(credentials: Provider | None) -> None:
    """Let every client opened from now on ask this for its credentials."""
    _provider[:] = [credentials] if credentials else []


def of_provider() -> Any:
    """The credentials of the provider; None without one, or where it has none."""
    return _provider[0]() if _provider else None
