"""The page of many seasons in a real browser: its size, the time to first paint, a filter's time.

    python -m bench page [--seasons 4,30]

The facts are made up (`bench/page_facts.py`): ten tables, about 205 dates a season, gates by month.
Needs a Chromium: `chromium` on the PATH, or the one that CHROMIUM names.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bench.batches import Sizes
from bench.page_facts import page_facts
from core.errors import ConfigError
from reports.page.frame import page_html
from reports.page.inline import CHARTS, asset

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
LOADED = "performance.timing.loadEventEnd - performance.timing.navigationStart"
FILTER = """() => new Promise((done) => {
  const begin = performance.now();
  const table = document.querySelector('.filters select[name=phase]');
  table.value = 'precompute';
  table.dispatchEvent(new Event('change', { bubbles: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin)));
})"""


def find_chromium() -> str:
    """The path of a Chromium; ConfigError where there is none."""
    named = os.environ.get("CHROMIUM")
    for name in (named, "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    raise ConfigError(
        "no Chromium is installed: apt-get install chromium, or set CHROMIUM"
    )


@click.command(short_help="The page of many seasons: size, first paint, a filter.")
@click.option(
    "--seasons",
    type=Sizes(),
    default="4,30",
    show_default=True,
    metavar="N,N",
    help="How many seasons, one page each.",
)
def page(seasons: tuple[int, ...]) -> None:
    """Write pages of made-up seasons and look at them in Chromium.

    \b
    python -m bench page
    python -m bench page --seasons 30
    """
    for number in seasons:
        facts = page_facts(number)
        begin = time.process_time()
        html = page_html(facts)
        seconds = time.process_time() - begin
        click.echo(
            f"{number} seasons: {_sizes(html)}; written in {seconds:.1f} s of CPU"
        )
        looked = look(html)
        opening = (
            f"first paint {looked.painted:,.0f} ms, loaded {looked.loaded:,.0f} ms"
        )
        click.echo(
            f"  {opening} ({looked.busy:,.0f} ms of CPU), a filter {looked.filtered:,.0f} ms "
            f"({looked.filter_busy:,.0f} ms of CPU)"
        )


def _sizes(html: str) -> str:
    """How large a page is, and how much of it is the charts' library."""
    library = len(asset(CHARTS).encode()) / 1e6
    return (
        f"{len(html.encode()) / 1e6:.2f} MB, of it {library:.2f} MB the charts' library"
    )


@dataclass(frozen=True)
class Looked:
    """Milliseconds by the clock to the first paint, to the end of loading, and of a filter by
    phase; and of CPU for opening the page and for the filter."""

    painted: float
    loaded: float
    filtered: float
    busy: float
    filter_busy: float


def look(html: str) -> Looked:
    """Open a page in Chromium and filter its calendar."""
    # Late: only this command needs a browser.
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="fullcourt-bench-") as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        with sync_playwright() as browsers:
            browser = browsers.chromium.launch(
                executable_path=find_chromium(), args=list(FLAGS)
            )
            shown = browser.new_page(viewport={"width": 1440, "height": 900})
            session = shown.context.new_cdp_session(shown)
            # Counted in the time that the page's thread had a core, not by the clock.
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            shown.goto(path.as_uri(), timeout=0)
            painted, loaded = shown.evaluate(PAINTED), shown.evaluate(LOADED)
            opened = _busy(session.send("Performance.getMetrics"))
            filtered = shown.evaluate(FILTER)
            at_end = _busy(session.send("Performance.getMetrics"))
            browser.close()
    return Looked(painted, loaded, filtered, opened, at_end - opened)


def _busy(found: dict[str, Any]) -> float:
    """Milliseconds of CPU that the page's main thread has had, from the browser's metrics."""
    metrics = {metric["name"]: metric["value"] for metric in found["metrics"]}
    return 1000 * float(metrics["TaskDuration"])
