"""Searching over the API: parameters, facets, cursors, suggestions, what is alike, and what never is found."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.record import (
    Classification,
    Educational,
    General,
    Identifier,
    LangString,
    Record,
    Rights,
    Taxon,
    TaxonPath,
    Technical,
    Vocabulary,
)
from tests.support.api import Api, Caller, body_of, codes_of
from tests.support.factories import a_record

SUBJECT = "https://w3id.org/oerbron/subject/"
SEARCH = "/api/v1/search"


def a_lesson(title: str, *subjects: str, lang: str = "nl", text: str = "", age: str = "", by: bool = True) -> Record:
    """A record with a title, subjects, a description, an age and an open licence or none."""
    paths = tuple(TaxonPath(taxon=(Taxon(SUBJECT + one),)) for one in subjects)
    licence = (LangString("en", "https://creativecommons.org/licenses/by/4.0/"),)
    return Record(
        general=General(
            title=(LangString(lang, title),),
            language=(lang,),
            description=((LangString(lang, text),),) if text else (),
        ),
        technical=Technical(location=(f"https://example.org/{quote(title)}",)),
        educational=(Educational(typical_age_range=((LangString(lang, age),),)),) if age else (),
        rights=Rights(description=licence) if by else None,
        classification=(Classification(purpose=Vocabulary("LOMv1.0", "discipline"), taxon_path=paths),)
        if paths
        else (),
    )


def search(api: Api, **parameters: Any) -> dict[str, Any]:
    response = api.anybody.get(f"{SEARCH}?{urlencode(parameters, doseq=True)}")
    assert response.status_code == 200, response.text
    return body_of(response)


def titles(found: dict[str, Any]) -> list[str]:
    return [each["summary"]["title"] for each in found["items"]]


@pytest.fixture
def filled(api: Api, curator: Caller) -> Api:
    for lesson in (
        a_lesson("Breuken", "fractions", age="8-10"),
        a_lesson("Breuken oefenen", "fractions", text="Een <i>werkblad</i> met breuken & sommen", age="10-12"),
        a_lesson("Vergelijkingen", "equations", by=False),
        a_lesson("Photosynthesis", "biology", lang="en", text="plants and light"),
    ):
        curator.created(lesson, "?as=published")
    api.publish()
    api.index()
    return api


def test_a_search_answers_as_the_contract_says(filled: Api) -> None:
    found = search(filled, q="breuken", facets="subject,open", highlight="true")

    assert set(found) == {"total", "as_of", "took_ms", "items", "facets", "did_you_mean", "cursor"}
    assert titles(found) == ["Breuken", "Breuken oefenen"]
    assert (found["total"], found["cursor"], found["did_you_mean"]) == (2, None, None)
    item = found["items"][1]
    assert set(item) == {"id", "url", "score", "summary", "highlights"}
    assert item["highlights"]["title"] == ["<mark>Breuken</mark> oefenen"]
    assert item["highlights"]["description"] == ["Een werkblad met <mark>breuken</mark> &amp; sommen"]
    (mathematics,) = found["facets"]["subject"]
    assert (mathematics["value"], mathematics["label"], mathematics["count"]) == (
        SUBJECT + "mathematics",
        "Wiskunde",
        2,
    )
    assert mathematics["children"][0]["children"][0]["value"] == SUBJECT + "fractions"
    assert [(each["value"], each["count"]) for each in found["facets"]["open"]] == [("true", 2)]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"subject": SUBJECT + "mathematics"}, {"Breuken", "Breuken oefenen", "Vergelijkingen"}),
        ({"subject": [SUBJECT + "biology", SUBJECT + "equations"]}, {"Photosynthesis", "Vergelijkingen"}),
        ({"open": "false"}, {"Vergelijkingen"}),
        ({"language": "en"}, {"Photosynthesis"}),
        ({"age": "9"}, {"Breuken"}),
        ({"age": "10-11", "q": "breuken"}, {"Breuken", "Breuken oefenen"}),
        ({"license": "https://creativecommons.org/licenses/by/4.0/", "language": "en"}, {"Photosynthesis"}),
        ({"until": "2020"}, set()),
        ({"from": "2020"}, {"Breuken", "Breuken oefenen", "Vergelijkingen", "Photosynthesis"}),
        ({"q": "🎉"}, set()),
    ],
)
def test_filters_are_joined_by_and_their_values_by_or(
    filled: Api, parameters: dict[str, Any], expected: set[str]
) -> None:
    assert set(titles(search(filled, **parameters))) == expected


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("sort=best", "sort"), ("age=oud", "age"), ("facets=colour", "facets"), ("colour=red", "colour"),
        ("size=101", "size"), ("size=x", "size"), ("open=perhaps", "open"), ("from=soon", "from"), ("q=a&q=b", "q"),
        ("cursor=abc", "cursor"), ("cursor=%F0%9F%8E%89", "cursor"), ("highlight=1", "highlight"), ("lang=%3C", "lang"),
        ("prefer=nobody", "prefer"), ("prefer=", "prefer"),
        (f"q={'x' * 1025}", "q"), ("subject=", "subject"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_by_its_name(filled: Api, query: str, name: str) -> None:
    response = filled.anybody.get(f"{SEARCH}?{query}")

    assert response.status_code == 400
    assert name in [path for path, _ in codes_of(response)]


def test_a_cursor_walks_through_all_and_belongs_to_its_search(filled: Api) -> None:
    seen: list[str] = []
    found = search(filled, size=1, sort="title")
    while True:
        seen += titles(found)
        if found["cursor"] is None:
            break
        assert found["total"] == 4
        found = search(filled, size=1, sort="title", cursor=found["cursor"])
    other = search(filled, size=1, sort="title")["cursor"]

    assert seen == ["Breuken", "Breuken oefenen", "Photosynthesis", "Vergelijkingen"]
    assert filled.anybody.get(f"{SEARCH}?sort=newest&cursor={other}").status_code == 400
    assert filled.anybody.get(f"{SEARCH}?sort=title&cursor={other[:-2]}AA").status_code == 400


def test_a_misspelt_word_is_told_and_a_known_one_is_not(filled: Api) -> None:
    assert search(filled, q="brueken oefenen")["did_you_mean"] == "breuken oefenen"
    assert titles(search(filled, q="brueken oefenen")) == ["Breuken oefenen"]
    assert search(filled, q="breuk")["did_you_mean"] is None
    assert search(filled, q="zzzzzz")["did_you_mean"] is None


def test_labels_come_in_the_language_asked_for(filled: Api) -> None:
    asked = search(filled, q="photosynthesis", facets="subject", lang="fr")
    preferred = filled.anybody.get(f"{SEARCH}?q=photosynthesis&facets=subject", headers={"Accept-Language": "fr"})

    assert asked["facets"]["subject"][0]["label"] == "Sciences naturelles"
    assert body_of(preferred)["facets"] == asked["facets"]


def test_suggestions_are_concepts_and_titles(filled: Api) -> None:
    found = body_of(filled.anybody.get("/api/v1/suggest?q=breu"))["suggestions"]

    assert found[0] == {
        "text": "Breuken", "kind": "concept", "value": SUBJECT + "fractions", "matched": "Breuken", "count": 2,
    }  # fmt: skip
    assert [each["text"] for each in found if each["kind"] == "title"] == ["Breuken oefenen"]
    assert body_of(filled.anybody.get("/api/v1/suggest?q=oef"))["suggestions"][0]["text"] == "Breuken oefenen"
    assert body_of(filled.anybody.get("/api/v1/suggest"))["suggestions"] == []


def test_what_is_alike_shares_a_subject_and_is_not_itself(filled: Api) -> None:
    first = search(filled, q='"breuken"', sort="title")["items"][0]["id"]
    found = body_of(filled.anybody.get(f"{first}/similar"))

    assert titles(found)[0] == "Breuken oefenen"
    assert first not in [each["id"] for each in found["items"]]
    assert filled.anybody.get("00000000-0000-4000-8000-000000000000/similar").status_code == 404


def test_what_is_withdrawn_changed_or_never_public_is_not_found(api: Api, curator: Caller) -> None:
    gone, changed = (api.published(curator, a_record(title)) for title in ("Verdwenen", "Eerst"))
    curator.created(a_record("Klad geheim"), "?as=draft")
    api.publish()
    api.index()
    assert search(api, q="verdwenen")["total"] == 1
    curator.delete(gone, reason="weg")
    curator.put(changed, 1, a_record("Daarna"), "?as=published")
    api.publish()
    api.index()

    assert search(api, q="verdwenen")["total"] == 0
    assert search(api, q="eerst")["total"] == 0
    assert titles(search(api, q="daarna")) == ["Daarna"]
    assert search(api, q="geheim")["total"] == 0
    assert api.anybody.get(f"{gone}/similar").status_code == 410


def test_what_was_withdrawn_a_moment_ago_is_not_shown_though_the_index_has_it(api: Api, curator: Caller) -> None:
    gone = api.published(curator, a_record("Verdwenen"))
    api.index()
    curator.delete(gone, reason="weg")
    api.publish()

    assert search(api, q="verdwenen")["items"] == []


def test_preferring_to_wait_waits_until_it_is_found(api: Api, curator: Caller) -> None:
    api.clock.pass_(2)
    curator.post("?as=published", json=a_record("Meteen"), headers={"Prefer": "wait=5"})

    assert titles(search(api, q="meteen")) == ["Meteen"]


def test_an_index_that_is_not_made_yet_is_503_on_search_only(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)

    response = api.anybody.get(f"{SEARCH}?q=breuken")
    assert response.status_code == 503
    assert "Retry-After" in response.headers
    assert api.anybody.get(uuid).status_code == 200


def test_the_etag_follows_the_answer_and_not_the_time_it_took(filled: Api) -> None:
    first = filled.anybody.get(f"{SEARCH}?q=breuken")
    again = filled.anybody.get(f"{SEARCH}?q=breuken", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert filled.anybody.get(f"{SEARCH}?q=breuken&lang=de").headers["ETag"] != first.headers["ETag"]
    assert first.headers["Access-Control-Allow-Origin"] == "*"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=40) | st.text('breuken"-:*() OR~\\^', max_size=40))
def test_no_text_is_a_failure(filled: Api, q: str) -> None:
    response = filled.anybody.get(SEARCH, query_string={"q": q.encode("utf-8", "replace"), "facets": "subject"})
    suggested = filled.anybody.get("/api/v1/suggest", query_string={"q": q.encode("utf-8", "replace")})

    assert response.status_code == 200, response.text
    assert suggested.status_code == 200, suggested.text


def test_a_cursor_belongs_to_its_preference(filled: Api) -> None:
    found = search(filled, q="breuken", prefer="nl", size=1)

    assert search(filled, q="breuken", prefer="nl", size=1, cursor=found["cursor"])["cursor"] is None
    response = filled.anybody.get(f"{SEARCH}?q=breuken&prefer=fr&size=1&cursor={found['cursor']}")
    assert response.status_code == 400


def test_the_address_in_the_catalogue_of_apis_names_the_parts(api: Api) -> None:
    linkset = body_of(api.anybody.get("/.well-known/api-catalog"))["linkset"]
    (address,) = [each["anchor"] for each in linkset if each["anchor"].endswith("/api/v1")]
    path = "/api/v1"
    found = body_of(api.anybody.get(path))

    assert address.endswith(path)
    assert set(found) == {"name", "version", "openapi", "catalog", "parts"}
    assert {"records", "search", "suggest", "vocabularies", "validate"} <= {each["name"] for each in found["parts"]}
    assert body_of(api.anybody.get("/api/v1/")) == found
    for part in found["parts"]:
        assert part["url"] == f"{address}/{part['name']}"
        if "GET" in part["methods"]:
            assert api.anybody.get(part["url"].removeprefix("http://repository.example")).status_code != 404
    assert api.anybody.get("/api/v1?colour=red").status_code == 400
    for item in linkset[0]["item"]:
        assert api.anybody.get(item["href"].removeprefix("http://repository.example")).status_code in (200, 303)


def a_level(title: str, *levels: str) -> Record:
    """A record with levels in words, as teachers write them."""
    contexts = tuple(Vocabulary(value=one) for one in levels)
    return Record(
        general=General(title=(LangString("nl", title),), language=("nl",)),
        technical=Technical(location=(f"https://example.org/{quote(title)}",)),
        educational=(Educational(context=contexts),),
    )


@pytest.mark.parametrize(
    "q", ["breuken 5de leerjaar", "breuken vijfde leerjaar", "breuken 5e leerjaar", "breuken L5", "breuken groep 7"]
)
def test_words_for_a_level_find_what_is_tagged_with_it(api: Api, curator: Caller, q: str) -> None:
    curator.created(a_level("Breuken vergelijken", "5e leerjaar"), "?as=published")
    curator.created(a_level("Breuken optellen", "3de leerjaar"), "?as=published")
    api.publish()
    api.index()

    assert titles(search(api, q=q)) == ["Breuken vergelijken"]


def test_levels_stand_in_the_order_of_their_scheme_whatever_their_counts(api: Api, curator: Caller) -> None:
    for n, level in enumerate(
        ("master", "hoger onderwijs", "6de leerjaar", "hoger onderwijs", "kleuter", "1ste leerjaar")
    ):
        curator.created(a_level(f"Les {n}", level), "?as=published")
    api.publish()
    api.index()

    (school, higher) = search(api, facets="level")["facets"]["level"]
    primary = school["children"][1]
    assert [one["label"] for one in school["children"]] == ["Kleuteronderwijs", "Lager onderwijs"]
    assert [one["count"] for one in (school, higher)] == [3, 3]
    assert [one["label"] for one in primary["children"]] == [
        "Eerste graad lager onderwijs",
        "Derde graad lager onderwijs",
    ]


IDENTIFIED = {
    "DOI": (
        "10.1234/AbC.5",
        ("10.1234/abc.5", "doi:10.1234/ABC.5", "http://dx.doi.org/10.1234/abc.5", "doi.org/10.1234/abc.5"),
    ),
    "ISBN": ("978-90-274-3964-2", ("9789027439642", "90-274-3964-8", "ISBN 9027439648", "urn:isbn:9789027439642")),
    "URN": ("urn:nbn:de:101-2019112103", ("URN:NBN:de:101-2019112103", "urn:nbn:de:101-2019112103")),
    "Handle": ("hdl:1887/4531", ("1887/4531", "https://hdl.handle.net/1887/4531")),
    "URI": (
        "http://www.leer.example/les/7/",
        ("https://leer.example/les/7", "www.leer.example/les/7", "leer.example/les/7/"),
    ),
}


@pytest.fixture
def identified(api: Api, curator: Caller) -> Api:
    for catalog, (entry, _) in IDENTIFIED.items():
        record = a_lesson(f"Les met {catalog}")
        assert record.general is not None
        identified = replace(record.general, identifier=(Identifier(catalog, entry),))
        curator.created(replace(record, general=identified), "?as=published")
    curator.created(a_lesson("Over 10.1234 en 978 en 1887 en 4531"), "?as=published")
    api.publish()
    api.index()
    return api


@pytest.mark.parametrize(
    ("catalog", "query"), [(name, q) for name, (_, queries) in IDENTIFIED.items() for q in queries]
)
def test_an_identifier_finds_its_record_in_every_spelling(identified: Api, catalog: str, query: str) -> None:
    assert titles(search(identified, q=query)) == [f"Les met {catalog}"]
    cql = f'dc.identifier="{query}"'
    answer = identified.anybody.get(f"/sru?{urlencode({'query': cql, 'version': '1.2'})}")
    assert "<numberOfRecords>1</numberOfRecords>" in answer.text
    assert f"Les met {catalog}" in answer.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "NL"),
        ("language", "nld"),
        ("license", "http://creativecommons.org/licenses/by/4.0"),
        ("license", "CC BY 4.0"),
        ("subject", "http://w3id.org/oerbron/subject/mathematics/"),
        ("subject", "Wiskunde"),
        ("subject", "http://w3id.org/kim/schulfaecher/s1017"),
        ("open", "TRUE"),
        ("age", "6–8"),
        ("age", "6+"),
    ],
)
def test_a_filter_takes_every_spelling_of_its_value(api: Api, curator: Caller, name: str, value: str) -> None:
    curator.created(a_lesson("Breuken", "mathematics", age="6-8"), "?as=published")
    curator.created(a_lesson("Fractions", lang="fr", by=False), "?as=published")
    api.publish()
    api.index()

    assert titles(search(api, **{name: value})) == ["Breuken"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "klingonisch"), ("license", "vrij"), ("subject", "onzin"), ("level", "https://x.example/level/1"),
        ("type", "onzin"), ("audience", "onzin"), ("format", "onzin"), ("source", "nergens"),
        ("organisation", "niemand"), ("collection", "geen"), ("age", "oud"),
    ],
)  # fmt: skip
def test_a_value_that_means_nothing_is_told_by_its_filter(filled: Api, name: str, value: str) -> None:
    response = filled.anybody.get(f"{SEARCH}?{urlencode({name: value})}")

    assert response.status_code == 400
    assert [problem["path"] for problem in body_of(response)["problems"]] == [name]
