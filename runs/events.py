"""What a run tells who is watching it: one class per event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from planning.eta import Estimate, Outturn
from planning.removals import Removal
from reports.page.kept import KeptPage
from reports.report import Report


@dataclass(frozen=True)
class TableDue:
    """The cells of one table that a wave looked at, those that it computes, and their rows."""

    table: str
    cells: int
    rows_expected: int
    looked_at: int


@dataclass(frozen=True)
class WaveStarted:
    """A wave of a phase begins with these tables."""

    phase: str
    tables: Sequence[TableDue]


@dataclass(frozen=True)
class RemovalStarted:
    """Published rows are about to be removed."""

    removal: Removal


@dataclass(frozen=True)
class BatchDone:
    """A batch was published as far as it could be: its dates, rows (written and expected), time."""

    table: str
    dates: int
    rows: int
    rows_expected: int
    seconds: float


@dataclass(frozen=True)
class SampleJudged:
    """A phase was tried on a few dates, each with its stratum, of `dates_due` to compute."""

    phase: str
    decision: str
    picked: Mapping[date, str]
    dates_due: int
    breaches: Sequence[str] = ()


@dataclass(frozen=True)
class PhaseDone:
    """A phase has been computed as far as it could be."""

    phase: str
    seconds: float


@dataclass(frozen=True)
class NothingDue:
    """Every cell of a phase that a run looked at is skipped by design: nothing is to be judged."""

    phase: str


@dataclass(frozen=True)
class VerdictReached:
    """A gate decided in `seconds`; or its decision of `stands_since` stands, and took no time.

    `overridden`: why the run goes on after its NO-GO, where that was said beforehand.
    """

    phase: str
    decision: str
    breaches: Sequence[str]
    seconds: float = 0.0
    stands_since: datetime | None = None
    overridden: str = ""


@dataclass(frozen=True)
class NoGoOverridden:
    """A run goes on after a NO-GO of this stage of a phase, for a reason."""

    phase: str
    stage: str
    reason: str


@dataclass(frozen=True)
class ProgressMade:
    """How much of a run is done, in cells and rows; told first before its first wave.

    `left`: the time that is left, None without an estimate. `phase_ended`: the phase that has just
    ended, where one has.
    """

    cells: int
    cells_done: int
    rows: int
    rows_done: int
    percent: float
    left: Estimate | None
    phase_ended: str | None = None


@dataclass(frozen=True)
class OutturnKnown:
    """A run that computed something is over: what was first estimated of it, and what came true."""

    outturn: Outturn


@dataclass(frozen=True)
class ReportMade:
    """A run ends, or a NO-GO is about to be decided on: what there is to say of the warehouse, and
    the page that shows it."""

    report: Report
    page: KeptPage = field(default_factory=KeptPage)


Event = (
    WaveStarted
    | RemovalStarted
    | BatchDone
    | SampleJudged
    | PhaseDone
    | NothingDue
    | VerdictReached
    | NoGoOverridden
    | ProgressMade
    | OutturnKnown
    | ReportMade
)
