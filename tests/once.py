"""What the first process of a run of tests makes, and all others find."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from fullcourt.process_record import alone

RUN_FOLDER = "FULLCOURT_TESTS_FOLDER"
"""Names the folder that all processes of a run of tests share."""


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """A file of that folder, whole: look at it or copy it, and leave it as it is.

    `make` writes it to the path that it is given; who else asks waits until it is there.
    """
    folder = Path(os.environ[RUN_FOLDER])
    kept, part = folder / name, folder / "parts" / name
    with alone(folder / f"{name}.lock"):
        if not kept.exists():
            part.parent.mkdir(exist_ok=True)
            make(part)
            part.replace(kept)
    return kept
