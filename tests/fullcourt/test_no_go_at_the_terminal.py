"""A NO-GO put to the terminal: what counts as a decision to go on, and what does not."""

from __future__ import annotations

import io

import pytest
from rich.progress import Progress

from fullcourt.cli.no_go import ask_at_terminal
from runs.asking import Reply, asker

REASON = "the league publishes it on Monday"


class Terminal(io.StringIO):
    """What a person types when asked."""

    def isatty(self) -> bool:
        return True


def replied(typed: str, monkeypatch: pytest.MonkeyPatch) -> Reply:
    """The reply of somebody who types this and nothing more."""
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setenv("USER", "ann")
    with ask_at_terminal(Progress(disable=True)):
        ask = asker()
        assert ask
        return ask("player", ["cells_done_pct is 90, >= 95 wanted"])


def test_an_override_is_kept_with_its_reason_and_who_gave_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replied(f"override\n  {REASON}\n", monkeypatch) == Reply(True, REASON, "ann")
    assert "cells_done_pct is 90" in capsys.readouterr().err


def test_a_reason_that_says_nothing_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert replied(f"override\nbecause\n{REASON}\n", monkeypatch).reason == REASON


@pytest.mark.parametrize(
    "typed", ["stop\n", "\n", "", "override\n", "override\nbecause\n"]
)
def test_anything_less_than_an_override_with_its_reason_stops(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that broke off must not open a gate."""
    assert replied(typed, monkeypatch) == Reply(False)


def test_where_nobody_sits_at_a_terminal_nobody_is_asked_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("override\n"))
    with ask_at_terminal(Progress(disable=True)):
        assert asker() is None
