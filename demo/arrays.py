"""Arrays by name, tables of arrays, and random streams; no knowledge of the game."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]
"""Calendar days, unit D."""
Moments = NDArray[np.datetime64]
"""Moments in UTC, unit s."""
Texts = NDArray[np.str_]
Rng = np.random.Generator


@dataclass(frozen=True)
class Rows:
    """Base of the tables of arrays: every field has one entry per row, or is such a table."""

    def __len__(self) -> int:
        first = fields(self)[0]
        return len(getattr(self, first.name))

    def take(self, rows: Ints) -> Self:
        """These rows, in this order."""
        taken = {}
        for field in fields(self):
            column = getattr(self, field.name)
            taken[field.name] = (
                column.take(rows) if isinstance(column, Rows) else column[rows]
            )
        return replace(self, **taken)


AnyRows = TypeVar("AnyRows", bound=Rows)


def join(parts: Sequence[AnyRows]) -> AnyRows:
    """All rows of the parts, in order."""
    columns = {}
    for field in fields(parts[0]):
        pieces = [getattr(part, field.name) for part in parts]
        nested = isinstance(pieces[0], Rows)
        columns[field.name] = join(pieces) if nested else np.concatenate(pieces)
    return replace(parts[0], **columns)


def stream(seed: int, season: int, purpose: str) -> Rng:
    """The random numbers for one purpose in one season.

    Each purpose has its own, so that a season comes out alike whichever other seasons are made,
    and a change in one part leaves the others as they were.
    """
    key = zlib.crc32(purpose.encode())
    sequence = np.random.SeedSequence([seed, season, key])
    return np.random.default_rng(sequence)


def deal(rng: Rng, total: Ints, weight: Floats) -> Ints:
    """Deal the `total` events of each row among its columns, in proportion to `weight`.

    Rows add up to `total` exactly; a column without weight gets none.
    """
    share = weight / weight.sum(axis=-1, keepdims=True)
    dealt = rng.multinomial(total, share)
    return dealt.astype(np.int64)
