"""Credentials from a block of the Prefect API:
made by its owner, read when a client is made, never kept.

Prefect is imported late: a command that opens a file needs nothing of it.
"""

from __future__ import annotations

from typing import Any

from core.errors import ConfigError

BLOCK = "fullcourt"
"""The name of the GcpCredentials block that is used where there is one."""


def of_block() -> Any:
    """The google.auth credentials of the block, of the API that is talked to; None without either.

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
            client.read_block_document_by_name(BLOCK, "gcp-credentials")
        except ObjectNotFound:
            return None
        except HTTPError as error:
            said = str(error).partition("\n")[0]
            raise ConfigError(
                f"PREFECT_API_URL: the Prefect API at {PREFECT_API_URL.value()} does not give "
                f"BigQuery's credentials: {said}; start it, give PREFECT_API_AUTH_STRING or "
                "PREFECT_API_KEY, or unset the variable"
            ) from error
    from prefect_gcp import GcpCredentials

    return GcpCredentials.load(BLOCK).get_credentials_from_service_account()
