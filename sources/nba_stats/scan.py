"""Finds the files of a directory, recognises each by its columns, and stages its text.

Everything is staged as text, parquet too, so that a value is judged by the same rules wherever it
came from.
"""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from core.counted import counted
from core.errors import SourceError
from core.remedy import Remedy
from planning.raw_load import RefusedFile
from sources.nba_stats.answers import SUFFIXES as ANSWERS
from sources.nba_stats.foreign import foreign
from sources.nba_stats.known_shapes import SHAPES
from sources.nba_stats.layout import Layout
from sources.nba_stats.shape import Shape
from sources.nba_stats.statements import execute

STAGED = "staged"
SUFFIXES = (".parquet", ".csv", ".csv.gz", *ANSWERS)

_LONGEST_NAME = 60  # characters of a column's name in a message
_NAMED = 8  # columns listed in a message before "and n more"
_LONGEST = 120  # characters of a path in a message that it is too long for the system
_LOOKED_AT = 10_000  # entries of a folder among which files are counted
_INSTEAD = "put files of stats.nba.com's shapes there, with their own column names"


class Found(NamedTuple):
    """The files of a directory that are read, by name, and what else lies there.

    `refused`: files of those kinds whose names no database can be told.
    """

    files: list[Path]
    unread: list[RefusedFile]
    refused: list[RefusedFile]


def find(directory: Path) -> Found:
    """The files of a directory; SourceError when there is none to read."""
    entries = _entries(directory)
    files = [
        path
        for path in entries
        if path.is_file() and path.name.lower().endswith(SUFFIXES)
    ]
    others_there = [
        path for path in entries if path not in files and not path.name.startswith(".")
    ]
    if not files:
        names = ", ".join(_printable(path.name) for path in others_there[:_NAMED])
        others = f"; it holds {names}" if names else ""
        raise SourceError(
            f"{directory}: holds no .parquet, .csv, .csv.gz or .json file{others}; put the game "
            "logs and shot charts of stats.nba.com there, or give the directory that holds them"
        )
    unnamed = [path for path in files if not _is_utf8(path.resolve())]
    return Found(
        [path.resolve() for path in files if path not in unnamed],
        [_unread(path) for path in others_there],
        [
            RefusedFile(
                _printable(path), "its name is not UTF-8", "give it another name"
            )
            for path in unnamed
        ],
    )


def _entries(directory: Path) -> list[Path]:
    """What a folder holds, by name; SourceError where there is no folder, or it cannot be read."""
    shown = _printable(directory)
    try:
        if directory.is_dir():
            return sorted(directory.iterdir())
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        short = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
        raise SourceError(
            f"{short}: {why}; give the directory that holds the files"
        ) from error
    raise SourceError(f"{shown}: no such directory; give the one that holds the files")


def _is_utf8(path: Path) -> bool:
    """Whether DuckDB, which takes names in UTF-8 alone, can be told of a path."""
    return _printable(path) == str(path)


def _printable(path: Path | str) -> str:
    """A path as text that can be printed and stored, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _unread(path: Path) -> RefusedFile:
    """A file or folder that is left alone, and how to have it read."""
    if path.is_dir():
        return _unread_folder(path)
    if path.name.lower().endswith(SUFFIXES):
        return RefusedFile(
            _printable(path),
            "a pipe, a device or a link to nothing",
            "put a file there",
        )
    kinds = {
        ".xlsx": "a spreadsheet",
        ".xls": "a spreadsheet",
        ".zip": "an archive",
        ".gz": "a compressed file",
    }
    kind = kinds.get(path.suffix.lower(), "a file of another kind")
    return RefusedFile(_printable(path), kind, "save it as .csv or .parquet")


def _unread_folder(path: Path) -> RefusedFile:
    """A folder that is left alone, with the files
    of readable kinds inside as far as they are looked for."""
    inside = 0
    looked_at = 0
    for found in islice(path.rglob("*"), _LOOKED_AT):
        looked_at += 1
        inside += found.name.lower().endswith(SUFFIXES)
    at_least = "at least " if looked_at == _LOOKED_AT else ""
    return RefusedFile(
        _printable(path),
        f"a folder with {at_least}{counted(inside, 'such file')}",
        ("load it by itself: ", Remedy("ingest nba-stats", (_printable(path),))),
    )


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
    present = {column.lower() for column in columns}
    near = max(SHAPES, key=lambda s: len(_lower(s.columns) & present) / len(s.columns))
    shared = len(_lower(near.columns) & present)
    if 2 * shared < len(near.columns):
        reason = f"columns of no known kind of file: {_name_list(columns)}"
        return RefusedFile(str(path), reason, _INSTEAD)
    missing = sorted(c for c in near.columns if c.lower() not in present)
    unknown = [c for c in columns if c.lower() not in _lower(near.readable | near.also)]
    others = f"; not known to it: {_name_list(unknown)}" if unknown else ""
    reason = f"nearly a {near.name}: missing {_name_list(missing)}{others}"
    return RefusedFile(str(path), reason, _INSTEAD)


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
