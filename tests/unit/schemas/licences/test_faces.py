"""What goes out of, and is told about, rights whose words close an open licence."""

from __future__ import annotations

import re

import msgspec
import pytest
from msgspec.structs import replace

from schemas import record as r
from schemas.formats.amb import amb
from schemas.formats.amb import write as amb_write
from schemas.formats.lom import face
from schemas.formats.oai_dc import write as oai_dc
from schemas.formats.rdf import graph
from schemas.licence import of_rights, parse
from schemas.summary.sets import sets_of
from schemas.summary.summary import summarise
from schemas.validation import validation
from schemas.vocabularies.vocabularies import shipped
from tests.support.factories import a_record
from tests.support.samples import writing as a_writing

ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
CLOSED = [
    (ADDRESS, "no commercial use"),
    ("CC BY 4.0", "Alle rechten voorbehouden"),
    ("Enkel voor in de klas", ADDRESS),
    (ADDRESS, "In Copyright"),
    ("CC BY 4.0", "CC BY-NC 4.0"),
    ("CC BY 4.0 xyzzy",),
]


def a_record_with(*texts: str, restriction: str = "yes") -> r.Record:
    rights = r.Rights(
        None, r.Vocabulary("LOMv1.0", restriction), tuple(r.LangString("nl", text) for text in texts) or None
    )
    return replace(a_record(), rights=rights)


def opening(face_text: str) -> list[str]:
    """The values of a face that a reader would take for an open licence."""
    values = re.findall(r'>([^<]+)<|"((?:[^"\\]|\\.)*)"|<(http[^>]+)>', face_text)
    return [value for found in values for value in found if value and (one := parse(value)) and one.open]


@pytest.mark.parametrize("texts", CLOSED)
def test_no_face_gives_out_an_open_licence_that_the_rights_close(texts: tuple[str, ...]) -> None:
    record = a_record_with(*texts)
    writing = a_writing(record)

    for written in (
        face.write(record, writing),
        oai_dc.write(record, writing),
        amb_write.write(record, writing),
        graph.write(record, writing),
    ):
        assert opening((written or b"").decode()) == []
    assert "open" not in sets_of(summarise(record, shipped()), shipped())


def test_a_restriction_value_that_would_open_is_not_given_out() -> None:
    record = a_record_with("no commercial use", restriction="creative commons: attribution")

    assert opening(face.write(record, a_writing(record)).decode()) == []


@pytest.mark.parametrize("texts", CLOSED)
def test_a_licence_that_is_not_sure_is_warned_of(texts: tuple[str, ...]) -> None:
    found = validation.validate(a_record_with(*texts), "core", shipped())

    assert [one.severity for one in found if one.code == "unknown_licence"] == ["warning"]


def test_a_restriction_value_that_names_no_sure_licence_is_warned_of() -> None:
    found = validation.validate(a_record_with(restriction="creative commons: members only"), "core", shipped())

    assert [one.severity for one in found if one.code == "unknown_licence"] == ["warning"]


@pytest.mark.parametrize(
    "license_",
    [
        {"id": ADDRESS, "name": "CC BY-NC 4.0"},
        {"url": ADDRESS, "name": "No commercial use"},
        {"@type": "CreativeWork", "url": ADDRESS, "description": "All rights reserved"},
        [ADDRESS, "https://creativecommons.org/licenses/by-nc/4.0/"],
        [{"id": ADDRESS}, "Only for schools"],
    ],
)
def test_an_object_of_amb_that_contradicts_its_address_is_not_open(license_: object) -> None:
    page: dict[str, object] = {"@context": "https://schema.org", "@type": "LearningResource"}
    page |= {"@id": "https://example.org/a", "name": "Breuken", "license": license_}

    reading = amb.read(msgspec.json.encode(page), shipped())

    found = of_rights(reading.record.rights)
    assert found is not None
    assert not found.open


def test_an_object_of_amb_whose_name_says_the_same_is_read_by_its_address() -> None:
    page: dict[str, object] = {"@context": "https://schema.org", "@type": "LearningResource"}
    page |= {"@id": "https://example.org/a", "name": "Breuken", "license": {"id": ADDRESS, "name": "CC BY 4.0"}}

    reading = amb.read(msgspec.json.encode(page), shipped())

    assert reading.record.rights == r.Rights(None, None, (r.LangString(None, ADDRESS),))


def test_every_face_gives_out_a_licence_that_is_open() -> None:
    record = a_record_with(ADDRESS, "© 2020 Jan Maes")
    writing = a_writing(record)

    for written in (face.write(record, writing), oai_dc.write(record, writing), graph.write(record, writing)):
        assert ADDRESS in opening((written or b"").decode())
    assert "open" in sets_of(summarise(record, shipped()), shipped())
