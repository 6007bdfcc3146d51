"""The overlay: what differs becomes entries, and entries laid over give what was wanted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from repository.records import overlay
from repository.records.overlay import UNLOCKED, Entry, accepted, applied, difference, locked, saved, unlocked
from schemas import comparison
from schemas.record import (
    Annotation,
    Classification,
    Educational,
    File,
    General,
    Identifier,
    LangString,
    Record,
    Relation,
    Resource,
    Rights,
    Taxon,
    TaxonPath,
    Technical,
    Vocabulary,
    to_json,
)
from tests.support.factories import a_record


def ls(value: str) -> tuple[LangString, ...]:
    return (LangString("nl", value),)


def term(value: str, uri: str | None = None) -> Vocabulary:
    return Vocabulary("LOMv1.0", value, uri)


def about(purpose: str, entry: str) -> Classification:
    return Classification(term(purpose), (TaxonPath(ls("bron"), (Taxon("1", ls(entry)),)),))


words = st.sampled_from(["breuken", "rekenen", "taal"])
strings = st.one_of(st.none(), st.just(()), words.map(ls))
records = st.builds(
    Record,
    general=st.one_of(
        st.none(),
        st.builds(
            General,
            title=strings,
            keyword=st.lists(words.map(ls), max_size=2).map(tuple),
            language=st.lists(words, max_size=2).map(tuple),
        ),
    ),
    technical=st.one_of(st.none(), st.builds(Technical, location=st.lists(words, max_size=2).map(tuple))),
    educational=st.lists(st.builds(Educational, difficulty=st.one_of(st.none(), words.map(term))), max_size=2).map(
        tuple
    ),
    rights=st.one_of(st.none(), st.builds(Rights, description=strings)),
    relation=st.lists(st.builds(Relation, kind=st.one_of(st.none(), words.map(term))), max_size=3).map(tuple),
    classification=st.lists(st.builds(about, words, words), max_size=4).map(tuple),
)


def ordered(record: Record) -> bytes:
    """A tree with the order between purposes and between kinds taken away, and empty categories absent."""
    parts = {
        "classification": tuple(sorted(record.classification, key=lambda part: (part.purpose or term("")).value or "")),
        "relation": tuple(sorted(record.relation, key=lambda part: (part.kind or term("")).value or "")),
        "general": record.general if record.general != General() else None,
        "technical": record.technical if record.technical != Technical() else None,
        "rights": record.rights if record.rights != Rights() else None,
    }
    return to_json(Record(educational=record.educational, **parts))  # type: ignore[arg-type]


@given(records, records)
def test_the_difference_laid_over_the_one_gives_the_other(before: Record, after: Record) -> None:
    entries = [Entry(path, value) for path, value in difference(before, after)]

    assert ordered(applied(before, entries)) == ordered(after)


@given(records)
def test_a_record_differs_in_nothing_from_itself(record: Record) -> None:
    assert difference(record, record) == ()


@given(records, records)
def test_what_was_laid_over_does_not_differ_again(before: Record, after: Record) -> None:
    result = applied(before, [Entry(path, value) for path, value in difference(before, after)])

    assert difference(result, after) == ()


def test_a_path_names_a_field_without_indexes() -> None:
    before, after = a_record("Breuken"), a_record("Delen")

    assert difference(before, after) == (("general.title", b'[{"lang":"nl","value":"Delen"}]'),)


def test_derived_parts_are_no_difference() -> None:
    before = Record(rights=Rights(cost=term("no")))
    after = Record(rights=Rights(cost=term("no", "https://example.org/no")))

    assert difference(before, after) == ()
    assert comparison.same(before, after)


def test_null_empties_a_field() -> None:
    assert applied(a_record(), [Entry("general.title", b"null")]).general == General()


def test_the_unit_of_a_classification_is_its_purpose() -> None:
    before = Record(
        classification=(about("discipline", "a"), about("educational level", "b"), about("discipline", "c"))
    )
    after = Record(classification=(about("discipline", "x"), about("educational level", "b"), about("discipline", "c")))

    ((path, value),) = difference(before, after)

    assert path == "classification.discipline"
    delivered = Record(classification=(about("educational level", "new"), about("discipline", "a")))
    assert applied(delivered, [Entry(path, value)]).classification == (
        about("educational level", "new"), about("discipline", "x"), about("discipline", "c"),
    )  # fmt: skip


def test_the_unit_of_a_repeatable_category_is_the_category() -> None:
    before = Record(educational=(Educational(difficulty=term("easy")),))

    ((path, value),) = difference(before, Record())

    assert (path, value) == ("educational", b"[]")
    assert applied(before, [Entry(path, value)]) == Record()


def test_the_unit_of_a_relation_is_its_kind() -> None:
    def part(kind: str, target: str) -> Relation:
        return Relation(term(kind), Resource((Identifier("URI", target),)))

    before = Record(relation=(part("ispartof", "a"), part("references", "b")))
    after = Record(relation=(part("ispartof", "x"), part("references", "b")))

    ((path, value),) = difference(before, after)

    assert path == "relation.ispartof"
    delivered = Record(relation=(part("references", "new"), part("ispartof", "a")))
    assert applied(delivered, [Entry(path, value)]).relation == (part("references", "new"), part("ispartof", "x"))


def test_entries_without_a_purpose_are_a_unit_too_and_case_makes_no_other() -> None:
    bare_part = Classification(None, (TaxonPath(ls("bron"), (Taxon("1", ls("a")),)),))
    before = Record(classification=(about("Discipline", "a"), bare_part))
    after = Record(classification=(about("discipline", "b"), bare_part))

    assert [path for path, _ in difference(before, after)] == ["classification.discipline"]
    assert [path for path, _ in difference(before, Record(classification=before.classification[:1]))] == [
        "classification."
    ]


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("annotation", (Annotation(description=ls("goed")), Annotation(description=ls("beter")))),
        ("files", (File("https://a.example/1.pdf"), File("https://a.example/2.pdf"))),
        ("educational", (Educational(difficulty=term("easy")), Educational(difficulty=term("difficult")))),
    ],
)
def test_a_change_in_one_entry_of_a_repeatable_category_is_the_whole_category(
    path: str, parts: tuple[Any, ...]
) -> None:
    empty = Record()
    before, after = (replace(empty, **{path: value}) for value in (parts, (parts[1], parts[1])))

    ((found, value),) = difference(before, after)

    assert found == path
    assert getattr(applied(replace(empty, **{path: parts[:1]}), [Entry(found, value)]), path) == (parts[1], parts[1])


def test_the_value_of_a_field_replaces_all_of_it() -> None:
    words = Record(general=General(keyword=(ls("een"), ls("twee"))))
    ((path, value),) = difference(Record(general=General(keyword=(ls("een"),))), words)

    laid = applied(Record(general=General(title=ls("Titel"), keyword=(ls("drie"), ls("vier")))), [Entry(path, value)])

    assert path == "general.keyword"
    assert laid.general == General(title=ls("Titel"), keyword=(ls("een"), ls("twee")))


def test_only_the_named_paths_are_compared() -> None:
    before, after = a_record("Breuken", location="https://a.example/"), a_record("Delen", location="https://b.example/")

    assert [path for path, _ in difference(before, after, ("technical.location",))] == ["technical.location"]


def test_an_open_entry_covers_the_accepted_one_whatever_their_order() -> None:
    entries = [Entry("general.title", b"[]", open=True), Entry("general.title", b"null")]

    assert applied(a_record(), entries).general == General(title=())


def test_other_entries_stay_when_one_is_saved() -> None:
    entries = (Entry("general.title", b"[]"), Entry("rights.cost", b"null", open=True))

    after = saved(entries, [("general.keyword", b"[]")])

    assert after == (*entries, Entry("general.keyword", b"[]", open=True))


def test_accepting_makes_open_entries_hold() -> None:
    entries = (Entry("general.title", b"[]"), Entry("general.title", b"null", open=True, by=7, at=9))

    assert accepted(entries) == (Entry("general.title", b"null", by=7, at=9),)


def test_unlocking_waits_until_it_is_accepted() -> None:
    entries = (Entry("general.title", b"[]"), Entry("rights.cost", b"null", open=True))

    waiting = unlocked(entries, ["general.title", "rights.cost"])

    assert waiting == (Entry("general.title", b"[]"), Entry("general.title", UNLOCKED, open=True))
    assert applied(a_record(), waiting) == a_record()
    assert locked(waiting) == ()
    assert accepted(waiting) == ()


def test_paths_are_known_by_their_form() -> None:
    assert overlay.is_path("lifeCycle.contribute")
    assert overlay.is_path("relation.ispartof")
    assert overlay.is_path("educational")
    assert not overlay.is_path("classification")
    assert not overlay.is_path("general.titel")
