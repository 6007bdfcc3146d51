"""LOM in each of the forms that networks send: one small record per form, through the importer and out again."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from schemas.formats.format import Delivery
from schemas.formats.incoming.incoming import Incoming, deliveries
from schemas.formats.lom import lom
from schemas.record import LangString, Record
from tests.support.lom.elements import NAMESPACE as IEEE
from tests.support.lom.elements import read
from tests.support.referee import violations
from tests.support.shared import needs_shared

OAI = "http://www.openarchives.org/OAI/2.0/"
IMS = "http://www.imsglobal.org/xsd/imsmd_v1p2"
LOMFR = "http://www.lom-fr.fr/xsd/LOMFR"
SCOLOMFR = "http://www.lom-fr.fr/xsd/SCOLOMFR"


class Form(NamedTuple):
    """A record in one form, and what the reader says of it: format, rules of the repairs, paths in `ext`."""

    document: str
    format: str
    rules: tuple[str, ...] = ()
    ext: tuple[str, ...] = ()


def in_oai(record: str) -> str:
    """A GetRecord response around a metadata element."""
    return (
        f'<OAI-PMH xmlns="{OAI}"><responseDate>2020-01-01T00:00:00Z</responseDate><request verb="GetRecord"/>'
        "<GetRecord><record><header><identifier>oai:a.example:1</identifier><datestamp>2020-01-01</datestamp></header>"
        f"<metadata>{record}</metadata></record></GetRecord></OAI-PMH>"
    )


TITLE = '<general><title><string language="nl">Breuken</string></title></general>'
IMS_TITLE = '<title><langstring xml:lang="nl">Breuken</langstring></title>'

FORMS = {
    "IEEE": Form(f'<lom xmlns="{IEEE}">{TITLE}</lom>', "lom"),
    "IEEE with a prefix": Form(
        f'<lom:lom xmlns:lom="{IEEE}"><lom:general><lom:title><lom:string language="nl">Breuken</lom:string>'
        "</lom:title></lom:general></lom:lom>",
        "lom",
    ),
    "lower-case namespace and names": Form(
        '<lom:lom xmlns:lom="http://ltsc.ieee.org/xsd/lom"><lom:general><lom:title><lom:string language="nl">Breuken'
        "</lom:string></lom:title><lom:aggregationlevel><lom:value>2</lom:value></lom:aggregationlevel></lom:general>"
        "<lom:lifecycle/></lom:lom>",
        "lom",
        ("namespace", "name_case", "name_case"),
    ),
    "inherited namespace": Form(in_oai(f'<lom:lom xmlns:lom="{IEEE}">{TITLE}</lom:lom>'), "lom", ("namespace",)),
    "no namespace": Form(f"<lom>{TITLE}</lom>", "lom", ("namespace",)),
    "LOM-FR": Form(
        f'<lom:lom xmlns:lom="{IEEE}" xmlns:lomfr="{LOMFR}"><lom:general><lom:title><lom:string language="nl">Breuken'
        "</lom:string></lom:title><lomfr:documentType><lomfr:source>LOMFRv1.0</lomfr:source><lomfr:value>texte"
        "</lomfr:value></lomfr:documentType></lom:general><lom:educational><lomfr:activity><lomfr:source>LOMFRv1.0"
        "</lomfr:source><lomfr:value>lire</lomfr:value></lomfr:activity></lom:educational></lom:lom>",
        "lom",
        ext=("general", "educational[0]"),
    ),
    "ScoLOMFR": Form(
        f'<lom:lom xmlns:lom="{IEEE}" xmlns:scolomfr="{SCOLOMFR}"><lom:general><lom:title><lom:string language="nl">'
        "Breuken</lom:string></lom:title><scolomfr:generalResourceType><scolomfr:source>SCOLOMFRv1.0</scolomfr:source>"
        "<scolomfr:value>http://data.education.fr/voc/scolomfr/concept/scolomfr-voc-003-num-003</scolomfr:value>"
        "</scolomfr:generalResourceType></lom:general><lom:educational><scolomfr:place><scolomfr:value>en salle"
        "</scolomfr:value></scolomfr:place><scolomfr:tool><scolomfr:value>TBI</scolomfr:value></scolomfr:tool>"
        "</lom:educational></lom:lom>",
        "lom",
        ext=("general", "educational[0]", "educational[0]"),
    ),
    "LOM-ES": Form(
        f'<lom xmlns="{IEEE}">{TITLE}<rights><access><accessType><source>LOM-ESv1.0</source><value>universal</value>'
        '</accessType><description><string language="es">x</string></description></access>'
        "<copyrightAndOtherRestrictions><source>LOM-ESv1.0</source><value>creative commons: attribution</value>"
        "</copyrightAndOtherRestrictions></rights></lom>",
        "lom",
        ("unknown_element",),
        ("rights",),
    ),
    "OBAA": Form(
        f'<obaa:obaa xmlns:obaa="{IEEE}"><obaa:general><obaa:obaaTitle language="nl">Breuken</obaa:obaaTitle>'
        "<obaa:obaaKeyword>k</obaa:obaaKeyword></obaa:general></obaa:obaa>",
        "lom",
        ("root_name", "obaa_name", "obaa_name"),
    ),
    "ESTCORE": Form(
        f'<estcore:estcore xmlns:estcore="http://www.estcore/2015/XMLSchema" xmlns:lom="{IEEE}"><general><title>'
        '<lom:string language="nl">Breuken</lom:string></title></general><classification><taxonPath><source>'
        '<lom:string language="en">EstCORE</lom:string></source><basicSchoolTaxon><subject><subjectName>mathematics'
        "</subjectName></subject></basicSchoolTaxon></taxonPath></classification></estcore:estcore>",
        "lom",
        ("root_name", "namespace", "namespace", "namespace", "unknown_element"),
        ("classification[0].taxonPath[0]",),
    ),
    "IMS-MD 1.2": Form(f'<lom xmlns="{IMS}"><general>{IMS_TITLE}</general></lom>', "imsmd"),
    "IMS-MD 1.2.1": Form(
        f'<lom xmlns="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"><general>{IMS_TITLE}</general></lom>', "imsmd"
    ),
    "NL-LOM": Form(
        f'<czp:lom xmlns:czp="{IMS}"><czp:general><czp:title><czp:langstring xml:lang="nl">Breuken</czp:langstring>'
        "</czp:title><czp:catalogentry><czp:catalog>URI</czp:catalog><czp:entry><czp:langstring xml:lang='x-none'>"
        "urn:uuid:1</czp:langstring></czp:entry></czp:catalogentry></czp:general></czp:lom>",
        "imsmd",
    ),
    "HS-OER-LOM": Form(
        f'<metadata xmlns="https://www.oerbw.de/hsoerlom"><lom><general>{IMS_TITLE}</general></lom></metadata>', "imsmd"
    ),
}


def delivered(document: str) -> Delivery:
    (delivery,) = deliveries(document.encode(), Incoming("x.xml"))
    return delivery


def record_of(delivery: Delivery) -> Record:
    assert delivery.reading is not None, delivery.problems
    return delivery.reading.record


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_recognised_and_its_title_read(name: str) -> None:
    form = FORMS[name]
    delivery = delivered(form.document)
    general = record_of(delivery).general

    assert delivery.format == form.format
    assert general is not None
    assert general.title == (LangString("nl", "Breuken"),)


@pytest.mark.parametrize("name", FORMS)
def test_what_belongs_to_a_form_is_no_repair_and_the_rest_is_told(name: str) -> None:
    form = FORMS[name]
    reading = delivered(form.document).reading

    assert reading is not None
    assert tuple(repair.rule for repair in reading.repairs) == form.rules
    assert all(repair.before is not None or repair.after is not None for repair in reading.repairs)


@pytest.mark.parametrize("name", FORMS)
def test_foreign_elements_of_a_form_are_kept(name: str) -> None:
    form = FORMS[name]

    assert tuple(foreign.path for foreign in record_of(delivered(form.document)).ext) == form.ext


@needs_shared
@pytest.mark.parametrize("name", FORMS)
def test_a_form_goes_out_as_lom_and_comes_back_the_same(name: str) -> None:
    record = record_of(delivered(FORMS[name].document))
    export = lom.write_verbatim(record)

    assert violations(export) == []
    assert read(export).record == record


NL_LOM = f"""<czp:lom xmlns:czp="{IMS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<czp:general>
  <czp:identifier>i-1</czp:identifier>
  <czp:title><czp:langstring xml:lang="nl">Breuken</czp:langstring></czp:title>
  <czp:catalogentry><czp:catalog>URI</czp:catalog>
    <czp:entry><czp:langstring xml:lang="x-none">urn:1</czp:langstring></czp:entry></czp:catalogentry>
  <czp:aggregationlevel><czp:source><czp:langstring xml:lang="x-none">LOMv1.0</czp:langstring></czp:source>
    <czp:value><czp:langstring xml:lang="x-none">2</czp:langstring></czp:value></czp:aggregationlevel>
</czp:general>
<czp:lifecycle><czp:contribute><czp:role><czp:source><czp:langstring xml:lang="x-none">LOMv1.0</czp:langstring>
  </czp:source><czp:value><czp:langstring xml:lang="x-none">author</czp:langstring></czp:value></czp:role>
  <czp:centity><czp:vcard>BEGIN:VCARD
FN:An Peeters
END:VCARD</czp:vcard></czp:centity>
  <czp:date><czp:datetime>2012-04-30</czp:datetime></czp:date></czp:contribute></czp:lifecycle>
<czp:metametadata><czp:metadatascheme>NL LOM</czp:metadatascheme></czp:metametadata>
<czp:technical><czp:requirement><czp:type><czp:value><czp:langstring xml:lang="x-none">browser</czp:langstring>
  </czp:value></czp:type></czp:requirement></czp:technical>
<czp:educational><czp:typicallearningtime><czp:datetime>PT20M0S</czp:datetime></czp:typicallearningtime></czp:educational>
<czp:classification><czp:taxonpath><czp:taxon><czp:id>1</czp:id><czp:taxon><czp:id>2</czp:id></czp:taxon></czp:taxon>
  </czp:taxonpath></czp:classification>
</czp:lom>"""


def test_the_names_of_ims_md_are_read_as_those_of_lom_without_a_repair() -> None:
    delivery = delivered(NL_LOM)
    record = record_of(delivery)

    assert delivery.reading is not None
    assert delivery.reading.repairs == ()
    assert record.general is not None
    assert [(one.catalog, one.entry) for one in record.general.identifier] == [(None, "i-1"), ("URI", "urn:1")]
    assert record.general.aggregation_level is not None
    assert record.general.aggregation_level.value == "2"
    assert record.life_cycle is not None
    (contribute,) = record.life_cycle.contribute
    assert (contribute.entity[0].fn, contribute.date and contribute.date.value) == ("An Peeters", "2012-04-30")
    assert record.meta_metadata is not None
    assert record.meta_metadata.metadata_schema == ("NL LOM",)


def test_a_duration_in_the_datetime_of_ims_md_is_a_duration() -> None:
    time = record_of(delivered(NL_LOM)).educational[0].typical_learning_time

    assert time is not None
    assert (time.raw, time.value) == ("PT20M0S", "PT20M")


def test_a_requirement_of_ims_md_is_one_composite_and_a_taxon_in_a_taxon_the_next_step() -> None:
    record = record_of(delivered(NL_LOM))

    assert record.technical is not None
    (requirement,) = record.technical.requirement
    assert requirement.or_composite[0].type is not None
    assert requirement.or_composite[0].type.value == "browser"
    assert [taxon.id for taxon in record.classification[0].taxon_path[0].taxon] == ["1", "2"]


def test_the_language_of_an_ims_md_term_has_no_place_and_is_told() -> None:
    reading = delivered(
        f'<lom xmlns="{IMS}"><rights><cost><value><langstring xml:lang="nl">nee</langstring></value></cost></rights>'
        "</lom>"
    ).reading

    assert reading is not None
    assert [(repair.path, repair.rule) for repair in reading.repairs] == [("rights.cost.value", "string_in_text")]


def test_a_card_of_vcard_4_in_hs_oer_lom_gives_its_orcid() -> None:
    card = "BEGIN:VCARD\nVERSION:4.0\nFN:An Peeters\nURL:https://orcid.org/0000-0002-1825-0097\nEND:VCARD"
    record = record_of(
        delivered(
            '<metadata xmlns="https://www.oerbw.de/hsoerlom"><lom><lifecycle><contribute><centity>'
            f"<vcard>{card}</vcard></centity></contribute></lifecycle></lom></metadata>"
        )
    )

    assert record.life_cycle is not None
    assert record.life_cycle.contribute[0].entity[0].orcid == "https://orcid.org/0000-0002-1825-0097"
