"""Say of a closed gate that overdue games lie behind it, where they do."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import GateClosed, PhaseIncomplete
from planning.open_games import DatedGame
from reports.notices import overdue_words
from validation.verdict import Verdict

CLOSED_BY_GAPS = frozenset(
    {
        "cells_done_pct",
        "keys_present_pct",
        "games",
        "player_rows",
        "games_covered_pct",
        "table_completeness",
        "date_gaps",
        "monthly_volume",
    }
)
"""Checks that count what is there: dates behind an overdue
game close them, and nothing wrong does."""


def with_overdue(closed: GateClosed, games: Sequence[DatedGame]) -> GateClosed:
    """The NO-GO with the overdue games named first;
    it ends as gaps do where it counts gaps alone."""
    if not games:
        return closed
    told = GateClosed(
        closed.phase, closed.verdict, closed.breaches, overdue_words(games)
    )
    if _counts_gaps_alone(Verdict.model_validate(closed.verdict)):
        told.exit_code = PhaseIncomplete.exit_code
    return told


def _counts_gaps_alone(verdict: Verdict) -> bool:
    """Whether each limit that closes the gate is one on gaps."""
    return all(
        breach.threshold.measurement in CLOSED_BY_GAPS for breach in verdict.blocking
    )
