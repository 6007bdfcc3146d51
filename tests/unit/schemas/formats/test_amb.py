"""AMB and schema.org in, AMB out: valid by the official schema, what is mended told, what is lost listed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.errors import Unreadable
from schemas.formats.amb import amb
from schemas.formats.format import Reading
from schemas.record import Classification, Record, Taxon, TaxonPath, Vocabulary
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped
from tests.conftest import Golden
from tests.support.documentation import table
from tests.support.factories import a_record
from tests.support.lom.records import RECORDS
from tests.support.losses import lost
from tests.support.referee import amb_violations
from tests.support.samples import BASE_URL, URL, a_full_record, writing
from tests.support.shared import SHARED, needs_shared

CONTEXT = "https://w3id.org/kim/amb/context.jsonld"


def an_amb(**given: Any) -> bytes:
    """An AMB resource in German with what the profile asks for, and more."""
    plain = {"@context": [CONTEXT, {"@language": "de"}], "id": "https://example.org/oer", "type": ["LearningResource"]}
    return json.dumps(plain | {"name": "Brüche"} | given).encode()


def a_page(**given: Any) -> bytes:
    """A resource as schema.org's pages describe it."""
    plain = {"@context": "https://schema.org", "@type": "Course", "@id": "https://example.org/c", "name": "Course"}
    return json.dumps(plain | given).encode()


def read(source: bytes) -> Reading:
    return amb.read(source, shipped())


def face(record: Record) -> dict[str, Any]:
    written = amb.write(record, writing(record))
    assert written is not None
    found: dict[str, Any] = json.loads(written)
    return found


def told(source: bytes) -> list[tuple[str, str]]:
    return [(one.path, one.rule) for one in read(source).repairs]


def back(**given: Any) -> dict[str, Any]:
    """The properties given as they come back, and how many there were in all."""
    found = face(read(an_amb(**given)).record)
    return {key: found.get(key) for key in given}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("description", "Ein Kurs"),
        ("keywords", ["Mathe", "Brüche, Dezimalzahlen"]),
        ("inLanguage", ["de", "en"]),
        ("image", "https://example.org/picture.png"),
        ("creator", [{"type": "Person", "name": "Ana Silva", "id": "https://orcid.org/0000-0002-1825-0097"}]),
        ("creator", [{"type": "Person", "name": "Ana Silva", "honorificPrefix": "Dr."}]),
        (
            "creator",
            [
                {
                    "type": "Person",
                    "name": "Ana Silva",
                    "affiliation": {"type": "Organization", "name": "TU", "id": "https://ror.org/02y72wh86"},
                }
            ],
        ),
        ("publisher", [{"type": "Organization", "name": "De Bron", "id": "https://example.org/bron"}]),
        ("funder", [{"type": "Organization", "name": "EU"}]),
        ("license", {"id": "https://creativecommons.org/licenses/by-sa/4.0/"}),
        ("license", {"id": "https://opensource.org/licenses/MIT"}),
        ("isAccessibleForFree", False),
        ("dateCreated", "2024-03-05"),
        ("datePublished", "2019-07-02T13:13:13Z"),
        ("duration", "PT10M"),
        ("isPartOf", [{"id": "https://example.org/whole", "name": "Whole"}]),
        ("isBasedOn", [{"id": "https://example.org/original", "name": "Original"}]),
        ("teaches", [{"id": "https://example.org/competency/1", "prefLabel": {"de": "kürzen"}}]),
        (
            "encoding",
            [
                {
                    "type": "MediaObject",
                    "contentUrl": "https://example.org/a.pdf",
                    "encodingFormat": "application/pdf",
                    "contentSize": "12",
                }
            ],
        ),
    ],
)
def test_a_property_comes_back_as_it_came(key: str, value: Any) -> None:
    assert back(**{key: value}) == {key: value}


def test_a_resource_type_comes_back_with_labels_in_our_languages() -> None:
    (found,) = back(learningResourceType=[{"id": "https://w3id.org/kim/hcrt/video"}])["learningResourceType"]

    assert found["id"] == "https://w3id.org/kim/hcrt/video"
    assert found["prefLabel"]["fr"] == "Vidéo"


def test_types_beside_the_learning_resource_come_back() -> None:
    assert back(type=["LearningResource", "Course", "VideoObject"]) == {
        "type": ["LearningResource", "Course", "VideoObject"]
    }


def test_schema_org_is_brought_into_the_shape_of_amb() -> None:
    source = a_page(author="Ana", license="https://creativecommons.org/licenses/by/4.0/", inLanguage="en")

    assert set(told(source)) == {
        ("@context", "schema_org"),
        ("type", "schema_org"),
        ("creator", "renamed"),
        ("inLanguage", "list"),
        ("creator", "list"),
        ("creator[0]", "object"),
        ("license", "object"),
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("a, b; c", ["a", "b", "c"]),
        (["Paris, France"], ["Paris, France"]),
        (["a, b, c"], ["a", "b", "c"]),
        (["a", "b, c, d"], ["a", "b, c, d"]),
        ([{"@type": "DefinedTerm", "name": "a"}], ["a"]),
    ],
)
def test_keywords_packed_into_one_text_are_parted(words: Any, found: list[str]) -> None:
    general = read(a_page(keywords=words)).record.general

    assert general is not None
    assert [one[0].value for one in general.keyword] == found


def test_a_name_in_several_languages_keeps_them() -> None:
    general = read(a_page(name={"en": "Fractions", "nl": "Breuken"})).record.general

    assert general is not None
    assert {(one.lang, one.value) for one in general.title or ()} == {("en", "Fractions"), ("nl", "Breuken")}


def test_an_alignment_classifies_by_its_kind() -> None:
    alignment = {"@type": "AlignmentObject", "alignmentType": "educationalSubject", "targetName": "Mathematics"}

    (found,) = read(a_page(educationalAlignment=alignment)).record.classification

    assert found.purpose is not None
    assert found.purpose.value == "discipline"


def test_a_moment_without_its_zone_becomes_its_day_and_is_told() -> None:
    assert told(an_amb(dateCreated="2019-07-03T13:13:13")) == [("dateCreated", "date")]


def test_a_property_without_a_place_is_a_note() -> None:
    (note,) = read(an_amb(trailer={"type": "VideoObject"})).problems

    assert (note.path, note.code, note.severity) == ("trailer", "unmapped_property", "info")


@pytest.mark.parametrize("source", [b'{"a": 1}', b'{"@type": "Organization", "name": "x"}', b"[]", b"3"])
def test_what_is_no_learning_resource_is_not_read(source: bytes) -> None:
    with pytest.raises(Unreadable, match="describes no learning resource"):
        read(source)


def test_a_resource_deep_as_a_well_is_refused() -> None:
    with pytest.raises(Unreadable, match="nested too deeply"):
        read(an_amb()[:-1] + b', "about": ' + b'{"a":' * 60 + b"1" + b"}" * 60 + b"}")


def test_a_licence_that_amb_does_not_admit_is_said_in_other_words() -> None:
    record = read(
        an_amb(license={"id": "https://rightsstatements.org/vocab/InC/1.0/"}, isAccessibleForFree=True)
    ).record

    found = face(record)
    assert "license" not in found
    assert found["isAccessibleForFree"] is True
    assert found["conditionsOfAccess"]["id"].endswith("/no_login")


def test_our_page_is_named_first_with_us_as_its_provider() -> None:
    pages = face(read(an_amb(mainEntityOfPage=[{"id": "https://example.org/page"}])).record)["mainEntityOfPage"]

    assert [(page["id"], page.get("provider", {}).get("id")) for page in pages] == [
        (URL, BASE_URL),
        ("https://example.org/page", None),
    ]


def test_we_never_become_the_provider_of_other_pages() -> None:
    once = face(read(an_amb(mainEntityOfPage=[{"id": "https://example.org/page"}])).record)

    assert face(read(json.dumps(once).encode()).record) == once


def test_no_contact_data_go_out() -> None:
    creator = {"type": "Person", "name": "Ana Silva", "email": "ana@example.org"}

    assert "@example.org" not in json.dumps(face(read(an_amb(creator=[creator])).record)["creator"])


def test_a_record_without_a_title_has_no_face() -> None:
    assert amb.write(Record(), writing(Record())) is None


@pytest.mark.parametrize(("name", "record"), [("full", a_full_record()), ("small", a_record())])
def test_the_face_is_the_golden_one(name: str, record: Record, golden: Golden) -> None:
    golden(f"amb/{name}.json", json.dumps(face(record), indent=2, ensure_ascii=False).encode() + b"\n")


@given(RECORDS)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_face_is_lawful_and_a_fixed_point(record: Record) -> None:
    once = amb.write(record, writing(record))
    if once is None:
        return
    again = amb.read(once, shipped())

    assert amb.problems(once) == ()
    assert again.repairs == ()
    assert amb.write(again.record, writing(again.record)) == once


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10**20) | st.sampled_from(["", " x", "https://a.example/b", "²", "de"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "name", "prefLabel", "@value", "de", "url", "contentSize", "contentUrl"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)
_KEYS = st.sampled_from(
    (
        *("id", "type", "name", "description", "about", "keywords", "inLanguage", "image", "url", "author"),
        *("creator", "contributor", "publisher", "funder", "license", "dateCreated", "datePublished", "dateModified"),
        *("duration", "learningResourceType", "audience", "teaches", "interactivityType", "isAccessibleForFree"),
        *("conditionsOfAccess", "isPartOf", "hasPart", "isBasedOn", "encoding", "mainEntityOfPage", "identifier"),
        *("educationalAlignment", "educationalLevel", "typicalAgeRange", "timeRequired", "@context", "@graph"),
    )
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_value_however_odd_breaks_the_reader_or_the_writer(node: dict[str, Any]) -> None:
    try:
        record = read(an_amb(**node)).record
    except Unreadable:
        return
    written = amb.write(record, writing(record))
    assert written is None or amb.problems(written) == ()


@needs_shared
@given(RECORDS)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_face_is_valid_by_the_official_schema(record: Record) -> None:
    written = amb.write(record, writing(record))

    assert written is None or amb_violations(written) == []


@needs_shared
@pytest.mark.parametrize("version", ["20231019", "draft"])
def test_the_official_examples_are_judged_as_their_folder_says(version: str) -> None:
    folder = SHARED / "data" / "amb_de" / version / "examples"
    valid = {path.name: amb.problems(path.read_bytes()) for path in sorted((folder / "valid").glob("*.json"))}
    assert {name: found for name, found in valid.items() if found} == {}

    # What is wrong is either a problem or mended with a told repair.
    for path in sorted((folder / "invalid").glob("*.json")):
        source = path.read_bytes()
        assert amb.problems(source) or read(source).repairs, path.name


def test_what_is_lost_is_listed() -> None:
    assert lost(amb.write, read) == {path for path, _ in amb.LOSSES}


def test_the_documentation_lists_what_is_lost() -> None:
    assert [(row[0], row[1]) for row in table("docs/formats.md", "What AMB loses")] == list(amb.LOSSES)


FOREIGN = "https://vocabs.example.org/types/4711"


@pytest.mark.parametrize("key", ["learningResourceType", "audience"])
def test_a_label_beside_a_foreign_address_is_kept_and_given_back(key: str) -> None:
    said = {"id": FOREIGN, "prefLabel": {"de": "Lernkarteikasten", "en": "Index card box"}}
    known = {
        "learningResourceType": "https://w3id.org/kim/hcrt/video",
        "audience": "http://purl.org/dcx/lrmi-vocabs/educationalAudienceRole/teacher",
    }[key]

    given = [{"id": known}, said]
    found = face(read(an_amb(**{key: given})).record)[key]

    assert {one["id"]: one.get("prefLabel") for one in found}[FOREIGN] == said["prefLabel"]


def test_a_foreign_address_is_shown_by_its_label_and_never_itself() -> None:
    said = [{"id": FOREIGN, "prefLabel": {"de": "Lernkarteikasten"}}, {"id": "https://vocabs.example.org/t/FlashBox"}]

    record = read(an_amb(learningResourceType=said)).record

    assert [term.label for term in summarise(record, shipped()).resource_types] == ["Lernkarteikasten", "Flash Box"]


def test_a_label_says_the_concept_where_the_address_does_not() -> None:
    record = read(an_amb(learningResourceType=[{"id": FOREIGN, "prefLabel": {"de": "Arbeitsblätter"}}])).record

    assert [term.id for term in summarise(record, shipped()).resource_types] == ["https://w3id.org/kim/hcrt/worksheet"]
    assert "https://w3id.org/kim/hcrt/worksheet" in [one["id"] for one in face(record)["learningResourceType"]]


def test_terms_packed_in_one_text_come_apart_and_are_told() -> None:
    source = a_page(
        learningResourceType="Video, Worksheet", audience="Teachers and students", about="Mathematics, Physics",
        inLanguage="en, de",
    )  # fmt: skip

    reading = read(source)
    found = summarise(reading.record, shipped())

    assert found.language == ("en", "de")
    assert [term.label for term in found.resource_types][:2] == ["Video", "Worksheet"]
    assert [term.label for term in found.audiences] == ["Teacher", "Learner"]
    assert [term.label for term in found.subjects] == ["Mathematics", "Physics"]
    assert {one.path for one in reading.repairs if one.rule == "packed_values"} >= {"inLanguage", "subject"}


def test_a_level_in_words_is_read_in_the_language_of_the_page() -> None:
    in_english = read(a_page(educationalLevel="College", inLanguage="en")).record
    in_french = read(a_page(educationalLevel="Collège", inLanguage="fr")).record

    assert [term.id for term in summarise(in_english, shipped()).levels] == ["https://w3id.org/oerbron/level/higher"]
    assert [term.id for term in summarise(in_french, shipped()).levels] == [
        "https://w3id.org/oerbron/level/secondary-1"
    ]


def test_how_hard_something_is_becomes_its_difficulty() -> None:
    record = read(a_page(educationalLevel="Beginner")).record

    assert summarise(record, shipped()).levels == ()
    assert [part.difficulty.value for part in record.educational if part.difficulty] == ["Beginner"]


def test_a_foreign_address_has_its_own_label_or_none() -> None:
    level = Classification(
        Vocabulary("LOMv1.0", "educational level"),
        (TaxonPath(taxon=(Taxon("https://w3id.org/oerbron/level/primary-2"),)),),
    )
    subject = Classification(
        Vocabulary("LOMv1.0", "discipline"), (TaxonPath(taxon=(Taxon("https://w3id.org/oerbron/subject/algebra"),)),)
    )
    record = replace(a_record(), classification=(level, subject))

    found = face(record)

    assert found["educationalLevel"] == [
        {
            "id": "https://w3id.org/kim/educationalLevel/level_1",
            "prefLabel": {"de": "Primarbereich", "en": "Primary education"},
        }
    ]
    own = {one["id"]: one.get("prefLabel") for one in found["about"]}
    assert own["http://w3id.org/kim/schulfaecher/s1017"] == {"de": "Mathematik"}
    assert own["https://w3id.org/kim/hochschulfaechersystematik/n37"] is None


def test_a_label_that_came_with_an_address_stays_with_it() -> None:
    about = [{"id": "http://w3id.org/kim/schulfaecher/s1017", "prefLabel": {"de": "Rechnen und Mathematik"}}]

    assert back(about=about) == {"about": about}
