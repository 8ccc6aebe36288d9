"""A table that is added to a phase gets every check of the phase,
but for those that name others."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from core.errors import ConfigError
from processors.discovery import ROOT, load
from runs.measure import BY_KEYS
from validation.checks import all_thresholds_name_a_measurement, checks, specs
from validation.thresholds import load_thresholds

CACHE, ELEVENTH = "player_daily_cache", "player_weekly_cache"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The processors with an eleventh table: the folder of another under a name of its own."""
    copy = Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("catalog") / "processors"))
    shutil.copytree(copy / "precompute" / CACHE, copy / "precompute" / ELEVENTH)
    return copy


def test_an_eleventh_table_gets_every_check_of_its_siblings(root: Path) -> None:
    """It got 3 of 7: five tables were listed by name."""
    catalog = load(root)
    tables = [p.name for p in catalog.of_phase("precompute")]
    found = checks(catalog, "precompute", tables)
    counted = Counter(check.table for check in found)
    assert (len(tables), counted[ELEVENTH]) == (6, counted[CACHE])
    names = {check.name for check in found if check.table == ELEVENTH}
    assert names >= {spec.name for spec in specs()["precompute"] if not spec.tables}
    assert len(names) == counted[CACHE] >= 6


def test_a_date_that_the_eleventh_table_alone_has_counts_for_its_siblings(root: Path) -> None:
    catalog = load(root)
    found = checks(catalog, "precompute", [p.name for p in catalog.of_phase("precompute")])
    (complete,) = (c for c in found if (c.name, c.table) == ("table_completeness", CACHE))
    assert f"FROM {ELEVENTH}" in complete.sql


def test_an_eleventh_table_without_a_limit_on_one_of_its_checks_is_refused(root: Path) -> None:
    catalog = load(root)
    limits = {
        ELEVENTH: tuple(
            t for t in load_thresholds(catalog)[ELEVENTH] if t.measurement != "date_gaps"
        )
    }
    with pytest.raises(ConfigError, match="no limit on date_gaps"):
        all_thresholds_name_a_measurement(catalog, "precompute", limits, BY_KEYS)
