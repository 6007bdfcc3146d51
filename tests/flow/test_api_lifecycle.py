"""The life of a record over HTTP: who may move it where, what the others see meanwhile (design.md, in which state)."""

from __future__ import annotations

import pytest

from tests.support.api import Api, Caller, body_of, codes_of, title_in
from tests.support.factories import a_record


def _state(who: Caller, uuid: str) -> tuple[str, str]:
    found = who.working(uuid)
    return found["public"], found["work"]


def test_a_contribution_becomes_public_through_review(
    api: Api, teacher: Caller, reviewer: Caller, curator: Caller
) -> None:
    uuid = teacher.created()
    assert _state(teacher, uuid) == ("never", "submitted")
    assert body_of(reviewer.act(uuid, "claim"))["holder"] == "reviewer@example.org"
    assert _state(curator, uuid) == ("never", "in_review")

    answer = body_of(reviewer.act(uuid, "accept", note="goed"))
    assert (answer["public"], answer["work"], answer["position"]) == ("published", "none", None)
    assert api.anybody.get(uuid).status_code == 404
    api.publish()

    assert body_of(api.anybody.get(uuid))["published_revision"] == 1


def test_a_reviewer_asks_for_changes_and_the_owner_reads_why(teacher: Caller, reviewer: Caller) -> None:
    uuid = teacher.created()
    reviewer.act(uuid, "claim")

    reviewer.act(uuid, "request_changes", note="Noem een licentie.")

    assert _state(teacher, uuid) == ("never", "changes_requested")
    events = body_of(teacher.get(f"{uuid}/revisions"))["events"]
    assert [event["action"] for event in events] == ["submit", "claim", "request_changes"]
    assert events[-1]["note"] == "Noem een licentie."
    assert teacher.put(uuid, 1, a_record("Breuken, beter")).status_code == 200
    assert _state(teacher, uuid) == ("never", "submitted")


def test_an_edit_of_a_public_record_waits_for_review(
    api: Api, teacher: Caller, reviewer: Caller, curator: Caller
) -> None:
    uuid = teacher.created()
    reviewer.act(uuid, "accept")
    api.publish()

    assert teacher.put(uuid, 1, a_record("Breuken, tweede")).status_code == 200
    api.publish()

    assert title_in(body_of(api.anybody.get(uuid))) == "Breuken"
    working = teacher.working(uuid)
    assert (working["public"], working["work"], working["revision"], working["published_revision"]) == (
        "published", "submitted", 2, 1,
    )  # fmt: skip
    curator.act(uuid, "accept")
    api.publish()
    assert title_in(body_of(api.anybody.get(uuid))) == "Breuken, tweede"


def test_a_curator_assigns_and_the_holder_releases(teacher: Caller, reviewer: Caller, curator: Caller) -> None:
    uuid = teacher.created()

    assert body_of(curator.act(uuid, "assign", to="reviewer@example.org"))["holder"] == "reviewer@example.org"
    assert body_of(reviewer.act(uuid, "release"))["work"] == "submitted"


def test_a_rejected_contribution_may_be_submitted_again(teacher: Caller, curator: Caller) -> None:
    uuid = teacher.created()

    assert body_of(curator.act(uuid, "reject", note="dubbel"))["work"] == "rejected"
    assert body_of(teacher.act(uuid, "submit"))["work"] == "submitted"


def test_withdrawn_is_a_tombstone_until_it_is_restored(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)
    before = body_of(api.anybody.get(uuid))["position"]

    curator.act(uuid, "withdraw", note="link stuk")
    api.publish()
    gone = api.anybody.get(uuid)
    assert gone.status_code == 410
    assert body_of(gone) | {"public": "withdrawn", "reason": "link stuk"} == body_of(gone)
    curator.act(uuid, "restore")
    api.publish()

    assert body_of(api.anybody.get(uuid))["position"] > before


def test_as_published_is_for_curators(teacher: Caller, curator: Caller) -> None:
    assert teacher.post("?as=published", json=a_record()).status_code == 403
    assert body_of(curator.post("?as=published", json=a_record()))["public"] == "published"


def test_the_default_state_goes_by_role(teacher: Caller, curator: Caller) -> None:
    assert _state(teacher, teacher.created()) == ("never", "submitted")
    assert _state(curator, curator.created()) == ("published", "none")


def test_a_contributor_sees_no_draft_of_others(teacher: Caller, other: Caller, reviewer: Caller) -> None:
    uuid = teacher.created(query="?as=draft")

    for somebody in (other, reviewer):
        assert somebody.get(f"{uuid}?version=working").status_code == 404
        assert somebody.get(f"{uuid}/revisions").status_code == 404
        assert somebody.get(f"{uuid}/revisions/1").status_code == 404
        assert somebody.put(uuid, 1, a_record("van mij")).status_code == 404
        assert somebody.delete(uuid, reason="weg").status_code == 404
        assert somebody.act(uuid, "submit").status_code == 404


def test_a_public_record_is_read_by_all_and_edited_by_its_owner(api: Api, curator: Caller, other: Caller) -> None:
    uuid = api.published(curator)

    assert other.get(f"{uuid}?version=working").status_code == 403
    assert other.put(uuid, 1, a_record("van mij")).status_code == 403
    assert other.delete(uuid, reason="weg").status_code == 403
    assert other.act(uuid, "withdraw", note="weg").status_code == 403


@pytest.mark.parametrize("action", ["accept", "claim", "release", "request_changes", "reject"])
def test_a_move_that_is_not_in_the_table_is_a_conflict(curator: Caller, action: str) -> None:
    uuid = curator.created()

    response = curator.act(uuid, action, note="omdat")

    assert response.status_code == 409
    assert body_of(response)["type"].endswith("/refused")


def test_a_note_that_is_missing_is_told_with_its_place(teacher: Caller, curator: Caller) -> None:
    uuid = teacher.created()

    response = curator.act(uuid, "request_changes")

    assert response.status_code == 422
    assert codes_of(response) == [("note", "missing_note")]


def test_an_unknown_action_names_those_there_are(curator: Caller) -> None:
    response = curator.act(curator.created(), "explode")

    assert response.status_code == 422
    assert "request_changes" in body_of(response)["detail"]


def test_an_owner_deletes_what_was_never_public_without_a_reason(api: Api, teacher: Caller) -> None:
    uuid = teacher.created(query="?as=draft")

    response = teacher.call("DELETE", uuid)

    assert response.status_code == 200
    assert body_of(response) | {"public": "deleted", "position": None} == body_of(response)
    api.publish()
    assert api.anybody.get(uuid).status_code == 404


def test_a_tombstone_takes_no_edit(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)
    curator.delete(uuid, reason="weg")

    response = curator.put(uuid, 1, a_record("terug"))

    assert response.status_code == 409
    assert "restore" in body_of(response)["detail"]
