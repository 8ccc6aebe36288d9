"""Days that were never downloaded leave no gap where the
schedule has the same files: they are told."""

from __future__ import annotations

from datetime import date, timedelta

from planning.calendar import Calendar, GameDay
from planning.holes import TeamBehind, holes, late_starts, teams_behind
from reports.notices import tell_hole, tell_late_start, tell_teams_behind
from tests.planning.small_calendar import START, game_day


def numbered(offset: int, number: int, start: date = START) -> GameDay:
    """A game day that many days into a season, its first regular game of that number."""
    game = f"002{start.year % 100}{number:05d}"
    return game_day(start + timedelta(days=offset), start, first_regular_game=game)


def told(*days: GameDay) -> list[str]:
    calendar = Calendar.of(days)
    return [tell_hole(hole) for hole in holes(calendar)]


def test_ten_days_without_a_game_are_a_hole_and_a_week_is_a_break() -> None:
    assert told(numbered(0, 61), numbered(7, 90)) == []
    assert told(numbered(0, 61), numbered(11, 90)) == [
        "season 2024-25 has no game from 2024-10-23 to 2024-11-01 (10 days)"
    ]


def test_days_without_a_game_are_a_hole_where_a_season_plays_nearly_daily() -> None:
    """In a league that plays twice a week, three days without a game are none."""
    daily = [numbered(day, 61 + day) for day in range(12)]
    assert told(*daily, numbered(14, 90)) == []
    assert told(*daily, numbered(15, 90)) == [
        "season 2024-25 has no game from 2024-11-03 to 2024-11-05 (3 days)"
    ]
    assert told(*daily[:9], numbered(12, 90)) == []
    assert told(*(numbered(4 * number, 61) for number in range(12))) == []


def test_teams_far_behind_the_others_are_told_the_fewest_first() -> None:
    games = dict.fromkeys(map(str, range(29)), 20) | {"0": 17, "BOS": 5}
    (behind,) = teams_behind({2024: games, 2023: {"BOS": 82, "NYK": 82}})
    assert behind == TeamBehind(2024, "BOS", 5, 17, 20)
    assert list(tell_teams_behind([behind])) == [
        "season 2024-25: BOS has 5 final games; other teams have 17 to 20: load what they lack"
    ]
    many = [TeamBehind(2024, team, 1, 20, 20) for team in "ABCDE"]
    (sentence,) = tell_teams_behind(many)
    assert "C has 1 final game, 2 more teams have too few; " in sentence


def test_the_summer_and_the_play_offs_are_no_holes() -> None:
    earlier = date(2023, 10, 24)
    playoffs = game_day(START + timedelta(days=40))
    assert told(numbered(0, 1230, earlier), numbered(0, 61), playoffs) == []


def test_a_season_that_starts_with_a_high_number_starts_in_its_middle() -> None:
    calendar = Calendar.of([numbered(71, 464), numbered(72, 470)])
    (start,) = late_starts(calendar)
    assert tell_late_start(start).startswith(
        "season 2024-25 starts with game 0022400464 on 2025-01-01: "
        "by its number up to 463"
    )
    assert list(late_starts(Calendar.of([numbered(0, 61), numbered(1, 300)]))) == []
