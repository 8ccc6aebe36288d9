"""The question that a run asks on its page after a NO-GO, and how it is answered."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import GateClosed
from planning.overrides import WHAT_A_REASON_NEEDS
from reports.endings import verdict_key
from reports.markdown import bullets

ASKED_OF_LOG = 10
"""Breaches that the log repeats; all of them are in the artifact."""


def question_lines(closed: GateClosed, hours: float) -> Iterator[str]:
    """The question for the log: what is closed, on what, how to answer."""
    yield f"{closed.stage} {closed.phase}: NO-GO. The run waits: stop, or go on all the same?"
    for breach in closed.breaches[:ASKED_OF_LOG]:
        yield f"  {breach}"
    others = len(closed.breaches) - ASKED_OF_LOG
    if others > 0:
        yield f"  and {others} more"
    yield from map("  {}".format, _answers(closed, hours))


def question_markdown(closed: GateClosed, hours: float) -> str:
    """The question for the page and the form: the same with every breach."""
    parts = [
        f"# NO-GO: {closed.stage} {closed.phase}",
        "The run waits for a decision: stop, or go on all the same?",
        bullets(closed.breaches),
        "How to answer:",
        bullets(_answers(closed, hours)),
    ]
    return "\n\n".join(parts) + "\n"


def _answers(closed: GateClosed, hours: float) -> Iterator[str]:
    key = verdict_key(closed.phase, closed.stage)
    yield "press Resume on the run's page; nobody holds the warehouse meanwhile"
    yield "stop: the run ends as NO-GO; repair the data, then run the same again, it resumes"
    yield (
        f"override: the run goes on; give a reason of {WHAT_A_REASON_NEEDS}, every "
        "later verdict repeats it"
    )
    yield f"without an answer within {hours:g} hours the run ends as NO-GO"
    yield f"the artifact {key} has everything that was measured"
