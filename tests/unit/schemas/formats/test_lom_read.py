"""Reading LOM: the clean form in full, and every dirty form that was found in the wild (record.md 8)."""

from __future__ import annotations

import pytest
from lxml import etree

from schemas.errors import Unreadable
from schemas.formats.lom import lom
from schemas.record import (
    Contribute,
    DateTime,
    Foreign,
    Identifier,
    LangString,
    OrComposite,
    Requirement,
    Size,
    Vocabulary,
)
from schemas.vocabularies.vocabularies import shipped
from tests.support.lom.elements import a_lom, read, read_inner, told


def strings(*values: tuple[str | None, str]) -> tuple[LangString, ...]:
    return tuple(LangString(lang, value) for lang, value in values)


def test_every_category_is_read() -> None:
    reading = read_inner(
        "<general><identifier><catalog>URI</catalog><entry>urn:1</entry></identifier>"
        '<title><string language="nl">Breuken</string><string>Fractions</string></title><language>nl</language>'
        "</general>"
        "<lifeCycle><contribute><role><source>LOMv1.0</source><value>author</value></role><entity>Silva, Ana</entity>"
        "<date><dateTime>2012-04</dateTime></date></contribute></lifeCycle>"
        "<metaMetadata><metadataSchema>LOMv1.0</metadataSchema><language>nl</language></metaMetadata>"
        "<technical><size>12</size><requirement><orComposite><name><value>any</value></name></orComposite></requirement>"
        "<duration><duration>PT5M</duration></duration></technical>"
        '<educational><typicalAgeRange><string language="x-none">12-14</string></typicalAgeRange></educational>'
        "<educational/><rights/><relation><resource/></relation><annotation/>"
        "<classification><taxonPath><taxon><id>1</id></taxon></taxonPath></classification>"
    )
    record = reading.record

    assert reading.repairs == ()
    assert record.general is not None
    assert record.general.identifier == (Identifier("URI", "urn:1"),)
    assert record.general.title == strings(("nl", "Breuken"), (None, "Fractions"))
    assert record.life_cycle is not None
    contribute = record.life_cycle.contribute[0]
    assert contribute.role == Vocabulary("LOMv1.0", "author", "https://w3id.org/oerbron/lom-role/author")
    assert (contribute.entity[0].raw, contribute.entity[0].fn) == ("Silva, Ana", "Ana Silva")
    assert contribute.date == DateTime("2012-04", "2012-04", "month")
    assert record.technical is not None
    assert record.technical.size == Size("12", 12)
    assert record.technical.requirement[0].or_composite[0].name is not None
    assert len(record.educational) == 2
    assert record.classification[0].taxon_path[0].taxon[0].id == "1"


def test_what_is_present_and_empty_is_not_absent() -> None:
    record = read_inner("<general><title/><keyword/><structure/></general><lifeCycle><contribute/></lifeCycle>").record

    assert record.general is not None
    assert record.general.title == ()
    assert record.general.keyword == ((),)
    assert record.general.structure == Vocabulary()
    assert record.life_cycle is not None
    assert record.life_cycle.contribute == (Contribute(),)


def test_values_keep_their_white_space() -> None:
    record = read_inner("<technical><location>\n  http://a.example \n</location></technical>").record

    assert record.technical is not None
    assert record.technical.location == ("\n  http://a.example \n",)


def test_any_prefix_and_default_attributes_are_read_without_a_repair() -> None:
    reading = read(
        b'<x:lom xmlns:x="http://ltsc.ieee.org/xsd/LOM"><x:general uniqueElementName="general">'
        b"<x:title><x:string>T</x:string></x:title></x:general></x:lom>"
    )

    assert reading.record.general is not None
    assert reading.record.general.title == strings((None, "T"))
    assert reading.repairs == ()


@pytest.mark.parametrize(
    ("outer", "inner", "where"),
    [
        ("http://ltsc.ieee.org/xsd/LOM", "http://www.openarchives.org/OAI/2.0/", ("general", "namespace")),
        ("http://ltsc.ieee.org/xsd/LOM", "", ("general", "namespace")),
        ("http://ltsc.ieee.org/xsd/lom", "http://ltsc.ieee.org/xsd/lom", ("", "namespace")),
        (" http://ltsc.ieee.org/xsd/LOM", " http://ltsc.ieee.org/xsd/LOM", ("line 1", "namespace_name")),
        ("", "", ("", "namespace")),
    ],
)
def test_a_wrong_namespace_is_told_once_where_it_starts(outer: str, inner: str, where: tuple[str, str]) -> None:
    document = (
        f'<o:lom xmlns:o="{outer}"><general xmlns="{inner}"><title><string>T</string></title></general></o:lom>'
        if outer
        else "<lom><general><title><string>T</string></title></general></lom>"
    )
    reading = read(document.encode())

    assert reading.record.general is not None
    assert reading.record.general.title == strings((None, "T"))
    assert told(reading) == [where]


@pytest.mark.parametrize(
    ("inner", "path", "rule"),
    [
        ("<lifecycle><version><string>1</string></version></lifecycle>", "lifeCycle", "name_case"),
        ("<educational><Context><value>x</value></Context></educational>", "educational[0].context", "name_case"),
        ("<rights><copyright>no</copyright></rights>", "rights.copyrightAndOtherRestrictions", "misspelt_name"),
        (
            "<technical><otherPlataformRequirements>Flash</otherPlataformRequirements></technical>",
            "technical.otherPlatformRequirements",
            "misspelt_name",
        ),
        (
            "<annotation><date><datetime>2012</datetime></date></annotation>",
            "annotation[0].date.dateTime",
            "name_case",
        ),
    ],
)
def test_a_misspelt_name_is_read_and_told(inner: str, path: str, rule: str) -> None:
    reading = read_inner(inner)

    assert (path, rule) in told(reading)
    assert reading.record.ext == ()


def test_bare_text_is_read_as_what_it_stands_for() -> None:
    reading = read_inner(
        "<general><identifier>urn:1</identifier><title>T</title><keyword>k</keyword><structure>atomic</structure></general>"
        "<technical><duration>PT2H</duration></technical><annotation><date>2011</date></annotation>"
    )
    record = reading.record

    assert record.general is not None
    assert record.general.identifier == (Identifier(entry="urn:1"),)
    assert record.general.title == strings((None, "T"))
    assert record.general.structure is not None
    assert record.general.structure.value == "atomic"
    assert record.technical is not None
    assert record.technical.duration is not None
    assert record.technical.duration.raw == "PT2H"
    assert record.annotation[0].date == DateTime("2011", "2011", "year")
    assert [rule for _, rule in told(reading)] == ["plain_text"] * 6


def test_a_duplicate_category_is_merged() -> None:
    reading = read_inner(
        "<general><title><string>A</string></title></general>"
        "<general><title><string>B</string></title><keyword><string>k</string></keyword></general>"
    )

    assert reading.record.general is not None
    assert reading.record.general.title == strings((None, "A"), (None, "B"))
    assert told(reading) == [("general", "duplicate_merged"), ("general.title", "duplicate_merged")]


def test_a_duplicate_value_goes_to_ext_and_is_told() -> None:
    reading = read_inner("<rights><cost><value>no</value></cost><cost><value>yes</value></cost></rights>")

    assert reading.record.rights is not None
    assert reading.record.rights.cost is not None
    assert reading.record.rights.cost.value == "no"
    kept = '<cost xmlns="http://ltsc.ieee.org/xsd/LOM"><value>yes</value></cost>'
    assert reading.record.ext == (Foreign("rights", 1, kept),)
    assert told(reading) == [("rights.cost", "duplicate_element")]


def test_a_second_rights_description_is_lawful_and_kept_apart() -> None:
    reading = read_inner("<rights><description><string>a</string></description><description/></rights>")

    assert reading.repairs == ()
    assert reading.record.ext == (Foreign("rights", 1, '<description xmlns="http://ltsc.ieee.org/xsd/LOM"/>'),)


def test_foreign_elements_and_attributes_are_kept_in_place_without_a_repair() -> None:
    reading = read(
        a_lom(
            '<general><title f:a="1"><string>T</string></title><f:type>\n <f:x y="2"/></f:type></general>',
            attributes=' xmlns:f="urn:f"',
        )
    )

    assert reading.record.ext == (
        Foreign("general", 1, '<type xmlns="urn:f">\n <x y="2"/></type>'),
        Foreign("general.title", -1, '{urn:f}a="1"'),
    )
    assert reading.repairs == ()


def test_an_attribute_of_the_root_is_kept_and_its_schema_location_is_not() -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://ltsc.ieee.org/xsd/LOM x"'

    assert read(a_lom("<general/>", attributes=f" {xsi}")).record.ext == ()
    assert read(a_lom("<general/>", attributes=' xmlns:f="urn:f" f:a="1"')).record.ext == (
        Foreign("", -1, '{urn:f}a="1"'),
    )


@pytest.mark.parametrize(
    "attributes", ["", 'url="a" size="x"', 'url="a" foo="b"', 'url="a" xmlns:f="urn:f" f:b="c"', 'size="1"']
)
def test_a_file_of_ours_that_is_none_is_read_tolerantly(attributes: str) -> None:
    document = a_lom(f"<o:file {attributes}/>", attributes=' xmlns:o="https://w3id.org/oerbron/ns/lom#"')

    assert read(lom.write_verbatim(read(document).record)).record == read(document).record


def test_an_unknown_element_of_the_lom_namespace_is_kept_and_told() -> None:
    reading = read_inner("<rights><access><value>universal</value></access></rights>")

    assert reading.record.ext == (
        Foreign("rights", 0, '<access xmlns="http://ltsc.ieee.org/xsd/LOM"><value>universal</value></access>'),
    )
    assert told(reading) == [("rights.access", "unknown_element")]


def test_stray_text_and_markup_are_told() -> None:
    reading = read_inner("<general>x<description><string>a <b>bold</b> word</string></description></general>")

    assert reading.record.general is not None
    assert reading.record.general.description == (strings((None, "a bold word")),)
    assert told(reading) == [("general", "stray_text"), ("general.description[0][0]", "markup_in_text")]


def test_xml_lang_is_a_language() -> None:
    reading = read_inner('<general><title><string xml:lang="nl">T</string></title></general>')

    assert reading.record.general is not None
    assert reading.record.general.title == strings(("nl", "T"))
    assert told(reading) == [("general.title[0]", "language_attribute")]


@pytest.mark.parametrize(
    ("inner", "rule", "after"),
    [
        (
            "<annotation><date><dateTime>2020-01-01T10:00:00Z</dateTime></date></annotation>",
            "date_form",
            "2020-01-01T10:00:00.0Z",
        ),
        ("<annotation><date><dateTime>30-04-2012</dateTime></date></annotation>", "date_form", "2012-04-30"),
        ("<annotation><date><dateTime>soon</dateTime></date></annotation>", "date_form", None),
        ("<technical><size>18Kbytes</size></technical>", "size_form", "18432"),
        ("<technical><size/></technical>", "size_form", None),
        ("<technical><duration><duration>P2W</duration></duration></technical>", "duration_form", "P14D"),
        ("<technical><duration><duration>15 min</duration></duration></technical>", "duration_form", "PT15M"),
        ("<general><language>%zz</language></general>", "language_form", None),
    ],
)
def test_a_value_the_schema_refuses_is_kept_and_told_with_its_lawful_form(
    inner: str, rule: str, after: str | None
) -> None:
    reading = read_inner(inner)

    assert [(r.rule, r.after) for r in reading.repairs] == [(rule, after)]
    assert reading.record.ext == ()


def test_obaa_names_go_where_lom_has_them() -> None:
    reading = read(
        b'<o:obaa xmlns:o="http://ltsc.ieee.org/xsd/LOM"><o:general><o:obaaTitle>T</o:obaaTitle>'
        b"<o:obaaRole>Autor</o:obaaRole><o:obaaEntity>Silva, Ana</o:obaaEntity><o:obaaKeyword>k</o:obaaKeyword>"
        b"<o:obaaDate>2008</o:obaaDate><o:obaaIdentifier>http://a.example/1</o:obaaIdentifier>"
        b"<o:obaaLearningResourceType>Thesis</o:obaaLearningResourceType></o:general></o:obaa>"
    )
    record = reading.record

    assert record.ext == ()
    assert record.general is not None
    assert record.general.title == strings((None, "T"))
    assert record.general.identifier == (Identifier(entry="http://a.example/1"),)
    assert record.life_cycle is not None
    author, dated = record.life_cycle.contribute
    assert author.role is not None
    assert (author.role.value, author.entity[0].raw) == ("Autor", "Silva, Ana")
    assert dated.date is not None
    assert dated.date.raw == "2008"
    assert record.educational[0].learning_resource_type[0].value == "Thesis"
    assert [rule for _, rule in told(reading)] == ["root_name", *["obaa_name"] * 7]


def test_obaa_roles_that_would_need_pairing_are_kept_in_ext() -> None:
    reading = read(
        b'<o:obaa xmlns:o="http://ltsc.ieee.org/xsd/LOM"><o:general><o:obaaRole>Autor</o:obaaRole>'
        b"<o:obaaRole>Publisher</o:obaaRole><o:obaaEntity>Silva, Ana</o:obaaEntity>"
        b"<o:obaaEntity>Costa, Rui</o:obaaEntity></o:general></o:obaa>"
    )

    assert reading.record.life_cycle is not None
    assert [c.role for c in reading.record.life_cycle.contribute] == [None]
    assert [f.xml.count("obaaRole") for f in reading.record.ext] == [2, 2]


def test_obaa_strings_keep_their_language_and_other_attributes_keep_them_whole() -> None:
    reading = read(
        b'<o:obaa xmlns:o="http://ltsc.ieee.org/xsd/LOM"><o:general><o:obaaTitle language="pt">T</o:obaaTitle>'
        b'<o:obaaKeyword foo="1">k</o:obaaKeyword></o:general></o:obaa>'
    )

    assert reading.record.general is not None
    assert reading.record.general.title == strings(("pt", "T"))
    assert [f.xml for f in reading.record.ext] == [
        '<obaaKeyword xmlns="http://ltsc.ieee.org/xsd/LOM" foo="1">k</obaaKeyword>'
    ]


def test_estcore_is_read_as_lom() -> None:
    reading = read(
        b'<x:estcore xmlns:x="http://www.estcore/2015/XMLSchema" xmlns:l="http://ltsc.ieee.org/xsd/LOM"><general><title>'
        b'<l:string language="et">T</l:string></title></general><classification><taxonPath><preschoolTaxon>'
        b"<domain>D</domain></preschoolTaxon></taxonPath></classification></x:estcore>"
    )

    assert reading.record.general is not None
    assert reading.record.general.title == strings(("et", "T"))
    assert [f.path for f in reading.record.ext] == ["classification[0].taxonPath[0]"]


def test_the_order_of_children_is_kept_in_lists() -> None:
    record = read_inner(
        "<technical><requirement><orComposite><minimumVersion>1</minimumVersion></orComposite></requirement>"
        "<location>b</location><requirement/><location>a</location></technical>"
    ).record

    assert record.technical is not None
    assert record.technical.location == ("b", "a")
    assert record.technical.requirement == (
        Requirement(or_composite=(OrComposite(minimum_version="1"),)),
        Requirement(),
    )


def test_a_document_of_another_kind_is_not_read() -> None:
    with pytest.raises(Unreadable) as caught:
        lom.read(b"<html/>", shipped())

    assert caught.value.code == "not_lom"


def test_the_element_handed_in_is_left_as_it_was() -> None:
    root = etree.fromstring(a_lom("<rights><copyright>no</copyright></rights>"))
    before = etree.tostring(root)
    lom.read(root, shipped())

    assert etree.tostring(root) == before
