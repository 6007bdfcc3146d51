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
    return int(page.locator("#results strong").inner_text())


def _by_keyboard(page: Page, site: Site) -> tuple[int, list[str]]:
    """Search for a word, choose the first value of a facet, sort by title: how many are found, and their titles."""
    page.goto(f"{site.url}/search")
    everything = _total(page)
    _tab_to(page, "#q")
    page.keyboard.type("de OR the OR la OR die")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=de+OR*")
    first = ".facets .facet:first-of-type li a"
    offered = int(page.locator(f"{first} + .number").first.inner_text())
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


def test_on_a_narrow_screen_the_filters_are_one_step_away_and_back(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": NARROW, "height": 640}, locale="nl-BE", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{site.url}/search")
    _tab_to(page, ".to-filters a")
    page.keyboard.press("Enter")
    heading = page.locator("#filters").bounding_box()
    page.keyboard.press("Tab")
    in_facets = page.evaluate("document.activeElement.closest('.facets') !== null")
    least = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.facets li')].filter(each => each.offsetParent)"
        ".map(each => each.getBoundingClientRect().height))"
    )
    back = page.locator(".to-results a")
    shown = back.is_visible()
    back.press("Enter")
    results = page.locator("#results").bounding_box()
    context.close()

    assert heading is not None
    assert -1 <= heading["y"] < 640
    assert in_facets
    assert shown
    assert least >= 24  # WCAG 2.2, 2.5.8
    assert results is not None
    assert -1 <= results["y"] < 640
