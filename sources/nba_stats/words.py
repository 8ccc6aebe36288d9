"""What is wrong with rows, in one sentence:
column, example, count, and what files of the kind have."""

from __future__ import annotations

from collections.abc import Sequence

from core.counted import counted
from sources.nba_stats.parsing import expected
from sources.nba_stats.shape import Shape

OF_A_VALUE = frozenset(
    {
        "bad_date",
        "bad_game_id",
        "bad_matchup",
        "missing_minutes",
        "missing_value",
        "not_a_number",
        "unknown_value",
    }
)
"""Reasons that are told by the value that stands in one column."""

OF_A_TEAM = frozenset({"bad_team", "teams_unknown"})
"""Reasons that are told by one of the values that stand where a team's code is to be."""

_EXAMPLES = 3


def in_words(
    shape: Shape, reason: str, column: str | None, example: str | None, rows: int
) -> str:
    """Why rows are rejected: `GAME_DATE is '10/22/2024' in 942 rows;
    files of this kind have 2024-10-22`."""
    stands = "empty" if example is None else f"'{example}'"
    in_rows = f"in {counted(rows, 'row')}"
    if column is None:
        return f"{reason} {in_rows}"
    field = next((f for f in shape.fields if f.column == column), None)
    if field is not None and reason in OF_A_TEAM and example is not None:
        return (
            f"{column} is no known team's in {counted(rows, 'row')}, such as {stands}; "
            f"files of this kind have {expected(field)}"
        )
    if field is None or reason not in OF_A_VALUE | OF_A_TEAM:
        return f"{reason} {in_rows}, such as {column} {stands}"
    return f"{column} is {stands} {in_rows}; files of this kind have {expected(field)}"


def few_of(ids: Sequence[str]) -> str:
    """The first of some ids: `0022400131, 0022400132, 0022400133, …`."""
    more = ", …" if len(ids) > _EXAMPLES else ""
    return ", ".join(ids[:_EXAMPLES]) + more
