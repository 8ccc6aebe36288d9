"""Take tables out: their rows into files of a new folder, with a manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.remedy import Remedy
from planning.export import TableOut
from planning.selection import Selection
from processors.contract import Column
from processors.raw_schemas import arrow_schema
from runs.export_files import DESCRIBED, Format, Partition, TableFiles
from runs.export_folder import FORMAT, MANIFEST, require_replaceable, write_whole
from runs.labels import COLUMNS as LABEL_COLUMNS
from runs.labels import add_labels
from runs.manifest import LabelCounts, labels_part, table_part, warehouse_part
from runs.rows import (
    Chosen,
    SeasonOfRows,
    choose,
    read_by_season,
    require_fresh,
    require_unchanged,
)
from warehouse.protocol import Warehouse


@dataclass(frozen=True)
class Form:
    """How tables are taken out.

    `partition`: a file per season or month instead of one per table. `with_labels`: only the rows
    that have a label, with it. `as_is`: cells that are not fresh as well, listed in the manifest.
    """

    format: Format = Format.PARQUET
    partition: Partition | None = None
    with_labels: bool = False
    as_is: bool = False


DEFAULT = Form()


def export(
    warehouse: Warehouse, selection: Selection, folder: Path, form: Form = DEFAULT
) -> dict[str, Any]:
    """Write the selection's tables into a folder, and return the manifest that lies beside them.

    The folder is there whole or not at all. Raises ConfigError for a table, a date or a folder that
    will not do, and NotFreshError for cells that are not fresh, before anything is written.
    """
    if not selection.tables:
        raise ConfigError(
            "no table named; name at least one: ", Remedy("tables"), " lists them"
        )
    require_replaceable(folder.resolve())
    chosen = choose(warehouse, selection, form.with_labels)
    if not form.as_is:
        require_fresh(chosen)
    with write_whole(folder) as partial:
        tables, counts = {}, {}
        for table, out in chosen.tables.items():
            counts[table] = LabelCounts()
            tables[table] = _write_table(
                warehouse, chosen, out, partial, form, counts[table]
            )
        require_unchanged(warehouse, chosen)
        manifest = {
            "format": FORMAT,
            **warehouse_part(warehouse, chosen, selection, form.as_is),
            "files": {"format": str(form.format), **DESCRIBED[form.format]},
            "tables": tables,
            "labels": labels_part(chosen, counts),
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (partial / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return manifest


def _write_table(
    warehouse: Warehouse,
    chosen: Chosen,
    out: TableOut,
    folder: Path,
    form: Form,
    counts: LabelCounts,
) -> dict[str, Any]:
    """Write a table's files; its part of the manifest."""
    columns = columns_out(warehouse, out.table, form.with_labels)
    files = TableFiles(
        folder=folder,
        table=out.table,
        schema=arrow_schema(columns),
        format=form.format,
        partition=form.partition,
        date_column=warehouse.catalog.date_column(out.table),
    )
    try:
        for part in _parts(warehouse, chosen, out, form, counts):
            files.write(part)
        written = files.close()
    finally:
        files.abandon()
    return {
        **table_part(warehouse, out, columns),
        "rows": sum(file.rows for file in written),
        "files": [file.to_json() for file in written],
    }


def columns_out(
    warehouse: Warehouse, table: str, with_labels: bool
) -> tuple[Column, ...]:
    """The columns that are taken out of a table: its own, and those of labels."""
    return (*warehouse.catalog.columns(table), *(LABEL_COLUMNS if with_labels else ()))


def _parts(
    warehouse: Warehouse, chosen: Chosen, out: TableOut, form: Form, counts: LabelCounts
) -> Iterator[SeasonOfRows]:
    """The rows of a table by season, with labels where they are wanted."""
    for part in read_by_season(warehouse, chosen.planner.calendar, out):
        if form.with_labels:
            yield _with_labels(warehouse, out.table, part, counts)
        else:
            yield part


def _with_labels(
    warehouse: Warehouse, table: str, part: SeasonOfRows, counts: LabelCounts
) -> SeasonOfRows:
    """A season's rows with their labels, which are counted."""
    labelled = add_labels(warehouse, table, part.rows)
    counts.add(labelled.labelling)
    return SeasonOfRows(part.season, labelled.rows)
