"""Labels: the points of players who played, joined to what was known of them before. Pure.

A row belongs to the game that its player was expected to play. One whose player played another
game that day, or for another team, has no honest label: it is kept out and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.errors import ConfigError
from processors.catalog import Catalog

LABELS_FROM = "player_game_summary"
EXPECTED_IN = "upcoming_player_game_context"
LABEL_SOURCES = (LABELS_FROM, EXPECTED_IN)
PLAYER = "player_id"


@dataclass(frozen=True, slots=True)
class Played:
    """What a player did in a game: the label, and what says for whom."""

    game_id: str
    team: str
    points: int
    minutes: float


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A row without a label, because its player played another game, or for another team, than was
    expected of him."""

    day: date
    player_id: int
    expected_game: str
    expected_team: str
    played_game: str
    played_team: str


Key = tuple[date, int]
"""A date and a player."""


@dataclass
class Labelling:
    """Finds labels row by row, and counts what became of the rows."""

    expected: dict[Key, tuple[str, str]]
    played: dict[Key, list[Played]]
    labelled: int = 0
    did_not_play: int = 0
    kept_out: list[KeptOut] = field(default_factory=list)

    def find(self, key: Key) -> Played | None:
        """The label of a row; None where its player did not play, or is kept out."""
        games = self.played.get(key, [])
        game, team = self.expected.get(key, ("", ""))
        label = next((p for p in games if (p.game_id, p.team) == (game, team)), None)
        if label:
            self.labelled += 1
        elif games:
            other = games[0]
            self.kept_out.append(KeptOut(*key, game, team, other.game_id, other.team))
        else:
            self.did_not_play += 1
        return label


def by_key(rows: Iterable[tuple[Key, Played]]) -> dict[Key, list[Played]]:
    """Date and player -> what he did that day, in the order of the rows."""
    found: dict[Key, list[Played]] = {}
    for key, played in rows:
        found.setdefault(key, []).append(played)
    return found


def can_be_labelled(catalog: Catalog, table: str) -> bool:
    """Whether a row of the table is a player on a date, to whom a label can belong."""
    if table in catalog.raw:
        return False
    keys = {catalog.date_column(table), PLAYER}
    return set(catalog.grain(table)) == keys


def require_labels(catalog: Catalog, tables: Sequence[str]) -> None:
    """Raise ConfigError for a table whose rows have no label."""
    known = [table for table in catalog.ordered() if can_be_labelled(catalog, table)]
    for table in tables:
        if table not in known:
            raise ConfigError(
                f"{table} has no labels: its rows are not one player on one date; labels go with "
                f"{', '.join(known)}"
            )


def features(columns: Sequence[str]) -> Iterator[str]:
    """The columns that are features: those that have a status of their own."""
    return (name for name in columns if f"{name}_status" in columns)
