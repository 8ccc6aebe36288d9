"""What spells nothing, a whole number, a flag and a date,
tried as families on the SQL that decides it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.nba_stats import read, spelling
from sources.nba_stats.parsing import game_id, value
from sources.nba_stats.shape import Field
from tests.sources.nba_stats_files import player_rows, shot_row, team_rows, write

CON = duckdb.connect()


def said(sql: str, text: str) -> object:
    """What a fragment over the column `t` makes of a text."""
    [(found,)] = CON.execute(
        f"SELECT {sql} FROM (SELECT $text AS t)", {"text": text}
    ).fetchall()
    return found


def cased(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from([word, word.upper(), word.lower(), word.title()])


@given(st.sampled_from(spelling.NOTHING).flatmap(cased))
def test_every_spelling_of_nothing_is_nothing_in_any_letter_case(text: str) -> None:
    assert said(spelling.something("t"), text) is None


@given(st.integers(-(10**9), 10**9), st.sampled_from(["", ".", ".0", ".00", ".000000"]))
def test_a_whole_number_is_one_however_many_zeros_follow_its_point(
    number: int, tail: str
) -> None:
    assert said(spelling.integer("t"), f"{number}{tail}") == number


@given(st.integers(0, 10**6), st.integers(1, 9))
def test_a_fraction_is_no_whole_number(number: int, tenths: int) -> None:
    assert said(spelling.integer("t"), f"{number}.{tenths}") is None


@given(st.integers(-(10**3), 10**3), st.from_regex(r"[0-9]{1,6}", fullmatch=True))
def test_a_decimal_comma_is_a_point(number: int, decimals: str) -> None:
    assert said(spelling.number("t"), f"{number},{decimals}") == float(
        f"{number}.{decimals}"
    )


@pytest.mark.parametrize("text", ["1,234,567", ",5", "5,", "1.234,5", "1,2.3", "1, 5"])
def test_commas_that_are_no_point_make_no_number(text: str) -> None:
    assert said(spelling.number("t"), text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("25,0", 25), ("25,00", 25), ("25,5", None)]
)
def test_a_whole_number_may_have_a_decimal_comma(text: str, number: int | None) -> None:
    assert said(spelling.integer("t"), text) == number
    assert said(spelling.integer("t"), "25,000") is None, "perhaps twenty-five thousand"


def test_a_spreadsheet_of_another_country_is_read_and_said(tmp_path: Path) -> None:
    """Semicolons between values and commas in them: no coordinate is lost."""
    write(tmp_path / "teams.csv", team_rows())
    points = write(tmp_path / "points.csv", [shot_row(LOC_X="-0.5", LOC_Y="12.25")])
    (shot,) = read(tmp_path).tables["shots"].to_pylist()
    text = (
        points.read_text()
        .replace(",", ";")
        .replace("-0.5", "-0,5")
        .replace("12.25", "12,25")
    )
    points.write_text(text)
    load = read(tmp_path)
    assert load.tables["shots"].to_pylist() == [shot]
    notes = " ".join(file.note for file in load.files)
    assert "2 numbers were written with a decimal comma: repaired" in notes


@given(st.sampled_from([*spelling.TRUE, "1.0"]).flatmap(cased))
def test_every_spelling_of_yes_is_true(text: str) -> None:
    assert said(spelling.flag("t"), text) == "true"


@given(st.sampled_from([*spelling.FALSE, "0.0"]).flatmap(cased))
def test_every_spelling_of_no_is_false(text: str) -> None:
    assert said(spelling.flag("t"), text) == "false"


@given(
    st.integers(1, 6),
    st.integers(0, 99),
    st.integers(1, 99_999),
    st.sampled_from(["", ".0", ".00"]),
)
def test_an_id_with_all_its_digits_is_repaired(
    kind: int, year: int, number: int, tail: str
) -> None:
    whole = f"00{kind}{year:02}{number:05}"
    assert said(game_id("t"), f"{int(whole)}{tail}") == whole
    assert said(game_id("t"), f"{whole}{tail}") == whole


MIDNIGHTS = [
    "",
    "T00:00",
    "T00:00:00",
    " 00:00:00",
    "T00:00:00Z",
    "T00:00:00.000Z",
    " 00:00:00+00:00",
]


@given(
    st.dates(date(1946, 11, 1), date(2100, 1, 1)),
    st.sampled_from(MIDNIGHTS),
    st.sampled_from(["%Y-%m-%d", "%m-%d-%Y", "%Y%m%d"]),
)
def test_an_iso_date_with_a_midnight_is_its_date_in_any_kind_of_file(
    day: date, midnight: str, pattern: str
) -> None:
    field = Field("d", "t", "date", format=pattern)
    assert said(value(field), f"{day.isoformat()}{midnight}") == day


@given(st.dates(date(1946, 11, 1), date(2100, 1, 1)), st.integers(1, 23))
def test_a_time_that_is_no_midnight_is_no_date(day: date, hour: int) -> None:
    field = Field("d", "t", "date", format="%Y-%m-%d")
    assert said(value(field), f"{day.isoformat()}T{hour:02}:00:00") is None


def test_nothing_is_empty_where_it_may_be_and_costs_its_row_by_name_where_not(
    tmp_path: Path,
) -> None:
    rows = player_rows()
    spellings = ["NA", "NaN", "None", "NULL", "-", "<NA>", "n/a"]
    for row, text in zip(rows, spellings, strict=False):
        row["PLUS_MINUS"] = text
    rows[9]["AST"] = "N/A"
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.csv", rows)
    load = read(tmp_path)
    assert load.tables["player_box"]["plus_minus"].to_pylist() == [None] * 7 + [1, 1]
    assert [
        (r["column"], r["reason"], r["value"]) for r in load.rejects.to_pylist()
    ] == [("AST", "missing_value", "N/A")]


def test_a_fraction_in_plus_minus_is_left_empty_counted_and_costs_no_row(
    tmp_path: Path,
) -> None:
    rows = player_rows()
    rows[0]["PLUS_MINUS"] = "3.4"
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "players.csv", rows)
    load = read(tmp_path)
    assert load.tables["player_box"]["plus_minus"].to_pylist() == [None] + [1] * 9
    assert load.rejects.num_rows == 0
    assert "PLUS_MINUS is '3.4' in 1 row" in next(
        f.note for f in load.files if f.raw_table == "player_box"
    )


@pytest.mark.parametrize("spelled", ["NA", "nan", "None", "-"])
def test_a_result_that_spells_nothing_is_none(tmp_path: Path, spelled: str) -> None:
    write(tmp_path / "teams.csv", team_rows(WL=spelled))
    assert read(tmp_path).tables["schedule"]["status"].to_pylist() == ["live"]


def test_a_result_of_another_word_is_refused_by_column_and_example(
    tmp_path: Path,
) -> None:
    write(tmp_path / "teams.csv", team_rows(WL="T"))
    (refused,) = read(tmp_path).refused
    assert "WL is 'T' in 2 rows; files of this kind have W or L" in refused.reason


@pytest.mark.parametrize(("shots", "refused"), [(100, 1), (99, 0)])
def test_a_chart_of_a_hundred_made_shots_is_refused(
    tmp_path: Path, shots: int, refused: int
) -> None:
    write(tmp_path / "teams.csv", team_rows())
    write(tmp_path / "shots.csv", [shot_row() for _ in range(shots)])
    load = read(tmp_path)
    assert len(load.refused) == refused
    assert all("ContextMeasure=FGA" in file.repair for file in load.refused)
