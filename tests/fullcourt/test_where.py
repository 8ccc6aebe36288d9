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
