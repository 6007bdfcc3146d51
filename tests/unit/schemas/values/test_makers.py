"""Makers of AMB and schema.org: their own identifier in whatever property, never that of their affiliation."""

from __future__ import annotations

from typing import Any, Final

import pytest

from schemas.formats.amb import amb
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped

MAKERS: Final[tuple[tuple[Any, str, str | None], ...]] = (
    (
        {"type": "Person", "name": "Ada V", "sameAs": "https://orcid.org/0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "sameAs": ["https://x.example/a", "https://orcid.org/0000-0002-1825-0097"]},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "identifier": "https://orcid.org/0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "identifier": "0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "identifier": {"type": "PropertyValue", "propertyID": "ORCID", "value": "0000-0002-1825-0097"},
        },
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "identifier": [
                {
                    "type": "PropertyValue",
                    "propertyID": "https://registry.identifiers.org/registry/orcid",
                    "value": "orcid:0000-0002-1825-0097",
                }
            ],
        },
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "identifier": "orcid:0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "identifier": "ORCID iD: 0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "url": "https://orcid.org/0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "id": "http://orcid.org/0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "id": "https://x.example/ada",
            "sameAs": "https://orcid.org/0000-0002-1825-0097",
        },
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "id": "_:b0", "identifier": "https://orcid.org/0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "@id": "#ada", "sameAs": ["https://orcid.org/0000-0002-1825-0097"]},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "sameAs": {"id": "https://orcid.org/0000-0002-1825-0097"}},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "identifier": {"@type": "PropertyValue", "name": "ORCID", "value": "https://orcid.org/0000-0002-1825-0097"},
        },
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "identifier": {
                "type": "PropertyValue",
                "propertyID": "orcid",
                "url": "https://orcid.org/0000-0002-1825-0097",
            },
        },
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "identifier": {"@value": "0000-0002-1825-0097"}},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "orcid": "0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "identifier": "https://www.orcid.org/0000-0002-1825-0097/"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {"type": "Person", "name": "Ada V", "sameAs": "orcid.org/0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "affiliation": {"type": "Organization", "name": "UGent", "id": "https://ror.org/00cv9y106"},
        },
        "person",
        None,
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "affiliation": {"type": "Organization", "name": "UGent", "sameAs": "https://ror.org/00cv9y106"},
        },
        "person",
        None,
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "id": "https://orcid.org/0000-0002-1825-0097",
            "affiliation": {"type": "Organization", "name": "UGent", "id": "https://ror.org/00cv9y106"},
        },
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "affiliation": {"type": "Organization", "name": "UGent", "identifier": "https://ror.org/00cv9y106"},
            "sameAs": "https://orcid.org/0000-0002-1825-0097",
        },
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    ({"type": "Person", "name": "Ada V", "identifier": "0000-0002-1825-0098"}, "person", None),
    (
        {
            "type": "Person",
            "name": "Ada V",
            "worksFor": {"type": "Organization", "name": "UGent", "id": "https://ror.org/00cv9y106"},
        },
        "person",
        None,
    ),
    (
        {"type": "Organization", "name": "UGent", "sameAs": "https://ror.org/00cv9y106"},
        "organization",
        "https://ror.org/00cv9y106",
    ),
    (
        {"type": "Organization", "name": "UGent", "identifier": "https://ror.org/00cv9y106"},
        "organization",
        "https://ror.org/00cv9y106",
    ),
    (
        {
            "type": "Organization",
            "name": "UGent",
            "identifier": {"type": "PropertyValue", "propertyID": "ROR", "value": "00cv9y106"},
        },
        "organization",
        "https://ror.org/00cv9y106",
    ),
    (
        {
            "type": "Organization",
            "name": "UGent",
            "id": "https://www.ugent.be",
            "sameAs": ["https://www.wikidata.org/wiki/Q1137665", "https://ror.org/00cv9y106"],
        },
        "organization",
        "https://ror.org/00cv9y106",
    ),
    (
        {"type": "CollegeOrUniversity", "name": "UGent", "id": "https://ror.org/00cv9y106"},
        "organization",
        "https://ror.org/00cv9y106",
    ),
    (
        {"type": "Organization", "name": "UGent", "url": "http://ror.org/00cv9y106/"},
        "organization",
        "https://ror.org/00cv9y106",
    ),
    ({"type": "EducationalOrganization", "name": "Ada School"}, "organization", None),
    ({"type": "NGO", "name": "Ada Voorbeeld"}, "organization", None),
    ({"type": ["Person"], "name": "Universiteit Gent"}, "person", None),
    ({"name": "Ada Voorbeeld"}, "person", None),
    ({"name": "Universiteit Gent"}, "organization", None),
    (
        {"type": "https://schema.org/Person", "name": "Ada V", "sameAs": "https://orcid.org/0000-0002-1825-0097"},
        "person",
        "https://orcid.org/0000-0002-1825-0097",
    ),
    ("Ada Voorbeeld", "person", None),
    ("Universiteit Gent", "organization", None),
)


@pytest.mark.parametrize(("creator", "kind", "own"), MAKERS)
def test_a_maker_has_its_own_identifier_only(creator: Any, kind: str, own: str | None) -> None:
    node = {"@context": "https://schema.org", "@type": "LearningResource", "@id": "https://x.example/1", "name": "T"}

    found = summarise(amb.read(node | {"creator": creator}, shipped()).record, shipped()).contributors[0]

    assert (found.kind, found.id) == (kind, own)
