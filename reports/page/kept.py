"""Where a run's page is, and what the run says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.remedy import Remedy
from reports.commands import command_line

WRITE_IT = Remedy("page")
"""The command that writes the page of a warehouse at any time."""


@dataclass(frozen=True)
class KeptPage:
    """The page that a run wrote: its path, or why there is none."""

    path: Path | None = None
    lost: str = ""


def report_stem(made_at: datetime, number: int) -> str:
    """The name of a report's files without their ending: the date and time in UTC; the second
    report of a second ends in -2, the third in -3."""
    stem = f"{made_at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    return stem if number == 1 else f"{stem}-{number}"


def tell_lost(lost: str) -> str:
    """That a run has no page, why, and what writes one."""
    return (
        f"the page was not written: {lost}; the run itself is done, and {_writes_one()}"
    )


def page_markdown(kept: KeptPage) -> str:
    """The paragraph of a report on its page."""
    if kept.path is None:
        told = f"The page was not written: {kept.lost}; " if kept.lost else ""
        return f"\n{told}{_writes_one()}\n"
    link = f"[{kept.path.name}]({kept.path.as_uri()})"
    return f"\nThe page, on the machine that ran this: {link}, `{kept.path}`\n"


def _writes_one() -> str:
    return f"`{command_line(WRITE_IT)}` writes the page of the warehouse as it is"
