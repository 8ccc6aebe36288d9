"""What `dates` prints of a schedule."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planning.calendar import Calendar, date_statuses, season_counts
from planning.open_games import DatedGame
from reports.dates import print_dates
from reports.notices import Notices, notice_sections
from tests.planning.small_calendar import START, game_day

NEXT = START + timedelta(days=1)


def printed(calendar: Calendar, capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """The words of each line, for two dates."""
    asked = (calendar, START, NEXT, 7)
    print_dates(list(date_statuses(*asked)), season_counts(*asked))
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_games_called_off_are_counted_by_season_and_by_date(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The end of a backfill names a few dates; how many games each of all lost is seen here."""
    called_off = game_day(NEXT, called_off_games=("0022400071", "0022400072"))
    lines = printed(Calendar.of([game_day(START), called_off]), capsys)
    season = next(line for line in lines if line[:1] == ["2024"])
    assert season[-2:] == ["4", "2"]
    assert [str(START), str(NEXT), "bootstrap", "2", "4", "2"] in lines
    assert [str(NEXT), "2"] in lines


def test_a_schedule_without_games_called_off_has_no_list_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = printed(Calendar.of([game_day(START), game_day(NEXT)]), capsys)
    assert ["dates", "with", "games", "called", "off"] not in lines


def test_called_off_games_beyond_the_first_dates_are_to_be_had_where_games_are_named() -> (
    None
):
    """`dates` was said to list them, and counts them alone."""
    off = tuple(
        DatedGame(f"002240000{number}", START + timedelta(days=number))
        for number in range(7)
    )
    (section,) = notice_sections(Notices(called_off=off))
    told = "and 2 more dates; fullcourt report --json names every game"
    assert section.lines[-1] == told
