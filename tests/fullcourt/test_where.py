"""Where to look after a run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.settings import load_settings
from fullcourt.cli.backfill import where
from fullcourt.server import ServerHandle
from reports.page.kept import KeptPage


def test_a_working_folder_that_is_gone_ends_no_run_in_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody took it away while the run computed; what it made is elsewhere."""
    gone, home = tmp_path / "gone", tmp_path / "home"
    gone.mkdir()
    monkeypatch.chdir(gone)
    settings = load_settings(warehouse=f"duckdb:{home}/w.duckdb", home=str(home))
    handle, page = ServerHandle("http://127.0.0.1:1/api"), KeptPage(home / "page.html")
    shutil.rmtree(gone)
    places = where(settings, handle, f"{home}/report.md", page)
    monkeypatch.chdir(tmp_path)
    assert places["the report"] == f"{home}/report.md"
    below = where(settings, handle, f"{home}/report.md", page)
    assert below["the page"] == "home/page.html"


def test_the_address_of_a_server_that_is_stopped_is_not_offered(tmp_path: Path) -> None:
    """`demo` stops the server that it started, and nothing answered there."""
    settings = load_settings(home=str(tmp_path))
    address = "http://127.0.0.1:1"
    for stops in (True, False):
        handle = ServerHandle(f"{address}/api", stops=stops)
        runs = where(settings, handle, "report.md", KeptPage())["the runs"]
        assert (address in runs) is not stops
        assert ("is stopped; " in runs) is stops
        assert "server start" in runs
