"""What this process holds in memory, as the system counts it."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

HELD_NOW = Path("/proc/self/statm")
"""Where Linux tells it: the second number, in pages."""


def resident_bytes() -> int:
    """What the process holds now; 0 where the system does not tell."""
    with suppress(OSError):
        _, pages, *_ = HELD_NOW.read_text().split()
        return int(pages) * resource.getpagesize()
    return 0


def peak_mib() -> float:
    """The most that the process has held, in MiB."""
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
