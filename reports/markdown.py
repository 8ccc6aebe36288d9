"""Tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; cells are shown as they print, on one line each."""
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(['---'] * len(header))}|"]
    for row in rows:
        cells = [one_line(cell).replace("|", "\\|") for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def bullets(lines: Iterable[str]) -> str:
    """A list, an item per line."""
    return "\n".join(f"- {one_line(line)}" for line in lines)


def one_line(text: Any) -> str:
    """A text without line breaks: in a table or a list it would end the row or the item."""
    return " ".join(str(text).splitlines())
