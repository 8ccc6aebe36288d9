"""Checks and limits apply by rule: a table that is added to a phase gets those of its siblings."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from processors.catalog import Catalog
from processors.discovery import ROOT, load
from reports.page.overview import TOLD_BY_GAPS
from validation import checks
from validation.checks import Check, all_checks
from validation.limits import load_thresholds
from validation.measurement import BY_KEYS
from validation.verdict import GAP_CHECKS
from warehouse import statements

CACHE, ELEVENTH = "player_daily_cache", "player_weekly_cache"


@pytest.fixture(scope="module")
def eleven(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The catalog with an eleventh table: the folder of another under a name of its own."""
    copy = Path(
        shutil.copytree(ROOT, tmp_path_factory.mktemp("catalog") / "processors")
    )
    shutil.copytree(copy / "precompute" / CACHE, copy / "precompute" / ELEVENTH)
    return load(copy)


def of_table(catalog: Catalog, table: str) -> list[Check]:
    return [check for check in all_checks(catalog) if check.table == table]


def test_an_eleventh_table_gets_every_check_of_its_siblings(eleven: Catalog) -> None:
    """It got 3 of 7: five tables were listed by name."""
    tables = [p.name for p in eleven.of_phase("precompute")]
    found = checks.checks(eleven, "precompute", tables)
    counted = Counter(check.table for check in found)
    assert (len(tables), counted[ELEVENTH]) == (6, counted[CACHE])
    names = {check.name for check in of_table(eleven, ELEVENTH)}
    assert names == {check.name for check in of_table(eleven, CACHE)}
    shared = {
        path.stem for path in (checks.FOLDER / "sql" / "precompute").glob("*.sql")
    }
    assert len(shared) == 4
    assert names >= shared


def test_an_eleventh_table_gets_every_limit_of_its_siblings(eleven: Catalog) -> None:
    found = load_thresholds(eleven)
    assert found[ELEVENTH] == found[CACHE]
    assert len(found[ELEVENTH]) == 17


def test_a_date_that_the_eleventh_table_alone_has_counts_for_its_siblings(
    eleven: Catalog,
) -> None:
    (complete,) = (c for c in of_table(eleven, CACHE) if c.name == "table_completeness")
    assert ELEVENTH in complete.tables(eleven)
    bound = statements.check(
        complete.sql, eleven, CACHE, lambda name: f"dataset.{name}"
    )
    assert f"dataset.{ELEVENTH}" in bound.sql("bigquery")


@pytest.mark.parametrize("named", [GAP_CHECKS, frozenset(TOLD_BY_GAPS)])
def test_checks_that_are_told_with_the_gaps_are_checks_that_there_are(
    named: frozenset[str],
) -> None:
    """One that is renamed would be told as if something were wrong."""
    there = {check.name for check in all_checks(load())}
    assert named <= there | set(BY_KEYS)
