"""Text from data is shown as it stands: no markup on the terminal, no broken row in Markdown."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from fullcourt.cli.progress import RunProgress, counting
from reports.backfill import print_end
from reports.gate import print_verdict
from reports.markdown import table
from reports.terminal import console, grid
from reports.verdicts import verdict_markdown
from runs.events import NoGoOverridden, VerdictReached
from tests.validation.small_case import case, measured, rate, threshold
from validation.verdict import judge

STRANGE = (
    "distinct_values[pct_paint] is 0",
    "ends [/b] here",
    "[red]not red[/red]",
    ":smile:",
)


@pytest.mark.parametrize("text", STRANGE)
def test_the_terminal_shows_a_text_as_it_stands(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four features were dead, and four equal lines named none of them."""
    console().print(text)
    grid("", ("what",), [(text,)])
    assert capsys.readouterr().out.count(text) == 2


@pytest.mark.parametrize("text", STRANGE)
def test_progress_shows_a_text_as_it_stands(text: str) -> None:
    log = io.StringIO()
    shown = RunProgress(Console(file=log, width=140), quiet=False)
    shown(VerdictReached("team", "NO-GO", [text]))
    assert text in log.getvalue()
    with counting("reading", "file") as step:
        step(f"{text}.csv")


def test_a_standing_no_go_says_what_would_change_it() -> None:
    log = io.StringIO()
    shown = RunProgress(Console(file=log, width=200), quiet=False)
    since = datetime(2025, 1, 1, tzinfo=UTC)
    shown(VerdictReached("team", "NO-GO", [], stands_since=since))
    assert (
        "as on 2025-01-01T00:00+00:00: nothing that it measures has changed"
        in log.getvalue()
    )
    assert "it stands until" in log.getvalue()


def test_an_overridden_no_go_says_so_once_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log, reason = io.StringIO(), "due on Monday, they say"
    shown = RunProgress(Console(file=log, width=200), quiet=False)
    since = datetime(2025, 1, 1, tzinfo=UTC)
    standing = VerdictReached(
        "team", "NO-GO", [], stands_since=since, overridden=reason
    )
    shown(standing)
    shown(NoGoOverridden("team", "gate", reason))
    shown(VerdictReached("player", "NO-GO", []))
    shown(NoGoOverridden("player", "gate", reason))
    first, _new, last = log.getvalue().splitlines()
    assert first.startswith(f"team: gate NO-GO, overridden: {reason}; as on 2025")
    assert last == f"player: gate NO-GO, overridden: {reason}"
    print_end({"team": 0}, shown.verdicts, {}, 0, 0, {}, shown.overridden)
    assert f"team   NO-GO, overridden: {reason}" in capsys.readouterr().out


def test_a_cell_and_a_line_stay_on_their_line() -> None:
    assert table(["a"], [["x | y\nz"]]).splitlines() == [
        "| a |",
        "|---|",
        "| x \\| y z |",
    ]


def test_the_error_of_a_check_breaks_no_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = "Binder Error: no column\n\nLINE 1: SELECT [/b] | x\n         ^"
    failed = measured(name="broken", kind="faults", error=error)
    verdict = judge(
        case(rate(96), failed, limits=(threshold(), threshold("broken", at_most=0)))
    )
    rows = [
        line for line in verdict_markdown(verdict).splitlines() if line.startswith("|")
    ]
    assert len(rows) == 3
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}
    print_verdict(verdict)
    assert "[/b]" in capsys.readouterr().out
