"""A report as sections: one content, shown on the terminal or written as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.markdown import bullets, table
from reports.terminal import cell_text, grid, say_wrapped
from reports.verify import say


@dataclass(frozen=True)
class Section:
    """A heading, short lines to be read first, a table,
    and commands that can be typed as they stand."""

    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = field(default=())
    commands: tuple[str, ...] = ()


def markdown(title: str, sections: Iterable[Section]) -> str:
    """The sections as one Markdown document."""
    return "\n\n".join([f"# {title}", *map(_markdown, sections)]) + "\n"


def _markdown(section: Section) -> str:
    parts = [f"## {section.title}"]
    if section.lines:
        parts.append(bullets(section.lines))
    if section.rows:
        parts.append(table(section.header, map(_row, section.rows)))
    if section.commands:
        parts.append(_shell_block(section.commands))
    return "\n\n".join(parts)


def _shell_block(commands: Sequence[str]) -> str:
    return "\n".join(["```sh", *commands, "```"])


def _row(cells: Iterable[Any]) -> list[str]:
    return list(map(cell_text, cells))


def print_sections(sections: Iterable[Section]) -> None:
    """Print the sections on the terminal."""
    for section in sections:
        _print_section(section)


def _print_section(section: Section) -> None:
    say(section.title)
    for line in (*section.lines, *section.commands):
        say_wrapped(f"  {line}")
    if section.rows:
        grid("", section.header, section.rows)
    else:
        say()
