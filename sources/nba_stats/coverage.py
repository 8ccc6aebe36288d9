"""What is covered, and which schedule rows are new: the last step of a load's schedule.

Player box scores are covered by season and game type: by a file that is loaded here, or by what is
known of the pair. Shots are covered game by game, because charts come in parts of seasons: a game
without any shot is a hole that the gate names, and takes nothing from the games that have theirs.
Waivers are the warehouse's
business: what is known here is what was declared.
"""

from __future__ import annotations

from processors.raw_schemas import schema

_BY_SEASON = """
(s.season, s.game_type) IN (
  SELECT (season, game_type) FROM known WHERE covers_player_box
  UNION SELECT (g.season, g.game_type) FROM player_box_rows JOIN games AS g USING (game_id)
) AS covers_player_box"""

_BY_GAME = """
s.game_id IN (
  SELECT game_id FROM known WHERE covers_shots
  UNION SELECT game_id FROM shots_rows JOIN games USING (game_id)
) AS covers_shots"""

# Nothing here loads props: their coverage is carried on.
_ROWS = """
SELECT s.*, {flags}, coalesce(k.covers_props, false) AS covers_props
FROM (
  FROM stated
  UNION ALL BY NAME
  SELECT * EXCLUDE (covers_player_box, covers_shots, covers_props)
  FROM known ANTI JOIN stated USING (game_id)
) AS s LEFT JOIN known AS k USING (game_id)"""


def changed_games() -> str:
    """A SELECT of the complete schedule rows that are new, or differ from what is known."""
    flags = f"{_BY_SEASON}, {_BY_GAME}"
    rows = _ROWS.format(flags=flags)
    names = ", ".join(schema("schedule").names)
    known = f"SELECT {names} FROM known"
    return f"SELECT {names} FROM ({rows}) EXCEPT {known} ORDER BY game_id"
