"""BigQuery's credentials come from a block
of the Prefect API where there is one, and are never told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.errors import ConfigError
from tasks.credentials import BLOCK, of_block
from warehouse.bigquery.client import connect
from warehouse.bigquery.names import Names
from warehouse.credentials import provide

ACCOUNT = "runs@example-project.iam.gserviceaccount.com"


def key_file() -> dict[str, str]:
    """A service account's key, as Google gives it out, of an account that is not there."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    coding = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "type": "service_account",
        "project_id": "example-project",
        "private_key_id": "planted",
        "private_key": key.private_bytes(*coding).decode(),
        "client_email": ACCOUNT,
        "token_uri": "http://127.0.0.1:9/token",
    }


@pytest.fixture
def block(prefect_server: None) -> Iterator[dict[str, str]]:
    """The block, as its owner makes it; what it holds."""
    # Imported late, as in the tests of flows: Prefect takes two seconds.
    from prefect.client.orchestration import get_client
    from prefect_gcp import GcpCredentials

    held = key_file()
    GcpCredentials(service_account_info=held).save(BLOCK)
    yield held
    with get_client(sync_client=True) as client:
        client.delete_block_document(
            client.read_block_document_by_name(BLOCK, "gcp-credentials").id
        )


def test_the_client_of_a_run_has_the_credentials_of_the_block(
    block: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    provide(of_block)
    try:
        made: Any = connect(Names("example-project"))
    finally:
        provide(None)
    assert made._credentials.service_account_email == ACCOUNT
    told = "".join((*capsys.readouterr(), caplog.text, repr(made._credentials)))
    assert block["private_key"].splitlines()[1] not in told


def test_without_a_block_the_machine_is_left_to_find_its_own(
    prefect_server: None,
) -> None:
    assert of_block() is None


def test_an_api_that_does_not_answer_is_a_sentence() -> None:
    """Every command on BigQuery ended in a traceback of the HTTP client."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    nobody = {PREFECT_API_URL: "http://127.0.0.1:9/api"}
    with (
        temporary_settings(nobody),
        pytest.raises(ConfigError, match="the Prefect API at .* does not give"),
    ):
        of_block()
