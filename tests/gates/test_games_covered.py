"""Games covered by a table of the last phase: 88 %, or nearly all that the schedule allows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from processors.discovery import load
from runs.measure import Judged, games_covered
from tests.planning.small_calendar import LACKS, START, game_day, planner
from validation.limits import load_thresholds
from validation.measurement import Measurement

CACHE, ZONES = "player_daily_cache", "team_defense_zone_analysis"
BOOTSTRAP = 14


def measured(table: str, days: int, lacking: int) -> Measurement:
    """What is measured of a season of so many dates, the last of which lack a row of the table."""
    dates = [START + timedelta(days=i) for i in range(days)]
    lacks = {(table, day): LACKS for day in dates[days - lacking :]}
    seen = planner([game_day(day) for day in dates], lacks)
    return games_covered(Judged.of(seen, table, dates))


def holds(measurement: Measurement) -> bool:
    """Whether the limits that the table is published with let it pass."""
    limits = load_thresholds(load())[measurement.table]
    (limit,) = (t for t in limits if t.measurement == measurement.name)
    return limit.holds(measurement)


@pytest.mark.parametrize(
    ("table", "days", "lacking", "passes"),
    [
        # 186 of 200 dates are past the bootstrap: a ceiling of 93 %, and 88 % is what counts.
        (CACHE, 200, 10, True),
        (CACHE, 200, 11, False),
        # Of 100 dates 86 are: 96.5 % of 86 %, 82.99, is what counts.
        (CACHE, 100, 3, True),
        (CACHE, 100, 4, False),
        # Zones are held against their ceiling alone: 95 % of 93 % are 177 dates of 200.
        (ZONES, 200, 9, True),
        (ZONES, 200, 10, False),
    ],
)
def test_a_game_is_covered_when_its_dates_cell_is_whole(
    table: str, days: int, lacking: int, passes: bool
) -> None:
    found = measured(table, days, lacking)
    assert found.ceiling == pytest.approx(100 * (days - BOOTSTRAP) / days)
    assert found.value == pytest.approx(100 * (days - BOOTSTRAP - lacking) / days)
    assert holds(found) is passes
    last: date = START + timedelta(days=days - 1)
    assert found.evidence[-1] == str(last)


def test_a_range_inside_the_bootstrap_has_nothing_to_cover() -> None:
    found = measured(CACHE, BOOTSTRAP, 0)
    assert (found.value, found.ceiling, holds(found)) == (0, 0, True)
