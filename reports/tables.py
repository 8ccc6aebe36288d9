"""`tables`: the catalog, on the terminal and as the README shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reports import markdown
from reports.terminal import grid


def print_catalog(listed: Iterable[Mapping[str, Any]]) -> None:
    """Every table, in the order of computing."""
    rows = []
    for entry in listed:
        reads = ", ".join(sorted({read["table"] for read in entry["reads"].values()}))
        rows.append(
            (
                entry["phase"],
                str(entry["wave"]),
                entry["table"],
                "+".join(entry["grain"]),
                entry["columns"],
                reads,
            )
        )
    grid("tables", ("phase", "wave", "table", "a row is", "columns", "reads"), rows)


def catalog_markdown(listed: Iterable[Mapping[str, Any]]) -> str:
    """The catalog as the README shows it: phase and wave, table, what a row is, what it holds."""
    rows = [
        (
            e["phase"],
            e["wave"],
            f"`{e['table']}`",
            " + ".join(e["grain"]),
            e["columns"],
            e["description"],
        )
        for e in listed
    ]
    return markdown.table(
        ["phase", "wave", "table", "a row is a", "columns", "what it holds"], rows
    )
