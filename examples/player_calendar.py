"""A player's calendar: the dates on which he was expected, whether he played, what he scored.

python examples/player_calendar.py duckdb:seasons.duckdb 2544 2024-10-22 2024-11-30
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any

import fullcourt

EXPECTED = ("game_date", "player_id", "team", "opponent", "days_rest")
PLAYED = ("game_date", "player_id", "team", "minutes_played", "pts")


def of_player(rows: fullcourt.Rows, player: int) -> dict[date, dict[str, Any]]:
    """Date -> the player's row of it."""
    return {
        row["game_date"]: row for row in rows.to_pylist() if row["player_id"] == player
    }


def calendar(
    warehouse: fullcourt.Warehouse, player: int, start: str, end: str
) -> Iterator[str]:
    """A line for each date on which he was expected, or played."""
    context = warehouse.table("upcoming_player_game_context")
    summary = warehouse.table("player_game_summary")
    expected = of_player(context.between(start, end, columns=EXPECTED), player)
    played = of_player(summary.between(start, end, columns=PLAYED), player)
    for day in sorted({*expected, *played}):
        before, after = expected.get(day), played.get(day)
        told = f"{before['team']}-{before['opponent']}" if before else "not expected"
        if after is None:
            yield f"{day}  {told:<12}  did not play"
        else:
            scored = (
                f"{after['pts']:>3} points in {after['minutes_played']:.0f} minutes"
            )
            yield f"{day}  {told:<12}  {scored} for {after['team']}"


def main() -> None:
    """Print the calendar; where there is none, say why the first date has no row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("player", type=int)
    parser.add_argument("start")
    parser.add_argument("end")
    asked = parser.parse_args()
    with fullcourt.open(asked.address) as warehouse:
        lines = list(calendar(warehouse, asked.player, asked.start, asked.end))
        if not lines:
            found = warehouse.why("upcoming_player_game_context", asked.start)
            lines = [
                f"nothing; of {asked.start} the warehouse says: {found.standing.outcome}"
            ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
