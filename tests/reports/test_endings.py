"""How a run ended, what it leaves behind and what it asks, as its page shows it."""

from __future__ import annotations

import pytest

from core.errors import GateClosed, PhaseIncomplete, RemovalStopped
from planning.coverage import Coverage
from reports.cancelled import cancelled_markdown, tell_cancelled
from reports.endings import LONGEST, tell_ending
from reports.question import question_lines, question_markdown
from reports.verdicts import judged_rows, verdict_headline, verdict_markdown
from tests.validation.small_case import case, measured, part, rate, threshold
from validation.verdict import judge

BREACHES = [f"player_game_summary: check {number}" for number in range(12)]
CLOSED = GateClosed("player", {"made": {"stage": "gate"}}, BREACHES)
SAMPLE = GateClosed("player", {"made": {"stage": "sample"}}, BREACHES[:1])


def test_a_no_go_is_one_sentence_with_its_first_breach_and_the_artifact_of_all() -> (
    None
):
    assert tell_ending(CLOSED) == (
        "gate player: player_game_summary: check 0, and 11 more limits; "
        "the artifact verdict-player lists what it measured"
    )
    assert tell_ending(SAMPLE) == (
        "sample player: player_game_summary: check 0; "
        "the artifact sample-player lists what it measured"
    )


def test_gaps_are_counted_and_the_first_is_cut_where_it_is_long() -> None:
    gaps = PhaseIncomplete("player", [("x" * 2 * LONGEST,), ("y",)])
    said = tell_ending(gaps)
    assert said.startswith("2 cells are gaps: xxx")
    assert said.endswith("…; and 1 more")
    causes = [("5 games have no player box score",), ("1 game is open",)]
    assert tell_ending(PhaseIncomplete("player", [("x",)], causes)) == (
        "1 cell is a gap: 5 games have no player box score; and 1 more cause"
    )
    assert len(said) < LONGEST + 50
    assert tell_ending(RemovalStopped("stopped first")) == "stopped first"


def test_a_cancelled_run_says_what_is_published_what_is_left_and_that_it_resumes() -> (
    None
):
    parts = [
        Coverage("a", "team", 2023, 8, 80, 2),
        Coverage("b", "team", 2023, 0, 0, 10),
    ]
    said = tell_cancelled("phase team", parts)
    assert said.startswith(
        "phase team was cancelled: 8 of 20 cells are published, 12 are left; "
    )
    assert "run the same again, it resumes" in said
    assert "| a | 8 | 10 | 2 |\n| b | 0 | 10 | 10 |" in cancelled_markdown(
        "team", parts
    )


def test_a_question_says_what_is_closed_on_what_and_how_it_is_answered() -> None:
    """A run that waited showed an empty timeline and no reason."""
    page = question_markdown(CLOSED, 24)
    assert page.startswith("# NO-GO: gate player\n")
    assert all(f"- {breach}\n" in page for breach in BREACHES)
    answers = page.partition("How to answer:")[2]
    for told in ("Resume", "stop:", "override:", "within 24 hours"):
        assert told in answers
    log = [*question_lines(CLOSED, 24)]
    assert log[0].startswith("gate player: NO-GO. The run waits")
    assert "  and 2 more" in log


@pytest.fixture
def verdict_text() -> str:
    on_rate = (threshold(), threshold("rate", "warn", at_least=100))
    limits = (*on_rate, threshold("other", at_most=0), threshold("strange", at_most=5))
    of_other = measured(part(9, 9), name="other", kind="faults")
    low = rate(90, evidence=("2024-11-05", "2024-11-06"))
    strange = measured(part(8, 9), name="strange", item="<b>", kind="faults")
    return verdict_markdown(judge(case(of_other, low, strange, limits=limits)))


def test_broken_limits_come_first_in_short_figures_with_their_evidence_below(
    verdict_text: str,
) -> None:
    """A limit took six lines of a narrow column, and evidence ran under the side bar."""
    first, folded = verdict_text.split("<details>")
    assert (
        "| player_game_summary: rate | 90 % | ≥ 95 %, warn ≥ 100 % |  | closes the gate |"
        in first
    )
    assert first.index("| player_game_summary: rate") < first.index("Evidence:")
    assert "- player_game_summary: rate: 2024-11-05, 2024-11-06" in first
    assert "unless" not in verdict_text
    assert "<td>other</td><td>0</td><td>≤ 0</td><td></td><td>kept</td>" in folded


def test_what_is_folded_is_one_block_of_html_that_text_cannot_leave(
    verdict_text: str,
) -> None:
    folded = verdict_text.split("<details>")[1].split("</details>")[0]
    assert "\n\n" not in folded
    assert "strange[&lt;b&gt;]" in folded


def test_a_limit_that_only_warns_stands_behind_those_that_close_the_gate() -> None:
    limits = (threshold("soft", "warn", at_least=95), threshold())
    verdict = judge(case(measured(part(1, 2), name="soft"), rate(90), limits=limits))
    states = [(row.what, row.state) for row in judged_rows(verdict)]
    assert states == [("rate", "closes the gate"), ("soft", "warns")]
    assert (
        verdict_headline(verdict)
        == "gate player: NO-GO; limits: 1 broken, 1 to warn of"
    )
