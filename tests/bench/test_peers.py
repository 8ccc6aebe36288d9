"""The tools side by side: how what they leave is counted, and what a user writes for them."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import duckdb
import pytest

from bench.peers.command import BY_NAME
from bench.peers.kept import Kept
from bench.peers.league import GIVEN, TABLES, Range, given_and_upstream, query_between
from bench.peers.lines import count_lines, count_text
from bench.peers.own import write_own
from bench.peers.scenarios import count_aside, count_waiting, read_held, telling_line
from bench.peers.table import BEGIN, END, cells_of_bad_date, markdown, write_between
from bench.peers.tools import fill, stamped, with_refs
from bench.peers.truth import Held, compare, count_redone
from bench.running import Ended, Figures
from processors.discovery import load

DAY, NEXT = date(2024, 1, 15), date(2024, 1, 16)
SPAN = Range(date(2023, 10, 24), date(2024, 4, 14), 2023, date(2023, 10, 24))
EARLY = datetime(2026, 1, 1)
LATE = EARLY + timedelta(seconds=1)
PEERS = [name for name, tool in BY_NAME.items() if tool.environment]


def test_a_cell_is_right_wrong_or_absent() -> None:
    truth = {("t", DAY): Held(2, 7), ("t", NEXT): Held(3, 8), ("u", DAY): Held(1, 9)}
    held = {
        ("t", DAY): Held(2, 7, LATE),
        ("t", NEXT): Held(3, 1),
        ("u", NEXT): Held(1, 9),
    }
    difference = compare(truth, held)
    assert (difference.right, difference.wrong, difference.absent) == (1, 2, 1)


def test_cells_are_redone_where_their_moment_moved() -> None:
    before = {("t", DAY): Held(1, 1, EARLY), ("t", NEXT): Held(1, 1, EARLY)}
    after = {("t", DAY): Held(1, 1, EARLY), ("t", NEXT): Held(1, 1, LATE)}
    assert count_redone(before, after) == 1
    assert count_redone(before, {}) == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_bound_text_has_no_parameter_left_and_a_stamp(table: str) -> None:
    text = stamped(query_between(table, "@first", "@last", 2023, SPAN.season_start))
    assert "$" not in text
    assert text.count("AS computed_at") == 1
    assert {"@first", "@last"} <= set(re.findall(r"@\w+", text))


def test_a_template_without_a_value_is_refused() -> None:
    assert fill("a %%ONE%%", {"ONE": "1"}) == "a 1"
    with pytest.raises(KeyError, match="TWO"):
        fill("%%TWO%%", {"ONE": "1"})
    with pytest.raises(ValueError, match="not a bound text"):
        stamped("SELECT 1")


def test_references_of_dbt_take_the_place_of_computed_tables_alone() -> None:
    text = "FROM peers.player_game_summary JOIN source.player_box"
    wanted = "FROM {{ ref('player_game_summary').render() }} JOIN source.player_box"
    assert with_refs(text) == wanted


@pytest.mark.parametrize("name", PEERS)
def test_a_project_is_whole_and_its_commands_name_the_corrected_date(
    name: str, tmp_path: Path
) -> None:
    tool = BY_NAME[name]
    tool.write(tool, tmp_path, SPAN)
    texts = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any("%%" in text for text in texts)
    lines = count_lines(tmp_path, tool)
    assert lines.sql > 100
    assert lines.beside > 5
    assert any(str(DAY) in word for word in tool.repair(tmp_path, SPAN, DAY))
    assert not any(str(DAY) in word for word in tool.whole(tmp_path, SPAN))
    assert all(tool.versions().values())


def test_one_version_of_duckdb_for_all() -> None:
    versions = {name: tool.versions()["duckdb"] for name, tool in BY_NAME.items()}
    assert len(set(versions.values())) == 1, versions


def test_locked_versions_are_hashed_and_name_no_index() -> None:
    for name in PEERS:
        requirements = BY_NAME[name].requirements
        assert requirements is not None
        lock = requirements.read_text()
        assert "://" not in lock
        assert lock.count("==") <= lock.count("--hash=sha256:")


def test_fullcourt_has_the_three_tables_and_takes_the_others_for_given(
    tmp_path: Path,
) -> None:
    write_own(BY_NAME["fullcourt"], tmp_path, SPAN)
    catalog = load(tmp_path / "processors")
    assert set(catalog.ordered()) == set(TABLES)
    assert "player_shot_zone_analysis" in catalog.raw
    assert count_lines(tmp_path, BY_NAME["fullcourt"]).beside > 50


def test_the_tables_are_found_where_readers_find_them(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    columns = load()["team_offense_game_summary"].contract.columns
    row = ", ".join(
        f"DATE '{DAY}' AS {c.name}" if c.type == "DATE" else f"1 AS {c.name}"
        for c in columns
    )
    physical = "sqlmesh__peers.peers__team_offense_game_summary__17"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA source; CREATE SCHEMA sqlmesh__peers")
        connection.execute(
            f"CREATE TABLE source.team_offense_game_summary AS SELECT {row}"
        )
    assert read_held(path) == {}
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"CREATE TABLE {physical} AS SELECT {row}, now() AS computed_at"
        )
    ((cell, held),) = read_held(path).items()
    assert cell == ("team_offense_game_summary", DAY)
    assert held.rows == 1
    assert held.stamp is not None
    assert read_held(path, unpublished=False) == {}


def test_lines_are_those_that_say_something() -> None:
    assert count_text("-- why\nSELECT 1\n\n# no\nFROM t\n") == 2


def test_the_table_goes_between_its_marks(tmp_path: Path) -> None:
    figures = {
        "seconds": 1.5,
        "cpu_seconds": 1.0,
        "peak_mib": 90,
        "code": 0,
        "says": "ok|`",
    }
    cells = {"right": 3, "wrong": 0, "absent": 1}
    run = figures | cells | {"redone": 2, "stood": 4}
    run |= {"aside": None, "waiting": None}
    scenarios = [
        "whole range",
        "nothing to do",
        "corrected input",
        "killed, then again",
    ]
    rows = dict.fromkeys([*scenarios, "bad date", "bad date put right"], run)
    rows |= {"peak memory": {"peak_mib": 90}, "lines": {"sql": 10, "beside": 20}}
    commands = {"whole": "tool run", "repair": "tool run --from", "resume": "retry"}
    tool = {
        "why": "the default",
        "versions": {"tool": "1"},
        "commands": commands,
        "rows": rows,
    }
    about: dict[str, object] = {"made": "2026-01-01", "machine": "m", "start": "a"}
    about |= {"end": "b", "day": "d", "earlier": ["Tool"]}
    text = markdown(
        about
        | {"cells": 4, "tools": {"Tool": tool}, "failed": {"Other": "a\nno wheel\n"}}
    )
    assert "| whole range | 1.5 s (1.0) |" in text
    assert (
        "| corrected input: the same command sees it | it computes everything again |"
        in text
    )
    bad_date = "a bad date: cells published / kept aside / waiting / lost"
    assert f"| {bad_date} | 3 / no / no / 1 |" in text
    assert "In two sittings: Tool in the first." in text
    assert "Put right, it is run again by `retry`." in text
    assert "`ok/'`" in text
    assert "**Other** could not be measured: `no wheel`" in text
    document = tmp_path / "page.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_between(document, text)
    assert document.read_text() == f"before\n{BEGIN}\n\n{text}\n\n{END}\nafter\n"
    document.write_text("no marks")
    with pytest.raises(click.ClickException, match="put them where it goes"):
        write_between(document, text)


def test_what_is_given_is_computed_upstream_first() -> None:
    tables = given_and_upstream(load())
    assert set(GIVEN) < set(tables)
    order = [table for table in load().ordered() if table in tables]
    assert tables == order
    assert tables.index(GIVEN[1]) < tables.index(GIVEN[0])


def test_cells_that_wait_are_those_that_the_status_of_the_three_tables_names() -> None:
    waits = {"done": 3, "upstream_missing": 2}
    status = [
        {"table": TABLES[2], "outcomes": waits},
        {"table": TABLES[2], "outcomes": {"done": 1}},
        {"table": "ml_feature_store", "outcomes": waits},
    ]
    told = json.dumps(status, indent=2)
    assert count_waiting(f"[a line] before\n{told}\nand one after\n") == 2


def test_cells_of_a_bad_date_are_lost_where_no_tool_tells_of_them() -> None:
    row = {"right": 398, "wrong": 0, "absent": 83, "aside": 1, "waiting": 82}
    assert cells_of_bad_date(row) == "398 / 1 / 82 / 0"
    untold = {"aside": None, "waiting": None}
    assert cells_of_bad_date(row | untold) == "398 / no / no / 83"


def test_cells_kept_aside_are_those_whose_latest_attempt_failed(tmp_path: Path) -> None:
    """A cell that was repaired since is no longer aside, and a tool without a ledger has none."""
    path = tmp_path / "held.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA nba_backfill")
    assert count_aside(path) is None
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE nba_backfill.ledger "
            "(table_name VARCHAR, cell_date DATE, outcome VARCHAR, started_at TIMESTAMPTZ)"
        )
        table = TABLES[0]
        for name, day, outcome, moment in (
            (table, DAY, "quarantined", EARLY),
            (table, DAY, "done", LATE),
            (table, NEXT, "failed", EARLY),
            (TABLES[1], NEXT, "quarantined", LATE),
            ("players", NEXT, "failed", LATE),
        ):
            connection.execute(
                "INSERT INTO nba_backfill.ledger VALUES (?, ?, ?, ?)",
                [name, day, outcome, moment],
            )
    assert count_aside(path) == 2


def test_a_tool_is_quoted_without_colours_and_folders(tmp_path: Path) -> None:
    """The quotation goes into the documentation, which names no folder of a machine."""
    printed = f"\x1b[0mfullcourt: NO-GO\nlast, {tmp_path}/project/x\n"
    ended = Ended(3, printed, Figures(1, 1, 1))
    project = tmp_path / "project"
    said = {
        name: telling_line(BY_NAME[name], ended, project)
        for name in ("fullcourt", "sqlmesh", "prefect")
    }
    assert said == {
        "fullcourt": "fullcourt: NO-GO",
        "sqlmesh": "last, …/x",
        "prefect": "nothing",
    }


def test_an_answer_is_kept_until_the_whole_run_has_ended(tmp_path: Path) -> None:
    kept = Kept(SPAN.start, SPAN.end, tmp_path)
    kept.write("dbt", {"rows": {"lines": 3}})
    again = Kept(SPAN.start, SPAN.end, tmp_path)
    assert again.read("dbt") == {"rows": {"lines": 3}}
    assert again.read("sqlmesh") is None
    assert again.taken == ["dbt"]
    other_dates = Kept(SPAN.start, SPAN.middle, tmp_path)
    assert other_dates.read("dbt") is None
    again.clear()
    assert list(tmp_path.iterdir()) == []


def test_queries_are_counted_in_the_layout_of_the_peers_texts(tmp_path: Path) -> None:
    """Else a layout with fewer lines would pass for less to write."""
    own = BY_NAME["fullcourt"]
    write_own(own, tmp_path, SPAN)
    queries = list((tmp_path / "processors").glob("*/*/query.sql"))
    by_hand = sum(count_text(path.read_text()) for path in queries)
    assert count_lines(tmp_path, own).sql > by_hand
