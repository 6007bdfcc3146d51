"""Dublin Core in and out: every element has its place, what is mended is told, what is lost is listed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from schemas.errors import Unreadable
from schemas.formats.format import Reading
from schemas.formats.oai_dc import oai_dc
from schemas.record import Record
from schemas.vocabularies.vocabularies import shipped
from tests.conftest import Golden
from tests.support.documentation import table
from tests.support.factories import a_record
from tests.support.lom.records import RECORDS
from tests.support.losses import lost
from tests.support.referee import oai_dc_violations
from tests.support.samples import URL, a_full_record, writing
from tests.support.shared import needs_shared

DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def read_dc(inner: str) -> Reading:
    """The reading of an `oai_dc:dc` around a fragment; dcterms and xml:lang may be used in it."""
    spaces = f'xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}" xmlns:dcterms="http://purl.org/dc/terms/"'
    return oai_dc.read(f"<oai_dc:dc {spaces}>{inner}</oai_dc:dc>".encode(), shipped())


def tree(inner: str) -> Record:
    return read_dc(inner).record


def face(record: Record) -> bytes:
    return oai_dc.write(record, writing(record))


def values(face: bytes, name: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(face).iter(f"{{{DC}}}{name}")]


def told(inner: str) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.path, one.rule, one.before, one.after) for one in read_dc(inner).repairs]


def test_titles_keep_their_language_and_order() -> None:
    general = tree('<dc:title xml:lang="nl">Breuken</dc:title><dc:title>Fractions</dc:title>').general

    assert general is not None
    assert [(one.lang, one.value) for one in general.title or ()] == [("nl", "Breuken"), (None, "Fractions")]


def test_who_made_it_has_a_role() -> None:
    life_cycle = tree(
        "<dc:contributor>Bo</dc:contributor><dc:publisher>De Bron</dc:publisher><dc:creator>Ana</dc:creator>"
    ).life_cycle

    assert life_cycle is not None
    found = [(one.role.value if one.role else None, [who.raw for who in one.entity]) for one in life_cycle.contribute]
    assert found == [("author", ["Ana"]), ("publisher", ["De Bron"]), ("unknown", ["Bo"])]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("https://example.org/a", "location"),
        ("www.example.org/a", "location"),
        ("doi:10.1234/a", "identifier"),
        ("urn:isbn:9789027439642", "identifier"),
        ("A-17", "identifier"),
    ],
)
def test_an_identifier_is_a_location_where_it_is_an_address(text: str, place: str) -> None:
    record = tree(f"<dc:identifier>{text}</dc:identifier>")

    locations = record.technical.location if record.technical else ()
    entries = [one.entry for one in record.general.identifier] if record.general else []
    assert (list(locations), entries) == (([text], []) if place == "location" else ([], [text]))


def test_a_format_that_looks_like_a_size_is_the_size() -> None:
    technical = tree("<dc:format>application/pdf</dc:format><dc:format>2.5 MB</dc:format>").technical

    assert technical is not None
    assert technical.format == ("application/pdf",)
    assert technical.size is not None
    assert technical.size.raw == "2.5 MB"


def test_a_subject_that_is_a_concept_classifies_too() -> None:
    record = tree('<dc:subject xml:lang="nl">wiskunde</dc:subject><dc:subject>toverkunst</dc:subject>')

    assert record.general is not None
    assert [one[0].value for one in record.general.keyword] == ["wiskunde", "toverkunst"]
    (classification,) = record.classification
    assert [path.taxon[0].entry[0].value for path in classification.taxon_path if path.taxon[0].entry] == ["wiskunde"]


def test_a_relation_of_one_word_names_a_resource() -> None:
    relation = tree(
        '<dc:relation>https://example.org/b</dc:relation><dc:relation xml:lang="nl">bijlage</dc:relation>'
        "<dc:source>the big book of fractions</dc:source>"
    ).relation

    found = [(one.kind.value if one.kind else None, one.resource) for one in relation]
    assert [kind for kind, _ in found] == [None, None, "isbasedon"]
    assert [bool(resource and resource.identifier) for _, resource in found] == [True, False, False]


@pytest.mark.parametrize(
    ("inner", "path"),
    [
        ("<dcterms:abstract>Kort</dcterms:abstract>", "general.description"),
        ("<dcterms:isPartOf>https://example.org/c</dcterms:isPartOf>", "relation.kind"),
        ("<dcterms:license>https://creativecommons.org/licenses/by/4.0/</dcterms:license>", "rights.description"),
        ("<dcterms:educationLevel>lager onderwijs</dcterms:educationLevel>", "educational.context"),
        ("<dcterms:audience>teacher</dcterms:audience>", "educational.intended_end_user_role"),
        ("<dcterms:instructionalMethod>groups</dcterms:instructionalMethod>", "educational.description"),
    ],
)
def test_qualified_dublin_core_finds_its_place(inner: str, path: str) -> None:
    category, _, field = path.partition(".")
    part = getattr(tree(inner), category)
    part = part[0] if isinstance(part, tuple) else part

    assert getattr(part, field)


def test_dates_belong_to_who_published_or_wrote() -> None:
    life_cycle = tree("<dc:creator>Ana</dc:creator><dc:date>2024</dc:date><dc:date>2020</dc:date>").life_cycle

    assert life_cycle is not None
    found = [(one.role is not None, one.date.raw if one.date else None) for one in life_cycle.contribute]
    assert found == [(True, "2024"), (False, "2020")]


def test_bare_dublin_core_is_read() -> None:
    record = oai_dc.read(f'<dc xmlns:dc="{DC}"><dc:title>Breuken</dc:title></dc>'.encode(), shipped()).record

    assert record.general is not None
    assert record.general.title is not None


@pytest.mark.parametrize(
    ("inner", "repair"),
    [
        ("<dc:right>free</dc:right>", ("dc:right", "misspelt_element", "right", "rights")),
        ("stray", ("", "stray_text", "stray", None)),
        ("<dc:title> </dc:title>", ("dc:title[0]", "empty_element", " ", None)),
        ("<dc:title> T\n</dc:title>", ("dc:title[0]", "blanks_at_ends", " T\n", "T")),
    ],
)
def test_what_is_mended_is_told(inner: str, repair: tuple[str, str, str | None, str | None]) -> None:
    assert told(inner) == [repair]


def test_an_element_that_has_no_place_is_a_note() -> None:
    (note,) = read_dc("<dc:title>T</dc:title><dc:mood>gay</dc:mood>").problems

    assert (note.code, note.severity) == ("unmapped_element", "info")


def test_something_else_is_not_read() -> None:
    with pytest.raises(Unreadable, match="recipe is not a Dublin Core record"):
        oai_dc.read(b"<recipe><step/></recipe>", shipped())


def test_the_licence_comes_first_as_its_address() -> None:
    record = tree(
        "<dc:rights>Use it well.</dc:rights><dc:rights>http://creativecommons.org/licenses/by/4.0</dc:rights>"
    )

    assert values(face(record), "rights") == ["https://creativecommons.org/licenses/by/4.0/", "Use it well."]


def test_our_page_identifies_only_a_record_without_an_address() -> None:
    assert values(face(Record(general=a_record().general)), "identifier") == [URL]
    assert values(face(a_record(location="https://example.org/a")), "identifier") == ["https://example.org/a"]


def test_no_contact_data_go_out() -> None:
    record = tree("<dc:creator>Ana Silva (ana@example.org, 0471 12 34 56)</dc:creator>")

    (name,) = values(face(record), "creator")
    assert "@" not in name
    assert "0471" not in name


@pytest.mark.parametrize(("name", "record"), [("full", a_full_record()), ("small", a_record())])
def test_the_face_is_the_golden_one(name: str, record: Record, golden: Golden) -> None:
    golden(f"oai_dc/{name}.xml", face(record))


@given(RECORDS)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_face_is_a_fixed_point(record: Record) -> None:
    once = face(record)
    again = oai_dc.read(once, shipped())

    assert again.repairs == ()
    assert face(again.record) == once


@needs_shared
@given(RECORDS)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_face_validates_for_any_record(record: Record) -> None:
    assert oai_dc_violations(face(record)) == []


def test_what_is_lost_is_listed() -> None:
    assert lost(oai_dc.write, lambda face: oai_dc.read(face, shipped())) == {path for path, _ in oai_dc.LOSSES}


def test_the_documentation_lists_what_is_lost() -> None:
    assert [(row[0], row[1]) for row in table("docs/formats.md", "What Dublin Core loses")] == list(oai_dc.LOSSES)
