"""Commands as their reader would type them: with the options that this process was started with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from core.remedy import Remedy, Words


@dataclass(frozen=True)
class TypedOptions:
    """The options of the program that were typed before the command; empty where they were not."""

    home: str = ""
    warehouse: str = ""

    def before(self, remedy: Remedy) -> Sequence[str]:
        """The options that a command needs to find the same files and tables."""
        warehouse = remedy.warehouse or self.warehouse
        return [*_option("--home", self.home), *_option("--warehouse", warehouse)]


def _option(name: str, value: str) -> Sequence[str]:
    """An option as it is typed; nothing without a value."""
    return (name, value) if value else ()


_NOTHING_TYPED = TypedOptions()
_typed: ContextVar[TypedOptions] = ContextVar("typed", default=_NOTHING_TYPED)


@contextmanager
def repeating_options() -> Iterator[None]:
    """Show commands in this block with the options that `repeat_options` is told in it."""
    token = _typed.set(_NOTHING_TYPED)
    try:
        yield
    finally:
        _typed.reset(token)


def repeat_options(home: str | None, warehouse: str | None) -> None:
    """Show commands with these options of the program from here on."""
    _typed.set(TypedOptions(home or "", warehouse or ""))


def command_line(command: str | Remedy, *arguments: str) -> str:
    """A command as it is typed."""
    remedy = command if isinstance(command, Remedy) else Remedy(command, arguments)
    return remedy.typed(_typed.get().before(remedy))


def spell(words: Words) -> str:
    """A text with its commands as they are typed."""
    return "".join(
        command_line(piece) if isinstance(piece, Remedy) else piece for piece in words
    )
