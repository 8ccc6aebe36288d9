"""`tables`: the catalog, on the terminal and as the README shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reports import markdown
from reports.terminal import grid


def print_catalog(listed: Iterable[Mapping[str, Any]]) -> None:
    """Every table, in the order of computing."""
    header = ("phase", "wave", "table", "a row is", "columns", "reads")
    grid("tables", header, map(_terminal_row, listed))


def _terminal_row(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        entry["phase"],
        str(entry["wave"]),
        entry["table"],
        "+".join(entry["grain"]),
        entry["columns"],
        _tables_read(entry),
    )


def _tables_read(entry: Mapping[str, Any]) -> str:
    names = {read["table"] for read in entry["reads"].values()}
    return ", ".join(sorted(names))


def catalog_markdown(listed: Iterable[Mapping[str, Any]]) -> str:
    """The catalog as the README shows it: phase and wave, table, what a row is, what it holds."""
    header = ("phase", "wave", "table", "a row is a", "columns", "what it holds")
    return markdown.table(header, map(_markdown_row, listed))


def _markdown_row(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        entry["phase"],
        entry["wave"],
        f"`{entry['table']}`",
        " + ".join(entry["grain"]),
        entry["columns"],
        entry["description"],
    )
