"""A record as the index has it."""

import pytest

from repository.published import Facts
from repository.search.index.document import check_of, title_order
from repository.search.language.labels import labels_of
from repository.search.plan.plan import SENTINEL
from schemas.summary.summary import Contributor
from schemas.vocabularies.vocabularies import shipped
from tests.unit.repository.search.made import SUBJECT, a_document, an_id


def test_a_tag_brings_its_labels_in_every_language_and_those_above() -> None:
    concepts = a_document(1, subjects=("fractions",)).concepts

    assert {"nl:breuk", "en:fraction", "de:bruch", "en:maths", "nl:wiskund"} <= set(concepts)


def test_subject_values_hold_what_is_above_and_about_does_not() -> None:
    keywords = a_document(1, subjects=("fractions",)).keywords

    assert keywords["subject"] == tuple(SUBJECT + one for one in ("fractions", "arithmetic", "mathematics"))
    assert keywords["about"] == (SUBJECT + "fractions",)


def test_every_scored_field_is_dense() -> None:
    document = a_document(1, "!!!")

    assert all(getattr(document, name)[0] == SENTINEL for name in ("title", "concepts", "words", "exact", "part"))


def test_a_regional_language_is_found_by_its_language_too() -> None:
    assert a_document(1, lang="nl-BE").keywords["language"] == ("nl-BE", "nl")


@pytest.mark.parametrize(
    ("ages", "groups"),
    [((4, 6), ("4-6",)), ((12, None), ("10-12", "13-15", "16-18", "19-120")), ((None, 3), ("0-3",)), (None, ())],
)
def test_ages_fall_into_groups_that_they_touch(ages: tuple[int | None, int | None] | None, groups: object) -> None:
    assert a_document(1, age_range=ages).keywords["age"] == groups


@pytest.mark.parametrize(
    ("title", "key"),
    [("Élan: een les!", "elan-een-les"), ("", ""), ("Ж 1", "z00436-1"), ("!", "")],
)
def test_titles_are_sorted_by_plain_signs(title: str, key: str) -> None:
    assert title_order(title) == key
    assert a_document(7, title).by_title == f"{key}--{an_id(7)}"


def test_the_head_of_a_compound_is_not_in_the_title() -> None:
    document = a_document(1, "Een rekentoets")

    assert "nl:toets" in document.words
    assert "nl:toets" not in document.title


def test_names_are_not_stemmed_and_can_be_asked_for_alone() -> None:
    document = a_document(1, contributors=(Contributor("Jan Brieven", "author"),))

    assert "x:brieven" in document.words
    assert "c=brieven" in document.part


def test_values_come_from_what_the_repository_knows() -> None:
    document = a_document(1, facts=Facts(source="klas", organisation="o1", collections=("a", "b")))

    assert (document.keywords["source"], document.keywords["collection"]) == (("klas",), ("a", "b"))


def test_the_check_follows_the_position() -> None:
    assert check_of(an_id(1), 1) != check_of(an_id(1), 2)
    assert 0 <= check_of(an_id(1), 1) < 2**31


def test_labels_name_their_concepts_in_any_language() -> None:
    labels = labels_of(shipped())

    assert labels["breuken"] == labels["bruche"] == (SUBJECT + "fractions",)
