"""`waive`: the waivers in force."""

from __future__ import annotations

from collections.abc import Sequence

from planning.waivers import SCHEDULE, Waiver
from reports.terminal import grid


def print_waivers(in_force: Sequence[Waiver]) -> None:
    """Games that count as not covered, with the reason; nothing when there are none."""
    if in_force:
        rows = [
            (w.game_id, w.raw_table, f"{w.waived_at:%Y-%m-%d}", w.reason)
            for w in in_force
        ]
        grid("waivers in force", ("game", "has no", "since", "reason"), rows)


def tell_waiver(waiver: Waiver) -> str:
    """Which game lacks what, and why that is accepted."""
    what = f"has no {waiver.raw_table}"
    if waiver.raw_table == SCHEDULE:
        what = "is not played"
    return f"game {waiver.game_id} {what}: {waiver.reason}"
