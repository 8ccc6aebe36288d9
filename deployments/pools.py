"""The work pools: what a worker gives each run, on this machine or as a Cloud Run job.

A template is Prefect's own for the worker, with other defaults. No secret is in it: a Cloud Run job
reads the key to the Prefect API from Secret Manager, and the data with its service account.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

PROCESS, CLOUD_RUN = "nba-process", "nba-cloud-run"
HEARTBEAT_SECONDS = 30

Template = dict[str, Any]


@dataclass(frozen=True)
class CloudRun:
    """What the jobs of the pool are: `image` from deployments/Dockerfile, run as `service_account`.

    `api_secret`: the Secret Manager secret that holds the key of Prefect Cloud, or the
    `user:password` of a self-hosted server where `self_hosted`.
    """

    image: str
    region: str
    service_account: str
    api_secret: str | None = None
    self_hosted: bool = False
    cpu: str = "2000m"
    memory: str = "2Gi"
    timeout_seconds: int = 6 * 3600


LOGGED = {
    # BigQuery's retries and adopted jobs belong into the log of the run that they happen in.
    "PREFECT_LOGGING_EXTRA_LOGGERS": "warehouse",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
"""What is logged on a run's page beside what its flows say."""


def environment(results_block: str) -> dict[str, str]:
    """What every run finds: it reports that it lives,
    and keeps its receipts as JSON in that block."""
    return {
        **LOGGED,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        "PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK": results_block,
        "DO_NOT_TRACK": "1",
    }


def process_template(results_block: str) -> Template:
    """Runs are processes beside the worker."""
    from prefect.workers.process import ProcessWorker

    return with_defaults(
        ProcessWorker.get_default_base_job_template(),
        {"env": environment(results_block)},
    )


def cloud_run_template(results_block: str, job: CloudRun) -> Template:
    """Runs are Cloud Run jobs; a run that dies is not started
    again by Cloud Run, which knows no ledger."""
    from prefect_gcp.workers.cloud_run_v2 import CloudRunWorkerV2

    defaults: dict[str, Any] = {
        "env": environment(results_block),
        "image": job.image,
        "region": job.region,
        "service_account_name": job.service_account,
        "cpu": job.cpu,
        "memory": job.memory,
        "timeout": job.timeout_seconds,
        "max_retries": 0,
        "launch_stage": "GA",
    }
    if job.api_secret:
        kept = (
            "prefect_api_auth_string_secret"
            if job.self_hosted
            else "prefect_api_key_secret"
        )
        defaults[kept] = {"secret": job.api_secret, "version": "latest"}
    return with_defaults(CloudRunWorkerV2.get_default_base_job_template(), defaults)


def with_defaults(template: Template, defaults: dict[str, Any]) -> Template:
    """A worker's template with these values where a deployment says nothing;
    KeyError for a name it lacks."""
    changed = deepcopy(template)
    for name, value in defaults.items():
        changed["variables"]["properties"][name]["default"] = value
    return changed
