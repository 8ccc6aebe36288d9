"""Progress on the terminal: bars with a rate while something runs;
plain lines where nobody watches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import assert_never

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from planning.eta import Outturn
from reports.eta import tell_estimate, tell_left
from reports.reasons import tell_removal
from reports.report import Report
from reports.sample import tell_sample
from runs.events import (
    BatchDone,
    Event,
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
ERROR_CONSOLE = Console(stderr=True, markup=False, emoji=False)


@contextmanager
def counting(
    verb: str, noun: str, quiet: bool = False
) -> Iterator[Callable[[str], None]]:
    """A function to call with the name of each thing done;
    shows how many, and how many a second."""
    columns = (
        PlainColumn("{task.description}"),
        PlainColumn("{task.completed:.0f}"),
        PlainColumn(f"{noun}s"),
    )
    with Progress(
        *columns,
        Rate(noun),
        TimeElapsedColumn(),
        console=ERROR_CONSOLE,
        transient=True,
        disable=quiet,
    ) as bar:
        task = bar.add_task(verb, total=None)

        def step(name: str) -> None:
            bar.update(task, advance=1, description=f"{verb} {name}")

        yield step


class PlainColumn(TextColumn):
    """Text as it stands: names of files and what an error says are never markup."""

    def __init__(self, text_format: str) -> None:
        super().__init__(text_format, markup=False)


class Rate(ProgressColumn):
    """Things a second, of a bar's own count."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        super().__init__()

    def render(self, task: Task) -> Text:
        """The rate, or nothing before there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.1f} {self.noun}s/s" if speed else "")


class RunProgress:
    """Follows the events of a backfill: one bar for all of it, in expected rows and with the time
    left as a range; one line per finished table and phase."""

    def __init__(self, console: Console, quiet: bool) -> None:
        self.console, self.quiet = console, quiet
        self.bar = Progress(
            PlainColumn("  {task.description}"),
            BarColumn(),
            PlainColumn("{task.percentage:>3.0f} %"),
            Rate("row"),
            TimeElapsedColumn(),
            PlainColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self.task: TaskID | None = None
        self.lock = threading.Lock()
        self.tables: dict[str, dict[str, float]] = {}
        self.phases: dict[str, float] = {}
        self.verdicts: dict[str, str] = {}
        self.gate_seconds: dict[str, float] = {}
        self.outturn: Outturn | None = None
        self.report: Report | None = None

    def __call__(self, event: Event) -> None:
        """Show an event; events come from several threads."""
        with self.lock:
            self._show(event)

    def _show(self, event: Event) -> None:
        match event:
            case ProgressMade():
                self._move_bar(event)
            case WaveStarted():
                self._begin_wave(event)
            case RemovalStarted(removal=removal):
                self._say(f"  removes {tell_removal(removal)}")
            case BatchDone():
                self._add_batch(event)
            case SampleJudged():
                self._finish_tables()
                about = tell_sample(event.picked, event.dates_due)
                self._say(f"{event.phase}: sample {event.decision}: {about}")
            case PhaseDone(phase=phase, seconds=seconds):
                self._finish_tables()
                self.phases[phase] = round(seconds, 2)
                self._say(f"{phase}: computed in {seconds:.1f} s")
            case VerdictReached():
                self._show_verdict(event)
            case OutturnKnown(outturn=outturn):
                self.outturn = outturn
            case ReportMade(report=report):
                self.report = report
            case _:
                assert_never(event)

    def _move_bar(self, made: ProgressMade) -> None:
        """Show how much of a run is done and left; begin the bar the first time."""
        estimated = tell_left(made.left)
        if self.task is None:
            self.task = self.bar.add_task("", left="")
            work = f"{made.cells:,} cells to compute, {made.rows:,} rows expected"
            self._say(f"at most {work}: {tell_estimate(made.left)}")
        elif made.phase_ended and made.cells_done < made.cells:
            self._say(
                f"  {made.cells_done:,} of {made.cells:,} cells computed, {estimated}"
            )
        self.bar.update(
            self.task, total=made.rows, completed=made.rows_done, left=estimated
        )

    def _begin_wave(self, wave: WaveStarted) -> None:
        self._finish_tables()
        if self.task is not None:
            tables = ", ".join(due.table for due in wave.tables)
            self.bar.update(self.task, description=f"{wave.phase}: {tables}")

    def _add_batch(self, batch: BatchDone) -> None:
        seen = self.tables.setdefault(
            batch.table, {"dates": 0, "rows": 0, "seconds": 0.0}
        )
        seen["dates"] += batch.dates
        seen["rows"] += batch.rows
        seen["seconds"] += batch.seconds
        if self.task is not None:
            self.bar.advance(self.task, batch.rows_expected)

    def _show_verdict(self, verdict: VerdictReached) -> None:
        """Say what a gate has decided, or that its last decision stands."""
        self.verdicts[verdict.phase] = verdict.decision
        self.gate_seconds[verdict.phase] = round(verdict.seconds, 2)
        stands = ""
        if verdict.stands_since:
            since = verdict.stands_since.isoformat(timespec="minutes")
            stands = f", as on {since}: nothing that it measures has changed"
        self._say(f"{verdict.phase}: gate {verdict.decision}{stands}")
        for breach in verdict.breaches:
            self._say(f"  {breach}")
        if stands and verdict.decision == "NO-GO":
            self._say(f"  {STANDS_UNTIL}")

    def _finish_tables(self) -> None:
        for table, seen in self.tables.items():
            work = (
                f"{seen['dates']:>5.0f} dates {seen['rows']:>9,.0f} rows "
                f"{seen['seconds']:>7.1f} s of work"
            )
            self._say(f"  {table:<32} {work}")
        self.tables = {}

    def _say(self, line: str) -> None:
        if not self.quiet:
            self.console.print(line, highlight=False, markup=False, emoji=False)
