"""How a run ended, in the one sentence that its state shows."""

from __future__ import annotations

from core.counted import counted, noun_for, verb_for
from core.errors import FullcourtError, GateClosed, PhaseIncomplete
from reports.commands import spell

LONGEST = 400
"""Characters of a sentence that the header of a run's page shows without hiding the rest."""


def tell_ending(error: FullcourtError) -> str:
    """What ended a run: the first breach or gap and how many more there are."""
    match error:
        case GateClosed():
            return _no_go_text(error)
        case PhaseIncomplete():
            return _gaps_text(error)
        case _:
            return str(error)


def _no_go_text(closed: GateClosed) -> str:
    """Which limit closed a gate; where all of them stand."""
    first, *others = closed.breaches or ("no breach is on record",)
    more = f", and {counted(len(others), 'more limit')}" if others else ""
    listed = (
        f"the artifact {verdict_key(closed.phase, closed.stage)} lists what it measured"
    )
    return f"{closed.stage} {closed.phase}: {_cut(first)}{more}; {listed}"


def _gaps_text(error: PhaseIncomplete) -> str:
    """How many cells are gaps, and the first cause; the first cell where no cause is known."""
    first, *others = [spell(words) for words in error.causes or error.cells]
    noun = noun_for(len(others), "more cause") if error.causes else "more"
    more = f"; and {len(others):,} {noun}" if others else ""
    gaps = verb_for(len(error.cells), "is a gap", "are gaps")
    return f"{counted(len(error.cells), 'cell')} {gaps}: {_cut(first)}{more}"


def verdict_key(phase: str, stage: str) -> str:
    """The key of the artifact that shows a verdict on a phase, or on its sample."""
    return f"{'verdict' if stage == 'gate' else stage}-{phase}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
