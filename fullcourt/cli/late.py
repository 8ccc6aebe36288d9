"""Groups whose commands are imported when they are called, and listed without importing any."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from fullcourt.imports import importing


@dataclass(frozen=True)
class Entry:
    """A command of a group: its name, what it does in a line, and where it is.

    The module is called like the command, and so is the function in it unless `function` is given.
    """

    name: str
    short_help: str
    function: str = ""

    def load(self, package: str) -> click.Command:
        """The command itself."""
        module = f"{package}.{self.name}"
        if module not in sys.modules:
            with importing():
                import_module(module)
        function = self.function or self.name
        command: click.Command = getattr(sys.modules[module], function)
        return command


Sections = Mapping[str, Sequence[Entry]]
"""The commands of a group by what people use them for."""


class LateGroup(click.Group):
    """A group of the commands that the modules of a package hold."""

    def __init__(
        self, *arguments: Any, package: str, sections: Sections, **attributes: Any
    ) -> None:
        super().__init__(*arguments, **attributes)
        self.package = package
        self.sections = sections

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The commands by name, in the order of the help."""
        listed = (entry for entries in self.sections.values() for entry in entries)
        return {entry.name: entry for entry in listed}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None where there is none."""
        entry = self.entries.get(cmd_name)
        return entry.load(self.package) if entry else None

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the commands into the help, a section at a time."""
        width = max(map(len, self.entries))
        for title, entries in self.sections.items():
            rows = [(f"{entry.name:<{width}}", entry.short_help) for entry in entries]
            with formatter.section(title):
                formatter.write_dl(rows)
