"""How text and tables look on the terminal and in a file that standard output goes to."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from core.remedy import PROGRAM

WIDTH_WITHOUT_TERMINAL = 140
COMMENT = "  # "
"""Between a command and what it is for."""


def console() -> Console:
    """Standard output; wide where it is no terminal, so that nothing is cut in a file.

    Text is shown as it stands: what comes from data is never markup.
    """
    found = Console(highlight=False, markup=False, emoji=False)
    if found.is_terminal:
        return found
    return Console(
        width=WIDTH_WITHOUT_TERMINAL, highlight=False, markup=False, emoji=False
    )


def say_wrapped(text: str) -> None:
    """Print a line; on a terminal it is broken at words."""
    out = console()
    out.print(wrap_for(out, text), soft_wrap=True)


def wrap_for(out: Console, text: str) -> str:
    """A line broken at words for a terminal, with what follows set in further; as it stands for a
    file, where an event is a line.

    A command is never broken: it is copied as it stands, with what it is for above it where both
    do not fit into a line.
    """
    if not out.is_terminal:
        return text
    command = f"{PROGRAM} "
    if text.lstrip().startswith(command):
        return _above(text) if len(text) > out.width else text
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    return textwrap.fill(
        text,
        out.width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )


def _above(command: str) -> str:
    """A command line below its comment, where it has one."""
    typed, mark, why = command.partition(COMMENT)
    indent = " " * (len(typed) - len(typed.lstrip()))
    return f"{indent}# {why}\n{typed}" if mark else command


def grid(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table; numbers to the right."""
    rows = list(map(tuple, rows))
    table = Table(
        title=title, title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    for i, name in enumerate(header):
        numeric = bool(rows) and all(isinstance(row[i], int | float) for row in rows)
        table.add_column(
            name,
            justify="right" if numeric else "left",
            overflow="fold",
            # The first names the row: a name in two lines is found by no search.
            no_wrap=i == 0,
        )
    for first, *others in rows:
        table.add_row(str(first), *map(cell_text, others))
    console().print(table)
    console().print()


def cell_text(value: Any) -> str:
    """A number with its thousands, anything else as it prints."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def counts_text(numbers: Mapping[str, int]) -> str:
    """`120 bootstrap, 14 no_games`, or a dash."""
    return (
        ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number)
        or "-"
    )
