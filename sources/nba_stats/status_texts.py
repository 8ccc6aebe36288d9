"""What the text of a game's status says: that it is over, or that it is not played.

Pure text in, text out: SQL over the column `status_text` of the schedule's rows.
"""

from __future__ import annotations

CANCELLED = "cancel|cncl|canc\\b|abandon|called off|will not be played"
POSTPONED = "ppd|postp|suspend|susp\\b|delayed indefinitely"
"""Patterns of the words, in lower case, with which a status says that a game is not played."""

FINAL = "\\bfinal\\b|^f\\b"
"""A pattern of the words that a game is over. What else stands beside them is its history:
`Final (resumed, suspended 11/3)`."""

USUAL = (
    "final|half|qtr|quarter|overtime|\\bot\\b|tbd|tba|tip|live|progress|start|pregame|"
    "schedul|et$"
)
"""A pattern of the words of a game that is to come or goes on; so does any time or period."""

WORDS = "lower(coalesce(status_text, ''))"
"""The text in lower case, '' where there is none."""

CALLED_OFF = f"""CASE
    WHEN regexp_matches({WORDS}, '{FINAL}') THEN NULL
    WHEN regexp_matches({WORDS}, '{CANCELLED}') THEN 'cancelled'
    WHEN regexp_matches({WORDS}, '{POSTPONED}') THEN 'postponed'
  END"""
"""How the text says that the game is not played; NULL where it does not."""

UNHEARD_OF = f"NOT regexp_matches({WORDS}, '^$|\\d|{USUAL}|{CANCELLED}|{POSTPONED}')"
"""Whether the text neither calls the game off nor is usual."""
