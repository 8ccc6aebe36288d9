"""What a run says of itself, line by line: on the terminal, and in the log of its flow run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

from core.counted import counted, noun_for
from reports.causes import tell_gaps
from reports.eta import tell_estimate, tell_left
from reports.page.kept import tell_lost
from reports.reasons import tell_removal
from reports.sample import tell_sample
from reports.verdicts import tell_overridden
from runs.events import (
    BatchDone,
    Event,
    NoGoOverridden,
    NothingDue,
    OutturnKnown,
    PhaseDone,
    ProgressMade,
    RemovalStarted,
    ReportMade,
    SampleJudged,
    VerdictReached,
    WaveStarted,
)

STANDS_UNTIL = (
    "it stands until data, a limit or a query changes, a game is waived, or a person overrides it: "
    "--on-no-go override --reason '…'"
)


@dataclass
class _Computed:
    """What the batches of a table have come to so far."""

    dates: int = 0
    rows: int = 0
    seconds: float = 0.0

    def add(self, batch: BatchDone) -> None:
        """Count a batch."""
        self.dates += batch.dates
        self.rows += batch.rows
        self.seconds += batch.seconds

    def __str__(self) -> str:
        dates = f"{self.dates:>5,} {noun_for(self.dates, 'date'):<5}"
        rows = f"{self.rows:>9,} {noun_for(self.rows, 'row'):<4}"
        return f"{dates} {rows} {self.seconds:>7.1f} s of work"


@dataclass
class RunLines:
    """Turns the events of a run into lines: a line per table that is finished, and per phase."""

    _tables: dict[str, _Computed] = field(default_factory=dict)
    _has_begun: bool = False
    _told_overridden: str = ""
    """The phase whose verdict was told with the reason for which the run goes on."""

    def of(self, event: Event) -> Iterator[str]:
        """The lines of an event, none for most; events come in the order in which they happened."""
        match event:
            case ProgressMade():
                yield from self._of_progress(event)
            case WaveStarted():
                yield from self._finished_tables()
            case RemovalStarted(removal=removal):
                yield f"  removes {tell_removal(removal)}"
            case BatchDone():
                self._tables.setdefault(event.table, _Computed()).add(event)
            case SampleJudged():
                yield from self._finished_tables()
                about = tell_sample(event.picked, event.dates_due)
                yield f"{event.phase}: sample {event.decision}: {about}"
                yield from (f"  {breach}" for breach in event.breaches)
            case PhaseDone(phase=phase, seconds=seconds):
                yield from self._finished_tables()
                yield f"{phase}: computed in {seconds:.1f} s"
            case NothingDue(phase=phase):
                yield f"{phase}: nothing is due there, and its gate has nothing to judge"
            case VerdictReached():
                self._told_overridden = event.phase if event.overridden else ""
                yield from _of_verdict(event)
            case NoGoOverridden():
                if event.phase != self._told_overridden:
                    told = tell_overridden("NO-GO", event.reason)
                    yield f"{event.phase}: {event.stage} {told}"
            case ReportMade(report=report, page=page):
                yield from tell_gaps(report.causes)
                if page.lost:
                    yield tell_lost(page.lost)
            case OutturnKnown():
                return
            case _:
                assert_never(event)

    def _of_progress(self, made: ProgressMade) -> Iterator[str]:
        """How much there is to do, the first time; what is left, at the end of a phase."""
        if not self._has_begun:
            self._has_begun = True
            work = f"{counted(made.cells, 'cell')} to compute, {counted(made.rows, 'row')} expected"
            yield f"at most {work}: {tell_estimate(made.left)}"
        elif made.phase_ended and made.cells_done < made.cells:
            yield (
                f"  {made.cells_done:,} of {counted(made.cells, 'cell')} computed, "
                f"{tell_left(made.left)}"
            )

    def _finished_tables(self) -> Iterator[str]:
        for table, computed in self._tables.items():
            yield f"  {table:<32} {computed}"
        self._tables = {}


def _of_verdict(verdict: VerdictReached) -> Iterator[str]:
    """What a gate has decided, or that its last decision stands."""
    stands = _standing_words(verdict)
    decision = tell_overridden(verdict.decision, verdict.overridden)
    yield f"{verdict.phase}: gate {decision}{stands}"
    for breach in verdict.breaches:
        yield f"  {breach}"
    if stands and verdict.decision == "NO-GO" and not verdict.overridden:
        yield f"  {STANDS_UNTIL}"


def _standing_words(verdict: VerdictReached) -> str:
    """Since when the decision stands; empty where it is a new one."""
    if not verdict.stands_since:
        return ""
    since = verdict.stands_since.isoformat(timespec="minutes")
    mark = ";" if verdict.overridden else ","
    return f"{mark} as on {since}: nothing that it measures has changed"
