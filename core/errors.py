"""The error tree: every error says what, where, how much, and the next step.

A leaf module: every layer may raise from it. A command that repairs something is carried as a
value, so that whoever shows the error can show it as the reader would type it.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.counted import counted, verb_for
from core.remedy import Remedy, Words, joined, plain

MOST_NAMED = 10
"""Cells that an error names."""
BREACHES_NAMED = 3
"""Breaches that an error names: each of them is a sentence."""


class FullcourtError(Exception):
    """Anything that fullcourt knows how to explain, in pieces of text and commands;
    `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, *words: str | Remedy) -> None:
        super().__init__(*words)

    @property
    def words(self) -> Words:
        """The explanation in pieces."""
        return self.args

    def __str__(self) -> str:
        return plain(self.words)


class ConfigError(FullcourtError):
    """A setting, contract or threshold is wrong: says the file and the key."""

    exit_code = 2


class SourceError(FullcourtError):
    """Raw data was refused: says file, row, column and repair."""

    exit_code = 2


class WarehouseError(FullcourtError):
    """The warehouse did not do what it was asked."""


class TransientWarehouseError(WarehouseError):
    """It may work the next time: retried, a bounded number of times."""


class PermanentWarehouseError(WarehouseError):
    """Trying again would change nothing: reported, never retried."""


class AccessDeniedError(PermanentWarehouseError):
    """The account may not do it: names the roles that would let it."""


class FullWarehouseError(WarehouseError):
    """No room for what the warehouse writes:
    ends the run, as every other batch would meet it too."""


class LockedWarehouseError(PermanentWarehouseError):
    """Another process holds the warehouse file: names the file and the process."""

    exit_code = 2


class UnusableWarehouseError(PermanentWarehouseError):
    """The file cannot be opened as a warehouse: says what can be done with it."""

    exit_code = 2


class SchemaError(PermanentWarehouseError):
    """Tables are not what their contracts say:
    names every table, column and the command that rebuilds."""

    exit_code = 2


class CostError(FullcourtError):
    """A phase would cost more than is allowed, or pass a limit:
    says how much, and what may be done."""

    exit_code = 2


class CellError(FullcourtError):
    """One cell was quarantined or failed: names the keys that broke."""

    exit_code = 4


class NotFreshError(FullcourtError):
    """Cells that were asked for are not fresh: says how many, why, and what computes them."""

    exit_code = 4


class PhaseIncomplete(FullcourtError):
    """Cells of a phase are neither done nor skipped by design: names the first ten.

    `causes`: what lies behind them, where that is known; they are told in the place of the cells.
    """

    exit_code = 4

    def __init__(
        self, phase: str, cells: Sequence[Words], causes: Sequence[Words] = ()
    ) -> None:
        self.phase, self.cells = phase, tuple(cells)
        self.causes = tuple(causes)
        named = _first_of(causes or self.cells)
        gaps = f"{counted(len(cells), 'cell')} {verb_for(len(cells), 'is a gap', 'are gaps')}"
        super().__init__(f"phase {phase}: {gaps}: ", *named)


class RunCancelled(FullcourtError):
    """A person cancelled a run, or a phase of it: says what is done and what is left."""

    exit_code = 4


class FetchIncomplete(FullcourtError):
    """A source gave some of what was asked: says what was not fetched, and what helps."""

    exit_code = 4


class RemovalStopped(FullcourtError):
    """A run would remove more published rows than it may unasked: names tables, rows, causes."""

    exit_code = 3


class RowsRemoved(FullcourtError):
    """A run is done, and tables hold fewer rows than before, which nobody had agreed to."""

    exit_code = 4


class TrainingRefused(FullcourtError):
    """A set that the check before training did not call GO was to be fitted without a reason."""

    exit_code = 3


class GateClosed(FullcourtError):
    """The gate of a phase said NO-GO: carries the verdict as JSON-ready data.

    `behind`: what lies behind it, where that is known; it comes first.
    """

    exit_code = 3

    def __init__(
        self,
        phase: str,
        verdict: dict[str, object],
        breaches: Sequence[str],
        behind: Words = "",
    ) -> None:
        self.phase, self.verdict, self.breaches = phase, verdict, tuple(breaches)
        first = _before(behind)
        named = _first_of([(breach,) for breach in breaches], BREACHES_NAMED)
        super().__init__(*first, f"{self.stage} {phase}: NO-GO: ", *named)

    @property
    def stage(self) -> str:
        """What was judged: the whole phase (gate), or its sample."""
        made = self.verdict.get("made")
        return str(made["stage"]) if isinstance(made, dict) else "gate"


def _before(behind: Words) -> Words:
    """What lies behind an error, before the error itself."""
    return (*behind, "; so ") if behind else ()


def _first_of(things: Sequence[Words], most: int = MOST_NAMED) -> Words:
    """The first of them in one line, and how many more there are."""
    named = joined("; ", things[:most])
    more = len(things) - most
    return (*named, f"; and {more} more") if more > 0 else named
