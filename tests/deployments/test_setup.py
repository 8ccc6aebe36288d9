"""The set-up of a server: what it makes, that it can be given again, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from core.errors import ConfigError

CLOUD = [
    "--warehouse=bigquery:example-project",
    "--image=europe-docker.pkg.dev/example-project/nba/fullcourt:1",
    "--region=europe-west1",
    "--service-account=runs@example-project.iam.gserviceaccount.com",
    "--results=gs://bucket/fullcourt",
    "--api-secret=prefect-key",
]


def done(*arguments: str) -> list[str]:
    """The lines of a set-up of the tests' server."""
    # Imported late, as in the tests of flows: Prefect takes two seconds.
    from prefect.client.orchestration import get_client

    from deployments.setup import parse, setup

    with get_client(sync_client=True) as client:
        return list(setup(client, parse(arguments)))


def typed(*arguments: str) -> Result:
    """What the command prints, and how it ends."""
    from deployments.setup import main

    return CliRunner().invoke(main, arguments)


def there(*arguments: str) -> dict[str, Any]:
    """Everything that a set-up may have made, as the server holds it."""
    from prefect.client.orchestration import get_client

    from deployments.pools import CLOUD_RUN, PROCESS
    from deployments.setup import RESULTS

    with get_client(sync_client=True) as client:
        held: dict[str, Any] = {
            name: client.read_work_pool(name) for name in (PROCESS, CLOUD_RUN)
        }
        held |= {limit.name: limit for limit in client.read_global_concurrency_limits()}
        held |= {variable.name: variable for variable in client.read_variables()}
        held |= {
            automation.name: automation for automation in client.read_automations()
        }
        held |= {
            slug: client.read_block_document_by_name(RESULTS, slug)
            for slug in ("gcs-bucket",)
        }
    return {name: thing.model_dump(mode="json") for name, thing in held.items()}


@pytest.mark.usefixtures("prefect_server")
def test_the_same_set_up_again_changes_nothing() -> None:
    """One that made a second automation, or freed a held limit, could be given once only."""
    done(*CLOUD)
    made = there()
    assert {
        "nba-process",
        "nba-cloud-run",
        "fullcourt-bigquery-example-project",
        "fullcourt_warehouse",
        "fullcourt_work_pool",
        "fullcourt: silent runs are Crashed",
        "gcs-bucket",
    } <= set(made)
    again = typed(*CLOUD)
    assert again.exit_code == 0, again.output
    assert {line.split()[0] for line in again.stdout.splitlines()} == {"kept"}
    assert there() == made


@pytest.mark.usefixtures("prefect_server")
def test_another_image_changes_the_pool_and_nothing_else() -> None:
    done(*CLOUD)
    other = [word.replace("fullcourt:1", "fullcourt:2") for word in CLOUD]
    assert [line for line in done(*other) if not line.startswith("kept")] == [
        "changed work pool nba-cloud-run"
    ]


@pytest.mark.usefixtures("prefect_server")
def test_who_is_told_is_a_block_that_somebody_made() -> None:
    from prefect.blocks.notifications import CustomWebhookNotificationBlock

    values = {
        "name": "ops",
        "url": "https://example.com/{{key}}",
        "secrets": {"key": "planted"},
    }
    hook = CustomWebhookNotificationBlock.model_validate(values)
    hook.save("ops", overwrite=True)
    told = [*CLOUD, "--notify", f"{hook.get_block_type_slug()}/ops"]
    names = ("fullcourt: NO-GO", "fullcourt: a run failed", "fullcourt: a run waits")
    assert done(*told)[-3:] == [f"made automation {name}" for name in names]
    assert done(*told)[-3:] == [f"kept automation {name}" for name in names]
    with pytest.raises(ConfigError, match="no block slack-webhook/nobody; make it"):
        done(*CLOUD, "--notify", "slack-webhook/nobody")


def test_a_cloud_run_job_has_its_limits_its_account_and_no_secret_in_the_clear() -> (
    None
):
    from deployments.pools import cloud_run_template
    from deployments.setup import parse

    job = parse(CLOUD).cloud_run
    assert job is not None
    variables = cloud_run_template("gcs-bucket/fullcourt-results", job)["variables"][
        "properties"
    ]
    given = {name: variable.get("default") for name, variable in variables.items()}
    assert (
        given["service_account_name"] == "runs@example-project.iam.gserviceaccount.com"
    )
    assert (given["cpu"], given["memory"], given["timeout"], given["max_retries"]) == (
        "2000m",
        "2Gi",
        21600,
        0,
    )
    assert given["prefect_api_key_secret"] == {
        "secret": "prefect-key",
        "version": "latest",
    }
    assert (
        given["env"]["PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK"]
        == "gcs-bucket/fullcourt-results"
    )
    assert given["env"]["PREFECT_RESULTS_DEFAULT_SERIALIZER"] == "json"
    assert not [name for name in given["env"] if "KEY" in name or "AUTH" in name]


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (
            "--warehouse duckdb:/x.duckdb --pool nba-cloud-run",
            "is a file of one machine",
        ),
        ("--warehouse bigquery:example-project --pool nba-cloud-run", "needs --image"),
        ("--warehouse bigquery:example-project --image i", "--image needs --region"),
        (
            "--warehouse bigquery:example-project --image i --region r --service-account s",
            "a folder is lost with its container",
        ),
    ],
)
def test_parts_that_do_not_go_together_are_refused_with_the_reason(
    arguments: str, refusal: str, tmp_path: Path
) -> None:
    from deployments.setup import parse

    with pytest.raises(ConfigError, match=refusal):
        parse(arguments.split())
    refused = typed(*arguments.split())
    assert refused.exit_code == ConfigError.exit_code
    assert refused.stderr.startswith("deployments.setup: ")
    assert refusal in refused.stderr
