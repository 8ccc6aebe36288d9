"""A report as sections: one content, shown on the terminal or written as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from reports.markdown import one_line, table
from reports.terminal import grid
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
        parts.append("\n".join(f"- {one_line(line)}" for line in section.lines))
    if section.rows:
        parts.append(
            table(section.header, (list(map(_cell, row)) for row in section.rows))
        )
    if section.commands:
        parts.append("\n".join(["```sh", *section.commands, "```"]))
    return "\n\n".join(parts)


def _cell(value: Any) -> str:
    """A number with its thousands, anything else as it prints."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def print_sections(sections: Iterable[Section]) -> None:
    """Print the sections on the terminal."""
    for section in sections:
        say(section.title)
        for line in (*section.lines, *section.commands):
            say(f"  {line}")
        if section.rows:
            grid("", section.header, section.rows)
        else:
            say()
