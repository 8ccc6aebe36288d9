"""Where a shot was taken, by its place on the floor: the zone and the distance, as SQL.

The rule of stats.nba.com itself: over two real seasons it names the zone and the distance of every
shot as the shot chart does. Places are in tenths of a foot from the basket, x across, y along.
"""

from __future__ import annotations

NAMES = (
    *("restricted_area", "paint", "mid_range", "left_corner_3", "right_corner_3"),
    *("above_break_3", "backcourt"),
)
BACKCOURT_FROM = 419.5
"""y beyond which a shot is from the backcourt."""
CORNER_FROM, CORNER_UP_TO = 220, 87.5
"""|x| from which, and y up to which, a shot is a corner three."""
ARC = 237.5
RESTRICTED = 40
"""Distance from the basket below which a shot is from the restricted area."""
LANE_WIDE, LANE_LONG = 80, 138
"""|x| and y up to which a shot is from the lane."""


def zone(x: str, y: str) -> str:
    """The zone of a shot at two SQL numbers; NULL where one of them is."""
    squared = f"({x} * {x} + {y} * {y})"
    return f"""CASE
  WHEN {x} IS NULL OR {y} IS NULL THEN NULL
  WHEN {y} > {BACKCOURT_FROM} THEN 'backcourt'
  WHEN abs({x}) >= {CORNER_FROM} AND {y} <= {CORNER_UP_TO}
    THEN IF({x} < 0, 'left_corner_3', 'right_corner_3')
  WHEN {squared} >= {ARC**2} THEN 'above_break_3'
  WHEN {squared} < {RESTRICTED**2} THEN 'restricted_area'
  WHEN abs({x}) <= {LANE_WIDE} AND {y} <= {LANE_LONG} THEN 'paint'
  ELSE 'mid_range'
END"""


def distance(x: str, y: str) -> str:
    """Whole feet from the basket of a shot at two SQL numbers; NULL where one of them is."""
    return f"CAST(floor(sqrt({x} * {x} + {y} * {y}) / 10) AS BIGINT)"
