"""A season of release files: which they are, and when one is believed.

Names and the season column carry the year in which a season ends, and older files carry the other
one; so the games themselves say which season a file is of.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.nba_api.facts import SEASON_TYPES, season_name
from sources.web.calls import Call, Judgement, Sound, Unsound
from sources.web.fetching import Asked, Fetching

SOURCE = "sportsdataverse"
URL_VARIABLE = "FULLCOURT_SPORTSDATAVERSE_URL"
URL = "https://github.com/sportsdataverse/sportsdataverse-data/releases/download"
HEADERS = {"User-Agent": "fullcourt", "Accept": "*/*"}
FIRST_SEASON = 1996
MOST_NAMED = 3


@dataclass(frozen=True)
class ReleaseFile:
    """A kind of release file: its tag, how its name begins, the columns that are needed.

    `per_game`: every final game of the schedule should be in it.
    """

    tag: str
    stem: str
    columns: tuple[str, ...]
    per_game: bool = True


SCHEDULES = ReleaseFile(
    "nba_stats_schedules",
    "nba_schedule_",
    (
        *("game_id", "game_date", "home_team_abbreviation", "away_team_abbreviation"),
        *("home_pts", "away_pts"),
    ),
    per_game=False,
)
ROSTERS = ReleaseFile(
    "nba_stats_rosters",
    "rosters_",
    ("player_id", "player", "position", "birth_date"),
    per_game=False,
)
TEAM_BOX = ReleaseFile(
    "nba_stats_team_boxscores",
    "team_boxscores_",
    ("game_id", "team_tricode", "minutes", "field_goals_attempted", "points"),
)
FILES = (
    SCHEDULES,
    TEAM_BOX,
    ReleaseFile(
        "nba_stats_player_boxscores",
        "player_boxscores_",
        (
            "game_id",
            "team_tricode",
            "person_id",
            "position",
            "comment",
            "minutes",
            "points",
        ),
    ),
    ReleaseFile(
        "nba_stats_shots",
        "shots_",
        (
            *("game_id", "period", "clock", "team_tricode", "person_id", "action_type"),
            *("shot_value", "x_legacy", "y_legacy", "description"),
        ),
    ),
    ReleaseFile(
        "nba_stats_game_rosters",
        "game_rosters_",
        ("game_id", "player_id", "team_abbreviation"),
        per_game=False,
    ),
    ROSTERS,
)
BY_TAG = {file.tag: file for file in FILES}


def calls(season: int) -> list[Call]:
    """The files of a season that starts in that year."""
    return [
        Call(
            source=SOURCE,
            endpoint=file.tag,
            season=season,
            path=f"{file.tag}/{file.stem}{season + 1}.parquet",
            last_day=date(season + 1, 8, 1),
            suffix=".parquet",
        )
        for file in FILES
    ]


@dataclass
class Judge:
    """Judges the files of a season, each against the schedule's final games."""

    season: int
    final: set[str] = field(default_factory=set)

    def judge(self, call: Call, body: bytes) -> Judgement:
        """Whether a file is believed; games that it lacks are pending."""
        kind = BY_TAG[call.endpoint]
        try:
            table = columns_of(body, kind)
        except (pa.ArrowException, ValueError, OSError) as error:
            return Unsound(f"is not a whole parquet file: {str(error).splitlines()[0]}")
        except KeyError as error:
            return Unsound(f"lacks the columns {error.args[0]}")
        if not table.num_rows:
            return Unsound("has no row")
        if kind is ROSTERS:
            return Sound(table.num_rows)
        ids = [str(value).zfill(10) for value in table["game_id"].to_pylist()]
        seasons = Counter(game_id[3:5] for game_id in ids)
        asked = f"{self.season % 100:02d}"
        if seasons.most_common(1)[0][0] != asked:
            return Unsound(
                f"holds games of another season than {season_name(self.season)}"
            )
        pending = tuple(sorted(self.final - set(ids))) if kind.per_game else ()
        return Sound(table.num_rows, _notes(pending), pending)

    def learn(self, call: Call, body: bytes) -> None:
        """Take the final games of the schedule."""
        if call.endpoint == SCHEDULES.tag:
            ids = _games_with_points(columns_of(body, SCHEDULES).to_pylist())
            self.final = {game_id for game_id in ids if game_id[2] in SEASON_TYPES}


def _games_with_points(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The ids of the games in which both teams scored."""
    for row in rows:
        if row["home_pts"] and row["away_pts"]:
            yield str(row["game_id"]).zfill(10)


def _notes(pending: tuple[str, ...]) -> tuple[str, ...]:
    if not pending:
        return ()
    return (f"lacks final games of the schedule: {_first_names(pending)}",)


def _first_names(games: tuple[str, ...]) -> str:
    """As many as a person reads, and how many there are besides."""
    names = ", ".join(games[:MOST_NAMED])
    if len(games) <= MOST_NAMED:
        return names
    return f"{names} and {len(games) - MOST_NAMED:,} more"


def columns_of(body: bytes, kind: ReleaseFile) -> Any:
    """The needed columns of a release file; KeyError names those that are not there."""
    with pq.ParquetFile(io.BytesIO(body)) as file:
        _require_columns(file, kind)
        return file.read(columns=list(kind.columns))


def _require_columns(file: pq.ParquetFile, kind: ReleaseFile) -> None:
    there = set(file.schema_arrow.names)
    missing = sorted(set(kind.columns) - there)
    if missing:
        raise KeyError(", ".join(missing))


def fetch_season(
    fetching: Fetching, season: int, on_plan: Callable[[int], None] | None = None
) -> Iterator[Asked]:
    """Ask for the files of a season, and yield what became of each."""
    judge = Judge(season)
    wanted = calls(season)
    if on_plan:
        on_plan(len(wanted))
    for call in wanted:
        asked = fetching.fetch(call, judge.judge)
        if asked.snapshot is not None:
            judge.learn(call, fetching.folder.read(asked.snapshot))
        yield asked
