"""A site below a path of its host: no link, form, redirect, cookie or document leads outside of it.

Every address that an answer names is taken, once as a proxy that strips the path asks for it and once as one that does
not; a whole crawl of pages, feeds, descriptions and the API's document.
"""

from __future__ import annotations

import gzip
import re
from collections import deque
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from werkzeug.test import TestResponse

from portal.web.below import Below
from repository.config.sections import SiteSection
from repository.errors import ConfigError
from tests.support.api import Api

HOST = "https://learn.example"
BASE = f"{HOST}/oer"
STARTS = (
    "/", "/search?q=", "/about", "/sources", "/oai", "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/ldes", "/dumps/",
    "/catalog", "/sitemap.xml", "/robots.txt", "/changelist.xml", "/capabilitylist.xml", "/resourcelist.xml",
    "/feeds/atom.xml", "/feeds/changes.xml", "/opensearch.xml", "/sru", "/api/openapi.json", "/api/v1/records?after=0",
    "/api/v1/search", "/api/v1/vocabularies", "/.well-known/void", "/.well-known/api-catalog",
    "/.well-known/resourcesync", "/sources.json", "/nothing-here",
)  # fmt: skip
MOST = 250
_WHOLE = re.compile(r"https?://learn\.example[^\s\"'<>\\{},;)\]]*")
_LINKS = re.compile(r"""\s(?:href|src|action|formaction|srcset)\s*=\s*["']([^"']*)["']""")


@pytest.fixture
def site(tmp_path: Path) -> Api:
    made = Api(tmp_path, site=SiteSection(base_url=BASE))
    curator = made.person("curator")
    for title in ("Breuken", "Water", "Élèves"):
        curator.created(title, "?as=published")
    made.publish()
    made.index()
    return made


def named_in(answer: TestResponse, at: str) -> set[str]:
    """Every address of this host that an answer names, whole."""
    text = answer.get_data(as_text=True).replace("&amp;", "&")
    found = set(_WHOLE.findall(text))
    if answer.mimetype == "text/html":
        found |= {urljoin(at, link) for link in _LINKS.findall(text) if not link.startswith(("#", "mailto:"))}
    for name in ("Location", "Content-Location"):
        if name in answer.headers:
            found.add(urljoin(at, answer.headers[name]))
    found |= {urljoin(at, link) for link in re.findall(r"<([^>]*)>", answer.headers.get("Link", ""))}
    return {one.partition("#")[0].rstrip(".") for one in found if urlsplit(one).netloc == "learn.example"}


@pytest.mark.parametrize("stripped", [True, False], ids=["a proxy that strips", "a proxy that does not"])
def test_no_link_leads_outside_of_the_path(site: Api, stripped: bool) -> None:
    client = site.app.test_client()
    waiting = deque(BASE + start for start in STARTS)
    seen = set(waiting)
    outside: set[tuple[str, str]] = set()
    dead: set[tuple[str, int]] = set()
    come_from: dict[str, str] = {}
    taken = 0
    while waiting and taken < MOST:
        at = waiting.popleft()
        taken += 1
        parts = urlsplit(at)
        path = parts.path.removeprefix("/oer") or "/" if stripped else parts.path
        accept = "text/html" if "/oai" in at or "/doc/" in at else "*/*"
        answer = client.get(unquote(path), query_string=parts.query, headers={"Accept": accept})
        if answer.status_code in {400, 404, 500} and "nothing-here" not in at:  # 401 and 405: there, but not for this
            dead.add((at, answer.status_code))
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert "Path=/oer" in cookie
        named = named_in(answer, at)
        answer.close()
        for one in named:
            if not (one == BASE or one.startswith((f"{BASE}/", f"{BASE}?"))):
                outside.add((at, one))
            elif one not in seen:
                seen.add(one)
                come_from[one] = at
                waiting.append(one)
    assert outside == set()
    assert {(at, status, come_from.get(at)) for at, status in dead if not _is_no_page(at)} == set()
    assert taken > 100


def _is_no_page(at: str) -> bool:
    """Addresses that name and are not asked for: templates, prefixes of names, what this site has none of."""
    return at.endswith(("/dumps/latest", "/latest.nq", "/latest.jsonl", "/api/v1", "/oer/id/resource/")) or "/id/" in at


def test_the_home_page_names_its_files_and_forms_below_the_path(site: Api) -> None:
    page = site.app.test_client().get("/oer/").get_data(as_text=True)

    assert 'href="/oer/look/site.' in page
    assert 'action="/oer/search"' in page
    assert 'src="/oer/look/suggest.' in page


def test_the_language_is_remembered_below_the_path_only(site: Api) -> None:
    answer = site.app.test_client().get("/oer/?lang=fr")

    assert "Path=/oer" in answer.headers["Set-Cookie"]


def test_redirects_stay_below_the_path(site: Api) -> None:
    (record,) = site.app.test_client().get("/oer/api/v1/records?after=0&limit=1").json["items"]  # type: ignore[index]

    answer = site.app.test_client().get(f"/oer/id/resource/{record['id']}")

    assert answer.headers["Location"] == f"{BASE}/doc/resource/{record['id']}"
    assert site.app.test_client().get("/oer/oai/build.html?verb=Identify").headers["Location"].startswith("/oer/oai?")


def test_the_explorer_is_below_the_path_compressed_too(site: Api) -> None:
    answer = site.app.test_client().get("/oer/oai", headers={"Accept": "text/html", "Accept-Encoding": "gzip"})

    page = gzip.decompress(answer.data).decode()
    assert 'href="/oer/"' in page
    assert "/oer/static/" in page
    assert "/oer/oer" not in page


def test_robots_and_openapi_name_the_path(site: Api) -> None:
    client = site.app.test_client()

    assert "Disallow: /oer/desk/" in client.get("/oer/robots.txt").text
    assert client.get("/oer/api/openapi.json").json["servers"] == [{"url": f"{BASE}/api/v1"}]  # type: ignore[index]


def test_what_is_outside_of_the_path_is_only_what_a_stripping_proxy_asks_for(site: Api) -> None:
    assert site.app.test_client().get("/oerbron").status_code == 404


@pytest.mark.parametrize("path", ["/oai", "/search/x", "/static"])
def test_a_path_that_is_one_of_our_own_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigError, match="may not begin with"):
        Api(tmp_path, site=SiteSection(base_url=HOST + path))


def test_at_the_root_of_a_host_nothing_is_in_the_way(tmp_path: Path) -> None:
    made = Api(tmp_path)

    assert 'href="/search"' in made.app.test_client().get("/").text
    assert not isinstance(made.app.wsgi_app, Below)
