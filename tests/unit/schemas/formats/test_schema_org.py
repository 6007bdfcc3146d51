"""schema.org beyond AMB: what pages and catalogues say has a place in LOM, and each change is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas import record as records
from schemas.formats.format import Delivery, Reading
from schemas.formats.incoming.incoming import Incoming, deliveries
from schemas.vocabularies.vocabularies import shipped

CC_BY = "https://creativecommons.org/licenses/by/4.0/"


def found(document: Any) -> list[Delivery]:
    return list(deliveries(json.dumps(document).encode(), Incoming("x", vocabularies=shipped())))


def reading(kind: str | list[str] = "LearningResource", **said: Any) -> Reading:
    plain = {"@context": "https://schema.org", "@type": kind, "@id": "https://example.org/r", "name": "T"}
    (one,) = found(plain | said)
    assert one.reading is not None, one.problems
    return one.reading


def tree(kind: str | list[str] = "LearningResource", **said: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(records.to_json(reading(kind, **said).record))
    return told


def values(strings: Any) -> list[str]:
    return [one["value"] for one in strings or ()]


@pytest.mark.parametrize(
    ("language", "tags"),
    [
        ({"@type": "Language", "name": "English", "alternateName": "en"}, ["en"]),
        ({"@type": "Language", "name": "Dutch"}, ["nl"]),
        ([{"@type": "Language", "alternateName": "de"}, {"@type": "Language", "name": "French"}], ["de", "fr"]),
        ({"@id": "http://publications.europa.eu/resource/authority/language/NLD"}, ["nl"]),
        ({"@value": "pt-BR"}, ["pt-BR"]),
        ({"@type": "Language", "name": "Klingonish"}, ["Klingonish"]),
        ("nl", ["nl"]),
    ],
)
def test_a_language_may_be_an_object(language: Any, tags: list[str]) -> None:
    assert tree(inLanguage=language)["general"]["language"] == tags


def test_version_and_status_are_of_the_life_cycle() -> None:
    cycle = tree(version=1.2, creativeWorkStatus={"@type": "DefinedTerm", "name": "final"})["lifeCycle"]

    assert values(cycle["version"]) == ["1.2"]
    assert cycle["status"]["value"] == "final"
    assert cycle["status"]["uri"].endswith("/final")


@pytest.mark.parametrize(
    ("said", "coverage"),
    [
        ({"spatialCoverage": "Vlaanderen"}, ["Vlaanderen"]),
        (
            {"spatialCoverage": [{"@type": "Place", "name": "Gent"}, {"@type": "Country", "name": "France"}]},
            ["Gent", "France"],
        ),
        (
            {"spatialCoverage": {"@type": "Place", "address": {"addressLocality": "Gent", "addressCountry": "BE"}}},
            ["Gent, BE"],
        ),
        ({"temporalCoverage": "1914/1918"}, ["1914/1918"]),
    ],
)
def test_coverage_is_a_place_or_a_time(said: dict[str, Any], coverage: list[str]) -> None:
    assert [values(one)[0] for one in tree(**said)["general"]["coverage"]] == coverage


def test_what_may_be_done_and_whose_it_is_are_rights_the_licence_first() -> None:
    rights = tree(
        license=CC_BY,
        usageInfo="https://example.org/terms",
        copyrightHolder={"name": "De Bron"},
        copyrightYear=2021,
        copyrightNotice="All of it",
    )["rights"]

    assert values(rights["description"]) == [CC_BY, "https://example.org/terms", "All of it", "© 2021 De Bron"]


def test_the_address_of_the_use_rights_is_the_licence() -> None:
    assert values(tree(useRightsUrl=CC_BY)["rights"]["description"]) == [CC_BY]


def test_accessibility_is_a_classification_of_its_own() -> None:
    (found,) = tree(
        accessibilityFeature=["captions", "transcript"],
        accessMode="textual,visual",
        accessibilitySummary="Has captions",
    )["classification"]

    assert found["purpose"]["value"] == "accessibility restrictions"
    taxa = [(values(p["source"])[0], values(p["taxon"][0]["entry"])[0]) for p in found["taxonPath"]]
    assert taxa == [
        ("https://schema.org/accessibilityFeature", "captions"),
        ("https://schema.org/accessibilityFeature", "transcript"),
        ("https://schema.org/accessMode", "textual"),
        ("https://schema.org/accessMode", "visual"),
    ]
    assert values(found["description"]) == ["Has captions"]


def test_numbers_are_identifiers_and_do_not_make_it_another_record() -> None:
    (one,) = found(
        {
            "@context": "https://schema.org",
            "@type": "Book",
            "@id": "https://example.org/b",
            "name": "T",
            "isbn": "978-90-01-86543-1",
            "sameAs": "https://doi.org/10.1/x",
        }
    )

    assert one.reading is not None
    assert one.reading.record.general is not None
    told = [(i.catalog, i.entry) for i in one.reading.record.general.identifier]
    assert told == [("ISBN", "978-90-01-86543-1"), ("URI", "https://doi.org/10.1/x")]
    assert one.identifier == "https://example.org/b"


def test_an_identifier_of_its_own_still_names_the_record() -> None:
    (one,) = found(
        {
            "@context": "https://schema.org",
            "@type": "Book",
            "@id": "https://example.org/b",
            "name": "T",
            "identifier": "b-7",
            "isbn": "9789001865431",
        }
    )

    assert one.identifier is None


def test_a_video_is_its_own_file() -> None:
    video = tree(
        "VideoObject",
        contentUrl="https://example.org/v.mp4",
        embedUrl="https://example.org/e",
        encodingFormat="video/mp4",
        thumbnailUrl=["https://example.org/t.jpg"],
        uploadDate="2020-01-02",
    )

    assert [(one["url"], one["role"]) for one in video["files"]] == [
        ("https://example.org/v.mp4", "download"),
        ("https://example.org/e", "embed"),
    ]
    assert video["relation"][0]["kind"]["value"] == "hasthumbnail"
    assert video["lifeCycle"]["contribute"][0]["date"]["raw"] == "2020-01-02"


def test_what_is_said_of_the_instance_of_a_course_is_said_of_the_course() -> None:
    instance = {
        "@type": "CourseInstance",
        "courseWorkload": "PT22H",
        "inLanguage": "nl",
        "instructor": {"@type": "Person", "name": "Ann Lee"},
    }
    course = tree(
        "Course",
        hasCourseInstance=instance,
        courseCode="F300",
        coursePrerequisites="Maths",
        offers={"@type": "Offer", "price": "0", "priceCurrency": "EUR"},
    )

    assert course["general"]["language"] == ["nl"]
    assert course["educational"][0]["typicalLearningTime"]["raw"] == "PT22H"
    assert course["lifeCycle"]["contribute"][0]["entity"][0]["fn"] == "Ann Lee"
    assert course["rights"]["cost"]["value"] == "no"
    assert course["general"]["identifier"][0] == {"catalog": "courseCode", "entry": "F300"}


@pytest.mark.parametrize(("price", "cost"), [("0", "no"), (0, "no"), ("0,00", "no"), ("49.00", "yes")])
def test_an_offer_says_whether_it_costs_anything(price: Any, cost: str) -> None:
    assert tree("Course", offers=[{"@type": "Offer", "price": price}])["rights"]["cost"]["value"] == cost


def test_an_offer_without_a_price_says_nothing() -> None:
    assert "rights" not in tree("Course", offers={"@type": "Offer", "priceCurrency": "EUR"})


def test_the_ages_of_an_audience_are_an_age_range() -> None:
    audience = {"@type": "PeopleAudience", "suggestedMinAge": 6, "suggestedMaxAge": 8}

    assert values(tree(audience=audience)["educational"][0]["typicalAgeRange"][0]) == ["6-8"]


def test_relations_have_their_kinds_and_reviews_are_annotations() -> None:
    said = tree(
        citation="https://example.org/c",
        exampleOfWork={"@id": "https://example.org/w"},
        review={"@type": "Review", "author": {"@type": "Person", "name": "R. Ev"}, "reviewBody": "Good"},
    )

    assert [one["kind"]["value"] for one in said["relation"]] == ["references", "isversionof"]
    assert values(said["annotation"][0]["description"]) == ["Good"]


def test_a_list_of_courses_is_their_records_and_a_page_is_what_it_is_about() -> None:
    item = {"@type": "Course", "url": "https://example.org/1", "name": "C1"}
    listed = found(
        {
            "@context": "https://schema.org",
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "item": item},
                {"@type": "ListItem", "item": {**item, "url": "https://example.org/2"}},
            ],
        }
    )
    (page,) = found(
        {
            "@context": "https://schema.org",
            "@type": "WebPage",
            "url": "https://example.org/p",
            "mainEntity": {"@type": "Course", "name": "C"},
        }
    )

    assert len(listed) == 2
    assert page.reading is not None
    assert page.reading.record.technical is not None
    assert page.reading.record.technical.location == ("https://example.org/p",)


def test_an_address_that_was_escaped_is_unescaped_once_and_told() -> None:
    told = reading(url="https://example.org/?a=1&amp;b=2&amp;amp;c=3")

    assert told.record.technical is not None
    assert told.record.technical.location == ("https://example.org/?a=1&b=2&amp;c=3",)
    assert ("url", "escaped_address") in [(one.path, one.rule) for one in told.repairs]


def test_every_change_is_told() -> None:
    rules = {
        (one.path, one.rule) for one in reading(inLanguage={"name": "Dutch"}, headline="x", genre="Biology").repairs
    }

    assert {("inLanguage", "language_object"), ("keywords", "renamed")} <= rules


def test_what_has_no_place_is_told_as_a_note() -> None:
    assert ("numberOfPages", "unmapped_property") in [(p.path, p.code) for p in reading(numberOfPages=7).problems]
