"""What a check's query reads, and whether its months can be counted apart."""

from __future__ import annotations

import pytest

from processors.discovery import load
from runs.carrying import reads
from validation.checks import all_checks
from validation.reads import Reads, reads_of

DATES = {
    "judged": "game_date",
    "due": "as_of",
    "schedule": "game_date",
    "team_games": "game_date",
    "players": None,
}


def read(sql: str) -> Reads:
    """What a query of rows reads."""
    return reads_of(sql, "as_of", DATES)


APART = {
    "rows of the judged dates": "SELECT as_of, game_id AS thing FROM judged",
    "groups of one date": "SELECT as_of, COUNT(*) AS score FROM judged GROUP BY season, as_of",
    "groups of a date by place": "SELECT as_of, COUNT(*) AS score FROM judged GROUP BY 1",
    "another table on the judged dates": (
        "SELECT game_date AS as_of FROM schedule WHERE status = 'final' AND "
        "game_date IN UNNEST(@dates)"
    ),
    "two tables joined by the date": (
        "SELECT judged.as_of FROM judged LEFT JOIN due ON judged.as_of = due.as_of"
    ),
    "a join with undated rows": (
        "SELECT judged.as_of FROM judged INNER JOIN players "
        "ON judged.player_id = players.player_id"
    ),
    "windows within a date": (
        "SELECT as_of, RANK() OVER (PARTITION BY as_of ORDER BY pts) AS score FROM judged"
    ),
    "a query of one number beside": (
        "WITH latest AS (SELECT MAX(game_date) AS day FROM schedule) "
        "SELECT judged.as_of FROM judged CROSS JOIN latest"
    ),
    "both sides of a union": "SELECT as_of FROM judged UNION ALL SELECT as_of FROM due",
}
MIXED = {
    "groups over dates": "SELECT MIN(as_of) AS as_of FROM judged GROUP BY player_id",
    "one number of all dates": "SELECT MIN(as_of) AS as_of FROM judged",
    "seasons of which something is told": (
        "WITH told AS (SELECT season FROM judged WHERE starter GROUP BY season) "
        "SELECT judged.as_of FROM judged INNER JOIN told ON judged.season = told.season"
    ),
    "two tables joined by the game": (
        "SELECT judged.as_of FROM judged INNER JOIN team_games AS teams "
        "ON judged.game_id = teams.game_id WHERE teams.game_date IN UNNEST(@dates)"
    ),
    "windows over dates": "SELECT as_of, RANK() OVER (ORDER BY as_of) AS score FROM judged",
    "the first rows": "SELECT as_of FROM judged ORDER BY as_of LIMIT 5",
    "different rows alone": "SELECT DISTINCT season FROM judged",
    "no date told": "SELECT season FROM judged",
    "the dates in another condition": (
        "SELECT as_of FROM judged WHERE ARRAY_LENGTH(@dates) > 3"
    ),
    "dates of a query within a condition": (
        "SELECT as_of FROM judged WHERE player_id IN (SELECT player_id FROM judged)"
    ),
    "all rows of a join": (
        "SELECT judged.as_of FROM judged FULL OUTER JOIN due ON judged.as_of = due.as_of"
    ),
    "rows that lack a judged one": (
        "SELECT due.as_of FROM schedule LEFT JOIN due ON schedule.game_date = due.as_of"
    ),
    "no judged dates": "SELECT game_date AS as_of FROM schedule",
    "a function that nobody knows": "SELECT as_of, SOMETHING(as_of) AS score FROM judged",
    "rows of both or of one": "SELECT as_of FROM judged EXCEPT DISTINCT SELECT as_of FROM due",
}


@pytest.mark.parametrize("case", APART)
def test_months_are_counted_apart_where_no_row_is_made_of_two(case: str) -> None:
    assert read(APART[case]).by_month


@pytest.mark.parametrize("case", MIXED)
def test_months_are_not_counted_apart_where_a_row_may_be_made_of_two(case: str) -> None:
    """A month taken for its own would be carried over although another one changed it."""
    assert not read(MIXED[case]).by_month


def test_a_table_read_without_its_dates_is_read_whole() -> None:
    joined = read(
        "SELECT judged.as_of FROM judged INNER JOIN schedule "
        "ON judged.game_id = schedule.game_id"
    )
    assert joined == Reads(True, frozenset({"judged"}), frozenset({"schedule"}))


def test_a_table_joined_by_the_date_is_read_on_the_judged_dates() -> None:
    joined = read(
        "SELECT judged.as_of FROM judged LEFT JOIN schedule ON "
        "judged.game_id = schedule.game_id AND judged.as_of = schedule.game_date"
    )
    assert joined == Reads(True, frozenset({"judged", "schedule"}), frozenset())


def test_a_table_read_both_ways_is_read_whole() -> None:
    both = read(
        "WITH latest AS (SELECT MAX(game_date) AS day FROM schedule) "
        "SELECT games.game_date AS as_of FROM schedule AS games CROSS JOIN latest "
        "WHERE games.game_date IN UNNEST(@dates)"
    )
    assert both == Reads(True, frozenset(), frozenset({"schedule"}))


def test_a_query_that_asks_for_the_time_is_not_steady() -> None:
    """Its answer is another tomorrow, whatever the tables hold."""
    asked = read("SELECT as_of FROM judged WHERE as_of < CURRENT_DATE()")
    assert not asked.is_steady


@pytest.mark.usefixtures("nothing_kept")
def test_a_query_that_was_read_before_is_not_parsed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sql = "SELECT as_of FROM judged WHERE as_of < CURRENT_DATE()"
    first = read(sql)
    monkeypatch.delattr("validation.reading.find_reads")
    assert read(sql) == first
    with pytest.raises(ImportError):
        read(f"{sql} AND TRUE")


def test_most_checks_of_the_catalog_are_counted_by_month() -> None:
    catalog = load()
    whole = {c.name for c in all_checks(catalog) if not reads(catalog, c).by_month}
    assert whole == {
        "absences_explained_pct",
        "assists_of_shots_known_pct",
        "birth_dates_known_pct",
        "distinct_values",
        "games_with_seconds_pct",
        "games_without_injury_report",
        "injured_players_matched_pct",
        "positions_known_pct",
        "sample_quality",
        "starters_known_pct",
    }
