"""Whether a table may be used is one line: whole through which date, but for which, its gate."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from planning.coverage import Coverage
from planning.overrides import Override
from planning.reasons import Cause, NeverComputed, Reason
from planning.selection import Selection
from reports.page.overview import headline
from reports.page.use import Use, UseFacts, uses
from reports.report import Report
from tests.validation.small_case import case, rate, threshold
from validation.extent import Extent
from validation.verdict import Verdict, judge

AT = datetime(2025, 1, 2, tzinfo=UTC)
LAST, WHOLE = date(2025, 1, 1), date(2024, 11, 3)
GO, NO_GO = judge(case(rate(100))), judge(case(rate(90)))
OF_GAPS = judge(
    case(rate(90, name="cells_done_pct"), limits=(threshold("cells_done_pct"),))
)
MISSING = Reason(Cause.MISSING, NeverComputed())
OVERRIDE = Override(
    verdict_id=NO_GO.made.verdict_id, phase="a", reason="due on Monday", decided_at=AT
)


def part(table: str, phase: str, *holes: str, **changes: Any) -> Coverage:
    reasons: dict[str, Any] = dict.fromkeys(holes, MISSING)
    facts: dict[str, Any] = {"done": 9, "rows": 90, "gaps": len(holes)}
    return Coverage(table, phase, 2024, reasons=reasons, **facts | changes)


def use(
    verdicts: dict[str, Verdict | None],
    *parts: Coverage,
    overrides: tuple[Override, ...] = (),
    **newer: int,
) -> list[Use]:
    report = Report(Selection(), AT, "abc", verdicts, parts, overrides=overrides)
    days = dict.fromkeys((each.table for each in parts), LAST)
    whole = dict.fromkeys(days, WHOLE)
    return list(uses(report, UseFacts(days, whole, newer)))


def test_a_table_without_a_hole_behind_an_open_gate_may_be_used_to_its_last_date() -> (
    None
):
    (line,) = use({"a": GO}, part("scores", "a"))
    told = (line.answer, line.whole, line.holes, line.gate, line.since)
    assert told == ("yes", str(LAST), "none", "GO", "-")


def test_a_hole_ends_what_is_whole_and_is_named() -> None:
    holes = ("2024-11-04", "2024-11-09", "2024-11-11", "2024-11-12")
    (line,) = use({"a": GO}, part("scores", "a", *holes))
    assert (line.answer, line.whole) == ("yes, but for 4 dates", str(WHOLE))
    assert line.holes == "4: 2024-11-04, 2024-11-09, 2024-11-11, …"


def test_an_override_let_a_run_pass_and_the_answer_stays_no() -> None:
    (line,) = use({"a": NO_GO}, part("scores", "a"), overrides=(OVERRIDE,))
    assert line.answer == "no: its gate is closed"
    assert line.gate == "NO-GO, let pass once by an override"


def test_a_gate_that_counts_gaps_alone_says_so_only_where_there_are_any() -> None:
    (line,) = use({"a": OF_GAPS}, part("scores", "a", "2024-11-04"))
    assert line.answer == "no: its gate is closed by gaps alone"
    assert (
        use({"a": OF_GAPS}, part("scores", "a"))[0].answer == "no: its gate is closed"
    )


def test_what_was_built_behind_a_closed_gate_is_no_better_than_what_it_is_built_on() -> (
    None
):
    lines = use({"a": NO_GO, "b": GO}, part("scores", "a"), part("means", "b"))
    assert lines[1].answer == "no: built behind the closed gate of a"


def test_what_changed_since_the_gate_was_judged_is_counted() -> None:
    changed = part("scores", "a", outcomes={"stale": 2, "damaged": 1})
    (line,) = use({"a": GO}, changed, scores=3)
    assert line.since == "3 attempted again, 2 stale, 1 damaged"


def test_a_go_of_some_dates_does_not_call_the_others_usable() -> None:
    """A GO of a week answered `yes` for four seasons."""
    found = Report(
        Selection(),
        AT,
        "abc",
        {"player": GO},
        [part("scores", "player")],
        extents={"player": Extent(dates=27, unjudged=20)},
    )
    (line,) = uses(found, UseFacts())
    assert (line.answer, line.mark) == ("20 of 27 dates not judged", "warn")
    made = GO.made
    assert line.gate == (
        f"GO on {made.first_date}..{made.last_date} alone, 20 of 27 dates not judged"
    )
    assert headline(found).mark == "warn"
    assert line.gate in headline(found).words


def test_what_was_never_judged_is_not_called_usable() -> None:
    (line,) = use({"a": None}, part("scores", "a"))
    assert (line.answer, line.gate) == ("not judged", "not judged")
