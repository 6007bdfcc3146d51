"""One demo and one Chromium for all tests of pages in a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.looking import WIDE, Site
from tests.support.commands import oerbron
from tests.support.running import Running, free_port, running

_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("pages")
    with running(home, "demo", "--records", "40", "--port", str(free_port())) as server:
        items = _items(server)
        by_size = sorted(items, key=lambda item: len(msgspec.json.encode(item["record"])))
        poor, full = by_size[0], by_size[-1]
        erased = oerbron(home / "demo", "erase", by_size[1]["id"], "--reason", "Asked for by its maker.")
        assert erased.code == 0, erased
        records = {"record": full, "poor record": poor, "tombstone": by_size[1]}
        paths = {name: f"/doc/resource/{item['id']}.html" for name, item in records.items()}
        paths |= {"home": "/", "about": "/about", "error": "/nowhere"}
        paths |= {"statistics": "/statistics", "api": "/api", "harvest": "/harvest", "catalogue": "/catalog"}
        paths |= {"search": "/search?open=true", "nothing found": "/search?q=zzqqxx&language=nl"}
        paths |= {"subject": "/subjects/mathematics", "subjects": "/subjects", "level": "/levels/primary"}
        paths |= {"collections": "/collections", "collection": "/collections/maths-week", "takedown": "/takedown"}
        paths |= {"log in": "/login", "register": "/register", "sources": "/sources"}
        yield Site(f"http://127.0.0.1:{server.port}", paths, full["summary"]["title"])


def _items(server: Running) -> list[dict[str, Any]]:
    status, body = server.get("/api/v1/records?after=0&limit=100")
    assert status == 200
    return list(msgspec.json.decode(body)["items"])


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=_chromium(), args=list(_FLAGS))
    yield opened
    opened.close()


def _chromium() -> str:
    return next(str(found) for folder in os.get_exec_path() if (found := Path(folder) / "chromium").exists())


@pytest.fixture
def opened(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": WIDE, "height": 800}, locale="nl-BE")
    yield context
    context.close()
