"""The seven zones of the floor: what a shot is worth there,
how often it falls, where it is taken from."""

from __future__ import annotations

import numpy as np

ZONES = (
    "restricted_area",
    "paint",
    "mid_range",
    "left_corner_3",
    "right_corner_3",
    "above_break_3",
    "backcourt",
)
VALUE = np.array([2, 2, 2, 3, 3, 3, 3])
MAKES = np.array([0.657, 0.437, 0.413, 0.385, 0.385, 0.352, 0.02])  # league averages, as fractions
DEFENDED_AS = np.array(
    [0, 0, 1, 2, 2, 2, 2]
)  # paint, mid range, three: the columns of a team's defence

# Where shots are taken: feet from the basket, and degrees counter-clockwise from the baseline on
# the side where x is positive, which holds the left corner.
NEAREST = np.array([0.0, 4.0, 9.0, 22.1, 22.1, 23.8, 47.0])
FARTHEST = np.array([3.99, 10.0, 21.9, 24.0, 24.0, 28.0, 75.0])
ANGLE_FROM = np.array([0.0, 0.0, 0.0, -10.0, 172.0, 25.0, 75.0])
ANGLE_TO = np.array([180.0, 180.0, 180.0, 8.0, 190.0, 155.0, 105.0])
BASKET_Y = 5.25  # feet from the baseline
ASSIST_PULL = np.array(
    [0.9, 0.55, 0.5, 3.0, 3.0, 1.7, 0.5]
)  # how readily a make is an assisted one
MISTAKEN_FOR = np.array([0, 1, 5, 3, 4, 2, 6])  # at the line a long two and a three are mixed up
