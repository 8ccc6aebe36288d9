"""The page as a file: closed, escaped, complete; and the vendored library is what it claims."""

from __future__ import annotations

import base64
import gc
import hashlib
import json
import re
import weakref
from contextlib import closing
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from math import floor

import pytest

from bench.page_facts import MADE_AT, page_facts
from core.errors import ConfigError
from planning.cells import Outcome
from planning.reasons import Cause
from planning.selection import Selection
from reports.page.calendar import HOLDS_ROWS, STANDINGS, Bands, gap_causes
from reports.page.frame import PageFacts, page_html
from reports.page.inline import (
    ASSETS,
    CHARTS,
    CHARTS_SHA256,
    CHARTS_VERSION,
    json_text,
    visible,
)
from runs.page.page import collect_page
from runs.report import final_report
from tests.loop import open_warehouse
from tests.raw_rows import game, raw_load


class Scripts(HTMLParser):
    """The scripts, styles and addresses of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside = ""
        self.texts: dict[str, list[str]] = {"script": [], "style": [], "data": []}
        self.addresses: list[str] = []
        self.policy = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.inside = "data" if found.get("type") == "application/json" else tag
        for name in ("src", "href", "action"):
            if address := found.get(name):
                self.addresses.append(address)
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"] or ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in self.texts:
            self.texts[self.inside].append(data)


def test_nothing_is_fetched_and_only_the_page_s_own_scripts_run() -> None:
    found = Scripts(page_html(page_facts(1)))
    assert all(address.startswith(("#", "data:")) for address in found.addresses)
    assert "default-src 'none'" in found.policy
    assert "unsafe" not in found.policy
    allowed = set(re.findall(r"'sha256-([^']+)'", found.policy))
    inlined = found.texts["script"] + found.texts["style"]
    digests = {hashlib.sha256(text.encode()).digest() for text in inlined}
    assert allowed == {base64.b64encode(digest).decode() for digest in digests}


@pytest.mark.parametrize("height", [8, 10, 13, 36])
def test_outcomes_are_told_apart_without_their_colours(height: int) -> None:
    """Printed grey, a failed cell was as full as one that is done, and a missing one had the bands
    of one that no data covers. Rows have these heights, and the legend."""
    drawn = {
        standing.word: filled(standing.bands, height) for standing in STANDINGS.values()
    }
    assert len(set(drawn.values())) == len(STANDINGS)
    assert [word for word, rows in drawn.items() if len(rows) == height] == ["done"]


def filled(bands: Bands, height: int) -> frozenset[int]:
    """The rows of pixels that a cell of this height has filled, as the script reckons."""
    rows: set[int] = set()
    for top, bottom in bands:
        first, end = (floor(part * height + 0.5) for part in (top, bottom))
        rows.update(range(first, max(end, first + 1)))
    return frozenset(rows)


def test_nothing_unseen_turns_round_what_is_read() -> None:
    """The letters after a turn were read backwards: a command, or the rest of a sentence."""
    turned = "x \u202e evil \u2066 שלום"
    assert visible(turned) == "x \\u202e evil \\u2066 שלום"
    assert json.loads(str(json_text([turned]))) == [visible(turned)]
    page = page_html(PageFacts(f"duckdb:{turned}", MADE_AT, "1"))
    assert f"<code>duckdb:{visible(turned)}</code>" in page


def test_data_cannot_end_its_script() -> None:
    texts = ["</script>", "a & b > c", "\u2028\u2029", '"quoted"']
    written = str(json_text(texts))
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written) == texts


def test_the_data_of_each_section_is_json() -> None:
    found = Scripts(page_html(page_facts(1)))
    calendar, gates, features, catalog = map(json.loads, found.texts["data"])
    assert len(calendar["tables"]) == 10
    cells = {len(table["stands"]) for table in calendar["tables"]}
    assert cells == {len(calendar["days"])}
    assert [gate["phase"] for gate in gates] == [
        "team",
        "player",
        "context",
        "precompute",
    ]
    assert features["seasons"] == ["2025-26"]
    assert {len(each["seasons"]) for each in features["features"]} == {1}
    assert "schedule" in catalog["reads"]["player_game_summary"]


def test_the_facts_of_a_page_do_not_outlive_it() -> None:
    """Those of thirty seasons took 60 MiB while the run that had read them closed its warehouse."""
    facts = page_facts(1)
    held = weakref.ref(facts.calendar)
    gc.disable()
    try:
        page_html(facts)
        del facts
        assert held() is None
    finally:
        gc.enable()


def test_a_section_without_facts_says_so() -> None:
    page = page_html(PageFacts("duckdb:x", datetime(2026, 1, 1, tzinfo=UTC), "1"))
    assert "The warehouse has no schedule." in page
    assert "There is no calendar without a game that counts." in page
    assert "No gate has judged anything yet." in page
    assert len(page.encode()) < 100_000, "no library is written for nothing"


def test_a_schedule_of_games_that_do_not_count_is_told_as_every_command_tells_it() -> (
    None
):
    """A warehouse of preseason games was said to have no schedule."""
    preseason = game("0012400001", date(2024, 10, 5))
    with closing(open_warehouse(raw_load({"schedule": [preseason]}))) as warehouse:
        page = page_html(collect_page(warehouse))
        with pytest.raises(ConfigError) as no:
            final_report(warehouse, Selection())
    assert "no schedule" not in page
    assert f"{str(no.value)[1:]}." in unescape(page)
    assert "There is no calendar without a game that counts." in page


def test_every_way_to_stand_has_a_word_of_its_own() -> None:
    keys = {*Outcome, *Cause, HOLDS_ROWS} - {Cause.RERUN}
    assert set(STANDINGS) == {str(key) for key in keys}
    words = [standing.word for standing in STANDINGS.values()]
    assert len(set(words)) == len(words)
    gaps = {key for key in Outcome if key.is_gap}
    assert {key for key, standing in STANDINGS.items() if standing.is_gap} == {
        *gaps,
        *Cause,
        HOLDS_ROWS,
    } - {Cause.RERUN}


def test_gaps_with_one_cause_are_told_once_the_gravest_first() -> None:
    calendar = page_facts(2, gaps=0.05).calendar
    assert calendar is not None
    causes = gap_causes(calendar)
    assert [cause.stands for cause in causes] == [
        "failed",
        "quarantined",
        "damaged",
        "upstream_missing",
        "missing",
        "stale",
        "holds_rows",
    ]
    counted = sum(
        STANDINGS[cell.stands].is_gap for part in calendar.tables for cell in part.cells
    )
    assert sum(cause.cells for cause in causes) == counted
    assert all(row.days == sorted(row.days) for cause in causes for row in cause.rows)
    upstream = causes[3]
    assert "player_box" in upstream.sentence
    assert date(2024, 10, 22) <= upstream.rows[0].days[0]


def test_the_charts_library_is_the_release_that_its_notice_names() -> None:
    text = (ASSETS / CHARTS).read_bytes()
    assert hashlib.sha256(text).hexdigest() == CHARTS_SHA256
    assert f'version="{CHARTS_VERSION}"' in text.decode()
    assert "Apache License" in (ASSETS / "echarts.LICENSE.txt").read_text()
    assert "Apache ECharts" in (ASSETS / "echarts.NOTICE.txt").read_text()


def test_no_asset_ends_the_element_that_it_is_written_into() -> None:
    for path in ASSETS.glob("*.js"):
        assert "</script" not in path.read_text().lower(), path.name
    for path in ASSETS.glob("*.css"):
        assert "</style" not in path.read_text().lower(), path.name
