"""The client, and the credentials that it is made with:
a caller's own, a key file's, or the machine's.

No layer below the command line reads settings; what the Google libraries themselves take from the
environment (GOOGLE_APPLICATION_CREDENTIALS, BIGQUERY_EMULATOR_HOST) stays theirs.
"""

from __future__ import annotations

import os

from google.auth import credentials as auth
from google.auth.exceptions import DefaultCredentialsError
from google.cloud import bigquery

from core.errors import ConfigError
from warehouse.bigquery.names import Names
from warehouse.credentials import of_provider


def connect(address: Names, endpoint: str | None = None) -> bigquery.Client:
    """A client of a project; ConfigError when there are no credentials to be found."""
    options = {"api_endpoint": endpoint} if endpoint else None
    try:
        return bigquery.Client(
            project=address.project,
            location=address.location or None,
            credentials=_credentials(endpoint),
            client_options=options,
        )
    except DefaultCredentialsError as error:
        raise ConfigError(
            f"no credentials for {address.project}: gcloud auth application-default login, a key "
            f"file in GOOGLE_APPLICATION_CREDENTIALS, or a GcpCredentials block ({error})"
        ) from error


def _credentials(endpoint: str | None) -> auth.Credentials | None:
    """None lets the client look for the machine's own."""
    if endpoint or os.environ.get("BIGQUERY_EMULATOR_HOST"):
        anonymous: auth.Credentials = auth.AnonymousCredentials()  # type: ignore[no-untyped-call]
        return anonymous
    found: auth.Credentials | None = of_provider()
    return found
