"""Aggregates computed per game give what the query says, date by date, to the last digit."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from sqlglot import exp

from processors.catalog import Processor
from processors.contract import Contract
from processors.discovery import load
from tests.loop import rows
from warehouse import rolling
from warehouse.binding import bind
from warehouse.dialect import to_duckdb
from warehouse.duckdb import DuckDBWarehouse

GAMES = "SELECT {columns} FROM season_games {where} GROUP BY as_of, season, player_id"
READS = {
    "table": "player_game_summary",
    "rows": "before",
    "within": "season",
    "ago": "player_id",
}
ROLLED = {
    "upcoming_player_game_context": {"player_history"},
    "upcoming_team_game_context": {"team_defense"},
    "player_shot_zone_analysis": {"window_games"},
    "team_defense_zone_analysis": {"window_games"},
    "player_daily_cache": {"player_history"},
    "ml_feature_store": {"recent_form"},
}
"""The groups of each table that are computed per game."""


def of(columns: str, where: str = "") -> Processor:
    """A table that groups a player's earlier games of the season."""
    contract: dict[str, Any] = {
        "description": "any",
        "phase": "precompute",
        "grain": ["day"],
        "date_column": "day",
        "columns": [
            {"name": n, "type": t, "description": "any"}
            for n, t in (("day", "DATE"), ("season", "INT64"))
        ],
        "reads": {"season_games": READS},
        "expected": {"from": "final_games"},
    }
    keys = "as_of, season, player_id"
    grouped = GAMES.format(columns=f"{keys}, {columns}", where=where)
    return Processor(
        "t",
        Contract.model_validate(contract),
        f"WITH history AS ({grouped}) SELECT * FROM history",
        "nba_analytics",
        load()["ml_feature_store"].folder,
    )


def per_game(tree: exp.Expr) -> set[str]:
    """The groups of a bound query that are computed per game."""
    names = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {n.removesuffix("__per_game") for n in names if n.endswith("__per_game")}


@pytest.fixture
def answer(
    computed: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Processor, bool], list[tuple[Any, ...]]]:
    """What a query gives for every date of the league's seasons, per game or as it is written."""
    played = "SELECT DISTINCT game_date, season FROM nba_raw.schedule"
    season_of = {row["game_date"]: row["season"] for row in rows(computed, played)}
    days = sorted(season_of)
    first_of = {season_of[day]: day for day in reversed(days)}
    assert len(first_of) > 1
    batch = {
        "dates": days,
        "seasons": [season_of[day] for day in days],
        "season_starts": [first_of[season_of[day]] for day in days],
        "season_start": days[0],
        "first": days[0],
    }

    def found(processor: Processor, rolled: bool) -> list[tuple[Any, ...]]:
        with monkeypatch.context() as patched:
            if not rolled:
                patched.setattr(rolling, "roll", lambda ctes, inputs: list(ctes))
            tree = bind(processor, computed.catalog, computed.names)
        assert bool(per_game(tree)) == rolled
        sql = to_duckdb(tree)
        given = {name: value for name, value in batch.items() if f"${name}" in sql}
        listed = rows(computed, sql, **given, last=days[-1])
        return sorted((tuple(row.values()) for row in listed), key=repr)

    return found


def test_the_tables_that_group_earlier_games_do_so_per_game(
    computed: DuckDBWarehouse,
) -> None:
    found = {}
    for table in computed.catalog.ordered():
        rolled = per_game(
            bind(computed.catalog[table], computed.catalog, computed.names)
        )
        if rolled:
            found[table] = rolled
    assert found == ROLLED


VALUES = (
    "pts",
    "fga",
    "CAST(usage_rate AS NUMERIC)",
    "CAST(minutes_played AS NUMERIC)",
    "paint_made",
)
NEVER_NULL = ("pts", "fga", "CAST(minutes_played AS NUMERIC)", "pts * pts + fga")
GAMES_AGO = (
    "games_ago <= {n}",
    "games_ago = {n}",
    "games_ago BETWEEN {n} AND {more}",
    "games_ago <= {n} AND shots_status = 'complete'",
    "shots_status = 'complete' AND usage_rate IS NOT NULL AND games_ago <= {more}",
    "usage_rate > 20",
)
DAYS_AGO = (
    "game_date >= as_of - {n}",
    "game_date >= as_of - {more} AND days_since_previous = 1",
    "pts > {more} AND game_date >= as_of - {n}",
)


def aggregate(random: Random) -> str:
    """A random aggregate of a kind that is recognised."""
    n = random.randint(1, 12)
    ago = random.choice(GAMES_AGO).format(n=n, more=n + random.randint(0, 5))
    days = random.choice(DAYS_AGO).format(n=n, more=n + random.randint(0, 5))
    value, number = random.choice(VALUES), random.choice(NEVER_NULL)
    function = random.choice(("SUM", "AVG", "MIN", "MAX"))
    latest = f"games_ago <= {n}"
    return random.choice(
        (
            "COUNT(*)",
            "MAX(game_date)",
            f"{function}({value})",
            f"COUNT({value})",
            f"COUNTIF({ago})",
            f"COUNTIF({days})",
            f"{function}(IF({ago}, {value}, NULL))",
            f"SUM(IF({latest}, {number}, 0))",
            f"SUM(IF({days}, {number}, 0))",
            f"SUM(IF({days}, {value}, NULL))",
            f"AVG(IF({ago}, {value}, NULL)) - AVG(IF({latest}, {value}, NULL))",
        )
    )


@pytest.mark.parametrize("seed", range(16))
def test_random_aggregates_are_the_same_per_game_as_per_date(
    seed: int, answer: Callable[[Processor, bool], list[tuple[Any, ...]]]
) -> None:
    random = Random(seed)
    columns = [f"{aggregate(random)} AS c{number}" for number in range(8)]
    within = [column for column in columns if "as_of" not in column]
    where = f"WHERE games_ago <= {random.randint(17, 20)}" if seed % 3 == 0 else ""
    processor = of(", ".join(within if where else columns), where)
    as_written = answer(processor, False)
    assert len(as_written) > 100
    assert answer(processor, True) == as_written


@pytest.mark.parametrize(
    "columns",
    [
        "MIN(IF(win, games_ago, NULL)) AS streak",
        "COUNTIF(games_ago < 3) AS fewer",
        "COUNTIF(games_ago <= 3 OR pts > 10) AS either",
        "SUM(IF(games_ago <= 3, usage_rate, 0)) AS zero_where_unknown",
        "SUM(IF(games_ago BETWEEN 2 AND 3, pts, 0)) AS zero_of_no_game",
        "SUM(IF(games_ago <= 3, pts, 1)) AS something_else",
        "SUM(IF(games_ago <= 3, NULLIF(pts, 0), 0)) AS zero_where_null",
        "COUNT(DISTINCT team) AS teams",
        "MAX(IF(game_date >= as_of - 7, pts, NULL)) AS most",
        "SUM(IF(game_date > as_of - 7, pts, 0)) AS another_comparison",
        "SUM(IF(game_date >= as_of - 7, usage_rate, 0)) AS unknown_in_days",
        "SUM(games_ago) AS summed",
        "DATE_DIFF(as_of, MAX(game_date), DAY) AS rest",
        "COUNTIF(games_ago <= 3 AND game_date >= as_of - 7) AS few_in_days",
        "COUNTIF(games_ago <= 0) AS none",
        "ARRAY_AGG(pts) AS listed",
        "SUM(SUM(pts)) OVER (PARTITION BY as_of) AS of_all",
    ],
)
def test_what_is_not_recognised_stays_as_the_query_has_it(
    columns: str, computed: DuckDBWarehouse
) -> None:
    bound = bind(of(columns), computed.catalog, computed.names)
    assert per_game(bound) == set()
    assert {"season_games", "history"} <= {c.alias for c in bound.find_all(exp.CTE)}


@pytest.mark.parametrize(
    "where", ["WHERE pts > 10", "WHERE games_ago = 2", "WHERE game_date >= as_of - 9"]
)
def test_a_group_of_other_games_than_the_latest_stays(
    where: str, computed: DuckDBWarehouse
) -> None:
    bound = bind(of("COUNT(*) AS games", where), computed.catalog, computed.names)
    assert per_game(bound) == set()
