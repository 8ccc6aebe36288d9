"""Tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
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


def folded(summary: str, parts: Iterable[str]) -> str:
    """HTML behind a line that opens it: Markdown inside would not be folded everywhere."""
    inside = "\n".join(parts)
    return f"<details>\n<summary>{escape(summary)}</summary>\n{inside}\n</details>"


def html_table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> str:
    """A table as HTML without an empty line, which would end it within Markdown."""
    head = _html_row("th", header)
    lines = [
        f"<p><strong>{escape(caption)}</strong></p>",
        f"<table><thead>{head}</thead>",
    ]
    lines.append("<tbody>")
    lines += [_html_row("td", row) for row in rows]
    return "\n".join([*lines, "</tbody></table>"])


def _html_row(kind: str, cells: Iterable[Any]) -> str:
    shown = "".join(f"<{kind}>{escape(one_line(cell))}</{kind}>" for cell in cells)
    return f"<tr>{shown}</tr>"


def one_line(text: Any) -> str:
    """A text without line breaks: in a table or a list it would end the row or the item."""
    return " ".join(str(text).splitlines())
