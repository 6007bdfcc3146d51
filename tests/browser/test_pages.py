"""The pages in a real browser: language, headings, keyboard, narrow screens, both colour schemes, no console error.

axe-core is not installed by these tests: where OERBRON_TEST_AXE names its axe.min.js, its rules are checked too.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.looking import NARROW, WIDE, Site, open_page

pytestmark = pytest.mark.browser

_AXE = "OERBRON_TEST_AXE"
_PAGES = (
    *("home", "about", "record", "poor record", "tombstone", "error", "search", "nothing found"),
    *("subject", "level", "subjects", "collections", "collection", "takedown", "log in", "register", "sources"),
    *("statistics", "api", "harvest", "catalogue"),
)
_LANGUAGES = ("nl", "fr", "de", "en")


@pytest.mark.parametrize("name", _PAGES)
def test_a_page_has_one_title_and_steps_down_its_headings_one_by_one(
    site: Site, opened: BrowserContext, name: str
) -> None:
    page = open_page(opened, site, name)

    levels = page.eval_on_selector_all("h1, h2, h3, h4, h5, h6", "found => found.map(each => +each.tagName[1])")

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.title()


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_page_is_wider_than_a_narrow_screen(site: Site, browser: Browser, language: str) -> None:
    context = browser.new_context(viewport={"width": NARROW, "height": 640}, locale=language)
    found = {}
    for name in _PAGES:
        page = open_page(context, site, name)
        wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        found[name] = (wider, page.evaluate("document.documentElement.lang"))
    context.close()

    assert found == dict.fromkeys(_PAGES, (False, language))


@pytest.mark.parametrize("name", _PAGES)
def test_a_page_logs_no_error(site: Site, opened: BrowserContext, name: str) -> None:
    page = opened.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))

    page.goto(site.url + site.paths[name], wait_until="networkidle")

    # That the page itself is an error or a tombstone is what it should say.
    assert [error for error in errors if "status of 404" not in error and "status of 410" not in error] == []


def test_the_keyboard_reaches_the_content_first_and_then_every_link(site: Site, opened: BrowserContext) -> None:
    page = open_page(opened, site, "record")

    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    visit = page.evaluate("document.activeElement.className")
    for summary in page.locator("main summary").all():
        summary.press("Enter")  # what is closed opens by keyboard, and holds links too
    page.locator("a.visit").focus()
    reached = {page.evaluate("document.activeElement.href || ''")}
    for _ in range(page.locator("a").count()):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.href || ''"))

    assert skip == "#main"
    assert visit == "visit"
    assert reached >= set(
        page.eval_on_selector_all(
            "main a", "found => found.filter(each => each.checkVisibility()).map(each => each.href)"
        )
    )


def test_a_focused_link_can_be_seen(site: Site, opened: BrowserContext) -> None:
    page = open_page(opened, site, "home")

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_language_that_was_chosen_is_remembered(site: Site, opened: BrowserContext) -> None:
    page = open_page(opened, site, "home")

    page.get_by_role("link", name="Français").click()
    page.goto(site.url + site.paths["about"])

    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.get_by_role("heading", level=1).inner_text() == "À propos"


def test_a_record_shows_title_licence_visit_and_every_format(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = open_page(context, site, "record")

    assert page.get_by_role("heading", level=1).inner_text() == site.title
    assert page.get_by_role("heading", name="Licence", exact=True).is_visible()
    assert page.get_by_role("link", name="Visit ").count() == 1
    formats = page.locator("section[aria-labelledby=formats] a")
    for place in range(formats.count()):
        address = formats.nth(place).get_attribute("href")
        assert page.request.get(f"{site.url}{address}").ok, address
    assert formats.count() >= 5
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_background_follows_the_scheme(site: Site, browser: Browser, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = open_page(context, site, "home")

    red = int(page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]"))
    context.close()

    assert (red > 128) is (scheme == "light")


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(site: Site, browser: Browser, scheme: Any, width: int) -> None:
    if _AXE not in os.environ:
        pytest.skip(f"{_AXE} names no axe.min.js")
    source = Path(os.environ[_AXE]).read_text(encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found = {}
    for name in _PAGES:
        page = open_page(context, site, name)
        page.evaluate(source)
        found[name] = page.evaluate("axe.run(document).then(result => result.violations.map(each => each.id))")
    context.close()

    assert found == {name: [] for name in _PAGES}
