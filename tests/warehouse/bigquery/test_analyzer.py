"""Google's own analyzer accepts every statement that the product generates for BigQuery."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from runs.page.runs import collect_runs
from tests.bigquery_stand_in.jobs import Job
from tests.bigquery_stand_in.opening import URL, warehouse_on
from tests.bigquery_stand_in.server import StandIn
from tests.bigquery_stand_in.statement import Statement, statement
from tests.raw_rows import World
from tests.warehouse.bigquery.journey import journey
from tests.warehouse.bigquery.test_page_facts import features_of
from tests.warehouse.bigquery.test_protocol import PLANTED
from tests.warehouse.bigquery.test_training import measured
from warehouse.bigquery import rights
from warehouse.bigquery.names import Names

if TYPE_CHECKING:
    from tests.warehouse.bigquery.googlesql import GoogleSql

pytestmark = pytest.mark.skipif(
    "FULLCOURT_ANALYZE" not in os.environ,
    reason="Google's analyzer compiles for minutes and then analyzes for more: make analyze runs "
    "these",
)

PROJECT = Names.at(URL).project


def google_sql(stand_in: StandIn) -> GoogleSql:
    """Google's analyzer, told a stand-in's tables."""
    # Imported late: runs that skip these tests have no need of the second.
    from tests.warehouse.bigquery.googlesql import GoogleSql

    return GoogleSql(stand_in, PROJECT)


@pytest.fixture(scope="session")
def statements(computed_stand_in: StandIn) -> dict[str, Statement]:
    """One statement of each kind for each table, of a whole load and backfill."""
    return {
        name(job): asked(computed_stand_in, job) for job in queries(computed_stand_in)
    }


def queries(stand_in: StandIn) -> list[Job]:
    """The query jobs that a stand-in was given."""
    return [job for job in stand_in.jobs.known.values() if "query" in job.configuration]


def asked(stand_in: StandIn, job: Job) -> Statement:
    """A job's statement."""
    return stand_in.jobs.statement_of(job)


def name(job: Job) -> str:
    """What a job was for."""
    return f"{job.labels['step']} {job.labels.get('table', '')} {job.statement}"


def test_every_statement_of_a_load_and_a_backfill_is_well_formed_and_well_typed(
    statements: dict[str, Statement], computed_stand_in: StandIn
) -> None:
    google = google_sql(computed_stand_in)
    steps = {name.split()[0] for name in statements}
    assert {
        "stage",
        "audit",
        "merge",
        "ledger",
        "derive",
        "calendar",
        "ingest",
        "state",
    } <= steps
    refused = {
        name: google.refusal(statement) for name, statement in statements.items()
    }
    assert {name: why for name, why in refused.items() if why} == {}


def test_every_statement_of_the_whole_protocol_is_well_formed_and_well_typed(
    statements: dict[str, Statement], league_stand_in: StandIn, world: World
) -> None:
    """Among them are every gate's checks, evidence of every kind,
    waivers, verdicts, rights and costs."""
    warehouse = warehouse_on(league_stand_in, PLANTED)
    assert list(journey(warehouse, world))
    assert warehouse.dollars_spent("clearing") == 0.0
    google = google_sql(league_stand_in)
    new = (
        j
        for j in queries(league_stand_in)
        if name(j) not in statements or j.labels["step"] == "check"
    )
    texts = {asked(league_stand_in, job): name(job) for job in new}
    texts |= {
        statement(sql, ()): f"{does}: {where}"
        for where, does, sql in rights.questions(warehouse.texts)
    }
    refused = {
        name: why
        for statement, name in texts.items()
        if (why := google.refusal(statement))
    }
    assert refused == {}


def test_every_statement_of_a_training_check_is_well_formed_and_well_typed(
    computed_stand_in: StandIn,
) -> None:
    before = set(map(id, queries(computed_stand_in)))
    assert list(measured(warehouse_on(computed_stand_in)))
    google = google_sql(computed_stand_in)
    new = [job for job in queries(computed_stand_in) if id(job) not in before]
    assert len([job for job in new if job.labels["step"] == "check"]) >= 9
    refused = [google.refusal(asked(computed_stand_in, job)) for job in new]
    assert [why for why in refused if why] == []


def test_every_statement_of_the_page_is_well_formed_and_well_typed(
    computed_stand_in: StandIn,
) -> None:
    before = set(map(id, queries(computed_stand_in)))
    warehouse = warehouse_on(computed_stand_in)
    assert features_of(warehouse).seasons
    assert collect_runs(warehouse).runs
    google = google_sql(computed_stand_in)
    new = [job for job in queries(computed_stand_in) if id(job) not in before]
    steps = [job.labels["step"] for job in new]
    assert steps.count("check") == 2
    assert "history" in steps
    refused = [google.refusal(asked(computed_stand_in, job)) for job in new]
    assert [why for why in refused if why] == []


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT points FROM {schedule}", "Unrecognized name: points"),
        ("SELECT game_id::INT64 AS id FROM {schedule}", "Syntax error"),
        (
            "SELECT game_id FROM {schedule} WHERE season = '2023'",
            "No matching signature",
        ),
        ("SELECT game_id FROM {schedule} QUALIFY ROW_NUMBER() OVER () = 1", "QUALIFY"),
    ],
)
def test_the_analyzer_refuses_what_bigquery_would(
    sql: str, why: str, computed_stand_in: StandIn
) -> None:
    google = google_sql(computed_stand_in)
    path = f"`{PROJECT}.test_nba_raw.schedule`"
    assert why in google.refusal(statement(sql.format(schedule=path), ()))
