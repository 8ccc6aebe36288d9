"""Addresses as flows and commands hand them over:
where no database file can be is told, not waited for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest

from core.errors import ConfigError
from tests.loop import rows
from warehouse.connections import open_warehouse
from warehouse.duckdb import DuckDBWarehouse


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("a" * 300, "File name too long"),
        ("file/below.duckdb", "Not a directory"),
        ("pipe", "a pipe or a device"),
        ("folder", "a folder"),
        ("loop", "circle|[Ss]ymlink loop|Too many levels"),
        ("nul\0", "null byte|embedded null"),
        (os.fsdecode(b"caf\xe9.duckdb"), "is not UTF-8"),
        ("/dev/full", "a pipe or a device"),
        ("/proc/below/nba.duckdb", "no file can be there"),
    ],
)
def test_an_address_of_no_file_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    with (
        pytest.raises(ConfigError, match=said) as told,
        open_warehouse(f"duckdb:{place}"),
    ):
        pass
    str(told.value).encode()
    assert len(str(told.value)) < 400


def test_duckdb_uses_the_memory_and_threads_that_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FULLCOURT_DUCKDB_MEMORY", "512MiB")
    monkeypatch.setenv("FULLCOURT_DUCKDB_THREADS", "1")
    with open_warehouse(f"duckdb:{tmp_path / 'small.duckdb'}") as warehouse:
        sql = (
            "SELECT current_setting('memory_limit') AS memory, current_setting('threads') AS "
            "threads"
        )
        (found,) = rows(cast(DuckDBWarehouse, warehouse), sql)
    assert (found["memory"], int(found["threads"])) == ("512.0 MiB", 1)
