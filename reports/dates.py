"""`dates`: the seasons of a schedule and what each of its dates is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.terminal import grid


def print_dates(
    listed: Sequence[dict[str, Any]], counts: Sequence[dict[str, Any]]
) -> None:
    """The counts per season, and the dates in runs of one status."""
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
    )
    grid(
        "seasons",
        columns,
        ([str(c["season"]), *(c[name] for name in columns[1:])] for c in counts),
    )
    runs: list[list[Any]] = []
    for day in listed:
        if runs and runs[-1][2] == day["status"] and runs[-1][5] == day["season"]:
            runs[-1][1] = day["date"]
            runs[-1][3] += 1
            runs[-1][4] += day["games"]
        else:
            runs.append(
                [
                    day["date"],
                    day["date"],
                    day["status"],
                    1,
                    day["games"],
                    day["season"],
                ]
            )
    grid("dates", ("from", "to", "status", "days", "games"), (run[:5] for run in runs))
