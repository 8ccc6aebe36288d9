"""Tables against their contracts: missing ones made, nullable columns added, the rest refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from google.api_core import exceptions as api
from google.cloud import bigquery

from core.errors import AccessDeniedError, SchemaError, WarehouseError
from processors.catalog import Catalog
from processors.contract import Column
from warehouse.bigquery.bookkeeping import CLUSTERED, TABLES
from warehouse.bigquery.errors import CAUGHT, explained
from warehouse.bigquery.names import Names
from warehouse.bigquery.pace import Pace

LEGACY = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}
"""As the API spells types in the schemas that it gives back."""

MOST_CLUSTERED = 4


@dataclass(frozen=True)
class Wanted:
    """A table as it should be; `computed` ones can be dropped and computed again."""

    table: bigquery.Table
    computed: bool = False


def wanted(catalog: Catalog, address: Names) -> list[Wanted]:
    """Every table that the contracts promise, and the bookkeeping."""
    raw = [Wanted(_contracted(catalog, address, name)) for name in catalog.raw]
    computed = [Wanted(_contracted(catalog, address, p.name), computed=True) for p in catalog]
    return [*raw, *computed, *(Wanted(_kept(address, name)) for name in TABLES)]


def _contracted(catalog: Catalog, address: Names, name: str) -> bigquery.Table:
    """Partitioned by date, clustered by the keys; no scan without naming its partitions."""
    contract = catalog.raw[name] if name in catalog.raw else catalog[name].contract
    table = bigquery.Table(address.of(catalog, name), schema=[_field(c) for c in contract.columns])
    table.description = contract.description
    if contract.date_column:
        table.time_partitioning = bigquery.TimePartitioning(field=contract.date_column)
        table.require_partition_filter = True
    clustered = [
        g for g in contract.grain if g != contract.date_column and _clusters(contract.columns, g)
    ]
    table.clustering_fields = clustered[:MOST_CLUSTERED] or None
    return table


def _clusters(columns: Sequence[Column], name: str) -> bool:
    return any(c.name == name and c.type != "FLOAT64" for c in columns)


def _field(column: Column) -> bigquery.SchemaField:
    unit = f" ({column.unit})" if column.unit else ""
    mode = "NULLABLE" if column.nullable else "REQUIRED"
    return bigquery.SchemaField(
        column.name, column.type, mode, description=column.description + unit
    )


def _kept(address: Names, name: str) -> bigquery.Table:
    fields = [bigquery.SchemaField(column, kind) for column, kind in TABLES[name].items()]
    table = bigquery.Table(address.kept(name), schema=fields)
    table.clustering_fields = list(CLUSTERED[name])
    return table


def reconcile(client: bigquery.Client, address: Names, tables: Sequence[Wanted], pace: Pace) -> str:
    """Make and widen tables; SchemaError names every difference
    that this cannot heal, nothing changed then.

    Tables that nobody wants are left alone. Gives where the datasets are. AccessDeniedError names
    what is missing where this account may not make it.
    """
    datasets = dict.fromkeys(str(table.table.dataset_id) for table in tables)
    location = address.location
    for name in datasets:
        location = _made_dataset(client, f"{address.project}.{name}", location, pace)
    held = _held(client, address, tables, pace)
    # Before anything is widened: to widen changes what was found.
    lacking = [lack for table, found in held if (lack := _lack(table.table, found))]
    try:
        for table, found in held:
            _make_or_widen(client, table.table, found, pace)
    except CAUGHT as error:
        raise _not_made(error, ", ".join(lacking)) from error
    return location


def require(client: bigquery.Client, address: Names, tables: Sequence[Wanted], pace: Pace) -> str:
    """Where the datasets are; SchemaError unless every table is there as it should be.

    Makes and changes nothing.
    """
    location = address.location
    for name in dict.fromkeys(str(table.table.dataset_id) for table in tables):
        location = _found_dataset(client, f"{address.project}.{name}", location, pace)
    held = _held(client, address, tables, pace)
    if lacking := [lack for table, found in held if (lack := _lack(table.table, found))]:
        raise SchemaError(f"{', '.join(lacking)}, and this only reads; {_MAKES_THEM}")
    return location


_MAKES_THEM = "fullcourt ingest or backfill makes what is missing: check the address"

Found = list[tuple[Wanted, bigquery.Table | None]]


def _held(client: bigquery.Client, address: Names, tables: Sequence[Wanted], pace: Pace) -> Found:
    """Each table as BigQuery holds it; SchemaError names every difference that nothing heals."""
    held = [(table, held_as(client, table.table, pace)) for table in tables]
    refused = [
        (t, faults) for t, found in held if found and (faults := list(_faults(t.table, found)))
    ]
    if refused:
        raise SchemaError(_refusal(address, refused))
    return held


def _found_dataset(client: bigquery.Client, path: str, location: str, pace: Pace) -> str:
    """Where a dataset is; SchemaError for one that is not there, or lies elsewhere."""
    reference = bigquery.DatasetReference.from_string(path)
    try:
        found = client.get_dataset(reference, timeout=pace.call_seconds, retry=pace.retry)
    except api.NotFound as error:
        raise SchemaError(f"dataset {path} is not there; {_MAKES_THEM}") from error
    return _location_of(found, path, location)


def _location_of(found: bigquery.Dataset, path: str, location: str) -> str:
    """Where a dataset is; SchemaError where the address says another place."""
    if location and found.location != location:
        raise SchemaError(
            f"{path} is in {found.location}, not in {location}; say @{found.location}"
        )
    return str(found.location)


def _make_or_widen(
    client: bigquery.Client, table: bigquery.Table, found: bigquery.Table | None, pace: Pace
) -> None:
    if found is None:
        client.create_table(table, exists_ok=True, timeout=pace.call_seconds, retry=pace.retry)
    elif schema := _widened(table, found):
        found.schema = schema
        client.update_table(found, ["schema"], timeout=pace.call_seconds, retry=pace.retry)


def _lack(table: bigquery.Table, found: bigquery.Table | None) -> str:
    """What a table needs to be as it should; empty when it needs nothing."""
    if found is None:
        return f"{table.reference} is not there"
    return f"{table.reference} is of an older form" if _widened(table, found) else ""


def _not_made(error: BaseException, lacking: str) -> WarehouseError:
    """The error of a client as ours; where the account may not make things, with who does."""
    ours = explained(error, "tables")
    return not_there(lacking, str(ours)) if isinstance(ours, AccessDeniedError) else ours


def not_there(lacking: str, why: str) -> AccessDeniedError:
    """The refusal of a warehouse that lacks what only another account may make."""
    return AccessDeniedError(
        f"{lacking}; fullcourt ingest or backfill makes that, run by an account with the roles "
        f"that fullcourt doctor names, and this account may not: {why}"
    )


def _made_dataset(client: bigquery.Client, path: str, location: str, pace: Pace) -> str:
    """Where a dataset is; one that is not there is made in `location`,
    the US when that is not said."""
    dataset = bigquery.Dataset(path)
    try:
        found = client.get_dataset(dataset.reference, timeout=pace.call_seconds, retry=pace.retry)
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


def held_as(client: bigquery.Client, table: bigquery.Table, pace: Pace) -> bigquery.Table | None:
    """The table as BigQuery holds it; None when it is not there."""
    try:
        return client.get_table(table.reference, timeout=pace.call_seconds, retry=pace.retry)
    except api.NotFound:
        return None


def _faults(table: bigquery.Table, found: bigquery.Table) -> Iterator[str]:
    """What cannot be healed by adding columns."""
    have = {field.name: _type(field) for field in found.schema}
    for field in table.schema:
        if field.name not in have and field.mode == "REQUIRED":
            yield f"column {field.name} is not in the table and may not be NULL"
        elif have.get(field.name, _type(field)) != _type(field):
            yield f"column {field.name} is {have[field.name]}, contract {_type(field)}"
    names = {field.name for field in table.schema}
    yield from (f"column {name} is not in the contract" for name in have if name not in names)
    column = table.time_partitioning.field if table.time_partitioning else None
    partitioned = found.time_partitioning.field if found.time_partitioning else None
    if column != partitioned:
        yield f"partitioned by {partitioned or 'nothing'}, contract {column or 'nothing'}"


def _type(field: bigquery.SchemaField) -> str:
    return LEGACY.get(field.field_type, field.field_type)


def _refusal(address: Names, refused: Sequence[tuple[Wanted, Sequence[str]]]) -> str:
    told = "; ".join(
        f"{t.table.reference} differs from its contract: {', '.join(f)}" for t, f in refused
    )
    if not all(table.computed for table, _ in refused):
        repair = (
            "ingest again under another prefix: fullcourt --warehouse bigquery:PROJECT.PREFIX …"
        )
    else:
        names = [table.table.table_id for table, _ in refused]
        drops = ", ".join(f"fullcourt drop {name} --yes" for name in names)
        repair = f"{drops}, then fullcourt backfill {' '.join(f'--table {name}' for name in names)}"
    return f"{address.project}: {told}; nothing was changed; {repair}"


def _widened(table: bigquery.Table, found: bigquery.Table) -> list[bigquery.SchemaField] | None:
    """The schema with the columns that are missing,
    and without demands that the contract has dropped."""
    have = {field.name: field for field in found.schema}
    new = [field for field in table.schema if field.name not in have]
    free = {
        f.name
        for f in table.schema
        if f.mode == "NULLABLE" and have.get(f.name, f).mode == "REQUIRED"
    }
    if not new and not free:
        return None
    relaxed = [
        bigquery.SchemaField(f.name, f.field_type, "NULLABLE", description=f.description)
        if f.name in free
        else f
        for f in found.schema
    ]
    return [*relaxed, *new]
