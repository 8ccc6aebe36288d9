"""`dates`: the seasons of a schedule and what each of its dates is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from reports.terminal import grid


def print_dates(
    listed: Sequence[dict[str, Any]], counts: Sequence[dict[str, Any]]
) -> None:
    """The counts per season, the dates in runs of one status, and those with games called off."""
    columns = (
        "season",
        "calendar_days",
        "game_dates",
        "bootstrap",
        "processable",
        "not_final",
        "held_by_open_game",
        "covered_dates",
        "games",
        "called_off_games",
    )
    rows: list[tuple[Any, ...]] = []
    for of_season in counts:
        season, *numbers = itemgetter(*columns)(of_season)
        rows.append((str(season), *numbers))
    grid("seasons", columns, rows)
    header = ("from", "to", "status", "days", "games", "called_off_games")
    grid("dates", header, _runs(listed))
    _print_called_off([day for day in listed if day["called_off_games"]])


def _print_called_off(listed: Sequence[dict[str, Any]]) -> None:
    """The dates with games called off, and how many of each."""
    columns = ("date", "called_off_games")
    if listed:
        rows = map(itemgetter(*columns), listed)
        grid("dates with games called off", columns, rows)


def _runs(listed: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Dates of one status and season that follow each other: the first, the last, their games and
    how many more were called off."""
    for (status, _), run in groupby(listed, key=itemgetter("status", "season")):
        days = list(run)
        games = sum(map(itemgetter("games"), days))
        called_off = sum(map(itemgetter("called_off_games"), days))
        yield days[0]["date"], days[-1]["date"], status, len(days), games, called_off
