"""Values that a person, a script or an attacker may type:
right ones, those at an edge, and hostile ones."""

from __future__ import annotations

import os
from datetime import date, timedelta
from random import Random

import click

from fullcourt.cli.choose import Day
from fullcourt.cli.paths import InputFile
from tests.league import FIRST_DAY

LONG = "a" * 5000
NUMBERS = (
    "0",
    "1",
    "2",
    "7",
    "30",
    "36525",
    "36526",
    "2023",
    "2022",
    "-1",
    "+1",
    "007",
)
ODD_NUMBERS = (
    *(
        "1" + "0" * 30,
        "-1" + "0" * 30,
        "9" * 400,
        "9" * 5000,
        "1.5",
        "nan",
        "inf",
        "-inf",
        "1e309",
    ),
    "",
    " ",
    "0x10",
    "1_000",
    "１２",
    "²",
    "--",
    "2147483648",
    "9223372036854775808",
    "1e-400",
)
ODD_DATES = (
    "9999-12-31",
    "9999-01-01",
    "0001-01-01",
    "0000-00-00",
    "1945-12-31",
    "2200-01-01",
    "2199-12-31",
    "1946-01-01",
    "2023-02-30",
    "2023-1-1",
    "2023-10-24T00:00:00",
    "10/24/2023",
    "today",
    "",
    "-1",
    *("２０２３-10-24", "2023-10-24\n", "10000-01-01", "2023-10-24 ", LONG),
)
ODD_TEXTS = (
    "",
    " ",
    "'",
    '"',
    "`",
    "a\nb",
    "\t",
    "--",
    "-x",
    "--home",
    "[/b]",
    "[bold]x",
    "[link=x]",
    "%s",
    "{}",
    "{0}",
    "$HOME",
    "; ls",
    "*",
    "\x1b[31m",
    "\x7f",
    "é",
    "ß",
    "😀",
    "\u202e",
    "\ufeff",
    "NULL",
    *(
        "' OR 1=1 --",
        "nan",
        "../..",
        "0",
        "None",
        LONG,
        os.fsdecode(b"\xff\xfe"),
        os.fsdecode(b"caf\xe9"),
    ),
)
GAMES = (
    "0022300012",
    "0022300015",
    "0022309999",
    "0022399999",
    "22300012",
    "1",
    "0",
    "00223000120",
)
REASONS = ("the league never published it", "ten chars!", "too short", "")
TEXTS = {
    "--table": (
        "player_game_summary",
        "team_offense_game_summary",
        "ml_feature_store",
        "shots",
        "player_box",
        *("schedule", "team_box", "players", "no_such_table"),
    ),
    "--phase": ("team", "player", "context", "precompute", "no_such_phase"),
    "--check": ("cells_done_pct", "monthly_volume", "date_gaps", "no_such_check"),
    "--reason": REASONS,
    "--allow-removal": REASONS,
    "game_id": GAMES,
    "table": (
        "player_game_summary",
        "ml_feature_store",
        "shots",
        "schedule",
        "no_such_table",
    ),
}
PLACES = (
    "folder",
    "file",
    "binary",
    "empty",
    "loop",
    "loop/below",
    "file/below",
    "pipe",
    "socket",
    "nowhere",
    "folder/new.md",
    "verdict.json",
    "games.txt",
    "closed",
    "closed/below",
    "link-to-nothing",
    ".",
    "/",
    "/dev/full",
    "/dev/null",
    "/dev/zero",
    "/dev/stdin",
    "/proc",
    "/proc/self/mem",
    "/proc/kmsg",
    *(
        "/proc/self/environ",
        "/sys/kernel",
        "/dev/full/below",
        "~nobody-here/x",
        "a" * 300,
    ),
    *(
        "/".join(["deep"] * 900),
        os.fsdecode(b"caf\xe9"),
        "[b]x[/b]",
        "a\nb",
        "-",
        "files",
        "damaged-files",
    ),
)
WAREHOUSES = (
    "damaged.duckdb",
    "foreign.duckdb",
    "cut.duckdb",
    "new.duckdb",
    "later.duckdb",
)


def drawn(random: Random, param: click.Parameter) -> str:
    """A value for a parameter, by its type: most are right, the others are anything."""
    kind = param.type
    odd = random.random() < 0.22
    if isinstance(kind, click.Choice) and not odd:
        return str(random.choice(kind.choices))
    if isinstance(kind, Day):
        return random.choice(ODD_DATES) if odd else str(_day(random))
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return random.choice(ODD_NUMBERS if odd else NUMBERS)
    if isinstance(kind, InputFile) or _is_path(param):
        return path(random)
    if not odd and (right := TEXTS.get(param.opts[0])):
        return random.choice(right)
    return random.choice((*ODD_TEXTS, *ODD_DATES, *ODD_NUMBERS))


def path(random: Random) -> str:
    """A place, of any kind."""
    verdicts = [f"verdict-{number}.json" for number in range(DAMAGED_VERDICTS)]
    return random.choice(
        (*PLACES, *random.choices(verdicts, k=6), "verdict.json", "games.txt")
    )


DAMAGED_VERDICTS = 24
"""Verdicts in the folder of places of which something is not as it should be."""


def _day(random: Random) -> date:
    return FIRST_DAY + timedelta(days=random.randint(-3, 45))


def _is_path(param: click.Parameter) -> bool:
    """Whether a parameter names a place: its type says so, or its name for others to read."""
    named = getattr(param.type, "func", None)
    return (
        isinstance(param.type, click.Path) or getattr(named, "__name__", "") == "Path"
    )
