"""The words of a PDF and where they stand; the only user of pdfplumber, which is an extra."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ConfigError

if TYPE_CHECKING:
    from pdfplumber.page import Page as PdfPage

EXTRA = "fullcourt[injuries]"
NARROWEST_SPACE = 1.0
"""Points between two words of a report, at least; letters of a word stand closer."""
BEGINNING, END = b"%PDF", b"%%EOF"


class UnreadableReport(ValueError):
    """A body that is not an injury report; says why."""


@dataclass(frozen=True)
class Word:
    """A word of a page: its left edge, and its middle from the page's top, in points."""

    text: str
    left: float
    middle: float


Page = tuple[Word, ...]


def require_reader() -> None:
    """Raise ConfigError with the command that mends it where PDFs cannot be read."""
    try:
        import pdfplumber  # noqa: F401
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"injury reports are PDFs, and pdfplumber, which reads them, is not installed: "
            f"the extra {EXTRA} has it; make setup installs every extra"
        ) from error


def read_pages(body: bytes) -> list[Page]:
    """The words of each page; UnreadableReport where the body is not a whole PDF."""
    require_reader()
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    if not body.startswith(BEGINNING):
        raise UnreadableReport("is not a PDF")
    if not body.rstrip().endswith(END):
        raise UnreadableReport("is a PDF that was cut off")
    try:
        with pdfplumber.open(io.BytesIO(body)) as pdf:
            return [_words(page) for page in pdf.pages]
    except (PDFException, PdfminerException) as error:
        raise UnreadableReport(f"is a damaged PDF ({type(error).__name__})") from error


def _words(page: PdfPage) -> Page:
    found = page.extract_words(x_tolerance=NARROWEST_SPACE)
    return tuple(
        Word(word["text"], word["x0"], (word["top"] + word["bottom"]) / 2)
        for word in found
    )
