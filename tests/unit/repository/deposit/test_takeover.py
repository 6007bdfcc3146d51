"""A harvest's first delivery of what a person made under its name: the record becomes the source's, told to both."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from harvest.intake import taken_over
from repository import deposit, sources
from repository.accounts import organisations
from repository.accounts.policy import Actor
from repository.config.sections import HarvestSource
from repository.deposit import Outcome, Save
from repository.deposit.working_view import working
from repository.errors import Forbidden, Invalid
from repository.publishing import publication
from repository.site import Site
from repository.upkeep import doctor
from tests.support.deposit import CURATOR, OTHER, TEACHER, a_delivery, an_order, bring, do, head, public_title, put
from tests.support.factories import a_record
from tests.support.site import FakeClock

NAME = "kim"


@pytest.fixture
def claimed(place: Site) -> str:
    """A record that a contributor made under a name that was nobody's, before there was a rule against it."""
    return _claimed(place)


def _claimed(place: Site, as_state: str = "submitted", actor: Actor = TEACHER) -> str:
    """What an older version let a contributor do; today a curator may, and the rows are made his."""
    (done,) = bring(place, a_delivery("Van mij", identifier="1"), actor=CURATOR, as_state=as_state, source=NAME)
    with place.database.write() as connection:
        connection.execute(text("UPDATE record SET owner = :account"), {"account": actor.account})
        connection.execute(text('UPDATE revision SET "by" = :account'), {"account": actor.account})
    return done.uuid or ""


def harvested(place: Site, title: str | None = "Van de bron", **order: Any) -> Outcome:
    (done,) = deposit.deliver(
        place, [a_delivery(title, identifier="1", base_url="http://kim.example/oai")], an_order(harvest=True, **order)
    )
    return done


def log_of(place: Site, uuid: str) -> list[tuple[str, str | None]]:
    with place.database.read() as connection:
        rows = connection.execute(
            text(
                "SELECT e.action, e.note FROM event e JOIN record r ON r.id = e.record WHERE r.uuid = :u ORDER BY e.id"
            ),
            {"u": uuid},
        )
        return [(row.action, row.note) for row in rows]


def revisions_of(place: Site, uuid: str) -> list[tuple[int, int | None]]:
    with place.database.read() as connection:
        rows = connection.execute(
            text('SELECT v.n, v."by" FROM revision v JOIN record r ON r.id = v.record WHERE r.uuid = :u ORDER BY v.n'),
            {"u": uuid},
        )
        return [(row[0], row[1]) for row in rows]


def test_the_first_delivery_of_a_harvest_takes_the_record_over(place: Site, claimed: str) -> None:
    done = harvested(place)

    row = head(place, claimed)
    assert (done.outcome, done.code, done.uuid) == ("updated", "taken_over", claimed)
    assert (row.public, row.work, row.owner, row.organisation, row.holder) == ("published", "none", None, None, None)
    assert public_title(place, claimed) == "Van de bron"
    assert revisions_of(place, claimed) == [(1, TEACHER.account), (2, None)]
    assert log_of(place, claimed)[-1][0] == "taken_over"


def test_the_person_is_told_and_may_not_change_it_any_more(place: Site, claimed: str) -> None:
    harvested(place)

    with pytest.raises(Forbidden, match="The harvest kim brings this record now"):
        put(place, TEACHER, claimed, "Toch van mij")
    with pytest.raises(Forbidden, match="Your version is kept in its history"):
        working(place, TEACHER, claimed)
    with pytest.raises(Forbidden, match="may not"):
        put(place, OTHER, claimed, "Van een ander")
    assert public_title(place, claimed) == "Van de bron"


def test_a_person_is_told_also_when_a_review_of_the_harvest_is_under_way(place: Site, claimed: str) -> None:
    harvested(place, as_state="submitted")

    assert head(place, claimed).public == "never"
    with pytest.raises(Forbidden, match="The harvest kim brings"):
        working(place, TEACHER, claimed)


def test_changes_of_fields_and_open_work_become_history(place: Site) -> None:
    uuid = _claimed(place)
    do(place, CURATOR, uuid, "accept")
    put(place, TEACHER, uuid, "Toch mijn titel", as_state="submitted")
    do(place, CURATOR, uuid, "claim")

    harvested(place)

    row = head(place, uuid)
    with place.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM overlay")).scalar() == 0
    assert (row.work, row.holder, row.owner) == ("none", None, None)
    assert public_title(place, uuid) == "Van de bron"
    assert revisions_of(place, uuid) == [(1, 903), (2, 903), (3, None)]


def test_equal_content_is_taken_over_too(place: Site, claimed: str) -> None:
    assert harvested(place, "Van mij").code == "taken_over"
    assert head(place, claimed).owner is None
    assert harvested(place, "Van mij").outcome == "unchanged"


def test_it_happens_once_and_an_owner_who_is_given_later_stays(place: Site, claimed: str) -> None:
    harvested(place)
    school = organisations.add(place, "school", "School").id
    put(place, CURATOR, claimed, "Van de school", organisation="school", as_state="published")

    done = harvested(place, "Nieuw")

    assert (done.outcome, done.code) == ("updated", None)
    assert head(place, claimed).organisation == school
    assert public_title(place, claimed) == "Van de school"  # a lock of a curator survives a delivery
    assert [action for action, _ in log_of(place, claimed)].count("taken_over") == 1


def test_a_harvested_record_that_got_an_owner_is_not_taken_from_him(place: Site) -> None:
    uuid = harvested(place).uuid or ""
    organisations.add(place, "school", "School")
    put(place, CURATOR, uuid, "Van de school", organisation="school")

    assert harvested(place, "Nieuw").code is None
    assert head(place, uuid).organisation is not None


def test_the_import_of_an_operator_takes_nothing_over(place: Site, claimed: str) -> None:
    (done,) = bring(place, a_delivery("Nieuw", identifier="1"))

    assert done.code is None
    assert head(place, claimed).owner == TEACHER.account


def test_what_its_maker_deleted_before_it_was_public_does_not_shut_the_source_out(place: Site, claimed: str) -> None:
    do(place, TEACHER, claimed, "delete", reason="van mij")

    assert harvested(place).code == "taken_over"

    assert public_title(place, claimed) == "Van de bron"
    assert head(place, claimed).reason is None


def test_a_tombstone_of_what_was_public_stays_and_has_no_owner_any_more(place: Site) -> None:
    uuid = _claimed(place)
    do(place, CURATOR, uuid, "accept")
    do(place, CURATOR, uuid, "withdraw", note="klopt niet")

    done = harvested(place)

    row = head(place, uuid)
    assert (done.outcome, row.public, row.owner) == ("unchanged", "withdrawn", None)
    do(place, CURATOR, uuid, "restore")
    assert public_title(place, uuid) == "Van de bron"


def test_what_is_rejected_takes_nothing_over(place: Site, claimed: str) -> None:
    (done,) = deposit.deliver(place, [a_delivery(a_record(""), identifier="1")], an_order(harvest=True))

    assert done.outcome == "rejected"
    assert head(place, claimed).owner == TEACHER.account


def test_a_deletion_by_the_harvest_ends_ownership_too(place: Site, claimed: str) -> None:
    assert harvested(place, None).outcome == "deleted"
    assert head(place, claimed).owner is None


def test_taking_over_what_is_public_moves_it_once_and_leaves_the_repository_sound(
    place: Site, ticking: FakeClock
) -> None:
    uuid = _claimed(place)
    do(place, CURATOR, uuid, "accept")
    ticking.pass_(2)
    publication.publish(place)
    harvested(place)
    ticking.pass_(2)

    assert (sealed := publication.publish(place)) is not None
    assert sealed.published == 1
    assert doctor.examine(place) == []


@pytest.mark.parametrize("name", ["kim", "person-904", "local", "nobody"])
def test_a_contributor_delivers_under_no_name_but_his_own(place: Site, name: str) -> None:
    with pytest.raises(Forbidden, match="may not deliver under the name"):
        deposit.save(place, TEACHER, Save(record=a_record(), source=(name, "1")))
    for actor in (CURATOR,):
        if name != "person-904":
            assert deposit.save(place, actor, Save(record=a_record(), source=(name, "1"))).source is not None


@pytest.mark.parametrize("name", ["person-903", "teacher@example.org", "Teacher@Example.org "])
def test_his_own_name_is_one_that_tells_nobody_who_he_is(place: Site, name: str) -> None:
    made = deposit.save(place, TEACHER, Save(record=a_record(), source=(name, "1")))

    assert made.source is not None
    assert made.source.name == "person-903"


def test_a_member_delivers_under_the_name_of_the_organisation(place: Site) -> None:
    school = organisations.add(place, "school", "School").id
    member = Actor(903, "teacher@example.org", "contributor", memberships={school: "member"})

    assert deposit.save(place, member, Save(record=a_record(), source=("school", "1"))).source is not None
    with pytest.raises(Forbidden):
        deposit.save(place, TEACHER, Save(record=a_record(), source=("school", "2")))


@pytest.mark.parametrize("name", ["person-1", "local"])
def test_no_harvest_and_no_organisation_takes_the_name_of_a_person(place: Site, name: str) -> None:
    with pytest.raises(Invalid):
        organisations.add(place, name, "Name")
    with pytest.raises(Invalid, match="cannot be added"):
        sources.add(place, HarvestSource(name, "http://provider.example/oai"))


def test_a_run_says_once_how_many_it_took_over() -> None:
    first = taken_over(("odd",), ["a", "b"])
    second = taken_over(first, ["c"] * 7)

    assert first == ("odd", "Taken over, since people had made them under this name: 2 (such as a, b).")
    assert second == ("odd", "Taken over, since people had made them under this name: 9 (such as a, b).")
