"""The demo that browser tests look at, and how they open a page of it."""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import BrowserContext, Page

WIDE, NARROW = 1280, 320


class Site(NamedTuple):
    """A demo that runs, and the path of each page to look at."""

    url: str
    paths: dict[str, str]
    title: str  # of the full record


def open_page(context: BrowserContext, site: Site, name: str) -> Page:
    page = context.new_page()
    page.goto(site.url + site.paths[name])
    return page
