"""What every source is: something that is told what the warehouse holds, and gives a load.

The demo league is one too; it is a program of its own and imports nothing of this folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from planning.raw_load import Held, RawLoad

OnPart = Callable[[str], None]
"""Called with the name of each part, a file or a season, before it is read or when it is made."""


class Source(Protocol):
    """Raw rows from somewhere; reading writes nothing, and the same input gives the same load."""

    def read(self, held: Held, on_part: OnPart | None = None) -> RawLoad:
        """The canonical rows, with what was left out and why;
        SourceError where there is nothing to read."""
        ...
