"""The gate and the sentences of status and report find the same days and teams lacking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from planning.calendar import Calendar
from planning.holes import holes, teams_behind
from tests.gates.planting import found, verdict
from tests.loop import open_warehouse
from tests.raw_rows import game, raw_load
from warehouse.duckdb import DuckDBWarehouse

OFFENSE = "team_offense_game_summary"
FIRST = date(2024, 10, 22)
DAYS = [FIRST + timedelta(days=number) for number in range(170)]
ALL_STAR = [date(2025, 2, day) for day in range(14, 19)]
PAIRS = (("ASH", "BAY"), ("COR", "DUN"))


def season(
    days: Iterable[date] = (), team: str = "", since: date = FIRST
) -> DuckDBWarehouse:
    """A warehouse of a season with two games a day, but for these days and the usual ones; and but
    for the games of a team from a date on."""
    free = {*days, *ALL_STAR, date(2024, 11, 5), date(2024, 12, 24)}
    rows = [
        game(f"00224{2 * number + side:05}", day, *pair)
        for number, day in enumerate(DAYS)
        for side, pair in enumerate(PAIRS)
        if day not in free and (team not in pair or day < since)
    ]
    return open_warehouse(raw_load({"schedule": rows}))


def gaps_of_gate(warehouse: DuckDBWarehouse) -> list[str]:
    (measured,) = found(warehouse, OFFENSE, "days_without_games")
    return [thing.partition(" without")[0] for thing in measured.evidence]


def gaps(warehouse: DuckDBWarehouse) -> list[str]:
    calendar = Calendar.of(warehouse.game_days())
    return [f"{hole.first} to {hole.last}" for hole in holes(calendar)]


def test_a_season_with_its_usual_breaks_lacks_nothing() -> None:
    """Elections, Christmas and the all-star games are no holes: a warning on every season would be
    read by nobody."""
    warehouse = season()
    assert gaps(warehouse) == gaps_of_gate(warehouse) == []
    assert list(teams_behind(warehouse.team_games())) == []
    assert verdict(warehouse, OFFENSE, "teams_behind").decision == "GO"


def test_some_days_that_were_never_downloaded_are_told_and_only_warn() -> None:
    """Six days were missing from every file, and the gate said GO without a word."""
    week = [date(2024, 11, day) for day in range(10, 16)]
    weekend = [date(2025, 1, day) for day in range(10, 13)]
    warehouse = season([*week, *weekend])
    told = ["2024-11-10 to 2024-11-15", "2025-01-10 to 2025-01-12"]
    assert gaps(warehouse) == gaps_of_gate(warehouse) == told
    said = verdict(warehouse, OFFENSE, "days_without_games")
    assert said.decision == "GO with warnings"


def test_days_beside_the_all_star_games_make_their_break_too_long() -> None:
    warehouse = season([date(2025, 2, 12), date(2025, 2, 13)])
    told = ["2025-02-12 to 2025-02-18"]
    assert gaps(warehouse) == gaps_of_gate(warehouse) == told


def test_a_team_whose_games_were_never_downloaded_is_told_with_its_count() -> None:
    """One team lacked from every file since 1 November, and the gate said GO without a word."""
    warehouse = season(team="ASH", since=date(2024, 11, 1))
    behind = list(teams_behind(warehouse.team_games()))
    assert [(each.team, each.games) for each in behind] == [("ASH", 10), ("BAY", 10)]
    (measured,) = found(warehouse, OFFENSE, "teams_behind")
    first, second = measured.evidence
    assert first == "ASH has 10 games, a team 87 on average"
    assert second.startswith("BAY has 10 games")
    assert verdict(warehouse, OFFENSE, "teams_behind").decision == "GO with warnings"
