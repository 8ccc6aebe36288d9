"""Finds the files of a directory, recognises each by its columns, and stages its text.

Everything is staged as text, parquet too, so that a value is judged by the same rules wherever it came from.
"""

from __future__ import annotations

import glob
from collections.abc import Collection
from pathlib import Path

import duckdb

from fullcourt.errors import SourceError
from sources.nba_stats.shape import Shape
from sources.nba_stats.shapes import SHAPES

STAGED = "staged"

_NAMED = 8  # columns listed in a message before "and n more"


def find(directory: Path) -> list[Path]:
    """The parquet and CSV files of a directory, by name; SourceError when there is none."""
    if not directory.is_dir():
        raise SourceError(f"{directory}: no such directory; give the one that holds the files")
    files = sorted(p for p in directory.iterdir() if p.suffix.lower() in (".parquet", ".csv") and p.is_file())
    if not files:
        raise SourceError(
            f"{directory}: holds no .parquet or .csv file; put the game logs and shot charts of "
            "stats.nba.com there, or give the directory that holds them"
        )
    return [p.resolve() for p in files]


def columns_of(con: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    """The column names of a file; duckdb.Error when it cannot be read as what its suffix says."""
    con.execute(f"SELECT * FROM {_reader(path)} LIMIT 0", [_literal(path)])
    return tuple(column[0] for column in con.description or ())


def recognise(columns: Collection[str]) -> Shape | None:
    """The shape whose columns are all there, and none that it excludes."""
    present = frozenset(columns)
    return next((s for s in SHAPES if s.columns <= present and not s.without & present), None)


def misfit(columns: Collection[str]) -> str:
    """Why no shape fits: the nearest one, what it misses, and what it does not know."""
    present = frozenset(columns)
    shapes = [s for s in SHAPES if not s.without & present]
    near = max(shapes, key=lambda s: len(s.columns & present) / len(s.columns))
    if not near.columns & present:
        return f"unknown columns: {_listed(columns)}; no known kind of file has any of them"
    missing = sorted(near.columns - present)
    unknown = [c for c in columns if c not in near.columns | near.also]
    others = f"; not known to it: {_listed(unknown)}" if unknown else ""
    return f"columns of no known kind of file; nearest is the {near.name}: missing {_listed(missing)}{others}"


def stage(con: duckdb.DuckDBPyConnection, path: Path, shape: Shape) -> int:
    """The columns that the shape reads, as trimmed text, in the order of the file; returns the rows."""
    columns = [f'"{column}"' for column in sorted(shape.columns)]
    texts = ", ".join(f"NULLIF(trim(CAST({column} AS VARCHAR)), '') AS {column}" for column in columns)
    con.execute(f"CREATE OR REPLACE TABLE {STAGED} AS SELECT {texts} FROM {_reader(path)}", [_literal(path)])
    [(rows,)] = con.execute(f"SELECT count(*) FROM {STAGED}").fetchall()
    return int(rows)


def _reader(path: Path) -> str:
    if path.suffix.lower() == ".parquet":
        return "read_parquet(?)"
    return "read_csv(?, all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"


def _literal(path: Path) -> str:
    """The path with its brackets and stars taken as they stand, not as a pattern."""
    return glob.escape(str(path))


def _listed(names: Collection[str]) -> str:
    shown = list(names)[:_NAMED]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(shown) + more
