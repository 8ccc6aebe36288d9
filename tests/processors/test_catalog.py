"""The catalog finds every folder, refuses one that does not fit,
and says file, line or key, and repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.yaml_files import read_model
from processors.discovery import ROOT, load
from tests.processors.small_tree import FORM, FORM_SQL
from tests.processors.snapshot import CHECKED_IN, RENEW, snapshot
from validation.thresholds import ThresholdsFile


def refusal(root: Path) -> str:
    """Why the catalog refuses the tree, with paths from its root."""
    with pytest.raises(ConfigError) as refused:
        load(root)
    return str(refused.value).replace(f"{root}/", "")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_tree_that_fits_is_loaded_in_the_order_of_its_reads(root: Path) -> None:
    catalog = load(root)
    assert catalog.ordered() == ("scores", "form")
    assert catalog["form"].contract.reads["earlier"].table == "scores"


QUERY_FAULTS = {
    "an input that is not declared": (
        "FROM earlier",
        "FROM earlier\nINNER JOIN secret\n  ON TRUE",
        "query.sql:8: form reads secret, which reads does not declare; add it to table.yaml",
    ),
    "a qualified name": (
        "FROM earlier",
        "FROM nba_analytics.earlier",
        "query.sql:7: form names nba_analytics.earlier by its dataset; read it by its input name",
    ),
    "a CTE that hides an input": (
        "SELECT\n",
        "WITH\nearlier AS (\n  SELECT team FROM dates\n)\n\nSELECT\n",
        "query.sql:3: form has a CTE named like the input earlier; name it for what a row is",
    ),
    "a mean over floats": (
        "CAST(pace AS NUMERIC)",
        "pace",
        "query.sql:6: form has an inexact aggregate AVG(IF(earlier.games_ago <= 5, earlier.pace, "
        "NULL)) over DOUBLE: write AVG(CAST(… AS NUMERIC))",
    ),
    "a construct that differs between the warehouses": (
        "  team,\n  season,\n  AVG",
        "  team,\n  CAST(pace AS INT64) AS season,\n  AVG",
        "query.sql:5: form uses CAST(pace AS INT64): write CAST(ROUND(x) AS INT64)",
    ),
    "a column that the input does not have": (
        "CAST(pace AS NUMERIC)",
        "CAST(tempo AS NUMERIC)",
        "query.sql:6: form does not fit its inputs: Column 'tempo' could not be resolved",
    ),
    "a query that does not parse": (
        "GROUP BY",
        "GROUP OF",
        "query.sql: does not parse as BigQuery SQL: ",
    ),
    "two statements": (
        "GROUP BY",
        "; SELECT 1 AS one FROM earlier GROUP BY",
        "query.sql:1: holds 2 statements",
    ),
    "no query at all": (
        FORM_SQL,
        "DROP TABLE earlier",
        "query.sql:1: holds 1 statement; a query is one SELECT",
    ),
    "a union": (
        FORM_SQL,
        FORM_SQL + "UNION ALL\n" + FORM_SQL,
        "query.sql:1: form is a Union, not one SELECT; move unions into a CTE",
    ),
}


@pytest.mark.parametrize("fault", list(QUERY_FAULTS))
def test_a_query_that_breaks_a_rule_is_refused_with_line_and_repair(
    root: Path, fault: str
) -> None:
    old, new, said = QUERY_FAULTS[fault]
    edit(root / "context/form/query.sql", old, new)
    assert f"context/form/{said}" in refusal(root)


@pytest.mark.parametrize(
    "fault", ["two statements", "a query that does not parse", "a union"]
)
def test_what_was_found_of_a_sound_query_vouches_for_no_other(
    root: Path, fault: str
) -> None:
    """Findings are kept between processes: a bad query is refused each time all the same."""
    load.__wrapped__(root)
    old, new, said = QUERY_FAULTS[fault]
    edit(root / "context/form/query.sql", old, new)
    load.cache_clear()
    assert [f"context/form/{said}" in refusal(root) for _ in range(2)] == [True, True]


CONTRACT_FAULTS = {
    "an unknown key": (
        "phase: context",
        "phase: context\nbootstrap: 14",
        "bootstrap: Extra inputs are not permitted (unknown key: remove it or mend its spelling)",
    ),
    "an unknown key of a column": (
        "type: FLOAT64",
        "type: FLOAT64, nulable: true",
        "columns.3.nulable: Extra inputs are not permitted (unknown key: remove it or mend its "
        "spelling)",
    ),
    "an unknown key of a read": (
        "ago: team",
        "ago: team, order: pts",
        "reads.earlier.order: Extra inputs",
    ),
    "an unknown type": (
        "type: FLOAT64",
        "type: FLOAT",
        "columns.3.type: Input should be 'STRING', 'INT64', ",
    ),
    "an unknown expected set": (
        "from: playing_teams",
        "from: everybody",
        "expected.from: Input should be ",
    ),
    "a table that nobody writes": (
        "table: scores",
        "table: score",
        "reads: no table named score",
    ),
    "a read that the query does not use": (
        "ago: team}",
        "ago: team}\n  schedule: {rows: same_day}",
        "query.sql:1: form declares schedule in reads but never reads it; remove it from "
        "table.yaml",
    ),
    "the calendar read whole": (
        "ago: team}",
        "ago: team}\n  schedule: {rows: all}",
        "table.yaml: reads.schedule: no query reads schedule as all; the calendar belongs to the "
        "planner",
    ),
    "a dated table read whole": (
        "rows: before, within: season, ago: team",
        "rows: all",
        "reads.earlier: rows: all does not fit scores, which has a date",
    ),
    "an undated table read by date": (
        "ago: team}",
        "ago: team}\n  clubs: {rows: same_day}",
        "reads.clubs: rows: same_day does not fit clubs, which has no date",
    ),
    "games counted per unknown column": (
        "ago: team",
        "ago: club",
        "reads.earlier.ago: scores has no column club",
    ),
    "snapshots of a table without them": (
        "ago: team}",
        "ago: team}\n  schedule: {rows: before_tip_off}",
        "reads.schedule: before_tip_off cuts snapshots; schedule has no moment in its grain",
    ),
    "a cut without reach": (
        "within: season, ago: team",
        "ago: team",
        "rows: before needs within: season, or within",
    ),
    "a reach of nothing": (
        "within: season, ago: team",
        "within: 0 years",
        "rows: before needs within: season, or",
    ),
    "games counted across seasons": (
        "within: season",
        "within: 3 years",
        "ago counts the games of a season",
    ),
    "a reach of the day itself": (
        "rows: before",
        "rows: same_day",
        "within and ago belong to rows: before, not to rows: same_day",
    ),
    "a condition over no column": (
        "description: mean pace}",
        "required_when: games > 5, description: mean pace}",
        "columns.pace_last_5.required_when: no column named games",
    ),
    "a condition that does not parse": (
        "description: mean pace}",
        "required_when: 'season >', description: mean pace}",
        "columns.pace_last_5.required_when: does not parse: ",
    ),
    "an invariant over no column": (
        "columns:",
        "invariants:\n  - {name: played, holds: games > 5, why: no row without games}\ncolumns:",
        "invariants.played: no column named games",
    ),
    "a column named twice": (
        "name: pace_last_5",
        "name: team",
        "columns named twice: team",
    ),
    "a column of the platform's name": (
        "name: pace_last_5",
        "name: games_ago",
        "names kept for the platform: games_ago",
    ),
    "another phase than its folder's": (
        "phase: context",
        "phase: team",
        "table.yaml: phase: says team, its folder says context; move it",
    ),
    "no YAML": (
        "grain: [game_date, team]",
        "grain: [game_date",
        "table.yaml: not YAML: ",
    ),
}


@pytest.mark.parametrize("fault", list(CONTRACT_FAULTS))
def test_a_contract_that_does_not_hold_together_is_refused_with_its_key(
    root: Path, fault: str
) -> None:
    old, new, said = CONTRACT_FAULTS[fault]
    edit(root / "context/form/table.yaml", old, new)
    message = refusal(root)
    assert said in message
    assert message.startswith("context/form/")


def test_f03_a_column_of_the_contract_that_the_query_lacks_is_refused(
    root: Path,
) -> None:
    """A MERGE on a column that the table did not have fell back
    to DELETE and INSERT, and made duplicates."""
    edit(root / "context/form/query.sql", "  season,\n  AVG", "  AVG")
    assert refusal(root) == (
        "context/form/query.sql:1: form does not select season, which table.yaml promises"
    )


def test_f03_a_column_of_the_query_that_the_contract_lacks_is_refused(
    root: Path,
) -> None:
    edit(
        root / "context/form/table.yaml",
        "  - {name: pace_last_5, type: FLOAT64, description: mean pace}\n",
        "",
    )
    assert refusal(root) == (
        "context/form/query.sql:1: form selects pace_last_5, which is no column of table.yaml; "
        "add it there or drop it"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("grain: [game_date, team]", "grain: [game_date, club]"),
        ("date_column: game_date", "date_column: club"),
    ],
)
def test_f03_a_key_that_is_no_column_is_refused(root: Path, old: str, new: str) -> None:
    edit(root / "context/form/table.yaml", old, new)
    assert "grain, date_column and season must be columns: club absent" in refusal(root)


@pytest.mark.parametrize("name", ["query.sql", "table.yaml"])
def test_a_folder_without_one_of_its_files_is_refused(root: Path, name: str) -> None:
    (root / "context/form" / name).unlink()
    assert (
        refusal(root) == f"context/form/{name}: missing; every table's folder needs it"
    )


def test_a_phase_without_its_folder_is_refused(root: Path) -> None:
    edit(root / "phases.yaml", "name: context", "name: precompute")
    assert refusal(root) == "precompute: missing; phases.yaml names it"


def test_every_fault_of_the_tree_is_named_at_once(root: Path) -> None:
    edit(root / "context/form/query.sql", "CAST(pace AS NUMERIC)", "pace")
    edit(root / "team/scores/query.sql", "FROM schedule", "FROM nba_raw.schedule")
    first, second = refusal(root).splitlines()
    assert first.startswith(
        "team/scores/query.sql:7: scores names nba_raw.schedule by its dataset"
    )
    assert second.startswith("context/form/query.sql:6: form has an inexact aggregate")


def planted_reader(root: Path, phase: str, table: str, reads: str) -> None:
    """A table of the team phase that takes the teams of another table's same day."""
    folder = root / phase / table
    folder.mkdir()
    contract = FORM.replace("phase: context", f"phase: {phase}")
    cut = "earlier: {table: scores, rows: before, within: season, ago: team}"
    (folder / "table.yaml").write_text(
        contract.replace(cut, f"{reads}: {{rows: same_day}}")
    )
    (folder / "query.sql").write_text(
        f"SELECT as_of AS game_date, team, season, 1.5 AS pace_last_5\nFROM {reads}\n"
    )


def test_tables_that_read_each_other_are_refused_by_name(root: Path) -> None:
    planted_reader(root, "context", "first", reads="second")
    planted_reader(root, "context", "second", reads="first")
    assert refusal(root) == "tables read each other in a cycle: first, second; break it"


def test_a_table_that_reads_itself_is_refused(root: Path) -> None:
    planted_reader(root, "context", "first", reads="first")
    assert refusal(root) == "tables read each other in a cycle: first; break it"


def test_a_read_of_a_later_phase_is_refused(root: Path) -> None:
    """It would be computed before the gate that judges what it reads."""
    planted_reader(root, "team", "early", reads="form")
    assert refusal(root) == (
        "team/early/table.yaml: reads.form: form is of the later phase context; "
        "a gate opens what is behind it"
    )


def test_a_second_table_of_the_same_name_is_refused(root: Path) -> None:
    """It would take the place of the first in silence."""
    planted_reader(root, "context", "scores", reads="form")
    planted_reader(root, "context", "schedule", reads="form")
    assert refusal(root).endswith(
        "more than one table named schedule, scores; rename a folder"
    )


def test_waves_follow_from_the_reads_and_run_no_two_tables_of_one_chain_together(
    root: Path,
) -> None:
    planted_reader(root, "context", "apart", reads="scores")
    planted_reader(root, "context", "behind", reads="form")
    catalog = load(root)
    assert catalog.waves("team") == (("scores",),)
    assert catalog.waves("context") == (("apart", "form"), ("behind",))
    assert catalog.waves("nowhere") == ()
    alone = [table for table in catalog.ordered() if catalog.is_alone(table)]
    assert alone == ["scores", "behind"]


def test_an_unknown_table_or_phase_is_answered_with_those_there_are(root: Path) -> None:
    with pytest.raises(
        ConfigError, match="no table named player_cache; the tables are: scores, form"
    ):
        load(root)["player_cache"]
    with pytest.raises(
        ConfigError, match="no phase named phase_4; the phases are: team, context"
    ):
        load(root).phase("phase_4")


def test_a_name_may_have_its_own_dataset_before_it_and_no_other() -> None:
    """`tables` and the README print the names with their datasets."""
    catalog = load()
    assert catalog.bare_name("nba_precompute.ml_feature_store") == "ml_feature_store"
    assert catalog.bare_name("nba_raw.player_box") == "player_box"
    for name in ("ml_feature_store", "nba_raw.ml_feature_store", "nba_raw.", "x.y"):
        assert catalog.bare_name(name) == name


def test_the_real_catalog_is_what_was_reviewed() -> None:
    """A folder in the wrong place is discovered nowhere, and nobody misses its table."""
    assert snapshot(load()) == CHECKED_IN.read_text(), RENEW


def test_every_query_of_the_tree_is_in_the_catalog() -> None:
    assert {path.parent for path in ROOT.rglob("query.sql")} == {
        processor.folder for processor in load()
    }


def test_a_key_that_is_there_twice_is_refused_with_its_line(root: Path) -> None:
    """`at_least: 95` and, further down, `at_least: 5` was 5."""
    (path,) = list(root.rglob("table.yaml"))[:1]
    text = path.read_text()
    path.write_text(f"{text.rstrip()}\ndescription: another one\n")
    line = len(path.read_text().splitlines())
    assert (
        f"{path.relative_to(root)}:{line}: the key description is there twice"
        in refusal(root)
    )


def test_a_limit_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text(
        "thresholds:\n  - measurement: rate\n    at_least: 95\n    at_least: 5\n"
        "    severity: block\n    why: a limit for a test\n"
    )
    with pytest.raises(
        ConfigError, match=r"thresholds.yaml:4: the key at_least is there twice"
    ):
        read_model(ThresholdsFile, path)
