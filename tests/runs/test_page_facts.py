"""The page shows what the warehouse says, and one that cannot be written harms nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from planning.coverage import coverage_of
from planning.selection import Selection
from reports.page.calendar import gap_causes
from reports.page.kept import page_markdown, tell_lost
from runs.judge import judge_phase
from runs.page.calendar import collect_calendar
from runs.page.gates import collect_gates
from runs.page.keep import keep_page, keeping_pages, pages_folder
from runs.page.overview import collect_raw
from runs.page.page import collect_page
from runs.report import final_report
from runs.survey import scope_of, survey
from tests.loop import open_warehouse
from validation.stored import read_verdicts
from warehouse.duckdb import DuckDBWarehouse


def test_the_calendar_counts_the_cells_as_status_does(
    warehouse: DuckDBWarehouse,
) -> None:
    facts = collect_calendar(survey(warehouse))
    shown: Counter[tuple[str, int, str]] = Counter()
    for part in facts.tables:
        for day, cell in zip(facts.days, part.cells, strict=True):
            shown[part.table, day.season, cell.stands] += 1
    expected: Counter[tuple[str, int, str]] = Counter()
    for covered in coverage_of(scope_of(warehouse, Selection())):
        for outcome, cells in {"done": covered.done, **covered.outcomes}.items():
            expected[covered.table, covered.season, outcome] += cells
    assert +shown == +expected
    assert {"done", "missing"} <= {stands for _, _, stands in shown}


def test_a_date_that_lacks_raw_data_says_so_though_its_cells_are_done(
    warehouse: DuckDBWarehouse,
) -> None:
    planner = survey(warehouse)
    raw = collect_raw(planner)
    day = next(day for day, rows in raw.rows_by_date["shots"].items() if rows)
    without = {**raw.rows_by_date["shots"], day: 0}
    lacking = replace(raw, rows_by_date={**raw.rows_by_date, "shots": without})
    marked = [each for each in collect_calendar(planner, lacking).days if each.lacks]
    assert [(each.day, each.lacks) for each in marked] == [
        (day, ("shots has no rows",))
    ]
    assert not any(each.lacks for each in collect_calendar(planner, raw).days)


def test_every_gap_stands_with_one_cause(warehouse: DuckDBWarehouse) -> None:
    facts = collect_calendar(survey(warehouse))
    report = final_report(warehouse, Selection())
    causes = gap_causes(facts)
    assert sum(cause.cells for cause in causes) == sum(
        part.gaps for part in report.coverage
    )
    assert all(cause.sentence for cause in causes)


def test_a_cell_says_its_rows_and_its_last_attempt(warehouse: DuckDBWarehouse) -> None:
    facts = collect_calendar(survey(warehouse))
    done = facts.tables[0].cells[0]
    assert (done.stands, done.rows) == ("done", done.expected)
    assert done.rows > 0
    assert done.attempt is not None
    assert (done.attempt.number, done.attempt.run_id) == (1, "loop")
    assert facts.tables[-1].cells[-1].attempt is None


def test_a_gate_is_shown_month_by_month_with_what_breaks_its_limits(
    warehouse: DuckDBWarehouse,
) -> None:
    verdict = judge_phase(warehouse, "team", Selection())
    page = collect_page(warehouse)
    assert page.gates is not None
    (gate,) = page.gates.phases
    assert (gate.phase, gate.verdict.decision) == ("team", "NO-GO")
    assert [past.decision for past in gate.history] == ["NO-GO"]
    broken = {
        (one.measurement.table, one.measurement.what)
        for one in gate.measurements
        if one.broken
    }
    assert broken == {(breach.table, breach.what) for breach in verdict.breaches}
    done = next(
        one
        for one in gate.measurements
        if one.measurement.what == "cells_done_pct" and one.broken
    )
    assert {month.value for month in done.months} == {0.0}
    assert {month.broken for month in done.months} == {"block"}


def test_months_that_the_last_verdict_did_not_judge_come_from_the_one_before(
    warehouse: DuckDBWarehouse,
) -> None:
    def months_shown() -> list[list[str]]:
        (gate,) = collect_gates(warehouse, ["team"]).phases
        return [[month.month for month in one.months] for one in gate.measurements]

    last = survey(warehouse).calendar.last
    judge_phase(warehouse, "team", Selection(start=last, end=last))
    of_a_day = months_shown()
    judge_phase(warehouse, "team", Selection())
    of_all = months_shown()
    judge_phase(warehouse, "team", Selection(start=last, end=last))
    assert sum(map(len, of_a_day)) < sum(map(len, months_shown()))
    assert set(chain(*months_shown())) == set(chain(*of_all))


def test_earlier_verdicts_that_tell_no_other_month_are_not_read(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading three of each phase would take a fourth of what the gates of a page take."""
    ids = [
        judge_phase(warehouse, "team", Selection()).made.verdict_id for _ in range(3)
    ]
    read: list[str] = []

    def noted(records: Iterable[Mapping[str, Any]]) -> Any:
        records = list(records)
        read.extend(record["made"]["verdict_id"] for record in records)
        return read_verdicts(records)

    monkeypatch.setattr("runs.page.gates.read_verdicts", noted)
    collect_gates(warehouse, ["team"])
    assert read == ids[-1:]


def test_a_warehouse_without_a_schedule_has_a_page_that_says_so() -> None:
    empty = open_warehouse()
    page = collect_page(empty)
    assert (page.overview, page.calendar, page.gates) == (None, None, None)
    empty.close()


def test_pages_of_one_run_replace_each_other_and_those_of_two_do_not(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    report = final_report(warehouse, Selection())
    with keeping_pages(tmp_path):
        first = keep_page(warehouse, report)
        again = keep_page(warehouse, report, first)
        other = keep_page(warehouse, report)
    assert first.path is not None
    assert other.path is not None
    assert first == again != other
    assert other.path.name == first.path.name.replace(".html", "-2.html")
    assert first.path.as_uri() in page_markdown(first)


def test_a_verdict_of_another_form_is_left_out_of_the_history(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that another version wrote took the whole page away."""
    judge_phase(warehouse, "team", Selection())
    (known,) = warehouse.verdicts("team")
    others = [{"made": 3}, {**known, "decision": "PERHAPS"}, {"made": known["made"]}]
    monkeypatch.setattr(warehouse, "verdicts", lambda phase, limit=20: [*others, known])
    (gate,) = collect_gates(warehouse, ["team"]).phases
    assert [past.decision for past in gate.history] == ["NO-GO"]
    assert gate.verdict.made.verdict_id == known["made"]["verdict_id"]


def test_a_page_that_cannot_be_written_is_a_sentence_and_no_error(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    """A run of an hour would have ended as failed for want of its picture."""
    (tmp_path / "reports").write_text("in the way")
    with keeping_pages(tmp_path):
        lost = keep_page(warehouse, final_report(warehouse, Selection()))
    assert lost.path is None
    assert "FileExistsError" in lost.lost
    assert "the run itself is done" in tell_lost(lost.lost)
    assert "fullcourt page" in page_markdown(lost)


def test_a_worker_keeps_pages_only_in_a_home_that_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker's working directory is no place to fill with files."""
    assert pages_folder() is None
    monkeypatch.setenv("FULLCOURT_HOME", str(tmp_path))
    assert pages_folder() == tmp_path / "reports"
