"""Random folders of files: schedules of any day, logs of any games,
caught live, split, mixed and renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sources.nba_stats.shapes import COUNTING
from tests.property.loading.truth import (
    FIRST_DAY,
    STATUSES,
    TEAMS,
    Game,
    schedule_as_of,
    schedule_row,
    truth,
)
from tests.sources.nba_stats_files import Row, write

Files = dict[str, list[Row]]
"""Name of a file without its suffix -> its rows."""
LINE = tuple(name.upper() for name in COUNTING)


@dataclass
class Folder:
    """Files, and in words what they are."""

    files: Files = field(default_factory=dict)
    about: list[str] = field(default_factory=list)

    def add(self, random: Random, kind: str, rows: list[Row]) -> None:
        """Add a file under a random name; without rows there is no file."""
        if rows:
            self.files[f"{random.randrange(1000):03d}-{kind}-{len(self.files)}"] = rows

    def write_to(self, path: Path) -> Path:
        """The folder with the files in it."""
        path.mkdir()
        for name, rows in self.files.items():
            write(path / f"{name}.csv", rows)
        return path


def complete(day: date, ending: str, has_shots: bool) -> Folder:
    """Everything that was really played up to a day, and the schedule of that day."""
    known, folder = truth(), Folder(about=[f"complete files of {day}, {ending}"])
    ids = [game.game_id for game in known.played_by(day)]
    folder.files["schedule"] = list(schedule_as_of(day, ending).values())
    folder.files["teams"] = _rows(known.team_rows, ids)
    folder.files["players"] = _rows(known.player_rows, ids)
    if has_shots:
        folder.files["shots"] = _rows(known.shot_rows, ids)
    return folder


def random_folder(
    random: Random, today: date, ending: str, earlier: Sequence[Folder], has_shots: bool
) -> Folder:
    """A folder that somebody may well have on that day."""
    folder = Folder()
    if earlier and random.random() < 0.15:
        old = random.choice(earlier)
        folder.files |= old.files
        folder.about.append(f"once more: {', '.join(old.about)}")
    if random.random() < 0.6:
        _add_schedule(folder, random, today, ending)
    if random.random() < 0.7 or not folder.files:
        _add_logs(folder, random, today, has_shots)
    return folder


def _add_schedule(folder: Folder, random: Random, today: date, ending: str) -> None:
    """A schedule of that day or an older one, in which some games may be wrong."""
    day = today
    if random.random() < 0.35:
        day = random.choice((FIRST_DAY, today - timedelta(days=random.randint(1, 20))))
    rows = schedule_as_of(day, ending)
    folder.about.append(f"schedule of {day}")
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        change = random.choice(CHANGES)
        folder.about.append(change(rows, random, day))
    if random.random() < 0.2:
        last = day - timedelta(days=random.randint(0, 5))
        rows = {
            game: row for game, row in rows.items() if row["gameDateEst"] <= f"{last}U"
        }
        folder.about.append(f"its games up to {last} alone")
    folder.add(random, "schedule", random.sample(list(rows.values()), len(rows)))


def _status_changed(rows: dict[str, Row], random: Random, day: date) -> str:
    """A few games near the day have another status than the true one."""
    games = _near(rows, random, day)
    status = random.choice([name for name in STATUSES if name != "final"])
    for game in games:
        old = rows[game.game_id]
        rows[game.game_id] = schedule_row(
            game, date.fromisoformat(old["gameDateEst"][:10]), status
        )
    return f"{_ids(games)} {status}"


def _final_too_early(rows: dict[str, Row], random: Random, day: date) -> str:
    """A game of the next days is final already."""
    games = [
        game for game in truth().games.values() if game.is_played and game.day > day
    ]
    games = [game for game in games if game.game_id in rows][:4]
    if not games:
        return "no game to come"
    game = random.choice(games)
    rows[game.game_id] = schedule_row(game, game.day, "final")
    return f"{game.game_id} final before its day"


def _moved(rows: dict[str, Row], random: Random, day: date) -> str:
    """A game to come has another date."""
    games = [game for game in _near(rows, random, day) if game.day > day]
    for game in games[:1]:
        moved = game.day + timedelta(days=random.choice((-1, 1, 2, 9)))
        rows[game.game_id] = schedule_row(game, moved, "scheduled")
        return f"{game.game_id} moved to {moved}"
    return "no game moved"


def _missing(rows: dict[str, Row], random: Random, day: date) -> str:
    """A few games are not in the schedule."""
    games = _near(rows, random, day)
    for game in games:
        del rows[game.game_id]
    return f"without {_ids(games)}"


CHANGES: tuple[Callable[[dict[str, Row], Random, date], str], ...] = (
    _status_changed,
    _status_changed,
    _final_too_early,
    _moved,
    _missing,
)


def _near(rows: dict[str, Row], random: Random, day: date) -> list[Game]:
    """One to three games of a schedule, mostly of the days around one."""
    games = [truth().games[game_id] for game_id in rows]
    if random.random() < 0.7:
        close = [game for game in games if abs((game.day - day).days) <= 4]
        games = close or games
    return random.sample(games, min(len(games), random.randint(1, 3)))


def _ids(games: Iterable[Game]) -> str:
    return ", ".join(game.game_id for game in games)


def _add_logs(folder: Folder, random: Random, today: date, has_shots: bool) -> None:
    """Team logs, player logs and shots, each of the same games or of some of its own."""
    known, day = truth(), today - timedelta(days=random.choice((0, 0, 0, 1, 7)))
    games = _chosen(folder, random, day)
    kinds = {"teams": known.team_rows, "players": known.player_rows}
    wrong = ""
    if games and random.random() < 0.15:
        wrong = random.choice(games).game_id
        folder.about.append(f"{wrong} corrected")
    left_out = random.choice((None, None, None, None, "teams", "players"))
    live = _caught_live(folder, random, today)
    for kind, rows in kinds.items():
        if kind == left_out:
            folder.about.append(f"no {kind}")
            continue
        of_kind = _rows(
            rows, [game.game_id for game in games if game.game_id not in live]
        )
        of_kind = [
            corrected(row) if row["GAME_ID"] == wrong else row for row in of_kind
        ]
        _split(folder, random, kind, of_kind)
        unfinished = [_unfinished(row) for row in _rows(rows, live)]
        folder.add(random, f"{kind}-live", unfinished)
    if has_shots and random.random() < 0.7:
        ids = [game.game_id for game in games]
        folder.add(random, "shots", _rows(known.shot_rows, ids))


def _chosen(folder: Folder, random: Random, day: date) -> list[Game]:
    """The games of a log: of the season so far, of the last days, of one team, or any."""
    games = truth().played_by(day)
    how = random.choice(("all", "all", "last days", "last days", "one team", "any"))
    if how == "last days":
        since = day - timedelta(days=random.randint(1, 12))
        games = [game for game in games if game.day >= since]
    elif how == "one team":
        team = random.choice([name for name, _ in TEAMS.values()])
        games = [game for game in games if team in game.teams]
    elif how == "any":
        games = random.sample(games, random.randint(1, min(12, len(games))))
    folder.about.append(f"logs up to {day}: {how}, {len(games)} games")
    return games


def _caught_live(folder: Folder, random: Random, today: date) -> list[str]:
    """Games whose rows were saved while they were on: of tomorrow, or of any day in an old file."""
    if random.random() < 0.6:
        return []
    played = [game for game in truth().games.values() if game.is_played]
    if random.random() < 0.5:
        games = [game for game in played if game.day == today + timedelta(days=1)]
    else:
        games = random.sample([game for game in played if game.day <= today], 2)
    if games:
        folder.about.append(f"live rows of {_ids(games)}")
    return [game.game_id for game in games]


def _unfinished(row: Row) -> Row:
    """A row as it was at half time: no result, and half of everything."""
    half = (
        row
        | {name: row[name] // 2 for name in LINE}
        | {"WL": "", "MIN": row["MIN"] // 2}
    )
    return half | {"PTS": 2 * half["FGM"] + half["FG3M"] + half["FTM"]}


def corrected(row: Row) -> Row:
    """A row of the winner's with a free throw more: of the team, or of its first player."""
    is_first = row.get("PLAYER_ID", 1) % 100 == 1
    if row["WL"] == "L" or not is_first:
        return row
    return row | {name: row[name] + 1 for name in ("FTM", "FTA", "PTS")}


def _split(folder: Folder, random: Random, kind: str, rows: list[Row]) -> None:
    """One file, or one per team, week or day, or two with rows in common; rows in any order."""
    how = random.choice(
        ("whole", "whole", "team", "week", "day", "overlap", "one side")
    )
    folder.about.append(f"{kind} {how}")
    if how == "one side":
        team = random.choice([name for name, _ in TEAMS.values()])
        rows = [row for row in rows if row["TEAM_ABBREVIATION"] == team]
    keys: dict[str, Callable[[Row], str]] = {
        "team": lambda row: str(row["TEAM_ABBREVIATION"]),
        "week": lambda row: f"{date.fromisoformat(row['GAME_DATE']):%G-%V}",
        "day": lambda row: str(row["GAME_DATE"]),
    }
    parts: dict[str, list[Row]] = {}
    for row in random.sample(rows, len(rows)):
        parts.setdefault(keys[how](row) if how in keys else "", []).append(row)
    for part in parts.values():
        folder.add(random, kind, part)
    if how == "overlap":
        games = {row["GAME_ID"] for row in rows}
        some = set(random.sample(sorted(games), len(games) // 2))
        folder.add(random, kind, [row for row in rows if row["GAME_ID"] in some])


def _rows(by_game: dict[str, list[Row]], games: Iterable[str]) -> list[Row]:
    return [row for game in games for row in by_game.get(game, [])]
