"""The picture of the calendar that the README shows, drawn from a warehouse's page.

    python -m bench picture [ADDRESS] --to docs/calendar.png

ADDRESS is a warehouse that holds computed tables; without it, the one that `make demo` leaves.
Needs a Chromium, as `python -m bench page` does.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from bench.page import FLAGS, find_chromium
from core.settings import load_settings
from reports.page.frame import page_html
from runs.page.page import collect_page
from warehouse.connections import open_read_only

WIDTH, HEIGHT = 1100, 1400
SHOWN = "#calendar"
STYLE = """
.page-head, .filters, .calendar-side, #calendar-keys { display: none !important }
section#calendar { padding: 28px 32px 20px; margin: 0; border: 0 }
main { padding: 0; max-width: none }
.calendar { grid-template-columns: minmax(0, 1fr) }
"""
"""A picture shows the cells and their legend alone."""
DRAWN = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
  setTimeout(done, 100))))"""
"""The cells are drawn again for the width that the picture leaves them."""


@click.command(short_help="Draw the README's picture of the calendar.")
@click.argument("address", required=False)
@click.option(
    "--to",
    "path",
    type=Path,
    default=Path("docs/calendar.png"),
    show_default=True,
    metavar="FILE",
    help="Where the picture goes.",
)
def picture(address: str | None, path: Path) -> None:
    """Draw the calendar of a warehouse's page as a PNG.

    \b
    python -m bench picture
    python -m bench picture duckdb:seasons.duckdb --to calendar.png
    """
    with open_read_only(str(load_settings(warehouse=address).warehouse)) as warehouse:
        html = page_html(collect_page(warehouse))
    draw(html, path)
    click.echo(f"written: {path}")


def draw(html: str, path: Path) -> None:
    """Write a picture of the calendar of a page, in light colours."""
    # Late: only this command needs a browser.
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="fullcourt-bench-") as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        with sync_playwright() as browsers:
            browser = browsers.chromium.launch(
                executable_path=find_chromium(), args=list(FLAGS)
            )
            # The page lets no foreign style in; a picture of it may leave things out.
            context = browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT}, bypass_csp=True
            )
            page = context.new_page()
            page.goto(file.as_uri())
            page.add_style_tag(content=STYLE)
            page.evaluate(DRAWN)
            page.locator(SHOWN).screenshot(path=path)
            browser.close()
