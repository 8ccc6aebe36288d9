"""The command line as a person uses it: what it prints,
what it exits with, on a month of the demo league."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from fullcourt.cli.app import cli, run
from fullcourt.cli.menu import SECTIONS
from tests.fullcourt.conftest import Call


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse holds the demo league's first five weeks of 2023-24."""
    folder = tmp_path_factory.mktemp("home")
    arguments = ["ingest", "demo", "--start", "2023-10-24", "--end", "2023-11-27"]
    assert run(["--home", str(folder), *arguments]) == 0
    return folder


def answer(call: Call, *arguments: str) -> Any:
    code, out, err = call(*arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_every_command_has_help() -> None:
    for name, command in every_command(cli).items():
        assert command.help, name


def every_command(group: click.Group) -> dict[str, click.Command]:
    """Each command by its name, those of groups too."""
    context = click.Context(group)
    found: dict[str, click.Command] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command, name
        found[name] = command
        if isinstance(command, click.Group):
            found |= every_command(command)
    return found


def test_a_command_that_does_not_exist_is_named(call: Call) -> None:
    code, _, err = call("statsu")
    assert code == 2
    assert "No such command 'statsu'" in err


IMPORTED = """
import sys
from fullcourt.cli.app import run
code = run({arguments})
print(sorted({{name.split(".")[0] for name in sys.modules}}), code, file=sys.stderr)
print("google.cloud.bigquery" in sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "spared"),
    [
        (["--help"], {"prefect", "duckdb", "pyarrow", "pydantic", "sqlglot"}),
        # What the queries say was found when the home was made.
        (["tables"], {"prefect", "duckdb", "pyarrow", "sqlglot"}),
        (["status"], {"prefect", "fastapi", "requests", "sklearn", "pyarrow"}),
        (
            ["dates", "--end", "2023-10-30"],
            {"prefect", "fastapi", "requests", "sklearn", "pyarrow"},
        ),
        (
            ["why", "team_offense_game_summary", "2023-10-24"],
            {"prefect", "fastapi", "requests", "sklearn", "pyarrow"},
        ),
    ],
)
def test_a_command_imports_only_what_it_needs(
    arguments: list[str], spared: set[str], home: Path
) -> None:
    program = IMPORTED.format(arguments=["--home", str(home), *arguments])
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    *_, imported, bigquery = done.stderr.splitlines()
    modules = {name for name in spared if f"'{name}'" in imported}
    assert modules == set()
    assert imported.endswith(" 0")
    assert bigquery == "False"


def test_a_backfill_imports_no_library_before_it_is_needed() -> None:
    """A third of a second, of a run that takes two."""
    program = "import sys, fullcourt.cli.backfill, flows.backfill; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    imported = set(done.stdout.split())
    assert "flows.backfill" in imported
    assert imported.isdisjoint({"numpy", "pyarrow", "sqlglot", "google.cloud.bigquery"})


def test_dates_give_every_date_and_the_counts_that_follow_from_the_schedule(
    call: Call,
) -> None:
    told = answer(call, "dates", "--start", "2023-10-20", "--end", "2023-11-27")
    assert told["calendar_days"] == len(told["dates"]) == 39
    (season,) = told["seasons"]
    assert (season["season"], season["first_game_date"], season["bootstrap"]) == (
        2023,
        "2023-10-24",
        14,
    )
    assert (
        season["game_dates"]
        == season["bootstrap"] + season["processable"]
        == sum(d["games"] > 0 for d in told["dates"])
    )
    assert [d["status"] for d in told["dates"]][:5] == ["no_games"] * 4 + ["bootstrap"]


def test_dates_as_csv_have_a_header_and_a_line_a_date(call: Call) -> None:
    _, out, _ = call("dates", "--start", "2023-11-01", "--end", "2023-11-03", "--csv")
    assert len(out.split()) == 4
    assert out.startswith("date,season,status,games")


def test_a_plan_names_the_history_and_who_needs_it(call: Call) -> None:
    told = answer(call, "plan", "--table", "ml_feature_store", "--dates", "2023-11-20")
    by_table = {t["table"]: t for t in told["tables"]}
    assert by_table["ml_feature_store"]["asked"] == 1
    assert by_table["player_game_summary"]["history"] > 20
    assert "ml_feature_store" in by_table["player_game_summary"]["needed_by"]


def test_status_before_any_backfill_says_what_is_not_computed(call: Call) -> None:
    told = answer(call, "status", "--phase", "precompute")
    assert {part["done"] for part in told} == {0}
    assert all(part["gaps"] == part["processable"] > 0 for part in told)
    assert all(part["outcomes"]["bootstrap"] == 14 for part in told)


def test_the_catalog_lists_ten_tables_in_order(call: Call) -> None:
    told = answer(call, "tables")
    assert len(told) == 10
    assert [t["phase"] for t in told] == sorted(
        (t["phase"] for t in told),
        key=["team", "player", "context", "precompute"].index,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("plan", "--start", "2024-03-02", "--end", "2024-03-01"),
            "start 2024-03-02 is after end",
        ),
        (("plan", "--dates", "2023-02-30"), "is no date"),
        (("plan", "--table", "player_cache"), "no table named player_cache"),
        (("plan", "--phase", "four"), "no phase named four"),
        (("ingest", "nba-stats", "no/such/folder"), "no/such/folder"),
        (("ingest", "remove", "0022300000"), "no raw table holds game"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(
    call: Call, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = call(*arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_an_empty_warehouse_says_how_to_fill_it(call: Call, tmp_path: Path) -> None:
    code, _, err = call("plan", home=tmp_path)
    assert code == 2
    assert f"fullcourt --home {tmp_path} ingest" in err


def test_the_demo_league_is_not_mixed_with_another_one(call: Call) -> None:
    """Two leagues under the same ids would be computed together, and look right."""
    code, _, err = call(
        "ingest", "demo", "--seed", "8", "--start", "2023-10-24", "--end", "2023-11-27"
    )
    assert code == 2
    assert "holds another league" in err


def test_f70_a_second_process_is_told_who_holds_the_file(
    call: Call, home: Path
) -> None:
    import subprocess
    import sys

    path = home / "warehouse.duckdb"
    hold = (
        f"import duckdb, time; c = duckdb.connect({str(path)!r}); print('held', flush=True); "
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            code, _, err = call("status")
        finally:
            holder.kill()
    assert code == 2
    assert str(path) in err
    assert str(holder.pid) in err


def test_a_backfill_ends_with_coverage_verdicts_and_memory(
    call: Call, prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.settings import PREFECT_API_URL

    monkeypatch.setenv("PREFECT_API_URL", str(PREFECT_API_URL.value()))
    monkeypatch.setattr("fullcourt.client._deliver", lambda: None)
    told = answer(call, "backfill", "--phase", "team", "--end", "2023-10-30")
    assert told["verdicts"] == {"team": "GO"}
    assert told["peak_memory_mib"] > 50
    assert {(part["table"], part["gaps"]) for part in told["coverage"]} == {
        ("team_offense_game_summary", 0),
        ("team_defense_game_summary", 0),
    }
    code, out, _ = call("status", "--phase", "team", "--end", "2023-10-30")
    assert code == 0
    assert "100.0 %" in out


def test_the_help_says_what_each_command_does_without_cutting_it_off() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output
    lines = [line.strip() for line in shown.splitlines()]
    for title, entries in SECTIONS.items():
        assert f"{title}:" in lines
        for entry in entries:
            words = f"{entry.name} {entry.short_help}"
            assert words in [" ".join(line.split()) for line in lines]


@pytest.mark.parametrize(
    ("warehouse", "part"),
    [
        ("duckdb:seasons.duckdb", "FROM nba_analytics.player_game_summary AS source"),
        ("bigquery:a-project.try", "`a-project.trynba_analytics.player_game_summary`"),
    ],
)
def test_tables_shows_what_a_query_became(
    warehouse: str, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--warehouse", warehouse, "tables", "--sql", "player_daily_cache"]
    assert run(arguments) == 0
    shown = capsys.readouterr().out
    assert part in shown
    assert "player_history__per_game AS" in shown
    assert "season_games AS" not in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--table", "nba_precompute.player_daily_cache"),
        ("status", "--table", "nba_precompute.player_daily_cache"),
        ("why", "nba_precompute.player_daily_cache", "2023-11-20"),
        ("why", "nba_raw.player_box", "2023-11-20"),
    ],
)
def test_a_table_may_be_named_as_tables_prints_it(
    call: Call, arguments: tuple[str, ...]
) -> None:
    code, out, err = call(*arguments)
    assert code == 0, err
    assert arguments[-1].partition(".")[2] in out


def test_of_another_dataset_there_is_no_such_table(call: Call) -> None:
    code, _, err = call("plan", "--table", "nba_raw.player_daily_cache")
    assert code == 2
    assert "no table named nba_raw.player_daily_cache; the tables are: " in err


def test_a_phase_and_a_table_add_up_and_the_plan_says_so(call: Call) -> None:
    """The title told the table alone, as if the phase had been ignored."""
    asked = ("--phase", "team", "--table", "player_game_summary")
    code, out, err = call("plan", *asked)
    assert code == 0, err
    assert "plan: team, player_game_summary · whole schedule" in out


def test_tables_names_the_tables_that_there_are(call: Call) -> None:
    code, _, err = call("tables", "--sql", "player_daily_cash")
    assert code == 2
    assert "no table named player_daily_cash; the tables are: " in err
