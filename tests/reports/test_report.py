"""The final report says what was decided, what is there,
what is not and why, and what to run next."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from planning.coverage import Coverage
from planning.eta import Counted, Estimate, Outturn, TableTime
from planning.overrides import Override
from planning.reasons import AttemptEnded, Cause, Reason, Span, WaitsFor
from planning.selection import Selection
from planning.waivers import Waiver
from reports.breaches import LINES
from reports.report import Report, final_markdown, sections
from reports.sections import print_sections
from reports.status import coverage_json, tell_done
from tests.validation.small_case import case, made, rate, threshold
from validation.changes import changes
from validation.verdict import Verdict, judge

TABLE, AT = "player_game_summary", datetime(2025, 1, 2, tzinfo=UTC)
DAYS = [date(2024, 11, 1) + timedelta(days=n) for n in range(60)]
GO, NO_GO = judge(case(rate(100))), judge(case(rate(90)))
OVERRIDE = Override(
    verdict_id="abcdefgh",
    phase="player",
    reason="box scores come on Monday",
    decided_at=AT,
)


def coverage(**changes: Any) -> Coverage:
    facts: dict[str, Any] = {"table": TABLE, "phase": "player", "season": 2024}
    facts |= {"done": 60, "rows": 600, "gaps": 0}
    return Coverage(
        **facts | {"games": 120, "games_held": 100, "games_possible": 110} | changes
    )


def with_gaps() -> Coverage:
    reasons = {
        str(day): WaitsFor("a", Span(DAYS[0], day, number))
        for number, day in enumerate(DAYS, 1)
    }
    return coverage(
        done=0,
        gaps=60,
        reasons=reasons,
        stands=dict.fromkeys(reasons, "upstream_missing"),
    )


def report(verdict: Verdict | None = GO, **changes: Any) -> Report:
    facts: dict[str, Any] = {
        "selection": Selection(),
        "made_at": AT,
        "code_version": "abc1234",
    }
    facts |= {"verdicts": {"player": verdict}, "coverage": [coverage()]}
    return Report(**facts | changes)


def written(found: Report) -> str:
    return final_markdown(found)


def row(text: str, first: str) -> list[str]:
    """The cells of the only row of the report's tables that begins so."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_sixty_cells_with_one_cause_are_one_line_of_the_report() -> None:
    text = written(report(coverage=[with_gaps()]))
    gaps = text.partition("## Gaps")[2].partition("## ")[0]
    assert gaps.count(TABLE) == 1
    assert (
        f"| {TABLE} | 2024 | upstream_missing | 60 | {DAYS[0]} | {DAYS[59]} |" in gaps
    )


def test_coverage_stands_against_the_most_that_the_schedule_allows() -> None:
    text = written(
        report(
            coverage=[coverage(), coverage(season=2023, done=0, gaps=60, games_held=20)]
        )
    )
    assert row(text.partition("## Coverage")[2], TABLE) == [
        *(TABLE, "60", "120", "50.0 %"),
        *("120", "240", "50.0 %", "91.7 %", "-"),
    ]


def test_what_let_more_through_is_read_before_what_was_measured() -> None:
    """A gate that opened because its limit was lowered must not look like one that was passed."""
    before, now = {TABLE: (threshold(at_least=95),)}, {TABLE: (threshold(at_least=40),)}
    relaxed = judge(case(rate(90), limits=now[TABLE], changes=changes(before, now)))
    text = written(report(relaxed, overrides=[OVERRIDE]))
    told = [line for line in text.splitlines() if line.startswith("- ")]
    assert "relaxed since the verdict before" in told[0]
    assert "override in force" in told[1]
    assert "box scores come on Monday" in told[1]
    assert (
        text.index("override in force")
        < text.index("| phase |")
        < text.index("## Coverage")
    )


def test_a_closed_gate_says_on_what_and_only_the_first_of_many_breaches() -> None:
    limits = tuple(threshold(f"rate_{n}") for n in range(8))
    many = judge(case(*(rate(90, name=f"rate_{n}") for n in range(8)), limits=limits))
    text = written(report(many))
    assert "| player | NO-GO |" in text
    assert text.count("- player: block: ") == LINES
    assert "- player: and 3 more checks; fullcourt gate player lists them" in text


def test_what_closes_a_gate_stands_before_what_warns() -> None:
    warned = tuple(threshold(f"rate_{n}", "warn") for n in range(6))
    many = judge(
        case(
            *(rate(90, name=f"rate_{n}") for n in range(6)),
            rate(90),
            limits=(*warned, threshold()),
        )
    )
    assert "- player: block: " in written(report(many))


def test_a_sample_that_failed_is_not_taken_for_the_gate() -> None:
    sample = judge(case(rate(90), made=made(stage="sample")))
    assert "| player | NO-GO (sample) |" in written(report(sample))


def test_a_phase_that_nobody_judged_is_not_left_out() -> None:
    assert row(written(report(None)), "player")[1] == "not judged"


def test_a_verdict_that_is_older_than_its_tables_says_so() -> None:
    """A GO of yesterday says nothing of what was computed today."""
    later = TableTime(TABLE, 1, 10, 1.0, GO.made.decided_at + timedelta(hours=1))
    earlier = TableTime(TABLE, 1, 10, 1.0, GO.made.decided_at - timedelta(hours=1))
    assert (
        row(written(report(times=[later])), "player")[1]
        == "GO, before the last computation"
    )
    assert row(written(report(times=[earlier])), "player")[1] == "GO"


def test_a_run_says_what_it_took_what_was_estimated_and_which_tables_are_slow() -> None:
    outturn = Outturn(Estimate(20, 40, 9), 31.0, Counted(60, 600), Counted(60, 600))
    slow = TableTime(TABLE, 4, 1_200, 8.0, AT)
    text = written(report(seconds={"player": 12.34}, times=[slow], outturn=outturn))
    assert row(text, "player")[5] == "12.3"
    assert "first estimated 20–40 s, took 31 s" in text
    assert row(text.partition("## Times")[2], TABLE)[1:5] == [
        "4",
        "1,200",
        "8.00",
        "150",
    ]


def test_waivers_in_force_are_listed_with_their_reasons() -> None:
    waiver = Waiver("0022400001", "player_box", "never published", True, AT)
    assert "- game 0022400001 has no player_box: never published" in written(
        report(waivers=[waiver])
    )


def test_a_cause_cannot_break_the_table_that_it_stands_in() -> None:
    failed = Reason(Cause.FAILED, AttemptEnded("Error", "a|b\nc", 1))
    torn = coverage(
        gaps=1, reasons={str(DAYS[0]): failed}, stands={str(DAYS[0]): "failed"}
    )
    assert "| Error: a\\|b c (attempt 1) |" in written(report(coverage=[torn]))


def test_the_terminal_and_the_file_say_the_same(capsys: Any) -> None:
    found = report(NO_GO, coverage=[with_gaps()], overrides=[OVERRIDE])
    print_sections(sections(found))
    out = capsys.readouterr().out
    for said in (
        "NO-GO",
        "box scores come on Monday",
        "upstream_missing",
        "What to run next",
    ):
        assert said in out
        assert said in written(found)


def test_a_program_reads_the_same_as_plain_data() -> None:
    found = report(
        NO_GO, coverage=[with_gaps()], overrides=[OVERRIDE], seconds={"player": 1.239}
    )
    told = json.loads(json.dumps(found.to_json()))
    assert told["gates"]["player"]["decision"] == "NO-GO"
    assert told["gates"]["player"]["breaches"]
    assert [(gap["cells"], gap["first"]) for gap in told["gaps"]] == [
        (60, str(DAYS[0]))
    ]
    assert told["seconds"] == {"player": 1.24}
    assert [step["command"] for step in told["next"]] == [
        step.command for step in found.steps
    ]


def test_the_verdict_before_training_stands_among_the_gates_with_its_own_command() -> (
    None
):
    broken = [rate(50, name=f"rate_{n}") for n in range(9)]
    limits = tuple(threshold(f"rate_{n}") for n in range(9))
    verdict = judge(case(*broken, limits=limits, phase="train"))
    text = written(report(training=verdict))
    assert "| train | NO-GO |" in text
    assert "train check lists them" in text
    assert report(training=verdict).to_json()["gates"]["train"]["decision"] == "NO-GO"
    assert "train" not in report().to_json()["gates"]


def test_the_first_line_of_a_status_says_whether_all_is_done() -> None:
    """Nobody could tell from two tables whether there was anything left to do."""
    whole, closed = [coverage(done=60)], {"team": GO, "player": NO_GO}
    assert tell_done(whole, {"player": GO}, []) == (
        "done: 60 of 60 cells; every gate is open"
    )
    waiting = coverage(done=60, outcomes={"not_final": 2, "bootstrap": 14})
    assert "; 2 wait for games to be final; " in tell_done([waiting], {}, [])
    assert tell_done(whole, closed, []) == "done: 60 of 60 cells; player: NO-GO"
    assert tell_done(whole, {"player": None}, []) == (
        "done: 60 of 60 cells; not judged: player"
    )
    found = report(coverage=[with_gaps()])
    assert tell_done(found.coverage, {"player": GO}, found.causes) == (
        "not done: 0 of 60 cells: 60 gaps, 1 cause"
    )


def test_done_of_and_share_agree_where_a_date_waits_whose_games_were_played() -> None:
    """1 of 1 was told as 50 %."""
    part = coverage(done=1, played_waiting=1, outcomes={"not_final": 1})
    found = report(coverage=[part])
    assert row(written(found), TABLE)[1:4] == ["1", "2", "50.0 %"]
    told = coverage_json(part)
    assert (told["done"], told["processable"], told["percent"]) == (1, 2, 50)
    assert found.gaps == []
    assert tell_done([part], {"player": GO}, []) == (
        "not done: 1 of 2 cells; 1 waits for games to be final; every gate is open"
    )
