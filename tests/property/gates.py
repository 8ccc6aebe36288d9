"""One sequence for gates by month: edits and backfills at random, and after each the four gates.

What a gate carries over from earlier verdicts, together with what it measures, is what measuring
everything finds.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from planning.selection import Selection
from runs.judge import PhaseUnderGate, judge_phase
from runs.survey import observe, scope_of
from tests.loop import backfill
from tests.property.asked import asked
from tests.property.edits import due, edit
from tests.property.sequence import demand, opened_at_start
from validation.measurement import Measurement
from validation.verdict import Verdict

EDITS_AT_ONCE = (0, 1, 1, 2)


def run(seed: int, steps: int = 1) -> Counter[str]:
    """Edit, judge and compare that many times; how often each thing happened.

    AssertionError says which measurement differs; a note on any error, the seed and what was done.
    """
    sequence = GateSequence(seed)
    try:
        sequence.judge()
        for _ in range(steps):
            sequence.step()
    except Exception as error:
        told = "\n  ".join([f"sequence {seed}", *sequence.told])
        again = f"--sequences 1 --steps {steps} --seed {seed}"
        error.add_note(f"{told}\nonce more: python -m tests.property --gates {again}")
        raise
    finally:
        sequence.warehouse.close()
    return sequence.counts


class GateSequence:
    """A warehouse, what was done to it, and how often each thing happened."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.warehouse = opened_at_start(computed=True)
        self.due = due(seed)
        self.told: list[str] = []
        self.counts: Counter[str] = Counter()

    def step(self) -> None:
        """Some edits, perhaps a backfill, then the gates of all tables or of some."""
        for _ in range(self.random.choice(EDITS_AT_ONCE)):
            wanted = self.due.pop(0) if self.due else None
            name, done = edit(self.warehouse, self.random, wanted)
            self.told.append(f"{name}: {done}")
            self.counts[f"edit {name}"] += 1
        if self.random.random() < 0.6:
            self.told.append("backfill of everything")
            backfill(self.warehouse)
        self.judge()
        if self.random.random() < 0.3:
            self.judge(asked(self.warehouse, self.random).selection)

    def judge(self, selection: Selection | None = None) -> None:
        """The gates of a selection, of everything by default, each held against measuring all."""
        wanted = selection or Selection()
        self.told.append(f"gates of {wanted}")
        observe(self.warehouse, "gate")
        for phase in scope_of(self.warehouse, wanted).phases:
            verdict = judge_phase(
                self.warehouse, phase, wanted, f"run {len(self.told)}"
            )
            bench = PhaseUnderGate.of(self.warehouse, phase, wanted)
            demand(differences(verdict, bench.measurements()))
            self.count(verdict)

    def count(self, verdict: Verdict) -> None:
        """How much a verdict carried over, and how much it measured."""
        for basis in verdict.bases:
            self.counts["counts carried over"] += len(basis.origins)
            self.counts["counts measured"] += len(basis.keys) - len(basis.origins)


def differences(verdict: Verdict, measured: list[Measurement]) -> list[str]:
    """What a verdict says otherwise than measuring everything does."""
    told = {(m.table, m.what): m for m in verdict.measurements}
    found = {(m.table, m.what): m for m in measured}
    differing: list[str] = []
    for key in {**told, **found}:
        if told.get(key) != found.get(key):
            differing.append(f"{key}: {told.get(key)} instead of {found.get(key)}")
    if not differing and list(told) != list(found):
        differing.append(f"order: {list(told)} instead of {list(found)}")
    return differing
