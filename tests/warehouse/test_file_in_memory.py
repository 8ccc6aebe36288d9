"""What DuckDB may keep in memory of a file: more while tables are computed than while they are read
or closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pytest

from core.settings import DuckDBSettings
from planning.raw_load import RawLoad
from tests.loop import compute, open_warehouse
from warehouse.duckdb import DuckDBWarehouse
from warehouse.duckdb import engine as engines
from warehouse.duckdb.engine import ROW_GROUP, VACUUM_TASKS, Engine

THREADS = 2
MAY = DuckDBSettings(threads=THREADS)
ROWS = 1_000_000


@pytest.fixture(autouse=True)
def little_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of tests holds more beside DuckDB than a backfill does."""
    monkeypatch.setattr(engines, "resident_bytes", lambda: 0)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(Engine(str(tmp_path / "w.duckdb"), THREADS)) as opened:
        yield opened


def limit_of(engine: Engine) -> str:
    """The limit in force, as DuckDB says it of the value that was set."""
    (found,) = engine.rows("SELECT current_setting('memory_limit') AS told")
    return str(found["told"])


def as_told(limit: str) -> str:
    """How DuckDB says a limit that is set to this."""
    with closing(duckdb.connect()) as connection:
        connection.execute(f"SET memory_limit = '{limit}'")
        ((told,),) = connection.execute(
            "SELECT current_setting('memory_limit')"
        ).fetchall()
    return str(told)


def test_more_is_allowed_while_something_is_computed(engine: Engine) -> None:
    """A gate that reads all of thirty seasons filled whatever it was allowed."""
    reading, computing = as_told(MAY.reading_limit()), as_told(MAY.memory_limit())
    assert reading != computing
    assert limit_of(engine) == reading
    with engine.computing():
        with engine.computing():
            assert limit_of(engine) == computing
        assert limit_of(engine) == computing
    assert limit_of(engine) == reading


def test_less_is_allowed_where_the_process_holds_much_beside(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What DuckDB holds by its own count is not beside it."""
    engine.rows(f"CREATE TABLE t AS SELECT HASH(range) AS a FROM range({ROWS})")
    (held,) = engine.rows(engines.IN_USE)
    assert held["held"] >= 8 * ROWS
    beside_mb = 300
    resident = held["held"] + beside_mb * 1_000_000
    monkeypatch.setattr(engines, "resident_bytes", lambda: resident)
    with engine.computing():
        assert limit_of(engine) == as_told(MAY.memory_limit(beside_mb))
        # What is freed meanwhile is not given back at once, and is nobody's.
        monkeypatch.setattr(engines, "resident_bytes", lambda: 2 * resident)
    assert limit_of(engine) == as_told(MAY.reading_limit(beside_mb))
    assert MAY.reading_limit(beside_mb) != MAY.reading_limit()


def test_what_fails_ends_computing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), engine.computing():
        raise ZeroDivisionError
    assert limit_of(engine) == as_told(MAY.reading_limit())


def test_a_file_is_closed_with_little(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last checkpoint took all that it might, when everything else was over."""
    limits: list[str] = []
    monkeypatch.setattr(engine, "_set_limit", limits.append)
    engine.close()
    assert limits == [engines.CLOSING]


@pytest.mark.parametrize("writes", ["publish", "load", "derive"])
def test_a_warehouse_computes_with_all_that_is_allowed(
    league_warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch, writes: str
) -> None:
    league_warehouse.derive_expected()
    if writes == "derive":
        # Raw data changes, and what is derived from them no longer holds.
        league_warehouse.load(RawLoad({}))
    begun: list[str] = []
    computing = league_warehouse.engine.computing

    @contextmanager
    def watched() -> Iterator[None]:
        begun.append(writes)
        with computing():
            yield

    monkeypatch.setattr(league_warehouse.engine, "computing", watched)
    match writes:
        case "publish":
            compute(league_warehouse, tables=("team_offense_game_summary",))
        case "load":
            league_warehouse.load(RawLoad({}))
        case _:
            league_warehouse.derive_expected()
    assert begun


def test_what_a_person_allows_is_allowed_throughout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "w.duckdb")
    with closing(Engine(path, THREADS, memory="64MB")) as engine:
        assert limit_of(engine) == as_told("64MB")
        with engine.computing():
            assert limit_of(engine) == as_told("64MB")
        assert limit_of(engine) == as_told("64MB")
        limits: list[str] = []
        monkeypatch.setattr(engine, "_set_limit", limits.append)
        engine.close()
        assert limits == []


def test_what_was_read_is_dropped_when_computing_ends(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.settings.READING_MB", 4)
    monkeypatch.setattr("core.settings.LEAST_MB", 4)
    monkeypatch.setattr("core.settings.THREAD_MB", 0)
    with engine.computing():
        engine.rows(f"CREATE TABLE t AS SELECT HASH(range) AS a FROM range({ROWS})")
        engine.rows("CHECKPOINT")
        engine.rows("SELECT SUM(a) FROM t")
        (while_computing,) = engine.rows(engines.IN_USE)
    (afterwards,) = engine.rows(engines.IN_USE)
    assert while_computing["held"] >= 8 * ROWS
    assert afterwards["held"] <= 4_000_000


def test_a_limit_below_what_is_in_use_is_no_error(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is closed, and a batch ends, whatever else is held at the moment."""
    monkeypatch.setattr(engines, "CLOSING", "1kB")
    engine.rows(f"CREATE TABLE t AS SELECT HASH(range) AS a FROM range({ROWS})")
    engine.close()
    with closing(Engine(engine.path, THREADS)) as again:
        (found,) = again.rows("SELECT COUNT(*) AS row_count FROM t")
    assert found["row_count"] == ROWS


@pytest.mark.parametrize("is_expected", [True, False])
def test_days_that_are_added_one_by_one_are_put_together_where_rows_are_expected(
    is_expected: bool, tmp_path: Path
) -> None:
    """Each day's rows are a row group at first: a season of days would be read slowly for ever.
    Who only puts a verdict on record does not wait for that."""
    path = str(tmp_path / "w.duckdb")
    days = 20
    for day in range(days):
        with closing(Engine(path, THREADS)) as engine:
            if is_expected:
                engine.expect_rows()
            engine.rows("CREATE TABLE IF NOT EXISTS t (a BIGINT)")
            engine.rows(f"INSERT INTO t SELECT {day} FROM range(300)")
    with closing(Engine(path, THREADS)) as engine:
        (found,) = engine.rows(
            "SELECT COUNT(DISTINCT row_group_id) AS groups FROM pragma_storage_info('t')"
        )
    assert days * 300 < ROW_GROUP
    assert (found["groups"] <= days // 4) is is_expected


def test_rows_are_expected_once_some_are_loaded_or_published(
    league_load: RawLoad, tmp_path: Path
) -> None:
    path = str(tmp_path / "w.duckdb")
    with closing(open_warehouse(path=path)) as opened:
        assert vacuum_tasks(opened.engine) == 0
        opened.load(league_load)
        assert vacuum_tasks(opened.engine) == VACUUM_TASKS
    with closing(open_warehouse(path=path)) as opened:
        assert vacuum_tasks(opened.engine) == 0
        assert compute(opened, tables=["team_offense_game_summary"]) == {}
        assert vacuum_tasks(opened.engine) == VACUUM_TASKS


def vacuum_tasks(engine: Engine) -> int:
    """How often a checkpoint would put row groups together."""
    (row,) = engine.rows("SELECT current_setting('max_vacuum_tasks') AS tasks")
    return int(row["tasks"])
