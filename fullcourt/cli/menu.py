"""The commands, by what people use them for. Each one's module is imported when it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

import click


@dataclass(frozen=True)
class Entry:
    """A command: its name, what it does in a line, and the function that is it.

    `function` is called like the command unless it says otherwise, in the module of that name.
    """

    name: str
    short_help: str
    function: str = ""

    def load(self) -> click.Command:
        """The command itself."""
        module = import_module(f"fullcourt.cli.{self.name}")
        command: click.Command = getattr(module, self.function or self.name)
        return command


Sections = Mapping[str, Sequence[Entry]]

SECTIONS: Sections = {
    "Start here": (
        Entry("demo", "Load the demo league and backfill all of it."),
        Entry("fetch", "Fetch real seasons from their sources."),
        Entry("ingest", "Load raw data: files, or the demo league."),
        Entry("tables", "List the tables in the order of computing."),
    ),
    "Run": (
        Entry("plan", "Show what a backfill would compute, and why."),
        Entry("backfill", "Rebuild tables for a range of dates; resumes."),
        Entry("gate", "Measure a phase and decide: GO or NO-GO."),
    ),
    "Look": (
        Entry("status", "Show what is done, skipped and missing."),
        Entry("report", "Show gates, coverage, gaps and what to run next."),
        Entry("dates", "List the dates of a range and their status."),
        Entry("why", "Explain how a cell of a table came to be."),
    ),
    "Use the data": (
        Entry("export", "Write tables to files, with a manifest.", "export_command"),
    ),
    "Repair": (
        Entry("verify", "Compare every table with the ledger."),
        Entry("waive", "Accept that games will never have their data."),
        Entry("drop", "Drop a computed table, to be made anew."),
    ),
    "Set up": (
        Entry("server", "Start, stop or look at the local server."),
        Entry("doctor", "Check versions, server, warehouse and rights."),
    ),
}

ENTRIES = {entry.name: entry for entries in SECTIONS.values() for entry in entries}


class Menu(click.Group):
    """A group that imports a command when it is called, and lists them all without importing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None where there is none."""
        entry = ENTRIES.get(cmd_name)
        return entry.load() if entry else None

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the commands into the help, a section at a time."""
        width = max(map(len, ENTRIES))
        for title, entries in SECTIONS.items():
            rows = [(f"{entry.name:<{width}}", entry.short_help) for entry in entries]
            with formatter.section(title):
                formatter.write_dl(rows)
