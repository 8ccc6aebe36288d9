"""Damaged files, each ingested, and what has to hold:
nothing wrong is taken, nothing is missing unsaid."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from sources.nba_stats.shapes import COUNTING
from tests.fuzz import oracle
from tests.fuzz.damage import Damaged, damaged, write_damaged
from tests.fuzz.ends import End, Worker, environ_of, working
from tests.fuzz.lines import Failure
from tests.property.loading.truth import FIRST_DAY, schedule_as_of, truth
from tests.sources.nba_stats_files import Row, write

DAYS = 5
"""Days of the league whose games the files hold."""
TABLES = ("schedule", "team_box", "player_box", "shots")
COLUMNS = {
    "team_box": ("game_id", "team", "minutes", *COUNTING),
    "player_box": (
        "game_id",
        "team",
        "minutes",
        *COUNTING,
        "player_id",
        "player_name",
        "plus_minus",
    ),
    "shots": (
        "game_id",
        "player_id",
        "team",
        "period",
        "seconds_left",
        "zone",
        "shot_value",
        "made",
        "distance_ft",
    ),
}
STATUSES = {"scheduled", "live", "final", "postponed", "cancelled", "dropped"}
Held = dict[str, list[tuple[Any, ...]]]


@dataclass
class Trial:
    """One damaged file: of which raw table, beside which sound ones, into what."""

    table: str
    file: Damaged
    is_alone: bool
    is_held: bool
    end: End = field(default_factory=lambda: End(None, "", ""))

    def __str__(self) -> str:
        beside = "alone" if self.is_alone else "beside the sound files"
        into = "a warehouse with these games" if self.is_held else "an empty warehouse"
        name = os.fsencode(self.file.name).decode("utf-8", "backslashreplace")
        return (
            f"{name} ({self.table}): {self.file.about}; {beside}, into {into}: exit "
            f"{self.end.code}"
        )


def sound_files() -> dict[str, list[Row]]:
    """The files of the first days, by raw table."""
    known, last = truth(), FIRST_DAY + timedelta(days=DAYS - 1)
    games = [game.game_id for game in known.played_by(last) if game.day >= FIRST_DAY]
    scheduled = schedule_as_of(last, "flag")
    of_games = {
        "team_box": known.team_rows,
        "player_box": known.player_rows,
        "shots": known.shot_rows,
    }
    files = {
        table: [row for game in games for row in rows.get(game, [])]
        for table, rows in of_games.items()
    }
    return {"schedule": [scheduled[game] for game in games], **files}


def run_files(
    folder: Path,
    seed: int,
    number: int,
    only: int | None = None,
    tell: Callable[[object], object] = repr,
) -> tuple[Counter[str], list[Failure]]:
    """Ingest so many damaged files of a seed; how often each end was seen, and what went wrong.

    `only`: the one file of that place alone. `tell` is handed each failure when it is found.
    """
    counts: Counter[str] = Counter()
    failures = []
    sound = sound_files()
    home = folder / "home"
    home.mkdir()
    with working(environ_of(home), folder) as worker:
        template = _template(folder, worker, sound)
        for place in range(number) if only is None else (only,):
            trial = _trial(Random(f"{seed} {place}"), sound)
            path = folder / f"trial-{place}"
            held = _ingest(trial, path, template, worker, sound)
            counts[f"exit {trial.end.code}"] += 1
            faults = [*trial.end.faults(), *_faults(trial, held, sound)]
            shutil.rmtree(path)
            if faults:
                again = f"python -m tests.fuzz --seed {seed} --file {place}"
                failures.append(Failure(str(trial), tuple(faults[:6]), again))
                tell(failures[-1])
    return counts, failures


def _template(folder: Path, worker: Worker, sound: dict[str, list[Row]]) -> Path:
    """A warehouse that holds the sound files."""
    files = folder / "sound"
    files.mkdir()
    for table, rows in sound.items():
        write(files / f"{table}.csv", rows)
    path = folder / "sound.duckdb"
    end = worker.run(
        ["--warehouse", f"duckdb:{path}", "ingest", "nba-stats", str(files)]
    )
    if end.code != 0:
        raise AssertionError(f"the sound files are not taken: {end}")
    return path


def _trial(random: Random, sound: dict[str, list[Row]]) -> Trial:
    table = random.choice((*TABLES, "player_box"))
    file = damaged(random, table, sound[table])
    return Trial(table, file, random.random() < 0.25, random.random() < 0.5)


def _ingest(
    trial: Trial,
    path: Path,
    template: Path,
    worker: Worker,
    sound: dict[str, list[Row]],
) -> Held:
    """Ingest the file; what the warehouse holds after it."""
    path.mkdir()
    files = path / "files"
    files.mkdir()
    for table, rows in sound.items():
        if table != trial.table and not trial.is_alone:
            write(files / f"{table}.csv", rows)
    write_damaged(files, trial.file)
    warehouse = path / "nba.duckdb"
    if trial.is_held:
        shutil.copy(template, warehouse)
    trial.end = worker.run(
        [
            "--warehouse",
            f"duckdb:{warehouse}",
            "ingest",
            "nba-stats",
            str(files),
            "--json",
        ]
    )
    return _held(warehouse) if trial.end.code is not None else {}


def _held(path: Path) -> Held:
    with duckdb.connect(str(path)) as con:
        held = {
            table: con.execute(
                f"SELECT {', '.join(columns)} FROM nba_raw.{table}"
            ).fetchall()
            for table, columns in COLUMNS.items()
        }
        sql = (
            "SELECT game_id, game_date, season, home_team, away_team, status FROM "
            "nba_raw.schedule"
        )
        held["schedule"] = con.execute(sql).fetchall()
    return held


def _faults(trial: Trial, held: Held, sound: dict[str, list[Row]]) -> Iterator[str]:
    """What was taken and should not have been, and what is missing without a word."""
    if not held:
        return
    said = oracle.rows_said(trial.file, trial.table)
    for table in COLUMNS:
        sources = (
            [*sound[table], *(said or [])] if table == trial.table else sound[table]
        )
        yield from _not_said(table, held[table], sources)
    yield from _odd_games(
        held["schedule"],
        [*(row for rows in sound.values() for row in rows), *(said or [])],
    )
    if trial.is_held:
        yield from _lost(held, sound)
    if trial.end.code in (0, 4):
        yield from _unsaid(trial, said, held)


def _not_said(
    table: str, held: Sequence[tuple[Any, ...]], sources: Sequence[Row]
) -> Iterator[str]:
    """Rows that no file says."""
    allowed = {oracle.known(table, row) for row in sources}
    for row in held:
        if row not in allowed:
            yield f"{table} holds what no file says: {str(row)[:300]}"
            return
        if table != "shots":
            yield from _impossible(table, dict(zip(COLUMNS[table], row, strict=True)))


def _impossible(table: str, row: dict[str, Any]) -> Iterator[str]:
    """Numbers that contradict each other, and minutes that nobody can play."""
    points = 2 * (row["fgm"] - row["fg3m"]) + 3 * row["fg3m"] + row["ftm"]
    is_sound = (
        row["pts"] == points
        and row["fgm"] <= row["fga"]
        and min(row[name] for name in COUNTING) >= 0
    )
    if not is_sound or not 0 <= row["minutes"] < float("inf"):
        yield f"{table} holds an impossible row: {str(row)[:300]}"


def _odd_games(
    held: Sequence[tuple[Any, ...]], sources: Sequence[Row]
) -> Iterator[str]:
    """Games of the schedule that are none, or on a date that no file says."""
    dates = {digits[:8] for digits in oracle.dates_in(sources)}
    dates |= {digits[4:8] + digits[:4] for digits in oracle.dates_in(sources)}
    for game_id, day, season, home, away, status in held:
        told = f"{game_id} on {day}, {home} at home to {away}, {status}"
        if not date(season, 7, 1) <= day <= date(season + 1, 12, 31):
            yield f"the schedule has a game outside of its season {season}: {told}"
        if (
            home == away
            or not home.isupper()
            or not away.isupper()
            or status not in STATUSES
        ):
            yield f"the schedule has a game that is none: {told}"
        if f"{day:%Y%m%d}" not in dates:
            yield f"the schedule has a date that no file says: {told}"


def _lost(held: Held, sound: dict[str, list[Row]]) -> Iterator[str]:
    """Sides of games that were in the warehouse and are not any more."""
    for table in ("team_box", "player_box"):
        wanted = {(row["GAME_ID"], row["TEAM_ABBREVIATION"]) for row in sound[table]}
        if lost := wanted - {(row[0], row[1]) for row in held[table]}:
            yield f"{table} had rows of {sorted(lost)[:3]} and has none"
    games = {row["gameId"] for row in sound["schedule"]} - {
        row[0] for row in held["schedule"]
    }
    if games:
        yield f"the schedule had {sorted(games)[:3]} and has them no more"


def _unsaid(trial: Trial, said: list[Row] | None, held: Held) -> Iterator[str]:
    """A file of which nothing is told, or rows of it that were neither taken nor rejected."""
    told = json.loads(trial.end.out)
    name = os.fsencode(trial.file.name).decode("utf-8", "backslashreplace")
    files = [file for file in told["files"] if Path(file["file"]).name == name]
    others = [
        file
        for file in told["refused"] + told["unread"]
        if Path(file["file"]).name == name
    ]
    if not files and not others:
        yield "nothing is told of the file"
    if any(file in told["refused"] for file in others) and trial.end.code == 0:
        yield "the file is refused, and the exit code is 0"
    for file in files:
        if said is None:
            yield "the file is taken, and nothing in it can be read"
        elif file["rows"] != len(said):
            yield f"the file has {len(said)} rows, and {file['rows']} were read"
        elif not file["rejected"] and trial.table in COLUMNS:
            wanted = {oracle.known(trial.table, row) for row in said}
            if missing := wanted - {None, *held[trial.table]}:
                yield (
                    f"{len(missing)} rows are neither taken nor rejected: "
                    f"{min(map(str, missing))[:300]}"
                )
