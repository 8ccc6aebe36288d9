"""The sample of a phase in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.counted import counted
from planning.samples import unseen


def tell_sample(picked: Mapping[date, str], of: int) -> str:
    """The sample in one line, with what it can miss."""
    dates = ", ".join(f"{day} {name}" for day, name in picked.items())
    (few, likely), (many, unlikely) = unseen(len(picked)).items()
    missed = (
        f"a fault in {_percent(few)} of dates goes unseen with probability {_percent(likely)}, "
        f"in {_percent(many)} of dates with {_percent(unlikely)}"
    )
    return f"{len(picked)} of {counted(of, 'date')} ({dates}); {missed}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
