"""Which record is it, what is kept of it, and in which state: what design.md says, sentence by sentence.

What a delivery does is in test_deposit_delivery; here stand the sentences about edits, origins, tombstones and owners.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest
from sqlalchemy import text

from repository import deposit
from repository.accounts import Actor, organisations, people
from repository.deposit import Save, Working
from repository.errors import Forbidden, Invalid, NotFound, Refused, Stale
from repository.imports import staging, undo
from repository.imports.staging import Staging
from repository.published import Item, snapshot
from repository.publishing import publication
from repository.records.delivery_decision import READER
from repository.site import Site
from schemas.formats.format import Delivery
from schemas.record import General, LangString, Record, Technical, from_json
from tests.support.deposit import (
    CURATOR,
    OTHER,
    REVIEWER,
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

UNTITLED = Record(technical=Technical(location=("https://a.example/",)))
HERE = "https://a.example/"


def full(title: str, location: str = HERE, *keywords: str) -> Record:
    """A record with a title, a location and keywords."""
    words = tuple((LangString("nl", word),) for word in keywords)
    return Record(
        general=General(title=(LangString("nl", title),), keyword=words), technical=Technical(location=(location,))
    )


def delivered(site: Site, record: Record | str, **order: Any) -> str:
    """The uuid of a record that came under the key `1`."""
    (done,) = bring(site, a_delivery(record, identifier="1"), **order)
    return done.uuid or ""


def working(site: Site, uuid: str, actor: Actor = CURATOR) -> Working:
    return deposit.working(site, actor, uuid)


def entries(site: Site) -> list[tuple[Any, ...]]:
    """Path, value, whether it is open, and who laid it."""
    with site.database.read() as connection:
        rows = connection.execute(text('SELECT path, value, open, "by" FROM overlay ORDER BY path, open'))
        return [(row.path, bytes(row.value), bool(row.open), row.by) for row in rows]


def received(site: Site) -> Any:
    """The one origin, its tree read from wherever it is kept."""
    with site.database.read() as connection:
        return connection.execute(
            text(
                "SELECT o.*, COALESCE(o.tree, v.tree) AS whole FROM origin o"
                " LEFT JOIN revision v ON v.record = o.record AND v.n = o.revision"
            )
        ).one()


def on_the_line(site: Site, clock: FakeClock, uuid: str) -> Item | None:
    """What the public sees of a record when all is published."""
    for _ in range(2):
        clock.pass_(2)
        publication.publish(site)
    with snapshot(site.database) as line:
        return line.find(uuid)


# --- which record is it -----------------------------------------------------------------------------------------------


def test_a_delivery_without_a_source_is_local(place: Site) -> None:
    (done,) = bring(place, a_delivery(identifier="1"), source="")

    assert received(place).source == "local"
    assert done.uuid == str(uuid5(place.namespace, "local\n1"))


def test_a_line_that_names_its_source_and_key_goes_by_these(place: Site) -> None:
    (done,) = bring(place, a_delivery(identifier="1", source=("elders", "9")))

    assert (received(place).source, received(place).key) == ("elders", "9")
    assert done.uuid == str(uuid5(place.namespace, "elders\n9"))


def test_the_same_key_of_two_sources_is_two_records(place: Site) -> None:
    one, two = (bring(place, a_delivery(identifier="1"), source=name)[0].uuid for name in ("kim", "eckk"))

    assert one != two
    assert count(place, "record") == 2


def test_a_record_made_here_has_no_origin_and_a_random_uuid(place: Site) -> None:
    one, two = (put(place, CURATOR, None, "Breuken") for _ in range(2))

    assert one.uuid != two.uuid
    assert UUID(one.uuid).version == 4
    assert (one.source, count(place, "origin")) == (None, 0)


def test_post_with_a_source_makes_the_record_that_an_import_would(place: Site) -> None:
    made = deposit.save(place, CURATOR, Save(record=a_record(), source=("kim", "1")))

    assert made.uuid == str(uuid5(place.namespace, "kim\n1"))
    assert bring(place, a_delivery(identifier="1"))[0].outcome == "unchanged"


def test_a_harvest_remembers_the_later_datestamp_from_page_to_page(place: Site) -> None:
    order = an_order(harvest=True)
    deposit.deliver(place, [a_delivery("nieuw", identifier="1", datestamp="2026-02-02")], order)

    (old,) = deposit.deliver(place, [a_delivery("oud", identifier="1", datestamp="2026-01-01")], order)

    assert (old.outcome, old.code) == ("unchanged", "superseded")


def test_a_later_harvest_is_bound_by_no_datestamp_of_an_earlier_one(place: Site) -> None:
    bring(place, a_delivery("nieuw", identifier="1", datestamp="2026-02-02"), harvest=True)

    (done,) = bring(place, a_delivery("teruggezet", identifier="1", datestamp="2026-01-01"), harvest=True)

    assert done.outcome == "updated"


def test_a_line_whose_new_record_comes_again_is_repeated_or_a_duplicate(place: Site) -> None:
    uuid = str(uuid5(place.namespace, "kim\n1"))

    def line(title: str) -> Delivery:
        return a_delivery(title, id=uuid, source=("kim", "1"))

    done = bring(place, line("Breuken"), line("Breuken"), line("Delen"))

    assert [(each.outcome, each.code) for each in done] == [
        ("created", None), ("unchanged", "repeated"), ("rejected", "duplicate_key"),
    ]  # fmt: skip


def _merged(site: Site) -> tuple[str, str]:
    """Two records of which the second was merged into the first; their uuids."""
    winner = delivered(site, "Breuken")
    loser = bring(site, a_delivery("Breuken bis", identifier="2"))[0].uuid or ""
    with site.database.write() as connection:
        moved = {"winner": winner, "loser": loser, "no": False}
        tree = connection.execute(
            text("SELECT v.tree FROM revision v JOIN record r ON r.id = v.record WHERE r.uuid = :loser"), moved
        ).scalar_one()
        connection.execute(
            text(
                "UPDATE origin SET record = (SELECT id FROM record WHERE uuid = :winner), is_primary = :no,"
                " tree = :tree, revision = NULL WHERE key = '2'"
            ),
            moved | {"tree": tree},
        )
    do(site, CURATOR, loser, "delete", reason="dubbel", successor=winner)
    return winner, loser


def test_another_origin_of_a_merged_record_only_makes_suggestions(place: Site) -> None:
    winner, _ = _merged(place)

    (done,) = bring(place, a_delivery("Anders", identifier="2"))

    assert (done.outcome, done.code, done.uuid) == ("updated", "suggestion", winner)
    assert public_title(place, winner) == "Breuken"
    assert bring(place, a_delivery("Anders", identifier="2"))[0].outcome == "unchanged"
    assert bring(place, a_delivery(None, identifier="2"))[0].outcome == "unchanged"
    assert bring(place, a_delivery("Nieuw", identifier="1"))[0].outcome == "updated"
    assert public_title(place, winner) == "Nieuw"


def test_a_suggestion_can_be_undone_like_anything_else(place: Site) -> None:
    _merged(place)
    batch = staging.stage(place, CURATOR, Staging("kim"), [a_delivery("Anders", identifier="2")]).id
    staging.apply(place, CURATOR, batch)

    undo.undo(place, CURATOR, batch)

    assert bring(place, a_delivery("Breuken bis", identifier="2"))[0].outcome == "unchanged"


# --- what is kept of it -----------------------------------------------------------------------------------------------


def test_an_origin_keeps_tree_reader_and_source_bytes_of_the_last_delivery(place: Site) -> None:
    delivered(place, "Breuken")
    bring(place, a_delivery("Delen", identifier="1", source_bytes=b"<lom/>", datestamp="2026-01-01", format="lom"))

    row = received(place)

    assert title_of(from_json(bytes(row.whole))) == "Delen"
    assert (bytes(row.source_bytes), row.datestamp, row.format, row.reader) == (b"<lom/>", "2026-01-01", "lom", READER)


def test_a_save_of_a_record_without_an_origin_replaces_its_tree(place: Site) -> None:
    made = put(place, CURATOR, None, full("Breuken", HERE, "rekenen"))

    put(place, CURATOR, made.uuid, full("Delen"))

    assert working(place, made.uuid).record == full("Delen")
    assert entries(place) == []


def test_a_save_adds_an_entry_per_field_that_differs_and_the_others_stay(place: Site) -> None:
    uuid = delivered(place, full("Breuken", HERE, "rekenen"))
    put(place, CURATOR, uuid, full("Beter", HERE, "rekenen"))

    put(place, CURATOR, uuid, full("Beter", HERE, "rekenen", "breuk"))

    assert [(path, by) for path, _, _, by in entries(place)] == [("general.keyword", 901), ("general.title", 901)]
    assert working(place, uuid).locked == ("general.keyword", "general.title")


def test_an_owner_who_saves_locks_too(place: Site) -> None:
    uuid = delivered(place, full("Breuken"), actor=TEACHER, as_state="submitted")

    put(place, TEACHER, uuid, full("Beter"))

    assert [(path, open_, by) for path, _, open_, by in entries(place)] == [("general.title", True, 903)]
    bring(place, a_delivery(full("Nieuw", "https://b.example/"), identifier="1"), actor=TEACHER, as_state="submitted")
    assert working(place, uuid).record == full("Beter", "https://b.example/")


def test_a_save_back_to_what_came_is_still_a_lock(place: Site) -> None:
    uuid = delivered(place, full("Breuken"))
    put(place, CURATOR, uuid, full("Beter"))
    put(place, CURATOR, uuid, full("Breuken"))

    bring(place, a_delivery(full("Nieuw"), identifier="1"))

    assert public_title(place, uuid) == "Breuken"


def test_a_field_that_was_emptied_stays_empty(place: Site) -> None:
    uuid = delivered(place, full("Breuken", HERE, "rekenen"))
    put(place, CURATOR, uuid, full("Breuken"))

    bring(place, a_delivery(full("Breuken", HERE, "rekenen", "breuk"), identifier="1"))

    assert working(place, uuid).record == full("Breuken")


def test_post_with_a_source_replaces_what_was_received_and_leaves_the_locks(place: Site) -> None:
    uuid = delivered(place, full("Breuken"))
    put(place, CURATOR, uuid, full("Beter"))

    deposit.save(place, CURATOR, Save(record=full("Nieuw", "https://b.example/"), source=("kim", "1")))

    assert working(place, uuid).record == full("Beter", "https://b.example/")
    assert from_json(bytes(received(place).whole)) == full("Nieuw", "https://b.example/")


def test_an_edit_changes_neither_uuid_nor_origin(place: Site) -> None:
    uuid = delivered(place, full("Breuken"))
    before = received(place)

    put(place, CURATOR, uuid, full("Beter", "https://elders.example/"))

    assert received(place) == before
    assert working(place, uuid).uuid == uuid


def test_an_equal_put_in_the_state_asked_for_makes_no_revision(place: Site) -> None:
    made = put(place, CURATOR, None, "Breuken")

    again = put(place, CURATOR, made.uuid, "Breuken")

    assert (again.outcome, again.revision, count(place, "revision"), count(place, "event")) == ("unchanged", 1, 1, 1)


def test_an_equal_put_in_another_state_moves_and_counts_updated(place: Site) -> None:
    made = put(place, CURATOR, None, "Breuken", as_state="draft")

    moved = put(place, CURATOR, made.uuid, "Breuken", as_state="published")

    assert (moved.outcome, moved.public, moved.work, moved.revision) == ("updated", "published", "none", 1)


def test_an_edit_of_a_published_record_waits_beside_it_until_it_is_accepted(place: Site) -> None:
    made = put(place, CURATOR, None, "Breuken")

    put(place, CURATOR, made.uuid, "Beter", as_state="submitted")
    assert (public_title(place, made.uuid), working(place, made.uuid).published_revision) == ("Breuken", 1)
    do(place, REVIEWER, made.uuid, "accept")

    assert (public_title(place, made.uuid), working(place, made.uuid).published_revision) == ("Beter", 2)


def test_a_rejected_edit_leaves_the_public_revision(place: Site) -> None:
    made = put(place, CURATOR, None, "Breuken")
    put(place, CURATOR, made.uuid, "Slechter", as_state="submitted")

    done = do(place, REVIEWER, made.uuid, "reject", note="nee")

    assert (done.public, done.work, public_title(place, made.uuid)) == ("published", "rejected", "Breuken")


def test_open_locks_hold_when_the_work_is_accepted(place: Site) -> None:
    uuid = delivered(place, full("Breuken"))
    put(place, CURATOR, uuid, full("Beter"), as_state="submitted")
    assert [open_ for _, _, open_, _ in entries(place)] == [True]

    do(place, CURATOR, uuid, "accept")

    assert [open_ for _, _, open_, _ in entries(place)] == [False]


# --- tombstones -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "said"), [("delete", {"reason": "fout"}), ("withdraw", {"note": "fout"})])
def test_a_persons_tombstone_keeps_what_comes_and_answers_409(place: Site, action: str, said: dict[str, str]) -> None:
    uuid = delivered(place, full("Breuken"))
    do(place, CURATOR, uuid, action, **said)

    (done,) = bring(place, a_delivery(full("Nieuw"), identifier="1"))

    assert (done.outcome, done.code) == ("unchanged", "tombstone")
    assert from_json(bytes(received(place).whole)) == full("Nieuw")
    assert head(place, uuid).tombstone_by == "person"
    with pytest.raises(Refused):
        put(place, CURATOR, uuid, full("Anders"))
    with pytest.raises(Refused):
        deposit.save(place, CURATOR, Save(record=full("Nog"), source=("kim", "1")))


def test_a_person_is_not_overruled_by_his_source_which_deletes_and_brings_again(place: Site) -> None:
    uuid = delivered(place, "Breuken")
    do(place, CURATOR, uuid, "withdraw", note="fout")

    assert bring(place, a_delivery(None, identifier="1"))[0].outcome == "unchanged"
    assert bring(place, a_delivery("Breuken", identifier="1"))[0].outcome == "unchanged"
    assert head(place, uuid).public == "withdrawn"


def test_post_with_a_source_lifts_a_tombstone_that_the_source_made(place: Site) -> None:
    uuid = delivered(place, "Breuken")
    bring(place, a_delivery(None, identifier="1"))
    with pytest.raises(Refused):
        put(place, CURATOR, uuid, "Anders")

    deposit.save(place, CURATOR, Save(record=a_record("Terug"), source=("kim", "1")))

    assert public_title(place, uuid) == "Terug"


def test_restore_gives_back_received_and_overlay_of_today_with_a_new_datestamp(place: Site, ticking: FakeClock) -> None:
    uuid = delivered(place, full("Breuken"))
    put(place, CURATOR, uuid, full("Beter"))
    before = on_the_line(place, ticking, uuid)
    do(place, CURATOR, uuid, "withdraw", note="even weg")
    buried = on_the_line(place, ticking, uuid)
    bring(place, a_delivery(full("Nieuw", "https://b.example/"), identifier="1"))

    done = do(place, CURATOR, uuid, "restore")

    assert (done.public, done.work, done.record) == ("published", "none", full("Beter", "https://b.example/"))
    after = on_the_line(place, ticking, uuid)
    assert before is not None
    assert buried is not None
    assert after is not None
    assert (before.deleted, buried.deleted, after.deleted) == (False, True, False)
    assert before.position < buried.position < after.position


def test_restore_gives_back_the_work_that_was_open(place: Site) -> None:
    uuid = delivered(place, full("Breuken"))
    put(place, CURATOR, uuid, full("Half af"), as_state="submitted")
    do(place, CURATOR, uuid, "delete", reason="fout")
    assert head(place, uuid).work == "none"

    done = do(place, CURATOR, uuid, "restore")

    assert (done.public, done.work, done.record) == ("published", "submitted", full("Half af"))
    assert public_title(place, uuid) == "Breuken"


def test_restore_goes_back_one_tombstone_at_a_time(place: Site) -> None:
    made = put(place, CURATOR, None, "Breuken")
    do(place, CURATOR, made.uuid, "withdraw", note="eerst")
    do(place, CURATOR, made.uuid, "delete", reason="daarna")

    once = do(place, CURATOR, made.uuid, "restore")
    assert (once.public, once.reason) == ("withdrawn", "eerst")
    twice = do(place, CURATOR, made.uuid, "restore")

    assert (twice.public, twice.reason) == ("published", None)


def test_a_draft_that_is_deleted_and_restored_is_a_draft(place: Site, ticking: FakeClock) -> None:
    made = put(place, TEACHER, None, "Breuken", as_state="draft")
    do(place, TEACHER, made.uuid, "delete")
    assert on_the_line(place, ticking, made.uuid) is None

    done = do(place, CURATOR, made.uuid, "restore")

    assert (done.public, done.work) == ("never", "draft")


def test_a_tombstone_is_a_deleted_header_only_where_the_record_was_public(place: Site, ticking: FakeClock) -> None:
    public, draft = put(place, CURATOR, None, "Breuken"), put(place, CURATOR, None, "Klad", as_state="draft")
    on_the_line(place, ticking, public.uuid)
    do(place, CURATOR, public.uuid, "delete", reason="fout")
    do(place, CURATOR, draft.uuid, "delete")

    item = on_the_line(place, ticking, public.uuid)

    assert item is not None
    assert (item.deleted, item.facts.reason) == (True, "fout")
    assert on_the_line(place, ticking, draft.uuid) is None


def _undone(site: Site, record: Record, before: str | None = None) -> str:
    """A record whose import as published was undone; `before` made it a draft first."""
    if before is not None:
        delivered(site, full(before), as_state="draft")
    batch = staging.stage(site, CURATOR, Staging("kim", "published"), [a_delivery(record, identifier="1")]).id
    staging.apply(site, CURATOR, batch)
    undo.undo(site, CURATOR, batch)
    return staging.rows(site, CURATOR, batch).rows[0].uuid or ""


def test_work_over_what_an_undo_took_back_shows_when_it_is_accepted(place: Site, ticking: FakeClock) -> None:
    uuid = _undone(place, full("Fout"))

    (done,) = bring(place, a_delivery(full("Beter"), identifier="1"), as_state="submitted")

    assert (done.outcome, head(place, uuid).public, head(place, uuid).work) == ("updated", "withdrawn", "submitted")
    assert public_title(place, uuid) is None
    assert bring(place, a_delivery(full("Beter"), identifier="1"), as_state="submitted")[0].outcome == "unchanged"
    do(place, REVIEWER, uuid, "accept")
    assert public_title(place, uuid) == "Beter"
    row = head(place, uuid)
    assert (row.tombstone_by, row.reason, row.before_tombstone) == (None, None, None)
    item = on_the_line(place, ticking, uuid)
    assert item is not None
    assert not item.deleted


def test_a_draft_that_an_undone_import_had_published_can_be_worked_on(place: Site) -> None:
    uuid = _undone(place, full("Fout"), before="Klad")
    assert (head(place, uuid).public, head(place, uuid).work) == ("withdrawn", "draft")

    put(place, CURATOR, uuid, full("Klad 2"), as_state="draft")
    assert (head(place, uuid).public, head(place, uuid).work) == ("withdrawn", "draft")
    put(place, CURATOR, uuid, full("Af"), as_state="published")

    assert public_title(place, uuid) == "Af"


# --- in which state ---------------------------------------------------------------------------------------------------


def test_a_draft_need_only_be_readable_and_is_judged_when_it_is_submitted(place: Site) -> None:
    made = put(place, TEACHER, None, Record(), as_state="draft")
    assert made.work == "draft"

    with pytest.raises(Invalid) as refused:
        do(place, TEACHER, made.uuid, "submit")

    assert {problem.code for problem in refused.value.problems} == {"no_title", "no_identity"}
    with pytest.raises(Invalid):
        put(place, CURATOR, made.uuid, UNTITLED, as_state="published")
    with pytest.raises(Invalid):
        put(place, TEACHER, None, UNTITLED)


def test_an_import_judges_drafts_too(place: Site) -> None:
    assert bring(place, a_delivery(UNTITLED), as_state="draft")[0].code == "no_title"


def test_warnings_are_counted_and_do_not_refuse(place: Site) -> None:
    made = put(place, CURATOR, None, "Breuken")

    assert made.public == "published"
    assert made.warnings > 0
    assert 0 < made.completeness < 1


def test_validated_are_those_accepted_in_review_and_not_those_published_with_warnings(
    place: Site, ticking: FakeClock
) -> None:
    seen, unseen = put(place, TEACHER, None, "Bekeken"), put(place, CURATOR, None, "Zomaar")
    do(place, REVIEWER, seen.uuid, "accept")

    items = [on_the_line(place, ticking, one.uuid) for one in (seen, unseen)]

    assert ["validated" in item.facts.sets for item in items if item is not None] == [True, False]


def test_members_of_an_organisation_all_act_as_owner(place: Site) -> None:
    organisations.add(place, "school", "De school")
    school = organisations.get(place, "school").id
    members = [Actor(n, f"{n}@example.org", "contributor", "write", memberships={school: "member"}) for n in (11, 12)]
    made = put(place, members[0], None, "Breuken", organisation="school", as_state="draft")

    edited = put(place, members[1], made.uuid, "Beter", as_state="draft")

    assert (edited.organisation, edited.owner, title_of(edited.record)) == ("school", None, "Beter")
    with pytest.raises(NotFound):
        put(place, OTHER, made.uuid, "Van buiten", as_state="draft")


def test_a_token_for_an_organisation_acts_for_that_one_only(place: Site) -> None:
    organisations.add(place, "school", "De school")
    school = organisations.get(place, "school").id
    person = Actor(11, "11@example.org", "contributor", "write", memberships={school: "member"})
    own = put(place, person, None, "Van mij", as_state="draft")
    token = msgspec.structs.replace(person, organisation=school)

    assert put(place, token, None, "Van de school", as_state="draft").organisation == "school"
    with pytest.raises(NotFound):
        put(place, token, own.uuid, "Anders", as_state="draft")


def test_nobody_publishes_under_the_name_of_an_organisation_that_is_not_his(place: Site) -> None:
    organisations.add(place, "school", "De school")

    with pytest.raises(Forbidden):
        put(place, TEACHER, None, "Breuken", organisation="school")
    with pytest.raises(Invalid):
        put(place, TEACHER, None, "Breuken", organisation="nergens")


def test_post_on_a_record_that_its_person_may_not_edit_is_forbidden(place: Site) -> None:
    delivered(place, "Breuken")

    with pytest.raises(Forbidden):
        deposit.save(place, OTHER, Save(record=a_record("Anders"), source=("kim", "1")))


@pytest.mark.parametrize("role", ["contributor", "reviewer", "curator", "admin"])
def test_a_token_that_may_only_read_writes_nothing_whatever_the_role(place: Site, role: Any) -> None:
    reader = Actor(21, "21@example.org", role, "read")
    made = put(place, CURATOR, None, "Breuken")

    for uuid in (None, made.uuid):
        with pytest.raises(Forbidden):
            put(place, reader, uuid, "Anders", as_state="draft")
    with pytest.raises(Forbidden):
        do(place, reader, made.uuid, "withdraw", note="x")
    with pytest.raises(Forbidden):
        bring(place, a_delivery(), actor=reader, as_state="draft")


def test_a_stale_revision_is_not_overwritten(place: Site) -> None:
    made = put(place, CURATOR, None, "Breuken")
    put(place, CURATOR, made.uuid, "Beter", if_match=1)

    with pytest.raises(Stale):
        put(place, CURATOR, made.uuid, "Te laat", if_match=1)
    with pytest.raises(Stale):
        do(place, CURATOR, made.uuid, "withdraw", note="x", if_match=1)


def test_an_assigned_reviewer_holds_the_review_and_may_edit_in_it(place: Site) -> None:
    people.add(place, "vera@example.org", "reviewer")
    vera = people.actor(place, people.get(place, "vera@example.org"))
    assert vera is not None
    made = put(place, TEACHER, None, "Breuken")
    do(place, CURATOR, made.uuid, "assign", to="vera@example.org")

    edited = put(place, vera, made.uuid, "Beter", as_state="draft")

    assert (edited.work, edited.holder, title_of(edited.record)) == ("in_review", vera.account, "Beter")
    with pytest.raises(Forbidden):
        put(place, REVIEWER, made.uuid, "Anders", as_state="draft")
    with pytest.raises(Invalid):
        do(place, CURATOR, made.uuid, "assign", to="teacher@example.org")
