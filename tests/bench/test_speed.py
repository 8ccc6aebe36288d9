"""What the benchmarks measure and compare: processes, ratios, exponents."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click
import duckdb
import pytest

from bench.growth import Counts, Point, exponent, exponents
from bench.limit import measure_limit
from bench.running import ROOT, Figures, must_run, run
from bench.sides import Side, correct, middle_date
from bench.speed import (
    BARE,
    ORDER,
    OWN_PART,
    compare_sides,
    quotient,
    ratios,
    raw_source,
)
from warehouse.duckdb import DuckDBWarehouse


def figures(seconds: float, peak: int = 100) -> Figures:
    """Figures whose CPU is half of the time."""
    return Figures(seconds, seconds / 2, peak)


def side(name: str, seconds: float) -> Side:
    """A side on which everything takes the same time."""
    rows = {each: figures(seconds) for each in ORDER}
    return Side(name, Path("."), Path("."), rows)


def test_a_process_is_measured_and_its_answer_found_among_what_it_prints() -> None:
    text = "import sys; print('noise'); print('{\"rows\": 3}'); print('bye', file=sys.stderr)"
    ended = run([sys.executable, "-c", text])
    assert ended.code == 0
    assert ended.answer() == {"rows": 3}
    assert ended.figures.cpu_seconds > 0
    assert ended.figures.peak_mib > 1


def test_a_light_process_of_a_heavy_one_is_light() -> None:
    """Its memory is its own: what this process holds is not counted as that of another."""
    ballast = b"x" * (150 * 2**20)
    ended = run([sys.executable, "-S", "-c", "print('light')"])
    assert len(ballast) / 2**20 > ended.figures.peak_mib > 1


def test_what_fails_says_what_it_printed() -> None:
    with pytest.raises(RuntimeError, match=r"ended with 3:\nwhy"):
        must_run([sys.executable, "-c", "print('why'); raise SystemExit(3)"])
    with pytest.raises(RuntimeError, match="no figures"):
        run([sys.executable, "-c", "print('why')"]).answer()


def test_a_killed_process_says_so() -> None:
    ended = run([sys.executable, "-c", "import time; time.sleep(60)"], kill_after=0.05)
    assert ended.code == -9
    early = run([sys.executable, "-c", "print('done')"], kill_after=60)
    assert (early.code, early.last_line) == (0, "done")


def test_bytecode_is_kept_whatever_the_shell_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A copy of a project would be compiled by each of its processes, an installed tool by none."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    told = run(
        [sys.executable, "-S", "-c", "import sys; print(sys.dont_write_bytecode)"]
    )
    assert told.last_line == "False"


def test_each_row_is_put_beside_another() -> None:
    rows = side("now", 2.0).rows | {"floor": figures(4.0), "backfill": figures(5.0)}
    found = ratios(rows)
    assert found["floor / limit"] == 2.0
    assert found["backfill / floor"] == 1.25
    assert found[f"--help / {BARE}"] == 1.0
    assert quotient(1, 0) == float("inf")


def test_what_one_side_alone_measures_is_beside_the_limit_and_no_other_side() -> None:
    now, before = side("now", 1.0), side("69afb95", 4.0)
    del before.rows[OWN_PART]
    assert ratios(now.rows)["straight / limit"] == 1.0
    assert "straight / limit" not in ratios(before.rows)
    assert "straight" not in compare_sides([now, before])


def test_the_other_commit_is_what_the_first_side_is_compared_with() -> None:
    now, before = side("now", 1.0), side("69afb95", 4.0)
    assert compare_sides([now]) == {}
    assert compare_sides([now, before])["floor"] == {
        "seconds": 0.25,
        "cpu_seconds": 0.25,
        "peak_mib": 1.0,
    }


def test_a_part_is_measured_in_the_batches_of_its_own_checkout(tmp_path: Path) -> None:
    """An older commit computed 110 dates at once, and is not to be measured with a season's."""
    for package in ("warehouse", "bench"):
        (tmp_path / package).mkdir()
    engine = "class DuckDBWarehouse:\n    dates_per_batch = 7\n"
    (tmp_path / "warehouse" / "duckdb.py").write_text(engine)
    answer = "dict(seconds=int(sys.argv[-1]), cpu_seconds=0, peak_mib=0)"
    measured = f"import json, sys\nprint(json.dumps({answer}))\n"
    (tmp_path / "bench" / "__main__.py").write_text(measured)
    old = Side("69afb95", tmp_path, tmp_path)
    old.path("backfill").touch()
    old.measure_part("gates")
    assert old.rows["gates"].seconds == old.dates_per_batch == 7
    now = Side("now", ROOT, tmp_path)
    assert now.dates_per_batch == DuckDBWarehouse.dates_per_batch


def test_the_data_are_the_league_or_real_seasons(tmp_path: Path) -> None:
    assert raw_source(None, None, None) == ["demo"]
    start = date(2023, 10, 24)
    assert raw_source(start, None, None) == ["demo", "--start", "2023-10-24"]
    assert raw_source(None, None, tmp_path) == ["nba-stats", str(tmp_path)]


def test_an_exponent_is_that_of_the_best_line_in_logarithms() -> None:
    sizes = [1, 2, 4, 8]
    assert exponent(sizes, [3 * size**1.5 for size in sizes]) == pytest.approx(1.5)
    with pytest.raises(ValueError, match="two sizes"):
        exponent([1], [1])


def test_small_numbers_of_seasons_are_left_out_where_larger_ones_are_there() -> None:
    points = [
        Point(1, figures(50), 1),
        Point(4, figures(4), 8),
        Point(8, figures(8), 16),
    ]
    assert exponents(points)["seconds"] == 1.0
    assert exponents(points[:2])["seconds"] < 0
    assert exponents(points[:1]) == {}


def test_numbers_of_seasons_are_typed_with_commas() -> None:
    assert Counts().convert("4,1,4", None, None) == (1, 4)
    for wrong in ("0", "31", "1;2", "many", "1,,2"):
        with pytest.raises(click.BadParameter, match="write it as 1,2,4"):
            Counts().convert(wrong, None, None)


@pytest.fixture
def seasons(tmp_path: Path) -> Path:
    """A warehouse with a few box scores and what the hand-written figures read."""
    path = tmp_path / "seasons.duckdb"
    days = "range(DATE '2024-01-01', DATE '2024-01-06', INTERVAL 1 DAY)"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE SCHEMA nba_raw; CREATE SCHEMA nba_analytics;"
            f"CREATE TABLE nba_raw.player_box AS SELECT CAST(d AS DATE) AS game_date, "
            f"'g' || day(d) AS game_id, p AS player_id, 'BOS' AS team, 10 * p AS pts "
            f"FROM unnest({days}) AS t(d), range(1, 3) AS players(p);"
            "CREATE TABLE nba_raw.team_box AS SELECT game_date, game_id, team, sum(pts) AS pts "
            "FROM nba_raw.player_box GROUP BY ALL;"
            "CREATE TABLE nba_analytics.player_game_summary AS SELECT *, 2023 AS season, "
            "30.0 AS minutes_played, 20.0 AS usage_rate, 1 AS paint_attempted, "
            "1 AS mid_range_attempted, 1 AS three_attempted FROM nba_raw.player_box;"
            "CREATE TABLE nba_analytics.upcoming_player_game_context AS "
            "SELECT game_date, player_id, season FROM nba_analytics.player_game_summary"
        )
    return path


def test_the_limit_has_a_row_for_each_player_with_an_earlier_game(
    seasons: Path,
) -> None:
    assert measure_limit(seasons)["rows"] == 8


def test_a_correction_is_a_point_more_for_a_player_and_his_team(seasons: Path) -> None:
    day = middle_date(seasons)
    assert day == date(2024, 1, 3)
    correct(seasons, day)
    with duckdb.connect(str(seasons), read_only=True) as connection:
        found = connection.execute(
            "SELECT p.game_date, max(p.pts), max(t.pts) FROM nba_raw.player_box AS p "
            "INNER JOIN nba_raw.team_box AS t USING (game_id) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert [row[1:] for row in found] == [
        (20, 30),
        (20, 30),
        (21, 31),
        (20, 30),
        (20, 30),
    ]
    with pytest.raises(click.ClickException, match="choose a date with games"):
        correct(seasons, date(2025, 1, 1))
