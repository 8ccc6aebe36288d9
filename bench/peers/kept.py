"""What of an interrupted run is kept: each tool's answer, until the whole run has ended.

An answer holds for the same dates, machine and code alone; of anything else nothing is taken.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bench.peers.own import PACKAGES
from bench.peers.tools import kept_folder
from bench.running import ROOT
from bench.speed import machine

CODE = (".py", ".sql", ".yaml", ".in", ".lock")
"""Endings of the files whose change makes a figure another."""


class Kept:
    """The answers of the tools that an earlier run of the same kind has measured already."""

    def __init__(self, start: date, end: date, folder: Path | None = None) -> None:
        """`folder` is where answers lie, by default beside the tools' environments."""
        self.folder = (folder or kept_folder()) / f"unfinished-{key(start, end):08x}"
        self.taken: list[str] = []

    def read(self, name: str) -> dict[str, Any] | None:
        """A tool's answer, if an interrupted run left one."""
        path = self._path(name)
        if not path.exists():
            return None
        self.taken.append(name)
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def write(self, name: str, answer: dict[str, Any]) -> None:
        """Keep a tool's answer, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self._path(name).with_suffix(".partial")
        partial.write_text(json.dumps(answer, default=str))
        partial.replace(self._path(name))

    def clear(self) -> None:
        """Forget all answers, of other runs too: this one has ended."""
        for folder in self.folder.parent.glob("unfinished-*"):
            shutil.rmtree(folder)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def key(start: date, end: date) -> int:
    """A number that is another where dates, machine or code are."""
    found = zlib.crc32(f"{start} {end} {machine()}".encode())
    for path in code_files():
        found = zlib.crc32(path.read_bytes(), found)
    return found


def code_files() -> Iterator[Path]:
    """The files that decide on what is measured, in a fixed order."""
    yield ROOT / "requirements.lock"
    for package in ("bench", *PACKAGES):
        everything = (ROOT / package).rglob("*")
        yield from sorted(path for path in everything if path.suffix in CODE)
