"""The roles that a BigQuery site needs, each on the smallest thing that will do;
docs/deployment.md has them.

Two accounts: `runs` is what the jobs of a run are, `worker` what starts them. Neither owns a
project. With the datasets made beforehand nobody needs the right to make datasets.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.address import BigQueryAddress

JOBS = "roles/bigquery.jobUser"
READS, WRITES = "roles/bigquery.dataViewer", "roles/bigquery.dataEditor"
CHECKED = frozenset((("runs", JOBS), ("runs", WRITES)))
"""Account and role of what the account that runs can try by itself."""


@dataclass(frozen=True)
class Role:
    """A role of one account on one resource, and what it is for."""

    account: str
    resource: str
    role: str
    why: str


def roles(warehouse: BigQueryAddress) -> list[Role]:
    """Every role that the two accounts need for this warehouse."""
    project, prefix = warehouse.project, warehouse.prefix
    datasets = {
        "nba_raw": "ingest, waivers; tables are made and widened by their contracts",
        "nba_analytics": "publish the phases team, player and context",
        "nba_precompute": "publish the phase precompute",
        "nba_backfill": "ledger, verdicts, staged rows, quarantine",
    }
    writes = [
        Role("runs", f"dataset {project}.{prefix}{name}", WRITES, why)
        for name, why in datasets.items()
    ]
    runs = [
        Role("runs", f"project {project}", JOBS, "run queries and pay for them"),
        *writes,
        Role(
            "runs",
            "bucket of results",
            "roles/storage.objectUser",
            "keep and read receipts",
        ),
        Role(
            "runs",
            "bucket of results",
            "roles/storage.legacyBucketReader",
            "look at it, as Prefect does first",
        ),
        Role(
            "runs",
            "secret of the API key",
            "roles/secretmanager.secretAccessor",
            "talk to Prefect",
        ),
    ]
    others = [
        Role(
            "worker",
            f"project {project}",
            "roles/run.developer",
            "start and watch Cloud Run jobs",
        ),
        Role(
            "worker",
            "account runs",
            "roles/iam.serviceAccountUser",
            "start them as that account",
        ),
        Role(
            "readers",
            f"dataset {project}.{prefix}nba_precompute",
            READS,
            "whoever uses the tables",
        ),
    ]
    return runs + others
