"""Draws an injury report as the league does: landscape, seven columns, cells centred in their rows.

Date, time, matchup and team stand on the first row that they hold for; header and title stand on
the first page; long reasons are broken over lines around the middle of their row.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

FONT, BOLD, SIZE = "Helvetica", "Helvetica-Bold", 8.0
LEADING, PADDING = 9.5, 4.0
LEFTS = (22.0, 120.0, 200.0, 265.0, 425.0, 586.0, 667.0)
NAMES = (
    "Game Date",
    "Game Time",
    "Matchup",
    "Team",
    "Player Name",
    "Current Status",
    "Reason",
)
REASON_WIDTH = 150.0
HEIGHT, TOP, BOTTOM = landscape(A4)[1], 80.0, 545.0


@dataclass(frozen=True)
class Drawn:
    """A row to draw, every cell filled; what is printed once is left out while drawing."""

    cells: tuple[str, str, str, str, str, str, str]

    @property
    def reason(self) -> list[str]:
        """The lines of the reason."""
        return simpleSplit(self.cells[6], FONT, SIZE, REASON_WIDTH) or [""]


def draw_report(
    moment: datetime,
    rows: Sequence[Drawn],
    *,
    repeat_header: bool = False,
    splits_rows: bool = False,
) -> bytes:
    """The bytes of a report with this moment (US Eastern) in its title.

    `splits_rows`: a page is filled to its last line, and may end within a row.
    """
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=landscape(A4), invariant=1)
    pages = list(_paged(rows, splits_rows))
    for number, page in enumerate(pages, 1):
        if number == 1 or repeat_header:
            _words(canvas, 300, 40, f"Injury Report: {moment:%m/%d/%y %I:%M %p}", BOLD)
            for left, name in zip(LEFTS, NAMES, strict=True):
                _words(canvas, left, TOP - 12, name, BOLD)
        for left, down, text in page:
            _words(canvas, left, down, text)
        _words(canvas, 390, 575, f"Page {number} of {len(pages)}")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


Placed = tuple[float, float, str]
"""A text with its left edge and its distance from the page's top."""


def _paged(rows: Sequence[Drawn], splits_rows: bool) -> Iterator[list[Placed]]:
    """What stands on each page."""
    page: list[Placed] = []
    down, before = TOP, ("", "", "", "")
    for row in rows:
        printed, before = _printed(row, before)
        lines = row.reason
        fitting = int((BOTTOM - down - PADDING) // LEADING)
        if fitting < len(lines):
            if splits_rows and fitting > 0:
                page += _placed(down, printed, lines[:fitting])
                printed, lines = [], lines[fitting:]
            yield page
            page, down = [], TOP
        page += _placed(down, printed, lines)
        down += LEADING * len(lines) + PADDING
    yield page


def _placed(down: float, printed: Sequence[str], lines: Sequence[str]) -> list[Placed]:
    """A row, or a part of one, from this height on: its cells around its middle."""
    middle = down + (LEADING * len(lines) + PADDING) / 2
    cells = zip(LEFTS, printed, strict=False)
    placed = [(left, middle, text) for left, text in cells if text]
    first = middle - LEADING * (len(lines) - 1) / 2
    for number, text in enumerate(lines):
        placed.append((LEFTS[6], first + number * LEADING, text))
    return placed


def _printed(
    row: Drawn, before: tuple[str, str, str, str]
) -> tuple[list[str], tuple[str, str, str, str]]:
    """The first six cells as they are printed after a row with these first four."""
    day, _, matchup, team = shared = row.cells[:4]
    is_new_day = day != before[0]
    is_new_game = is_new_day or matchup != before[2]
    is_new_team = is_new_game or team != before[3]
    is_printed = (is_new_day, is_new_game, is_new_game, is_new_team)
    once = [text if new else "" for text, new in zip(shared, is_printed, strict=True)]
    return [*once, *row.cells[4:6]], shared


def _words(
    canvas: Canvas, left: float, down: float, text: str, font: str = FONT
) -> None:
    canvas.setFont(font, SIZE)
    canvas.drawString(left, HEIGHT - down - SIZE / 3, text)
