"""Two real seasons: the ten tables equal those of an independent program, in keys and in values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planning.cells import Outcome
from planning.coverage import coverage
from planning.decisions import Planner
from planning.raw_load import RawLoad
from planning.selection import Selection
from processors.discovery import load
from runs.judge import NOTHING_COMPARABLE, PhaseUnderGate, judge_phase
from tests.loop import Cell, compute, fingerprints, open_warehouse, planned, rows
from warehouse.duckdb import DuckDBWarehouse

TOLERANCE = 1e-6
FIRST_REGULAR_DATES = (date(2023, 10, 24), date(2024, 10, 22))
MONTH, THREE_DAYS = (
    (date(2025, 2, 1), date(2025, 3, 2)),
    (date(2025, 2, 28), date(2025, 3, 2)),
)
SHOTS_DISAGREE = {
    "0022300078": date(2023, 10, 27),
    "0022300091": date(2023, 10, 28),
    "0022300465": date(2024, 1, 3),
}
"""Games whose shots are one fewer or more than the box score's attempts, as nba.com has them."""
SHORT_RANGES = {
    "one month": Selection(start=date(2025, 2, 1), end=date(2025, 3, 2)),
    "one week": Selection(start=date(2025, 2, 24), end=date(2025, 3, 2)),
    "one date": Selection(dates=(date(2025, 2, 28),)),
    "a season's first four weeks": Selection(
        start=date(2024, 10, 22), end=date(2024, 11, 18)
    ),
    "a date whose shots disagree": Selection(
        dates=(SHOTS_DISAGREE["0022300078"],), only=True
    ),
    "play-offs alone": Selection(start=date(2025, 5, 1), end=date(2025, 5, 20)),
}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def seasons(
    real_seasons: RawLoad, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DuckDBWarehouse]:
    """Both seasons, every table computed in batches of 30."""
    path = tmp_path_factory.mktemp("real") / "real.duckdb"
    warehouse = open_warehouse(real_seasons, str(path), threads=2)
    assert compute(warehouse) == {}
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def planner(seasons: DuckDBWarehouse) -> Planner:
    """How every cell of the two seasons stands."""
    return planned(seasons)


@pytest.fixture(scope="module")
def at_first(seasons: DuckDBWarehouse) -> dict[Cell, str]:
    """What every cell held before any test computed it again."""
    return fingerprints(seasons)


def dates(planner: Planner, covered: bool) -> list[date]:
    return [
        day
        for day, facts in planner.calendar.days.items()
        if bool(facts.covered_games) == covered
    ]


def by_key(listed: list[Row], grain: tuple[str, ...]) -> dict[tuple[Any, ...], Row]:
    found = {tuple(row[column] for column in grain): row for row in listed}
    assert len(found) == len(listed)
    return found


def same(value: Any, golden: Any) -> bool:
    """NULL alike, booleans and strings exactly, numbers within the tolerance."""
    if value is None or golden is None or isinstance(golden, bool | str | date):
        return type(value) is type(golden) and bool(value == golden)
    return bool(abs(value - golden) <= TOLERANCE)


def differing(own: Mapping[Any, Row], golden: Mapping[Any, Row]) -> list[str]:
    """`key column: own, golden` for every value that is not the same."""
    return [
        f"{key} {column}: {own[key][column]}, {value}"
        for key, row in golden.items()
        for column, value in row.items()
        if not same(own[key][column], value)
    ]


def test_every_golden_table_is_in_the_catalog(shared_data: Path) -> None:
    found = {path.stem for path in (shared_data / "golden").glob("*/*.parquet")}
    assert len(found) == 10
    assert found <= set(load().ordered())


@pytest.mark.parametrize("table", load().ordered())
def test_a_table_equals_the_golden_one(
    table: str, seasons: DuckDBWarehouse, shared_data: Path
) -> None:
    contract = seasons.catalog[table].contract
    weeks = sorted((shared_data / "golden").glob(f"*/{table}.parquet"))
    if not weeks:
        pytest.skip(f"nobody computed {table} independently")
    for path in weeks:
        first, last = path.parent.name.split("..")
        between = f"WHERE {contract.date_column} BETWEEN $first AND $last"
        listed = rows(
            seasons, f"FROM {seasons.names(table)} {between}", first=first, last=last
        )
        own, golden = (
            by_key(found, contract.grain)
            for found in (listed, rows(seasons, f"FROM '{path}'"))
        )
        assert own.keys() == golden.keys()
        assert golden
        assert differing(own, golden) == []


def test_a_wrong_value_a_wrong_null_and_a_wrong_type_are_seen() -> None:
    golden = {1: {"a": 1.5, "b": None, "c": True, "d": "x", "e": 0}}
    assert (
        differing(
            {1: {"a": 1.5 + 9e-7, "b": None, "c": True, "d": "x", "e": 0.0}}, golden
        )
        == []
    )
    assert differing({1: {"a": 1.5 + 2e-6, "b": 0, "c": 1, "d": None, "e": None}}, golden) == [
        "1 a: 1.500002, 1.5", "1 b: 0, None", "1 c: 1, True", "1 d: None, x", "1 e: None, 0",
    ]  # fmt: skip


def test_regular_season_dates_are_done_in_every_table_past_its_skips(
    planner: Planner,
) -> None:
    for table in planner.catalog.ordered():
        parts = coverage(planner, table, dates(planner, covered=True))
        assert [part.season for part in parts] == [2023, 2024]
        for part in parts:
            assert (part.gaps, part.percent) == (0, 100.0)
            assert part.outcomes.keys() <= {"bootstrap", "insufficient_history"}


def test_f40_bootstrap_dates_are_skipped_by_design_in_the_last_phase_alone(
    planner: Planner,
) -> None:
    skipped = {
        table: planner.decide(table, planner.calendar.days).counts[Outcome.BOOTSTRAP]
        for table in planner.catalog.ordered()
    }
    early = sum(
        0 <= (day - first).days < 14
        for day in planner.calendar.days
        for first in FIRST_REGULAR_DATES
    )
    of_phase = {planner.catalog[table].phase: count for table, count in skipped.items()}
    assert of_phase == {"team": 0, "player": 0, "context": 0, "precompute": early}
    assert early > 20


def test_play_off_dates_are_done_for_teams_and_not_covered_for_players(
    planner: Planner,
) -> None:
    uncovered = dates(planner, covered=False)
    assert len(uncovered) > 80
    for processor in planner.catalog:
        outcomes = planner.decide(processor.name, uncovered).counts
        of_players = processor.contract.expected.covered_only
        assert outcomes.keys() == {Outcome.NOT_COVERED if of_players else Outcome.DONE}


def test_nothing_is_quarantined_and_no_row_is_an_orphan(
    seasons: DuckDBWarehouse, planner: Planner
) -> None:
    assert rows(seasons, "FROM nba_backfill.quarantine") == []
    for phase in planner.catalog.phases:
        measured = PhaseUnderGate.of(seasons, phase.name, Selection()).measurements(
            ["orphans"]
        )
        assert {(m.value, m.evidence) for m in measured} == {(0, ())}


@pytest.mark.parametrize(("span", "size"), [(THREE_DAYS, 1), (MONTH, 7), (MONTH, 1000)])
def test_the_batch_does_not_change_a_date(
    span: tuple[date, date],
    size: int,
    seasons: DuckDBWarehouse,
    planner: Planner,
    at_first: dict[Cell, str],
) -> None:
    assert compute(seasons, planner.calendar.between(*span), size=size) == {}
    assert fingerprints(seasons) == at_first


@pytest.mark.parametrize("phase", [phase.name for phase in load().phases])
def test_both_seasons_open_every_gate_without_a_warning(
    phase: str, seasons: DuckDBWarehouse
) -> None:
    verdict = judge_phase(seasons, phase, Selection())
    assert (verdict.decision, verdict.breaches) == ("GO", ())
    assert [line for line in verdict.not_judged if NOTHING_COMPARABLE not in line] == []


@pytest.mark.parametrize("table", ["team_offense_game_summary", "player_game_summary"])
def test_the_games_whose_shots_disagree_are_in_the_evidence(
    table: str, seasons: DuckDBWarehouse
) -> None:
    """They are well within the limit, and hidden by nothing."""
    bench = PhaseUnderGate.of(seasons, seasons.catalog[table].phase, Selection())
    (measured,) = (
        m for m in bench.measurements(["shots_complete_pct"]) if m.table == table
    )
    assert [key.split(" ")[0] for key in measured.evidence] == list(SHOTS_DISAGREE)
    assert 99.9 < (measured.value or 0) < 100


@pytest.mark.parametrize("name", SHORT_RANGES)
def test_no_short_range_is_a_false_no_go(name: str, seasons: DuckDBWarehouse) -> None:
    told: list[str] = []
    for phase in seasons.catalog.phases:
        verdict = judge_phase(seasons, phase.name, SHORT_RANGES[name], name)
        assert (phase.name, verdict.blocking) == (phase.name, ())
        told += verdict.not_judged
    assert name == "one month" or any(
        "too few to judge" in line or "nothing to judge" in line for line in told
    )


def test_the_date_with_the_fewest_players_a_game_is_no_false_no_go(
    seasons: DuckDBWarehouse,
) -> None:
    """17 of them made the only game of a date; 18.4 a game are wanted of a hundred games."""
    counted = "SELECT game_date, COUNT(*) / COUNT(DISTINCT game_id) AS players FROM nba_analytics."
    (fewest,) = rows(
        seasons, f"{counted}player_game_summary GROUP BY 1 ORDER BY 2, 1 LIMIT 1"
    )
    assert fewest["players"] < 18.4
    verdict = judge_phase(
        seasons, "player", Selection(dates=(fewest["game_date"],), phases=("player",))
    )
    assert verdict.decision == "GO"
    assert any(
        line.startswith("player_game_summary: player_rows")
        for line in verdict.not_judged
    )
