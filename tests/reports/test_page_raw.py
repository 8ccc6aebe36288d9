"""Raw rows by season: what a source stopped telling stands out, what it never told does not."""

from __future__ import annotations

from datetime import date, timedelta

from reports.page.raw import RawFacts, find_lacks, raw_rows
from reports.seasons import tell_seasons

GAMES = {2021: 100, 2022: 100, 2023: 100, 2024: 50}


def facts(**rows: dict[int, int]) -> RawFacts:
    """Four seasons, the last one half played, with these rows."""
    return RawFacts(GAMES, rows)


def told_of(found: RawFacts) -> list[str]:
    """What is told to lack, sentence by sentence."""
    return [lack.told for lack in find_lacks(found)]


def test_a_season_without_rows_and_one_with_few_are_told() -> None:
    shots = {2021: 900, 2022: 1000, 2023: 300, 2024: 500}
    lines = {2021: 10, 2023: 10}
    found = facts(shots=shots, lines=lines)
    assert told_of(found) == [
        "shots has less than half of its usual rows a game in 2023-24.",
        "lines has no rows in 2022-23 and 2024-25, and has some in other seasons.",
    ]
    by_season = dict(raw_rows(found))
    assert [(cell.rows, cell.lack) for cell in by_season["2023-24"]] == [
        ("300", "few"),
        ("10", ""),
    ]
    assert [cell.lack for cell in by_season["2024-25"]] == ["", "none"]


def test_without_a_final_game_nothing_is_told_to_lack() -> None:
    """Box scores came before any game was final: the page was a traceback."""
    found = RawFacts({2024: 0}, {"shots": {2024: 500}})
    assert told_of(found) == []
    assert list(raw_rows(found)) == []


def test_a_season_that_is_half_played_has_its_usual_rows_a_game() -> None:
    shots = {season: 10 * games for season, games in GAMES.items()}
    assert told_of(facts(shots=shots)) == []


def test_a_table_that_was_never_loaded_lacks_nothing_in_any_season() -> None:
    found = facts(shots={2021: 1}, injuries={})
    assert (found.tables, found.empty_tables) == (["shots"], ["injuries"])
    assert not any("injuries" in told for told in told_of(found))


def test_a_season_without_a_final_game_is_not_judged() -> None:
    found = RawFacts({2023: 10, 2024: 0}, {"shots": {2023: 10}})
    assert found.seasons == [2023]
    assert told_of(found) == []


def test_three_seasons_in_a_row_are_told_by_the_first_and_the_last() -> None:
    assert tell_seasons([2023]) == "2023-24"
    assert tell_seasons([2024, 2023]) == "2023-24 and 2024-25"
    told = tell_seasons([2018, 2021, 2022, 2023])
    assert told == "2018-19 and 2021-22 to 2023-24"


def by_date(rows: list[int], season: int = 2024) -> RawFacts:
    """A season with two final games a date, and these rows of shots on its dates."""
    days = [date(season, 11, 1) + timedelta(number) for number in range(len(rows))]
    return RawFacts(
        {season: 2 * len(rows)},
        {"shots": {season: sum(rows)}},
        {season: dict.fromkeys(days, 2)},
        {"shots": dict(zip(days, rows, strict=True))},
    )


def test_dates_without_rows_and_with_few_are_told_by_their_season() -> None:
    rows = [340] * 18
    rows[3], rows[5] = 0, 120
    assert told_of(by_date(rows)) == [
        "shots has no rows on 1 date with final games (2024-11-04) of 2024-25.",
        "shots has less than half of its usual rows a game on 1 date with final games "
        "(2024-11-06) of 2024-25.",
    ]


def test_more_than_five_dates_are_counted() -> None:
    (told,) = told_of(by_date([340] * 20 + [0] * 7))
    assert "on 7 dates with final games (2024-11-21, " in told
    assert told.endswith("2024-11-25, …) of 2024-25.")


def test_a_table_whose_rows_vary_has_no_dates_with_few() -> None:
    assert told_of(by_date([10, 340] * 10)) == []


def test_dates_of_a_season_that_hardly_has_the_table_are_not_told_one_by_one() -> None:
    assert told_of(by_date([340] * 4 + [0] * 20)) == []


def test_dates_without_a_covered_game_lack_nothing() -> None:
    found = by_date([340, 340, 0])
    games = {day: rows // 170 for day, rows in found.rows_by_date["shots"].items()}
    covered = RawFacts(found.final_games, found.rows, {2024: games}, found.rows_by_date)
    assert told_of(covered) == []
