"""The verbatim export: it reads back to the same record, it validates, and it changes nothing that is valid."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree
from msgspec.structs import replace

from schemas.formats.absence import without_placeholders
from schemas.formats.lom import lom
from schemas.formats.lom.grammar import Part
from schemas.formats.lom.obaa import ObaaMender
from schemas.record import Foreign, Record, Rights, from_json, to_json
from schemas.vocabularies.vocabularies import shipped
from tests.support.lom.elements import a_lom, read, read_inner, told
from tests.support.lom.records import DOCUMENTS, RECORDS
from tests.support.referee import canonical, violations
from tests.support.shared import needs_shared

LOCAL = "https://w3id.org/oerbron/ns/lom#"


def round_trip(record: Record) -> Record:
    return read(lom.write_verbatim(record)).record


@given(RECORDS)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_record_reads_back_as_it_was(record: Record) -> None:
    record, _ = without_placeholders(record)  # these are absence, told (schemas.formats.absence)
    back = round_trip(record)

    assert underived(back) == underived(record)
    assert round_trip(back) == back


def underived(record: Record) -> object:
    """The tree without what a reader derives."""
    return _stripped(json.loads(to_json(record)))


_DERIVED = {
    frozenset(("raw",)): ("fn", "n", "org", "email", "orcid", "ror", "kind", "value", "precision", "bytes"),
    frozenset(("source",)): ("uri",),
    frozenset(("value",)): ("uri",),
}


def _stripped(tree: object) -> object:
    if isinstance(tree, list):
        return [_stripped(one) for one in tree]
    if not isinstance(tree, dict):
        return tree
    gone = {name for key, names in _DERIVED.items() if key <= tree.keys() for name in names}
    return {name: _stripped(value) for name, value in tree.items() if name not in gone}


class _Slow(ObaaMender):
    """The tolerant reader without the help of the fast one."""

    def reads_clean(self, part: Part, element: etree._Element) -> bool:
        return False


@given(DOCUMENTS | RECORDS.map(lom.write_verbatim))
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_fast_and_the_tolerant_reader_read_the_same(document: bytes) -> None:
    reading = read(document)
    slow = _Slow(shipped())

    record, absent = without_placeholders(slow.record(etree.fromstring(document)))

    assert reading.record == record
    assert reading.repairs == (*slow.repairs, *absent)


@needs_shared
@given(RECORDS)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_export_is_loose_valid(record: Record) -> None:
    assert violations(lom.write_verbatim(record)) == []


@needs_shared
@given(DOCUMENTS)
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_whatever_is_read_goes_out_valid_and_comes_back_the_same(document: bytes) -> None:
    record = read(document).record
    export = lom.write_verbatim(record)

    assert violations(export) == []
    assert read(export).record == record


@pytest.mark.parametrize(
    "inner",
    [
        "<general><title/><keyword/></general><general2 xmlns='urn:x'/>",
        "<rights><description><string>a</string></description><description><string>b</string></description></rights>",
        "<metaMetadata><language>nl</language><language>fr</language></metaMetadata>",
        "<general><structure><value>x</value><label>y</label><source>z</source></structure></general>",
        "<lifeCycle><contribute><entity>a &amp; b\n c</entity></contribute></lifeCycle>",
        "<general xml:lang='nl' xmlns:f='urn:f' f:a='1'><title f:b='2'><string f:c='3'>T</string><f:x/></title>"
        "</general>",
        "<technical><location> a </location><size> 12 </size><format>&#13;x</format></technical>",
    ],
)
@needs_shared
def test_what_is_valid_comes_out_equal(inner: str) -> None:
    document = a_lom(inner)
    reading = read(document)

    assert violations(document) == []
    assert reading.repairs == ()
    assert canonical(etree.fromstring(lom.write_verbatim(reading.record))) == canonical(etree.fromstring(document))


def test_a_refused_date_goes_out_lawful_with_what_was_received_beside_it() -> None:
    record = read_inner("<annotation><date><dateTime>2020-01-01T10:00:00Z</dateTime></date></annotation>").record
    export = lom.write_verbatim(record).decode()

    assert '<date o:raw="2020-01-01T10:00:00Z"><dateTime>2020-01-01T10:00:00.0Z</dateTime></date>' in export
    assert read(export.encode()).record == record


def test_an_unknown_element_goes_out_in_our_namespace_and_comes_back_in_its_own() -> None:
    record = read(a_lom('<rights><access/><x xmlns=""><y/></x></rights>')).record
    export = lom.write_verbatim(record).decode()

    assert f'xmlns:o="{LOCAL}"' in export
    assert "<o:access/>" in export
    assert '<o:x o:ns="">' in export
    assert read(export.encode()).record == record
    assert [f.xml for f in record.ext] == [
        '<access xmlns="http://ltsc.ieee.org/xsd/LOM"/>',
        "<x><y/></x>",
    ]


@needs_shared
@pytest.mark.parametrize(
    "inner",
    [
        "<rights><description/><description>bare</description></rights>",
        "<rights><description/><description foo='1'><string>a</string></description></rights>",
        "<rights><description/><description><string foo='1'>a</string></description></rights>",
        "<metaMetadata><language>nl</language><language>%zz</language></metaMetadata>",
        "<general><structure><value>x</value><label><b>y</b></label></structure></general>",
        "<general><structure><value>x</value><label xmlns:f='urn:f' f:a='1'>y</label></structure></general>",
    ],
)
def test_what_may_stand_again_but_is_unlawful_goes_out_in_our_namespace_and_is_told(inner: str) -> None:
    reading = read_inner(inner)
    export = lom.write_verbatim(reading.record)

    assert violations(a_lom(inner)) != []
    assert violations(export) == []
    assert len(reading.repairs) == 1
    assert read(export).record == reading.record


@pytest.mark.parametrize("name", ["language", "raw", "ns", "as-language", "as-as-raw"])
def test_an_attribute_that_is_called_as_one_of_ours_comes_back_as_it_was(name: str) -> None:
    kept = Foreign("general.title[0]", -1, f'{name}="1"')
    record = read_inner('<general><title><string language="%zz">T</string></title></general>').record
    record = replace(record, ext=(kept,))

    assert round_trip(record) == record


def test_of_elements_read_as_one_the_first_attribute_stands_and_another_value_is_told() -> None:
    reading = read(
        a_lom("<rights f:a='1' f:b='x'/><rights f:a='2' f:b='x'/>", attributes=' xmlns:f="urn:f" xmlns:g="urn:g"')
    )

    assert [f.xml for f in reading.record.ext] == ['{urn:f}a="1"', '{urn:f}b="x"']
    assert ("rights", "duplicate_attribute") in told(reading)
    assert round_trip(reading.record) == reading.record


def test_a_foreign_element_beside_a_date_that_cannot_be_read_keeps_its_place() -> None:
    record = read_inner(
        "<annotation><date><dateTime>soon</dateTime><x xmlns='urn:x'/><y xmlns='urn:x'/></date></annotation>"
    ).record

    assert round_trip(record) == record


@needs_shared
@pytest.mark.parametrize(
    "xml",
    [
        "<broken",
        "no element",
        '<a xmlns="urn:a"><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><wrong/></lom></a>',
        '<a xmlns="urn:a" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="b"/>',
        "<!DOCTYPE a><a/>",
    ],
)
def test_a_foreign_part_from_a_client_never_breaks_the_export(xml: str) -> None:
    record = Record(rights=Rights(), ext=(Foreign("rights", 0, xml), Foreign("rights", -1, xml)))

    assert violations(lom.write_verbatim(record)) == []


def test_contact_data_stays() -> None:
    card = "BEGIN:VCARD\nFN:Ana\nEMAIL:a@b.example\nEND:VCARD"
    record = read_inner(f"<lifeCycle><contribute><entity>{card}</entity></contribute></lifeCycle>").record

    assert b"a@b.example" in lom.write_verbatim(record)


def test_canonical_json_and_the_export_hold_the_same() -> None:
    record = read_inner("<general><title><string>T</string></title></general><educational/>").record

    assert round_trip(from_json(to_json(record))) == record
