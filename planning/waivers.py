"""Waivers: games that will never have their data in a raw table,
accepted by a person with a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.counted import counted
from core.errors import ConfigError, SourceError
from core.remedy import PLACEHOLDER, Remedy, says_nothing
from planning.overrides import WHAT_A_REASON_NEEDS, is_reason

COVERAGE_FLAGS = {
    "player_box": "covers_player_box",
    "shots": "covers_shots",
    "player_props": "covers_props",
}
"""Raw table -> the schedule's flag of the games that it has."""

SCHEDULE = "schedule"
"""A game waived for the schedule will not be played,
whatever its source says: it counts as cancelled."""
WAIVABLE = (*COVERAGE_FLAGS, SCHEDULE)
"""The raw tables that a game can be waived for."""
ENDED = ("final", "postponed", "cancelled", "dropped")
"""Statuses of games that nothing waits for."""

HOLES = ("shots",)
"""The raw tables that cover game by game:
a game that one lacks is a hole, which a waiver accepts."""
TOLD = ("player_box",)
"""The raw tables of which it is told, where a final game counts, that they do not cover it; a
waiver accepts that as well."""
WITHOUT_SHOTS = "@without_shots"
"""The parameter of a check's query that holds the games waived for shots."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One game that counts as not covered by one raw table, whatever its source declares.

    `declared` is what the source declares: what the schedule's flag is again once the waiver is
    removed.
    """

    game_id: str
    raw_table: str
    reason: str
    declared: bool
    waived_at: datetime

    def to_json(self) -> dict[str, Any]:
        """The waiver as plain data, its time as UTC in ISO 8601."""
        return {**asdict(self), "waived_at": self.waived_at.isoformat()}


def coverage_flag(raw_table: str) -> str:
    """The schedule's flag of a raw table; ConfigError says
    what can be waived, and what else to do."""
    if raw_table in COVERAGE_FLAGS:
        return COVERAGE_FLAGS[raw_table]
    raise ConfigError(
        f"{raw_table} cannot be waived, only {', '.join(WAIVABLE)} can; a final game without its "
        "team box: load it, or take the game out with ",
        Remedy("ingest remove", ("GAME",)),
        "; no other raw table is waited for",
    )


def is_missed(raw_table: str, is_covered: bool, counts: bool) -> bool:
    """Whether a raw table is to have rows of a game: its source covers the game, or that it does
    not is told. `counts`: it is a final game of the season, the play-offs or the cup."""
    return is_covered or raw_table in HOLES or (raw_table in TOLD and counts)


def require_open(game_id: str, statuses: Sequence[str]) -> None:
    """Raise SourceError unless the schedule has the game, by these statuses, and it is open."""
    if not statuses:
        raise SourceError(
            f"the schedule does not know game {game_id}; ids have ten characters, such as "
            "0022400061"
        )
    if statuses[0] in ENDED:
        raise SourceError(
            f"game {game_id} is {statuses[0]}: nothing waits for it, nothing to waive"
        )


def to_waive(
    asked: Collection[str],
    missed: Mapping[str, bool],
    waived: Collection[str],
    raw_table: str,
) -> list[str]:
    """The games of a set that are still to be waived;
    SourceError when one is unknown, or none is left.

    `missed`: game -> whether the raw table is to have it, of those that the schedule knows. Games
    that are waived already, and those that nobody waits for, stay as they are.
    """
    if unknown := [game for game in asked if game not in missed]:
        raise SourceError(
            f"the schedule does not know game {unknown[0]} ({len(unknown):,} of "
            f"{counted(len(asked), 'game')} unknown); ids have ten characters, such "
            "as 0022400061; nothing was waived"
        )
    left = [game for game in asked if game not in waived and missed[game]]
    if not left:
        raise SourceError(
            f"of {counted(len(asked), 'game')} none is waited for in {raw_table}, "
            "or all are waived "
            "already: nothing to waive; ",
            Remedy("waive"),
            " lists the waivers in force",
        )
    return left


def require_reason(reason: str) -> str:
    """Raise ConfigError unless there is a reason that says something;
    it comes back without blanks around it."""
    given = reason.strip()
    if not given:
        raise ConfigError(
            "a waiver needs a reason, which every later verdict repeats: "
            f"--reason '{PLACEHOLDER}'"
        )
    if says_nothing(given):
        raise ConfigError(
            f"--reason '{given}' stands for a reason and is none: say in words why the "
            "data never comes; every later verdict repeats them"
        )
    if not is_reason(given):
        raise ConfigError(
            f"--reason '{given}': a reason needs {WHAT_A_REASON_NEEDS}; say why the "
            "data never comes, every later verdict repeats it"
        )
    return given


def waived_games(waivers: Iterable[Waiver], raw_table: str) -> list[str]:
    """The games that are waived for a raw table."""
    return [waiver.game_id for waiver in waivers if waiver.raw_table == raw_table]
