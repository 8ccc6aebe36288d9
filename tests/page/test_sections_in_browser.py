"""Runs, features and catalog in a real browser: what people choose, open and find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.page_facts import MADE_AT
from bench.page_sections import features_facts, runs_facts
from processors.discovery import load
from reports.page.features import FeaturesFacts
from reports.page.frame import PageFacts, page_html
from runs.page.catalog import collect_catalog

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

YEARS = (2023, 2024, 2025)
HOSTILE = "<script>document.title = 'harmed'</script>"
NARROW: ViewportSize = {"width": 390, "height": 800}


def features() -> FeaturesFacts:
    """Made-up features; the last drifts most, and one has a hostile description."""
    facts = features_facts(YEARS)
    first, *others, last = facts.features
    *before, latest = last.seasons
    turned = replace(latest, counts=latest.counts[::-1][:12] + (0,) * 12)
    others[0] = replace(others[0], description=HOSTILE, unit=HOSTILE)
    drifted = replace(last, seasons=(*before, turned))
    return replace(facts, features=(first, *others, drifted))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the three sections."""
    path = tmp_path_factory.mktemp("sections") / "page.html"
    catalog, runs = collect_catalog(load()), runs_facts(MADE_AT)
    facts = PageFacts(
        "duckdb:x", MADE_AT, "abc", runs=runs, features=features(), catalog=catalog
    )
    path.write_text(page_html(facts), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def sections(browser: Browser, file: Path) -> Iterator[Page]:
    """The page as a person has it open; no script of it fails."""
    shown = browser.new_page(viewport={"width": 1440, "height": 900})
    failed: list[Any] = []
    shown.on("pageerror", lambda error: failed.append(error))
    shown.goto(file.as_uri())
    shown.locator("#features").scroll_into_view_if_needed()
    shown.wait_for_selector(".feature")
    yield shown
    assert failed == []


def names(page: Page) -> list[str]:
    """The features in the order in which their cards stand."""
    script = "cards => cards.map((card) => card.dataset.feature)"
    found: list[str] = page.eval_on_selector_all(".feature", script)
    return found


def test_features_are_ordered_and_found(sections: Page) -> None:
    everything = names(sections)
    assert everything == [feature.name for feature in features().features]
    sections.select_option("#feature-order", "drift")
    assert names(sections)[0] == everything[-1]
    assert sections.locator(".feature").first.locator(".much").count() == 1
    sections.fill("#feature-filter", "vegas")
    assert sorted(names(sections)) == sorted(n for n in everything if "vegas" in n)
    assert sections.inner_text("#feature-count").startswith("4 of ")
    sections.fill("#feature-filter", "")
    sections.select_option("#feature-order", "table")


def test_the_limits_of_drift_are_written_as_they_are(sections: Page) -> None:
    """To no places, both were 0."""
    sections.locator(".feature").first.click()
    sections.wait_for_selector("#feature-chart-drift canvas")
    told = sections.evaluate(
        """() => echarts.getInstanceByDom(document.getElementById('feature-chart-drift'))
          .getOption().series[0].markLine"""
    )
    assert [each["yAxis"] for each in told["data"]] == [0.1, 0.25]
    written = sections.evaluate(
        """() => { const line = echarts.getInstanceByDom(
            document.getElementById('feature-chart-drift')).getOption().series[0].markLine;
          return line.data.map((each) => line.label.formatter({ value: each.yAxis })); }"""
    )
    assert written == ["0.1", "0.25"]
    sections.click("#feature-detail-close")


def test_the_list_of_runs_has_room_on_a_wide_screen(sections: Page) -> None:
    box = sections.locator(".scroll:has(.runs-list)")
    widths = box.evaluate("each => [each.scrollWidth, each.clientWidth]")
    assert widths[0] <= widths[1]


def test_a_season_before_any_other_has_no_outline(sections: Page) -> None:
    outlines = sections.locator(".feature .before")
    shown = outlines.count()
    sections.select_option("#feature-season", "0")
    assert outlines.count() == 0 < shown
    sections.select_option("#feature-season", "2")
    assert outlines.count() == shown


def test_a_feature_opens_by_keyboard_and_closes(sections: Page) -> None:
    first = sections.locator(".feature").first
    first.focus()
    sections.keyboard.press("Enter")
    assert sections.inner_text("#feature-detail-name") == names(sections)[0]
    sections.wait_for_selector("#feature-chart-values canvas")
    sections.keyboard.press("Escape")
    assert not sections.locator("#feature-detail").is_visible()
    assert (
        sections.evaluate("document.activeElement.dataset.feature")
        == names(sections)[0]
    )


def test_a_table_shows_its_lines_and_its_columns(sections: Page) -> None:
    sections.locator('.box[data-table="player_game_summary"]').focus()
    lit = "paths => paths.map((path) => path.dataset.from).sort()"
    reads = sections.eval_on_selector_all(".graph path.reads", lit)
    wanted = load()["player_game_summary"].contract.reads.values()
    assert reads == sorted({read.table for read in wanted})
    sections.keyboard.press("Enter")
    columns = sections.locator("#table-player_game_summary .columns")
    # The browser tells a changed address after the key, not with it.
    columns.wait_for(state="visible")
    assert columns.is_visible()
    sections.fill("#catalog-filter", "fatigue_score_status")
    assert sections.locator(".table-facts:visible").count() == 1
    assert sections.locator(".columns tr[data-column]:visible").count() == 1
    sections.fill("#catalog-filter", "")


def test_a_text_of_data_stays_text(sections: Page) -> None:
    """A description or a unit is another team's text, and the page is mailed around."""
    card = sections.locator(".feature").nth(1)
    assert HOSTILE in card.inner_text()
    card.click()
    assert HOSTILE in sections.inner_text("#feature-detail-about")
    sections.keyboard.press("Escape")
    assert sections.title() == "fullcourt: duckdb:x"


def test_nothing_is_asked_of_the_network_and_nothing_runs_off_a_phone(
    browser: Browser, file: Path
) -> None:
    phone = browser.new_page(viewport=NARROW, color_scheme="dark")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(file.as_uri())
    phone.locator("#features").scroll_into_view_if_needed()
    phone.wait_for_selector(".feature")
    assert phone.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
    phone.close()
