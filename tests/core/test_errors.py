"""Errors: what a program sees of them, and how many cells a person is shown."""

from __future__ import annotations

from core.errors import (
    ConfigError,
    FullcourtError,
    GateClosed,
    LockedWarehouseError,
    PhaseIncomplete,
    SourceError,
)


def test_exit_codes_are_those_of_the_command_line() -> None:
    assert FullcourtError.exit_code == 1
    assert {e.exit_code for e in (ConfigError, SourceError, LockedWarehouseError)} == {
        2
    }
    assert GateClosed.exit_code == 3
    assert PhaseIncomplete.exit_code == 4


def test_an_incomplete_phase_names_ten_cells_and_counts_the_rest() -> None:
    error = PhaseIncomplete(
        "player", [f"player_game_summary 2024-11-{d:02d}" for d in range(1, 14)]
    )
    assert str(error).startswith(
        "phase player: 13 cells are gaps: player_game_summary 2024-11-01;"
    )
    assert str(error).endswith("2024-11-10; and 3 more")


def test_a_closed_gate_carries_its_verdict() -> None:
    error = GateClosed(
        "team",
        {"decision": "NO-GO"},
        ["team_offense_game_summary: cells_done_pct >= 95 wanted, is 90"],
    )
    assert error.verdict == {"decision": "NO-GO"}
    assert "cells_done_pct" in str(error)
