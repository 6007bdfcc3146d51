"""Deliveries: which record it is, what is kept of it, and what a tombstone does (design.md)."""

from __future__ import annotations

from uuid import uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from repository import deposit
from repository.deposit import Order, Save
from repository.errors import Forbidden, Refused
from repository.published import snapshot
from repository.publishing import publication
from repository.records import origin
from repository.site import Site
from schemas.errors import Problem
from schemas.formats.format import Delivery, Reading
from schemas.record import (
    Educational,
    File,
    General,
    Identifier,
    LangString,
    Record,
    Rights,
    Technical,
    Vocabulary,
)
from tests.support.deposit import (
    CURATOR,
    OTHER,
    TEACHER,
    a_delivery,
    an_order,
    bring,
    count,
    do,
    head,
    public_title,
    put,
    title_of,
)
from tests.support.factories import a_record
from tests.support.site import FakeClock


def outcomes(done: list[deposit.Outcome]) -> list[str]:
    return [each.outcome for each in done]


def test_a_delivery_creates_and_publishes(place: Site) -> None:
    (done,) = bring(place, a_delivery("Breuken", identifier="oai:kim:1"))

    assert (done.outcome, done.identifier) == ("created", "oai:kim:1")
    row = head(place, done.uuid or "")
    assert (row.public, row.work, row.revision, row.accepted, row.id) == ("published", "none", 1, 1, done.record)
    assert count(place, "outbox") == 1


def test_the_uuid_follows_from_source_and_key(place: Site) -> None:
    (done,) = bring(place, a_delivery(identifier="oai:kim:1"))

    assert done.uuid == str(uuid5(place.namespace, "kim\noai:kim:1"))


def test_the_domain_is_fixed_at_the_first_deposit(place: Site) -> None:
    bring(place, a_delivery())

    with place.database.read() as connection:
        domain = connection.execute(text("SELECT value FROM setting WHERE key = 'oai_domain'")).scalar()
    assert domain == "repository.example"


@pytest.mark.parametrize(
    ("identifier", "record", "key"),
    [
        ("oai:kim:1", a_record(), "oai:kim:1"),
        (" ", Record(general=General(identifier=(Identifier("URI", " "), Identifier("DOI", " 10/x ")))), "DOI:10/x"),
        (None, Record(general=General(identifier=(Identifier(None, "17"),))), "17"),
        (None, Record(technical=Technical(location=(" ", "https://example.org/1"))), "https://example.org/1"),
        (None, Record(files=(File("https://example.org/1.pdf"),)), "https://example.org/1.pdf"),
        (None, Record(), None),
    ],
)
def test_the_key_is_header_then_identifier_then_location(
    identifier: str | None, record: Record, key: str | None
) -> None:
    assert origin.key_of(a_delivery(record, identifier=identifier)) == key


@given(st.text(max_size=3000))
def test_a_stored_key_is_short_and_short_keys_are_themselves(key: str) -> None:
    stored = origin.stored_key(key)

    assert len(stored) <= origin.LONGEST_KEY
    assert (stored == key) == (len(key) <= origin.LONGEST_KEY)


@given(st.text(), st.text())
def test_uuids_are_those_of_the_standard_library(source: str, key: str) -> None:
    namespace = uuid5(origin_namespace := uuid5(__import__("uuid").NAMESPACE_DNS, "a.example"), "b")

    assert origin.uuid_of(namespace, source, key) == str(uuid5(namespace, f"{source}\n{key}"))
    assert origin_namespace


def test_the_same_again_is_unchanged_and_costs_no_row(place: Site) -> None:
    bring(place, a_delivery())

    (done,) = bring(place, a_delivery())

    assert done.outcome == "unchanged"
    assert (count(place, "revision"), count(place, "outbox")) == (1, 1)


def test_derived_parts_are_not_compared(place: Site) -> None:
    def priced(uri: str | None) -> Record:
        plain = a_record()
        return Record(general=plain.general, technical=plain.technical, rights=Rights(Vocabulary("LOMv1.0", "no", uri)))

    bring(place, a_delivery(priced(None)))

    assert outcomes(bring(place, a_delivery(priced("https://example.org/no")))) == ["unchanged"]
    assert outcomes(bring(place, a_delivery(priced("https://example.org/no")))) == ["unchanged"]


def test_other_content_is_a_new_public_revision(place: Site) -> None:
    bring(place, a_delivery("Breuken", identifier="1"))

    (done,) = bring(place, a_delivery("Delen", identifier="1"))

    assert done.outcome == "updated"
    assert public_title(place, done.uuid or "") == "Delen"
    assert head(place, done.uuid or "").accepted == 2


def test_equal_content_in_another_state_moves(place: Site) -> None:
    (first,) = bring(place, a_delivery(), as_state="draft")
    assert head(place, first.uuid or "").work == "draft"

    assert outcomes(bring(place, a_delivery(), as_state="submitted")) == ["updated"]
    assert outcomes(bring(place, a_delivery(), as_state="published")) == ["updated"]

    row = head(place, first.uuid or "")
    assert (row.public, row.work, row.revision, row.accepted) == ("published", "none", 1, 1)


def test_equal_content_of_a_public_record_is_unchanged_whatever_is_asked(place: Site) -> None:
    bring(place, a_delivery())

    assert outcomes(bring(place, a_delivery(), as_state="submitted")) == ["unchanged"]
    assert outcomes(bring(place, a_delivery(), as_state="draft")) == ["unchanged"]


def test_a_nightly_harvest_does_not_ask_again_what_was_rejected(place: Site) -> None:
    (done,) = bring(place, a_delivery(), as_state="submitted", harvest=True)
    do(place, CURATOR, done.uuid or "", "reject", note="te kort")

    assert outcomes(bring(place, a_delivery(), as_state="submitted", harvest=True)) == ["unchanged"]
    assert outcomes(bring(place, a_delivery("Beter"), as_state="submitted", harvest=True)) == ["updated"]
    assert head(place, done.uuid or "").work == "submitted"


def test_a_draft_over_a_public_record_leaves_the_public_one(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    uuid = first.uuid or ""

    assert outcomes(bring(place, a_delivery("Delen", identifier="1"), as_state="draft")) == ["updated"]

    row = head(place, uuid)
    assert (row.public, row.work, row.revision, row.accepted) == ("published", "draft", 2, 1)
    assert public_title(place, uuid) == "Breuken"
    assert title_of(deposit.working(place, CURATOR, uuid).record) == "Delen"
    assert count(place, "outbox") == 1


def test_one_import_rejects_a_key_that_comes_again_with_other_content(place: Site) -> None:
    titles = ("Breuken", "Breuken", "Delen", None)
    done = bring(place, *(a_delivery(title, identifier="1") for title in titles))

    assert outcomes(done) == ["created", "unchanged", "rejected", "rejected"]
    assert done[2].code == "duplicate_key"


def test_the_key_is_remembered_from_one_call_to_the_next_of_an_order(place: Site) -> None:
    order = an_order()
    deposit.deliver(place, [a_delivery("Breuken", identifier="1")], order)

    (again,) = deposit.deliver(place, [a_delivery("Delen", identifier="1")], order)

    assert again.code == "duplicate_key"


def test_a_rejected_one_does_not_take_the_key(place: Site) -> None:
    untitled = Record(technical=Technical(location=("https://example.org/1",)))

    done = bring(place, a_delivery(untitled, identifier="1"), a_delivery("Breuken", identifier="1"))

    assert [(each.outcome, each.code) for each in done] == [("rejected", "no_title"), ("created", None)]


@pytest.mark.parametrize(
    ("stamps", "expected", "title"),
    [
        (("2026-01-01", "2026-01-02"), ["created", "updated"], "tweede"),
        (("2026-01-02", "2026-01-01"), ["created", "unchanged"], "eerste"),
        (("2026-01-01", "2026-01-01"), ["created", "updated"], "tweede"),
    ],
)
def test_in_a_harvest_the_later_datestamp_wins_then_the_later_place(
    place: Site, stamps: tuple[str, str], expected: list[str], title: str
) -> None:
    pair = [a_delivery(t, identifier="1", datestamp=d) for t, d in zip(("eerste", "tweede"), stamps, strict=True)]

    done = bring(place, *pair, harvest=True)

    assert outcomes(done) == expected
    assert public_title(place, done[0].uuid or "") == title


def test_no_identity_and_no_title_are_rejected_and_kept(place: Site) -> None:
    nameless = Record(general=General(title=(LangString("nl", "Los"),)))
    unreadable = Delivery(
        place="line 7", format="lom", problems=(Problem("", "not_xml", "Geen XML."),), source_bytes=b"<oops"
    )

    done = bring(place, a_delivery(nameless), unreadable, file="map/a.xml")

    assert [(each.outcome, each.code) for each in done] == [("rejected", "no_identity"), ("rejected", "not_xml")]
    with place.database.read() as connection:
        columns = "source, file, place, code, reason, source_bytes"
        kept = connection.execute(text(f"SELECT {columns} FROM reject ORDER BY id"))
        assert [tuple(row) for row in kept][1] == ("kim", "map/a.xml", "line 7", "not_xml", "Geen XML.", b"<oops")


def test_a_name_in_the_container_is_identity_enough(place: Site) -> None:
    nameless = Record(general=General(title=(LangString("nl", "Los"),)))

    assert outcomes(bring(place, a_delivery(nameless, identifier="oai:kim:1"))) == ["created"]


def test_a_nul_in_a_key_is_a_reject(place: Site) -> None:
    (done,) = bring(place, a_delivery(identifier="a\x00b"))

    assert (done.outcome, done.code) == ("rejected", "illegal_character")


def test_one_broken_record_does_not_stop_the_rest(place: Site) -> None:
    broken = Delivery(place="record 1", format="lom", reading=Reading(None))  # type: ignore[arg-type]

    done = bring(place, broken, a_delivery())

    assert [(each.outcome, each.code) for each in done] == [("rejected", "internal"), ("created", None)]


def test_a_dry_run_says_the_same_and_stores_nothing(place: Site) -> None:
    deliveries = [
        a_delivery("Breuken", identifier="1"), a_delivery("Delen", identifier="2"), a_delivery("X", identifier="1"),
        a_delivery(Record()),
    ]  # fmt: skip

    dry = bring(place, *deliveries, dry_run=True)
    assert (count(place, "record"), count(place, "reject")) == (0, 0)

    assert outcomes(bring(place, *deliveries)) == outcomes(dry)


def test_more_than_one_portion_keeps_the_order(place: Site) -> None:
    done = bring(place, *(a_delivery(f"Titel {n}", identifier=str(n), place=f"record {n}") for n in range(1203)))

    assert [each.place for each in done] == [f"record {n}" for n in range(1203)]
    assert count(place, "record") == 1203


# --- tombstones -----------------------------------------------------------------------------------------------------


def test_a_source_deletes_and_the_next_live_delivery_lifts_it(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    uuid = first.uuid or ""

    assert outcomes(bring(place, a_delivery(None, identifier="1"))) == ["deleted"]
    row = head(place, uuid)
    assert (row.public, row.tombstone_by) == ("deleted", "source")
    assert outcomes(bring(place, a_delivery(None, identifier="1"))) == ["unchanged"]

    assert outcomes(bring(place, a_delivery("Breuken", identifier="1"))) == ["updated"]
    row = head(place, uuid)
    assert (row.public, row.tombstone_by, row.reason, row.accepted) == ("published", None, None, 1)


def test_a_delete_of_what_was_never_here_is_unchanged(place: Site) -> None:
    assert outcomes(bring(place, a_delivery(None, identifier="1"))) == ["unchanged"]
    assert count(place, "record") == 0


def test_a_tombstone_by_a_person_stays_and_what_comes_is_kept(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    uuid = first.uuid or ""
    do(place, CURATOR, uuid, "delete", reason="dubbel")

    assert outcomes(bring(place, a_delivery("Delen", identifier="1"))) == ["unchanged"]
    assert head(place, uuid).public == "deleted"
    with pytest.raises(Refused):
        put(place, CURATOR, uuid, "Anders")
    with pytest.raises(Refused):
        deposit.save(place, CURATOR, Save(record=a_record("Nog iets"), source=("kim", "1")))

    do(place, CURATOR, uuid, "restore")
    assert public_title(place, uuid) == "Delen"


def test_nothing_is_kept_after_an_erasure(place: Site, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    from repository.upkeep.erasure import erase  # noqa: PLC0415

    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    erase(place, first.uuid or "", "wet")

    assert outcomes(bring(place, a_delivery("Delen", identifier="1"))) == ["unchanged"]
    with place.database.read() as connection:
        assert connection.execute(text("SELECT tree, source_bytes FROM origin")).one() == (None, None)
    with pytest.raises(Refused):
        do(place, CURATOR, first.uuid or "", "restore")


def test_a_lifted_record_goes_back_to_review_with_its_old_content_public(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    uuid = first.uuid or ""
    bring(place, a_delivery(None, identifier="1"))

    bring(place, a_delivery("Delen", identifier="1"), as_state="submitted")

    row = head(place, uuid)
    assert (row.public, row.work) == ("published", "submitted")
    assert public_title(place, uuid) == "Breuken"


# --- received + overlay ---------------------------------------------------------------------------------------------


def test_a_lock_survives_the_next_delivery(place: Site) -> None:
    (first,) = bring(place, a_delivery(a_record("Breuken", location="https://a.example/"), identifier="1"))
    uuid = first.uuid or ""
    edited = put(place, CURATOR, uuid, a_record("Beter", location="https://a.example/"))
    assert edited.locked == ("general.title",)

    (done,) = bring(place, a_delivery(a_record("Nieuw", location="https://b.example/"), identifier="1"))

    assert done.outcome == "updated"
    shown = deposit.working(place, CURATOR, uuid)
    assert title_of(shown.record) == "Beter"
    assert shown.record.technical == Technical(location=("https://b.example/",))


def test_a_change_under_a_lock_is_updated_without_a_revision(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    put(place, CURATOR, first.uuid, "Beter")
    before = head(place, first.uuid or "")

    assert outcomes(bring(place, a_delivery("Delen", identifier="1"))) == ["updated"]

    after = head(place, first.uuid or "")
    assert (after.revision, after.stamp) == (before.revision, before.stamp)


def test_open_work_stays_on_top_of_what_is_published(place: Site) -> None:
    (first,) = bring(place, a_delivery(a_record("Breuken", location="https://a.example/"), identifier="1"))
    uuid = first.uuid or ""
    draft = put(place, CURATOR, uuid, a_record("Half af", location="https://a.example/"), as_state="draft")

    bring(place, a_delivery(a_record("Nieuw", location="https://b.example/"), identifier="1"))

    row = head(place, uuid)
    assert (row.public, row.work, row.accepted, row.revision) == ("published", "draft", 3, 4)
    assert public_title(place, uuid) == "Nieuw"
    shown = deposit.working(place, CURATOR, uuid)
    assert title_of(shown.record) == "Half af"
    assert shown.record.technical == Technical(location=("https://b.example/",))
    with pytest.raises(deposit_stale()):
        put(place, CURATOR, uuid, "Te laat", if_match=draft.revision)


def deposit_stale() -> type[Exception]:
    from repository.errors import Stale  # noqa: PLC0415

    return Stale


def test_the_same_delivery_under_open_work_is_unchanged(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    put(place, CURATOR, first.uuid, "Half af", as_state="draft")

    assert outcomes(bring(place, a_delivery("Breuken", identifier="1"))) == ["unchanged"]


def test_a_submitting_source_does_not_submit_somebodys_draft(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    put(place, CURATOR, first.uuid, "Half af", as_state="draft")

    bring(place, a_delivery(a_record("Breuken", location="https://b.example/"), identifier="1"), as_state="submitted")

    assert head(place, first.uuid or "").work == "draft"


def test_unlocking_lets_the_source_show_again(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    uuid = first.uuid or ""
    put(place, CURATOR, uuid, "Beter")
    bring(place, a_delivery("Delen", identifier="1"))

    waiting = deposit.unlock(place, CURATOR, uuid, ["general.title"])
    assert (waiting.work, waiting.locked, public_title(place, uuid)) == ("draft", (), "Beter")
    assert title_of(waiting.record) == "Delen"

    do(place, CURATOR, uuid, "submit")
    do(place, CURATOR, uuid, "accept")
    assert public_title(place, uuid) == "Delen"
    assert count(place, "overlay") == 0


def test_a_source_that_publishes_without_warnings_submits_the_others(place: Site) -> None:
    (done,) = bring(place, a_delivery(), publish="without_warnings")

    assert head(place, done.uuid or "").work == "submitted"


# --- lines that name a record here ------------------------------------------------------------------------------------


def test_a_line_whose_id_exists_edits_that_record(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))
    uuid = first.uuid or ""

    (done,) = bring(place, a_delivery("Beter", id=place.oai_identifier(uuid), source=("kim", "1")))

    assert (done.outcome, done.uuid) == ("updated", uuid)
    assert deposit.working(place, CURATOR, uuid).locked == ("general.title",)
    assert outcomes(bring(place, a_delivery("Beter", id=uuid))) == ["unchanged"]


def test_a_line_whose_id_is_unknown_is_a_delivery_by_origin(place: Site) -> None:
    (done,) = bring(place, a_delivery("Breuken", id="6f1e1b9e-0000-4000-8000-000000000000", source=("elders", "9")))

    assert done.outcome == "created"
    assert done.uuid == str(uuid5(place.namespace, "elders\n9"))


def test_a_tombstone_line_deletes_as_a_person_does(place: Site) -> None:
    (first,) = bring(place, a_delivery("Breuken", identifier="1"))

    (done,) = bring(place, a_delivery(None, id=first.uuid))

    assert done.outcome == "deleted"
    assert head(place, first.uuid or "").tombstone_by == "person"
    assert outcomes(bring(place, a_delivery(None, id=first.uuid))) == ["unchanged"]
    assert bring(place, a_delivery("Terug", id=first.uuid))[0].code == "tombstone"


def test_a_table_row_changes_only_the_cells_it_gives(place: Site) -> None:
    full = a_record("Breuken", location="https://a.example/")
    full = Record(general=full.general, technical=full.technical, educational=(Educational(language=("nl",)),))
    made = put(place, CURATOR, None, full)
    row = Record(general=General(title=(LangString("nl", "Beter"),)))

    (done,) = bring(place, a_delivery(row, id=made.uuid, cells={"general.title": "Beter"}))

    assert done.outcome == "updated"
    shown = deposit.working(place, CURATOR, made.uuid).record
    assert title_of(shown) == "Beter"
    assert (shown.technical, shown.educational) == (full.technical, full.educational)


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_contributor_does_not_publish_and_leaves_others_alone(place: Site) -> None:
    with pytest.raises(Forbidden):
        bring(place, a_delivery(), actor=TEACHER)
    bring(place, a_delivery("Breuken", identifier="1"), actor=TEACHER, as_state="submitted")

    with pytest.raises(Forbidden, match="may not deliver under the name person-903; deliver under person-904"):
        bring(place, a_delivery("Delen", identifier="1"), actor=OTHER, as_state="submitted", source="person-903")
    theirs = a_delivery("Delen", source=("person-903", "1"))
    (done,) = bring(place, theirs, actor=OTHER, as_state="submitted")

    assert (done.outcome, done.code) == ("rejected", "forbidden")


def test_an_unknown_organisation_is_a_reject(place: Site) -> None:
    (done,) = bring(place, a_delivery(organisation="nergens"))

    assert done.code == "unknown_organisation"


def test_collections_of_a_line_are_kept_and_published(place: Site) -> None:
    bring(place, a_delivery(collections=("wiskunde",)))

    (done,) = bring(place, a_delivery(collections=("wiskunde", "eerste-graad")))

    assert done.outcome == "updated"
    assert head(place, done.uuid or "").collections == '["wiskunde", "eerste-graad"]'
    assert count(place, "outbox") == 2


def test_what_is_brought_in_becomes_public(place: Site, ticking: FakeClock) -> None:
    (done,) = bring(place, a_delivery())
    ticking.pass_(2)

    publication.publish(place)

    with snapshot(place.database) as line:
        assert line.find(done.uuid or "") is not None


def test_a_repeated_order_is_not_shared(place: Site) -> None:
    assert Order("a", "draft", CURATOR).seen is not Order("a", "draft", CURATOR).seen
