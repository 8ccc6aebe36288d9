"""How many of something, in words: `1 cell`, `1,204 cells`."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun, which stands in the singular for one thing alone.

    `plural`: where it is not the noun with an s.
    """
    return f"{number:,} {noun_for(number, noun, plural)}"


def noun_for(number: float, noun: str, plural: str = "") -> str:
    """A noun as it stands behind a number; for a number that is written otherwise."""
    return noun if number == 1 else plural or f"{noun}s"


def verb_for(number: int, one: str, several: str) -> str:
    """A verb whose subject is so many things: `is` or `are`."""
    return one if number == 1 else several
