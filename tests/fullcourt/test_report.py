"""The report at the end of a backfill and by itself:
on the terminal, in a file, on the page of the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fullcourt.conftest import Call
from tests.league import FIRST_DAY, league
from tests.raw_rows import raw_load
from warehouse.connections import open_warehouse

TEAM = ("--phase", "team")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse holds the small league without the team boxes
    of its season's second half."""
    folder, world = tmp_path_factory.mktemp("home"), league()
    lost = {
        g["game_id"]
        for g in world["schedule"]
        if (g["game_date"] - FIRST_DAY).days > 20
    }
    world["team_box"] = [row for row in world["team_box"] if row["game_id"] not in lost]
    with open_warehouse(f"duckdb:{folder / 'warehouse.duckdb'}") as warehouse:
        warehouse.load(raw_load(world))
    return folder


def test_before_any_run_the_report_says_what_to_run_first(
    call: Call, home: Path
) -> None:
    code, out, _ = call("report", *TEAM)
    assert code == 0
    assert "not judged" in out
    assert f"fullcourt --home {home} backfill" in out.partition("What to run next")[2]


def test_a_run_that_ends_with_no_go_leaves_its_report_in_the_home_and_on_its_page(
    call: Call, home: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that goes wrong is the one whose report is needed."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setattr("fullcourt.client._deliver", lambda: None)
    code, out, _ = call("backfill", *TEAM)
    (report,) = (home / "reports").glob("*.md")
    (page,) = (home / "reports").glob("*.html")
    assert code == 3
    assert f"the report: {report}" in out
    assert page == report.with_suffix(".html")
    places = out.partition(f"the report: {report}")[2].partition("\n\n")[0]
    assert places.endswith(f"the page: {page}")
    assert "team: NO-GO" in page.read_text()
    assert f"[{page.name}]({page.as_uri()})" in report.read_text()
    # The first of them is the one that the next is another way of.
    first, second, *_ = out.partition("what to run next\n")[2].splitlines()
    assert first.endswith("ingest nba-stats DIR  # load the box scores")
    assert "  # or " in second
    assert "| team | NO-GO" in report.read_text()
    assert on_its_page() == report.read_text()


def on_its_page() -> str:
    """The report of the latest run, as its page shows it."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
    from prefect.client.schemas.sorting import ArtifactSort

    with get_client(sync_client=True) as client:
        among = ArtifactFilter(key=ArtifactFilterKey(any_=["backfill-report"]))
        found = client.read_artifacts(
            artifact_filter=among, sort=ArtifactSort.CREATED_DESC, limit=1
        )
    return str(found[0].data)


def test_a_report_groups_what_is_missing_and_names_the_games_behind_it(
    call: Call, home: Path
) -> None:
    code, out, err = call("report", *TEAM, "--json")
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)
    tables = [
        gap["table"] for gap in told["gaps"] if gap["stands"] == "upstream_missing"
    ]
    assert sorted(tables) == ["team_defense_game_summary", "team_offense_game_summary"]
    remove = f"fullcourt --home {home} ingest remove 00"
    assert any(step["command"].startswith(remove) for step in told["next"])


def test_a_report_is_written_where_it_is_wanted(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "for" / "the" / "record.md"
    code, out, _ = call("report", "--output", str(path))
    assert (code, out) == (0, f"written: {path}\n")
    assert path.read_text().startswith("# fullcourt: all tables · whole schedule\n")


def test_a_report_that_cannot_be_written_is_a_sentence_and_exit_2(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    code, _, err = call("report", "--output", str(tmp_path / "file" / "report.md"))
    assert code == 2
    assert "name another file" in err
    assert "Traceback" not in err
