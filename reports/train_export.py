"""What `train export` shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.counted import counted
from reports.export import print_export
from reports.terminal import grid
from reports.verify import say


def print_set(manifest: Mapping[str, Any], folder: str) -> None:
    """What was written, the rows of each split, and what the check said of the set."""
    print_export(manifest, folder)
    splits = manifest["splits"]
    begins = {"validation": splits["validation_from"], "test": splits["test_from"]}
    rows = [(name, begins.get(name, ""), n) for name, n in splits["rows"].items()]
    grid("splits", ("split", "from", "rows"), rows)
    say(f"left out in embargoes: {counted(splits['left_out'], 'row')}")
    say(f"train check: {_checked(manifest['check'])}")


def _checked(check: Mapping[str, Any]) -> str:
    if check["decision"] == "none":
        return "none on these dates and splits; train fit asks for one, or for --reason"
    return f"{check['decision']} on {check['first_date']}..{check['last_date']}"
