"""What a reader of a status or report has to know besides:
games not played, holes, rows left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from core.counted import counted, noun_for, verb_for
from core.grouping import group
from core.remedy import INGEST_FILES, PLACEHOLDER, Remedy, Words
from planning.holes import Hole, LateStart, TeamBehind
from planning.open_games import DatedGame
from planning.raw_load import LeftOut
from planning.uncovered import Uncovered
from reports.commands import command_line, spell
from reports.seasons import season_name, tell_seasons
from reports.sections import Section

GAMES_NAMED = 3
"""Open games that a sentence names."""
TEAMS_NAMED = 3
"""Teams with few games that a sentence names."""
FILES_NAMED = 5
"""Files and folders that were left out which are listed."""
OTHER_FILES = "more files or folders"
DATES_SHOWN = 5
"""Dates with called-off games that are listed."""


@dataclass(frozen=True)
class Notices:
    """Facts about the schedule and what was loaded that no count of cells shows.

    `overdue`: open games that hold dates back. `awaited`: open games whose date has final ones,
    which wait for them. `called_off`: games that are not played. `uncovered`: final games that a
    raw table does not cover. `left_out`: rows and files that ingest left out.
    """

    overdue: Sequence[DatedGame] = ()
    awaited: Sequence[DatedGame] = ()
    called_off: Sequence[DatedGame] = ()
    holes: Sequence[Hole] = ()
    late_starts: Sequence[LateStart] = ()
    teams_behind: Sequence[TeamBehind] = ()
    uncovered: Sequence[Uncovered] = ()
    left_out: LeftOut = field(default_factory=LeftOut)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        games = {
            "overdue_games": [game.to_json() for game in self.overdue],
            "awaited_games": [game.to_json() for game in self.awaited],
            "called_off_games": [game.to_json() for game in self.called_off],
            "uncovered_games": [each.to_json() for each in self.uncovered],
        }
        return {
            **games,
            "days_without_games": list(map(tell_hole, self.holes)),
            "late_starts": list(map(tell_late_start, self.late_starts)),
            "teams_behind": list(tell_teams_behind(self.teams_behind)),
            **self.left_out.to_json(),
        }


def notice_sections(notices: Notices) -> Iterator[Section]:
    """A section for each kind that there is something to say of."""
    still_open = overdue_words(notices.overdue), awaited_words(notices.awaited)
    if lines := tuple(spell(words) for words in still_open if words):
        yield Section("Games still open", lines)
    if notices.called_off:
        yield Section(
            "Games called off, computed without",
            tuple(_lines_of_called_off(notices.called_off)),
        )
    lacking = [*map(tell_late_start, notices.late_starts)]
    lacking += map(tell_hole, notices.holes)
    if lacking:
        yield Section("Days without a game inside a season", tuple(lacking))
    if behind := tuple(tell_teams_behind(notices.teams_behind)):
        yield Section("Teams with fewer games than the others", behind)
    if lines := tuple(map(tell_uncovered, notices.uncovered)):
        yield Section("Games without rows of a raw table", lines)
    yield from left_out_sections(notices.left_out)


def left_out_sections(left_out: LeftOut) -> Iterator[Section]:
    """What ingest left out and the warehouse still lacks; nothing where it lacks nothing."""
    lines = [
        f"{counted(rows, 'row')}: {reason}" for reason, rows in left_out.rows.items()
    ]
    lines += _lines_of_files("refused", left_out.refused)
    lines += _lines_of_files("not read", left_out.unread)
    if lines:
        yield Section("Known and left out", tuple(lines))


def _lines_of_files(what: str, files: Mapping[str, str]) -> Iterator[str]:
    """A line for each file or folder, the first few of them."""
    listed = list(files.items())
    for file, why in listed[:FILES_NAMED]:
        yield f"{what} {file}: {why}"
    if len(listed) > FILES_NAMED:
        others = counted(len(listed) - FILES_NAMED, "more file or folder", OTHER_FILES)
        yield f"{what} {others}; an ingest of the same folder lists them"


def tell_hole(hole: Hole) -> str:
    """Which days of a season have no game."""
    return (
        f"season {season_name(hole.season)} has no game from {hole.first} to {hole.last} "
        f"({counted(hole.days, 'day')})"
    )


def tell_teams_behind(teams: Sequence[TeamBehind]) -> Iterator[str]:
    """Which teams of a season have far fewer games than the others, the fewest first."""
    for season, of_season in group(teams, attrgetter("season")).items():
        fewest = sorted(of_season, key=attrgetter("games", "team"))
        named = [
            f"{each.team} has {counted(each.games, 'final game')}"
            for each in fewest[:TEAMS_NAMED]
        ]
        if len(fewest) > TEAMS_NAMED:
            others = len(fewest) - TEAMS_NAMED
            have = verb_for(others, "has", "have")
            named.append(f"{counted(others, 'more team')} {have} too few")
        one = of_season[0]
        rest = f"{one.fewest} to {one.most}" if one.fewest < one.most else f"{one.most}"
        yield (
            f"season {season_name(season)}: {', '.join(named)}; other teams have {rest}: "
            "load what they lack"
        )


def tell_uncovered(found: Uncovered) -> str:
    """Which raw table has no rows of how many games, and what loads them."""
    them = verb_for(found.games, "it", "them")
    seasons = f"{noun_for(len(found.seasons), 'season')} {tell_seasons(found.seasons)}"
    games = counted(found.games, "final game")
    more = ""
    if found.gaps:
        gap = noun_for(found.gaps, "which is a gap", "which are gaps")
        more = f", and lacks {found.gaps:,} more, {gap}"
        them = "them"
    lacks = (
        f"{found.raw_table} has no rows of {games} of {seasons}{more}; load {them}: "
    )
    return spell((lacks, INGEST_FILES))


def tell_late_start(start: LateStart) -> str:
    """That a season starts in its middle, and what that means."""
    earlier = int(start.game_id[5:]) - 1
    return (
        f"season {season_name(start.season)} starts with game {start.game_id} on "
        f"{start.first}: by its number up to {counted(earlier, 'earlier game')} "
        f"{verb_for(earlier, 'is', 'are')} not loaded, and averages of the season leave "
        "them out"
    )


def tell_overdue(games: Sequence[DatedGame]) -> str:
    """Which games are overdue."""
    return (
        f"{_subject(games)} neither final nor called off, though later games are final: "
        f"{_named(games)}"
    )


def _subject(games: Sequence[DatedGame]) -> str:
    return f"{counted(len(games), 'game')} {verb_for(len(games), 'is', 'are')}"


def _named(games: Sequence[DatedGame]) -> str:
    """The first of the games, each with its date."""
    named = ", ".join(
        f"{game.game_id} ({game.game_date})" for game in games[:GAMES_NAMED]
    )
    others = len(games) - GAMES_NAMED
    return f"{named} and {others} more" if others > 0 else named


def awaited_words(games: Sequence[DatedGame]) -> Words:
    """Which open games the final games of their dates wait for, and what mends it; nothing without
    one."""
    if not games:
        return ()
    them = verb_for(len(games), "it", "them")
    return (
        f"{_subject(games)} not final, and the final games of the same date wait for {them}: "
        f"{_named(games)}; load {them} again once that is over",
    )


def overdue_words(games: Sequence[DatedGame]) -> Words:
    """Which games are overdue, and what mends it; nothing without one."""
    if not games:
        return ()
    is_one = len(games) == 1
    which = (games[0].game_id,) if is_one else ("--games", "FILE")
    repair = (
        "load it again, or say that it is"
        if is_one
        else "load them again, or say that they are"
    )
    return (
        f"{tell_overdue(games)}; {repair} not played: ",
        Remedy("waive", (*which, "--table", "schedule", "--reason", PLACEHOLDER)),
    )


def _lines_of_called_off(games: Sequence[DatedGame]) -> Iterator[str]:
    """A line for each date, the first few of them."""
    listed = list(group(games, attrgetter("game_date")).items())
    for day, of_day in listed[:DATES_SHOWN]:
        yield f"{day}: {', '.join(map(attrgetter('game_id'), of_day))}"
    if len(listed) > DATES_SHOWN:
        every_game = command_line("report", "--json")
        more = counted(len(listed) - DATES_SHOWN, "more date")
        yield f"and {more}; {every_game} names every game"
