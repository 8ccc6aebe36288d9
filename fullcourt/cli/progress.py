"""Progress on the terminal: bars with a rate while something runs;
plain lines where nobody watches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

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

from planning.removals import Removal
from reports.report import Report
from runs.listening import Event

STANDS_UNTIL = (
    "it stands until data, a limit or a query changes, a game is waived, or a person overrides it: "
    "--on-no-go override --reason '…'"
)
ERROR_CONSOLE = Console(stderr=True, markup=False, emoji=False)


@contextmanager
def counting(verb: str, noun: str, quiet: bool = False) -> Iterator[Callable[[str], None]]:
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
        self.outturn: dict[str, Any] | None = None
        self.report: Report | None = None

    def __call__(self, event: Event) -> None:
        """Show an event; events come from several threads."""
        with self.lock:
            getattr(self, f"on_{event.kind}")(**event.facts)

    def on_progress(
        self, cells: int, cells_done: int, rows: int, rows_done: int, left: str, **facts: Any
    ) -> None:
        """So much of a run is done, so much is left; told first before its first wave."""
        estimated = left if facts["estimate"] is None else f"{left} left"
        if self.task is None:
            self.task = self.bar.add_task("", left="")
            self._say(f"at most {cells:,} cells to compute, {rows:,} rows expected: {left}")
        elif facts["phase_ended"] and cells_done < cells:
            self._say(f"  {cells_done:,} of {cells:,} cells computed, {estimated}")
        self.bar.update(self.task, total=rows, completed=rows_done, left=estimated)

    def on_outturn(self, **facts: Any) -> None:
        """The run is over: what was first estimated of it, and what came true."""
        self.outturn = facts

    def on_report(self, report: Report) -> None:
        """The run ends, or a NO-GO is about to be decided on: what there is to say of it."""
        self.report = report

    def on_wave(self, phase: str, tables: list[str], **_rest: Any) -> None:
        """A wave begins."""
        self._finish_tables()
        if self.task is not None:
            self.bar.update(self.task, description=f"{phase}: {', '.join(tables)}")

    def on_sample(self, phase: str, decision: str, about: str) -> None:
        """A phase has been tried on a few dates."""
        self._finish_tables()
        self._say(f"{phase}: sample {decision}: {about}")

    def on_batch(
        self, table: str, dates: int, rows: int, rows_expected: int, seconds: float, **_rest: Any
    ) -> None:
        """A batch has been published."""
        seen = self.tables.setdefault(table, {"dates": 0, "rows": 0, "seconds": 0.0})
        seen["dates"] += dates
        seen["rows"] += rows
        seen["seconds"] += seconds
        if self.task is not None:
            self.bar.advance(self.task, rows_expected)

    def on_phase(self, phase: str, seconds: float) -> None:
        """A phase has ended."""
        self._finish_tables()
        self.phases[phase] = round(seconds, 2)
        self._say(f"{phase}: computed in {seconds:.1f} s")

    def on_removal(self, removal: Removal) -> None:
        """Published rows are about to be removed."""
        self._say(f"  removes {removal}")

    def on_verdict(
        self, phase: str, decision: str, breaches: list[str], seconds: float = 0, since: str = ""
    ) -> None:
        """A gate has decided, or its last decision stands since then."""
        self.verdicts[phase] = decision
        self.gate_seconds[phase] = round(seconds, 2)
        stands = f", as on {since}: nothing that it measures has changed" if since else ""
        self._say(f"{phase}: gate {decision}{stands}")
        for breach in breaches:
            self._say(f"  {breach}")
        if since and decision == "NO-GO":
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
