"""Finds the files of a directory, recognises each by its columns, and stages its text.

Everything is staged as text, parquet too, so that a value is judged by the same rules wherever it came from.
"""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from core.errors import SourceError
from planning.raw_load import RefusedFile
from sources.nba_stats.foreign import foreign
from sources.nba_stats.layout import Layout
from sources.nba_stats.shape import Shape
from sources.nba_stats.shapes import SHAPES

STAGED = "staged"
SUFFIXES = (".parquet", ".csv", ".csv.gz")

_NAMED = 8  # columns listed in a message before "and n more"
_INSTEAD = "put files of stats.nba.com's shapes there, with their own column names"


class Found(NamedTuple):
    """The parquet and CSV files of a directory, by name, and what else lies there and is not read."""

    files: list[Path]
    unread: list[RefusedFile]


def find(directory: Path) -> Found:
    """The files of a directory; SourceError when there is none to read."""
    if not directory.is_dir():
        raise SourceError(f"{directory}: no such directory; give the one that holds the files")
    entries = sorted(directory.iterdir())
    files = [path for path in entries if path.is_file() and path.name.lower().endswith(SUFFIXES)]
    unread = [_unread(path) for path in entries if path not in files and not path.name.startswith(".")]
    if not files:
        others = f"; it holds {', '.join(Path(u.file).name for u in unread[:_NAMED])}" if unread else ""
        raise SourceError(
            f"{directory}: holds no .parquet, .csv or .csv.gz file{others}; put the game logs and "
            "shot charts of stats.nba.com there, or give the directory that holds them"
        )
    return Found([path.resolve() for path in files], unread)


def _unread(path: Path) -> RefusedFile:
    """A file or folder that is left alone, and how to have it read."""
    if path.is_dir():
        inside = sum(1 for p in path.rglob("*") if p.name.lower().endswith(SUFFIXES))
        return RefusedFile(
            str(path),
            f"a folder with {inside} such file{'' if inside == 1 else 's'}",
            f"load it by itself: fullcourt ingest nba-stats {path}",
        )
    kinds = {
        ".json": "an answer of the API as JSON",
        ".xlsx": "a spreadsheet",
        ".xls": "a spreadsheet",
        ".zip": "an archive",
        ".gz": "a compressed file",
    }
    kind = kinds.get(path.suffix.lower(), "a file of another kind")
    return RefusedFile(str(path), kind, "save it as .csv or .parquet")


class Match(NamedTuple):
    """A shape, and for each of its columns that is there the place of the file's column."""

    shape: Shape
    places: dict[str, int]

    def renamed(self, columns: Sequence[str]) -> list[str]:
        """The file's columns that differ from the shape's in letter case."""
        return [columns[place] for name, place in self.places.items() if columns[place] != name]


def recognise(columns: Sequence[str]) -> Match | None:
    """The shape whose columns are all there, in any letter case, and none that it excludes."""
    places = {column.lower(): place for place, column in reversed([*enumerate(columns)])}
    for shape in SHAPES:
        is_there = all(column.lower() in places for column in shape.columns)
        if is_there and not any(column.lower() in places for column in shape.without):
            readable = sorted(shape.readable)
            return Match(shape, {c: places[c.lower()] for c in readable if c.lower() in places})
    return None


def repeated(columns: Sequence[str], shape: Shape) -> list[str]:
    """The file's columns that stand for one column of the shape more than once."""
    counts = Counter(column.lower() for column in columns)
    twice = {column.lower() for column in shape.readable if counts[column.lower()] > 1}
    return [column for column in columns if column.lower() in twice]


def misfit(path: Path, columns: Sequence[str]) -> RefusedFile:
    """Why no shape fits: what the file looks like, or the nearest shape and what it misses of it."""
    if kind := foreign(columns):
        return RefusedFile(str(path), f"looks like {kind.name}, which is not read", kind.instead)
    present = {column.lower() for column in columns}
    near = max(SHAPES, key=lambda s: len(_lower(s.columns) & present) / len(s.columns))
    shared = len(_lower(near.columns) & present)
    if 2 * shared < len(near.columns):
        reason = f"columns of no known kind of file: {_listed(columns)}"
        return RefusedFile(str(path), reason, _INSTEAD)
    missing = sorted(c for c in near.columns if c.lower() not in present)
    unknown = [c for c in columns if c.lower() not in _lower(near.readable | near.also)]
    others = f"; not known to it: {_listed(unknown)}" if unknown else ""
    reason = f"nearly a {near.name}: missing {_listed(missing)}{others}"
    return RefusedFile(str(path), reason, _INSTEAD)


def _lower(columns: Collection[str]) -> set[str]:
    return {column.lower() for column in columns}


def stage(con: duckdb.DuckDBPyConnection, layout: Layout, match: Match) -> int:
    """The columns that the shape reads, as trimmed text, in the order of the file; returns the rows."""
    names = [f"c{place}" for place in range(len(layout.columns))] if layout.is_text else layout.columns
    texts = [
        f"NULLIF(trim(CAST({_quoted(names[place])} AS VARCHAR)), '') AS {_quoted(column)}"
        for column, place in match.places.items()
    ]
    texts += [
        f"CAST(NULL AS VARCHAR) AS {_quoted(column)}"
        for column in sorted(match.shape.readable - match.places.keys())
    ]
    sql = f"CREATE OR REPLACE TABLE {STAGED} AS SELECT {', '.join(texts)} FROM {_reader(layout, names)}"
    con.execute(sql, [_literal(layout.path)])
    [(rows,)] = con.execute(f"SELECT count(*) FROM {STAGED}").fetchall()
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


def _listed(names: Collection[str]) -> str:
    shown = list(names)[:_NAMED]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(shown) + more
