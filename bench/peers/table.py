"""The answer as a Markdown table, and its place in a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

BEGIN, END = "<!-- made by make peers: begin -->", "<!-- made by make peers: end -->"
Row = Mapping[str, Any]
NO = "no"
UNASKED = {"corrected, same command": "it computes everything again"}
"""What stands where a scenario was not run: tools that keep no state are not asked twice."""


def markdown(answer: Mapping[str, Any]) -> str:
    """The whole answer: what ran where, the table, what each tool said, versions and commands."""
    days = f"{answer['start']} to {answer['end']}"
    head = (
        f"{answer['made']}, {answer['machine']}. Demo league, {days}: {answer['cells']} cells "
        f"(a table on a date); corrected, and bad, is {answer['day']}. Seconds are those on the "
        "clock, of CPU in brackets; a server that was started before is in neither."
    )
    if answer["earlier"]:
        head += f" In two sittings: {', '.join(answer['earlier'])} in the first."
    parts = [head, "\n".join(table_lines(answer["tools"]))]
    parts += [tool_text(name, tool) for name, tool in answer["tools"].items()]
    parts += [f"**{name}** {failure(text)}" for name, text in answer["failed"].items()]
    return "\n\n".join(parts)


def failure(text: str) -> str:
    """What stands where a tool could not be measured: the last line of what went wrong."""
    lines = [line for line in text.splitlines() if line.strip()]
    return f"could not be measured: `{plain(lines[-1])}`"


def table_lines(tools: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the table, a column per tool."""
    yield f"| | {' | '.join(tools)} |"
    yield f"|---|{'---|' * len(tools)}"
    for title, name, cell in ROWS:
        found = []
        for tool in tools.values():
            row = tool["rows"].get(name)
            found.append(cell(row) if row else UNASKED.get(name, NO))
        yield f"| {title} | {' | '.join(found)} |"


def seconds(row: Row) -> str:
    """Seconds on the clock and of CPU."""
    return f"{row['seconds']:.1f} s ({row['cpu_seconds']:.1f})"


def cells(row: Row) -> str:
    """How many cells are right, wrong and absent."""
    return f"{row['right']} / {row['wrong']} / {row['absent']}"


def cells_of_bad_date(row: Row) -> str:
    """How many cells were published, kept aside with their cause, wait by name, and are lost."""
    told = row["aside"], row["waiting"]
    shown = [NO if number is None else f"{number:,}" for number in told]
    lost = row["absent"] - sum(number or 0 for number in told)
    return " / ".join([f"{row['right'] + row['wrong']}", *shown, f"{lost}"])


def number(name: str) -> Callable[[Row], str]:
    """A row's number of this name."""
    return lambda row: f"{row[name]:,}"


def same_command(row: Row) -> str:
    """Whether the same command repaired the tables, and else what it left."""
    left = row["wrong"] + row["absent"]
    return f"{NO}, {left} cells stay wrong" if left else "yes"


ROWS: tuple[tuple[str, str, Callable[[Row], str]], ...] = (
    ("whole range", "whole range", seconds),
    ("… cells right / wrong / absent", "whole range", cells),
    ("nothing to do, the same command", "nothing to do", seconds),
    ("… cells computed again", "nothing to do", number("redone")),
    (
        "corrected input: the same command sees it",
        "corrected, same command",
        same_command,
    ),
    ("… its repair", "corrected input", seconds),
    ("… cells computed again", "corrected input", number("redone")),
    ("… cells right / wrong / absent", "corrected input", cells),
    ("`kill -9` at 60 %: cells that stood", "killed, then again", number("stood")),
    ("… the same command again", "killed, then again", seconds),
    ("… cells that stood, computed again", "killed, then again", number("redone")),
    ("… exit code", "killed, then again", number("code")),
    ("… cells right / wrong / absent", "killed, then again", cells),
    (
        "a bad date: cells published / kept aside / waiting / lost",
        "bad date",
        cells_of_bad_date,
    ),
    ("… of the published, wrong", "bad date", number("wrong")),
    ("… exit code", "bad date", number("code")),
    ("… put right, run again", "bad date put right", seconds),
    ("… cells right / wrong / absent", "bad date put right", cells),
    (
        "peak memory, largest process",
        "peak memory",
        lambda row: f"{row['peak_mib']:,} MiB",
    ),
    ("lines of SQL that a user writes", "lines", number("sql")),
    ("… lines beside the SQL", "lines", number("beside")),
)
"""Title, the scenario, and how its figures are shown."""


def tool_text(name: str, tool: Mapping[str, Any]) -> str:
    """A tool's setting, versions and commands, and what it said after the kill and the bad date."""
    versions = ", ".join(f"{package} {v}" for package, v in tool["versions"].items())
    commands, rows = tool["commands"], tool["rows"]
    lines = [
        f"**{name}** ({versions}): {tool['why']}.",
        f"`{commands['whole']}`; after a correction `{commands['repair']}`.",
        f"After the kill it ends with: `{plain(rows['killed, then again']['says'])}`;",
        f"with the bad date: `{plain(rows['bad date']['says'])}`",
    ]
    if commands["resume"] != commands["whole"]:
        lines.append(f"Put right, it is run again by `{commands['resume']}`.")
    return "\n".join(lines)


def plain(text: str) -> str:
    """A tool's words without what Markdown or a terminal would make of them."""
    printable = "".join(letter for letter in text if letter.isprintable())
    return printable.replace("`", "'").replace("|", "/")


def write_between(path: Path, text: str) -> None:
    """Put a text between the marks of a document; ClickException where it has none."""
    document = path.read_text()
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise click.ClickException(
            f"{path} has no {BEGIN} … {END}; put them where it goes"
        )
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
