"""H5P, SCORM without LOM, MOOChub and search answers: frames and packages that people exchange."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.formats.format import Delivery
from schemas.formats.incoming.incoming import Incoming, deliveries
from schemas.summary.summary import Summary, summarise
from schemas.vocabularies.vocabularies import shipped
from tests.unit.schemas.formats.test_archive import a_zip

CC = "https://creativecommons.org"
H5P = {
    "title": "Kaarten",
    "mainLibrary": "H5P.Flashcards",
    "language": "nl",
    "license": "CC BY-SA",
    "licenseVersion": "4.0",
    "authors": [{"name": "An P", "role": "Author"}, {"name": "Ed E", "role": "Editor"}],
    "source": "https://example.org/source",
    "yearFrom": "2019",
    "licenseExtras": "<p>Made with care</p>",
    "metaDescription": "d",
    "metaKeywords": "a, b",
}
AMB = {
    "@context": ["https://w3id.org/kim/amb/context.jsonld", {"@language": "de"}],
    "id": "https://example.org/amb",
    "type": ["LearningResource"],
    "name": "AMB",
}


def found(data: Any) -> list[Delivery]:
    source = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(deliveries(source, Incoming("x", vocabularies=shipped())))


def only(data: Any) -> Delivery:
    (one,) = found(data)
    assert one.reading is not None, one.problems
    return one


def summary(data: Any) -> Summary:
    reading = only(data).reading
    assert reading is not None
    return summarise(reading.record, shipped())


def an_h5p(folder: str = "", **said: Any) -> bytes:
    told = {key: value for key, value in (H5P | said).items() if value is not None}
    return a_zip((f"{folder}h5p.json", json.dumps(told).encode()), (f"{folder}content/content.json", b"{}"))


@pytest.mark.parametrize("folder", ["", "kaarten/"])
def test_an_h5p_package_is_a_record(folder: str) -> None:
    one = only(an_h5p(folder))
    told = summary(an_h5p(folder))

    assert one.format == "h5p"
    assert (told.title, told.language, told.url) == ("Kaarten", ("nl",), "https://example.org/source")
    assert [one.name for one in told.contributors] == ["An P", "Ed E"]
    assert told.keywords == ("a", "b")
    assert told.license is not None
    assert told.license.uri == f"{CC}/licenses/by-sa/4.0/"
    assert told.license.statement == "Made with care"


@pytest.mark.parametrize(
    ("licence", "version", "uri"),
    [
        ("CC BY", "4.0", f"{CC}/licenses/by/4.0/"),
        ("CC BY-NC-ND", "3.0", f"{CC}/licenses/by-nc-nd/3.0/"),
        ("CC0 1.0", None, f"{CC}/publicdomain/zero/1.0/"),
        ("CC PDM", None, f"{CC}/publicdomain/mark/1.0/"),
        ("PD", "CC0 1.0", f"{CC}/publicdomain/zero/1.0/"),
        ("ODC PDDL", None, None),
        ("C", None, None),
        ("U", None, None),
    ],
)
def test_the_licence_of_an_h5p_is_told_in_two_parts(licence: str, version: str | None, uri: str | None) -> None:
    told = summary(an_h5p(license=licence, licenseVersion=version, licenseExtras=None)).license

    assert (told.uri if told else None) == uri
    assert told is None or told.open == (uri is not None and "nc" not in uri)


def test_an_h5p_without_a_source_has_a_name_and_a_bare_definition_is_read_too() -> None:
    assert only(an_h5p(source=None)).identifier == "h5p:H5P.Flashcards:Kaarten"
    assert summary(H5P).title == "Kaarten"


def test_packages_in_an_archive_are_opened_and_other_archives_in_one_are_not() -> None:
    both = found(a_zip(("a.h5p", an_h5p()), ("b/b.h5p", an_h5p(title="B", source="https://example.org/b"))))
    (nested,) = found(a_zip(("inner.zip", a_zip(("x.txt", b"x")))))

    assert [one.place for one in both] == ["a.h5p", "b/b.h5p"]
    assert nested.problems[0].code == "nested_archive"


IMSCP = "http://www.imsglobal.org/xsd/imscp_v1p1"
ONE = '<organization identifier="O1"><title>Les</title><item><title>Deel 1</title></item></organization>'

TWO = '<organization identifier="O2"><title>Twee</title></organization>'
ITEM = "<organization><item><title>Week 1</title></item></organization>"


def a_scorm(organisations: str, metadata: str = "<metadata><schema>ADL SCORM</schema></metadata>") -> bytes:
    manifest = f'<manifest identifier="M" xmlns="{IMSCP}">{metadata}{organisations}<resources/></manifest>'
    return a_zip(("imsmanifest.xml", manifest.encode()))


@pytest.mark.parametrize(
    ("organisations", "metadata", "title"),
    [
        (f"<organizations>{ONE}</organizations>", "", "Les"),
        (f"<organizations>{ONE}</organizations>", "<metadata><schema>ADL SCORM</schema></metadata>", "Les"),
        (f'<organizations default="O2">{ONE}{TWO}</organizations>', "<metadata/>", "Twee"),
        (f"<organizations>{ITEM}</organizations>", "", "Week 1"),
        (
            f"<organizations>{ONE}</organizations>",
            '<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><language>nl</language></general></lom></metadata>',
            "Les",
        ),
        (
            f"<organizations>{ONE}</organizations>",
            '<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string>Eigen</string></title></general>'
            "</lom></metadata>",
            "Eigen",
        ),
        (
            f"<organizations>{ONE}</organizations>",
            '<metadata><adlcp:location xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3">lost.xml</adlcp:location></metadata>',
            "Les",
        ),
    ],
)
def test_a_package_without_a_title_has_that_of_its_organisation(organisations: str, metadata: str, title: str) -> None:
    one = only(a_scorm(organisations, metadata))

    assert summary(a_scorm(organisations, metadata)).title == title
    assert one.reading is not None
    assert ("organisation_title" in {r.rule for r in one.reading.repairs}) == (title != "Eigen")


def test_a_package_that_says_nothing_is_one_reject() -> None:
    (one,) = found(a_scorm("<organizations/>"))

    assert one.problems[0].code == "no_metadata"


V2 = {
    "name": "Kurs",
    "url": "https://example.org/k",
    "courseMode": "MOOC",
    "languages": ["de", "en"],
    "abstract": "ab",
    "productImageUrl": "https://example.org/i.png",
    "moocProvider": {"name": "Prov"},
    "instructors": [{"name": "Ina I"}],
    "courseLicenses": [{"id": "CC-BY-4.0", "url": f"{CC}/licenses/by/4.0/"}],
    "startDate": "2020-01-01",
    "workload": "3 h",
}
V3 = {
    "name": "Kurs",
    "url": "https://example.org/k",
    "inLanguage": ["de"],
    "description": "d",
    "keywords": ["a"],
    "license": [{"identifier": "CC-BY-SA-4.0", "url": f"{CC}/licenses/by-sa/4.0/"}],
    "creator": [{"type": "Person", "name": "Cre A"}],
    "image": {"contentUrl": "https://example.org/i.png"},
    "educationalAlignment": [
        {
            "type": "educationalSubject",
            "shortCode": "71",
            "targetUrl": "https://w3id.org/kim/hochschulfaechersystematik/n71",
            "name": [{"inLanguage": "de", "name": "Informatik"}],
        }
    ],
}


def a_moochub(attributes: dict[str, Any], kind: str = "courses") -> dict[str, Any]:
    return {"links": {"self": "https://example.org"}, "data": [{"type": kind, "id": "1", "attributes": attributes}]}


def test_a_course_of_moochub_two_and_three_is_a_record() -> None:
    two, three = summary(a_moochub(V2)), summary(a_moochub(V3, "Course"))

    assert (two.title, two.url, two.language, two.thumbnail) == (
        "Kurs",
        "https://example.org/k",
        ("de", "en"),
        "https://example.org/i.png",
    )
    assert two.license is not None
    assert three.license is not None
    assert (two.license.uri, three.license.uri) == (f"{CC}/licenses/by/4.0/", f"{CC}/licenses/by-sa/4.0/")
    assert [one.name for one in three.contributors] == ["Cre A"]
    assert two.description == "ab"
    assert three.subjects[0].id == "https://w3id.org/oerbron/subject/computer-science" or three.subjects


def a_hit(source: dict[str, Any], id_: str = "1") -> dict[str, Any]:
    return {"_index": "oer_data", "_id": id_, "_score": 1.0, "_source": source}


@pytest.mark.parametrize(
    "answer",
    [
        {"took": 3, "hits": {"total": {"value": 1}, "hits": [a_hit(AMB)]}},
        {"hits": {"hits": [a_hit({key: value for key, value in AMB.items() if key != "@context"})]}},
        {"took": 1, "responses": [{"hits": {"hits": [a_hit(AMB)]}}]},
        a_hit(AMB),
        [a_hit(AMB)],
        {"total": 1, "results": [AMB]},
        {"@context": "http://www.w3.org/ns/hydra/context.jsonld", "totalItems": 1, "member": [AMB]},
        {"took": 3, "hits": {"hits": [a_hit(AMB)]}, "aggregations": {"license": {"buckets": []}}},
    ],
)
def test_a_search_answer_gives_its_hits(answer: Any) -> None:
    assert summary(answer).title == "AMB"


@pytest.mark.parametrize("answer", [{"took": 3, "hits": {"hits": []}}, {"links": {}, "data": []}, {"results": []}])
def test_an_answer_without_hits_is_one_reject(answer: Any) -> None:
    (one,) = found(answer)

    assert one.problems[0].code == "no_records"


def test_an_entry_of_an_unknown_kind_is_a_reject_and_the_others_go_on() -> None:
    first, second = found({"took": 3, "hits": {"hits": [a_hit({"x": 1}), a_hit(AMB, "2")]}})

    assert first.reading is None
    assert second.reading is not None
