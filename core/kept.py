"""Texts that this code makes of others, kept between processes in the user's cache folder.

Parsing, checking and translating SQL is most of what a short command would do, and gives the same
as the last time. A text is looked up under everything that decides it: what it is made of, all code
of the packages that make it, sqlglot, and Python. One that is not there, or not as it was written,
is made; where nothing can be kept, each process makes its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.version import ROOT

VARIABLE = "FULLCOURT_CACHE"
"""The folder, where it is not `fullcourt` in the user's cache folder."""
PACKAGES = ("core", "processors", "planning", "validation", "warehouse")
"""The packages whose code decides what is made."""
MOST_TEXTS = 2_000
"""A folder with as many takes no more: some statements name a date."""
MOST_VERSIONS = 4
"""Versions of the code whose texts are kept side by side."""
PREFIX = "texts-"
_DIGEST = 64
"""Hexadecimal digits of the digest that a kept text begins with."""


def keep_text(kind: str, parts: Iterable[str], make: Callable[[], str]) -> str:
    """The text that `make` makes of these parts and of nothing else but this code.

    `kind` tells apart what different makers make of the same parts. Errors of `make` are raised.
    """
    parts = list(parts)
    kept = find_text(kind, parts)
    if kept is None:
        kept = make()
        put_text(kind, parts, kept)
    return kept


def keep_latest(
    kind: str, place: str, parts: Iterable[str], make: Callable[[], str]
) -> str:
    """As `keep_text`, of parts that change with the data: one text is kept for each `place`, and
    the next one takes its room."""
    folder = _folder(str(cache_folder()))
    if folder is None:
        return make()
    path = folder / _digest([kind, place])
    key = _digest([kind, place, *parts])
    kept = _read(path, key)
    if kept is None:
        kept = make()
        with suppress(OSError, UnicodeError):
            _write(path, key, kept)
    return kept


def find_text(kind: str, parts: Iterable[str]) -> str | None:
    """The text that was made of these parts before; None where none is kept."""
    folder = _folder(str(cache_folder()))
    if folder is None:
        return None
    key = _digest([kind, *parts])
    return _read(folder / key, key)


def put_text(kind: str, parts: Iterable[str], text: str) -> None:
    """Keep a text that was made of these parts, where one can be kept."""
    folder = _folder(str(cache_folder()))
    if folder is not None:
        with suppress(OSError, UnicodeError):
            key = _digest([kind, *parts])
            _write(folder / key, key, text)


def cache_folder() -> Path:
    """Where texts are kept: as FULLCOURT_CACHE says, else in the user's cache folder."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    above = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(above) / "fullcourt"


@cache
def code_digest(root: Path = ROOT) -> str:
    """The digest of the code that makes texts, with the versions of sqlglot and Python."""
    digest = hashlib.sha256(f"{sys.version} {_version_of('sqlglot')}".encode())
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            text = path.read_bytes()
            digest.update(f"{path.relative_to(root)} {len(text)} ".encode())
            digest.update(text)
    return digest.hexdigest()


@cache
def _folder(named: str) -> Path | None:
    """The folder for this code, made where it is not there; None where none can be used.

    Only one that nobody but this user can write to is believed.
    """
    try:
        above = Path(named).expanduser()
        folder = above / f"{PREFIX}{code_digest()[:16]}"
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _forget_old_versions(folder)
        return folder if _is_own(folder) else None
    except (OSError, RuntimeError):
        return None


def _is_own(folder: Path) -> bool:
    status = folder.stat()
    is_private = not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return is_private and status.st_uid == os.getuid()


def _forget_old_versions(own: Path) -> None:
    """Take away the folders beside a version's own of all but the latest versions of the code."""
    others = [path for path in own.parent.glob(f"{PREFIX}*") if path != own]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in others[MOST_VERSIONS - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path, key: str) -> str | None:
    """A kept text; None where there is none, or it is not as it was written for this key."""
    try:
        held = path.read_bytes().decode()
    except (OSError, UnicodeError):
        return None
    digest, text = held[:_DIGEST], held[_DIGEST:]
    return text if digest == _digest([key, text]) else None


def _write(path: Path, key: str, text: str) -> None:
    """Keep a text, whole or not at all."""
    if len(os.listdir(path.parent)) >= MOST_TEXTS and not path.exists():
        return
    descriptor, new = tempfile.mkstemp(dir=path.parent, prefix="new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{_digest([key, text])}{text}".encode())
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise


def _digest(parts: list[str]) -> str:
    text = json.dumps([code_digest(), *parts])
    return hashlib.sha256(text.encode()).hexdigest()


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
