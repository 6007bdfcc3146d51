"""Accounts of a site below a path, behind https: cookies, redirects and letters have the path and the address."""

from __future__ import annotations

from pathlib import Path

import pytest

from repository.config.sections import SiteSection
from tests.support.api import Api
from tests.support.browsing import PASSWORD, Form, a_person, letters_of


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path, site=SiteSection(base_url="https://example.org/oer"))


def test_log_in_and_out_below_a_path(api: Api) -> None:
    a_person(api)
    client = api.app.test_client()
    at = {"base_url": "https://example.org"}
    asked = client.get("/oer/my/security", **at)
    page = client.get(asked.location or "", **at)
    typed = {**Form(page.text, "/oer/login").fields, "email": "ann@example.org", "password": PASSWORD}

    done = client.post("/oer/login", data=typed, **at)
    cookie = done.headers["Set-Cookie"]
    mine = client.get(done.location or "", **at)
    out = client.post("/oer/logout", data=Form(mine.text, "/oer/logout").fields, **at)

    assert asked.location == "/oer/login?next=/my/security"
    assert done.location == "/oer/my/security"
    assert "Secure" in cookie and "HttpOnly" in cookie and "Path=/oer/" in cookie.replace("Path=/oer;", "Path=/oer/;")
    assert mine.status_code == 200
    assert out.location in ("/oer/", "/oer")


def test_links_of_letters_and_the_way_on_have_the_path(api: Api) -> None:
    client = api.app.test_client()
    at = {"base_url": "https://example.org", "headers": {"Accept-Language": "en"}}
    page = client.get("/oer/register", **at)
    typed = {**Form(page.text, "/oer/register").fields, "email": "new@example.org", "password": PASSWORD}

    sent = client.post("/oer/register", data=typed, **at)
    ((_, _, letter),) = letters_of(api)
    link = next(line for line in letter.splitlines() if line.startswith("https://"))
    confirmed = client.get(link.removeprefix("https://example.org"), **at)

    assert sent.location == "/oer/login"
    assert link.startswith("https://example.org/oer/confirm/")
    assert confirmed.location == "/oer/login"
