"""Limits and checks are read one way down, and what does not fit is refused with file and key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.yaml_files import read_model
from processors.catalog import Catalog
from processors.discovery import ROOT, load
from tests.validation.small_case import WHY
from validation import checks, limits
from validation.checks import all_checks
from validation.limits import load_checked, load_thresholds
from validation.measurement import BY_KEYS
from validation.thresholds import Threshold, ThresholdsFile
from warehouse.connections import open_warehouse

CACHE, ZONES, PLAYER = (
    "player_daily_cache",
    "player_shot_zone_analysis",
    "player_game_summary",
)
EVERY, PHASE = "thresholds.yaml", "precompute/thresholds.yaml"
SPECIAL = f"precompute/{ZONES}/thresholds.yaml"
ODD = f"player/{PLAYER}/checks/odd_rosters.sql"
GAPS = "sql/precompute/date_gaps.sql"


@dataclass
class Tree:
    """A copy of the folders of tables and of the shared checks, to plant one fault in."""

    root: Path

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text of a file, which has it."""
        path = self.root / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))

    def write(self, file: str, key: str, **limit: object) -> None:
        """Write a file with one blocking limit under a key."""
        fields = {"severity": "block", "why": WHY, **limit}
        entry = ", ".join(f"{name}: {value}" for name, value in fields.items())
        (self.root / file).write_text(f"{key}:\n  - {{{entry}}}\n")

    @property
    def catalog(self) -> Catalog:
        """The product's catalog over these folders, as they are now."""
        of = load()
        moved = {p.name: replace(p, folder=self.root / p.phase / p.name) for p in of}
        return replace(of, root=self.root, processors=moved)

    def refusal(self) -> str:
        """Why the limits are refused, with paths from the tree's root."""
        with pytest.raises(ConfigError) as refused:
            load_thresholds(self.catalog)
        return str(refused.value).replace(f"{self.root}/", "")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A copy without the cases, which take most of the files."""
    left_out = shutil.ignore_patterns("cases", "raw", "__pycache__")
    root = Path(shutil.copytree(ROOT, tmp_path / "tree", ignore=left_out))
    shutil.copytree(checks.FOLDER / "sql", root / "sql")
    monkeypatch.setattr(checks, "FOLDER", root)
    return Tree(root)


def limit_on(catalog: Catalog, table: str, name: str) -> list[Threshold]:
    return [t for t in load_thresholds(catalog)[table] if t.measurement == name]


def test_every_table_has_limits_that_block_and_every_limit_a_reason() -> None:
    found = load_thresholds(load())
    assert found.keys() == set(load().ordered())
    assert all(any(t.severity == "block" for t in listed) for listed in found.values())


def test_the_limits_of_the_product_are_read_once() -> None:
    assert load_checked() is load()
    assert load_thresholds(load()) is load_thresholds(load())


def test_a_shared_limit_holds_for_every_table_that_has_what_it_limits() -> None:
    """One copy of ten could be lowered, and nobody compared them."""
    catalog = load()
    found = load_thresholds(catalog)
    measured = {processor.name: set(BY_KEYS) for processor in catalog}
    for check in all_checks(catalog):
        measured[check.table].add(check.name)
    paths = [*ROOT.glob("thresholds.yaml"), *ROOT.glob("*/thresholds.yaml")]
    shared = {path: read_model(ThresholdsFile, path) for path in paths}
    assert len(shared) == 3
    for path, file in shared.items():
        tables = [p.name for p in catalog if p.folder.is_relative_to(path.parent)]
        for limit in file.thresholds:
            for table in tables:
                holds = limit.key in {t.key for t in found[table]}
                assert holds == (limit.measurement in measured[table]), (
                    table,
                    str(limit),
                )


def test_a_shared_limit_that_changes_changes_for_every_table(tree: Tree) -> None:
    tree.edit(EVERY, "at_least: 95", "at_least: 94")
    told = {str(limit_on(tree.catalog, p.name, "cells_done_pct")[0]) for p in load()}
    assert told == {"cells_done_pct >= 94"}


def test_a_limit_of_a_phase_holds_for_its_tables_alone(tree: Tree) -> None:
    tree.write(
        "team/thresholds.yaml", "overrides", measurement="duplicate_keys", at_most=3
    )
    tree.edit("team/thresholds.yaml", "overrides:", "thresholds:\n"
              "  - {measurement: games_with_two_rows_pct, at_least: 100, severity: block,"
              f" why: {WHY}}}\noverrides:")  # fmt: skip
    most = {
        p.name: limit_on(tree.catalog, p.name, "duplicate_keys")[0].at_most
        for p in load()
    }
    of_team = {p.name for p in load().of_phase("team")}
    assert {table for table, limit in most.items() if limit == 3} == of_team


def test_a_table_overrides_a_shared_limit_for_itself(tree: Tree) -> None:
    tree.edit(SPECIAL, "of_ceiling: 0.95", "of_ceiling: 0.9")
    (own,) = limit_on(tree.catalog, ZONES, "games_covered_pct")
    (sibling,) = limit_on(tree.catalog, CACHE, "games_covered_pct")
    assert str(own) == "games_covered_pct >= 0.9 of the ceiling"
    assert str(sibling) == "games_covered_pct >= 88 or 0.965 of the ceiling"


def test_an_own_check_is_one_file(tree: Tree) -> None:
    """It was a query, a line of a list, an import of a name and a limit, in four folders."""
    text = (tree.root / ODD).read_text().replace("BETWEEN 5 AND 18", "BETWEEN 8 AND 15")
    folder = tree.root / f"precompute/{CACHE}/checks"
    folder.mkdir()
    (folder / "thin_rosters.sql").write_text(text)
    (added,) = (c for c in all_checks(tree.catalog) if c.name == "thin_rosters")
    assert (added.table, added.kind, "-- ---" in added.sql) == (CACHE, "faults", False)
    assert added.sql.startswith(
        "-- Every team game: whether from 5 to 18 players played.\nSELECT"
    )
    assert [str(t) for t in limit_on(tree.catalog, CACHE, "thin_rosters")] == [
        "thin_rosters <= 0"
    ]


def test_a_shared_check_leaves_out_the_tables_that_it_names_with_a_reason(
    tree: Tree,
) -> None:
    exception = f"-- except_for:\n--   {CACHE}: it has a row on every date by design"
    tree.edit(GAPS, "-- kind: faults", f"-- kind: faults\n{exception}")
    judged = {c.table for c in all_checks(tree.catalog) if c.name == "date_gaps"}
    assert judged == {p.name for p in load().of_phase("precompute")} - {CACHE}
    assert limit_on(tree.catalog, CACHE, "date_gaps") == []


def test_a_check_of_every_table_is_one_file_and_one_limit(tree: Tree) -> None:
    text = (tree.root / GAPS).read_text().partition("WITH")[
        0
    ] + "SELECT season, as_of FROM judged"
    (tree.root / "sql" / "every" / "strange_days.sql").write_text(text)
    limit = "  - {measurement: strange_days, at_most: 0, severity: warn, why: a strange limit}"
    tree.edit(EVERY, "thresholds:", f"thresholds:\n{limit}")
    found = load_thresholds(tree.catalog)
    assert all("strange_days" in {t.measurement for t in found[p.name]} for p in load())
    orphans = [c.table for c in all_checks(tree.catalog) if c.name == "orphans"]
    assert sorted(orphans) == sorted(load().processors)


Plant = Callable[[Tree], object]
FAULTS: dict[str, tuple[Plant, str]] = {
    "a limit on what nothing measures": (
        lambda tree: tree.write(f"player/{PLAYER}/{EVERY}", "thresholds",
                                measurement="null_rate", below=5),
        f"player/{PLAYER}/thresholds.yaml: thresholds: nothing measures null_rate of {PLAYER}; "
        "known: ",
    ),
    "a limit on what another table measures": (
        lambda tree: tree.write(f"player/{PLAYER}/{EVERY}", "thresholds",
                                measurement="date_gaps", at_most=0),
        f"player/{PLAYER}/thresholds.yaml: thresholds: nothing measures date_gaps of {PLAYER}; ",
    ),
    "a shared limit on what no table measures": (
        lambda tree: tree.edit(EVERY, "measurement: orphans", "measurement: orfans"),
        "thresholds.yaml: thresholds: nothing measures orfans of team_defense_game_summary, ",
    ),
    "a limit on a column that the table lacks": (
        lambda tree: tree.write(f"player/{PLAYER}/{EVERY}", "thresholds",
                                measurement="null_pct", below=5, item="colour"),
        f"player/{PLAYER}/thresholds.yaml: thresholds: item: {PLAYER} has no column colour",
    ),
    "a check that no limit judges": (
        lambda tree: tree.edit(PHASE, "measurement: date_gaps", "measurement: monthly_volume\n"
                               "    item: season"),
        "thresholds.yaml: thresholds: no limit on date_gaps, which is measured of ml_feature_store",
    ),
    "an own check without limits": (
        lambda tree: (tree.root / ODD).write_text(
            "-- Odd.\n-- ---\n-- about: odd rosters\n-- kind: faults\nSELECT 1 AS score\n"
        ),
        f"{ODD}: limits: no limit on odd_rosters, which is measured; give it one",
    ),
    "a copy of a shared limit": (
        lambda tree: tree.write(f"precompute/{CACHE}/{EVERY}", "thresholds",
                                measurement="date_gaps", at_most=3, severity="warn"),
        f"precompute/{CACHE}/thresholds.yaml: thresholds: date_gaps <= 3: {PHASE}: thresholds "
        "states date_gaps <= 0 already; put it under overrides, or take it away",
    ),
    "a copy of an own check's limit": (
        lambda tree: tree.write(f"player/{PLAYER}/{EVERY}", "thresholds",
                                measurement="odd_rosters", at_most=3),
        f"player/{PLAYER}/thresholds.yaml: thresholds: odd_rosters <= 3: {ODD}: limits states "
        "odd_rosters <= 0 already",
    ),
    "an override of nothing": (
        lambda tree: tree.edit(SPECIAL, "severity: block", "severity: warn"),
        f"{SPECIAL}: overrides: games_covered_pct >= 0.95 of the ceiling overrides nothing: no "
        "file above states a limit on games_covered_pct of this kind; put it under thresholds",
    ),
    "a file that says nothing": (
        lambda tree: (tree.root / SPECIAL).write_text("thresholds: []\n"),
        f"{SPECIAL}: (whole file): Value error, expected thresholds or overrides",
    ),
    "one limit twice in a file": (
        lambda tree: tree.edit(EVERY, "at_least: 100\n    severity: warn",
                               "at_least: 45\n    severity: block"),
        "thresholds.yaml: (whole file): Value error, cells_done_pct >= 45 and another are the same "
        "limit; keep one",
    ),
    "an exception of a table that the phase does not have": (
        lambda tree: tree.edit(GAPS, "-- kind: faults", "-- kind: faults\n-- except_for:\n"
                               "--   player_weekly_cache: it has a row on every date"),
        f"{GAPS}: except_for: no table player_weekly_cache is among those that it judges: ml_",
    ),
    "an exception without a reason": (
        lambda tree: tree.edit(GAPS, "-- kind: faults", f"-- kind: faults\n-- except_for:\n"
                               f"--   {CACHE}: late"),
        f"{GAPS}: except_for.{CACHE}: String should have at least 10 characters",
    ),
    "an exception of a table's own check": (
        lambda tree: tree.edit(ODD, "-- kind: faults", f"-- kind: faults\n-- except_for:\n"
                               f"--   {PLAYER}: it is not judged at all"),
        f"{ODD}: except_for: a check in a table's folder judges that table alone; leave it out",
    ),
    "limits of a shared check in its file": (
        lambda tree: tree.edit(GAPS, "-- kind: faults", "-- kind: faults\n-- limits:\n"
                               f"-- - {{at_most: 0, severity: warn, why: {WHY}}}"),
        f"{GAPS}: limits: those of a check of many tables stand in thresholds.yaml",
    ),
    "a limit of another check in a check's file": (
        lambda tree: tree.edit(ODD, "- at_most: 0", "- measurement: null_pct\n--     at_most: 0"),
        f"{ODD}: limits: Value error, limits in a check's file are of that check",
    ),
    "an unknown key of a head": (
        lambda tree: tree.edit(ODD, "-- sample: true", "-- sampel: true"),
        f"{ODD}: sampel: Extra inputs are not permitted (unknown key",
    ),
    "a key of a head twice": (
        lambda tree: tree.edit(ODD, "-- sample: true", "-- kind: share"),
        f"{ODD}:5: the key kind is there twice",
    ),
    "a check without a head": (
        lambda tree: tree.edit(ODD, "-- ---\n", ""),
        f"{ODD}: no head; expected `-- ---` and then about, kind in comments",
    ),
    "a query that does not parse": (
        lambda tree: tree.edit(ODD, "FROM judged", "FORM judged ("),
        f"{ODD}: does not parse as BigQuery SQL: ",
    ),
    "two checks of one name": (
        lambda tree: (tree.root / ODD).rename((tree.root / ODD).with_name("orphans.sql")),
        f"{PLAYER}: two things that are measured are called orphans; rename checks/orphans.sql",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", list(FAULTS))
def test_f50_limits_and_checks_that_do_not_fit_are_refused(
    tree: Tree, fault: str
) -> None:
    """One table was judged by another's limits; a misspelt one judged nothing."""
    plant, said = FAULTS[fault]
    plant(tree)
    assert said in tree.refusal()


def test_limits_that_do_not_fit_open_no_warehouse(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were refused at the gate, after three phases had been computed."""
    tree.edit(EVERY, "measurement: orphans", "measurement: orfans")
    monkeypatch.setattr(limits, "load", lambda: tree.catalog)
    file = tmp_path / "league.duckdb"
    with (
        pytest.raises(ConfigError, match="nothing measures orfans"),
        open_warehouse(f"duckdb:{file}"),
    ):
        pass
    assert not file.exists()


def test_every_fault_of_the_limits_is_named_at_once(tree: Tree) -> None:
    tree.edit(EVERY, "measurement: orphans", "measurement: orfans")
    tree.edit(SPECIAL, "severity: block", "severity: warn")
    lines = tree.refusal().splitlines()
    assert lines[0].startswith("thresholds.yaml: thresholds: nothing measures orfans")
    assert sum("no limit on orphans" in line for line in lines) == len(
        load().processors
    )
    assert sum("overrides nothing" in line for line in lines) == 1
