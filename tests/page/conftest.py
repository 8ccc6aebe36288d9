"""A browser for the tests of the page, and pages for it to show."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.page import FLAGS
from bench.page_facts import page_facts
from reports.page.frame import page_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 240_000
"""How long a test waits for the browser: a busy machine is not a fault of the page."""
HOW = "apt-get install chromium, or set CHROMIUM to the path of one"


def chromium() -> str | None:
    """The path of a Chromium; None where there is none."""
    named = os.environ.get("CHROMIUM")
    for name in (named, *NAMES):
        if name and (found := shutil.which(name)):
            return found
    return None


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file's tests; they are skipped, with the reason, where there is none.

    No longer than the file: while it is open an event loop runs, and Prefect takes every later test
    for a coroutine of it.
    """
    path = chromium()
    if path is None:
        pytest.skip(f"needs a browser: no Chromium is installed; {HOW}")
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with api.sync_playwright() as browsers:
        found = browsers.chromium.launch(executable_path=path, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of two made-up seasons in which every way to stand comes up."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page_html(page_facts(2, gaps=0.05)), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser, made_up: Path) -> Iterator[Page]:
    """That page on a wide screen; a request that leaves it or an error of a script fails the
    test."""
    wide = browser.new_page(viewport={"width": 1440, "height": 900})
    wide.set_default_timeout(PATIENCE_MS)
    requests: list[str] = []
    errors: list[str] = []
    wide.on("request", lambda request: requests.append(request.url))
    wide.on("pageerror", lambda error: errors.append(str(error)))
    wide.on(
        "console",
        lambda said: errors.append(said.text) if said.type == "error" else None,
    )
    wide.goto(made_up.as_uri())
    yield wide
    wide.close()
    left = [url for url in requests if not url.startswith(("file:", "data:"))]
    assert not left, "a request left the page"
    assert not errors
