"""The log of a flow run: what the warehouse says of its jobs, waves, samples."""

from __future__ import annotations

import logging
from datetime import date

import pytest

from runs.events import SampleJudged, TableDue, WaveStarted
from runs.log_lines import LogLines
from tasks.run_log import WAREHOUSE_LOGGER, hearing_warehouse

DUE = TableDue("player_game_summary", 12, 3400, 20)
NOTHING = TableDue("player_daily_cache", 0, 0, 20)


def test_what_the_warehouse_logs_of_its_jobs_is_repeated_while_a_run_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Retries and adopted jobs went to a logger that nobody saw."""
    run = logging.getLogger("a run")
    caplog.set_level(logging.INFO, run.name)
    jobs = logging.getLogger(f"{WAREHOUSE_LOGGER}.bigquery.jobs")
    with hearing_warehouse(run):
        jobs.info("job %s was submitted before: adopted", "j1")
    jobs.warning("after the run")
    told = [record.getMessage() for record in caplog.records if record.name == run.name]
    assert told == ["job j1 was submitted before: adopted"]


def test_a_wave_is_a_line_and_a_phase_begins_once() -> None:
    lines = LogLines()
    told = [*lines.of(WaveStarted("player", [DUE, NOTHING]))]
    assert told == [
        "player: begins",
        "  wave: player_game_summary 12 dates, 3,400 rows expected",
    ]
    assert [*lines.of(WaveStarted("player", [NOTHING]))] == []


def test_a_sample_says_what_it_broke_on() -> None:
    picked = {date(2024, 11, 1): "busiest"}
    judged = SampleJudged("player", "NO-GO", picked, 30, ["minutes are 0"])
    first, *rest = LogLines().of(judged)
    assert first.startswith("player: sample NO-GO: 1 of 30 dates (2024-11-01 busiest)")
    assert rest == ["  minutes are 0"]
