"""What is known of a season from sound answers: its games, and the teams' lines in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sources.nba_stats.answers import Frame

SEASON_TYPES = {"2": "Regular Season", "5": "PlayIn", "4": "Playoffs", "6": "IST"}
"""Third character of a game id -> what the site calls such games; in the order of asking."""


@dataclass(frozen=True)
class Game:
    """A game of the schedule that counts; `final` where it was played to its end."""

    game_id: str
    day: date
    final: bool

    @property
    def kind(self) -> str:
        """The third character of its id."""
        return self.game_id[2]


@dataclass(frozen=True)
class Line:
    """A team's line in a game: field goal attempts, points."""

    fga: int
    pts: int


@dataclass
class Facts:
    """A season as far as it is known; `has_schedule` is False while only the logs tell of it."""

    season: int
    games: dict[str, Game] = field(default_factory=dict)
    lines: dict[tuple[str, int], Line] = field(default_factory=dict)
    has_schedule: bool = False

    def games_of(
        self, kind: str, start: date | None = None, end: date | None = None
    ) -> list[Game]:
        """The games of a type between two dates, both included, by date and id."""
        found = [
            game
            for game in self.games.values()
            if game.kind == kind
            and (start is None or game.day >= start)
            and (end is None or game.day <= end)
        ]
        return sorted(found, key=lambda game: (game.day, game.game_id))

    def learn_schedule(self, games: Iterable[Game]) -> None:
        """Take the games of a schedule."""
        self.games = {game.game_id: game for game in games if game.kind in SEASON_TYPES}
        self.has_schedule = True

    def learn_log(self, log: Frame) -> None:
        """Take the teams' lines of a log; without a schedule, the games too."""
        for row in rows_of(log):
            game_id, team = str(row["GAME_ID"]), int(str(row["TEAM_ID"]))
            self.lines[game_id, team] = Line(int(str(row["FGA"])), int(str(row["PTS"])))
            if not self.has_schedule:
                day = date.fromisoformat(str(row["GAME_DATE"])[:10])
                self.games[game_id] = Game(game_id, day, final=True)


def rows_of(frame: Frame) -> Iterable[dict[str, object]]:
    """The rows of a frame by the names of their columns."""
    return (dict(zip(frame.columns, row, strict=False)) for row in frame.rows)


def games_of_schedule(schedule: Frame) -> list[Game]:
    """The games of a schedule's frame; a game called off is not final."""
    return [
        Game(
            str(row["gameId"]),
            datetime.fromisoformat(str(row["gameDateEst"])[:10]).date(),
            final=str(row["gameStatus"]) == "3",
        )
        for row in rows_of(schedule)
    ]


def season_name(season: int) -> str:
    """2024 as the site writes it: 2024-25."""
    return f"{season}-{(season + 1) % 100:02d}"
