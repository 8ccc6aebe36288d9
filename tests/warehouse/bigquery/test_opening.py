"""A BigQuery warehouse is opened by its address, as every other,
with the credentials that are given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.auth.credentials import AnonymousCredentials

from core.address import parse_address
from core.errors import ConfigError
from tests.bigquery_stand_in.server import StandIn
from warehouse.bigquery import client
from warehouse.bigquery.names import Names
from warehouse.bigquery.warehouse import BigQueryWarehouse
from warehouse.connections import open_warehouse
from warehouse.credentials import provide


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("bigquery:some-project", Names("some-project", "", "")),
        ("bigquery:some-project.dev_", Names("some-project", "dev_", "")),
        (
            "bigquery:some-project.dev_@us-central1",
            Names("some-project", "dev_", "us-central1"),
        ),
        (
            "bigquery:example.com:some-project.dev_@EU",
            Names("example.com:some-project", "dev_", "EU"),
        ),
    ],
)
def test_the_address_is_what_the_settings_spell(url: str, address: Names) -> None:
    assert Names.at(str(parse_address(url))) == address


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match="bigquery:PROJECT"):
        Names.at("duckdb:x")


def test_opening_by_address_makes_the_tables(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", stand_in.url)
    with (
        open_warehouse("bigquery:some-project@EU") as warehouse,
        open_warehouse("bigquery:some-project@EU") as same,
    ):
        assert isinstance(warehouse, BigQueryWarehouse)
        assert warehouse is same
        assert warehouse.rows_held("shots") == 0
    assert "nba_precompute.ml_feature_store" in stand_in.engine.tables


@pytest.fixture
def provided() -> Iterator[AnonymousCredentials]:
    """Credentials handed over by whoever holds a block or a key."""
    mine = AnonymousCredentials()  # type: ignore[no-untyped-call]
    provide(lambda: mine)
    yield mine
    provide(None)


def test_credentials_that_are_provided_are_those_of_the_client(
    provided: AnonymousCredentials,
) -> None:
    assert client.connect(Names("some-project"))._credentials is provided
