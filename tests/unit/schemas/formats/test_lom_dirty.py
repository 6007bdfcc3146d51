"""The dirt that the importer must survive, line by line of the list made from real data (record.md 8).

What is dirty in the names and namespaces of LOM stands in test_lom_read and test_lom_forms; here stand the values, the
containers and the bytes. Each case says what was read, which repairs were told, and what the public sees of it.
"""

from __future__ import annotations

import pytest

from schemas.errors import Repair
from schemas.formats.format import Delivery
from schemas.formats.incoming.incoming import Incoming, deliveries
from schemas.record import LangString, Record
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped
from tests.support.lom.elements import NAMESPACE, a_lom, face_of, read_inner, told

OAI = "http://www.openarchives.org/OAI/2.0/"
LOM = f'<lom xmlns="{NAMESPACE}"><general><title><string>T</string></title></general></lom>'


def delivered(data: bytes | str, *, salvage: bool = False) -> list[Delivery]:
    return list(deliveries(data.encode() if isinstance(data, str) else data, Incoming("x.xml", salvage=salvage)))


def codes(found: list[Delivery]) -> list[str]:
    """What became of each: read, deleted, or the code of its reject."""
    return ["deleted" if one.deleted else "read" if one.reading else one.problems[0].code for one in found]


def a_response(*records: str) -> str:
    return (
        f'<OAI-PMH xmlns="{OAI}"><responseDate>2020-01-01T00:00:00Z</responseDate><request verb="ListRecords"/>'
        f"<ListRecords>{''.join(records)}</ListRecords></OAI-PMH>"
    )


def an_item(metadata: str, *, status: str = "", number: int = 1) -> str:
    header = f"<identifier>oai:a.example:{number}</identifier><datestamp>2020-01-01</datestamp>"
    return f"<record><header{status}>{header}</header>{metadata}</record>"


# LangStrings


def test_repeated_strings_of_one_language_are_all_kept() -> None:
    string = '<string language="fr">{}</string>'
    reading = read_inner(f"<general><title>{''.join(string.format(word) for word in 'abc')}</title></general>")

    assert reading.record.general is not None
    assert reading.record.general.title == tuple(LangString("fr", word) for word in "abc")
    assert reading.repairs == ()


def test_a_string_without_a_language_has_none() -> None:
    reading = read_inner("<general><title><string>T</string></title></general>")

    assert reading.record.general is not None
    assert reading.record.general.title == (LangString(None, "T"),)
    assert reading.repairs == ()


@pytest.mark.parametrize(
    ("received", "public"),
    [
        ("none", ("x-none",)),
        ("x-none", ("x-none",)),
        ("mul", ()),
        ("pt_BR", ("pt-BR",)),
        ("fra-CA", ("fr-CA",)),
        ("fren", ("fr",)),
    ],
)
def test_a_tag_stands_as_received_and_is_mended_in_the_face(received: str, public: tuple[str, ...]) -> None:
    inner = f"<general><language>{received}</language></general>"
    reading = read_inner(inner)

    assert reading.record.general is not None
    assert reading.record.general.language == (received,)
    assert reading.repairs == ()
    assert [tag for tag in public if f"<language>{tag}</language>" not in face_of(inner)] == []
    assert face_of(inner).count("<language>") == 2 * len(public)


# Dates, durations, sizes


@pytest.mark.parametrize(
    ("received", "value", "rules"),
    [
        ("2012-04-30T08:15:00Z", "2012-04-30T08:15:00Z", ["date_form"]),
        ("2012-04-30T08:15:00+02:00", "2012-04-30T06:15:00Z", ["date_form"]),
        ("2012-04-30T08:15:00.0Z", "2012-04-30T08:15:00Z", []),
        ("2012", "2012", []),
    ],
)
def test_a_date_is_read_and_told_where_the_schema_refuses_it(received: str, value: str, rules: list[str]) -> None:
    reading = read_inner(f"<annotation><date><dateTime>{received}</dateTime></date></annotation>")
    date = reading.record.annotation[0].date

    assert date is not None
    assert (date.raw, date.value) == (received, value)
    assert [repair.rule for repair in reading.repairs] == rules


@pytest.mark.parametrize(
    ("received", "size_bytes"),
    [("18Kbytes", 18_432), ("2.7 mb", 2_831_155), ("1,99 MB", 2_086_666), ("734003.2", 734_003), ("big", None)],
)
def test_a_size_in_words_is_read_and_told(received: str, size_bytes: int | None) -> None:
    reading = read_inner(f"<technical><size>{received}</size></technical>")

    assert reading.record.technical is not None
    assert reading.record.technical.size is not None
    assert (reading.record.technical.size.raw, reading.record.technical.size.bytes) == (received, size_bytes)
    after = None if size_bytes is None else str(size_bytes)
    assert reading.repairs == (Repair("technical.size", "size_form", received, after),)


# vCards


@pytest.mark.parametrize(
    "card",
    [
        "\n     BEGIN:VCARD\n     VERSION:3.0\n     FN:Ana Silva\n     END:VCARD\n   ",
        "BEGIN:VCARD&#13;\nVERSION:3.0&#13;\nFN:Ana Silva&#13;\nEND:VCARD",
        "BEGIN:VCARD VERSION:3.0 FN:Ana Silva END:VCARD",
        "BEGIN:VCARD\nN:Silva;Ana\nFN:\nEND:VCARD",
        "BEGIN:VCARD\nFN:Ana Silva\nURL:http\\://a.example\nEND:VCARD",
        "BEGIN:VCARD\\nVERSION:3.0\\nFN:Ana Silva\\nEND:VCARD",
        "Silva, Ana",
    ],
)
def test_a_card_in_any_dress_names_its_person_and_stays_as_received(card: str) -> None:
    reading = read_inner(f"<lifeCycle><contribute><entity>{card}</entity></contribute></lifeCycle>")

    assert reading.record.life_cycle is not None
    (entity,) = reading.record.life_cycle.contribute[0].entity
    assert entity.fn == "Ana Silva"
    assert entity.raw == card.replace("&#13;", "\r")
    assert reading.repairs == ()


# Texts


def test_empty_keywords_are_kept_and_not_published() -> None:
    inner = "<general><keyword/><keyword><string/></keyword><keyword><string> </string></keyword></general>"
    reading = read_inner(inner)

    assert reading.record.general is not None
    assert [len(keyword) for keyword in reading.record.general.keyword] == [0, 1, 1]
    assert "<keyword>" not in face_of(inner)


def test_packed_keywords_stand_as_received_and_come_apart_in_the_summary() -> None:
    record = read_inner("<general><keyword><string>a, b, c</string></keyword></general>").record

    assert record.general is not None
    assert record.general.keyword == ((LangString(None, "a, b, c"),),)
    assert summarise(record, shipped()).keywords == ("a", "b", "c")


def test_html_in_a_description_stands_as_received_and_is_plain_in_the_summary() -> None:
    html = "&lt;p&gt;Plants&amp;nbsp;&amp;amp; light&lt;/p&gt;"
    record = read_inner(f"<general><description><string>{html}</string></description></general>").record

    assert record.general is not None
    assert record.general.description == ((LangString(None, "<p>Plants&nbsp;&amp; light</p>"),),)
    assert summarise(record, shipped()).description == "Plants & light"


def test_duplicate_identifiers_and_locations_are_kept_and_published_once() -> None:
    twice = "<identifier><catalog>URI</catalog><entry>urn:1</entry></identifier>" * 2
    inner = f"<general>{twice}</general><technical>{'<location>https://a.example/</location>' * 2}</technical>"
    record = read_inner(inner).record

    assert record.general is not None
    assert len(record.general.identifier) == 2
    assert face_of(inner).count("<identifier>") == face_of(inner).count("<location>") == 1


# Licences


@pytest.mark.parametrize(
    ("rights", "uri"),
    [
        (
            "<description><string>http://creativecommons.org/licenses/by-sa/2.0/be</string></description>",
            "https://creativecommons.org/licenses/by-sa/2.0/be/",
        ),
        (
            "<description><string>CC BY-NC-SA 3.0 DE</string></description>",
            "https://creativecommons.org/licenses/by-nc-sa/3.0/de/",
        ),
        (
            "<copyrightAndOtherRestrictions><source>x</source><value>cc-by-40</value></copyrightAndOtherRestrictions>",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        (
            "<description><string>Dit werk valt onder een Creative Commons Naamsvermelding 4.0 licentie.</string>"
            "</description>",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        ("<description><string>Alle rechten voorbehouden</string></description>", None),
    ],
)
def test_a_licence_is_found_wherever_it_is_said(rights: str, uri: str | None) -> None:
    licence = summarise(read_inner(f"<rights>{rights}</rights>").record, shipped()).license

    assert (licence.uri if licence else None) == uri


def test_a_record_without_rights_has_no_licence() -> None:
    assert summarise(Record(), shipped()).license is None


# Containers


def test_a_deleted_header_deletes() -> None:
    found = delivered(a_response(an_item("", status=' status="deleted"')))

    assert codes(found) == ["deleted"]
    assert found[0].identifier == "oai:a.example:1"


def test_empty_metadata_is_a_reject_and_the_rest_goes_on() -> None:
    items = an_item("<metadata/>"), an_item(f"<metadata>{LOM}</metadata>", number=2)

    assert codes(delivered(a_response(*items))) == ["no_metadata", "read"]


def test_of_a_truncated_response_the_complete_records_are_read() -> None:
    items = [an_item(f"<metadata>{LOM}</metadata>", number=number) for number in (1, 2)]
    response = a_response(*items)

    found = delivered(response[: response.index("</title>", response.index("example:2"))])

    assert codes(found) == ["read", "truncated"]


def test_a_truncated_record_is_one_reject() -> None:
    assert codes(delivered(LOM[:-20])) == ["truncated"]


# Bytes


@pytest.mark.parametrize("before", ["\n", "  \n", "<!-- a comment -->\n", "\n<!-- a comment --> "])
def test_what_stands_before_the_declaration_is_a_reject_and_salvaged(before: str) -> None:
    document = f'{before}<?xml version="1.0" encoding="UTF-8"?>{LOM}'
    (salvaged,) = delivered(document, salvage=True)

    assert codes(delivered(document)) == ["not_xml"]
    assert salvaged.reading is not None
    assert told(salvaged.reading) == [("line 1", "before_declaration")]


def test_a_namespace_with_a_blank_is_mended_and_told() -> None:
    (delivery,) = delivered(LOM.replace("http://ltsc", " http://ltsc"))

    assert delivery.reading is not None
    assert told(delivery.reading) == [("line 1", "namespace_name")]


def test_a_namespace_that_is_no_address_is_no_obstacle() -> None:
    (delivery,) = delivered(a_lom("<general><title><string>T</string></title></general>", attributes=" xmlns:x='a b'"))

    assert codes([delivery]) == ["read"]


@pytest.mark.parametrize(
    ("document", "code", "rule"),
    [
        (LOM.replace("T<", "caf\xe9<").encode("latin-1"), "wrong_encoding", "wrong_encoding"),
        (LOM.replace("T<", "T\x08<").encode(), "illegal_character", "illegal_character"),
        (LOM.replace("T<", "R&D<").encode(), "not_xml", "bare_ampersand"),
        (LOM.replace("T<", "caf&eacute;<").encode(), "not_xml", "bare_ampersand"),
    ],
)
def test_wrong_bytes_are_a_reject_and_salvaged_with_a_repair(document: bytes, code: str, rule: str) -> None:
    (salvaged,) = delivered(document, salvage=True)

    assert codes(delivered(document)) == [code]
    assert salvaged.reading is not None
    assert [repair.rule for repair in salvaged.reading.repairs] == [rule]
