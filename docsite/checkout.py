"""Files of the checkout that are pages too, and links between them as the site has them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from docsite.markup import block, page

DOCS = "docs"
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""File of the checkout -> the page that it is."""
SHOWN = {
    "examples/model_frame.py": "examples/model_frame.md",
    "examples/player_calendar.py": "examples/player_calendar.md",
    "examples/correction.py": "examples/correction.md",
    "reports/model_card.md": "examples/model_card.md",
}
"""File of the checkout -> the page that shows its text."""
GENERATED = {"tests/faults.md": "faults.md"}
"""File of the checkout -> the page that is made from it."""
_LINK = re.compile(r"(?<=\]\()[^)\s]+(?=\))")


def checkout_pages(root: Path) -> dict[str, str]:
    """Path -> text of the pages that are files outside docs/."""
    pages = {target: (root / file).read_text() for file, target in PAGES.items()}
    for file, target in SHOWN.items():
        language = "python" if file.endswith(".py") else "text"
        pages[target] = page(
            Path(file).name, block((root / file).read_text(), language)
        )
    return pages


def site_links(text: str, path: str) -> str:
    """A page's text with links to files of the checkout as links between pages.

    `path` is the page's in the site. A link to anything else stays as it is, so that the build
    refuses it.
    """
    source = _source(path)
    return _LINK.sub(lambda found: _site_link(found[0], source, path), text)


def _source(path: str) -> str:
    """Where the text of a page stands in the checkout."""
    by_page = {target: file for file, target in PAGES.items()}
    return by_page.get(path, f"{DOCS}/{path}")


def _site_link(link: str, source: str, path: str) -> str:
    if "://" in link or link.startswith("#"):
        return link
    name, hash_, anchor = link.partition("#")
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), name))
    target = _target(wanted, {**PAGES, **SHOWN, **GENERATED})
    if target is None:
        return link
    return posixpath.relpath(target, posixpath.dirname(path) or ".") + hash_ + anchor


def _target(file: str, pages: Mapping[str, str]) -> str | None:
    """The page of a file of the checkout; None where it has none."""
    if file.startswith(f"{DOCS}/"):
        return file.removeprefix(f"{DOCS}/")
    return pages.get(file)
