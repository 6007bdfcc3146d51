"""A line whose id exists here: each way in which it edits that record, or does not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from repository.lifecycle import Facts
from repository.records.change import BY_PERSON, BY_UNDO, Head, Judged, Known, Origin
from repository.records.delivery_decision import Arrival, Terms
from repository.records.line_decision import edited_by_line
from schemas.errors import Problem
from schemas.formats.format import Delivery, Reading
from schemas.record import LangString, Record, from_json, to_json
from tests.support.deposit import title_of
from tests.support.factories import a_record

NOW = 1_795_000_000
CURATOR = Facts("curator")
OWNER = Facts("contributor", owner=True)
STRANGER = Facts("contributor")


def known(title: str = "Breuken", origin: Origin | None = None, **head: Any) -> Known:
    """A published record of one revision."""
    values = {"public": "published", "revision": 1, "accepted": 1, "stamp": 4, "owner": 7} | head
    return Known(Head(12, "u", **values), origin, trees={1: to_json(a_record(title))})


def line(
    record: Record | None, *, organisation: int | None = None, collections: str | None = None, **fields: Any
) -> Arrival:
    """A line that names the record; None deletes it."""
    reading = None if record is None else Reading(record)
    delivery = Delivery(place="line 1", format="json", reading=reading, deleted=record is None, id="u", **fields)
    tree = b"" if record is None else to_json(record)
    return Arrival(delivery, "", "", "u", tree, organisation=organisation, collections=collections, target=True)


def terms(asked: Any = "published", problem: Problem | None = None) -> Terms:
    """Terms under which everything is admitted, or nothing is, for this reason."""
    return Terms(
        asked=asked,
        judge=lambda _: Judged(0, 1.0),
        admit=lambda _, __: () if problem is None else (problem,),
        may_edit=lambda _: True,
        now=NOW,
        owner=7,
    )


def test_a_line_with_other_content_is_saved_and_published() -> None:
    decision = edited_by_line(known(), line(a_record("Meer breuken")), terms(), CURATOR)

    assert decision.outcome == "updated"
    assert decision.change is not None
    assert [(each.n, each.published, title_of(from_json(each.tree))) for each in decision.change.revisions] == [
        (2, True, "Meer breuken")
    ]
    assert (decision.change.after.accepted, decision.change.after.modified, decision.change.after.stamp) == (2, NOW, 5)


def test_a_line_of_a_contributor_is_work_and_what_is_public_stays() -> None:
    decision = edited_by_line(known(), line(a_record("Meer breuken")), terms("submitted"), OWNER)

    assert decision.change is not None
    assert (decision.change.after.work, decision.change.after.accepted) == ("submitted", 1)
    assert decision.change.after.stamp == decision.change.before.stamp  # type: ignore[union-attr]


def test_a_line_with_equal_content_changes_nothing() -> None:
    decision = edited_by_line(known(), line(a_record()), terms(), CURATOR)

    assert (decision.outcome, decision.change) == ("unchanged", None)


def test_a_line_over_a_delivered_record_locks_the_fields_that_differ() -> None:
    decision = edited_by_line(known(origin=Origin("kim", "1")), line(a_record("Mijn titel")), terms(), CURATOR)

    assert decision.change is not None
    assert [entry.path for entry in decision.change.overlay or ()] == ["general.title"]
    assert decision.change.received is None


def test_of_a_row_of_a_table_only_the_cells_given_count() -> None:
    other = a_record("Meer breuken", location="https://example.org/elders")

    decision = edited_by_line(known(), line(other, cells={"general.title": "Meer breuken"}), terms(), CURATOR)

    assert decision.change is not None
    saved = from_json(decision.change.revisions[0].tree)
    assert saved.technical is not None
    assert (title_of(saved), saved.technical.location) == ("Meer breuken", ("https://example.org/breuken",))


def test_organisation_and_collections_are_taken_over() -> None:
    decision = edited_by_line(known(), line(a_record(), organisation=3, collections='["wiskunde"]'), terms(), CURATOR)

    assert decision.change is not None
    assert (decision.change.after.organisation, decision.change.after.collections) == (3, '["wiskunde"]')


def test_what_admission_refuses_is_rejected_with_its_first_problem() -> None:
    problem = Problem("general.title", "no_title", "The record has no title.", "error")

    decision = edited_by_line(known(), line(a_record("Ander")), terms(problem=problem), CURATOR)

    assert (decision.outcome, decision.code, decision.reason) == ("rejected", "no_title", "The record has no title.")
    assert decision.change is None


def test_admission_judges_the_record_as_it_would_be() -> None:
    """A row that gives one cell is not refused for what the record has already."""
    judged: list[tuple[Record, bool]] = []

    def admit(record: Record, named: bool) -> tuple[Problem, ...]:
        judged.append((record, named))
        return ()

    row = line(
        Record(general=replace(a_record().general, title=(LangString("nl", "Kort"),))), cells={"general.title": ""}
    )
    edited_by_line(known(origin=Origin("kim", "1")), row, replace(terms(), admit=admit), CURATOR)

    assert judged == [(a_record("Kort"), True)]


@pytest.mark.parametrize("facts", [OWNER, STRANGER])
def test_who_may_not_publish_is_refused(facts: Facts) -> None:
    decision = edited_by_line(known(), line(a_record("Ander")), terms("published"), facts)

    assert (decision.outcome, decision.code) == ("rejected", "forbidden")
    assert decision.change is None


def test_who_is_a_stranger_to_it_may_not_save_it() -> None:
    decision = edited_by_line(known(), line(a_record("Ander")), terms("draft"), STRANGER)

    assert (decision.outcome, decision.code) == ("rejected", "forbidden")


@pytest.mark.parametrize(
    ("public", "by"), [("withdrawn", BY_PERSON), ("deleted", BY_PERSON), ("deleted", BY_UNDO), ("withdrawn", "source")]
)
def test_a_tombstone_is_restored_before_it_is_edited(public: str, by: str) -> None:
    decision = edited_by_line(known(public=public, tombstone_by=by), line(a_record("Ander")), terms(), CURATOR)

    assert (decision.outcome, decision.code) == ("rejected", "tombstone")
    assert decision.reason == f"The record is {public}; restore it first."


def test_over_what_an_undo_withdrew_work_goes_on() -> None:
    shut = known(public="withdrawn", tombstone_by=BY_UNDO)

    decision = edited_by_line(shut, line(a_record("Ander")), terms(), CURATOR)

    assert decision.outcome == "updated"
    assert decision.change is not None
    assert (decision.change.after.public, decision.change.after.tombstone_by) == ("published", None)


def test_a_line_that_deletes_makes_a_tombstone_of_a_person() -> None:
    decision = edited_by_line(known(), line(None), terms(), CURATOR)

    assert decision.outcome == "deleted"
    assert decision.change is not None
    after, event = decision.change.after, decision.change.event
    assert (after.public, after.tombstone_by, after.reason) == ("deleted", BY_PERSON, "Deleted by an import.")
    assert (after.stamp, after.modified) == (5, NOW)
    assert event is not None
    assert (event.action, event.note) == ("delete", "Deleted by an import.")


@pytest.mark.parametrize("public", ["withdrawn", "deleted"])
def test_a_line_that_deletes_a_tombstone_changes_nothing(public: str) -> None:
    decision = edited_by_line(known(public=public, tombstone_by=BY_PERSON), line(None), terms(), CURATOR)

    assert (decision.outcome, decision.change) == ("unchanged", None)


def test_an_owner_may_not_delete_what_is_published() -> None:
    decision = edited_by_line(known(), line(None), terms(), OWNER)

    assert (decision.outcome, decision.code) == ("rejected", "forbidden")
    assert decision.reason == "Your account may not delete this record."


def test_an_owner_deletes_what_was_never_public() -> None:
    decision = edited_by_line(known(public="never", work="draft", accepted=None), line(None), terms(), OWNER)

    assert decision.outcome == "deleted"


def test_what_the_table_has_no_move_for_is_refused() -> None:
    """An erased record that is no tombstone in the row (it cannot be) is saved by nobody."""
    decision = edited_by_line(known(erased=True), line(a_record("Ander")), terms("draft"), CURATOR)

    assert (decision.outcome, decision.code) == ("rejected", "refused")
