"""What travels between a source and the warehouse: what is held already, and the rows of a load.

A source is pure with respect to the warehouse: it reads files (or makes rows up), is told what the
warehouse holds, and returns a `RawLoad`. Writing it is the warehouse's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from core.remedy import Words

if TYPE_CHECKING:
    import pyarrow as pa

LOAD_ORDER = (
    "schedule",
    "team_box",
    "player_box",
    "shots",
    "players",
    "player_props",
    "game_lines",
    "injury_reports",
    "injuries",
)


@cache
def reject_schema() -> Any:
    """The Arrow schema of rejected rows."""
    # Late: Arrow takes a quarter of a second that only rows need.
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("file", pa.string(), nullable=False),
            pa.field("row", pa.int64()),
            pa.field("raw_table", pa.string(), nullable=False),
            pa.field("game_id", pa.string()),
            pa.field("column", pa.string()),
            pa.field("reason", pa.string(), nullable=False),
            pa.field("value", pa.string()),
        ]
    )


REFUSED_FILE, UNREAD_FILE = "refused_file", "unread_file"
"""The reasons under which the whole of a file or folder is kept among the rejected rows."""


def _no_rejects() -> pa.Table:
    return reject_schema().empty_table()


@dataclass(frozen=True)
class Held:
    """What the warehouse holds: its raw schedule, and the games with rows, by raw table."""

    schedule: pa.Table | None = None
    games: Mapping[str, Collection[str]] = field(default_factory=dict)

    def games_of(self, raw_table: str) -> Collection[str]:
        """The games with rows in a raw table."""
        return self.games.get(raw_table, ())


@dataclass(frozen=True)
class RefusedFile:
    """A file or folder that is not used at all: its path, why, and how to repair it.

    `has_games`: of one that was not looked into, whether rows of games were seen there all the
    same.
    """

    file: str
    reason: str
    repair: Words
    has_games: bool = False


@dataclass(frozen=True)
class LeftOut:
    """What ingest left out and the warehouse still lacks: rejected rows by reason, most frequent
    first; and what is wrong with each file or folder that was refused or not read, by its path."""

    rows: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "left_out": dict(self.rows),
            "refused_files": dict(self.refused),
            "unread_files": dict(self.unread),
        }


@dataclass(frozen=True)
class LoadedFile:
    """A file that was read: its path, the raw table it feeds, rows read and rows rejected."""

    file: str
    raw_table: str
    rows: int
    rejected: int
    note: str = ""


@dataclass(frozen=True)
class RawLoad:
    """Rows to be written, by raw table (schemas as in processors/raw),
    and what was left out and why.

    `schedule` holds complete rows of every game that is new or changed, coverage columns included:
    a game's rows replace all its rows in that raw table. Games not mentioned stay as they are.
    `unread` are files and folders of kinds that no source looks into. `folder`: the one that was
    read, where all that it holds was looked at. `one_sided`: raw table -> games of which the load
    has rows of one team alone.
    """

    tables: Mapping[str, pa.Table]
    rejects: pa.Table = field(default_factory=_no_rejects)
    files: tuple[LoadedFile, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    unread: tuple[RefusedFile, ...] = ()
    folder: str = ""
    one_sided: Mapping[str, Collection[str]] = field(default_factory=dict)

    def rejects_by_reason(self) -> dict[str, int]:
        """Rejected rows per reason, most frequent first."""
        return dict(Counter(self.rejects.column("reason").to_pylist()).most_common())
