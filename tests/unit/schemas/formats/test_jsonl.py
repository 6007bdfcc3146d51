"""Canonical JSON: what is written is read back, unknown keys and wrong types are named."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from schemas.errors import Unreadable
from schemas.formats import jsonl
from schemas.formats.format import Delivery
from schemas.formats.lom import lom
from schemas.record import Record, to_json
from schemas.vocabularies.vocabularies import shipped
from tests.support.factories import a_record
from tests.support.lom.records import RECORDS
from tests.support.samples import a_full_record

TREE: dict[str, Any] = {"general": {"title": [{"lang": "nl", "value": "Breuken"}]}}


def delivered(value: Any) -> Delivery:
    assert jsonl.is_canonical(value)
    return jsonl.delivery(value, "line 1", shipped())


def test_a_line_is_read_back_as_it_was_written() -> None:
    line = jsonl.line(
        a_full_record(), id="x", source=("kim", "k1"), organisation="school", collections=("maths", "best")
    )

    found = jsonl.delivery(msgspec.json.decode(line), "line 1", shipped())

    assert found.reading is not None
    assert found.reading.record == a_full_record()
    assert (found.id, found.source, found.organisation) == ("x", ("kim", "k1"), "school")
    assert found.collections == ("maths", "best")


@given(RECORDS)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_tree_read_and_written_again_is_the_same(record: Record) -> None:
    once = jsonl.read(to_json(record), shipped()).record

    assert jsonl.read(jsonl.line(once), shipped()).record == once


def test_what_is_derived_is_computed_anew() -> None:
    lied = msgspec.to_builtins(a_full_record())
    lied["technical"]["size"]["bytes"] = 1
    lied["general"]["structure"]["uri"] = "https://example.org/elsewhere"

    found = delivered(lied).reading

    assert found is not None
    assert found.record == a_full_record()


def test_a_part_of_a_contributor_that_was_changed_is_written_into_the_card() -> None:
    changed = msgspec.to_builtins(a_full_record())
    changed["lifeCycle"]["contribute"][0]["entity"][0]["fn"] = "Ana Costa"

    found = delivered(changed).reading

    assert found is not None
    assert found.record.life_cycle is not None
    entity = found.record.life_cycle.contribute[0].entity[0]
    assert "FN:Ana Costa" in entity.raw
    assert "ana@example.org" in entity.raw


def test_the_other_keys_of_the_api_are_ignored() -> None:
    found = delivered({"record": TREE, "summary": {"title": "x"}, "revision": 3, "public": "published"})

    assert found.reading is not None
    assert not found.problems


@pytest.mark.parametrize(
    "value", [{"id": "x", "public": "deleted"}, {"id": "x", "public": "withdrawn", "record": None}]
)
def test_a_line_without_a_record_that_says_deleted_is_a_tombstone(value: dict[str, Any]) -> None:
    found = delivered(value)

    assert found.deleted
    assert found.id == "x"
    with pytest.raises(Unreadable, match="tombstone"):
        jsonl.read(msgspec.json.encode(value), shipped())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"general": {"titel": []}}, "Object contains unknown field “titel” at general."),
        ({"general": {"title": "Breuken"}}, "Expected “array | null”, got “str” at general.title."),
        ({"record": TREE, "id": 3}, "id must be a text."),
        ({"record": TREE, "source": "kim"}, "source must be an object with name and key."),
        ({"record": TREE, "collections": "maths"}, "collections must be a list of texts."),
        ({"record": {"general": {}, "nonsense": 1}}, "Object contains unknown field “nonsense”."),
    ],
)
def test_what_does_not_fit_is_a_reject_that_names_it(value: dict[str, Any], words: str) -> None:
    (problem,) = delivered(value).problems

    assert problem.code == "invalid_record"
    assert words in problem.message


@pytest.mark.parametrize("value", [[], 3, "x", {}, {"@context": "x", "general": {}}, {"id": "x"}, {"record": 1}])
def test_other_json_is_not_canonical(value: Any) -> None:
    assert not jsonl.is_canonical(value)


def test_the_tree_of_a_lom_record_survives_both_ways() -> None:
    record = lom.read(lom.write_verbatim(a_record()), shipped()).record

    assert jsonl.read(to_json(record), shipped()).record == record
