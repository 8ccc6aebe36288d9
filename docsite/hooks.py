"""What mkdocs calls while it builds: adds the generated pages and mends links to the checkout.

The pages are made at every build and not kept: what they say follows from the code, and a copy
could only be stale.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docsite.checkout import checkout_pages, site_links
from docsite.command_pages import command_pages
from docsite.fault_page import fault_page
from docsite.limit_pages import limits_page
from docsite.table_pages import table_pages
from validation.limits import load_checked

ROOT = Path(__file__).resolve().parent.parent
EVERY = "/*"
"""The end of an entry of the navigation that stands for every page of a folder."""
_ASKED = re.compile(
    r"""<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)"""
)


@cache
def generated_pages() -> dict[str, str]:
    """Path -> text of every page that is not a file of docs/."""
    # Late: these two import Prefect, and the tests of single pages need neither.
    from deployments.setup import main as set_up
    from fullcourt.cli.app import cli
    from fullcourt.cli.menu import SECTIONS

    catalog = load_checked()
    others = {"python -m deployments.setup": set_up}
    return {
        **checkout_pages(ROOT),
        **table_pages(catalog),
        **command_pages(cli, SECTIONS, others),
        "thresholds.md": limits_page(catalog),
        "faults.md": fault_page(ROOT),
    }


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages of a folder where the navigation names the folder."""
    config.nav = expand(config.nav or [], list(generated_pages()))
    return config


def expand(entries: Sequence[Any], paths: Sequence[str]) -> list[Any]:
    """A navigation in which `FOLDER/*` has become the generated pages of that folder."""
    found: list[Any] = []
    for entry in entries:
        if isinstance(entry, dict):
            found.append(
                {title: _expanded(held, paths) for title, held in entry.items()}
            )
        else:
            found.append(entry)
    return found


def _expanded(held: Any, paths: Sequence[str]) -> Any:
    if isinstance(held, list):
        return expand(held, paths)
    if held.endswith(EVERY):
        folder = held.removesuffix("*")
        return [path for path in paths if path.startswith(folder)]
    return held


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for path, text in generated_pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(
    markdown: str, page: Page, config: MkDocsConfig, files: Files
) -> str:
    """Turn links to files of the checkout into links between pages."""
    return site_links(markdown, page.file.src_uri)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Refuse a page that would ask another site for anything."""
    if asked := asked_elsewhere(output):
        raise PluginError(f"{page.file.src_uri} asks another site for {asked[0]}")
    return output


def asked_elsewhere(html: str) -> list[str]:
    """What a page loads from other sites when it is opened; links to follow are none of it."""
    return _ASKED.findall(html)
