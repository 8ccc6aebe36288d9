"""What a file shape is: the columns of a file, and what may stand in them.

Types only: the shapes themselves are in `shapes.py`, and what a kind means in SQL is in
`parsing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "game_id",  # the league's id; leading zeros that got lost are put back
    # its last four digits are the year the season starts in; checked against the game id
    "season_id",
    "end_year",  # the year the season ends in; checked against the game id
    "matchup",  # "AAA vs. BBB" or "AAA @ BBB"
    "integer",
    "minutes",  # a number, or MM:SS
    "feet",  # a number, brought into feet by scale and offset
    "text",
    "team",  # a team's code; see codes.py
    "as_is",  # the text as the file has it, what spells nothing included
    "choice",  # one of `values`, in any letter case
    "flag",  # true or false, however it is spelled
    "date",  # in `format`
    "timestamp",  # in `format`, UTC
]


@dataclass(frozen=True)
class Field:
    """One value of a row: our name, the file's column, and what may stand there.

    `nullable`: what is no value of its kind is left empty and counted, and costs no row; where the
    field is `strict`, it does. `optional`: files without the column have NULL there.
    """

    name: str
    column: str
    kind: Kind = "text"
    nullable: bool = False
    strict: bool = False
    optional: bool = False
    format: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True)
class Check:
    """A condition over a row's values that is impossible; `name` is the value to blame."""

    name: str
    condition: str
    reason: str


@dataclass(frozen=True)
class Derived:
    """A column that the file lacks: its name, the SQL over the file's texts that makes it, and
    the columns that the SQL names; those in `optional` may be absent, and are NULL then."""

    column: str
    sql: str
    needs: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A kind of file: the raw table it feeds, the columns it must have, and those it must not have.

    `also` are columns that such files carry and that are not read. `derived` are columns that are
    made of others. `only` are a column and the text that it has in the rows that count; the others
    are no concern of the table.
    """

    name: str
    raw_table: str
    fields: tuple[Field, ...]
    also: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    checks: tuple[Check, ...] = ()
    derived: tuple[Derived, ...] = ()
    only: tuple[str, str] | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a file of this shape must have."""
        needed = {column for derived in self.derived for column in derived.needs}
        stated = {f.column for f in self.fields if not f.optional}
        needed |= {self.only[0]} if self.only else set()
        return frozenset((stated | needed) - self._made)

    @property
    def readable(self) -> frozenset[str]:
        """The columns that are read where they are there."""
        read = {f.column for f in self.fields}
        read |= {self.only[0]} if self.only else set()
        for derived in self.derived:
            read |= {*derived.needs, *derived.optional}
        return frozenset(read - self._made)

    @property
    def _made(self) -> set[str]:
        return {derived.column for derived in self.derived}

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when the shape has none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
