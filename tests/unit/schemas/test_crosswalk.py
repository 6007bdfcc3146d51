"""Crosswalks: a record in the terms of a network, with KIM (AMB, OERSI) as the one there is."""

from __future__ import annotations

import pytest

from schemas.crosswalk import apply, names
from schemas.errors import UnknownFormat
from schemas.record import Classification, Educational, LangString, Record, Taxon, TaxonPath, Vocabulary
from schemas.vocabularies.terms import table
from schemas.vocabularies.vocabularies import Concept, shipped
from tests.support.factories import a_record

HCRT = "https://w3id.org/kim/hcrt/"
LEVELS = "https://w3id.org/kim/educationalLevel/"


def a_lesson(*, type_: str = "lecture", context: str = "higher education", subject: str = "Wiskunde") -> Record:
    entry = (LangString("nl", subject),)
    return Record(
        general=a_record().general,
        educational=(
            Educational(
                learning_resource_type=(Vocabulary("LOMv1.0", type_),), context=(Vocabulary("LOMv1.0", context),)
            ),
        ),
        classification=(
            Classification(
                purpose=Vocabulary("LOMv1.0", "discipline"), taxon_path=(TaxonPath(taxon=(Taxon(entry=entry),)),)
            ),
        ),
    )


def taxa(record: Record, purpose: str) -> list[str | None]:
    return [
        taxon.id
        for one in record.classification
        if one.purpose and one.purpose.value == purpose
        for path in one.taxon_path
        for taxon in path.taxon
        if taxon.id
    ]


def test_kim_is_there_and_the_tables_for_reading_are_no_crosswalks() -> None:
    assert names() == ("kim",)


@pytest.mark.parametrize("name", ["nonsense", "values-nl-lom", "../kim", ""])
def test_an_unknown_crosswalk_is_named(name: str) -> None:
    with pytest.raises(UnknownFormat, match="kim"):
        apply(a_record(), name, shipped())


def test_a_type_gets_its_hcrt_concept_beside_it() -> None:
    values = apply(a_lesson(type_="simulation"), "kim", shipped()).educational[0].learning_resource_type

    assert [value.value for value in values] == ["simulation", f"{HCRT}simulation"]


def test_a_type_that_hcrt_has_not_gets_the_one_of_the_rule() -> None:
    values = apply(a_lesson(type_="lecture"), "kim", shipped()).educational[0].learning_resource_type

    assert values[1] == Vocabulary(source=HCRT, value=f"{HCRT}course", uri="https://w3id.org/oerbron/type/lecture")


def test_a_level_becomes_a_taxon_with_its_full_iri_and_labels() -> None:
    crossed = apply(a_lesson(), "kim", shipped())
    path = crossed.classification[1].taxon_path[0]

    assert taxa(crossed, "educational level") == [f"{LEVELS}level_A"]
    assert path.source == (LangString("x-none", LEVELS),)
    # KIM's own labels, never ours: the concept here may be narrower.
    assert path.taxon[0].entry == (LangString("de", "Hochschule"), LangString("en", "University"))


def test_a_level_without_a_match_takes_that_of_the_level_above() -> None:
    record = a_lesson(context="eerste graad B-stroom")

    assert taxa(apply(record, "kim", shipped()), "educational level") == [f"{LEVELS}level_2"]


def test_one_level_may_be_two_of_the_network() -> None:
    record = a_lesson(context="Secundair onderwijs")

    assert taxa(apply(record, "kim", shipped()), "educational level") == [f"{LEVELS}level_2", f"{LEVELS}level_3"]


def test_a_subject_gets_school_and_university_terms() -> None:
    assert taxa(apply(a_lesson(subject="Frans"), "kim", shipped()), "discipline") == [
        "http://w3id.org/kim/schulfaecher/s1009",
        "https://w3id.org/kim/hochschulfaechersystematik/n059",
    ]


def test_a_record_without_known_terms_is_left_as_it_is() -> None:
    assert apply(a_record(), "kim", shipped()) == a_record()


CONCEPTS = [one for one in shipped().concepts.values() if one.scheme in ("type", "level", "subject")]


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda one: f"{one.scheme}:{one.notation}")
def test_a_second_crossing_changes_nothing_more(concept: Concept) -> None:
    label = concept.labels["nl"]
    element = {"type": "type_", "level": "context", "subject": "subject"}[concept.scheme]
    once = apply(a_lesson(**{element: label}), "kim", shipped())

    assert apply(once, "kim", shipped()) == once


def test_every_rule_of_a_crosswalk_names_an_element_a_mode_and_a_concept() -> None:
    known = {f"{one.scheme}:{one.notation}" for one in shipped().concepts.values()} | {"*"}
    for name in names():
        for element, mode, concept, target in table(f"{name}.tsv"):
            assert element in ("learningResourceType", "level", "subject", "audience")
            assert mode in ("add", "replace")
            assert concept in known
            assert target.startswith("http")
