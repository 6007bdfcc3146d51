"""What every public page says of itself to machines; titles keep their language; a language is changed without loss."""

from __future__ import annotations

import re

import msgspec
import pytest
from lxml import html

from tests.flow.test_search_api import a_lesson
from tests.support.api import Api, Caller

EN = {"Accept-Language": "en"}
PUBLIC = ("/", "/about", "/subjects", "/levels", "/subjects/fractions", "/subjects/fractions?level=primary",
          "/sources", "/organisations", "/collections", "/statistics", "/harvest", "/api")  # fmt: skip


def head(api: Api, path: str) -> html.HtmlElement:
    return html.fromstring(api.anybody.get(path, headers=EN | {"Accept": "text/html"}).data).find("head")


def meta(found: html.HtmlElement, name: str) -> list[str]:
    return [str(each) for each in found.xpath(f"meta[@name='{name}' or @property='{name}']/@content")]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_has_one_address_one_description_and_its_title_for_others(
    api: Api, curator: Caller, path: str
) -> None:
    curator.created(a_lesson("Breuken", "fractions"), "?as=published")
    api.publish()
    api.index()
    found = head(api, path)

    assert found.xpath("link[@rel='canonical']/@href") == [f"http://repository.example{path}"]
    assert [bool(each) for each in meta(found, "description")] == [True]
    assert meta(found, "og:title") == [found.findtext("title").removesuffix(" · OERbron")]
    assert meta(found, "og:url") == [f"http://repository.example{path}"]


def test_a_page_names_its_languages_where_its_address_is_its_own(api: Api) -> None:
    found = head(api, "/about?lang=fr").xpath("link[@hreflang]")
    tongues = {each.get("hreflang"): each.get("href") for each in found}

    assert tongues["x-default"] == "http://repository.example/about"
    assert tongues["fr"] == "http://repository.example/about?lang=fr"
    assert set(tongues) == {"nl", "en", "fr", "de", "x-default"}


@pytest.mark.parametrize("path", ["/nowhere", "/search?q=breuken", "/contact", "/login"])
def test_what_is_not_for_others_has_no_address_for_them(api: Api, path: str) -> None:
    api.index()
    found = head(api, path)

    assert found.xpath("link[@rel='canonical' or @hreflang]") == []
    assert "noindex" in meta(found, "robots")[0]


def test_a_description_is_text_whatever_it_holds(api: Api, curator: Caller) -> None:
    uuid = curator.created(a_lesson('A "quoted" & <b>', "fractions", text="\"><script>x</script> 'y"), "?as=published")
    api.publish()
    page = api.anybody.get(f"/doc/resource/{uuid}.html", headers=EN)

    assert "<script>x" not in page.text
    assert meta(html.fromstring(page.data).find("head"), "og:title")[0].startswith('A "quoted" &')


def test_the_home_page_tells_machines_how_to_search(api: Api) -> None:
    told = msgspec.json.decode(str(head(api, "/").xpath("string(script[@type='application/ld+json'])")))

    assert told["potentialAction"]["target"]["urlTemplate"] == "http://repository.example/search?q={words}"


def test_a_title_keeps_its_language_and_a_badge_has_the_readers(api: Api, curator: Caller) -> None:
    uuid = curator.created(a_lesson("Breuken", "fractions"), "?as=published")
    api.publish()
    api.index()
    french = {"Accept-Language": "fr"}
    record = html.fromstring(api.anybody.get(f"/doc/resource/{uuid}.html", headers=french).data)
    home = html.fromstring(api.anybody.get("/", headers=french).data)

    assert record.get("lang") == home.get("lang") == "fr"
    assert record.xpath("//h1/@lang") == ["nl"]
    assert home.xpath("//li[contains(@class,'card')]//a[text()='Breuken']/@lang") == ["nl"]
    assert "Fractions" in [a.text_content().strip() for a in record.xpath("//dd//a[not(@lang)]")]


def test_another_language_on_an_error_page_keeps_what_was_typed_and_sends_nothing(api: Api) -> None:
    client = api.app.test_client()
    first = html.fromstring(client.get("/contact", headers=EN).data)
    hidden = {
        each.get("name"): each.get("value") for each in first.xpath("//form[@method='post']//input[@type='hidden']")
    }
    typed = hidden | {"email": "no address", "message": 'Mine "own" <words>'}
    wrong = client.post("/contact", data=typed, headers=EN)
    page = html.fromstring(wrong.data)
    button = page.xpath("//nav[contains(@class,'tongues')]//button[@lang='fr']")[0]

    assert wrong.status_code == 422
    assert page.xpath(f"//form[@id='{button.get('form')}']")
    api.clock.pass_(60)
    other = client.post(
        f"/contact{button.get('formaction')}",
        data=typed | {"email": "me@example.org", button.get("name"): button.get("value")},
        headers=EN,
    )
    french = html.fromstring(other.data)

    assert french.get("lang") == "fr"
    assert french.xpath("//input[@name='email']/@value") == ["me@example.org"]
    assert french.xpath("string(//textarea)").strip() == 'Mine "own" <words>'
    assert not re.search(r"/requests/\w{8}", other.text)  # there is no receipt: nothing was sent
