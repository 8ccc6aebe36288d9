"""Importing much at once. Imports nothing of the project, so that it can be had before anything."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# What is left when the interpreter ends is taken apart by the collector, and by it alone.
atexit.register(gc.unfreeze)

SELDOM = 50_000, 20, 20
"""How many objects more, and how many collections of the younger ones, lead to one: a run makes
hundreds of thousands that live as long as it does, and hardly a cycle."""


@contextmanager
def importing() -> Iterator[None]:
    """Keep the collector of cycles away from what is imported inside the block.

    It stays as long as the process: looking through it again and again took an eighth of the time
    of importing Prefect, and a fifth of a run with nothing to do. From then on the collector looks
    seldom.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*SELDOM)
        if was_enabled:
            gc.enable()
