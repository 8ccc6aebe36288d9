"""`fullcourt doctor`: what it looks at, what it calls a fault, and the repair that goes with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fullcourt import access
from fullcourt.cli.app import run
from fullcourt.cli.doctor import Diagnosis, authentication, kind_of
from fullcourt.server import ServerHandle
from tests.bigquery_stand_in.faults import Fault, Kind
from tests.bigquery_stand_in.server import StandIn
from tests.league import league
from tests.league_files import raw_league
from warehouse.connections import open_warehouse as opened_by


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The little league, where the settings find it."""
    url = f"duckdb:{shutil.copy(raw_league(), tmp_path / 'league.duckdb')}"
    monkeypatch.setenv("FULLCOURT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FULLCOURT_WAREHOUSE", url)
    return url


def found(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the findings by what they are about."""
    code = run(["doctor", "--json"])
    return code, {
        finding["about"]: finding for finding in json.loads(capsys.readouterr().out)
    }


def test_without_a_server_there_is_nothing_wrong(
    warehouse: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, findings = found(capsys)
    assert code == 0
    assert findings["versions"]["said"].startswith("fullcourt ")
    assert findings["Prefect API"]["verdict"] == "note"
    assert findings["warehouse"] == {
        "about": "warehouse",
        "verdict": "ok",
        "said": f"{warehouse}: {len(league()['schedule'])} games in the schedule",
        "repair": "",
    }


def test_a_server_that_was_not_set_up_is_a_fault_and_the_set_up_its_repair(
    warehouse: str,
    prefect_api: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where nobody listens to heartbeats, a killed run stays Running for ever."""
    from prefect.client.orchestration import get_client

    from deployments.automations import ZOMBIES
    from deployments.setup import parse, setup

    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    with get_client(sync_client=True) as client:
        for automation in client.read_automations_by_name(ZOMBIES):
            client.delete_automation(automation.id)
        code, findings = found(capsys)
        assert (code, findings["heartbeat automation"]["verdict"]) == (2, "fault")
        assert (
            findings["heartbeat automation"]["repair"] == "python -m deployments.setup"
        )
        list(setup(client, parse(["--warehouse", warehouse])))
        code, findings = found(capsys)
    assert (
        findings["heartbeat automation"]["verdict"]
        == findings["global limit"]["verdict"]
        == "ok"
    )
    assert (code, findings["deployments"]["repair"]) == (2, "prefect deploy --all")
    assert (
        findings["Prefect API"]["said"]
        == f"self-hosted server at {prefect_api} answers"
    )


def test_a_server_that_does_not_answer_is_a_fault(
    warehouse: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    code, findings = found(capsys)
    assert (code, findings["Prefect API"]["verdict"]) == (2, "fault")
    assert "at http://127.0.0.1:9/api: ConnectError" in findings["Prefect API"]["said"]


@pytest.mark.parametrize(
    ("url", "secret", "verdicts"),
    [
        ("http://127.0.0.1:4200/api", None, []),
        ("http://prefect.example/api", None, ["fault"]),
        ("http://prefect.example/api", "PREFECT_API_AUTH_STRING", ["fault"]),
        ("https://prefect.example/api", "PREFECT_API_AUTH_STRING", ["ok"]),
        (
            "https://api.prefect.cloud/api/accounts/a/workspaces/w",
            "PREFECT_API_KEY",
            ["ok"],
        ),
    ],
)
def test_a_server_that_anybody_may_use_or_listen_to_is_a_fault(
    url: str, secret: str | None, verdicts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if secret:
        monkeypatch.setenv(secret, "planted")
    monkeypatch.setattr(access, "is_open", lambda _url: False)
    monkeypatch.setattr(access, "answers_any_origin", lambda _url: False)
    handle = ServerHandle(url)
    findings: list[Diagnosis] = list(authentication(handle, kind_of(handle)))
    assert [finding.verdict for finding in findings] == verdicts
    assert not [finding for finding in findings if "planted" in finding.said]


@pytest.mark.parametrize("secret", ["", "PREFECT_API_AUTH_STRING"])
def test_a_server_that_answers_without_a_password_is_a_fault_on_the_loopback_too(
    secret: str, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of any site can send requests to the loopback of whoever looks at it."""
    if secret:
        monkeypatch.setenv(secret, "planted")
    handle = ServerHandle(prefect_api)
    findings = {
        finding.about: finding for finding in authentication(handle, kind_of(handle))
    }
    assert findings["authentication"].verdict == "fault"
    assert "PREFECT_SERVER_API_AUTH_STRING" in findings["authentication"].repair
    assert findings["other origins"].verdict == "note"


def test_the_roles_of_a_project_are_named_by_its_datasets() -> None:
    from core.address import BigQueryAddress
    from deployments.roles import roles

    listed = {
        (role.resource, role.role)
        for role in roles(BigQueryAddress(project="example-project", prefix="x_"))
    }
    assert ("project example-project", "roles/bigquery.jobUser") in listed
    for dataset in ("nba_raw", "nba_analytics", "nba_precompute", "nba_backfill"):
        assert (
            f"dataset example-project.x_{dataset}",
            "roles/bigquery.dataEditor",
        ) in listed
    assert not [
        role
        for resource, role in listed
        if "admin" in role.lower() or "owner" in role.lower()
    ]


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    """A project with the tables, on a stand-in, where the settings find it."""
    with StandIn() as stand_in:
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", stand_in.url)
        monkeypatch.setenv("FULLCOURT_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("FULLCOURT_WAREHOUSE", "bigquery:example-project.x_@EU")
        with opened_by("bigquery:example-project.x_@EU"):
            pass
        stand_in.log.clear()
        yield stand_in
    assert stand_in.broken == []


def roles_found(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and what was found of each role."""
    code = run(["doctor", "--json"])
    return code, [
        f for f in json.loads(capsys.readouterr().out) if f["about"] == "role"
    ]


def test_the_roles_of_the_account_are_tried_and_nothing_is_done(
    project: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    code, findings = roles_found(capsys)
    tried = [
        f
        for f in findings
        if "bigquery.jobUser" in f["said"] or "bigquery.dataEditor" in f["said"]
    ]
    assert (code, [f["verdict"] for f in tried]) == (0, ["ok"] * 5)
    assert {f["verdict"] for f in findings if f not in tried} == {"note"}
    assert [r for r in project.calls("jobs.insert") if not r.dry_run] == []


@pytest.mark.parametrize(
    ("nth", "resource", "may_not"),
    [
        (1, "project example-project", "run queries"),
        (3, "dataset example-project.x_nba_analytics", "change rows"),
        (10, "dataset example-project.x_nba_raw", "make tables"),
    ],
)
def test_a_role_that_the_account_lacks_is_a_fault_and_granting_it_the_repair(
    nth: int,
    resource: str,
    may_not: str,
    project: StandIn,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project.faults.plant(Fault(Kind.DENIED, "jobs.insert", "doctor", nth=nth))
    code, findings = roles_found(capsys)
    (lacking,) = [f for f in findings if f["verdict"] == "fault"]
    assert code == 2
    assert lacking["repair"].startswith("grant roles/bigquery.")
    assert lacking["repair"].endswith(f" on {resource}")
    assert f"may not {may_not}: " in lacking["said"]
