"""Invented names; some players share one, and some are spelled differently over the years."""

from __future__ import annotations

from demo.arrays import Rng


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    "Aaron Abel Adrian Alex Amari Andre Anton Asher Blake Boris Bryce Caleb Cameron Carlos "
    "Cedric Cole Damon Darius Dante Desmond Devin Dorian Drew Elias Emeka Eric Ethan Felix "
    "Gabriel Goran Grant Hassan Isaac Ivan Jalen Jamal Jasper Jonas Jordan Julian Kai Keon Kofi "
    "Lamar Lance Leon Luka Malik Marcus Mario Mason Miles Nate Nikola Omar Oscar Pascal Quentin "
    "Rashad Reggie Rico Ruben Sami Seth Tariq Theo Tobias Trey Troy Victor Vince Wes Xavier "
    "Yusuf Zane"
)
LAST_BEGINNINGS = _words(
    "Al Ash Bar Bell Black Brad Car Clif Dal Dun East Far Gar Green Ham Har Hol Kel Lang"
)
LAST_MIDDLES = ["", "er", "ing", "en", "is", "ow"]
LAST_ENDINGS = _words("ton ford well ley man son by ham wood worth dale ridge stone field brook")
SUFFIXES = ("Jr.", "II", "III")
LATE_SUFFIX = 0.02  # share of players whose suffix appears only in a later season's sources


def draw_names(rng: Rng, count: int) -> list[str]:
    """First and last names for `count` players."""
    parts = (FIRST, LAST_BEGINNINGS, LAST_MIDDLES, LAST_ENDINGS)
    first, beginning, middle, ending = (
        [p[i] for i in rng.integers(len(p), size=count)] for p in parts
    )
    return [f"{f} {b}{m}{e}" for f, b, m, e in zip(first, beginning, middle, ending, strict=True)]


def draw_suffixes(rng: Rng, count: int) -> list[str]:
    """A suffix for the few whose spelling changes, "" for everyone else."""
    chance, which = rng.random(count), rng.integers(len(SUFFIXES), size=count)
    return [SUFFIXES[w] if c < LATE_SUFFIX else "" for c, w in zip(chance, which, strict=True)]
