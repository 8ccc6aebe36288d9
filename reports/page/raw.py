"""Rows of each raw table by season, held against what is usual: what a source stopped telling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from core.grouping import group
from reports.page.seasons import season_name, tell_seasons

FEW = 0.5
"""Share of the usual rows a game below which a season is marked."""


@dataclass(frozen=True)
class RawFacts:
    """What the raw tables hold. `final_games`: season -> its games that are final. `rows`: raw
    table -> season -> rows, by the ledger."""

    final_games: Mapping[int, int] = field(default_factory=dict)
    rows: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    @property
    def tables(self) -> list[str]:
        """The tables that hold rows of any season."""
        return [table for table, rows in self.rows.items() if sum(rows.values())]

    @property
    def empty_tables(self) -> list[str]:
        """The tables that hold none."""
        return [table for table, rows in self.rows.items() if not sum(rows.values())]

    @property
    def seasons(self) -> list[int]:
        """The seasons with a final game, the earliest first."""
        return sorted(season for season, games in self.final_games.items() if games)


@dataclass(frozen=True)
class RawCell:
    """The rows of a table in a season: the number as text; `lack` where it has none or few."""

    rows: str
    lack: str = ""


def raw_rows(facts: RawFacts) -> Iterator[tuple[str, list[RawCell]]]:
    """Each season with a cell for each table."""
    lacks = _lacks(facts)
    for season in facts.seasons:
        cells: list[RawCell] = []
        for table in facts.tables:
            count = facts.rows[table].get(season, 0)
            cells.append(RawCell(f"{count:,}", lacks.get((table, season), "")))
        yield season_name(season), cells


def tell_lacks(facts: RawFacts) -> Iterator[str]:
    """What is missing, a sentence for each table and kind of lack."""
    by_kind = group(_lacks(facts).items(), lambda found: (found[0][0], found[1]))
    for (table, lack), found in by_kind.items():
        seasons = tell_seasons([season for (_table, season), _lack in found])
        if lack == "none":
            yield f"{table} has no rows in {seasons}, and has some in other seasons."
        else:
            yield f"{table} has less than half of its usual rows a game in {seasons}."


def _lacks(facts: RawFacts) -> dict[tuple[str, int], str]:
    """Table and season -> `none` or `few`, by rows a final game beside the median of the seasons
    that have any."""
    found: dict[tuple[str, int], str] = {}
    for table in facts.tables:
        rates = _rates(facts, table)
        # Without any row per final game, no season has a final game.
        usual = median([rate for rate in rates.values() if rate] or [0.0])
        for season, rate in rates.items():
            if rate < FEW * usual:
                found[table, season] = "few" if rate else "none"
    return found


def _rates(facts: RawFacts, table: str) -> dict[int, float]:
    """Season -> rows a final game."""
    rows, games = facts.rows[table], facts.final_games
    return {season: rows.get(season, 0) / games[season] for season in facts.seasons}
