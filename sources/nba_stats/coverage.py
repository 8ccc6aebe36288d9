"""What is covered, and which schedule rows are new: the last step of a load's schedule.

Covered is declared per raw table, season and game type: by a file that is loaded here, or by what is known
of the pair. Waivers are the warehouse's business: what is known here is what was declared.
"""

from __future__ import annotations

from sources.contracts import schema

_FLAG = """
(s.season, s.game_type) IN (
  SELECT (season, game_type) FROM known WHERE {flag}
  UNION SELECT (g.season, g.game_type) FROM {rows} JOIN games AS g USING (game_id)
) AS {flag}"""

# Nothing here loads props: their coverage is carried on.
_ROWS = """
SELECT s.*, {flags}, coalesce(k.covers_props, false) AS covers_props
FROM (
  FROM stated
  UNION ALL BY NAME
  SELECT * EXCLUDE (covers_player_box, covers_shots, covers_props) FROM known ANTI JOIN stated USING (game_id)
) AS s LEFT JOIN known AS k USING (game_id)"""


def changed_games() -> str:
    """A SELECT of the complete schedule rows that are new, or differ from what is known."""
    flags = (("covers_player_box", "player_box_rows"), ("covers_shots", "shots_rows"))
    rows = _ROWS.format(flags=", ".join(_FLAG.format(flag=flag, rows=rows) for flag, rows in flags))
    names = ", ".join(schema("schedule").names)
    return f"SELECT {names} FROM ({rows}) EXCEPT SELECT {names} FROM known ORDER BY game_id"
