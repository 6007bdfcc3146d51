"""The search in a real browser: by keyboard alone, with JavaScript and without it, on wide and on narrow screens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import NARROW, WIDE, Site

pytestmark = pytest.mark.browser

_MOST_STEPS = 200


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus stands on the first element that a selector finds."""
    for _ in range(_MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement === document.querySelector(wanted)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def _total(page: Page) -> int:
    return int(page.locator("#results").inner_text().split()[0])


def _by_keyboard(page: Page, site: Site) -> tuple[int, list[str]]:
    """Search for a word, choose the first value of a facet, sort by title: how many are found, and their titles."""
    page.goto(f"{site.url}/search")
    everything = _total(page)
    _tab_to(page, "#q")
    page.keyboard.type("de OR the OR la OR die")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=de+OR*")
    first = ".facets .facet:first-of-type li a"
    offered = int(page.locator(f"{first} .number").first.inner_text())
    _tab_to(page, first)
    page.keyboard.press("Enter")
    page.wait_for_url("**subject=**")
    assert _total(page) == offered <= everything
    _tab_to(page, "#sort")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=title**")
    return _total(page), page.locator(".cards h3").all_inner_texts()


def test_a_search_by_keyboard_alone_finds_the_same_with_and_without_scripts(site: Site, browser: Browser) -> None:
    found = []
    for scripts in (True, False):
        context = browser.new_context(
            viewport={"width": WIDE, "height": 800}, locale="nl-BE", java_script_enabled=scripts
        )
        found.append(_by_keyboard(context.new_page(), site))
        context.close()

    assert found[0] == found[1]
    assert found[0][1]


def test_a_filter_is_taken_away_by_its_chip(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="nl-BE", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/search")
    everything = _total(page)
    page.goto(f"{site.url}/search?open=true&language=nl")
    narrowed = _total(page)
    for _ in range(2):
        page.locator(".chips a").first.click()
    context_total = _total(page)
    context.close()

    assert narrowed < everything == context_total


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_narrow_screen_the_filters_stand_before_the_results_and_fold_open(
    site: Site, browser: Browser, scripts: bool
) -> None:
    context = browser.new_context(
        viewport={"width": NARROW, "height": 640}, locale="nl-BE", java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto(f"{site.url}/search?open=true")
    button = page.get_by_text("Filters (1)")
    above = button.bounding_box(), page.locator("#results").bounding_box()
    closed = page.locator("#filters").is_visible()
    button.focus()
    page.keyboard.press("Enter")
    choices = page.locator(".facets li a:visible")
    heights = [box["height"] for each in choices.all()[:20] if (box := each.bounding_box())]
    context.close()

    assert above[0] is not None
    assert above[1] is not None
    assert above[0]["y"] < above[1]["y"]
    assert not closed
    assert len(heights) > 5
    assert min(heights) >= 24  # WCAG 2.2, 2.5.8


def test_on_a_wide_screen_the_filters_stand_open_beside_the_results(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": WIDE, "height": 800}, locale="nl-BE")
    page = context.new_page()
    page.goto(f"{site.url}/search")
    filters, results = page.locator("#filters").bounding_box(), page.locator("#results").bounding_box()
    context.close()

    assert filters is not None
    assert results is not None
    assert filters["x"] > results["x"]
    assert abs(filters["y"] - results["y"]) < 40
