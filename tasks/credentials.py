"""Credentials from a block of the Prefect API:
made by its owner, read when a client is made, never kept.

Prefect is imported late: a command that opens a file needs nothing of it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from core.errors import ConfigError

BLOCK = "fullcourt"
"""The name of the GcpCredentials block that is used where there is one."""
ODDS_BLOCK = "odds-api-key"
"""The name of the Secret block whose key is used where none is named."""


def of_block() -> Any:
    """The google.auth credentials of the block, of the API that is talked to; None without either.

    ConfigError where the API does not answer, or refuses.
    """
    if _data_of_block(BLOCK, "gcp-credentials", "BigQuery's credentials") is None:
        return None
    from prefect_gcp import GcpCredentials

    return GcpCredentials.load(BLOCK).get_credentials_from_service_account()


def odds_key(block: str = "") -> str:
    """The key to The Odds API: of the Secret block that is named; else ODDS_API_KEY, else that of
    the block odds-api-key.

    ConfigError where there is none, or the API does not answer.
    """
    from runs.odds import api_key
    from sources.odds.plan import KEY_VARIABLE

    if not block and os.environ.get(KEY_VARIABLE, "").strip():
        return api_key()
    data = _data_of_block(block or ODDS_BLOCK, "secret", "the key to The Odds API")
    if data is not None:
        return api_key({KEY_VARIABLE: str(data.get("value") or "")})
    if block:
        raise ConfigError(
            f"key_block: the Prefect API has no Secret block named {block!r}; make it on the page "
            "Blocks, or leave the name empty and set ODDS_API_KEY where the run is"
        )
    return api_key()


def _data_of_block(name: str, kind: str, what: str) -> Mapping[str, Any] | None:
    """What a block holds, of the API that is talked to; None without either.

    ConfigError where the API does not answer, or refuses.
    """
    from httpx import HTTPError
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound
    from prefect.settings import PREFECT_API_URL

    if not PREFECT_API_URL.value():
        return None
    with get_client(sync_client=True) as client:
        try:
            return client.read_block_document_by_name(name, kind).data
        except ObjectNotFound:
            return None
        except HTTPError as error:
            said = str(error).partition("\n")[0]
            raise ConfigError(
                f"PREFECT_API_URL: the Prefect API at {PREFECT_API_URL.value()} does not give "
                f"{what}: {said}; start it, give PREFECT_API_AUTH_STRING or "
                "PREFECT_API_KEY, or unset the variable"
            ) from error
