"""The page's section on runs: facts in words, and nothing of them read as HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from planning.eta import Counted, Estimate, Outturn
from planning.run_history import RunRecord, TableWork
from reports.page.frame import PageFacts, page_html
from reports.page.runs import (
    NO_END,
    TRACK,
    RunFacts,
    RunsFacts,
    runs_section,
    tell_bytes,
)

AT = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)
PHASES = {"scores": "team", "form": "context"}
WORK = TableWork(
    run_id="run-of-january",
    table="scores",
    batches=2,
    cells=10,
    unchanged=4,
    quarantined=0,
    failed=0,
    rows=300,
    seconds=2.0,
    billed_bytes=None,
    started_at=AT,
    finished_at=AT + timedelta(seconds=2),
    code_version="abc123",
)
FORM = replace(
    WORK,
    table="form",
    quarantined=1,
    failed=2,
    started_at=AT + timedelta(seconds=6),
    finished_at=AT + timedelta(seconds=8),
)
PLAN = Outturn(Estimate(6.0, 12.0, 5), 0.0, Counted(40, 600), Counted(0, 0))
OUTTURN = Outturn(Estimate(6.0, 12.0, 5), 8.0, Counted(20, 600), Counted(20, 600))


def run(outturn: Outturn | None = OUTTURN, selection: str = "all tables") -> RunFacts:
    """A run of both tables, with a record or without one."""
    record = RunRecord("run-of-january", selection, AT, outturn) if outturn else None
    return RunFacts("run-of-january", (WORK, FORM), record)


def text_of(facts: RunsFacts) -> str:
    """The page with the section alone."""
    return page_html(PageFacts("duckdb:x", AT, "abc", runs=facts))


def test_without_a_run_the_section_says_so() -> None:
    assert runs_section(None).absent
    assert runs_section(RunsFacts((), PHASES)).absent


def test_a_run_is_told_with_its_cells_and_what_stayed_as_it_was() -> None:
    (shown,) = runs_section(RunsFacts((run(),), PHASES)).shown["runs"]
    assert (shown["cells"], shown["unchanged"], shown["amiss"]) == ("20", "8 (40 %)", 3)
    assert (shown["took"], shown["estimate"]) == ("8.0 s", "6.0–12 s")
    assert shown["against"].is_inside


def test_each_table_stands_in_its_phase_on_the_runs_own_track() -> None:
    (shown,) = runs_section(RunsFacts((run(),), PHASES)).shown["runs"]
    team, context = shown["phases"]
    assert (team.phase, context.phase) == ("team", "context")
    first, last = team.rows[0], context.rows[0]
    assert (first.bar.x, first.bar.width) == (0, TRACK / 4)
    assert last.bar.x + last.bar.width == TRACK
    assert list(last.cells[3:]) == ["4 (40 %)", "1 quarantined, 2 failed", "300", "150"]


@pytest.mark.parametrize(
    ("seconds", "inside"), [(5.9, False), (6.0, True), (13, False)]
)
def test_a_time_beyond_the_estimate_is_marked(seconds: float, inside: bool) -> None:
    facts = RunsFacts((run(replace(OUTTURN, seconds=seconds)),), PHASES)
    (shown,) = runs_section(facts).shown["runs"]
    against = shown["against"]
    assert against.is_inside == inside
    assert 0 <= against.took <= TRACK
    assert against.estimate.x + against.estimate.width <= TRACK


def test_an_older_run_says_that_its_estimate_was_not_kept() -> None:
    html = text_of(RunsFacts((run(None),), PHASES))
    assert "A first estimate is not kept of runs of an earlier version" in html
    assert 'class="against"' not in html
    assert "8.0 s" in html


def test_a_run_without_an_end_says_so_and_what_it_left() -> None:
    record = RunRecord("run-of-january", "all tables", None, PLAN, began_at=AT)
    facts = RunsFacts((RunFacts("run-of-january", (WORK, FORM), record),), PHASES)
    (shown,) = runs_section(facts).shown["runs"]
    # Of 40 cells that were planned 20 were published and 3 tried in vain.
    assert shown["ended"] == f"{NO_END}; 17 of at most 40 planned cells left"
    assert (shown["took"], shown["against"]) == ("8.0 s", None)
    assert text_of(facts).count(NO_END) == 2


def test_a_run_that_was_killed_before_its_first_batch_is_there() -> None:
    record = RunRecord("killed", "all tables", None, None, began_at=AT)
    facts = RunsFacts((RunFacts("killed", (), record),), PHASES)
    (shown,) = runs_section(facts).shown["runs"]
    assert (shown["started"], shown["ended"]) == ("2025-01-02 03:04", NO_END)
    assert "It published nothing." in text_of(facts)


@pytest.mark.parametrize(
    ("ending", "words"),
    [("Completed", "done"), ("NO-GO", "NO-GO"), ("", "ended, how was not kept")],
)
def test_a_run_says_how_it_ended(ending: str, words: str) -> None:
    record = RunRecord("run-of-january", "all tables", AT, OUTTURN, AT, ending)
    facts = RunsFacts((RunFacts("run-of-january", (WORK,), record),), PHASES)
    assert runs_section(facts).shown["runs"][0]["ended"] == words


def test_a_first_run_had_nothing_to_estimate_from() -> None:
    (shown,) = runs_section(
        RunsFacts((run(replace(OUTTURN, estimate=None)),), PHASES)
    ).shown["runs"]
    assert shown["estimate"].startswith("none")
    assert shown["against"] is None


def test_bytes_and_dollars_are_told_where_something_is_billed() -> None:
    billed = tuple(replace(work, billed_bytes=3 * 2**30) for work in (WORK, FORM))
    facts = RunsFacts((RunFacts("r", billed, None, 0.0366),), PHASES, is_billed=True)
    html = text_of(facts)
    assert "3.0 GB" in html
    assert "$0.0366" in html
    assert "bytes billed" not in text_of(RunsFacts((run(),), PHASES))


@pytest.mark.parametrize(
    ("count", "words"),
    [(None, "-"), (0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KB"), (2**41, "2.0 TB")],
)
def test_an_amount_of_bytes_is_told_in_its_unit(count: int | None, words: str) -> None:
    assert tell_bytes(count) == words


def test_what_was_asked_for_is_never_read_as_html() -> None:
    html = text_of(RunsFacts((run(selection="<script>alert(1)</script>"),), PHASES))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
