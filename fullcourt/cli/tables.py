"""`tables`: the catalog, in the order of computing."""

from __future__ import annotations

from typing import Any

import click

from core.settings import Settings
from fullcourt.cli.choose import TableName, as_json, echo_json
from fullcourt.cli.examples import examples
from processors.catalog import Catalog
from reports.tables import catalog_markdown, print_catalog
from validation.limits import load_checked


@examples(
    "fullcourt tables",
    "fullcourt tables --sql player_daily_cache",
)
@click.command()
@click.option(
    "--markdown",
    "to_markdown",
    is_flag=True,
    help="Print the table that the README shows.",
)
@click.option(
    "--sql",
    "shown",
    type=TableName(),
    metavar="TABLE",
    help="Print the statement that computes a batch of a table, its inputs cut.",
)
@as_json
@click.pass_obj
def tables(
    settings: Settings, to_markdown: bool, shown: str | None, to_json: bool
) -> None:
    """The catalog: every table, what it holds, what it reads, in the order of computing."""
    catalog = load_checked()
    if shown:
        # Late: the list alone needs no engine.
        from warehouse.connections import query_text

        click.echo(query_text(settings.warehouse, catalog, shown))
        return
    listed = table_entries(catalog)
    if to_json:
        echo_json(listed)
    elif to_markdown:
        click.echo(catalog_markdown(listed))
    else:
        print_catalog(listed)


def table_entries(catalog: Catalog) -> list[dict[str, Any]]:
    """Every computed table as plain data, in the order of computing."""
    return [
        _table_entry(catalog, name, wave)
        for phase in catalog.phases
        for wave, names in enumerate(catalog.waves(phase.name), start=1)
        for name in names
    ]


def _table_entry(catalog: Catalog, name: str, wave: int) -> dict[str, Any]:
    contract = catalog[name].contract
    reads = {
        key: read.model_dump(exclude_none=True) for key, read in contract.reads.items()
    }
    return {
        "table": f"{catalog.dataset(name)}.{name}",
        "phase": contract.phase,
        "wave": wave,
        "grain": list(contract.grain),
        "columns": len(contract.columns),
        "reads": reads,
        "description": contract.description,
    }
