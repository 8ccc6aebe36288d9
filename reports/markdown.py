"""Tables and the catalog as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; cells are shown as they print."""
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(['---'] * len(header))}|"]
    return "\n".join([*lines, *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)])


def catalog_markdown(listed: Iterable[Mapping[str, Any]]) -> str:
    """The catalog as the README shows it: phase and wave, table, what a row is, what it holds."""
    rows = [
        (e["phase"], e["wave"], f"`{e['table']}`", " + ".join(e["grain"]), e["columns"], e["description"])
        for e in listed
    ]
    return table(["phase", "wave", "table", "a row is a", "columns", "what it holds"], rows)
