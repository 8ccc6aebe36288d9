"""Tell a Prefect server what fullcourt's deployments need: pools, limit, block, variables,
automations."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from prefect.blocks.core import Block
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.filesystems import LocalFileSystem

from core.address import DuckDBAddress
from core.errors import ConfigError, FullcourtError
from core.settings import load_settings
from deployments import ensure
from deployments.automations import notifications, zombies
from deployments.pools import (
    CLOUD_RUN,
    PROCESS,
    CloudRun,
    cloud_run_template,
    process_template,
)
from tasks.slot import limit_name

RESULTS = "fullcourt-results"
WAREHOUSE_VARIABLE, POOL_VARIABLE = "fullcourt_warehouse", "fullcourt_work_pool"


@dataclass(frozen=True)
class SetupSpec:
    """What is to be there; `results`: a folder or gs://BUCKET/FOLDER;
    `notify`: a block as TYPE/NAME."""

    warehouse: str
    pool: str
    results: str
    cloud_run: CloudRun | None = None
    notify: str | None = None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--warehouse",
    metavar="URL",
    help="duckdb:PATH or bigquery:PROJECT[.PREFIX][@LOCATION]; else FULLCOURT_WAREHOUSE.",
)
@click.option(
    "--pool",
    type=click.Choice([PROCESS, CLOUD_RUN]),
    help="Where the deployments run [nba-cloud-run if --image is given, else nba-process].",
)
@click.option(
    "--results",
    metavar="PLACE",
    help="Where runs keep their receipts: a folder, or gs://BUCKET/FOLDER [results in the home].",
)
@click.option(
    "--notify",
    metavar="TYPE/NAME",
    help="A notification block, as slack-webhook/ops, that is told of NO-GOs and failures.",
)
@click.option(
    "--image",
    metavar="IMAGE",
    help="Built from deployments/Dockerfile; makes the pool nba-cloud-run.",
)
@click.option(
    "--region", metavar="REGION", help="Where Cloud Run runs them, as europe-west1."
)
@click.option("--service-account", metavar="ACCOUNT", help="What the jobs run as.")
@click.option(
    "--api-secret",
    metavar="SECRET",
    help="Secret Manager's name of the key to the Prefect API.",
)
@click.option(
    "--self-hosted", is_flag=True, help="The secret is a server's user:password."
)
@click.pass_context
def main(context: click.Context, /, **options: object) -> None:
    """Tell a Prefect server what fullcourt's deployments need.

    Talks to the server that PREFECT_API_URL names: self-hosted or Prefect Cloud. Makes the work
    pools, the global limit of the warehouse, the block that keeps results, the variables that
    prefect.yaml refers to, and the automations. Prints a line for each: made, changed or kept. The
    same command again changes nothing. Removes nothing, and takes no secret: what is one stays in a
    block or in Secret Manager.

    \b
    python -m deployments.setup --warehouse duckdb:/data/nba.duckdb
    python -m deployments.setup --warehouse bigquery:PROJECT --image IMAGE \\
        --region REGION --service-account ACCOUNT --results gs://BUCKET/FOLDER
    """
    try:
        spec = spec_of(context)
        with get_client(sync_client=True) as client:
            for line in setup(client, spec):
                click.echo(line)
    except FullcourtError as error:
        click.echo(f"deployments.setup: {error}", err=True)
        sys.exit(error.exit_code)


def setup(client: SyncPrefectClient, spec: SetupSpec) -> Iterator[str]:
    """What became of each thing as it is looked at: made, changed or kept."""
    kind, values = results_block(spec.results)
    yield ensure.block(client, RESULTS, kind, values)
    kept_in = f"{kind.get_block_type_slug()}/{RESULTS}"
    yield ensure.pool(client, PROCESS, "process", process_template(kept_in))
    if spec.cloud_run:
        yield ensure.pool(
            client,
            CLOUD_RUN,
            "cloud-run-v2",
            cloud_run_template(kept_in, spec.cloud_run),
        )
    yield ensure.limit(client, limit_name(spec.warehouse))
    yield ensure.variable(client, WAREHOUSE_VARIABLE, spec.warehouse)
    yield ensure.variable(client, POOL_VARIABLE, spec.pool)
    yield ensure.automation(client, zombies())
    if spec.notify:
        for automation in notifications(ensure.block_id(client, spec.notify)):
            yield ensure.automation(client, automation)


def results_block(results: str) -> tuple[type[Block], dict[str, str]]:
    """The block that keeps the receipts of runs,
    a folder of this machine or of a bucket: type and values."""
    if not results.startswith("gs://"):
        return LocalFileSystem, {"basepath": results}
    # Imported late: Google's client is heavy, and most set-ups have no need of it.
    from prefect_gcp.cloud_storage import GcsBucket

    bucket, _, folder = results.removeprefix("gs://").rstrip("/").partition("/")
    return GcsBucket, {
        "bucket": bucket,
        "bucket_folder": f"{folder}/" if folder else "",
    }


def parse(arguments: Sequence[str]) -> SetupSpec:
    """What a command line asks for; ConfigError where its parts do not go together."""
    return spec_of(main.make_context("deployments.setup", list(arguments)))


def spec_of(context: click.Context) -> SetupSpec:
    """The options of a command line, put together."""
    options = context.params
    settings = load_settings(warehouse=options["warehouse"])
    on_a_file = isinstance(settings.warehouse, DuckDBAddress)
    job = cloud_run_job(context)
    pool = options["pool"] or (CLOUD_RUN if job and not on_a_file else PROCESS)
    results = options["results"] or str(settings.home / "results")
    if pool == CLOUD_RUN and on_a_file:
        raise ConfigError(
            f"{CLOUD_RUN}: {settings.warehouse} is a file of one machine; name a BigQuery project"
        )
    if pool == CLOUD_RUN and not job:
        raise ConfigError(f"{CLOUD_RUN} needs --image, --region and --service-account")
    if pool == CLOUD_RUN and not results.startswith("gs://"):
        raise ConfigError(
            "--results: a folder is lost with its container; name gs://BUCKET/FOLDER"
        )
    if not results.startswith("gs://"):
        results = str(Path(results).expanduser().resolve())
    return SetupSpec(str(settings.warehouse), pool, results, job, options["notify"])


def cloud_run_job(context: click.Context) -> CloudRun | None:
    """What the jobs of the pool are to be; None without an image."""
    options = context.params
    if not options["image"]:
        return None
    if not (options["region"] and options["service_account"]):
        raise ConfigError("--image needs --region and --service-account beside it")
    return CloudRun(
        image=options["image"],
        region=options["region"],
        service_account=options["service_account"],
        api_secret=options["api_secret"],
        self_hosted=options["self_hosted"],
    )


if __name__ == "__main__":
    main(prog_name="python -m deployments.setup")
