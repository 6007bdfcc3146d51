"""The published face `lom`: what the readers of networks trip over, line by line (record.md 9), then properties."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from schemas import vcard
from schemas.formats.lom import lom
from schemas.formats.lom.grammar import ROOT, Kind, Node, Part
from schemas.record import File, General, LangString, Record, Vocabulary
from schemas.vocabularies.vocabularies import shipped
from tests.conftest import Golden
from tests.support.lom.elements import face, face_of, read, read_inner
from tests.support.lom.records import RECORDS
from tests.support.lom.samples import DIRTY, FULL, SMALL
from tests.support.referee import violations
from tests.support.shared import needs_shared

L = "{http://ltsc.ieee.org/xsd/LOM}"
CARD = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Peeters;An;;;\nFN:An Peeters\nEMAIL:an@school.example\nTEL:+32 2 123 45 67\nEND:VCARD"
)


def tree(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


def texts(text: str, path: str) -> list[str]:
    """The texts at a path of LOM names."""
    steps = "/".join(f"{L}{step}" for step in path.split("/"))
    return [found.text or "" for found in tree(text).iterfind(steps)]


def a_lrt(source: str, value: str) -> str:
    element = f"<learningResourceType><source>{source}</source><value>{value}</value></learningResourceType>"
    return f"<educational>{element}</educational>"


def a_contribute(role: str, entity: str) -> str:
    return (
        f"<contribute><role><source>LOMv1.0</source><value>{role}</value></role><entity>{entity}</entity></contribute>"
    )


# Readers match names without namespaces.


def test_the_default_namespace_is_declared_on_lom_and_no_element_has_a_prefix() -> None:
    once = face(read(FULL).record)

    assert once.startswith('<lom xmlns="http://ltsc.ieee.org/xsd/LOM" ')
    assert once.count("xmlns=") == 1
    assert re.findall(r"</?[\w-]+:", once) == []


def test_the_schema_location_stands_on_the_root() -> None:
    location = tree(face(read(SMALL).record)).get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")

    assert location == "http://ltsc.ieee.org/xsd/LOM http://ltsc.ieee.org/xsd/lomv1.0/lomLoose.xsd"


# Text is taken byte for byte.


def test_no_value_has_a_blank_or_line_break_at_an_end() -> None:
    once = face_of(
        "<general><title><string>\n T \u00a0</string></title></general><technical><location>\thttp://a.example\n</location>"
        "<format> text/html </format></technical>"
    )

    assert texts(once, "general/title/string") == ["T"]
    assert texts(once, "technical/location") == ["http://a.example"]


def test_a_control_character_at_an_end_leaves_no_blank_and_no_empty_element() -> None:
    strings = (LangString("nl", "\x08 T"), LangString("en", "\x08 "))

    assert texts(face(Record(general=General(title=strings))), "general/title/string") == ["T"]


def test_no_element_is_empty() -> None:
    once = face_of(
        "<general><identifier/><title><string/></title><language/><description/><keyword><string> </string></keyword>"
        "<structure/></general><lifeCycle><version/><contribute/></lifeCycle><metaMetadata/><technical><size>x</size>"
        "<requirement><orComposite/></requirement></technical><educational/><rights><cost/></rights><relation/>"
        "<annotation/><classification><taxonPath><taxon/></taxonPath></classification>"
    )

    assert len(tree(once)) == 0


def test_no_keyword_is_without_a_string() -> None:
    once = face_of("<general><keyword/><keyword><string/></keyword><keyword><string>k</string></keyword></general>")

    assert once.count("<keyword>") == 1


@pytest.mark.parametrize(
    ("packed", "keywords"),
    [
        ("a, b, c", ["a", "b", "c"]),
        ("a; b", ["a", "b"]),
        ("a | b", ["a", "b"]),
        ("red, white", ["red, white"]),  # a phrase
        ("a;;b; ", ["a", "b"]),
    ],
)
def test_packed_keywords_come_apart(packed: str, keywords: list[str]) -> None:
    once = face_of(f"<general><keyword><string>{packed}</string></keyword></general>")

    assert texts(once, "general/keyword/string") == keywords


def test_keywords_of_one_language_in_one_langstring_come_apart() -> None:
    string = '<string language="fr">{}</string>'
    once = face_of(f"<general><keyword>{string.format('a')}{string.format('b')}</keyword></general>")

    assert once.count("<keyword>") == 2


# First wins, or last wins.


def test_the_main_language_of_the_record_comes_first_in_every_langstring() -> None:
    strings = '<string language="en">E</string><string language="nl-BE">B</string><string language="nl">N</string>'
    once = face_of(
        f"<general><title>{strings}</title><language>nl</language><description>{strings}</description></general>"
        f"<lifeCycle><version>{strings}</version></lifeCycle><rights><description>{strings}</description></rights>"
    )

    for path in ("general/title", "general/description", "lifeCycle/version", "rights/description"):
        assert texts(once, f"{path}/string") == ["N", "B", "E"]


def test_the_description_of_general_comes_before_all_others() -> None:
    string = "<string>{}</string>"
    once = face_of(
        f"<rights><description>{string.format('R')}</description></rights>"
        f"<educational><description>{string.format('E')}</description></educational>"
        f"<general><description>{string.format('G')}</description></general>"
    )

    assert next(one[0].text for one in tree(once).iter(f"{L}description")) == "G"


@pytest.mark.parametrize(
    ("technical", "locations", "formats"),
    [
        # a page alone
        ("<location>https://a.example/1</location>", ["https://a.example/1"], ["text/html"]),
        # the location that pairs with text/html comes first, and takes its pair along
        (
            "<format>application/pdf</format><location>https://a.example/1.pdf</location>"
            "<format>text/html</format><location>https://a.example/1</location>",
            ["https://a.example/1", "https://a.example/1.pdf"],
            ["text/html", "application/pdf"],
        ),
        # a format that belongs to no location stays behind
        (
            "<format>video/mp4</format><format>image/png</format><location>https://a.example/1</location>",
            ["https://a.example/1"],
            ["text/html", "video/mp4", "image/png"],
        ),
        # fewer formats than locations: what follows the ending is known, what is no address comes last
        (
            "<format>text/html</format><location>https://a.example/1</location><location>Room 12</location>"
            "<location>https://a.example/2</location><location>https://a.example/3.pdf</location>",
            ["https://a.example/1", "https://a.example/2", "https://a.example/3.pdf", "Room 12"],
            ["text/html", "text/html", "application/pdf"],
        ),
        # a format that stands in a pair is not said again
        (
            "<format>text/html</format><format>application/pdf</format><format>application/pdf</format>"
            "<location>https://a.example/1</location><location>https://a.example/2</location>",
            ["https://a.example/1", "https://a.example/2"],
            ["text/html", "application/pdf"],
        ),
        # a pair is not torn by a location without a format before it
        (
            "<format>text/html</format><format> </format><format>image/png</format><location>https://a.example/1</location>"
            "<location>Room 12</location><location>https://a.example/3</location>",
            ["https://a.example/1", "https://a.example/3", "Room 12"],
            ["text/html", "image/png"],
        ),
        # a file is not called a page
        ("<location>https://a.example/1.pdf</location>", ["https://a.example/1.pdf"], ["application/pdf"]),
        # each once
        (
            "<location>https://a.example/1</location><location> https://a.example/1 </location>",
            ["https://a.example/1"],
            ["text/html"],
        ),
    ],
)
def test_one_landing_page_comes_first_with_the_format_of_a_page_first(
    technical: str, locations: list[str], formats: list[str]
) -> None:
    once = face_of(f"<technical>{technical}</technical>")

    assert texts(once, "technical/location") == locations
    assert texts(once, "technical/format") == formats


def test_a_record_with_an_address_only_as_identifier_has_a_location_and_a_format() -> None:
    once = face_of("<general><identifier><entry>https://doi.org/10.1234/x</entry></identifier></general>")

    assert texts(once, "technical/location") == ["https://doi.org/10.1234/x"]
    assert texts(once, "technical/format") == ["text/html"]


def test_files_are_locations_too_and_settle() -> None:
    record = Record(files=(File(url="https://a.example/x.pdf", mime="application/pdf", role="download"),))
    once = face(record)

    assert texts(once, "technical/location") == ["https://a.example/x.pdf"]
    assert texts(once, "technical/format") == ["application/pdf"]
    assert face(read(once.encode()).record) == once


# Entities are valid vCard 3.0 whatever came in.


@pytest.mark.parametrize(
    "entity",
    [
        "Silva, Ana",
        "Ana Silva",
        "BEGIN:VCARD VERSION:2.1 N:Silva;Ana FN: END:VCARD",
        "\n   BEGIN:VCARD\r\n   VERSION:3.0\r\n   FN:Ana\r\n    Silva\r\n   END:VCARD\n",
        "BEGIN:VCARD\\nVERSION:3.0\\nFN:Ana Silva\\nEND:VCARD",
        "BEGIN:VCARD\nFN:Ana Silva\nNOTE:" + "long " * 40 + "\nEND:VCARD",
    ],
)
def test_an_entity_is_a_whole_card_not_folded_a_property_a_line(entity: str) -> None:
    (card,) = texts(face_of(f"<lifeCycle>{a_contribute('author', entity)}</lifeCycle>"), "lifeCycle/contribute/entity")
    lines = card.split("\n")

    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCARD", "VERSION:3.0", "END:VCARD")
    assert all(re.match(r"[A-Z][A-Z-]*(;[^:]*)?:\S", line) or line.startswith("N:") for line in lines)
    names = {name: value for name, _, value in vcard.properties(card)}
    assert names["FN"] == "Ana Silva"
    assert names["N"].startswith("Silva;Ana")


def test_an_organisation_has_its_name_in_n_and_fn() -> None:
    once = face_of(f"<lifeCycle>{a_contribute('publisher', 'Universiteit Gent')}</lifeCycle>")

    assert "\nN:Universiteit Gent;;;;\nFN:Universiteit Gent\n" in once


@pytest.mark.parametrize("entity", ["", "  ", "BEGIN:VCARD\nEND:VCARD", "an@school.example", "BEGIN:VCALENDAR"])
def test_no_contribute_is_without_an_entity(entity: str) -> None:
    nobody = a_contribute("publisher", entity)
    once = face_of(f"<lifeCycle>{nobody}{a_contribute('author', 'Ana Silva')}<contribute/></lifeCycle>")

    assert once.count("<contribute>") == once.count("<entity>") == 1


def test_authors_come_first() -> None:
    roles = ("publisher", "author", "editor", "author")
    once = face_of(f"<lifeCycle>{''.join(a_contribute(role, 'Ana Silva') for role in roles)}</lifeCycle>")

    assert texts(once, "lifeCycle/contribute/role/value") == ["author", "author", "publisher", "editor"]


@pytest.mark.parametrize(
    "inner",
    [
        f"<lifeCycle>{a_contribute('author', CARD)}</lifeCycle>",
        f"<metaMetadata>{a_contribute('creator', CARD)}</metaMetadata>",
        f"<annotation><entity>{CARD}</entity><description><string>x</string></description></annotation>",
        f"<lifeCycle>{a_contribute('author', 'An Peeters (an@school.example, tel. +32 2 123 45 67)')}</lifeCycle>",
    ],
)
def test_contact_data_are_published_only_where_that_is_configured(inner: str) -> None:
    private, public = face_of(inner), face_of(inner, publish_contact=True)

    assert "FN:An Peeters" in private
    assert "@" not in private
    assert "123" not in private
    assert "EMAIL;TYPE=INTERNET:an@school.example" in public


# The licence.


@pytest.mark.parametrize(
    "said",
    [
        "http://www.creativecommons.org/licenses/by/4.0",
        "CC BY 4.0",
        "cc_by_4.0",
        "This work is licensed under https://creativecommons.org/licenses/by/4.0/legalcode.",
    ],
)
def test_the_licence_stands_alone_in_the_first_string_as_its_canonical_address(said: str) -> None:
    once = face_of(f'<rights><description><string language="en">{said}</string></description></rights>')

    assert texts(once, "rights/description/string")[0] == "https://creativecommons.org/licenses/by/4.0/"
    assert texts(once, "rights/copyrightAndOtherRestrictions/value") == ["yes"]


def test_a_sentence_follows_the_licence_and_an_address_in_another_dress_does_not() -> None:
    once = face_of(
        "<rights><description><string>http://creativecommons.org/licenses/by/4.0</string>"
        '<string language="nl">Vermeld de auteur.</string><string> </string></description></rights>'
    )

    assert texts(once, "rights/description/string") == [
        "https://creativecommons.org/licenses/by/4.0/",
        "Vermeld de auteur.",
    ]


def test_rights_without_a_licence_stay_what_they_are() -> None:
    once = face_of(
        "<rights><cost><source>LOMv1.0</source><value>no</value></cost><copyrightAndOtherRestrictions>"
        "<source>LOMv1.0</source><value>no</value></copyrightAndOtherRestrictions>"
        '<description><string language="nl">Vraag het ons.</string><string/></description></rights>'
    )

    assert texts(once, "rights/copyrightAndOtherRestrictions/value") == ["no"]
    assert texts(once, "rights/description/string") == ["Vraag het ons."]


# Values of vocabularies.


@pytest.mark.parametrize(
    ("source", "received", "token"),
    [("LOMv1.0", " Narrative_Text ", "narrative text"), ("LOMv1.0", "graph", "graph"), ("LREv3.0", "Slide", "slide")],
)
def test_a_value_of_lom_is_exactly_its_token(source: str, received: str, token: str) -> None:
    once = face_of(a_lrt(source, received))

    assert texts(once, "educational/learningResourceType/source") == ["LOMv1.0"]
    assert texts(once, "educational/learningResourceType/value") == [token]


def test_a_local_term_keeps_its_own_source() -> None:
    once = face_of(a_lrt("https://voc.example/", "zwemles") + a_lrt("", "knutselen") + a_lrt("LOMv1.0", "vlaggen"))
    pairs = zip(
        texts(once, "educational/learningResourceType/source"),
        texts(once, "educational/learningResourceType/value"),
        strict=True,
    )

    assert list(pairs) == [("https://voc.example/", "zwemles"), ("local", "knutselen"), ("local", "vlaggen")]


def test_of_a_mapped_term_an_element_that_takes_several_has_token_term_and_address() -> None:
    once = face_of(a_lrt("http://purl.edustandaard.nl/vdex_learningresourcetype_czp_20060628.xml", "presentatie"))
    values = texts(once, "educational/learningResourceType/value")

    assert values[:2] == ["slide", "presentatie"]
    assert values[2].startswith("https://")
    assert texts(once, "educational/learningResourceType/source")[0] == "LOMv1.0"


def test_of_a_mapped_term_an_element_that_takes_one_value_has_the_token() -> None:
    once = face_of("<rights><cost><source>http://purl.edustandaard.nl/x</source><value>nee</value></cost></rights>")

    assert texts(once, "rights/cost/source") == ["LOMv1.0"]
    assert texts(once, "rights/cost/value") == ["no"]


def test_the_face_of_a_mapped_term_leaves_the_verbatim_export_alone() -> None:
    record = read_inner("<rights><cost><source>x</source><value>nee</value></cost></rights>").record
    face(record)

    assert b"<source>x</source><value>nee</value>" in lom.write_verbatim(record)


def a_taxon(taxon: str, source: str = "", purpose: str = "discipline") -> str:
    said = f'<source><string language="en">{source}</string></source>' if source else ""
    return (
        f"<classification><purpose><source>LOMv1.0</source><value>{purpose}</value></purpose>"
        f"<taxonPath>{said}<taxon>{taxon}</taxon></taxonPath></classification>"
    )


CARS = "<id>3c2b4a1f-0d5e-4c7b-9b1f-5a6b7c8d9e0f</id><entry><string language='nl'>Voertuigtechniek</string></entry>"
OURS = "https://w3id.org/oerbron"


@pytest.mark.parametrize(
    ("taxon", "source", "ids"),
    [
        (
            "<id>http://w3id.org/kim/schulfaecher/s1017</id>",
            "",
            ["http://w3id.org/kim/schulfaecher/s1017", "mathematics"],
        ),
        ("<id>BIO</id><entry><string>Biology</string></entry>", "", ["BIO", "biology"]),
        ("<id>12</id><entry><string>Zwemles</string></entry>", "", ["12"]),
        ("<id>12</id>", "local list", ["12"]),
        ("<entry><string>Biology</string></entry>", "local list", ["biology"]),
        (CARS, "http://purl.edustandaard.nl/begrippenkader", ["3c2b4a1f-0d5e-4c7b-9b1f-5a6b7c8d9e0f", "automotive"]),
        ("<id>909</id><entry><string>History</string></entry>", "DDC", ["909", "history"]),
        (f"<id>{OURS}/subject/biology</id>", f"{OURS}/subject", [f"{OURS}/subject/biology"]),
    ],
)
def test_a_taxon_keeps_its_id_and_what_it_means_is_a_path_of_our_own(taxon: str, source: str, ids: list[str]) -> None:
    once = face_of(a_taxon(taxon, source))

    ours = [f"{OURS}/subject/{one}" if one.isalpha() and one.islower() else one for one in ids]
    assert texts(once, "classification/taxonPath/taxon/id") == ours


def test_the_source_and_the_entry_of_another_stay_and_our_path_has_our_source_and_labels() -> None:
    once = face_of(a_taxon(CARS, "http://purl.edustandaard.nl/begrippenkader"))
    theirs, ours = tree(once).iterfind(f"{L}classification/{L}taxonPath")

    assert [(one.get("language"), one.text) for one in theirs.iter(f"{L}string")] == [
        ("x-none", "http://purl.edustandaard.nl/begrippenkader"),
        ("nl", "Voertuigtechniek"),
    ]
    assert ours.findtext(f"{L}source/{L}string") == f"{OURS}/subject"
    labels = shipped().concepts[f"{OURS}/subject/automotive"].labels
    assert {one.get("language"): one.text for one in ours.iterfind(f"{L}taxon/{L}entry/{L}string")} == labels


def test_our_path_stands_once_and_not_above_a_narrower_one() -> None:
    path = "<entry><string language='nl'>{}</string></entry>".format
    once = face_of(
        a_taxon(path("Lager onderwijs"), "list", "educational level")
        + a_taxon(path("Tweede graad lager onderwijs"), "list", "educational level")
        + a_taxon(path("2e graad lager"), "other list", "educational level")
    )

    assert texts(once, "classification/taxonPath/taxon/id") == [f"{OURS}/level/primary-2"]
    assert face(read(once.encode()).record) == once


def test_no_path_of_our_own_stands_where_the_purpose_has_none() -> None:
    once = face_of(a_taxon("<entry><string>Biology</string></entry>", "list", "competency"))

    assert texts(once, "classification/taxonPath/taxon/id") == []


def test_the_metadata_schema_is_the_one_the_face_is_of() -> None:
    meta = "<metaMetadata><metadataSchema>ScoLOMFRv1.0</metadataSchema><metadataSchema>LOMFRv1.0</metadataSchema>"
    title = "<general><title><string>T</string></title></general>"

    assert texts(face_of(f"{title}{meta}</metaMetadata>"), "metaMetadata/metadataSchema") == ["LOMv1.0"]
    assert texts(face_of(title), "metaMetadata/metadataSchema") == ["LOMv1.0"]


@pytest.mark.parametrize(
    ("given_ages", "written"),
    [
        (["6-8", "9-12"], ["6-12", "6-8", "9-12"]),
        (["12-", "6-8"], ["6-", "12-", "6-8"]),
        (["6-8", "6-8"], ["6-8"]),
        (["6-12", "6-8"], ["6-12", "6-8"]),
        (["geen", "6-8"], ["6-8"]),
    ],
)
def test_the_whole_age_span_comes_first(given_ages: list[str], written: list[str]) -> None:
    ranges = "".join(f"<typicalAgeRange><string>{one}</string></typicalAgeRange>" for one in given_ages)
    once = face_of(f"<educational>{ranges}</educational>")

    assert texts(once, "educational/typicalAgeRange/string") == written
    assert face(read(once.encode()).record) == once


# Languages.


@pytest.mark.parametrize(
    ("received", "written"),
    [("pt_BR", "pt-BR"), ("fra-CA", "fr-CA"), ("none", "x-none"), ("mul", "x-none"), ("%zz", "x-none"), ("NL", "nl")],
)
def test_tags_are_bcp_47(received: str, written: str) -> None:
    once = face_of(f'<general><title><string language="{received}">T</string></title></general>')

    assert f'<string language="{written}">T</string>' in once


def test_a_string_without_a_language_has_the_tag_of_none() -> None:
    assert '<string language="x-none">T</string>' in face_of("<general><title><string>T</string></title></general>")


@pytest.mark.parametrize(
    ("received", "written"),
    [
        (("none",), ["x-none"]),
        (("mul",), []),
        (("mul", "nl"), ["nl"]),
        (("none", "eng", "en"), ["en"]),
    ],
)
def test_the_languages_of_a_resource_are_never_none_or_mul(received: tuple[str, ...], written: list[str]) -> None:
    once = face_of(f"<general>{''.join(f'<language>{tag}</language>' for tag in received)}</general>")

    assert texts(once, "general/language") == written


def test_the_language_of_the_resource_stands_in_educational_too() -> None:
    once = face_of("<general><language>nl</language><language>fr</language></general>")

    assert texts(once, "educational/language") == ["nl", "fr"]


def test_a_language_of_educational_itself_stands() -> None:
    once = face_of("<general><language>nl</language></general><educational><language>fr</language></educational>")

    assert texts(once, "educational/language") == ["fr"]


# Ages and durations.


@pytest.mark.parametrize(
    ("received", "written"),
    [
        ("12-14", ["12-14"]),
        ("12 – 14 jaar", ["12-14"]),
        ("from 12 years", ["12-"]),
        ("12+", ["12-"]),
        ("until 6", ["0-6"]),
        ("13", ["13-13"]),
        ("everybody", []),
    ],
)
def test_ages_are_digits_with_an_ascii_hyphen(received: str, written: list[str]) -> None:
    once = face_of(
        f"<educational><typicalAgeRange><string language='nl'>{received}</string></typicalAgeRange></educational>"
    )

    assert texts(once, "educational/typicalAgeRange/string") == written


@pytest.mark.parametrize(
    ("received", "written"),
    [("P2W", ["P14D"]), ("PT1H30M", ["PT1H30M"]), ("15 min", ["PT15M"]), ("PT0S", []), ("?", [])],
)
def test_durations_have_no_weeks_and_no_description(received: str, written: list[str]) -> None:
    value = f"<duration>{received}</duration><description><string>about</string></description>"
    once = face_of(
        f"<technical><duration>{value}</duration></technical>"
        f"<educational><typicalLearningTime>{value}</typicalLearningTime></educational>"
    )

    assert texts(once, "technical/duration/duration") == written
    assert texts(once, "educational/typicalLearningTime/duration") == written
    assert "about" not in once


def test_a_date_has_a_zone_only_after_a_fraction() -> None:
    once = face_of("<annotation><date><dateTime>2020-01-01T10:00:00Z</dateTime></date></annotation>")

    assert texts(once, "annotation/date/dateTime") == ["2020-01-01T10:00:00.0Z"]


# The thumbnail.


@pytest.mark.parametrize(
    "record",
    [
        Record(files=(File(url="https://a.example/t.png", role="thumbnail"),)),
        read_inner(
            "<relation><kind><value>hasThumbnail</value></kind><resource><description>"
            "<string>https://a.example/t.png</string></description></resource></relation>"
        ).record,
    ],
)
def test_a_thumbnail_has_its_address_as_identifier_and_as_description(record: Record) -> None:
    once = face(record)

    assert texts(once, "relation/kind/value") == ["hasthumbnail"]
    assert texts(once, "relation/resource/identifier/entry") == ["https://a.example/t.png"]
    assert texts(once, "relation/resource/description/string") == ["https://a.example/t.png"]
    assert texts(once, "technical/location") == []


# Settled questions.


def test_nothing_names_this_repository_and_foreign_elements_stay_at_home() -> None:
    assert texts(face_of("<f:x xmlns:f='urn:f'>secret</f:x>"), "general") == []
    assert "secret" not in face_of("<f:x xmlns:f='urn:f'>secret</f:x>")


@needs_shared
def test_a_record_in_the_words_of_lom_is_strictly_valid() -> None:
    assert violations(face(read(FULL).record).encode(), "strict") == []


@pytest.mark.parametrize(("name", "source"), [("full", FULL), ("dirty", DIRTY), ("small", SMALL)])
def test_the_face_and_the_verbatim_export_are_the_golden_ones(name: str, source: bytes, golden: Golden) -> None:
    record = read(source).record

    golden(f"lom/{name}.face.xml", face(record).encode())
    golden(f"lom/{name}.verbatim.xml", lom.write_verbatim(record))


# Properties.


def _leaves(once: str) -> list[etree._Element]:
    return [one for one in tree(once).iter() if len(one) == 0 and one.tag != f"{L}lom"]


@needs_shared
@given(RECORDS, st.booleans())
@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
def test_every_face_is_valid_settled_and_clean(record: Record, publish_contact: bool) -> None:
    once = face(record, publish_contact=publish_contact)
    again = read(once.encode())

    assert violations(once.encode()) == []
    assert again.repairs == ()
    assert face(again.record, publish_contact=publish_contact) == once
    assert [one.tag for one in _leaves(once) if not one.text or one.text != one.text.strip()] == []


@given(RECORDS)
@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
def test_no_face_has_the_contact_data_of_a_contributor(record: Record) -> None:
    for one in _leaves(face(record)):
        if one.tag == f"{L}entity":
            assert {name for name, _, _ in vcard.properties(one.text or "")} <= {"VERSION", "N", "FN", "ORG", "URL"}


def _tokens(space: str) -> list[str]:
    return [one.token for one in shipped().concepts.values() if one.scheme == f"lom-{space}" and one.token]


def in_the_words_of_lom(struct: Any, node: Node) -> Any:
    """The same tree with every vocabulary value replaced by a token of its own space."""

    def one(part: Part, value: Any) -> Any:
        if part.node is not None:
            return in_the_words_of_lom(value, part.node)
        if part.kind is not Kind.VOCAB:
            return value
        tokens = _tokens(part.space)
        return Vocabulary("LOMv1.0", tokens[len(value.value or "") % len(tokens)])

    changed: dict[str, Any] = {}
    for part in node.parts:
        value = getattr(struct, part.field)
        if part.many:
            changed[part.field] = tuple(one(part, item) for item in value)
        elif value is not None:
            changed[part.field] = one(part, value)
    return replace(struct, **changed)


@needs_shared
@given(RECORDS)
@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
def test_every_face_in_the_words_of_lom_is_strictly_valid(record: Record) -> None:
    lawful = replace(in_the_words_of_lom(record, ROOT), files=())

    assert violations(face(lawful).encode(), "strict") == []
