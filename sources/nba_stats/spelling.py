"""What spells nothing, a whole number and a flag: decided here alone, for every kind of file.

Pure SQL fragments over a text; a staged file holds trimmed text, '' as NULL.
"""

from __future__ import annotations

import re

NOTHING = ("na", "n/a", "#n/a", "nan", "none", "null", "nat", "<na>", "-", "--", "\\n")
"""Spellings, in lower case, with which R, pandas,
spreadsheets and databases write that nothing is there."""

TRUE = ("true", "t", "yes", "y", "1")
FALSE = ("false", "f", "no", "n", "0")


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


_NOTHING_PATTERN = "(?i)" + "|".join(re.escape(word) for word in NOTHING)


def something(text: str) -> str:
    """The text, or NULL where it spells nothing.

    A pattern and no list: DuckDB takes as long to plan a list for each column as to read a small
    file.
    """
    spells_nothing = f"regexp_full_match({text}, {quoted(_NOTHING_PATTERN)})"
    return f"CASE WHEN NOT {spells_nothing} THEN {text} END"


def whole(text: str) -> str:
    """The text without the `.0` that a float column gives a whole number;
    any other text as it is."""
    return rf"regexp_replace({text}, '^([+-]?\d+)\.0*$', '\1')"


def integer(text: str) -> str:
    """25, 25.0 and 25,0 as a number; NULL for 25.7, which a plain cast would round, and for 2.5e1.

    25,000 may be thousands, and is no number here.
    """
    return (
        rf"TRY_CAST(regexp_extract({text}, '^([+-]?\d+)(\.0*|,0|,00)?$', 1) AS BIGINT)"
    )


DECIMAL_COMMA = r"^[+-]?\d+,\d+$"
"""A number as a spreadsheet writes it where the comma is the point; none of these files has numbers
in thousands, so that the comma is no mark between digits."""


def number(text: str) -> str:
    """A finite number, 1,5 being 1.5; NULL for anything else."""
    has_comma = f"regexp_matches({text}, '{DECIMAL_COMMA}')"
    pointed = f"IF({has_comma}, replace({text}, ',', '.'), {text})"
    parsed = f"TRY_CAST({pointed} AS DOUBLE)"
    return f"CASE WHEN isfinite({parsed}) THEN {parsed} END"


def flag(text: str) -> str:
    """'true' or 'false' for any usual spelling of a flag; NULL for anything else."""
    word = f"lower({whole(text)})"
    is_true = f"{word} IN ({_list(TRUE)})"
    is_false = f"{word} IN ({_list(FALSE)})"
    return f"CASE WHEN {is_true} THEN 'true' WHEN {is_false} THEN 'false' END"


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, words))
