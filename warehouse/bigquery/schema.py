"""Tables against their contracts: missing ones made, nullable columns added, the rest refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from google.api_core import exceptions as api
from google.cloud import bigquery

from core.errors import AccessDeniedError, SchemaError, WarehouseError
from core.remedy import Remedy, Words, joined
from warehouse.bigquery.errors import CAUGHT, our_error
from warehouse.bigquery.names import Names
from warehouse.bigquery.pace import Pace
from warehouse.schema import ColumnSpec, TableSpec, column_faults, refusal

LEGACY = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}
"""As the API spells types in the schemas that it gives back."""

ELSEWHERE = Remedy(warehouse="bigquery:PROJECT.PREFIX", goes_on=True)
INGEST_ANEW: Words = ("ingest again under another prefix: ", ELSEWHERE)


def column_types(spec: TableSpec) -> dict[str, str]:
    """Column -> its type."""
    return {column.name: _column_type(column.type) for column in spec.columns}


def _column_type(kind: str) -> str:
    return "STRING" if kind == "JSON" else kind


def _client_table(spec: TableSpec, address: Names) -> bigquery.Table:
    """Where a table is partitioned by date, no scan goes without naming its partitions."""
    fields = list(map(_field, spec.columns))
    table = bigquery.Table(address.path(spec.dataset, spec.name), schema=fields)
    table.description = spec.description
    if spec.date_column:
        table.time_partitioning = bigquery.TimePartitioning(field=spec.date_column)
        table.require_partition_filter = True
    table.clustering_fields = list(spec.clustered_by) or None
    return table


def _field(column: ColumnSpec) -> bigquery.SchemaField:
    mode = "NULLABLE" if column.nullable else "REQUIRED"
    return bigquery.SchemaField(
        column.name, _column_type(column.type), mode, description=column.description
    )


def reconcile(
    client: bigquery.Client, address: Names, specs: Sequence[TableSpec], pace: Pace
) -> str:
    """Make and widen tables; SchemaError names every difference
    that this cannot heal, nothing changed then.

    Tables that nobody wants are left alone. Gives where the datasets are. AccessDeniedError names
    what is missing where this account may not make it.
    """
    location = address.location
    for dataset in dict.fromkeys(spec.dataset for spec in specs):
        path = f"{address.project}.{address.dataset(dataset)}"
        location = _ensure_dataset(client, path, location, pace)
    tables, held = _healable(client, address, specs, pace)
    # Before anything is widened: to widen changes what was found.
    lacks = list(filter(None, map(_lack, tables, held)))
    try:
        for table, found in zip(tables, held, strict=True):
            _make_or_widen(client, table, found, pace)
    except CAUGHT as error:
        raise _not_made(error, ", ".join(lacks)) from error
    return location


def require(
    client: bigquery.Client, address: Names, specs: Sequence[TableSpec], pace: Pace
) -> str:
    """Where the datasets are; SchemaError unless every table is there as it should be.

    Makes and changes nothing.
    """
    location = address.location
    for dataset in dict.fromkeys(spec.dataset for spec in specs):
        path = f"{address.project}.{address.dataset(dataset)}"
        location = _require_dataset(client, path, location, pace)
    tables, held = _healable(client, address, specs, pace)
    if lacking := ", ".join(filter(None, map(_lack, tables, held))):
        raise SchemaError(f"{lacking}, and this only reads; ", *MAKES_THEM)
    return location


MAKES_THEM: Words = (
    *joined(" or ", [(Remedy("ingest", goes_on=True),), (Remedy("backfill"),)]),
    " makes what is missing: check the address",
)


def _healable(
    client: bigquery.Client, address: Names, specs: Sequence[TableSpec], pace: Pace
) -> tuple[list[bigquery.Table], list[bigquery.Table | None]]:
    """Each table as it should be and as BigQuery holds it; SchemaError names every difference that
    adding columns cannot heal."""
    tables = [_client_table(spec, address) for spec in specs]
    held = [find_table(client, table, pace) for table in tables]
    refused = {}
    for spec, table, found in zip(specs, tables, held, strict=True):
        if found and (faults := list(_faults(spec, found))):
            refused[str(table.reference)] = spec, faults
    if refused:
        raise SchemaError(f"{address.project}: ", *refusal(refused, INGEST_ANEW))
    return tables, held


def _require_dataset(
    client: bigquery.Client, path: str, location: str, pace: Pace
) -> str:
    """Where a dataset is; SchemaError for one that is not there, or lies elsewhere."""
    reference = bigquery.DatasetReference.from_string(path)
    try:
        found = client.get_dataset(
            reference, timeout=pace.call_seconds, retry=pace.retry
        )
    except api.NotFound as error:
        raise SchemaError(f"dataset {path} is not there; ", *MAKES_THEM) from error
    return _location_of(found, path, location)


def _location_of(found: bigquery.Dataset, path: str, location: str) -> str:
    """Where a dataset is; SchemaError where the address says another place."""
    if location and found.location != location:
        raise SchemaError(
            f"{path} is in {found.location}, not in {location}; say @{found.location}"
        )
    return str(found.location)


def _make_or_widen(
    client: bigquery.Client,
    table: bigquery.Table,
    found: bigquery.Table | None,
    pace: Pace,
) -> None:
    if found is None:
        client.create_table(
            table, exists_ok=True, timeout=pace.call_seconds, retry=pace.retry
        )
    elif schema := _widened(table, found):
        found.schema = schema
        client.update_table(
            found, ["schema"], timeout=pace.call_seconds, retry=pace.retry
        )


def _lack(table: bigquery.Table, found: bigquery.Table | None) -> str:
    """What a table needs to be as it should; empty when it needs nothing."""
    if found is None:
        return f"{table.reference} is not there"
    return f"{table.reference} is of an older form" if _widened(table, found) else ""


def _not_made(error: BaseException, lacking: str) -> WarehouseError:
    """The error of a client as ours; where the account may not make things, with who does."""
    ours = our_error(error, "tables")
    return (
        not_there(lacking, str(ours)) if isinstance(ours, AccessDeniedError) else ours
    )


def not_there(lacking: str, why: str) -> AccessDeniedError:
    """The refusal of a warehouse that lacks what only another account may make."""
    return AccessDeniedError(
        f"{lacking}; ",
        Remedy("ingest"),
        " or backfill makes that, run by an account with the roles that ",
        Remedy("doctor"),
        f" names, and this account may not: {why}",
    )


def _ensure_dataset(
    client: bigquery.Client, path: str, location: str, pace: Pace
) -> str:
    """Where a dataset is; one that is not there is made in `location`,
    the US when that is not said."""
    dataset = bigquery.Dataset(path)
    try:
        found = client.get_dataset(
            dataset.reference, timeout=pace.call_seconds, retry=pace.retry
        )
    except api.NotFound:
        dataset.location = location or "US"
        found = _create_dataset(client, dataset, pace)
    return _location_of(found, path, location)


def _create_dataset(
    client: bigquery.Client, dataset: bigquery.Dataset, pace: Pace
) -> bigquery.Dataset:
    try:
        return client.create_dataset(
            dataset, exists_ok=True, timeout=pace.call_seconds, retry=pace.retry
        )
    except CAUGHT as error:
        raise _not_made(error, f"dataset {dataset.reference} is not there") from error


def find_table(
    client: bigquery.Client, table: bigquery.Table, pace: Pace
) -> bigquery.Table | None:
    """The table as BigQuery holds it; None when it is not there."""
    try:
        return client.get_table(
            table.reference, timeout=pace.call_seconds, retry=pace.retry
        )
    except api.NotFound:
        return None


def _faults(spec: TableSpec, found: bigquery.Table) -> Iterator[str]:
    """What cannot be healed by adding columns."""
    types = {field.name: _type_name(field.field_type) for field in found.schema}
    yield from column_faults(spec.columns, types, _type_name)
    contracted = spec.date_column
    partitioned = found.time_partitioning.field if found.time_partitioning else None
    if contracted != partitioned:
        yield f"partitioned by {partitioned or 'nothing'}, contract {contracted or 'nothing'}"


def _type_name(kind: str) -> str:
    """A type as the API gives it back."""
    given = _column_type(kind)
    return LEGACY.get(given, given)


def _widened(
    table: bigquery.Table, found: bigquery.Table
) -> list[bigquery.SchemaField] | None:
    """The schema with the columns that are missing, and without demands that the contract has
    dropped; None where it is as it should be."""
    have = {field.name: field for field in found.schema}
    new = [field for field in table.schema if field.name not in have]
    free = {field.name for field in table.schema if field.mode == "NULLABLE"}
    relaxed = [
        _relaxed(field) if field.name in free else field for field in found.schema
    ]
    return [*relaxed, *new] if new or relaxed != list(found.schema) else None


def _relaxed(field: bigquery.SchemaField) -> bigquery.SchemaField:
    """The field without the demand that every row has a value."""
    if field.mode != "REQUIRED":
        return field
    return bigquery.SchemaField(
        field.name, field.field_type, "NULLABLE", description=field.description
    )
