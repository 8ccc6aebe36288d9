"""Rows of each raw table by season and date, held against what is usual: what a source stopped
telling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from core.counted import counted
from core.grouping import group
from reports.seasons import season_name, tell_seasons

FEW = 0.5
"""Share of the usual rows a game below which a season or a date is marked."""
SELDOM = 0.1
"""Share of a season's dates up to which few rows are a lack: a table that has few more often is one
whose rows vary."""
DATES_NAMED = 5
"""Dates that a sentence names; more are counted."""


@dataclass(frozen=True)
class RawFacts:
    """What the raw tables hold. `final_games`: season -> its games that are final. `rows`: raw
    table -> season -> rows, by the ledger. `covered_games`: season -> date -> its final games with
    player data, and `rows_by_date`: raw table -> date -> rows."""

    final_games: Mapping[int, int] = field(default_factory=dict)
    rows: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    covered_games: Mapping[int, Mapping[date, int]] = field(default_factory=dict)
    rows_by_date: Mapping[str, Mapping[date, int]] = field(default_factory=dict)

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


@dataclass(frozen=True)
class Lack:
    """What a raw table lacks, in a sentence, and the seasons that it lacks it in."""

    table: str
    seasons: Sequence[int]
    told: str


def find_lacks(facts: RawFacts) -> Iterator[Lack]:
    """What is missing, told for each table and kind of lack."""
    by_kind = group(_lacks(facts).items(), lambda found: (found[0][0], found[1]))
    for (table, lack), found in by_kind.items():
        seasons = [season for (_table, season), _lack in found]
        named = tell_seasons(seasons)
        if lack == "none":
            told = f"{table} has no rows in {named}, and has some in other seasons."
        else:
            told = f"{table} has less than half of its usual rows a game in {named}."
        yield Lack(table, seasons, told)
    for each in lacking_dates(facts):
        days, season = _tell_days(each.days), season_name(each.season)
        told = f"{each.table} has {WORDS[each.lack]} on {days} of {season}."
        yield Lack(each.table, [each.season], told)


WORDS = {"none": "no rows", "few": "less than half of its usual rows a game"}
"""A lack -> what a table has."""


@dataclass(frozen=True)
class LackingDates:
    """Dates of one season on which a raw table has no rows (`none`) or few (`few`)."""

    table: str
    season: int
    lack: str
    days: Sequence[date]


def lacking_dates(facts: RawFacts) -> Iterator[LackingDates]:
    """The dates of which a table tells nothing or little, by table, season and lack."""
    for table in facts.tables:
        for season, games in facts.covered_games.items():
            rows = facts.rows_by_date.get(table, {})
            rates = {
                day: rows.get(day, 0) / held for day, held in games.items() if held
            }
            without = [day for day, rate in rates.items() if not rate]
            if len(without) > len(rates) / 2:
                # The season lacks the table, which is told of the season.
                continue
            if without:
                yield LackingDates(table, season, "none", without)
            if few := _dates_with_few(rates):
                yield LackingDates(table, season, "few", few)


def lacks_by_date(facts: RawFacts) -> dict[date, tuple[str, ...]]:
    """Date -> what raw data it lacks: `shots has no rows`."""
    found: dict[date, tuple[str, ...]] = {}
    for each in lacking_dates(facts):
        for day in each.days:
            told = f"{each.table} has {WORDS[each.lack]}"
            found[day] = (*found.get(day, ()), told)
    return found


def _dates_with_few(rates: Mapping[date, float]) -> list[date]:
    """The dates with some rows, and few of them; none where that is nothing unusual."""
    known = [rate for rate in rates.values() if rate]
    usual = median(known) if known else 0.0
    few = [day for day, rate in rates.items() if 0 < rate < FEW * usual]
    return few if len(few) <= SELDOM * len(rates) else []


def _tell_days(days: Sequence[date]) -> str:
    """`2 dates with final games (2024-11-15, 2024-11-17)`."""
    listed = ", ".join(map(str, sorted(days)[:DATES_NAMED]))
    more = ", …" if len(days) > DATES_NAMED else ""
    return f"{counted(len(days), 'date')} with final games ({listed}{more})"


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
