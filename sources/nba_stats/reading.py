"""Reads a directory of stats.nba.com files: recognise, type, sift, and hand over what is sound.

The order is that of the raw tables (schedule, teams, players, shots), whatever the files are called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa

from sources.load import RawLoad, RefusedFile
from sources.nba_stats import outputs, schedule, statuses
from sources.nba_stats.damaged import damage, leave_out_collapsed, notes
from sources.nba_stats.intake import RAW_TABLES, Intake, SourceFile
from sources.nba_stats.refusals import settle
from sources.nba_stats.scan import STAGED, columns_of, find, misfit, recognise, stage
from sources.nba_stats.sift import (
    duplicates,
    faults,
    name_teams,
    nobody_active,
    strangers,
    two_games_one_day,
)

_UNREADABLE = "check that the file is whole and is what its name says, or request it again"
_UNKNOWN = "put only files of stats.nba.com's shapes there, with their own column names"


def read(
    directory: Path,
    seasons: Collection[int] = (),
    known_schedule: pa.Table | None = None,
    on_file: Callable[[str], None] | None = None,
    boxed: Collection[str] = (),
    allow_unfinish: bool = False,
) -> RawLoad:
    """Canonical rows of the parquet and CSV files of a directory, with rejects and refused files.

    `seasons` are starting years (2024 = 2024-25); empty means all. `known_schedule` is the warehouse's raw
    schedule: its games count as known, its coverage is carried on. `boxed` are the games with team box scores
    in the warehouse: files that would make a final one of them unfinished are refused for it, unless
    `allow_unfinish`. `on_file` is called with each path before the file is read. The same input gives the
    same load.

    `players` has a NULL birth_date for whoever no players file names: the writer must not let that erase a
    date it has. SourceError when the directory is missing or holds no such file.
    """
    paths = find(directory)
    with closing(duckdb.connect()) as con:
        con.execute("SET TimeZone = 'UTC'")
        # DuckDB would draw it into standard output.
        con.execute("SET enable_progress_bar = false")
        intake = Intake(con, tuple(sorted(set(seasons))))
        schedule.remember(intake, known_schedule)
        statuses.protect(intake, boxed, allow_unfinish)
        for file in _by_raw_table(_recognised(intake, paths)):
            if on_file:
                on_file(file.path)
            _take(intake, file)
        _sift(intake)
        return _load(intake, paths)


def _recognised(intake: Intake, paths: list[Path]) -> list[SourceFile]:
    """The files of a known shape; the others are refused."""
    files = []
    for number, path in enumerate(paths):
        try:
            columns = columns_of(intake.con, path)
        except duckdb.Error as error:
            intake.refused.append(_unreadable(path, error))
            continue
        if shape := recognise(columns):
            files.append(SourceFile(number, str(path), shape))
        else:
            intake.refused.append(RefusedFile(str(path), misfit(columns), _UNKNOWN))
    return files


def _by_raw_table(files: list[SourceFile]) -> list[SourceFile]:
    return sorted(files, key=lambda f: (RAW_TABLES.index(f.shape.raw_table), f.number))


def _take(intake: Intake, file: SourceFile) -> None:
    """Stage one file, and type its rows unless the file is damaged."""
    try:
        rows = stage(intake.con, Path(file.path), file.shape)
    except duckdb.Error as error:
        intake.refused.append(_unreadable(Path(file.path), error))
        return
    if refusal := damage(intake, file.shape, rows):
        intake.refused.append(RefusedFile(file.path, *refusal))
        return
    intake.take(file, STAGED)
    leave_out_collapsed(intake, file)
    file.notes += notes(intake, file)


def _unreadable(path: Path, error: duckdb.Error) -> RefusedFile:
    return RefusedFile(str(path), f"cannot be read: {str(error).splitlines()[0]}", _UNREADABLE)


def _sift(intake: Intake) -> None:
    """Reject rows and refuse files, each raw table on the ground of those before it."""
    _apply(intake, "schedule", faults, duplicates, settle, statuses.keep_final)
    schedule.sight(intake)
    _apply(intake, "team_box", faults, duplicates, two_games_one_day, settle)
    _apply(intake, "team_box", statuses.keep_final)
    schedule.resolve(intake)
    _apply(intake, "team_box", statuses.unfinished_rows, strangers)
    unfinished = (statuses.keep_final, statuses.unfinished_rows)
    _apply(intake, "player_box", faults, duplicates, *unfinished, strangers, nobody_active, settle)
    _apply(intake, "shots", faults, name_teams, strangers, settle)
    _apply(intake, "players", faults, duplicates, settle)


def _apply(intake: Intake, table: str, *rules: Callable[[Intake, str], None]) -> None:
    if intake.of(table):
        for rule in rules:
            rule(intake, table)


def _load(intake: Intake, paths: list[Path]) -> RawLoad:
    outputs.note_other_dates(intake)
    outputs.note_rejects(intake)
    return RawLoad(
        tables=outputs.tables(intake),
        rejects=outputs.rejects(intake, [str(p) for p in paths]),
        files=outputs.loaded_files(intake),
        refused=tuple(sorted(intake.refused, key=lambda r: r.file)),
    )
