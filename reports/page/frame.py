"""The frame of the page: its sections in their order, their scripts, and what keeps it closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.remedy import Words
from reports.page.calendar import CalendarFacts, calendar_section
from reports.page.catalog import CatalogFacts, catalog_section
from reports.page.compiled import KeptTemplates
from reports.page.features import FeaturesFacts, features_section
from reports.page.gates import GatesFacts, gates_section
from reports.page.inline import (
    ASSETS,
    CHARTS,
    asset,
    json_text,
    security_policy,
    visible,
)
from reports.page.overview import NO_SCHEDULE, OverviewFacts, overview_section
from reports.page.runs import RunsFacts, runs_section
from reports.page.section import PageSection
from reports.seasons import season_name

TEMPLATES = Path(__file__).with_name("templates")
STYLE = "page.css"
FIRST_SCRIPT, FRAME_SCRIPT = "scripted.js", "page.js"


@dataclass(frozen=True)
class PageFacts:
    """All that the page shows of one warehouse; a section without facts is None.

    `lacking`: why there is no overview. `warehouse`: its address. `made_at`: when it was read.
    `code_version`: what read it.
    """

    warehouse: str
    made_at: datetime
    code_version: str
    overview: OverviewFacts | None = None
    calendar: CalendarFacts | None = None
    gates: GatesFacts | None = None
    runs: RunsFacts | None = None
    features: FeaturesFacts | None = None
    catalog: CatalogFacts | None = None
    lacking: Words = NO_SCHEDULE


def page_sections(facts: PageFacts) -> list[PageSection]:
    """The sections from top to bottom."""
    return [
        overview_section(facts.overview, facts.features, facts.lacking),
        calendar_section(facts.calendar),
        gates_section(facts.gates),
        runs_section(facts.runs),
        features_section(facts.features),
        catalog_section(facts.catalog),
    ]


def page_html(facts: PageFacts) -> str:
    """The page as one HTML document."""
    sections = page_sections(facts)
    first_script = asset(FIRST_SCRIPT)
    scripts = _scripts(sections)
    style = _styles(sections)
    made_at = facts.made_at.astimezone(UTC)
    data = [(part.name, json_text(part.data)) for part in sections if part.data]
    # What a template is handed stays in memory until cycles are looked for: the facts of thirty
    # seasons would take 60 MiB beside the checkpoint that ends a run. What is trusted is our own:
    # scripts, style, and data that is escaped already.
    return (
        _environment()
        .get_template("page.html")
        .render(
            warehouse=facts.warehouse,
            code_version=facts.code_version,
            made_at=f"{made_at:%Y-%m-%d %H:%M} UTC",
            sections=[replace(part, data=None) for part in sections],
            data=data,
            policy=security_policy([first_script, *scripts], [style]),
            style=Markup(style),
            first_script=Markup(first_script),
            scripts=list(map(Markup, scripts)),
        )
    )


def _styles(sections: Sequence[PageSection]) -> str:
    """The page's style, and those of sections that have one of their own."""
    own = [f"{part.name}.css" for part in sections]
    return "\n".join(asset(name) for name in [STYLE, *own] if (ASSETS / name).is_file())


def _scripts(sections: Sequence[PageSection]) -> list[str]:
    """The scripts in the order of running. The charts' library comes after the frame and the
    calendar, which people see first and which draw without it."""
    own = [f"{part.name}.js" for part in sections if part.data is not None]
    own = [name for name in own if (ASSETS / name).is_file()]
    first = [name for name in own if name == "calendar.js"]
    others = [name for name in own if name not in first]
    library = [CHARTS] if others else []
    return list(map(asset, [FRAME_SCRIPT, *first, *library, *others]))


def _visible(value: Any) -> Any:
    """A text of data whose order is the one that is read; our own markup as it is."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


@cache
def _environment() -> Environment:
    """The templates; every text that they are handed is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=KeptTemplates(Path(__file__)),
    )
    environment.filters["season"] = season_name
    return environment
