"""Tell a Prefect server what fullcourt's deployments need;
giving the same command again changes nothing.

    python -m deployments.setup --warehouse duckdb:/data/nba.duckdb
    python -m deployments.setup --warehouse bigquery:PROJECT --image IMAGE --region REGION \
        --service-account ACCOUNT --results gs://BUCKET/FOLDER

Talks to the server that PREFECT_API_URL names: self-hosted or Prefect Cloud. Makes the work pools,
the global limit of the warehouse, the block that keeps results, the variables that prefect.yaml
refers to, and the automations. Removes nothing, and takes no secret: what is one stays in a block
or in Secret Manager.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prefect.blocks.core import Block
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.filesystems import LocalFileSystem

from core.address import DuckDBAddress
from core.errors import ConfigError, FullcourtError
from core.settings import load_settings
from deployments import ensure
from deployments.automations import notifications, zombies
from deployments.pools import CLOUD_RUN, PROCESS, CloudRun, cloud_run_template, process_template
from tasks.slot import limit_name

RESULTS = "fullcourt-results"
WAREHOUSE_VARIABLE, POOL_VARIABLE = "fullcourt_warehouse", "fullcourt_work_pool"


@dataclass(frozen=True)
class Wanted:
    """What is to be there; `results`: a folder or gs://BUCKET/FOLDER;
    `notify`: a block as TYPE/NAME."""

    warehouse: str
    pool: str
    results: str
    cloud_run: CloudRun | None = None
    notify: str | None = None


def main() -> None:
    """Make what is missing, change what differs, print a line for each."""
    try:
        wanted = parse(sys.argv[1:])
        with get_client(sync_client=True) as client:
            for line in setup(client, wanted):
                print(line)
    except FullcourtError as error:
        print(f"deployments.setup: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def setup(client: SyncPrefectClient, wanted: Wanted) -> Iterator[str]:
    """What became of each thing as it is looked at: made, changed or kept."""
    kind, values = results_block(wanted.results)
    yield ensure.block(client, RESULTS, kind, values)
    kept_in = f"{kind.get_block_type_slug()}/{RESULTS}"
    yield ensure.pool(client, PROCESS, "process", process_template(kept_in))
    if wanted.cloud_run:
        yield ensure.pool(
            client, CLOUD_RUN, "cloud-run-v2", cloud_run_template(kept_in, wanted.cloud_run)
        )
    yield ensure.limit(client, limit_name(wanted.warehouse))
    yield ensure.variable(client, WAREHOUSE_VARIABLE, wanted.warehouse)
    yield ensure.variable(client, POOL_VARIABLE, wanted.pool)
    yield ensure.automation(client, zombies())
    if wanted.notify:
        for automation in notifications(ensure.block_id(client, wanted.notify)):
            yield ensure.automation(client, automation)


def results_block(results: str) -> tuple[type[Block], dict[str, str]]:
    """The block that keeps the receipts of runs,
    a folder of this machine or of a bucket: type and values."""
    if not results.startswith("gs://"):
        return LocalFileSystem, {"basepath": results}
    # Imported late: Google's client is heavy, and most set-ups have no need of it.
    from prefect_gcp.cloud_storage import GcsBucket

    bucket, _, folder = results.removeprefix("gs://").rstrip("/").partition("/")
    return GcsBucket, {"bucket": bucket, "bucket_folder": f"{folder}/" if folder else ""}


def parse(arguments: Sequence[str]) -> Wanted:
    """What the command line asks for; ConfigError where its parts do not go together."""
    parser = argparse.ArgumentParser(
        prog="python -m deployments.setup", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--warehouse", help="duckdb:PATH or bigquery:PROJECT[.PREFIX][@LOCATION]")
    parser.add_argument("--pool", choices=(PROCESS, CLOUD_RUN), help="where the deployments run")
    parser.add_argument("--results", help="a folder, or gs://BUCKET/FOLDER")
    parser.add_argument(
        "--notify", metavar="TYPE/NAME", help="a notification block, as slack-webhook/ops"
    )
    cloud = parser.add_argument_group("Cloud Run")
    cloud.add_argument(
        "--image", help="built from deployments/Dockerfile; makes the pool nba-cloud-run"
    )
    cloud.add_argument("--region")
    cloud.add_argument("--service-account")
    cloud.add_argument("--api-secret", help="Secret Manager's name of the key to the Prefect API")
    cloud.add_argument(
        "--self-hosted", action="store_true", help="the secret is a server's user:password"
    )
    return checked(parser.parse_args(arguments))


def checked(given: argparse.Namespace) -> Wanted:
    """The parts of a command line, put together."""
    settings = load_settings(warehouse=given.warehouse)
    on_a_file = isinstance(settings.warehouse, DuckDBAddress)
    job = cloud_run(given) if given.image else None
    pool = given.pool or (CLOUD_RUN if job and not on_a_file else PROCESS)
    results = given.results or str(settings.home / "results")
    if pool == CLOUD_RUN and on_a_file:
        raise ConfigError(
            f"{CLOUD_RUN}: {settings.warehouse} is a file of one machine; name a BigQuery project"
        )
    if pool == CLOUD_RUN and not job:
        raise ConfigError(f"{CLOUD_RUN} needs --image, --region and --service-account")
    if pool == CLOUD_RUN and not results.startswith("gs://"):
        raise ConfigError("--results: a folder is lost with its container; name gs://BUCKET/FOLDER")
    if not results.startswith("gs://"):
        results = str(Path(results).expanduser().resolve())
    return Wanted(str(settings.warehouse), pool, results, job, given.notify)


def cloud_run(given: argparse.Namespace) -> CloudRun:
    """What the jobs of the pool are to be."""
    if not (given.region and given.service_account):
        raise ConfigError("--image needs --region and --service-account beside it")
    return CloudRun(
        given.image, given.region, given.service_account, given.api_secret, given.self_hosted
    )


if __name__ == "__main__":
    main()
