"""Pieces of Markdown that the generated pages share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from reports.markdown import table

_CODE = re.compile(r"`[^`]*`")
_TAG = re.compile(r"<(?=[a-zA-Z/!])")


def page(title: str, *sections: str) -> str:
    """A page: its title, then its sections; empty ones are left out."""
    parts = [f"# {title}", *filter(None, sections)]
    return "\n\n".join(parts) + "\n"


def section(title: str, *parts: str) -> str:
    """A section under a heading; nothing where it would be empty."""
    held = [part for part in parts if part]
    return "\n\n".join([f"## {title}", *held]) if held else ""


def rows_of(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table, or nothing where it would have no rows; `<` of data starts no tag."""
    shown: list[list[str]] = []
    for row in rows:
        shown.append([plain(str(cell)) for cell in row])
    return _CODE.sub(_bare_pipes, table(header, shown)) if shown else ""


def _bare_pipes(found: re.Match[str]) -> str:
    """A piece of code in a table as the site's Markdown reads it: a `|` needs no escape."""
    return found[0].replace("\\|", "|")


def plain(text: str) -> str:
    """A text in which `<` starts no tag of HTML outside code."""
    pieces = re.split(r"(`[^`]*`)", text)
    escaped: list[str] = []
    for piece in pieces:
        escaped.append(piece if piece.startswith("`") else _TAG.sub("&lt;", piece))
    return "".join(escaped)


def code(text: object) -> str:
    """A text as code; nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def block(text: str, language: str = "text") -> str:
    """A block of code."""
    return f"```{language}\n{text.strip()}\n```"


def link(text: str, target: str) -> str:
    """A link to another page, relative to the one that shows it."""
    return f"[{text}]({target})"
