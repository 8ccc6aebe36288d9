"""What prefect.yaml deploys, and what its forms accept and refuse before anything starts."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.address import parse_address
from core.errors import ConfigError
from processors.discovery import load

ROOT = Path(__file__).resolve().parents[2]
FILE: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text())
DEPLOYED: list[dict[str, Any]] = FILE["deployments"]
RERUNS = ROOT / "deployments" / "reruns"
BY_FLOW = {
    deployment["entrypoint"].partition(":")[2]: deployment for deployment in DEPLOYED
}
ADDRESS = "duckdb:/data/nba.duckdb"


def form(flow: str) -> dict[str, Any]:
    """The JSON schema of a deployed flow's parameters."""
    module, _, name = BY_FLOW[flow]["entrypoint"].partition(":")
    return getattr(import_module(module), name).parameters.model_dump()  # type: ignore[no-any-return]


def order_of(flow: str) -> list[str]:
    """The fields of a form from top to bottom."""
    fields = form(flow)["properties"]
    return sorted(fields, key=lambda name: fields[name]["position"])


def refusals(flow: str, **typed: Any) -> list[str]:
    """What the server says of these parameters,
    with those that the deployment has; it uses this function."""
    from prefect.utilities.schema_tools.validation import ValidationError, validate

    given = BY_FLOW[flow]["parameters"] | {"warehouse": ADDRESS} | typed
    try:
        validate(given, form(flow), raise_on_error=True)
    except ValidationError as error:
        return [str(error)]
    return []


def test_every_deployment_names_a_flow_by_its_module_and_refers_to_what_the_set_up_makes() -> (
    None
):
    from deployments.setup import POOL_VARIABLE, WAREHOUSE_VARIABLE

    assert list(BY_FLOW) == [
        "backfill",
        "phase",
        "gate",
        "ingest",
        "fetch",
        "nightly",
        "train",
    ]
    for name, deployment in BY_FLOW.items():
        assert form(name)["properties"]
        assert (deployment["name"], deployment["tags"]) == ("nba", ["fullcourt"])
        assert deployment["work_pool"] == {
            "name": f"{{{{ prefect.variables.{POOL_VARIABLE} }}}}"
        }
        assert (
            deployment["parameters"]["warehouse"]
            == f"{{{{ prefect.variables.{WAREHOUSE_VARIABLE} }}}}"
        )


def test_the_deployments_are_for_the_prefect_that_is_installed() -> None:
    import prefect

    assert FILE["prefect-version"] == prefect.__version__
    assert f'"prefect=={prefect.__version__}"' in (ROOT / "pyproject.toml").read_text()


def test_a_second_backfill_waits_and_the_nightly_one_is_off_until_somebody_wants_it() -> (
    None
):
    backfill = BY_FLOW["backfill"]
    assert backfill["concurrency_limit"] == {
        "limit": 1,
        "collision_strategy": "ENQUEUE",
    }
    assert "schedules" not in backfill
    nightly = BY_FLOW["nightly"]
    assert nightly["concurrency_limit"] == backfill["concurrency_limit"]
    (schedule,) = nightly["schedules"]
    assert (schedule["active"], schedule["timezone"]) == (False, "America/New_York")
    assert refusals("nightly") == []
    assert form("nightly")["properties"]["last_days"]["default"] == 3


def test_a_form_of_a_fetch_offers_the_sources_and_needs_folder_and_seasons() -> None:
    of_seasons = ["nba", "sportsdataverse"]
    assert form("fetch")["properties"]["source"]["enum"] == [*of_seasons, "odds"]
    assert form("nightly")["properties"]["source"]["enum"] == of_seasons
    assert refusals("fetch", folder="/data/snapshots", seasons=[2024]) == []
    lines = {
        "source": "odds",
        "markets": ["spreads"],
        "opening": True,
        "max_credits": 0,
    }
    assert refusals("fetch", folder="/data/snapshots", seasons=[2024], **lines) == []
    assert refusals(
        "fetch", folder="/data", seasons=[2024], markets=["player_rebounds"]
    )
    assert refusals("fetch", folder="/data", seasons=[2024], max_credits=-1)
    assert refusals("fetch", folder="/data/snapshots", seasons=[2024], source="espn")
    assert refusals("fetch", folder="/data/snapshots")


def test_a_form_of_a_training_checks_dates_embargo_and_what_a_no_go_leads_to() -> None:
    assert refusals("train") == []
    typed = {
        "validation_from": "2024-11-06",
        "test_from": "2025-11-05",
        "embargo_days": 3,
    }
    assert refusals("train", **typed) == []
    assert refusals("train", test_from="05.11.2025")
    assert refusals("train", embargo_days=0)
    assert refusals("train", on_no_go="perhaps")


def test_the_names_in_a_form_are_those_of_the_catalog() -> None:
    """A table that the form does not offer cannot be rerun from the dashboard."""
    catalog, asked = load(), form("gate")["properties"]
    phases = [phase.name for phase in catalog.phases]
    fields = form("backfill")["properties"]
    for offered in (fields, asked["selection"]["properties"]):
        assert offered["tables"]["items"]["enum"] == list(catalog.ordered())
        assert offered["phases"]["items"]["enum"] == phases
    assert (
        asked["phase"]["enum"] == form("phase")["properties"]["phase"]["enum"] == phases
    )


def test_a_form_asks_for_dates_first_then_what_then_how() -> None:
    asked = order_of("backfill")
    assert asked[:4] == ["start", "end", "last_days", "dates"]
    assert asked[4:6] == ["phases", "tables"]
    assert asked.index("on_no_go") < asked.index("warehouse") < asked.index("in_pool")
    assert order_of("fetch")[:2] == ["seasons", "since"]
    assert order_of("nightly")[:2] == ["today", "last_days"]
    assert order_of("train")[:2] == ["start", "end"]


@pytest.mark.parametrize("flow", BY_FLOW)
def test_every_field_of_a_form_says_what_to_fill_in(flow: str) -> None:
    assert [
        name
        for name, field in form(flow)["properties"].items()
        if not field.get("description")
    ] == []


@pytest.mark.parametrize(
    "file", sorted(RERUNS.glob("*.json")), ids=lambda file: file.stem
)
def test_a_checked_in_rerun_is_accepted_as_it_stands(file: Path) -> None:
    flow = "gate" if file.stem == "gate" else "backfill"
    assert refusals(flow, **json.loads(file.read_text())) == []


@pytest.mark.parametrize(
    ("flow", "typed", "said"),
    [
        (
            "backfill",
            {"tables": ["ml_feature_stor"]},
            "'ml_feature_stor' is not one of",
        ),
        ("backfill", {"phases": ["training"]}, "'training' is not one of"),
        ("backfill", {"start": "24.02.2025"}, "'start'"),
        ("backfill", {"start": "2025-02-30x"}, "'start'"),
        ("backfill", {"dates": ["2025-13-01"]}, "'2025-13-01' does not match"),
        ("backfill", {"last_days": 0}, "'last_days'"),
        ("backfill", {"max_workers": "two"}, "'two' is not of type 'integer'"),
        (
            "backfill",
            {"warehouse": "duckdb:here.duckdb"},
            "'duckdb:here.duckdb' does not match",
        ),
        ("gate", {}, "'phase' is a required property"),
        (
            "gate",
            {"phase": "team", "selection": {"tables": ["shots"]}},
            "'shots' is not one of",
        ),
        (
            "gate",
            {"phase": "team", "selection": {"strat": "2025-02-24"}},
            "'strat' was unexpected",
        ),
    ],
)
def test_what_is_typed_wrong_is_refused_by_the_form(
    flow: str, typed: dict[str, Any], said: str
) -> None:
    (refusal,) = refusals(flow, **typed)
    assert said in refusal


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS,
        "bigquery:example-project",
        "bigquery:example.com:project.test@EU",
        "duckdb::memory:",
    ],
)
def test_the_form_accepts_an_address_exactly_when_the_settings_do(address: str) -> None:
    try:
        parse_address(address)
        refused = False
    except ConfigError:
        refused = True
    assert bool(refusals("backfill", warehouse=address)) == refused
