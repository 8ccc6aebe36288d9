"""Edits of which games there are, when, and how they stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from core.errors import SourceError
from tests.league import TEAMS, UNCOVERED
from tests.property.games import (
    by_hand,
    emptied,
    free_date,
    games,
    moved_to,
    played_out,
    rows_of,
    spelled,
    two_teams,
    write,
)
from tests.raw_rows import Row, game
from warehouse.duckdb import DuckDBWarehouse


def dropped(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A game that never was."""
    found = games(warehouse)
    if len(found) < 3:
        return None
    gone = random.choice(found)
    warehouse.remove_games([gone["game_id"]])
    return f"{spelled(gone)} removed"


def added(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A game more, of any type, on any date near a season, final or not."""
    near = random.choice(games(warehouse))
    home, away = two_teams(random)
    kind = random.choice("2222456131")
    game_id = f"00{kind}{near['season'] % 100:02d}{random.randrange(90000, 99999)}"
    day = free_date(warehouse, random, near | {"home_team": home, "away_team": away}, 5)
    if day is None or rows_of(warehouse, "schedule", game_id):
        return None
    coverage = UNCOVERED if kind in "13" or random.random() < 0.2 else {}
    status = random.choice(("final", "final", "final", "scheduled", "live"))
    tip_off = random.choice((None, datetime.combine(day, time(23), UTC)))
    new = game(
        game_id, day, home, away, tip_off=tip_off, season=near["season"], **coverage
    )
    played_out(warehouse, [new | {"status": status}], random)
    return f"{spelled(new)} added, {status}"


def postponed(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A game is postponed; its box score, if it had one, goes or stays behind."""
    found = games(warehouse, "scheduled", "live", "final")
    if not found:
        return None
    off = random.choice(found)
    if random.random() < 0.5:
        emptied(warehouse, off["game_id"])
    write(warehouse, schedule=[off | {"status": "postponed"}])
    return f"{spelled(off)} postponed"


def moved(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A game was played on another date."""
    old = random.choice(games(warehouse))
    day = free_date(warehouse, random, old, random.choice((1, 3, 8)))
    if day is None:
        return None
    write(warehouse, schedule=[moved_to(old, day)])
    return f"{spelled(old)} moved to {day}"


def unfinished(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A final game is not final after all; its box score goes or stays."""
    found = games(warehouse, "final")
    if not found:
        return None
    back = random.choice(found)
    if random.random() < 0.5:
        emptied(warehouse, back["game_id"])
    status = random.choice(("scheduled", "live"))
    write(warehouse, schedule=[back | {"status": status}])
    return f"{spelled(back)} is {status} again"


def became_final(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """Games that were to be played, or postponed, are final, with box scores."""
    waiting, off = games(warehouse, "scheduled", "live"), games(warehouse, "postponed")
    if not waiting and not off:
        return None
    if waiting and (not off or random.random() < 0.8):
        ended = [
            g | {"status": "final"}
            for g in random.sample(waiting, random.randint(1, len(waiting)))
        ]
    else:
        old = random.choice(off)
        day = free_date(warehouse, random, old, 8)
        ended = [moved_to(old, day or old["game_date"]) | {"status": "final"}]
    for new in ended:
        emptied(warehouse, new["game_id"])
    played_out(warehouse, ended, random)
    return f"{', '.join(map(spelled, ended))} final"


def season_appeared(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A few days of a season before or after those there are,
    its last games perhaps yet to be played."""
    known = {g["season"] for g in games(warehouse)}
    years = [year for year in (2021, 2024) if year not in known]
    if not years:
        return None
    year, covered = random.choice(years), random.random() < 0.8
    status = random.choice(("final", "scheduled"))
    new = [*_first_days(year, {} if covered else UNCOVERED, random)]
    played_out(
        warehouse, [*new[:-2], *(g | {"status": status} for g in new[-2:])], random
    )
    return (
        f"season {year} appeared, {'covered' if covered else 'not covered'}, its last day "
        f"{status}"
    )


def _first_days(year: int, coverage: Row, random: Random) -> list[Row]:
    first, found = date(year, 10, 20), []
    for i in range(3):
        teams = random.sample(TEAMS, 4)
        for n in (0, 2):
            game_id, day = (
                f"002{year % 100}{2 * i + n // 2:05d}",
                first + timedelta(days=i),
            )
            found.append(game(game_id, day, teams[n], teams[n + 1], **coverage))
    return found


def season_vanished(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """Every row of a small season is gone, by hand."""
    seasons = [g["season"] for g in games(warehouse)]
    small = sorted({s for s in seasons if seasons.count(s) < 20})
    if not small:
        return None
    year = random.choice(small)
    for table in (
        "schedule",
        "team_box",
        "player_box",
        "shots",
        "player_props",
        "game_lines",
    ):
        by_hand(
            warehouse,
            f"DELETE FROM nba_raw.{table} WHERE season = $season",
            season=year,
        )
    return f"season {year} vanished"


def waived(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A game is to have no player box or shots; rather one that lacks them."""
    found = games(warehouse, covered=True)
    lacking = {i for day in warehouse.game_days() for i in day.games_without_player_box}
    missed = [g for g in found if g["game_id"] in lacking]
    if not found:
        return None
    one, table = (
        random.choice(missed or found),
        random.choice(("player_box", "player_box", "shots")),
    )
    try:
        warehouse.waive(one["game_id"], table, "the arena burnt down")
    except SourceError:
        return None
    return f"{table} of {spelled(one)} waived"


def unwaived(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A waiver is taken back."""
    if not warehouse.waivers():
        return None
    one = random.choice(warehouse.waivers())
    warehouse.unwaive(one.game_id, one.raw_table)
    return f"waiver of {one.raw_table} of {one.game_id} taken back"
