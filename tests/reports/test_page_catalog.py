"""The page's catalog: the picture of what reads what, and every table with its columns."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from processors.discovery import load
from reports.page.catalog import (
    CatalogFacts,
    ReadFacts,
    catalog_section,
    tell_bounds,
    tell_cut,
)
from reports.page.frame import PageFacts, page_html
from reports.page.graph import Column, Picture, broken, draw_graph
from runs.page.catalog import collect_catalog

AT = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)
COLUMNS = [
    Column("raw", "raw", ("schedule", "box")),
    Column("team", "team", ("scores",)),
    Column("context", "context", ("form", "rest")),
]
READS = {"scores": ["box"], "form": ["scores", "schedule"], "rest": ["schedule"]}


class Found(HTMLParser):
    """The ids, the links and the lines of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.lines: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the tests look at."""
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if given.get("href", "").startswith("#"):
            self.links.append(given["href"][1:])
        if "data-from" in given:
            self.lines.append((given["data-from"], given["data-to"]))


@pytest.fixture(scope="module")
def facts() -> CatalogFacts:
    """The product's own catalog."""
    return collect_catalog(load())


@pytest.fixture(scope="module")
def found(facts: CatalogFacts) -> Found:
    """The page with the catalog alone."""
    return Found(page_html(PageFacts("duckdb:x", AT, "abc", catalog=facts)))


def picture() -> Picture:
    """A small picture with a line that passes a column."""
    return draw_graph(COLUMNS, READS)


def test_every_table_is_drawn_and_described_once(
    facts: CatalogFacts, found: Found
) -> None:
    names = [f"table-{table.name}" for table in facts.tables]
    assert len(found.ids) == len(set(found.ids))
    assert set(names) <= set(found.ids)
    assert len(facts.tables) == 19


def test_every_link_leads_somewhere(found: Found) -> None:
    assert set(found.links) <= set(found.ids)


def test_a_line_is_drawn_for_every_table_that_is_read(
    facts: CatalogFacts, found: Found
) -> None:
    pairs = {(read.table, table.name) for table in facts.tables for read in table.reads}
    assert set(found.lines) == pairs
    assert len(found.lines) == len(pairs)


def test_each_table_stands_right_of_what_it_reads(facts: CatalogFacts) -> None:
    drawn: Picture = catalog_section(facts).shown["picture"]
    left = {box.table: box.x for box in drawn.boxes}
    for line in drawn.lines:
        assert left[line.source] < left[line.target]


def test_no_two_boxes_of_a_column_overlap(facts: CatalogFacts) -> None:
    for drawn in (picture(), catalog_section(facts).shown["picture"]):
        by_column: dict[float, list[float]] = {}
        for box in drawn.boxes:
            by_column.setdefault(box.x, []).append(box.y)
            assert 0 <= box.y <= drawn.height - drawn.box_height
        for heights in by_column.values():
            for upper, lower in pairwise(sorted(heights)):
                assert lower - upper >= drawn.box_height


def test_a_line_passes_beside_the_tables_between() -> None:
    drawn = picture()
    (box,) = [box for box in drawn.boxes if box.table == "scores"]
    (line,) = [x for x in drawn.lines if (x.source, x.target) == ("schedule", "form")]
    passing = float(re.findall(r"([\d.]+)H", line.path)[0])
    assert not box.y <= passing <= box.y + drawn.box_height


def test_a_line_ends_where_the_reader_begins() -> None:
    drawn = picture()
    boxes = {box.table: box for box in drawn.boxes}
    for line in drawn.lines:
        x, y = map(float, line.path.split()[-2:])
        assert x == boxes[line.target].x
        assert y == pytest.approx(boxes[line.target].y + drawn.box_height / 2, abs=0.1)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("schedule", ("schedule",)),
        ("upcoming_player_game_context", ("upcoming_player_", "game_context")),
        ("averyverylongnamewithoutanybreak", ("averyverylongnamewithoutanybreak",)),
    ],
)
def test_a_long_name_is_broken_behind_an_underscore(
    name: str, lines: tuple[str, ...]
) -> None:
    assert broken(name) == lines


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (ReadFacts("a", "a", "same_day"), "rows of the date itself"),
        (ReadFacts("a", "a", "all"), "all rows; they have no dates"),
        (ReadFacts("a", "a", "before", "3 years"), "earlier dates of 3 years"),
        (
            ReadFacts("a", "a", "before", "season", "team"),
            "earlier dates of the season, counted back for each team",
        ),
        (
            ReadFacts("a", "a", "before_tip_off"),
            "snapshots of the date's games, taken before tip-off",
        ),
    ],
)
def test_a_cut_is_told_in_words(read: ReadFacts, words: str) -> None:
    assert tell_cut(read) == words


def test_bounds_are_told_in_words() -> None:
    assert tell_bounds((0, 0.5), None) == "0 to 0.5"
    assert tell_bounds(None, ("ok", "absent")) == "ok, absent"
    assert tell_bounds(None, None) == ""
