"""The same backfills through the real command line and flow,
to prove that the harness tells the truth."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from fullcourt import server
from planning.selection import Selection
from tests.commands import called, environment
from tests.loop import fingerprints, open_warehouse
from tests.property.loading.harness import Ended
from tests.property.loading.walk import Walk


class CommandLine:
    """A home with a Prefect server for all commands; the server stops at the end of the block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.environ = environment(self.home)
        self.ends: list[int] = []

    def __enter__(self) -> CommandLine:
        self.home.mkdir()
        code, _, said = called(self.environ, "server", "start")
        if code:
            raise RuntimeError(f"no Prefect server: {said}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        server.stop(self.home)

    def compare(self, seed: int, steps: int = 3) -> list[int]:
        """Run a sequence of which the command line ends every backfill as well; the exit codes."""
        self.ends = []
        folder = self.folder / f"sequence-{seed}"
        folder.mkdir()
        walk = Walk(seed, folder, witness=self.repeat)
        try:
            walk.go(steps)
        finally:
            walk.close()
        return self.ends

    def repeat(self, copy: Path, walk: Walk, allow_removal: str, ended: Ended) -> None:
        """Backfill a copy through the command line; AssertionError where it ends in another way."""
        options = [*words(walk.selection)]
        if allow_removal:
            options += ["--allow-removal", allow_removal]
        arguments = ("--warehouse", f"duckdb:{copy}", "backfill", *options)
        code, out, said = called(self.environ, *arguments)
        if code != ended.exit_code:
            raise AssertionError(
                f"exit {code} through the command line, {ended.exit_code} without: {said}\n"
                f"{ended.error}\n{out}"
            )
        warehouse = open_warehouse(path=str(copy))
        try:
            found = fingerprints(warehouse)
        finally:
            warehouse.close()
        if found != fingerprints(walk.warehouse):
            raise AssertionError("other rows through the command line than without")
        self.ends.append(code)


def words(selection: Selection) -> list[str]:
    """A selection as a person types it."""
    phases = [word for phase in selection.phases for word in ("--phase", phase)]
    tables = [word for table in selection.tables for word in ("--table", table)]
    return [*phases, *tables]
