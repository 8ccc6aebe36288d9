"""What the counts of a verdict were made from, so that a later one can carry them over. Pure.

A check is counted in pieces: month by month, or as a whole where its months cannot be counted
apart. The key of a piece is a hash of everything that its counts depend on. A piece is carried over
from the last verdict that has it under the very same key, and measured otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.model import Frozen
from validation.measurement import EVIDENCE, Measurement, Part

WHOLE = ""
"""The piece of a check whose months cannot be counted apart."""

Parts = dict[str, list[Part]]
"""Item -> what was counted of it."""
Keys = dict[str, tuple[str, ...]]
"""Item -> the breaking keys named of it."""


class Basis(Frozen):
    """What a verdict's counts by one check of a table were made from.

    `keys`: piece (a month such as `2024-11`, or WHOLE) -> its key. `origins`: piece -> the verdict
    that measured it, of those carried over. `evidence`: piece -> item -> up to 20 breaking keys.
    """

    table: str
    name: str
    keys: dict[str, str]
    origins: dict[str, str] = {}
    evidence: dict[str, dict[str, tuple[str, ...]]] = {}


class Carried(Frozen):
    """What a verdict carried over from one earlier verdict.

    `months`: those of which it carried over at least one check; `pieces`: how many in all.
    """

    verdict_id: str
    months: tuple[str, ...]
    pieces: int


@dataclass(frozen=True)
class Piece:
    """The counts of one piece of a check: its parts and breaking keys by item, and the verdict that
    measured them, where that was an earlier one."""

    parts: Parts = field(default_factory=dict)
    evidence: Keys = field(default_factory=dict)
    origin: str = ""


@dataclass
class Judgement:
    """As much of an earlier verdict as is carried over."""

    verdict_id: str
    measurements: Sequence[Measurement]
    bases: Sequence[Basis]


class Known:
    """The pieces that earlier verdicts on a phase measured."""

    def __init__(self, verdicts: Iterable[Judgement]) -> None:
        """From verdicts, the newest first."""
        self._found: dict[tuple[str, str], list[_OfVerdict]] = {}
        for verdict in verdicts:
            for basis in verdict.bases:
                about = basis.table, basis.name
                of_verdict = _OfVerdict(verdict, basis)
                self._found.setdefault(about, []).append(of_verdict)

    def pieces(
        self, table: str, name: str, keys: Mapping[str, str]
    ) -> dict[str, Piece]:
        """The pieces of a check that were measured under these very keys."""
        found: dict[str, Piece] = {}
        for piece, key in keys.items():
            for earlier in self._found.get((table, name), ()):
                if earlier.basis.keys.get(piece) == key:
                    found[piece] = earlier.piece(piece)
                    break
        return found


@dataclass
class _OfVerdict:
    """The pieces of one check in one verdict; its parts are sorted when first asked for."""

    verdict: Judgement
    basis: Basis
    _parts: dict[str, Parts] | None = None

    def piece(self, name: str) -> Piece:
        """The piece of a name."""
        origin = self.basis.origins.get(name, self.verdict.verdict_id)
        evidence = self.basis.evidence.get(name, {})
        if self._parts is None:
            self._parts = self._sorted_parts()
        return Piece(self._parts.get(name, {}), dict(evidence), origin)

    def _sorted_parts(self) -> dict[str, Parts]:
        found: dict[str, Parts] = {}
        for measured in self.verdict.measurements:
            if (measured.table, measured.name) == (self.basis.table, self.basis.name):
                for part in measured.parts:
                    of_piece = found.setdefault(self._piece_of(part), {})
                    of_piece.setdefault(measured.item, []).append(part)
        return found

    def _piece_of(self, part: Part) -> str:
        return WHOLE if WHOLE in self.basis.keys else part.month or WHOLE


def first_keys(pieces: Mapping[str, Piece], item: str) -> tuple[str, ...]:
    """The first breaking keys of an item, the earliest piece first."""
    keys: list[str] = []
    for name in sorted(pieces):
        keys += pieces[name].evidence.get(item, ())
    return tuple(keys[:EVIDENCE])


def carried(bases: Sequence[Basis]) -> Iterator[Carried]:
    """What was carried over, by the verdict that measured it."""
    months: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for basis in bases:
        for piece, origin in basis.origins.items():
            months.setdefault(origin, set()).update(filter(None, [piece]))
            counts[origin] = counts.get(origin, 0) + 1
    for origin, found in months.items():
        yield Carried(
            verdict_id=origin, months=tuple(sorted(found)), pieces=counts[origin]
        )


def measured_months(bases: Sequence[Basis]) -> tuple[str, ...]:
    """The months of which at least one check was measured rather than carried over."""
    months: set[str] = set()
    for basis in bases:
        months.update(piece for piece in basis.keys if piece not in basis.origins)
    return tuple(sorted(months - {WHOLE}))
