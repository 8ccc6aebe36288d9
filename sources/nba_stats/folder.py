"""The files of a folder, and what is left alone there: how to have it read, whether it has games.

Whether it has games is told by the first bytes of a few files: an ingest that leaves box scores out
has to end as one that lost rows, and a folder of anything else may stand beside the files.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from core.counted import counted
from core.errors import SourceError
from core.grouping import group
from core.remedy import Remedy
from planning.raw_load import RefusedFile
from sources.nba_stats.answers import SUFFIXES as ANSWERS
from sources.nba_stats.answers import frames_of_known_kinds, is_answer
from sources.nba_stats.layout import UnreadableFile, peek_columns
from sources.nba_stats.scan import is_known, recognise

SUFFIXES = (".parquet", ".csv", ".csv.gz", *ANSWERS)
LOOKED_AT = 10_000
"""Entries of a folder among which files are counted."""
LOOKED_INTO = 20
"""Files of a folder of which the columns are looked at."""
FOLDERS_NAMED = 10
"""Folders inside a folder that are named; the files of others are counted."""
LARGEST_ANSWER = 5_000_000
"""Bytes of an answer as JSON that is looked into, for all of it has to be parsed; and of a file in
an archive."""
_NAMED = 8  # files listed in a message before "and n more"
_LONGEST = 120  # characters of a path in a message that it is too long for the system
_SAVE = "save it as .csv or .parquet"
_UNPACK = "unpack it, and take it out of the folder"
_ARCHIVE = ".zip"
_KINDS = {
    ".xlsx": ("a spreadsheet", _SAVE),
    ".xls": ("a spreadsheet", _SAVE),
    _ARCHIVE: ("an archive", _UNPACK),
    ".gz": ("a compressed file", _UNPACK),
}


class Found(NamedTuple):
    """The files of a directory that are read, by name, and what else lies there.

    `refused`: files of those kinds whose names no database can be told. `folder`: the directory,
    where all that it holds was looked at.
    """

    files: list[Path]
    unread: list[RefusedFile]
    refused: list[RefusedFile]
    folder: str = ""


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
        names = ", ".join(printable(path.name) for path in others_there[:_NAMED])
        others = f"; it holds {names}" if names else ""
        raise SourceError(
            f"{directory}: holds no .parquet, .csv, .csv.gz or .json file{others}; put the game "
            "logs and shot charts of stats.nba.com there, or give the directory that holds them"
        )
    unnamed = [path for path in files if not _is_utf8(path.resolve())]
    return Found(
        [path.resolve() for path in files if path not in unnamed],
        [each for path in others_there for each in unread(path)],
        [
            RefusedFile(
                printable(path), "its name is not UTF-8", "give it another name"
            )
            for path in unnamed
        ],
        printable(directory.resolve()),
    )


def _entries(directory: Path) -> list[Path]:
    """What a folder holds, by name; SourceError where there is no folder, or it cannot be read."""
    shown = printable(directory)
    try:
        if directory.is_dir():
            return sorted(directory.resolve().iterdir())
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        short = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
        raise SourceError(
            f"{short}: {why}; give the directory that holds the files"
        ) from error
    raise SourceError(f"{shown}: no such directory; give the one that holds the files")


def _is_utf8(path: Path) -> bool:
    """Whether DuckDB, which takes names in UTF-8 alone, can be told of a path."""
    return printable(path) == str(path)


def printable(path: Path | str) -> str:
    """A path as text that can be printed and stored, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def unread(path: Path) -> Iterator[RefusedFile]:
    """A file or folder that is left alone, and how to have it read; of a folder, those inside that
    hold the files."""
    if path.is_dir():
        yield from _unread_folders(path)
    elif not path.is_file() or path.name.lower().endswith(SUFFIXES):
        odd = "a pipe, a device or a link to nothing"
        yield RefusedFile(printable(path), odd, "put a file there")
    else:
        suffix = path.suffix.lower()
        kind, repair = _KINDS.get(suffix, ("a file of another kind", _SAVE))
        looked_at = _is_game_archive if suffix == _ARCHIVE else _has_games
        yield RefusedFile(printable(path), kind, repair, looked_at(path))


def _unread_folders(path: Path) -> Iterator[RefusedFile]:
    """The folders, this one or those inside, that hold files of readable kinds, as far as they are
    looked for."""
    looked_at = list(islice(path.rglob("*"), LOOKED_AT))
    inside = sorted(each for each in looked_at if _is_readable(each))
    by_folder: dict[Path, list[Path]] = group(inside, attrgetter("parent"))
    is_more = len(looked_at) == LOOKED_AT
    if not by_folder:
        yield _unread_folder(path, [], is_more)
    for folder, files in islice(by_folder.items(), FOLDERS_NAMED):
        yield _unread_folder(folder, files, is_more)
    others = [*by_folder.values()][FOLDERS_NAMED:]
    if others:
        files = [file for of_folder in others for file in of_folder]
        told = f"{counted(len(others), 'more folder')} with {counted(len(files), 'such file')}"
        repair = "load each by itself"
        yield RefusedFile(printable(path), told, repair, _any_has_games(files))


def _is_readable(path: Path) -> bool:
    return _is_of_readable_kind(path.name) and path.is_file()


def _is_of_readable_kind(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _unread_folder(path: Path, files: list[Path], is_more: bool) -> RefusedFile:
    at_least = "at least " if is_more else ""
    return RefusedFile(
        printable(path),
        f"a folder with {at_least}{counted(len(files), 'such file')}",
        ("load it by itself: ", Remedy("ingest nba-stats", (printable(path),))),
        _any_has_games(files),
    )


def _any_has_games(files: Iterable[Path]) -> bool:
    return any(map(_has_games, islice(files, LOOKED_INTO)))


def _has_games(path: Path) -> bool:
    """Whether a file's first bytes are those of a kind that feeds a table of games."""
    try:
        if is_answer(path):
            return path.stat().st_size <= LARGEST_ANSWER and any(
                _feeds_games(frame.columns)
                for frame in frames_of_known_kinds(path, is_known)
            )
        return _feeds_games(peek_columns(path, is_known))
    except (UnreadableFile, OSError):
        return False


def _is_game_archive(path: Path) -> bool:
    """Whether one of the files in an archive, as far as they are looked into, has games."""
    try:
        with ZipFile(path) as archive, TemporaryDirectory() as scratch:
            names = filter(_is_of_readable_kind, archive.namelist())
            return any(
                _has_games(_copy_beginning(archive, name, Path(scratch)))
                for name in islice(names, LOOKED_INTO)
            )
    except (BadZipFile, OSError, RuntimeError, EOFError, zlib.error):
        return False


def _copy_beginning(archive: ZipFile, name: str, scratch: Path) -> Path:
    """A copy of what a file in an archive begins with, under a name of the same kind."""
    ending = next(suffix for suffix in SUFFIXES if name.lower().endswith(suffix))
    path = scratch / f"beginning{ending}"
    with archive.open(name) as file:
        path.write_bytes(file.read(LARGEST_ANSWER))
    return path


def _feeds_games(columns: Iterable[str]) -> bool:
    match = recognise(tuple(columns))
    return match is not None and match.shape.raw_table != "players"
