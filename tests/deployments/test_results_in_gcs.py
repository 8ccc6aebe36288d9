"""Receipts in a bucket: kept through the block that a set-up makes,
by Google's own client, as JSON only.

The bucket is a stand-in on the loopback, and so is what gives tokens for the service account's key.
"""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from planning.batches import Batch
from tests.commands import ROOT, environment
from tests.gcs_stand_in import USER, StandIn, new_key, pem
from tests.league import league
from tests.loop import open_warehouse, planned
from tests.raw_rows import raw_load
from warehouse.duckdb import DuckDBWarehouse

TEAM, DAY = "team_offense_game_summary", date(2023, 11, 21)
BUCKET, FOLDER = "example-receipts", "fullcourt/runs"
RESULTS = f"gs://{BUCKET}/{FOLDER}"
KEPT_IN = "gcs-bucket/fullcourt-results"
RUN = "5f0c5a4e-0d4b-4f6e-9a57-1c2d3e4f5a6b"
BACKFILL = (
    "import datetime, sys; from flows.backfill import backfill; "
    f"backfill(warehouse=sys.argv[1], tables=({TEAM!r},), dates=({DAY!r},))"
)
PATIENCE_SECONDS = 240


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """An empty bucket, and this process as a job that may use it."""
    with StandIn(BUCKET) as there:
        for name, value in there.environ(tmp_path / "key.json").items():
            monkeypatch.setenv(name, value)
        yield there


def set_up(results: str = RESULTS) -> dict[str, Any]:
    """Let a set-up make the block on the tests' server; what the server holds of it."""
    # Imported late, as in the tests of flows: Prefect takes two seconds.
    from prefect.client.orchestration import get_client

    from deployments import ensure
    from deployments.setup import RESULTS as NAME
    from deployments.setup import results_block

    with get_client(sync_client=True) as client:
        ensure.block(client, NAME, *results_block(results))
        return client.read_block_document_by_name(NAME, "gcs-bucket").data


@pytest.fixture
def block(prefect_server: None, bucket: StandIn) -> Any:
    """The block as a run finds it."""
    from prefect.blocks.core import Block

    set_up()
    return Block.load(KEPT_IN)


@pytest.mark.parametrize(
    ("results", "kept_as"),
    [
        (f"gs://{BUCKET}/a/b", "a/b/one"),
        (f"gs://{BUCKET}/a/", "a/one"),
        (f"gs://{BUCKET}", "one"),
    ],
)
def test_the_block_of_a_set_up_keeps_and_reads_inside_its_folder(
    prefect_server: None, bucket: StandIn, results: str, kept_as: str
) -> None:
    from prefect.blocks.core import Block
    from prefect_gcp.cloud_storage import GcsBucket

    set_up(results)
    block: Any = Block.load(KEPT_IN)
    assert isinstance(block, GcsBucket)
    block.write_path("one", b'{"done": 1}')
    assert bucket.objects == {kept_as: b'{"done": 1}'}
    assert block.read_path("one") == b'{"done": 1}'
    assert len(bucket.tokens) == 2, "each of the two was done as the service account"


def test_a_key_that_is_not_the_accounts_keeps_nothing_and_is_not_told(
    block: Any, bucket: StandIn
) -> None:
    from google.auth.exceptions import RefreshError

    bucket.key, signed_with = new_key(), bucket.key
    with pytest.raises(RefreshError, match="invalid_grant") as refused:
        block.write_path("one", b"{}")
    assert bucket.objects == {}
    assert not [
        line for line in secret_lines(signed_with) if line in repr(refused.value)
    ]


@dataclass(frozen=True)
class Ran:
    """A backfill in a process of its own: what it found in the bucket's place,
    said and left in `folder`."""

    bucket: StandIn
    said: str
    folder: Path


@pytest.fixture(scope="module")
def ran(
    prefect_server: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ran]:
    """A date of a table of the little league,
    in the environment that a worker of the pool gives a run."""
    from prefect.settings import PREFECT_API_URL

    from deployments.pools import environment as of_the_pool

    folder = tmp_path_factory.mktemp("ran")
    open_warehouse(raw_load(league()), str(folder / "league.duckdb")).close()
    set_up()
    with StandIn(BUCKET) as there:
        environ = environment(
            folder / "home", str(PREFECT_API_URL.value())
        ) | of_the_pool(KEPT_IN)
        environ |= there.environ(tmp_path_factory.mktemp("key") / "key.json")
        ended = subprocess.run(
            [sys.executable, "-c", BACKFILL, f"duckdb:{folder / 'league.duckdb'}"],
            env=environ | {"PREFECT_LOGGING_LEVEL": "DEBUG"},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert ended.returncode == 0, ended.stdout
        yield Ran(there, ended.stdout, folder)


def test_f69_a_backfill_leaves_its_receipts_in_the_bucket_and_everything_there_is_json(
    ran: Ran,
) -> None:
    assert {name.rpartition("/")[0] for name in ran.bucket.objects} == {FOLDER}
    kept = [json.loads(content) for content in ran.bucket.objects.values()]
    # A task's object names its serializer; a flow's is the bare result, whose serializer is in its
    # state.
    of_tasks = [
        record for record in kept if isinstance(record, dict) and "metadata" in record
    ]
    assert {record["metadata"]["serializer"]["type"] for record in of_tasks} == {"json"}
    results = [json.loads(record["result"]) for record in of_tasks]
    assert [(receipt["table"], receipt["done"]) for receipt in results] == [(TEAM, 1)]
    # Where the data may lie, which google-auth looks up by the way; nothing else is asked of
    # Google.
    assert set(ran.bucket.elsewhere) <= {"iamcredentials.googleapis.com"}


def test_no_line_of_the_key_and_no_token_is_in_what_a_run_leaves_or_says(
    ran: Ran,
) -> None:
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL

    database = Path(
        str(PREFECT_SERVER_DATABASE_CONNECTION_URL.value()).partition("///")[2]
    )
    files = [*ran.folder.rglob("*"), *database.parent.iterdir()]
    left = {str(path): path.read_bytes() for path in files if path.is_file()}
    left |= {"said": ran.said.encode(), **ran.bucket.objects}
    records = [name for name in left if name.startswith(str(database))]
    assert any(TEAM.encode() in left[name] for name in records), (
        "what is on record would be found"
    )
    assert "Finished in state Completed" in ran.said
    assert ran.bucket.objects
    assert ran.bucket.tokens
    secrets = [*secret_lines(ran.bucket.key), *ran.bucket.tokens]
    assert [
        name for name, text in left.items() if any(s.encode() in text for s in secrets)
    ] == []
    assert set_up().keys() == {"bucket", "bucket_folder"}


def secret_lines(key: Any) -> list[str]:
    """The lines of a key's file that are its own: the first is the same for every key."""
    return pem(key).splitlines()[2:-1]


@dataclass(frozen=True)
class Once:
    """A batch of one date: a flow run of nothing else,
    its receipt's object, what the warehouse computed."""

    run: Callable[[], Any]
    object_name: str
    computed: list[Batch]


@pytest.fixture
def once(block: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Once]:
    """The batch, not computed yet, in a process that has the pool's settings."""
    from prefect import flow
    from prefect.settings import (
        PREFECT_RESULTS_DEFAULT_SERIALIZER,
        PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK,
        temporary_settings,
    )

    from runs.publish import Receipt
    from tasks.materialize import materialize, receipt_key

    url, batch = (
        f"duckdb:{tmp_path / 'league.duckdb'}",
        one_batch(tmp_path / "league.duckdb"),
    )
    computed, well = [], DuckDBWarehouse.materialize

    def seen(self: DuckDBWarehouse, batch: Batch, run_id: str) -> Any:
        computed.append(batch)
        return well(self, batch, run_id)

    @flow
    def of_one_batch() -> Receipt:
        return materialize(url, batch, RUN, rows_expected=0)

    monkeypatch.setattr(DuckDBWarehouse, "materialize", seen)
    key: Any = receipt_key
    pool = {
        PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK: KEPT_IN,
        PREFECT_RESULTS_DEFAULT_SERIALIZER: "json",
    }
    with temporary_settings(pool):
        yield Once(
            of_one_batch,
            f"{FOLDER}/{key(None, {'batch': batch, 'run_id': RUN})}",
            computed,
        )


def one_batch(path: Path) -> Batch:
    """The batch of the date, of a league that is written there."""
    with closing(open_warehouse(raw_load(league()), str(path))) as warehouse:
        planner = planned(warehouse)
        (batch,) = planner.batches(planner.decide(TEAM, (DAY,), rerun=(DAY,)), 1)
    return batch


def test_a_receipt_is_read_back_from_the_bucket_instead_of_computing_again(
    once: Once, bucket: StandIn
) -> None:
    first = once.run()
    kept, looked = bucket.objects[once.object_name], len(bucket.calls)
    assert once.run() == first == json.loads(json.loads(kept)["result"])
    assert len(once.computed) == 1
    assert ("storage.objects.get", once.object_name) in bucket.calls[looked:]
    assert ("storage.objects.create", once.object_name) not in bucket.calls[looked:]


def test_the_role_of_an_object_user_is_too_little_and_a_run_goes_on_without_its_receipt(
    once: Once, block: Any, bucket: StandIn
) -> None:
    """The block looks at the bucket before it reads or writes;
    Prefect logs the refusal and nothing else."""
    from google.api_core.exceptions import Forbidden

    bucket.roles = (USER,)
    with pytest.raises(Forbidden, match=r"does not have storage\.buckets\.get"):
        block.write_path("one", b"{}")
    assert once.run()["done"] == 1
    assert bucket.objects == {}


class Planted:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_f69_a_pickle_in_the_bucket_is_refused_and_the_batch_is_computed_instead(
    once: Once, block: Any, bucket: StandIn, tmp_path: Path
) -> None:
    from prefect.results import ResultStore

    executed, key = tmp_path / "executed", once.object_name.rpartition("/")[2]
    blob = base64.encodebytes(pickle.dumps(Planted(executed))).decode()
    record = {
        "metadata": {"storage_key": key, "serializer": {"type": "pickle"}},
        "result": blob,
    }
    bucket.objects[once.object_name] = json.dumps(record).encode()
    with pytest.raises(ConfigError, match="it is pickle, not JSON"):
        ResultStore(result_storage=block).read(key)
    assert once.run()["done"] == len(once.computed) == 1
    assert (
        json.loads(bucket.objects[once.object_name])["metadata"]["serializer"]["type"]
        == "json"
    )
    assert not executed.exists()
