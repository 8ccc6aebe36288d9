"""The tree of a run on a terminal: its phases, and the tables of the one under way, each with a
bar, rows and a rate, under the bar of the whole run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic

from rich.console import Console, RenderableType
from rich.progress import Progress
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from core.counted import counted
from runs.events import BatchDone, Event, PhaseDone, VerdictReached, WaveStarted

BAR_WIDTH = 12
GUIDES = ("├─ ", "└─ ", "│  ", "   ")
ASCII_GUIDES = ("|- ", "`- ", "|  ", "   ")


@dataclass
class TableRow:
    """One table of the phase under way: rows expected and done, and since when it is computed."""

    began: float
    rows: int = 0
    rows_done: int = 0
    last: float = 0.0

    @property
    def rate(self) -> float:
        """Rows a second up to the last batch; 0 before there is one."""
        seconds = self.last - self.began
        return self.rows_done / seconds if self.last and seconds > 0 else 0.0


@dataclass
class PhaseRow:
    """One phase: how it stands, and its tables by name, in the order of computing."""

    stands: str = "computing"
    tables: dict[str, TableRow] = field(default_factory=dict)


class RunTree:
    """Follows the events of a run, and draws what is known of its phases."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.phases: dict[str, PhaseRow] = {}
        self._clock = clock

    def follow(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case WaveStarted():
                self._begin(event)
            case BatchDone():
                self._count(event)
            case PhaseDone(phase=phase):
                self.phases.setdefault(phase, PhaseRow()).stands = "gate"
            case VerdictReached():
                row = self.phases.setdefault(event.phase, PhaseRow())
                row.stands = event.decision
                row.tables.clear()
            case _:
                return

    def _begin(self, wave: WaveStarted) -> None:
        phase = self.phases.setdefault(wave.phase, PhaseRow())
        phase.stands = "computing"
        for due in wave.tables:
            if due.cells:
                row = phase.tables.setdefault(due.table, TableRow(self._clock()))
                row.rows += due.rows_expected

    def _count(self, batch: BatchDone) -> None:
        for phase in self.phases.values():
            if row := phase.tables.get(batch.table):
                row.rows_done += batch.rows_expected
                row.last = self._clock()

    def lines(self, console: Console) -> Table:
        """The tree as a table without borders."""
        guides = ASCII_GUIDES if console.options.ascii_only else GUIDES
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(width=BAR_WIDTH)
        for _ in ("percent", "rows", "rate"):
            grid.add_column(justify="right", no_wrap=True)
        for cells in self._rows(guides):
            grid.add_row(*cells)
        return grid

    def _rows(self, guides: tuple[str, ...]) -> Iterator[Iterable[RenderableType]]:
        fork, end, through, blank = guides
        for number, (name, phase) in enumerate(self.phases.items(), 1):
            is_last = number == len(self.phases)
            branch, below = (end, blank) if is_last else (fork, through)
            yield (Text(f"{branch}{name}: {phase.stands}"),)
            for place, (table, row) in enumerate(phase.tables.items(), 1):
                twig = end if place == len(phase.tables) else fork
                yield _table_cells(f"{below}{twig}{table}", row)


def _table_cells(name: str, row: TableRow) -> Iterable[RenderableType]:
    """The cells of one table: its bar, percent, rows and rate."""
    share = row.rows_done / row.rows if row.rows else 0.0
    rate = f"{row.rate:,.0f}/s" if row.rate else ""
    bar = ProgressBar(total=row.rows or 1, completed=row.rows_done, width=BAR_WIDTH)
    counts = (f"{100 * share:.0f} %", f"{counted(row.rows_done, 'row')}", rate)
    return Text(name), bar, *map(Text, counts)


class TreeProgress(Progress):
    """The bar of a run with the tree of its phases beneath it."""

    tree: RunTree | None = None

    def get_renderables(self) -> Iterable[RenderableType]:
        """The bar, then the tree once something of it is known."""
        yield from super().get_renderables()
        if self.tree and self.tree.phases:
            yield self.tree.lines(self.console)
