"""Importing much at once. Imports nothing of the project, so that it can be had before anything."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any

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
    seldom. What Prefect imports for whoever may use it runs when somebody does.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    finder = _LateFinder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        gc.freeze()
        gc.set_threshold(*SELDOM)
        if was_enabled:
            gc.enable()


LATE = ("prefect.blocks.notifications", "prefect.blocks.webhook")
"""Modules that Prefect imports for their classes to be known, a tenth of its own import: they make
the JSON schema of every way to notify somebody."""


class _LateFinder(MetaPathFinder):
    """Finds late modules as what runs at its first use."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The spec of a late module; None for all others, which the next finder finds."""
        found = PathFinder.find_spec(fullname, path) if fullname in LATE else None
        if found is not None and found.loader is not None:
            found.loader = _LateLoader(found.loader)
        return found


class _LateLoader(Loader):
    """Leaves a module empty until it is asked for anything.

    The standard library's own lazy loader runs a module as soon as it is imported a second time.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._lock = RLock()
        self._is_running = False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The module itself, as its own loader makes it."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Let the module's own loader run it for the first name that it is asked for; who asks
        meanwhile in another thread waits until it has run."""

        def load(name: str) -> Any:
            with self._lock:
                if self._is_running:
                    # The module itself asks, of what it has not come to yet.
                    raise AttributeError(
                        f"module {module.__name__!r} has no attribute {name!r}"
                    )
                if module.__dict__.get("__getattr__") is load:
                    self._run(module)
                    if module.__dict__["__getattr__"] is load:
                        del module.__dict__["__getattr__"]
            return getattr(module, name)

        module.__dict__["__getattr__"] = load

    def _run(self, module: ModuleType) -> None:
        self._is_running = True
        try:
            self._loader.exec_module(module)
        finally:
            self._is_running = False
