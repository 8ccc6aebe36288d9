"""What a cut lets a target date see, row by row, on a world of a few games."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlglot

from planning.needs import years_before
from processors.catalog import Processor
from processors.contract import Contract
from processors.discovery import load
from tests.league import prop, report
from tests.loop import open_warehouse, rows
from tests.raw_rows import game, played, raw_load, season_of
from warehouse.binding import bind
from warehouse.dialect import to_duckdb

SEASON_STARTS = {2023: date(2023, 10, 24), 2024: date(2024, 10, 22)}
EARLIER = [date(2021, 11, 4), date(2021, 11, 5), date(2024, 4, 1)]
DAYS = [date(2024, 11, n) for n in (1, 2, 5, 8)]
STRAYS = {date(2024, 3, 30): 2024, date(2024, 11, 3): 2023}
"""Games among those of another season than their own."""
TIP_OFF = datetime(2024, 11, 5, 23, 30, tzinfo=UTC)
KNOWN = game("0022400005", DAYS[2], tip_off=TIP_OFF)
UNKNOWN = game("0022400006", DAYS[2], "COR", "DUN")
See = Callable[..., list[tuple[Any, ...]]]


def processor(read: dict[str, str], sql: str) -> Processor:
    """A table that reads one input, `seen`."""
    columns = [
        {"name": n, "type": t, "description": "any"}
        for n, t in (("day", "DATE"), ("season", "INT64"))
    ]
    contract: dict[str, Any] = {
        "description": "any",
        "phase": "player",
        "grain": ["day"],
        "date_column": "day",
    }
    contract |= {
        "columns": columns,
        "reads": {"seen": read},
        "expected": {"from": "final_games"},
    }
    return Processor(
        "t",
        Contract.model_validate(contract),
        sql,
        "nba_analytics",
        load()["ml_feature_store"].folder,
    )


@pytest.fixture(scope="module")
def see() -> Iterator[See]:
    """What a query sees of an input declared so, for a batch of dates;
    one player, a game on each day."""
    games = [game(f"002{n:07d}", day) for n, day in enumerate([*EARLIER, *DAYS])]
    box = [played(of, 1, "ASH", pts=n) for n, of in enumerate(games)] + [
        played(games[4], 2, "BAY", pts=40)
    ]
    strays = [
        game(f"003{season:07d}", day, season=season) for day, season in STRAYS.items()
    ]
    box += [played(of, 1, "ASH", pts=50) for of in strays]
    seen = [
        prop(of, 1, "ace", hours, hours)
        for of in (KNOWN, UNKNOWN)
        for hours in (-1, 0, 1)
    ]
    warehouse = open_warehouse(
        raw_load(
            {
                "schedule": [*games, *strays, KNOWN, UNKNOWN],
                "player_box": box,
                "player_props": seen,
                "injury_reports": [
                    report(of, "ASH", hours, submitted=hours < 0)
                    for of in (KNOWN, UNKNOWN)
                    for hours in (-1, 0, 1)
                ],
            }
        )
    )

    def found(
        read: dict[str, str], columns: str, *dates: date
    ) -> list[tuple[Any, ...]]:
        bound = bind(
            processor(read, f"SELECT {columns} FROM seen"),
            warehouse.catalog,
            warehouse.names,
        )
        seasons = [season_of(day) for day in dates]
        starts = [SEASON_STARTS[season] for season in seasons]
        batch = {"dates": list(dates), "seasons": seasons, "season_starts": starts}
        batch["season_start"] = min(starts)
        listed = rows(
            warehouse, to_duckdb(bound), **batch, first=dates[0], last=dates[-1]
        )
        return sorted(tuple(row.values()) for row in listed)

    yield found
    warehouse.close()


def before(within: str, **ago: str) -> dict[str, str]:
    return {"table": "player_box", "rows": "before", "within": within, **ago}


def test_before_within_the_season_is_every_strictly_earlier_date_of_it(
    see: See,
) -> None:
    read = before("season")
    assert see(read, "as_of, pts", DAYS[0]) == []
    assert see(read, "pts", DAYS[1]) == [(3,)]
    assert see(read, "pts", DAYS[2]) == [(3,), (4,), (40,)]
    assert see(read, "pts", date(2024, 11, 20)) == [(3,), (4,), (5,), (6,), (40,)]


def test_before_within_years_reaches_back_to_the_same_day_and_no_further(
    see: See,
) -> None:
    seen = [(1,), (2,), (3,), (4,), (40,), (50,), (50,)]
    assert see(before("3 years"), "pts", DAYS[2]) == seen
    assert see(before("1 year"), "pts", DAYS[0]) == [(2,), (50,)]


def test_each_date_of_a_batch_sees_what_it_would_see_alone(see: See) -> None:
    for read in (
        before("season"),
        before("3 years"),
        before("season", ago="player_id"),
    ):
        alone = [row for day in DAYS for row in see(read, "as_of, pts", day)]
        assert see(read, "as_of, pts", *DAYS) == sorted(alone)


def test_each_date_of_several_seasons_sees_what_it_would_see_alone(see: See) -> None:
    days = [EARLIER[2], date(2024, 4, 2), date(2024, 4, 9), *DAYS]
    seen = "as_of, pts"
    for read, columns in (
        (before("season"), seen),
        (before("3 years"), seen),
        (before("season", ago="player_id"), f"{seen}, games_ago, days_since_previous"),
        ({"table": "player_box", "rows": "same_day"}, seen),
    ):
        alone = [row for day in days for row in see(read, columns, day)]
        assert sorted(alone, key=repr) == sorted(see(read, columns, *days), key=repr)
        assert len({day for day, *_ in alone}) > len(DAYS)


def test_games_ago_counts_back_from_the_latest_game_before_the_date(see: See) -> None:
    read = before("season", ago="player_id")
    assert see(read, "player_id, games_ago, pts", DAYS[2]) == [
        (1, 1, 4),
        (1, 2, 3),
        (2, 1, 40),
    ]
    assert see(read, "player_id, games_ago, pts", DAYS[3]) == [
        (1, 1, 5),
        (1, 2, 4),
        (1, 3, 3),
        (2, 1, 40),
    ]
    assert see(read, "games_ago", DAYS[0]) == []


def test_days_since_previous_is_null_for_the_season_s_first_game(see: See) -> None:
    read = before("season", ago="player_id")
    spacing = see(read, "pts, days_since_previous", date(2024, 11, 20))
    assert spacing == [(3, None), (4, 1), (5, 3), (6, 3), (40, None)]


def test_f31_a_snapshot_counts_strictly_before_tip_off_or_before_the_date_in_utc(
    see: See,
) -> None:
    read = {"table": "player_props", "rows": "before_tip_off"}
    assert see(read, "game_id, line", DAYS[2]) == [
        (KNOWN["game_id"], -1.0),
        (UNKNOWN["game_id"], -1.0),
    ]
    assert see(read, "game_id, line", DAYS[1], DAYS[3]) == []
    read = {"table": "injury_reports", "rows": "before_tip_off"}
    assert see(read, "game_id, submitted", DAYS[2]) == [
        (KNOWN["game_id"], True),
        (UNKNOWN["game_id"], True),
    ]


def test_same_day_is_the_date_itself_alone(see: See) -> None:
    read = {"table": "player_box", "rows": "same_day"}
    assert see(read, "as_of, pts", DAYS[1]) == [(DAYS[1], 4), (DAYS[1], 40)]
    assert see(read, "as_of, pts", DAYS[0], DAYS[3]) == [(DAYS[0], 3), (DAYS[3], 6)]


def test_years_are_counted_alike_by_planner_and_warehouse() -> None:
    """A cut wider in the warehouse than in the plan would read history that nobody made fresh."""
    days = [date(2024, 2, 28) + timedelta(days=n) for n in range(3)] + [
        date(2023, 2, 28),
        date(2024, 12, 31),
    ]
    sql = (
        "SELECT day, CAST(DATE_SUB(day, INTERVAL 3 YEAR) AS DATE) AS start FROM UNNEST(@days) "
        "AS day"
    )
    warehouse = open_warehouse()
    found = rows(
        warehouse, to_duckdb(sqlglot.parse_one(sql, read="bigquery")), days=days
    )
    assert {row["day"]: row["start"] for row in found} == {
        day: years_before(day, 3) for day in days
    }
    warehouse.close()
