"""Zones and distances from coordinates: the rule's edges, and every shot of two real seasons."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sources.nba_stats import zones


def zone_at(x: float, y: float) -> str:
    [(zone,)] = duckdb.execute(f"SELECT {zones.zone(f'({x})', f'({y})')}").fetchall()
    return str(zone)


@pytest.mark.parametrize(
    ("x", "y", "zone"),
    [
        (0, 420, "backcourt"),
        (0, 419, "above_break_3"),
        (-220, 87, "left_corner_3"),
        (220, 87, "right_corner_3"),
        (219, 0, "mid_range"),
        (220, 88, "mid_range"),
        (225, 88, "above_break_3"),
        (0, 238, "above_break_3"),
        (0, 237, "mid_range"),
        (0, 39, "restricted_area"),
        (0, 40, "paint"),
        (80, 138, "paint"),
        (81, 138, "mid_range"),
        (80, 139, "mid_range"),
    ],
)
def test_the_edges_of_the_zones(x: float, y: float, zone: str) -> None:
    assert zone_at(x, y) == zone


def test_a_shot_without_a_place_has_no_zone() -> None:
    assert zone_at_null() == (None, None)


def zone_at_null() -> tuple[object, object]:
    nothing = "CAST(NULL AS DOUBLE)"
    sql = f"SELECT {zones.zone(nothing, '1')}, {zones.distance(nothing, '1')}"
    [row] = duckdb.execute(sql).fetchall()
    return (row[0], row[1])


NAMED = {
    "Restricted Area": "restricted_area",
    "In The Paint (Non-RA)": "paint",
    "Mid-Range": "mid_range",
    "Left Corner 3": "left_corner_3",
    "Right Corner 3": "right_corner_3",
    "Above the Break 3": "above_break_3",
    "Backcourt": "backcourt",
}


@pytest.mark.parametrize(
    ("file", "x", "y", "zone", "rows"),
    [
        (
            "shots_2024",
            "round(LOC_X * -10)",
            "round((LOC_Y - 5.25) * 10)",
            "BASIC_ZONE",
            218_701,
        ),
        (
            "shots_2025",
            "round(LOC_X * -10)",
            "round((LOC_Y - 5.25) * 10)",
            "BASIC_ZONE",
            219_527,
        ),
        ("shots_raw_truncated_2024", "LOC_X", "LOC_Y", "SHOT_ZONE_BASIC", 102_400),
    ],
)
def test_the_zone_and_distance_of_every_real_shot_follow_from_its_place(
    shared_data: Path, file: str, x: str, y: str, zone: str, rows: int
) -> None:
    names = ", ".join(f"'{said}': '{ours}'" for said, ours in NAMED.items())
    path = shared_data / "nba" / f"{file}.parquet"
    [(compared, zones_off, feet_off)] = duckdb.execute(
        f"""
        WITH placed AS (
          SELECT {x} AS x, {y} AS y, MAP {{{names}}}["{zone}"] AS said, SHOT_DISTANCE AS feet
          FROM '{path}'
        )
        SELECT count(said), count(*) FILTER (said IS DISTINCT FROM {zones.zone("x", "y")}),
          count(*) FILTER (feet IS DISTINCT FROM {zones.distance("x", "y")})
        FROM placed
        """
    ).fetchall()
    assert (compared, zones_off, feet_off) == (rows, 0, 0)
