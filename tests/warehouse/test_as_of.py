"""No row knows its own date: what the games
of a date bring cannot change the features of that date.

The results of one date are multiplied, dropped, added to, repeated and taken away; the features of
the date must stay as they are, and later ones must not. The last test plants a `<=` in each cut and
sees them change.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from processors.discovery import load
from tests.loop import Cell, compute, fingerprints, open_warehouse, rows
from tests.raw_rows import World, raw_load
from tests.warehouse.mutations import (
    STRANGERS,
    D,
    Mutation,
    added,
    dropped,
    morning,
    multiplied,
    of_date,
    repeated,
    seen_just_in_time,
    seen_too_late,
)
from warehouse import binding
from warehouse.duckdb import DuckDBWarehouse
from warehouse.statements import keys

CATALOG = load()
EVE = D - timedelta(days=1)
LABELS = {p.name for phase in CATALOG.phases[:2] for p in CATALOG.of_phase(phase.name)}
FEATURES = {
    p.name for phase in CATALOG.phases[2:] for p in CATALOG.of_phase(phase.name)
}
Contents = dict[Cell, str]
Mutate = Callable[[Mutation], Contents]


def put(
    warehouse: DuckDBWarehouse, of: World, dates: Callable[[date], bool], *tables: str
) -> Contents:
    """The contents of all cells after the games of D were replaced by these,
    those dates computed anew."""
    for game in of["schedule"]:
        warehouse.remove_games([game["game_id"]])
    warehouse.load(raw_load(of))
    compute(
        warehouse,
        [d.game_date for d in warehouse.game_days() if dates(d.game_date)],
        tables,
    )
    return fingerprints(warehouse)


def leaking(before: Contents, after: Contents) -> set[str]:
    """Feature tables whose rows of D or earlier are not the same, or that have none to compare."""
    changed = {
        table
        for table, day in before
        if day <= D and before[table, day] != after.get((table, day))
    }
    return FEATURES & changed | {
        table for table in FEATURES if (table, D) not in before
    }


def unmoved(before: Contents, after: Contents) -> set[str]:
    """Feature tables of which no date after D changed."""
    moved = {
        table
        for table, day in before
        if day > D and before[table, day] != after.get((table, day))
    }
    return FEATURES - moved


@pytest.fixture(scope="module")
def before(computed: DuckDBWarehouse) -> Contents:
    """Every cell as it is without any mutation."""
    return fingerprints(computed)


@pytest.fixture(scope="module")
def after(
    computed: DuckDBWarehouse, world: World, before: Contents
) -> Iterator[Mutate]:
    """Every cell once the games of D are mutated; the next mutation replaces the last."""
    yield lambda mutation: put(
        computed, mutation(of_date(world)), lambda day: day >= EVE
    )
    assert put(computed, of_date(world), lambda day: day >= EVE) == before


@pytest.mark.parametrize("mutation", [multiplied, dropped, added, repeated])
def test_f30_results_of_a_date_change_later_features_and_none_of_its_own(
    mutation: Mutation, before: Contents, after: Mutate
) -> None:
    found = after(mutation)
    assert leaking(before, found) == set()
    assert unmoved(before, found) == set()
    assert all(before[t, D] != found.get((t, D)) for t in LABELS)
    # Sound rows are published: later dates do not change by the absence of D alone.
    assert found.keys() == before.keys() or mutation is repeated


def test_f30_features_are_those_of_the_date_s_morning(
    before: Contents, after: Mutate
) -> None:
    found = after(morning)
    assert not {(t, D) for t in LABELS} & found.keys()
    assert leaking(before, found) == set()


def test_f31_a_line_or_report_seen_at_tip_off_or_later_changes_nothing_on_any_date(
    before: Contents, after: Mutate
) -> None:
    assert after(seen_too_late) == before


def test_f31_a_line_or_report_seen_before_tip_off_does(
    computed: DuckDBWarehouse, before: Contents, after: Mutate
) -> None:
    found = after(seen_just_in_time)
    assert leaking(before, found) >= {
        "upcoming_team_game_context",
        "upcoming_player_game_context",
        "ml_feature_store",
    }
    risks = (
        "SELECT DISTINCT injury_risk FROM nba_precompute.ml_feature_store "
        "WHERE game_date = $day"
    )
    assert {row["injury_risk"] for row in rows(computed, risks, day=D)} == {0.25, 1.0}


def roster(warehouse: DuckDBWarehouse, day: str) -> set[int]:
    """The players of player_composite_factors on the dates that are `= D` or `> D`."""
    sql = (
        "SELECT DISTINCT player_id FROM nba_precompute.player_composite_factors WHERE "
        f"game_date {day} $day"
    )
    return {row["player_id"] for row in rows(warehouse, sql, day=D)}


def test_f32_who_is_expected_is_not_who_appears_in_the_box_score(
    computed: DuckDBWarehouse, world: World, after: Mutate
) -> None:
    after(lambda of: added(dropped(of)))
    of = of_date(world)
    missing = {r["player_id"] for r in of["player_box"]} - {
        r["player_id"] for r in dropped(of)["player_box"]
    }
    assert len(missing) == 4
    assert roster(computed, "=") >= missing
    assert not roster(computed, "=") & set(STRANGERS)
    assert roster(computed, ">") >= set(STRANGERS)


def test_f34_features_reach_results_through_one_kind_of_cut_alone() -> None:
    """Whatever holds results of games is read strictly before the date, by whatever name."""
    results = LABELS | {"team_box", "player_box", "shots"}
    reads = [read for t in FEATURES for read in CATALOG[t].contract.reads.values()]
    assert {read.rows for read in reads if read.table in results} == {"before"}
    assert {read.table for read in reads if read.rows == "same_day"} <= FEATURES | {
        "schedule"
    }


def test_f34_a_feature_of_one_name_has_one_value(computed: DuckDBWarehouse) -> None:
    """A second definition of a feature is a second chance to leak."""
    compared = 0
    for table in FEATURES:
        contract = CATALOG[table].contract
        for upstream in {
            r.table for r in contract.reads.values() if r.rows == "same_day"
        } & FEATURES:
            other = CATALOG[upstream].contract
            if keys(other) != keys(contract):
                continue
            shared = {c.name for c in contract.columns} & {
                c.name for c in other.columns
            } - set(other.grain)
            differs = " OR ".join(
                f"own.{c} IS DISTINCT FROM theirs.{c}" for c in sorted(shared)
            )
            on = " AND ".join(f"own.{k} = theirs.{k}" for k in keys(contract))
            (found,) = rows(
                computed,
                f"SELECT COUNT(*) AS compared, COUNT(*) FILTER ({differs}) AS differing "
                f"FROM {computed.names(table)} AS own JOIN {computed.names(upstream)} AS theirs "
                f"ON own.{contract.date_column} = theirs.{other.date_column} AND {on}",
            )
            assert (found["differing"], table, upstream) == (0, table, upstream)
            compared += found["compared"]
    assert compared > 1000


def planted(cut: Any) -> Any:
    """The SQL of a cut, or its named parts, with every `<` made `<=`, and a game seen from its own
    day on."""
    if isinstance(cut, str):
        until = (
            "COALESCE(DATE_SUB(ranked.next_date, INTERVAL 1 DAY), ranked.last_asked)"
        )
        return (
            cut.replace(" < ", " <= ")
            .replace("INTERVAL 1 DAY", "INTERVAL 0 DAY")
            .replace("COALESCE(ranked.next_date, ranked.last_asked)", until)
            .replace(
                "next_date >= ranked.first_asked", "next_date > ranked.first_asked"
            )
        )
    return [(name, planted(sql)) for name, sql in cut]


@pytest.fixture
def leaky(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    league_file: Path,
    tmp_path: Path,
    nothing_kept: None,
) -> Iterator[DuckDBWarehouse]:
    """The league in a warehouse one of whose cuts lets the date itself in."""
    original = getattr(binding, request.param)
    monkeypatch.setattr(binding, request.param, lambda *args: planted(original(*args)))
    # A catalog of its own: the texts of a catalog's statements are made once.
    warehouse = open_warehouse(
        path=str(shutil.copy(league_file, tmp_path)), catalog=replace(load())
    )
    yield warehouse
    warehouse.close()


def tables_cut(**declared: object) -> set[str]:
    """Feature tables with a read that is declared so."""
    return {
        t
        for t in FEATURES
        if any(
            declared.items() <= read.model_dump().items()
            for read in CATALOG[t].contract.reads.values()
        )
    }


@pytest.mark.parametrize(
    ("leaky", "mutation", "tables"),
    [
        (
            "_before_with_games_ago",
            multiplied,
            tables_cut(rows="before", within="season"),
        ),
        ("_of_last_days", multiplied, {"upcoming_player_game_context"}),
        ("_before", multiplied, tables_cut(rows="before", within="3 years")),
        ("_before_tip_off", seen_too_late, tables_cut(rows="before_tip_off")),
    ],
    indirect=["leaky"],
)
def test_f30_f31_a_cut_that_lets_the_date_itself_in_is_found_out(
    leaky: DuckDBWarehouse, mutation: Mutation, tables: set[str], world: World
) -> None:
    # With later dates in the batch: one that ends with D holds no game of D, whatever the cut.
    of = of_date(world)
    before = put(leaky, of, lambda day: day >= D, *tables)
    after = put(leaky, mutation(of), lambda day: day >= D, *LABELS, *tables)
    assert tables
    assert leaking(before, after) >= tables
    assert {t for t in tables if (t, D) in before and before[t, D] != after.get((t, D))}
