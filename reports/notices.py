"""What a reader of a status or report has to know besides:
games not played, holes, rows left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planning.holes import Hole, LateStart
from planning.open_games import DatedGame, in_words
from reports.sections import Section

DATES_SHOWN = 5
"""Dates with called-off games that are listed."""


@dataclass(frozen=True)
class Notices:
    """Facts about the schedule and what was loaded that no count of cells shows.

    `overdue`: open games that hold dates back. `called_off`: games that are not played. `left_out`:
    rows that ingest rejected, by reason.
    """

    overdue: Sequence[DatedGame] = ()
    called_off: Sequence[DatedGame] = ()
    holes: Sequence[Hole] = ()
    late_starts: Sequence[LateStart] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "overdue_games": [game.to_json() for game in self.overdue],
            "called_off_games": [game.to_json() for game in self.called_off],
            "days_without_games": [str(hole) for hole in self.holes],
            "late_starts": [str(start) for start in self.late_starts],
            "left_out": dict(self.left_out),
        }


def notice_sections(notices: Notices) -> Iterator[Section]:
    """A section for each kind that there is something to say of."""
    if notices.overdue:
        yield Section("Games still open", (in_words(notices.overdue),))
    if notices.called_off:
        yield Section("Games called off, computed without", tuple(_called_off(notices.called_off)))
    lacking = [*map(str, notices.late_starts), *map(str, notices.holes)]
    if lacking:
        yield Section("Days without a game inside a season", tuple(lacking))
    if notices.left_out:
        listed = notices.left_out.items()
        yield Section(
            "Known and left out", tuple(f"{rows:,} rows: {reason}" for reason, rows in listed)
        )


def _called_off(games: Sequence[DatedGame]) -> Iterator[str]:
    """A line for each date, the first few of them."""
    dates: dict[date, list[str]] = {}
    for game in games:
        dates.setdefault(game.game_date, []).append(game.game_id)
    listed = list(dates.items())
    for day, ids in listed[:DATES_SHOWN]:
        yield f"{day}: {', '.join(ids)}"
    if len(listed) > DATES_SHOWN:
        yield f"and {len(listed) - DATES_SHOWN} more dates; fullcourt dates counts them all"
