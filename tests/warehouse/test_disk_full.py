"""A disk without room: one error ends the run,
nothing is half-written, and it goes on when there is."""

from __future__ import annotations

import errno
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.errors import (
    FullWarehouseError,
    PermanentWarehouseError,
    TransientWarehouseError,
    WarehouseError,
)
from fullcourt.cli.app import run
from tests import invariant
from tests.league_files import raw_league
from tests.loop import open_warehouse, rows
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb.engine import Engine
from warehouse.duckdb.publishing import Publication
from warehouse.duckdb.refusals import our_error

MANY = 400_000
ROWS = (
    "SELECT range AS a, HASH(range) AS b, HASH(range + 1) AS c, HASH(range + 2) AS d FROM "
    "range(?)"
)


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes:
    the system's answer is nearly a full disk's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def insert(engine: Engine, number: int) -> None:
    with engine.transaction() as cursor:
        cursor.execute(f"INSERT INTO t {ROWS}", [number])


def fill_the_log(engine: Engine) -> None:
    for _ in range(100):
        insert(engine, 2_000)


def fill_the_file(engine: Engine) -> None:
    insert(engine, MANY)


def spill(engine: Engine) -> None:
    with engine.cursor() as cursor:
        cursor.execute("SET memory_limit = '30MB'")
        cursor.execute(f"CREATE TEMP TABLE s AS {ROWS}", [10 * MANY])


def checkpoint(engine: Engine) -> None:
    insert(engine, 20_000)
    with engine.cursor() as cursor:
        cursor.execute("CHECKPOINT")


@pytest.mark.parametrize("write", [fill_the_log, fill_the_file, spill, checkpoint])
def test_wherever_a_write_finds_no_room_the_error_says_so_and_what_was_committed_stays(
    write: Callable[[Engine], None], tmp_path: Path
) -> None:
    path = tmp_path / "warehouse.duckdb"
    with closing(Engine(str(path), threads=1)) as engine:
        with engine.transaction() as cursor:
            cursor.execute(f"CREATE TABLE t AS {ROWS}", [10])
        engine.check_room()
        with room(700_000), pytest.raises(FullWarehouseError) as full:
            write(engine)
        with pytest.raises(FullWarehouseError, match="no room"):
            engine.check_room()
    assert f"no room for {path}" in str(full.value)
    assert os.strerror(errno.EFBIG) in str(full.value)
    assert "\n" not in str(full.value)
    assert str(full.value).endswith("make room, then run the same command again")
    with closing(Engine(str(path))) as engine:
        (held,) = engine.rows("SELECT COUNT(*) AS number FROM t")
    committed: dict[Any, set[int]] = {
        fill_the_file: {10},
        spill: {10},
        checkpoint: {20_010},
    }
    assert held["number"] in committed.get(write, set(range(2_010, 200_000, 2_000)))


def test_a_file_that_there_is_no_room_for_is_not_left_half_made(tmp_path: Path) -> None:
    """Its first bytes would be refused as no warehouse when there is room again."""
    path = tmp_path / "warehouse.duckdb"
    with (
        room(5_000),
        pytest.raises(FullWarehouseError, match=r"no room for .*warehouse\.duckdb"),
    ):
        Engine(str(path))
    Engine(str(path)).close()
    assert path.exists()


def test_what_memory_has_no_room_for_goes_beside_the_file(tmp_path: Path) -> None:
    """Elsewhere, it could fill a disk that nobody thinks of."""
    with closing(Engine(str(tmp_path / "o'neill.duckdb"))) as engine:
        (setting,) = engine.rows("SELECT CURRENT_SETTING('temp_directory') AS folder")
    assert setting["folder"] == str(tmp_path / "o'neill.duckdb.tmp")


NO_ROOM = f'Could not write file "w.wal": {os.strerror(errno.ENOSPC)}'


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (duckdb.IOException(f"IO Error: {NO_ROOM}"), FullWarehouseError),
        (
            duckdb.TransactionException(
                f"TransactionContext Error: Failed to commit: {NO_ROOM}"
            ),
            FullWarehouseError,
        ),
        (
            duckdb.FatalException(
                f"FATAL Error: database has been invalidated: {NO_ROOM}"
            ),
            FullWarehouseError,
        ),
        (
            duckdb.OutOfMemoryException(
                "limit was set by the 'max_temp_directory_size' setting"
            ),
            FullWarehouseError,
        ),
        (
            duckdb.FatalException("FATAL Error: database has been invalidated"),
            WarehouseError,
        ),
        (
            duckdb.TransactionException(
                "TransactionContext Error: Conflict on update!"
            ),
            TransientWarehouseError,
        ),
        (
            duckdb.OutOfMemoryException("Out of Memory Error: could not allocate"),
            PermanentWarehouseError,
        ),
        (duckdb.BinderException("Binder Error: no column x"), PermanentWarehouseError),
    ],
)
def test_what_ends_a_run_is_told_from_what_is_retried_and_what_is_a_batchs_own(
    error: duckdb.Error, ours: type[WarehouseError], tmp_path: Path
) -> None:
    """A full disk taken for a conflict is retried,
    taken for a bad date it is halved a hundred times."""
    assert type(our_error(error, str(tmp_path / "w"))) is ours


@pytest.mark.parametrize(
    ("sql", "shows_query"),
    [("SELECT CAST(t AS BIGINT) FROM (VALUES ('x')) v(t)", False), ("SELECT no", True)],
)
def test_a_value_that_does_not_convert_is_told_without_the_query(
    sql: str, shows_query: bool
) -> None:
    """The line of a query that nobody typed stood below the sentence on the value."""
    with duckdb.connect() as connection, pytest.raises(duckdb.Error) as raised:
        connection.execute(sql).fetchall()
    assert "LINE 1" in str(raised.value)
    assert ("LINE 1" in str(our_error(raised.value, "w"))) is shows_query


@pytest.fixture
def backfill(
    prefect_api: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[], tuple[int, str]]:
    """`fullcourt backfill` of the first two phases in the home `tmp_path`:
    exit code, standard error."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setattr("fullcourt.client._deliver", lambda: None)
    asked = ["backfill", "--phase", "team", "--phase", "player", "--batch-days", "3"]

    def ended() -> tuple[int, str]:
        capsys.readouterr()
        return run(["--home", str(tmp_path), *asked]), capsys.readouterr().err

    return ended


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The batches that were computed, in order, whatever became of them."""
    names: list[str] = []
    real = Publication.run

    def noted(self: Publication) -> Any:
        names.append(self.batch.name)
        return real(self)

    monkeypatch.setattr(Publication, "run", noted)
    return names


def test_a_backfill_without_room_ends_at_once_with_one_sentence_and_goes_on_when_there_is_room(
    backfill: Callable[[], tuple[int, str]],
    ran: list[str],
    computed: DuckDBWarehouse,
    tmp_path: Path,
) -> None:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(raw_league(), path)
    with room(150_000):
        code, told = backfill()
    assert code == FullWarehouseError.exit_code == 1
    assert told.startswith(f"fullcourt: no room for {path}")
    assert told.count("\n") == 1
    with closing(open_warehouse(path=str(path))) as warehouse:
        assert invariant.breaches(warehouse) == {}
        published, tried = entries(warehouse), len(ran)
    assert {(entry["outcome"], entry["attempt"]) for entry in published} == {
        ("done", 1)
    }
    # Halving, retries and the batches that were waiting would be dozens.
    batches = len({entry["started_at"] for entry in published})
    assert batches < tried <= batches + 2
    assert backfill() == (0, "")
    with closing(open_warehouse(path=str(path))) as warehouse:
        cells = invariant.held(computed).items()
        phases = {
            cell: held
            for cell, held in cells
            if computed.catalog[cell[0]].phase in ("team", "player")
        }
        assert invariant.held(warehouse) == phases
        assert invariant.breaches(warehouse) == {}
        assert len(entries(warehouse)) == len(phases)


def entries(warehouse: DuckDBWarehouse) -> list[dict[str, Any]]:
    """What the ledger says of computed cells."""
    return rows(
        warehouse,
        "SELECT * FROM nba_backfill.ledger WHERE expected IS NOT NULL OR outcome = 'failed'",
    )


def test_what_memory_has_no_room_for_at_all_is_told_with_what_gives_more(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "warehouse.duckdb")
    with (
        closing(Engine(path, threads=1, memory="20MB")) as engine,
        pytest.raises(PermanentWarehouseError) as short,
    ):
        engine.rows("SELECT LIST(i) AS all_of_them FROM RANGE(9000000) AS r (i)")
    told = str(short.value)
    assert "FULLCOURT_DUCKDB_MEMORY=2GB" in told
    assert "FULLCOURT_DUCKDB_THREADS=1" in told
    assert "\n" not in told
