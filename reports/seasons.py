"""Seasons as people write them."""

from __future__ import annotations

from collections.abc import Iterable


def season_name(season: int) -> str:
    """A season by the years that it begins and ends in: `2023-24`."""
    return f"{season}-{(season + 1) % 100:02d}"


def tell_seasons(seasons: Iterable[int]) -> str:
    """Seasons in order, a run of three or more by its first and last."""
    runs: list[list[int]] = []
    for season in sorted(seasons):
        if runs and season == runs[-1][-1] + 1:
            runs[-1].append(season)
        else:
            runs.append([season])
    told: list[str] = []
    for run in runs:
        names = [season_name(season) for season in run]
        told += names if len(run) < 3 else [f"{names[0]} to {names[-1]}"]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
