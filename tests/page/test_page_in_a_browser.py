"""The page where people look at it: in a browser, wide and narrow, light and dark, by keyboard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.page_facts import page_facts
from planning.reasons import AttemptEnded, Cause, Reason
from reports.page.calendar import STANDINGS, CalendarFacts
from reports.page.frame import page_html
from reports.page.runs import RunsFacts
from tests.page.conftest import PATIENCE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = (
    "</script><script>window.broken = true</script><img src=x onerror=alert(1)>"
    f" {'W' * 400}"
)
COLOURS_AT = """(key) => {
  const number = [...document.querySelectorAll('.outcome')].findIndex(
    (button) => button.dataset.outcome === key);
  const canvas = document.querySelectorAll('.outcome canvas')[number];
  const data = canvas.getContext('2d').getImageData(0, 0, 36, 36).data;
  const bands = [];
  let colour = '';
  for (let y = 0; y < 36; y += 1) {
    const at = (y * 36 + 18) * 4;
    const filled = data[at + 3] > 200;
    if (filled) colour = [data[at], data[at + 1], data[at + 2]].join(',');
    bands.push(filled ? '#' : '.');
  }
  return [colour, bands.join('')];
}"""
NEXT_FRAME = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(done)))"""
DRAWN = """() => {
  const canvas = document.getElementById('cells');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let sum = 0;
  for (let at = 0; at < data.length; at += 41) sum = (sum * 31 + data[at]) % 1000000007;
  return [canvas.height, sum];
}"""


def drawn(page: Page) -> Any:
    """What is on the calendar's canvas: its height and a sum of its pixels."""
    return page.evaluate(DRAWN)


def test_every_outcome_has_its_word_and_a_look_of_its_own(page: Page) -> None:
    """Red and green are one colour to one reader in twelve: bands tell the outcomes apart too."""
    looks: dict[tuple[str, str], str] = {}
    for key, standing in STANDINGS.items():
        button = page.locator(f"button[data-outcome='{key}']")
        assert standing.word in button.inner_text()
        colour, bands = page.evaluate(COLOURS_AT, str(key))
        assert "#" in bands
        looks[colour, bands] = str(key)
    assert len(looks) == len(STANDINGS)
    full_height = [key for (_, bands), key in looks.items() if "." not in bands[4:32]]
    assert full_height == ["done"]


def test_filters_leave_what_is_asked_for(page: Page) -> None:
    height, everything = drawn(page)
    page.select_option(".filters select[name=phase]", "player")
    lower, of_a_phase = drawn(page)
    assert lower < height
    page.click("button[data-outcomes=all]")
    assert drawn(page) == [height, everything]
    page.click("button[data-outcome=done]")
    assert page.get_attribute("button[data-outcome=done]", "aria-pressed") == "false"
    assert drawn(page)[1] not in (everything, of_a_phase)


def test_the_gates_open_on_what_closes_one(browser: Browser, tmp_path: Path) -> None:
    """The chart showed a warning of one month, and the NO-GO stood far below."""
    facts = page_facts(1)
    assert facts.gates is not None
    *phases, last = facts.gates.phases
    *measured, worst = last.measurements
    closing = replace(last, measurements=(*measured, replace(worst, broken="block")))
    gates = replace(facts.gates, phases=(*phases, closing))
    path = tmp_path / "page.html"
    path.write_text(page_html(replace(facts, gates=gates)), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    states = page.eval_on_selector_all(
        ".measures button[aria-pressed=true]",
        "found => found.map((each) => each.closest('tr').className)",
    )
    page.close()
    assert states == ["state-block"]


def test_a_measurement_far_down_is_drawn_beneath_it_and_stays_where_it_is(
    page: Page,
) -> None:
    button = page.locator("article.gate .measures button:visible").last
    button.scroll_into_view_if_needed()
    was = button.bounding_box()
    button.click()
    page.evaluate(NEXT_FRAME)
    is_ = button.bounding_box()
    assert was
    assert is_
    assert abs(was["y"] - is_["y"]) < 2
    chart = page.locator("#measure-chart").bounding_box()
    assert chart
    assert 0 < chart["y"] - is_["y"] < 200
    assert button.inner_text() in page.inner_text("#measure-name")


def test_a_gap_leads_to_its_cell(page: Page) -> None:
    """A filter that hides the cell is taken back."""
    page.select_option(".filters select[name=season]", "2025")
    page.locator(".gap summary").first.click()
    button = page.locator(
        ".gap button[data-cell*='|2024'], .gap button[data-cell*='|2025-0']"
    ).first
    table, day = (button.get_attribute("data-cell") or "|").split("|")
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "cells"
    card = page.inner_text("#cell-card")
    assert f"{table} {day}" in card
    assert "expected" in card
    assert f"fullcourt why {table} {day}" in card
    assert f"{table} {day}: outcome" in page.inner_text("#announced")


def test_all_dates_of_a_gap_are_buttons_once_they_are_asked_for(page: Page) -> None:
    page.locator(".gap summary").first.click()
    several = page.locator(".gap button[data-days]").first
    count = int(several.inner_text())
    several.press("Enter")
    assert several.get_attribute("aria-expanded") == "true"
    assert page.locator(".dates button[data-cell]").count() == count
    several.press("Enter")
    assert page.locator(".dates").count() == 0


def test_buttons_are_named_by_what_they_lead_to(page: Page) -> None:
    """A list of buttons read sixteen times "Copy" and three times "2"."""
    names = page.evaluate(
        """() => [...document.querySelectorAll(
        '[data-copy], [data-cell], [data-days], [data-measure]'
        )].map((button) => button.ariaLabel)"""
    )
    assert len(names) > 20
    assert len(set(names)) > len(names) * 0.8
    cells = page.locator(".gap button[data-cell]")
    table, day = (cells.first.get_attribute("data-cell") or "|").split("|")
    assert cells.first.get_attribute("aria-label") == f"{table} {day}"


def test_a_button_that_copied_says_so_and_copies_again(page: Page) -> None:
    """Pressed twice in a second it said "Copied" for ever."""
    page.focus("#cells")
    page.keyboard.press("ArrowRight")
    button = page.locator("#cell-card button")
    button.evaluate("(it) => { it.click(); it.click(); }")
    page.locator("#cell-card button:not(:text-is('Copy'))").wait_for()
    button.evaluate("(it) => it.click()")
    page.locator("#cell-card button:text-is('Copy')").wait_for()


def test_arrow_keys_walk_over_the_cells(page: Page) -> None:
    page.focus("#cells")
    first = page.inner_text("#cell-card h3")
    page.keyboard.press("ArrowRight")
    second = page.inner_text("#cell-card h3")
    page.keyboard.press("ArrowDown")
    below = page.inner_text("#cell-card h3")
    assert first == "team_offense_game_summary 2024-10-22"
    assert second == "team_offense_game_summary 2024-10-24"
    assert below.startswith("team_offense_game_summary 2025-10-2")
    page.keyboard.press("End")
    assert page.inner_text("#cell-card h3") > below
    assert page.inner_text("#announced").startswith(page.inner_text("#cell-card h3"))


def test_pointing_at_a_cell_says_what_it_is(page: Page) -> None:
    page.locator("#calendar").scroll_into_view_if_needed()
    box = page.locator("#cells").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 400, box["y"] + 52)
    tip = page.locator("#tip")
    assert tip.is_visible()
    assert tip.inner_text().startswith("team_offense_game_summary 202")
    assert "expected" in tip.inner_text()


def test_a_measurement_is_charted_with_its_months(page: Page) -> None:
    page.locator("button[data-measure]").nth(1).click()
    name = page.locator("button[data-measure]").nth(1).inner_text()
    assert name in page.inner_text("#measure-name")
    page.wait_for_selector("#measure-chart canvas")


def test_dark_is_dark_by_the_system_and_by_the_switch(
    browser: Browser, made_up: Path
) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(made_up.as_uri())
        dark, dark_cells = page.evaluate(ground), drawn(page)
        page.click("#theme")
        light, light_cells = page.evaluate(ground), drawn(page)
    assert (dark, light) == ("rgb(20, 22, 26)", "rgb(251, 250, 247)")
    assert dark_cells[1] != light_cells[1]


def test_no_width_scrolls_sideways(page: Page) -> None:
    for width in (390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_table_of_another_phase_takes_the_phase_back(page: Page) -> None:
    """The calendar was empty, and nothing said why."""
    page.select_option(".filters select[name=phase]", "team")
    page.select_option(".filters select[name=table]", "ml_feature_store")
    assert page.input_value(".filters select[name=phase]") == ""
    assert page.inner_text("#announced") == "2 rows of the calendar are shown"


def test_without_scripts_the_page_says_so_first_and_shows_nothing_that_is_dead(
    browser: Browser, made_up: Path
) -> None:
    """Mail programs run none: there were empty frames and buttons, and the reason at the end."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(made_up.as_uri())
        said = page.locator(".unscripted")
        first = page.locator("main > :visible").first
        assert first.get_attribute("class") == said.get_attribute("class")
        assert "runs no scripts" in said.inner_text()
        for dead in ("[data-copy]", ".filters", "canvas", ".measure", "#theme"):
            assert page.locator(f"{dead}:visible").count() == 0, dead
        assert "failed: OutOfMemoryException" in page.inner_text("#gaps")
        assert page.locator(".legend li:visible").count() == len(STANDINGS)


def test_with_scripts_the_page_does_not_speak_of_them(page: Page) -> None:
    assert page.locator(".unscripted").is_hidden()


def test_paper_shows_every_gap_and_the_screen_is_as_it_was_after(page: Page) -> None:
    """Nobody unfolds a sheet of paper: it named causes without their tables and dates."""
    page.locator(".gap summary").first.click()
    page.locator(".gap summary").first.click()
    before = page.locator(".gap details[open]").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    on_paper = page.locator(".gap details[open]").count()
    page.emulate_media(media="print")
    assert page.locator(".gap button[data-cell]").first.is_visible()
    mark = page.locator(".measure").first
    assert mark.evaluate("(it) => getComputedStyle(it).breakInside") == "avoid"
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".gap details").count() == on_paper
    assert page.locator(".gap details[open]").count() == before < on_paper


def test_a_text_of_data_stays_text(browser: Browser, tmp_path: Path) -> None:
    """An error message that holds a script is shown, and does not run."""
    path = tmp_path / "page.html"
    facts = replace(
        page_facts(1), calendar=_with_hostile_error(), runs=_with_hostile_name()
    )
    path.write_text(page_html(facts))
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(path.as_uri())
    assert HOSTILE in page.inner_text(".gap .why")
    page.locator(".gap button[data-cell]").first.press("Enter")
    assert HOSTILE in page.inner_text("#cell-card")
    assert page.evaluate("window.broken") is None
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        # The canvas follows a changed width in the next frame.
        page.evaluate(NEXT_FRAME)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("img").count() == 0
    page.close()


def _with_hostile_error() -> CalendarFacts:
    calendar = page_facts(1, gaps=0.0).calendar
    assert calendar is not None
    reason = Reason(Cause.FAILED, AttemptEnded("Error", HOSTILE, 1))
    table = calendar.tables[0]
    first = replace(table.cells[0], stands="failed", because=reason)
    changed = replace(table, cells=[first, *table.cells[1:]])
    return replace(calendar, tables=[changed, *calendar.tables[1:]])


def _with_hostile_name() -> RunsFacts:
    facts = page_facts(1).runs
    assert facts is not None
    first, *others = facts.runs
    assert first.record is not None
    record = replace(first.record, selection=HOSTILE, ending=HOSTILE)
    return replace(facts, runs=(replace(first, record=record), *others))
