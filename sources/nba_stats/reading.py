"""Reads a directory of stats.nba.com files: recognise, type, sift, and hand over what is sound.

The order is that of the raw tables (schedule, teams, players, shots), whatever the files are
called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from core.counted import counted
from core.errors import SourceError
from planning.raw_load import Held, RawLoad, RefusedFile
from sources.nba_stats import (
    by_game,
    outputs,
    people,
    schedule,
    statuses,
    vanished,
)
from sources.nba_stats.answers import (
    Frame,
    copy_frame,
    frames_of_known_kinds,
    is_answer,
    union_of,
)
from sources.nba_stats.codes import settle_codes
from sources.nba_stats.damaged import (
    damage,
    leave_out_collapsed,
    notes,
)
from sources.nba_stats.folder import Found, find
from sources.nba_stats.intake import RAW_TABLES, Intake, SourceFile
from sources.nba_stats.layout import Layout, UnreadableFile, lay_out, uneven_line
from sources.nba_stats.refusals import settle
from sources.nba_stats.scan import (
    STAGED,
    Match,
    is_known,
    leave_out_headers,
    misfit,
    recognise,
    repeats,
    stage,
)
from sources.nba_stats.sift import (
    duplicates,
    faults,
    name_teams,
    nobody_active,
    repeated_games,
    strangers,
    stubs_of_other_files,
    two_games_one_day,
    without_teams,
)

NOTHING_HELD = Held()
_UNREADABLE = (
    "check that the file is whole and is what its name says, or request it again"
)


@dataclass(frozen=True)
class NbaStatsFiles:
    """The files of stats.nba.com in a folder, as a source; see `read`."""

    directory: Path
    seasons: Collection[int] = ()
    allow_unfinish: bool = False

    def read(self, held: Held, on_part: Callable[[str], None] | None = None) -> RawLoad:
        """The rows of the files, `on_part` being told of each file."""
        return read(self.directory, self.seasons, held, on_part, self.allow_unfinish)


def read(
    directory: Path,
    seasons: Collection[int] = (),
    held: Held = NOTHING_HELD,
    on_file: Callable[[str], None] | None = None,
    allow_unfinish: bool = False,
) -> RawLoad:
    """Canonical rows of the files of a directory (parquet, CSV, answers as JSON), with rejects and
    refused files.

    `seasons` are starting years (2024 = 2024-25); empty means all. `held` is what the warehouse
    holds. The games of its schedule count as known, and their coverage is carried on. Rows that
    would make a final game with team box scores unfinished are rejected, unless `allow_unfinish`.
    `on_file` is called with each path before the file is read. The same input gives the
    same load.

    `players` has a NULL birth_date for whoever no players file names: the writer must not let that
    erase a date it has. SourceError when the directory is missing or holds no such file, and for a
    chosen season of which no file has a row.
    """
    return read_files(find(directory), seasons, held, on_file, allow_unfinish)


def read_files(
    found: Found,
    seasons: Collection[int] = (),
    held: Held = NOTHING_HELD,
    on_file: Callable[[str], None] | None = None,
    allow_unfinish: bool = False,
    latest_wins: bool = False,
) -> RawLoad:
    """Canonical rows of these files, as `read` gives those of a directory.

    `latest_wins`: the files stand in the order in which they were received, and the rows of a game
    in a later one replace those in an earlier one of the same kind.
    """
    with closing(duckdb.connect()) as con, TemporaryDirectory() as scratch:
        con.execute("SET TimeZone = 'UTC'")
        # DuckDB would draw it into standard output.
        con.execute("SET enable_progress_bar = false")
        intake = Intake(con, tuple(sorted(set(seasons))), latest_wins)
        intake.refused += found.refused
        schedule.remember(intake, held.schedule)
        statuses.protect(intake, held.games_of("team_box"), allow_unfinish)
        for file in _by_raw_table(_recognise_files(intake, found.files, Path(scratch))):
            if on_file:
                on_file(file.path)
            _take(intake, file)
        _require_seasons(intake)
        _sift(intake)
        return _load(intake, found)


def _require_seasons(intake: Intake) -> None:
    """Raise SourceError for a chosen season of which no file has a row.

    Where a file was refused, that is the reason: it may be the one that has the season. In
    snapshots a season that has not begun is no mistake.
    """
    missing = sorted(set(intake.seasons) - intake.seasons_seen)
    if not missing or not intake.seasons_seen:
        return
    if intake.refused or intake.latest_wins:
        return
    asked, had = _tell_years(missing), _tell_years(sorted(intake.seasons_seen))
    raise SourceError(
        f"no file has a row of {asked}; the files have {had}; a season is named by the "
        "year in which it starts, 2024 for 2024-25"
    )


def _tell_years(seasons: Sequence[int]) -> str:
    """Seasons by the years in which they start, for a sentence."""
    noun = "season" if len(seasons) == 1 else "seasons"
    return f"{noun} {', '.join(map(str, seasons))}"


def _recognise_files(
    intake: Intake, paths: list[Path], scratch: Path
) -> list[SourceFile]:
    """The files of a known shape; the others are refused."""
    files: list[SourceFile] = []
    for path, layout in _laid_out(intake, paths, scratch):
        match = _match(intake, path, layout)
        if match is not None:
            notes = _of_layout(layout, match)
            number = len(files)
            files.append(SourceFile(number, path, match, layout, notes=notes))
    intake.paths = [file.path for file in files]
    return files


def _laid_out(
    intake: Intake, paths: list[Path], scratch: Path
) -> Iterator[tuple[str, Layout]]:
    """The tables of the files with the path of each: several in an answer as JSON, one in any
    other. Answers about one game or team each are read as one table where the latest wins: there
    are more than a thousand in a season."""
    gathered: dict[tuple[str, ...], list[tuple[Path, Frame]]] = {}
    for path in paths:
        try:
            if not is_answer(path):
                yield str(path), lay_out(path, scratch, is_known)
                continue
            for frame in frames_of_known_kinds(path, is_known):
                if intake.latest_wins and _is_of_one(frame):
                    gathered.setdefault(frame.columns, []).append((path, frame))
                else:
                    yield str(path), copy_frame(frame, scratch)
        except UnreadableFile as error:
            intake.refused.append(RefusedFile(str(path), error.reason, error.repair))
    for parts in gathered.values():
        others = f" and {len(parts) - 1:,} more" if len(parts) > 1 else ""
        frame = union_of([part for _, part in parts])
        yield f"{parts[0][0]}{others}", copy_frame(frame, scratch)


def _is_of_one(frame: Frame) -> bool:
    """Whether a table is about one game or team: it names players, or has no result."""
    match = recognise(frame.columns)
    if match is None or match.shape.raw_table not in (
        "team_box",
        "player_box",
        "players",
    ):
        return False
    return all(field.name != "result" for field in match.shape.fields)


def _match(intake: Intake, path: str, layout: Layout) -> Match | None:
    """The shape of a table of a file; a file of none is refused."""
    match = recognise(layout.columns)
    if match is None:
        intake.refused.append(misfit(Path(path), layout.columns))
        return None
    twice = repeats(layout.columns, match.shape)
    if twice:
        count = len(twice)
        columns = {2: "two columns", 3: "three columns"}.get(
            count, counted(count, "column")
        )
        reason = f"{columns} {twice[0]}: which one is meant cannot be told"
        intake.refused.append(RefusedFile(path, reason, "keep one of them"))
        return None
    return match


def _of_layout(layout: Layout, match: Match) -> list[str]:
    """What to say of how a file is written."""
    renamed = match.renamed(layout.columns)
    more = ", …" if len(renamed) > 3 else ""
    told = (
        [f"columns in another letter case: {', '.join(renamed[:3])}{more}"]
        if renamed
        else []
    )
    return [*layout.notes, *told]


def _by_raw_table(files: list[SourceFile]) -> list[SourceFile]:
    return sorted(files, key=lambda f: (RAW_TABLES.index(f.shape.raw_table), f.number))


def _take(intake: Intake, file: SourceFile) -> None:
    """Stage one file, and type its rows unless the file is damaged."""
    try:
        rows = stage(intake.con, file.layout, file.match)
    except duckdb.Error as error:
        intake.refused.append(_unreadable(file, error))
        return
    headers = leave_out_headers(intake.con, file.match)
    if headers:
        rows -= headers
        file.notes.append(f"lines that repeat the header left out: {headers:,}")
    if refusal := damage(intake, file.shape, rows):
        intake.refused.append(RefusedFile(file.path, *refusal))
        return
    intake.take(file, STAGED)
    leave_out_collapsed(intake, file)
    file.notes += notes(intake, file)


def _unreadable(file: SourceFile, error: duckdb.Error) -> RefusedFile:
    uneven = uneven_line(file.layout) if file.layout.is_text else None
    if uneven:
        line, width = uneven
        reason = (
            f"line {line:,} has {counted(width, 'value')} and the header "
            f"{len(file.layout.columns)}"
        )
    else:
        reason = f"cannot be read: {str(error).splitlines()[0]}"
    return RefusedFile(file.path, reason, _UNREADABLE)


def _sift(intake: Intake) -> None:
    """Reject rows and refuse files, each raw table on the ground of those before it."""
    settle_codes(intake)
    vanished.name_games(intake)
    _apply(
        intake,
        "schedule",
        faults,
        without_teams,
        duplicates,
        settle,
        statuses.keep_final,
    )
    schedule.file(intake)
    schedule.sight(intake)
    teams = (
        faults,
        duplicates,
        by_game.decide_teams,
        stubs_of_other_files,
        two_games_one_day,
    )
    _apply(intake, "team_box", *teams, by_game.merge_teams, settle)
    _apply(intake, "team_box", statuses.keep_final)
    schedule.resolve(intake)
    _apply(intake, "team_box", statuses.reject_unfinished, strangers)
    unfinished = (statuses.keep_final, statuses.reject_unfinished)
    own = (faults, duplicates, by_game.decide_players, stubs_of_other_files)
    last = (strangers, by_game.merge_players, nobody_active, settle)
    _apply(intake, "player_box", *own, *unfinished, *last, by_game.judge_starters)
    shots = (
        faults,
        repeated_games,
        name_teams,
        strangers,
        by_game.leave_out_heaves,
        settle,
    )
    _apply(intake, "shots", *shots)
    _apply(intake, "players", faults, people.merge, duplicates, settle)


def _apply(intake: Intake, table: str, *rules: Callable[[Intake, str], None]) -> None:
    if intake.of(table):
        for rule in rules:
            rule(intake, table)


def _load(intake: Intake, found: Found) -> RawLoad:
    outputs.note_other_dates(intake)
    outputs.note_rejects(intake)
    return RawLoad(
        tables=outputs.tables(intake),
        rejects=outputs.rejects(intake, intake.paths),
        files=outputs.loaded_files(intake),
        refused=tuple(sorted(intake.refused, key=lambda r: r.file)),
        unread=tuple(found.unread),
        folder=found.folder,
    )
