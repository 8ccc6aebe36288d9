"""The deployments as people use them, on a real server with a real worker:
the guide, and what goes wrong."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from planning.cells import Outcome
from processors.discovery import load
from tests.bigquery_stand_in.opening import URL, warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.commands import written
from tests.deployments.hook import BLOCK, hook, make_block
from tests.deployments.site import Site, site
from tests.league import league
from tests.league_files import computed_league, raw_league
from tests.loop import Cell, fingerprints, open_warehouse
from tests.raw_rows import raw_load

PASSWORD = "admin:planted-Zw4rT9"
FIRST, LAST = "2023-10-24", "2023-11-20"
PHASES = ("team", "player")
ASKED = (
    "-p",
    f"start={FIRST}",
    "-p",
    f"end={LAST}",
    "-p",
    f"phases={json.dumps(PHASES)}",
    "-p",
    "batch_days=2",
)
RUN_NAME = f"backfill team, player · {FIRST}..{LAST}"

RERUN_TABLE = "player_game_summary"
RERUN = {"dates": ["2023-11-14"], "tables": [RERUN_TABLE], "rerun": True}
WRONG = 'tables=["player_gmae_summary"]'


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """The little league's raw rows."""
    return Path(shutil.copy(raw_league(), tmp_path / "league.duckdb"))


def attempts(warehouse: Path) -> Counter[tuple[Cell, str]]:
    """How often each run put each cell on record as done, read from a copy:
    runs find the file closed."""
    copy = Path(shutil.copy(warehouse, warehouse.with_name("copy.duckdb")))
    if written(warehouse):
        shutil.copy(f"{warehouse}.wal", f"{copy}.wal")
    with closing(open_warehouse(path=str(copy))) as opened:
        tables = [p.name for p in load() if p.phase in PHASES]
        recorded = {t: [day for day in opened.records(t)[t] if day] for t in tables}
        entries = [
            ((t, day), e)
            for t in tables
            for day in recorded[t]
            for e in opened.entries(t, day)
        ]
    return Counter((cell, e.run_id) for cell, e in entries if e.outcome is Outcome.DONE)


def undisturbed(folder: Path) -> dict[Cell, str]:
    """What a plain loop computes of the same league, by cell."""
    path = shutil.copy(computed_league(), folder / "undisturbed.duckdb")
    with closing(open_warehouse(path=str(path))) as warehouse:
        return {
            (table, day): fingerprint
            for (table, day), fingerprint in fingerprints(warehouse).items()
            if load()[table].phase in PHASES
        }


def holding(folder: Path, text: str) -> list[str]:
    """The files that hold a text: the server's database (parameters, states, logs, events,
    artifacts, blocks, variables), results, what server and worker said, the warehouse."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    assert any("results" in path.parts for path in files)
    return [str(path) for path in files if text.encode() in path.read_bytes()]


def test_f65_the_deployments_from_an_empty_server_to_a_killed_run_and_after(
    tmp_path: Path, warehouse: Path
) -> None:
    with (
        bigquery() as stand_in,
        site(tmp_path / "site", warehouse, PASSWORD, stand_in.url) as here,
        hook() as (address, told),
    ):
        make_block(here, address)
        deploy(here)
        silent = fall_silent(here)
        killed, waiting = kill_one_of_two(here)
        before, expected = attempts(warehouse), undisturbed(tmp_path)
        set_up_again(here)
        refused(here)
        assert here.ended(waiting) == "Completed"
        after = attempts(warehouse)
        assert set(Counter(cell for cell, _ in after.elements()).values()) == {1}, (
            "what was done was redone"
        )
        assert {run for _, run in before} == {killed}
        assert 0 < len(before) < len(after)
        rerun_one_date_of_one_table(here, after)
        hand_a_phase_to_the_pool(here, stand_in, expected)
        assert here.ended(silent) == "Crashed"
        here.wait(
            lambda: len({text.splitlines()[0] for text in told}) > 1,
            "both crashes to be told",
        )
        # A run that stays silent may be told of more than once, until the server has seen that it
        # ended.
        assert {text.splitlines()[0] for text in told} == {
            f"fullcourt {RUN_NAME}: failed",
            "fullcourt silent: failed",
        }
    assert holding(tmp_path, RERUN_TABLE), (
        "what was typed is on record, so a password would be found as well"
    )
    assert holding(tmp_path, PASSWORD.partition(":")[2]) == []
    with closing(open_warehouse(path=str(warehouse))) as opened:
        held = fingerprints(opened)
    assert held == {cell: expected[cell] for cell in held}
    assert set(held) == {cell for cell, _ in after}


def deploy(here: Site) -> None:
    """The commands of the guide."""
    assert here.status_without_password() == 401
    made = here.python("-m", "deployments.setup", "--notify", BLOCK)
    assert made.code == 0, made.text
    here.work()
    deployed = here.prefect("deploy", "--all")
    assert deployed.code == 0, deployed.text
    for flow in ("backfill", "phase", "gate", "ingest", "fetch", "nightly", "train"):
        assert f"Deployment '{flow}/nba' successfully created" in deployed.text


def fall_silent(here: Site) -> str:
    """A run whose worker died with it: Running, one heartbeat, and nothing after. Its id."""
    flow = here.asked("/deployments/name/backfill/nba")["flow_id"]
    state = {"type": "RUNNING", "name": "Running"}
    run = here.asked(
        "/flow_runs/",
        {"flow_id": flow, "name": "silent", "state": state, "tags": ["fullcourt"]},
    )
    of = {
        "prefect.resource.id": f"prefect.flow.{flow}",
        "prefect.resource.name": "backfill",
    }
    heartbeat = {
        "id": str(uuid4()),
        "occurred": datetime.now(UTC).isoformat(),
        "event": "prefect.flow-run.heartbeat",
        "resource": {
            "prefect.resource.id": f"prefect.flow-run.{run['id']}",
            "prefect.resource.name": "silent",
        },
        "related": [{**of, "prefect.resource.role": "flow"}],
    }
    here.asked("/events", [heartbeat])
    return str(run["id"])


def set_up_again(here: Site) -> None:
    """While runs wait and hold slots, the set-up given again leaves everything as it is."""
    again = here.python("-m", "deployments.setup", "--notify", BLOCK)
    assert again.code == 0, again.text
    assert {line.split()[0] for line in again.text.splitlines()} == {"kept"}


def kill_one_of_two(here: Site) -> tuple[str, str]:
    """Two runs of the same; one is enqueued, the other is killed amid its work.

    Their ids, the killed one's first. Which of them gets the slot is the worker's matter: where it
    finds both at once, it submits them side by side.
    """
    # Imported late, as in the tests of flows: Prefect takes two seconds.
    from tasks.slot import limit_name

    first = here.run("backfill/nba", *ASKED)
    parameters = here.asked(f"/flow_runs/{first}")["parameters"]
    runs = [first, here.create_run("backfill/nba", parameters)]

    def enqueued() -> list[str]:
        return [run for run in runs if here.state(run) == "AwaitingConcurrencySlot"]

    (waiting,) = here.wait(enqueued, "one of the runs to be enqueued")
    (running,) = [run for run in runs if run != waiting]
    enough = written(here.warehouse) + 60_000
    here.wait(
        lambda: written(here.warehouse) > enough, "the other run to write", every=0.01
    )
    here.kill(running)
    assert here.ended(running) == "Crashed"
    limit = here.asked(
        f"/v2/concurrency_limits/{limit_name(f'duckdb:{here.warehouse}')}"
    )
    assert limit["active_slots"] == 1, (
        "the slot of the dead is held until its lease expires"
    )
    return running, waiting


def refused(here: Site) -> None:
    """What is typed wrong comes back at once, and no run is made of it."""
    of_deployments = {"flow_runs": {"deployment_id": {"is_null_": False}}}
    runs = here.asked("/flow_runs/count", of_deployments)
    said = here.prefect("deployment", "run", "backfill/nba", "-p", WRONG)
    assert (said.code, "'player_gmae_summary' is not one of" in said.text) == (
        1,
        True,
    ), said.text
    assert here.asked("/flow_runs/count", of_deployments) == runs


@contextmanager
def bigquery() -> Iterator[StandIn]:
    """A stand-in of BigQuery that holds the little league's raw rows."""
    with StandIn() as stand_in:
        warehouse_on(stand_in).load(raw_load(league()))
        yield stand_in
    assert stand_in.broken == []


def hand_a_phase_to_the_pool(
    here: Site, stand_in: StandIn, expected: dict[Cell, str]
) -> None:
    """On BigQuery the backfill is one run, the phase another,
    of its own deployment; then comes the gate."""
    asked = {"warehouse": URL, "phases": ["team"], "end": LAST, "in_pool": True}
    run = here.create_run("backfill/nba", asked)
    assert here.ended(run) == "Completed"
    of_phase = {
        "deployments": {"name": {"any_": ["nba"]}},
        "flows": {"name": {"any_": ["phase"]}},
    }
    (phase,) = here.asked("/flow_runs/filter", of_phase)
    assert (phase["state_name"], phase["parent_task_run_id"] is not None) == (
        "Completed",
        True,
    )
    assert (
        phase["infrastructure_pid"]
        != here.asked(f"/flow_runs/{run}")["infrastructure_pid"]
    )
    computed = {
        job.labels["run"]
        for job in stand_in.jobs.known.values()
        if job.labels["step"] == "merge"
    }
    assert computed == {run}, (
        "cells are on record as the backfill's, whoever computed them"
    )
    merged = stand_in.calls("jobs.insert", step="merge", dry_run=False)
    judged = stand_in.calls("jobs.insert", step="verdicts", dry_run=False)
    assert stand_in.log.index(judged[-1]) > stand_in.log.index(merged[-1])
    rows = stand_in.engine.rows
    verdicts = rows(
        "SELECT stage, decision FROM test_nba_backfill.verdicts ORDER BY decided_at"
    )
    assert [(v["stage"], v["decision"]) for v in verdicts] == [
        ("sample", "GO"),
        ("gate", "GO with warnings"),
    ]
    held = rows(
        "SELECT game_date AS day, COUNT(*) AS n FROM "
        "test_nba_analytics.team_offense_game_summary GROUP BY 1"
    )
    days = {
        day
        for table, day in expected
        if table == "team_offense_game_summary" and str(day) <= LAST
    }
    assert {row["day"] for row in held} == days


def rerun_one_date_of_one_table(here: Site, before: Counter[tuple[Cell, str]]) -> None:
    """Exactly that cell is computed again."""
    run = here.run("backfill/nba", "--params", "-", stdin=json.dumps(RERUN))
    assert here.ended(run) == "Completed"
    made = attempts(here.warehouse) - before
    assert [(table, str(day)) for (table, day), _ in made] == [
        (RERUN_TABLE, "2023-11-14")
    ]
    shown: dict[str, Any] = here.asked(f"/flow_runs/{run}")
    assert shown["name"] == "backfill player_game_summary · 2023-11-14"
