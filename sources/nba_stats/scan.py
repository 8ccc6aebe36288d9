"""Recognises a file by its columns, and stages its text.

Everything is staged as text, parquet too, so that a value is judged by the same rules wherever it
came from.
"""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from planning.raw_load import RefusedFile
from sources.nba_stats.foreign import foreign
from sources.nba_stats.known_shapes import SHAPES
from sources.nba_stats.layout import Layout
from sources.nba_stats.shape import Shape
from sources.nba_stats.spelling import quoted
from sources.nba_stats.statements import execute

STAGED = "staged"

_LONGEST_NAME = 60  # characters of a column's name in a message
_NAMED = 8  # columns listed in a message before "and n more"
_INSTEAD = "put files of stats.nba.com's shapes there, with their own column names"


class Match(NamedTuple):
    """A shape, and for each of its columns that is there the place of the file's column."""

    shape: Shape
    places: dict[str, int]

    def renamed(self, columns: Sequence[str]) -> list[str]:
        """The file's columns that differ from the shape's in letter case."""
        return [
            columns[place]
            for name, place in self.places.items()
            if columns[place] != name
        ]


def recognise(columns: Sequence[str]) -> Match | None:
    """The shape whose columns are all there, in any letter case, and none that it excludes."""
    places = {
        column.lower(): place for place, column in reversed([*enumerate(columns)])
    }
    for shape in SHAPES:
        is_there = all(column.lower() in places for column in shape.columns)
        if is_there and not any(column.lower() in places for column in shape.without):
            readable = sorted(shape.readable)
            return Match(
                shape, {c: places[c.lower()] for c in readable if c.lower() in places}
            )
    return None


def is_known(columns: Sequence[str]) -> bool:
    """Whether the columns are those of a known shape."""
    return recognise(columns) is not None


def repeats(columns: Sequence[str], shape: Shape) -> list[str]:
    """The file's columns that stand for one column of the shape more than once."""
    counts = Counter(column.lower() for column in columns)
    twice = {column.lower() for column in shape.readable if counts[column.lower()] > 1}
    return [column for column in columns if column.lower() in twice]


def misfit(path: Path, columns: Sequence[str]) -> RefusedFile:
    """Why no shape fits: what the file looks like,
    or the nearest shape and what it misses of it."""
    if kind := foreign(columns):
        return RefusedFile(
            str(path), f"looks like {kind.name}, which is not read", kind.instead
        )
    near = _nearest(columns)
    if near is None:
        reason = f"columns of no known kind of file: {_name_list(columns)}"
        return RefusedFile(str(path), reason, _INSTEAD)
    present = _lower(columns)
    missing = sorted(c for c in near.columns if c.lower() not in present)
    unknown = [c for c in columns if c.lower() not in _lower(near.readable | near.also)]
    others = f"; not known to it: {_name_list(unknown)}" if unknown else ""
    reason = f"nearly a {near.name}: missing {_name_list(missing)}{others}"
    return RefusedFile(str(path), reason, _INSTEAD)


def _nearest(columns: Sequence[str]) -> Shape | None:
    """The shape that lacks the smallest share of its columns, however the file joins their words
    (PlayerID is PLAYER_ID); None where each lacks more than half. A shape that one of the columns
    excludes is not near."""
    present = _letters(columns)
    possible = [shape for shape in SHAPES if not _letters(shape.without) & present]

    def share(shape: Shape) -> float:
        return len(_letters(shape.columns) & present) / len(shape.columns)

    near = max(possible, key=share)
    return near if share(near) >= 0.5 else None


def _letters(columns: Collection[str]) -> set[str]:
    """The columns in lower case without what joins their words."""
    return {re.sub(r"[\W_]", "", column.lower()) for column in columns}


def _lower(columns: Collection[str]) -> set[str]:
    return {column.lower() for column in columns}


def stage(con: duckdb.DuckDBPyConnection, layout: Layout, match: Match) -> int:
    """The columns that the shape reads, as trimmed text,
    in the order of the file; returns the rows."""
    names = layout.stored_names
    texts = [
        f"NULLIF(trim(CAST({_quoted(names[place])} AS VARCHAR)), '') AS {_quoted(column)}"
        for column, place in match.places.items()
    ]
    texts += [
        f"CAST(NULL AS VARCHAR) AS {_quoted(column)}"
        for column in sorted(match.shape.readable - match.places.keys())
    ]
    only = match.shape.only
    counts = f"{_quoted(only[0])} = '{only[1]}'" if only else "TRUE"
    made = [
        f"CAST({d.sql} AS VARCHAR) AS {_quoted(d.column)}" for d in match.shape.derived
    ]
    sql = (
        f"CREATE OR REPLACE TABLE {STAGED} AS SELECT {', '.join(['*', *made])} FROM ("
        f"SELECT {', '.join(texts)} FROM {_reader(layout, names)}) WHERE {counts}"
    )
    [(rows,)] = execute(con, sql, [_literal(layout.path)]).fetchall()
    return int(rows)


def leave_out_headers(con: duckdb.DuckDBPyConnection, match: Match) -> int:
    """Delete the staged rows that repeat the header, as where files were appended to one another;
    returns how many."""
    names = [
        f"lower({_quoted(column)}) = {quoted(column.lower())}"
        for column in match.places
    ]
    sql = f"DELETE FROM {STAGED} WHERE {' AND '.join(names)}"
    [(rows,)] = execute(con, sql).fetchall()
    return int(rows)


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _reader(layout: Layout, names: Sequence[str]) -> str:
    if not layout.is_text:
        return "read_parquet(?)"
    listed = ", ".join(f"'{name}'" for name in names)
    delimiter = "\\t" if layout.delimiter == "\t" else layout.delimiter
    how = f"all_varchar = true, header = true, skip = {layout.skip}, delim = '{delimiter}'"
    return f"read_csv(?, {how}, names = [{listed}], quote = '\"', escape = '\"')"


def _literal(path: Path) -> str:
    """The path with its brackets and stars taken as they stand, not as a pattern."""
    return glob.escape(str(path))


def _name_list(names: Collection[str]) -> str:
    shown = [_short(name) for name in list(names)[:_NAMED]]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(shown) + more


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
