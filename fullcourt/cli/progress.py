"""Progress on the terminal: bars with a rate while something runs;
plain lines where nobody watches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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

from fullcourt.cli.loudness import is_quiet
from fullcourt.cli.run_tree import RunTree, TreeProgress
from planning.eta import Outturn
from reports.eta import tell_left
from reports.page.kept import KeptPage
from reports.report import Report
from reports.terminal import wrap_for
from runs.events import (
    BatchDone,
    Event,
    NoGoOverridden,
    NothingDue,
    OutturnKnown,
    PhaseDone,
    ProgressMade,
    ReportMade,
    VerdictReached,
)
from runs.lines import RunLines

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
        disable=quiet or is_quiet(),
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
    left as a range, the tree of its phases and tables beneath; one line per finished table and
    phase."""

    def __init__(self, console: Console, quiet: bool) -> None:
        self.console = console
        self.quiet = quiet = quiet or is_quiet()
        self.tree = RunTree()
        self.bar = TreeProgress(
            PlainColumn("{task.description}"),
            BarColumn(bar_width=16),
            PlainColumn("{task.percentage:>3.0f} %"),
            Rate("row"),
            TimeElapsedColumn(),
            PlainColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self.bar.tree = self.tree
        self.task: TaskID | None = None
        self.lock = threading.Lock()
        self.lines = RunLines()
        self.phases: dict[str, float] = {}
        self.verdicts: dict[str, str] = {}
        self.overridden: dict[str, str] = {}
        self.gate_seconds: dict[str, float] = {}
        self.outturn: Outturn | None = None
        self.report: Report | None = None
        self.page = KeptPage()

    def __call__(self, event: Event) -> None:
        """Show an event; events come from several threads."""
        with self.lock:
            self._show(event)

    def _show(self, event: Event) -> None:
        # The report's causes are printed at the end, with the commands that help.
        if not isinstance(event, ReportMade):
            for line in self.lines.of(event):
                self._say(line)
        self.tree.follow(event)
        match event:
            case ProgressMade():
                self._move_bar(event)
            case BatchDone() if self.task is not None:
                self.bar.advance(self.task, event.rows_expected)
            case PhaseDone(phase=phase, seconds=seconds):
                self.phases[phase] = round(seconds, 2)
            case NothingDue(phase=phase):
                self.phases[phase] = 0.0
            case VerdictReached():
                self.verdicts[event.phase] = event.decision
                self.gate_seconds[event.phase] = round(event.seconds, 2)
            case NoGoOverridden(stage="gate"):
                self.overridden[event.phase] = event.reason
            case OutturnKnown(outturn=outturn):
                self.outturn = outturn
            case ReportMade(report=report, page=page):
                self.report = report
                self.page = page

    def _move_bar(self, made: ProgressMade) -> None:
        """Show how much of a run is done and left; begin the bar the first time."""
        if self.task is None:
            self.task = self.bar.add_task("backfill", left="")
        left = tell_left(made.left)
        self.bar.update(
            self.task,
            total=made.rows,
            completed=made.rows_done,
            left=left,
        )

    def _say(self, line: str) -> None:
        if not self.quiet:
            text = wrap_for(self.console, line)
            self.console.print(
                text,
                highlight=False,
                markup=False,
                emoji=False,
                soft_wrap=True,
            )
