"""How text and tables look on the terminal and in a file that standard output goes to."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.segment import Segment, Segments
from rich.table import Table

from core.remedy import PROGRAM

WIDTH_WITHOUT_TERMINAL = 140
COMMENT = "  # "
"""Between a command and what it is for."""
PERCENT, HELD_PERCENT = " %", "\u00a0%"
"""A figure and its sign, with a space at which no line is broken while it is wrapped."""
NOTHING = ("", "-")
"""What a column shows where it has nothing to say."""
UNLIMITED = 10_000
"""A width that every table fits into."""


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


def say_place(what: str, place: str) -> None:
    """Print where something is, which is copied as it stands: on a line of its own where a terminal
    has no room for both."""
    out = console()
    line = f"  {what}: {place}"
    if out.is_terminal and len(line) > out.width:
        line = f"  {what}:\n    {place}"
    out.print(line, soft_wrap=True)


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
        return _above(text, out.width) if len(text) > out.width else text
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    filled = textwrap.fill(
        text.replace(PERCENT, HELD_PERCENT),
        out.width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return filled.replace(HELD_PERCENT, PERCENT)


def _above(command: str, width: int) -> str:
    """A command line below its comment, where it has one."""
    typed, mark, why = command.partition(COMMENT)
    before = f"{' ' * (len(typed) - len(typed.lstrip()))}# "
    told = textwrap.fill(why, width, initial_indent=before, subsequent_indent=before)
    return f"{told}\n{typed}" if mark else command


def grid(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table; numbers to the right.

    On a terminal that is too narrow for the words of the last column, they stand below their row.
    Where no terminal is, a row is one line however long: a name in two is found by no search.
    """
    rows = list(map(tuple, rows))
    out = console()
    if title:
        # A table breaks its title to its own width.
        out.print(title, style="table.title", soft_wrap=True)
    table = _table(header, rows)
    notes = [row[-1] for row in rows if isinstance(row[-1], str)]
    if len(header) > 1 and notes and not _fits(out, table):
        narrow = _table(header[:-1], [row[:-1] for row in rows])
        if _fits(out, narrow):
            _print_with_notes(out, narrow, header[-1], [row[-1] for row in rows])
            return
    if not out.is_terminal:
        out.width = max(out.width, _full_width(out, table))
    out.print(table)
    out.print()


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
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
    return table


def _fits(out: Console, table: Table) -> bool:
    """Whether a table breaks no cell on a terminal; a file has room."""
    if not out.is_terminal:
        return True
    return _full_width(out, table) <= out.width


def _full_width(out: Console, table: Table) -> int:
    """The width at which a table breaks no cell."""
    unlimited = out.options.update(max_width=UNLIMITED)
    return Measurement.get(out, unlimited, table).maximum


def _print_with_notes(
    out: Console, table: Table, name: str, notes: Sequence[Any]
) -> None:
    """Print a table that fits, with a line or more below each row that has a note."""
    heading, *lines = out.render_lines(table, pad=False)
    out.print(Segments([*heading, Segment.line()]), end="")
    for line, note in zip(lines, notes, strict=True):
        out.print(Segments([*line, Segment.line()]), end="")
        if str(note) not in NOTHING:
            out.print(wrap_for(out, f"    {name}: {note}"), soft_wrap=True)
    out.print()


def cell_text(value: Any) -> str:
    """A number with its thousands, anything else as it prints."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def counts_text(numbers: Mapping[str, int]) -> str:
    """`120 bootstrap, 14 no_games`, or a dash."""
    return (
        ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number)
        or "-"
    )
