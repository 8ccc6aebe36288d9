"""Texts written whole or not at all: whoever opens the file sees the old text or the new one."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def write_whole(path: Path, text: str, *, is_new: bool = False) -> None:
    """Write a text beside its place and move it there: a process that is killed, a full disk and
    two processes at a time leave no half of it.

    A link is followed. A pipe or a device is written to, and so is a file whose folder takes no
    other one. `is_new`: FileExistsError where something is at the path already.
    """
    place = path if is_new else Path(os.path.realpath(path))
    mode = None if is_new else _mode_of(place)
    if mode is not None and not _can_be_replaced(place, mode):
        _write_in_place(place, text)
        return
    part = place.parent / f".{secrets.token_hex(6)}.part"
    try:
        _write(os.open(part, _NEW, 0o666), text)
        if mode is not None:
            os.chmod(part, stat.S_IMODE(mode))
        if is_new:
            os.close(os.open(place, _NEW, 0o666))
        os.replace(part, place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _mode_of(place: Path) -> int | None:
    """The mode of what is at a place, which this user may write; None where nothing is."""
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return None
    for refused, number in (
        (stat.S_ISDIR(mode), errno.EISDIR),
        (not os.access(place, os.W_OK), errno.EACCES),
    ):
        if refused:
            raise OSError(number, os.strerror(number), str(place))
    return mode


def _can_be_replaced(place: Path, mode: int) -> bool:
    return stat.S_ISREG(mode) and os.access(place.parent, os.W_OK | os.X_OK)


def _write_in_place(place: Path, text: str) -> None:
    # Without waiting: a pipe that nobody reads would be waited for.
    descriptor = os.open(place, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    _write(descriptor, text)


def _write(descriptor: int, text: str) -> None:
    with os.fdopen(
        descriptor, "w", encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write(text)
