"""Every shape of a file that can be read, in the order in which they are tried."""

from __future__ import annotations

from sources.nba_stats import game_shapes, shapes

SHAPES = (*shapes.SHAPES, *game_shapes.SHAPES)
