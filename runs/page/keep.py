"""Keep the page of a run beside its report. What fails here never fails the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from core.settings import HOME_VARIABLE, load_settings
from core.whole_file import write_whole
from planning.selection import Selection
from reports.page.frame import page_html
from reports.page.kept import KeptPage, report_stem
from reports.report import Report
from runs.page.page import collect_page
from warehouse.protocol import Warehouse

REPORTS = "reports"
"""The folder of a home that holds reports and pages."""
_folders: list[Path] = []


@contextmanager
def keeping_pages(home: Path) -> Iterator[None]:
    """Keep the pages of runs of this process in a home's reports while the block runs."""
    _folders.append(home / REPORTS)
    try:
        yield
    finally:
        _folders.pop()


def pages_folder() -> Path | None:
    """Where pages are kept: where the command line keeps its reports, or in the home that
    FULLCOURT_HOME names; None on a worker without a home."""
    if _folders:
        return _folders[-1]
    if os.environ.get(HOME_VARIABLE):
        return load_settings().home / REPORTS
    return None


def keep_page(
    warehouse: Warehouse, report: Report, before: KeptPage | None = None
) -> KeptPage:
    """Write the page of a run that made a report, over the one that it wrote before, if any.

    Never raises: a run is done whatever becomes of its page, which can be written at any time.
    """
    folder = pages_folder()
    if folder is None:
        return KeptPage()
    try:
        is_billed = warehouse.price(0) is not None
        facts = collect_page(warehouse, _of_all(report), with_features=not is_billed)
        return KeptPage(_write(page_html(facts), folder, report, before))
    except Exception as error:
        return KeptPage(lost=f"{type(error).__name__}: {error}")


def _of_all(report: Report) -> Report | None:
    """The report, where it is on the whole warehouse."""
    asked = report.selection.model_copy(update={"rerun": False, "only": False})
    return report if asked == Selection() else None


def _write(html: str, folder: Path, report: Report, before: KeptPage | None) -> Path:
    """Write a page whole or not at all, and return its path."""
    if before is not None and before.path is not None:
        write_whole(before.path, html)
        return before.path
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = folder / f"{report_stem(report.made_at, number)}.html"
        if path.with_suffix(".md").exists():
            continue
        with suppress(FileExistsError):
            write_whole(path, html, is_new=True)
            return path
    raise AssertionError("a number that no report has is found at last")
