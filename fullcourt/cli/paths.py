"""Paths that a person names: each fault of one ends in a sentence, and nothing waits for a pipe."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from core.errors import ConfigError
from core.whole_file import write_whole

MOST_BYTES = 64 * 2**20
"""Bytes of the largest file that a command reads as a whole:
a verdict has a few hundred thousand."""
SHOWN = 120
"""Characters of a path that a sentence shows."""
OWN_PLACES = (
    Path(__file__).resolve().parents[2],
    Path(sys.prefix).resolve(),
    Path(sys.base_prefix),
)
"""Where this program and Python lie: what is wrong there is no fault
of whoever typed the command."""

_ELSEWHERE = "name another place"
_REPAIRS = {
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.EACCES: "give this user the right to it, or name another place",
    errno.EPERM: "give this user the right to it, or name another place",
    errno.ENOTDIR: "a file stands where a folder is needed: name another place",
    errno.EEXIST: "a file stands where a folder is needed: name another place",
    errno.ELOOP: "its links lead in a circle: name another place",
}
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class InputFile(click.ParamType[Path]):
    """A file to be read; anything else at the path is told by what it is."""

    name = "file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """The path; ConfigError where no regular file is at it."""
        path = Path(value)
        option = param.opts[0] if param else "the file"
        try:
            kind = kind_of(path.stat().st_mode)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{option}: {printable(path)}: {reason(error)}; name a file that is there"
            ) from error
        if kind:
            raise ConfigError(f"{option}: {printable(path)} is {kind}; name a file")
        return path


def kind_of(mode: int) -> str:
    """What is at a path, in words; empty for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    for is_kind, kind in _KINDS:
        if is_kind(mode):
            return kind
    return "no regular file"


def read_text(path: Path, wanted: str) -> str:
    """The text of a regular file; ConfigError says why there is none, and what is wanted."""
    try:
        # Without waiting: a pipe that nobody writes to would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            kind = kind_of(os.fstat(descriptor).st_mode)
            data = b"" if kind else file.read(MOST_BYTES + 1) or b""
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{printable(path)}: cannot be read: {reason(error)}; {wanted}"
        ) from error
    if kind:
        raise ConfigError(f"{printable(path)} is {kind}; {wanted}")
    if len(data) > MOST_BYTES:
        raise ConfigError(
            f"{printable(path)}: has more than {MOST_BYTES // 2**20} MiB; {wanted}"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1:,} is 0x{data[error.start]:02x}"
        raise ConfigError(
            f"{printable(path)}: cannot be read as text: {place}, no UTF-8; {wanted}"
        ) from error


def write_text(path: Path, text: str, repair: str, *, is_new: bool = False) -> None:
    """Write a text whole or not at all, folders included; ConfigError where that cannot be.

    `is_new`: FileExistsError where something is at the path already.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{printable(path)}: {reason(error)}; {repair}") from error
    try:
        write_whole(path, text, is_new=is_new)
    except (OSError, ValueError) as error:
        if is_new and isinstance(error, FileExistsError):
            raise
        raise ConfigError(f"{printable(path)}: {reason(error)}; {repair}") from error


def require_utf8(arguments: Sequence[str]) -> None:
    """Raise ConfigError for an argument that is not UTF-8:
    no database, report or table can hold it."""
    for number, argument in enumerate(arguments, 1):
        if not is_utf8(argument):
            raise ConfigError(
                f"argument {number}, {printable(argument)}, is not UTF-8; type it in UTF-8, "
                "or give the file or folder that it names a name in UTF-8"
            )


def is_utf8(text: str) -> bool:
    """Whether a text of the command line or the environment was UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(place: Path | str | bytes) -> str:
    """A path or an argument for a sentence: one line,
    of characters that any terminal has, not too long."""
    text = "".join(
        map(_visible, os.fsencode(place).decode("utf-8", "backslashreplace"))
    )
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]}…{text[-SHOWN // 2 :]}"


def _visible(letter: str) -> str:
    """A character, or its escape where a terminal would not show it."""
    return letter if letter.isprintable() else repr(letter)[1:-1]


def reason(error: OSError | ValueError) -> str:
    """Why the system refuses a path, in its words where they are plain."""
    if isinstance(error, OSError) and error.errno == errno.ENXIO:
        return "a pipe that nobody reads, or a device that is not there"
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def explain_place(error: OSError) -> ConfigError | None:
    """The sentence on a path that the system refused; None where the path is none of a person's."""
    if not isinstance(error.filename, str | bytes | Path):
        return None
    path = Path(os.fsdecode(error.filename))
    if any(map(path.is_relative_to, OWN_PLACES)):
        return None
    repair = _REPAIRS.get(error.errno or 0, _ELSEWHERE)
    return ConfigError(f"{printable(path)}: {reason(error)}; {repair}")
