"""Columns of raw tables that are NULL in one month far more often than in the others of its season:
what a source stopped telling, and no computed table may notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from core.counted import counted
from core.grouping import group
from reports.seasons import season_name

STANDS_OUT = 0.25
"""Share of a month's rows by which its NULLs lie above the median of the season's other months."""
FEWEST_ROWS = 200
"""Rows of a month below which a share says little."""
NOT_READ = "The NULLs of raw columns were not counted for this page, since reading them is billed."


@dataclass(frozen=True, slots=True)
class MonthOfTable:
    """A month of a raw table (`2024-03`): its season, its rows, and of each column the NULLs."""

    table: str
    season: int
    month: str
    rows: int
    nulls: Mapping[str, int] = field(default_factory=dict)

    def share(self, column: str) -> float:
        """Share of rows in which a column is NULL, 0 to 1."""
        return self.nulls[column] / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class NullMonth:
    """A column that is NULL too often in a month; `usual`: the median share of the other months."""

    column: str
    of: MonthOfTable
    usual: float


def months_of_nulls(months: Sequence[MonthOfTable]) -> Iterator[NullMonth]:
    """The columns and months that stand out, each beside the other months of its season."""
    known = [each for each in months if each.rows >= FEWEST_ROWS]
    for of_season in group(known, lambda each: (each.table, each.season)).values():
        for column in of_season[0].nulls:
            yield from _standing_out(of_season, column)


def _standing_out(
    of_season: Sequence[MonthOfTable], column: str
) -> Iterator[NullMonth]:
    for each in of_season:
        others = [other.share(column) for other in of_season if other is not each]
        # A single other month is no rule that the one could break.
        if len(others) < 2:
            return
        usual = median(others)
        if each.share(column) - usual >= STANDS_OUT:
            yield NullMonth(column, each, usual)


def tell_nulls(months: Sequence[MonthOfTable]) -> Iterator[str]:
    """A sentence for each column and month that stands out."""
    for found in months_of_nulls(months):
        of = found.of
        nulls = of.nulls[found.column]
        yield (
            f"{of.table}: {found.column} is NULL in {nulls:,} of {counted(of.rows, 'row')} "
            f"({100 * of.share(found.column):.0f} %) of {of.month}, season "
            f"{season_name(of.season)}; {100 * found.usual:.0f} % in its other months"
        )
