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
    verdict = Verdict.model_validate(closed.verdict)
    if all(
        breach.threshold.measurement in CLOSED_BY_GAPS for breach in verdict.blocking
    ):
        told.exit_code = PhaseIncomplete.exit_code
    return told
