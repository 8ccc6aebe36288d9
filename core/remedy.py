"""A remedy: a command of fullcourt that repairs something, as a value; and texts that hold some.

Whoever finds what is wrong says which command helps; how it is typed is for the command line to
say, which knows the options that were given.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

PROGRAM = "fullcourt"
PLACEHOLDER = "…"
"""What stands in a command for words that only a person has; no command takes it as them."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A command and its arguments: `Remedy("backfill", ("--table", "player_daily_cache"))`.

    `warehouse`: the warehouse that it is for, where that is not the one in use. `goes_on`: whoever
    types it adds more.
    """

    command: str = ""
    arguments: tuple[str, ...] = ()
    warehouse: str = ""
    goes_on: bool = False

    def typed(self, options: Sequence[str] = ()) -> str:
        """The command line, with these options of the program before the command."""
        words = [PROGRAM, *options, *self.command.split(), *self.arguments]
        line = shlex.join(words)
        return f"{line} …" if self.goes_on else line

    def __str__(self) -> str:
        """The command line for a log, or for a worker, where no option was typed."""
        return self.typed(("--warehouse", self.warehouse) if self.warehouse else ())


Words = Sequence[str | Remedy]
"""A text in pieces, some of them commands; a plain string is one as well."""

INGEST_FILES = Remedy("ingest nba-stats", ("DIR",))
INGEST_DEMO = Remedy("ingest demo")
LOAD: Words = (INGEST_FILES, ", or ", INGEST_DEMO)
"""The two ways to raw data."""


def says_nothing(text: str) -> bool:
    """Whether a text is empty or a placeholder, pasted as it stood: without a letter or a digit."""
    return not any(character.isalnum() for character in text)


def season_options(seasons: Sequence[int]) -> tuple[str, ...]:
    """The options that name these seasons to a command; a word to be replaced without one."""
    options: list[str] = []
    for season in seasons or ("YEAR",):
        options += ["--season", str(season)]
    return tuple(options)


def plain(words: Words) -> str:
    """A text without options of the program in its commands."""
    return "".join(map(str, words))


def joined(separator: str, texts: Sequence[Words]) -> Words:
    """Several texts as one."""
    found: list[str | Remedy] = []
    for text in texts:
        found += [separator, *text] if found else [*text]
    return tuple(found)


def commands_to_remake(tables: Sequence[str]) -> Words:
    """The commands that drop computed tables and compute them again."""
    drops = joined(", ", [(Remedy("drop", (table, "--yes")),) for table in tables])
    named = tuple(word for table in tables for word in ("--table", table))
    return (*drops, ", then ", Remedy("backfill", named))
