"""Answers of stats.nba.com as JSON, into tables of text that are read as any other file is.

Each kind of answer becomes frames: names of columns, and rows. Values are spelled as they stand in
the answer, so that an id that is a text stays one.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.nba_stats.layout import Layout, UnreadableFile

SUFFIXES = (".json", ".json.gz")
ASK_AGAIN = "request it again"
SHOWN = 80
"""Characters of a site's own words that a message shows."""


@dataclass(frozen=True)
class Frame:
    """One table of an answer: its columns, and its rows as lists in their order."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


def is_answer(path: Path) -> bool:
    """Whether a file's name is that of an answer as JSON."""
    return path.name.lower().endswith(SUFFIXES)


def frames_of_known_kinds(
    path: Path, is_known: Callable[[Sequence[str]], bool]
) -> list[Frame]:
    """The tables of an answer that are of a known kind; the first one where none is.

    UnreadableFile where it is no JSON, says that something is wrong, or has rows that do not fit.
    """
    found = frames(read_answer(path))
    known = [frame for frame in found if is_known(frame.columns)]
    for frame in known:
        width = len(frame.columns)
        if any(len(row) != width for row in frame.rows):
            raise UnreadableFile(
                f"{frame.name} has rows that do not fit its columns", ASK_AGAIN
            )
    return known or found[:1]


def union_of(parts: Sequence[Frame]) -> Frame:
    """Tables of the same columns as one, in their order."""
    rows = [row for part in parts for row in part.rows]
    return Frame(parts[0].name, parts[0].columns, rows)


def read_answer(path: Path) -> Any:
    """The parsed body of an answer; UnreadableFile where it is not JSON."""
    try:
        return json.loads(_unpacked(path))
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(
            f"cannot be read: {error}", "check that the file is whole"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"is not JSON throughout: {error}", ASK_AGAIN) from error


def _unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.name.lower().endswith(".gz") else data


def frames(answer: Any) -> list[Frame]:
    """The tables of a parsed answer; UnreadableFile where it is of no known kind."""
    body = _body(answer)
    try:
        found = [frame for reader in _READERS for frame in reader(body)]
    except (AttributeError, KeyError, TypeError) as error:
        raise UnreadableFile(
            f"is an answer with a part missing: {error}", ASK_AGAIN
        ) from error
    if not found:
        keys = ", ".join(sorted(body)[:8])
        raise UnreadableFile(
            f"is JSON of no known kind: its keys are {keys}", ASK_AGAIN
        )
    return found


def _body(answer: Any) -> dict[str, Any]:
    """What the site said: the answer itself, or the body of one that was recorded."""
    body = (
        answer.get("body") if isinstance(answer, dict) and "uri" in answer else answer
    )
    if not isinstance(body, dict):
        raise UnreadableFile("is JSON and no answer of stats.nba.com", ASK_AGAIN)
    said = body.get("Message") or body.get("message")
    if not body or said:
        words = f"the site said '{str(said)[:SHOWN]}'" if said else "it is empty"
        raise UnreadableFile(f"is an answer without data: {words}", ASK_AGAIN)
    return body


def _result_sets(body: Mapping[str, Any]) -> Iterator[Frame]:
    sets = body.get("resultSets", body.get("resultSet", ()))
    for found in [sets] if isinstance(sets, dict) else sets:
        yield _frame_of_set(found)


def _frame_of_set(found: Mapping[str, Any]) -> Frame:
    columns = tuple(str(header) for header in found["headers"])
    return Frame(str(found["name"]), columns, found["rowSet"])


def _schedule(body: Mapping[str, Any]) -> Iterator[Frame]:
    if "leagueSchedule" not in body:
        return
    days = body["leagueSchedule"]["gameDates"]
    games = [_flat_game(game) for day in days for game in day["games"]]
    yield _frame("leagueSchedule", SCHEDULE_COLUMNS, games)


SCHEDULE_COLUMNS = (
    *("gameId", "gameStatus", "gameStatusText", "gameDateEst", "gameDateTimeUTC"),
    *("postponedStatus", "isNeutral", "homeTeam_teamTricode", "awayTeam_teamTricode"),
)


def _flat_game(game: Mapping[str, Any]) -> dict[str, Any]:
    sides = {
        f"{side}_teamTricode": game[side].get("teamTricode")
        for side in ("homeTeam", "awayTeam")
    }
    return {**game, **sides}


def _box_score(body: Mapping[str, Any]) -> Iterator[Frame]:
    if "boxScoreTraditional" not in body:
        return
    box = body["boxScoreTraditional"]
    sides = [
        {"gameId": box["gameId"], **box[side]} for side in ("homeTeam", "awayTeam")
    ]
    teams = [{**side, **side["statistics"]} for side in sides]
    players = [
        _flat_player(side, player) for side in sides for player in side["players"]
    ]
    yield _frame("players", PLAYER_COLUMNS, players)
    yield _frame("teams", TEAM_COLUMNS, teams)


STATISTICS = (
    *("minutes", "fieldGoalsMade", "fieldGoalsAttempted", "threePointersMade"),
    "threePointersAttempted",
    "freeThrowsMade",
    "freeThrowsAttempted",
    "reboundsOffensive",
    *("reboundsDefensive", "reboundsTotal", "assists", "steals", "blocks", "turnovers"),
    *("foulsPersonal", "points", "plusMinusPoints"),
)
TEAM_COLUMNS = ("gameId", "teamId", "teamTricode", *STATISTICS)
PLAYER_COLUMNS = (
    *("gameId", "teamId", "teamTricode", "personId", "firstName", "familyName"),
    *("position", "comment", *STATISTICS),
)


def _flat_player(side: Mapping[str, Any], player: Mapping[str, Any]) -> dict[str, Any]:
    of_side = {name: side[name] for name in ("gameId", "teamId", "teamTricode")}
    return {**of_side, **player, **player["statistics"]}


def _play_by_play(body: Mapping[str, Any]) -> Iterator[Frame]:
    game = body.get("game")
    if not isinstance(game, dict) or "actions" not in game:
        return
    actions = [{"gameId": game["gameId"], **action} for action in game["actions"]]
    yield _frame("actions", ACTION_COLUMNS, actions)


ACTION_COLUMNS = (
    *("gameId", "actionNumber", "clock", "period", "teamId", "teamTricode", "personId"),
    *("xLegacy", "yLegacy", "isFieldGoal", "actionType", "shotValue", "description"),
)

_READERS = (_result_sets, _schedule, _box_score, _play_by_play)


def _frame(
    name: str, columns: tuple[str, ...], records: Sequence[Mapping[str, Any]]
) -> Frame:
    """Records by key, never by place; a column that no record has is left out."""
    present = columns
    if records:
        present = tuple(c for c in columns if any(c in record for record in records))
    rows = [list(map(record.get, present)) for record in records]
    return Frame(name, present, rows)


def copy_frame(frame: Frame, scratch: Path) -> Layout:
    """A frame as a parquet file of texts, under a name of its own."""
    path = scratch / f"{sum(1 for _ in scratch.iterdir())}.parquet"
    arrays = [_texts(frame, place) for place in range(len(frame.columns))]
    # Two columns of one name are told by whoever judges the columns.
    names = [f"c{place}" for place in range(len(frame.columns))]
    pq.write_table(pa.Table.from_arrays(arrays, names), path)
    return Layout(path, frame.columns, is_text=False, is_copy=True)


def _texts(frame: Frame, place: int) -> pa.Array:
    try:
        return pa.array([cell_text(row[place]) for row in frame.rows], pa.string())
    except (IndexError, UnicodeEncodeError) as error:
        raise UnreadableFile(
            f"{frame.name} has values that are no text", ASK_AGAIN
        ) from error


def cell_text(value: Any) -> str | None:
    """A value of an answer as the text of a file: TRUE as true, nothing as nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)
