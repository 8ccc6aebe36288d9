"""Tables are made from the contracts, widened where that is harmless, refused where it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import SchemaError
from processors.catalog import Catalog
from processors.contract import Column
from processors.discovery import load
from tests.bigquery_stand_in.opening import URL, warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.warehouse.bigquery.looking import PREFIX

TABLE = "player_daily_cache"
NAME = f"{PREFIX}nba_precompute.{TABLE}"


def catalog_with(*columns: Column, without: str = "") -> Catalog:
    """The catalog with one table's columns changed."""
    catalog = load()
    processor = catalog[TABLE]
    kept = tuple(c for c in processor.contract.columns if c.name != without)
    contract = processor.contract.model_copy(update={"columns": (*kept, *columns)})
    changed = replace(processor, contract=contract)
    return replace(catalog, processors={**catalog.processors, TABLE: changed})


def column(name: str, nullable: bool) -> Column:
    """A column of numbers."""
    return Column(name=name, type="INT64", description="a number", nullable=nullable)


def test_tables_are_partitioned_by_date_clustered_by_key_described_and_scanned_by_partition_alone(
    stand_in: StandIn,
) -> None:
    warehouse_on(stand_in)
    made = stand_in.engine.tables[NAME].resource
    assert made["timePartitioning"]["field"] == "cache_date"
    assert (
        made["requirePartitionFilter"]
        or made["timePartitioning"]["requirePartitionFilter"]
    )
    assert made["clustering"]["fields"] == ["player_id"]
    assert all(field["description"] for field in made["schema"]["fields"])
    modes = {field["name"]: field["mode"] for field in made["schema"]["fields"]}
    assert modes["player_id"] == "REQUIRED"
    assert stand_in.metadata.datasets[f"{PREFIX}nba_precompute"]["location"] == "EU"


def test_a_warehouse_without_a_location_is_where_its_datasets_are(
    stand_in: StandIn,
) -> None:
    """A job that names another place does not find its tables."""
    warehouse_on(stand_in)
    project = URL.partition("@")[0]
    warehouse_on(stand_in, url=project).waivers()
    assert {job.location for job in stand_in.jobs.known.values()} == {"EU"}
    with pytest.raises(SchemaError, match="is in EU, not in US; say @EU"):
        warehouse_on(stand_in, url=f"{project}@US")


def test_opening_what_is_as_it_should_be_changes_nothing(stand_in: StandIn) -> None:
    warehouse_on(stand_in)
    stand_in.log.clear()
    warehouse_on(stand_in)
    assert {r.call for r in stand_in.log} == {"datasets.get", "tables.get"}


def test_f66_a_nullable_column_is_added_and_a_demand_that_was_dropped_is_relaxed(
    stand_in: StandIn,
) -> None:
    warehouse_on(stand_in, catalog_with(column("new", nullable=False)))
    warehouse_on(
        stand_in,
        catalog_with(column("new", nullable=True), column("newer", nullable=True)),
    )
    fields = {
        f["name"]: f["mode"]
        for f in stand_in.engine.tables[NAME].resource["schema"]["fields"]
    }
    assert (fields["new"], fields["newer"]) == ("NULLABLE", "NULLABLE")


def test_f66_what_cannot_be_healed_is_refused_with_every_difference_and_nothing_is_changed(
    stand_in: StandIn,
) -> None:
    warehouse_on(stand_in)
    stand_in.log.clear()
    wanted = catalog_with(column("new", nullable=False), without="season")
    with pytest.raises(
        SchemaError,
        match="new is not in the table.*season is not in the contract.*drop",
    ):
        warehouse_on(stand_in, wanted)
    assert {r.call for r in stand_in.log} == {"datasets.get", "tables.get"}


def test_a_scan_without_its_partitions_is_refused_by_the_stand_in_as_by_bigquery(
    stand_in: StandIn,
) -> None:
    warehouse = warehouse_on(stand_in)
    with pytest.raises(Exception, match="without a filter over column"):
        warehouse.jobs.rows(
            "look", f"SELECT team FROM {warehouse.texts.names('team_box')}"
        )
