"""What the log of a flow run says: the lines of a terminal, and what a terminal shows as bars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.counted import counted
from runs.events import Event, TableDue, WaveStarted
from runs.lines import RunLines


@dataclass
class LogLines:
    """Turns the events of a run into lines of its log; events come in the order of their time."""

    _lines: RunLines = field(default_factory=RunLines)
    _phase: str = ""

    def of(self, event: Event) -> Iterator[str]:
        """The lines of an event: a phase that begins and each wave too."""
        yield from self._lines.of(event)
        if isinstance(event, WaveStarted):
            yield from self._of_wave(event)

    def _of_wave(self, wave: WaveStarted) -> Iterator[str]:
        if wave.phase != self._phase:
            self._phase = wave.phase
            yield f"{wave.phase}: begins"
        due = [table for table in wave.tables if table.cells]
        if due:
            yield f"  wave: {'; '.join(map(_due_text, due))}"


def _due_text(due: TableDue) -> str:
    dates, rows = counted(due.cells, "date"), counted(due.rows_expected, "row")
    return f"{due.table} {dates}, {rows} expected"
