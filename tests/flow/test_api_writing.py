"""Writing over HTTP: the three kinds of bodies, preconditions, keys, waiting, origins, deletions (api.md, records)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import text

from portal.api import bodies
from repository.accounts import organisations, tokens
from repository.upkeep import erasure
from tests.support.api import HARVEST, Api, Caller, body_of, codes_of, title_in
from tests.support.factories import a_record

LOM = (
    '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string language="nl">Breuken</string></title></general>'
    "<technical><location>https://example.org/lom</location></technical></lom>"
)
AMB = {
    "@context": ["https://w3id.org/kim/amb/context.jsonld", {"@language": "nl"}],
    "id": "https://example.org/amb",
    "type": ["LearningResource"],
    "name": "Breuken",
}
TREE: dict[str, Any] = {
    "general": {"title": [{"lang": "nl", "value": "Breuken"}], "language": ["nl"]},
    "technical": {"location": ["https://example.org/breuken"]},
}


def test_a_new_record_is_answered_at_once_with_its_address(curator: Caller) -> None:
    response = curator.post(json=TREE)

    assert response.status_code == 201
    found = body_of(response)
    assert found["record"] == TREE
    assert found["position"] is None
    assert response.headers["Location"] == f"http://repository.example/api/v1/records/{found['id']}"
    assert response.headers["ETag"] == '"1"'


@pytest.mark.parametrize(
    "given",
    [
        {"json": TREE},
        {"json": {"record": TREE, "public": "published", "summary": None}},
        {"json": AMB, "content_type": "application/ld+json"},
        {"json": AMB},
        {"data": LOM, "content_type": "application/xml"},
        {"data": LOM.encode("utf-16"), "content_type": "text/xml; charset=utf-16"},
    ],
    ids=["tree", "envelope", "json-ld", "json-ld as json", "lom", "lom as text"],
)
def test_every_kind_of_body_becomes_a_record(curator: Caller, given: dict[str, Any]) -> None:
    response = curator.post(**given)

    assert response.status_code == 201, response.text
    assert title_in(body_of(response)) == "Breuken"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"data": b"", "content_type": "application/json"}, "empty_file"),
        ({"data": b"{", "content_type": "application/json"}, "truncated"),
        ({"data": b"\xff\xff", "content_type": "application/json"}, "wrong_encoding"),
        ({"data": b"[" * 100_000, "content_type": "application/json"}, "too_deep"),
        ({"json": []}, "wrong_type"),
        ({"json": {"record": None}}, "wrong_type"),
        ({"data": b"<lom", "content_type": "application/xml"}, None),
        ({"data": b"<!DOCTYPE lom><lom/>", "content_type": "application/xml"}, None),
        ({"data": LOM.replace("lom", "nix"), "content_type": "application/xml"}, None),
        ({"data": f"<records>{LOM}{LOM}</records>", "content_type": "application/xml"}, "not_one_record"),
        ({"json": {"@context": "https://schema.org", "@type": "Person"}}, "unknown_format"),
    ],
)
def test_a_body_that_cannot_be_read_is_one_plain_sentence(
    curator: Caller, given: dict[str, Any], code: str | None
) -> None:
    response = curator.post("?as=draft", **given)

    assert response.status_code == 422
    assert len(codes_of(response)) == 1
    if code is not None:
        assert codes_of(response)[0][1] == code
    assert "\n" not in body_of(response)["detail"]
    assert "file" not in body_of(response)["detail"].split("(whole")[0]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_media_type_is_415_and_says_which_are_taken(curator: Caller, kind: str) -> None:
    response = curator.post(data=b"{}", content_type=kind)

    assert response.status_code == 415
    assert "application/ld+json" in body_of(response)["detail"]


def test_a_body_of_more_than_a_record_may_have_is_413(curator: Caller) -> None:
    response = curator.post(data=b" " * (bodies.MOST_BYTES + 1), content_type="application/json")

    assert response.status_code == 413
    assert response.mimetype == "application/problem+json"


def test_every_problem_of_a_body_is_told_at_once(curator: Caller) -> None:
    wrong = {"general": {"titel": [], "language": "nl"}, "files": [{"url": 3}], "nope": 1}

    response = curator.post(json={"record": wrong, "source": {"name": "x"}, "collections": "y", "organisation": 4})

    assert response.status_code == 422
    assert {path for path, _ in codes_of(response)} == {
        "source", "organisation", "collections", "general.titel", "general.language", "files[0].url", "nope",
    }  # fmt: skip


def test_admission_tells_title_and_identity_at_once_and_spares_drafts(curator: Caller, teacher: Caller) -> None:
    for query in ("", "?as=published", "?as=submitted"):
        response = curator.post(query, json={})
        assert response.status_code == 422
        assert [code for _, code in codes_of(response)] == ["no_title", "no_identity"]

    draft = teacher.post("?as=draft", json={})
    assert draft.status_code == 201
    submitted = teacher.act(body_of(draft)["id"], "submit")
    assert submitted.status_code == 422
    assert [code for _, code in codes_of(submitted)] == ["no_title", "no_identity"]


def test_writing_needs_a_token_that_may_write(api: Api, curator: Caller) -> None:
    uuid = curator.created()
    reader = api.person("curator", scope="read")

    for somebody, status in ((api.anybody, 401), (reader, 403)):
        assert somebody.post(json=TREE).status_code == status
        assert somebody.put(uuid, 1, TREE).status_code == status
        assert somebody.delete(uuid, reason="weg").status_code == status
        assert somebody.act(uuid, "withdraw", note="weg").status_code == status


def test_put_without_if_match_is_428(curator: Caller) -> None:
    assert curator.put(curator.created(), None, TREE).status_code == 428


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ('"1"', 200),
        ('"1-29409280032768-nl"', 200),
        ('W/"1"', 200),
        ("*", 200),
        ('"2"', 412),
        ('"0"', 412),
        ('"x"', 412),
        ("1", 400),
        ("", 400),
    ],
)
def test_if_match_looks_at_the_revision_only(curator: Caller, tag: str, status: int) -> None:
    response = curator.put(curator.created(), None, a_record("Breuken 2"), headers={"If-Match": tag})

    assert response.status_code == status


def test_equal_content_makes_no_revision(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)
    before = body_of(api.anybody.get(uuid))

    response = curator.put(uuid, 1, a_record())
    api.publish()

    assert (response.status_code, body_of(response)["revision"]) == (200, 1)
    assert body_of(api.anybody.get(uuid)) == before
    assert body_of(response)["position"] == before["position"]


def test_two_who_edit_the_same_revision_do_not_overwrite_each_other(curator: Caller) -> None:
    uuid = curator.created()

    assert curator.put(uuid, 1, a_record("eerste")).status_code == 200
    second = curator.put(uuid, 1, a_record("tweede"))

    assert second.status_code == 412
    assert "2" in body_of(second)["detail"]
    assert title_in(curator.working(uuid)) == "eerste"


def test_an_edit_changes_neither_uuid_nor_origin(curator: Caller) -> None:
    made = body_of(curator.post(json={"source": {"name": "kim", "key": "1"}, "record": TREE}))
    sent = {"id": "5f0c5b0e-52cf-5a4f-9a53-9e0c1d1f3f10", "source": {"name": "x", "key": "y"}, "record": TREE}

    answer = body_of(curator.put(made["id"], 1, sent))

    assert answer["id"] == made["id"]
    assert (answer["source"]["name"], answer["source"]["key"]) == ("kim", "1")


def test_a_body_that_names_its_origin_updates_that_record(api: Api, curator: Caller) -> None:
    body = {"source": {"name": "kim", "key": "1"}, "record": TREE}
    first = curator.post(json=body)
    again = curator.post(json=body)
    changed = curator.post(json=body | {"record": TREE | {"technical": {"location": ["https://example.org/nieuw"]}}})

    assert [first.status_code, again.status_code, changed.status_code] == [201, 200, 200]
    assert len({body_of(response)["id"] for response in (first, again, changed)}) == 1
    assert [body_of(response)["revision"] for response in (first, again, changed)] == [1, 1, 2]
    api.publish()
    found = body_of(api.anybody.get(body_of(first)["id"]))
    assert (found["source"]["name"], found["source"]["key"]) == ("kim", "1")
    assert "source:kim" in found["sets"]


def test_an_edit_of_a_record_with_an_origin_survives_its_next_delivery(curator: Caller) -> None:
    body = {"source": {"name": "kim", "key": "1"}, "record": TREE}
    uuid = body_of(curator.post(json=body))["id"]
    curator.put(uuid, 1, TREE | {"general": {"title": [{"lang": "nl", "value": "Met de hand"}], "language": ["nl"]}})

    curator.post(json=body | {"record": TREE | {"technical": {"location": ["https://example.org/nieuw"]}}})

    found = curator.working(uuid)
    assert title_in(found) == "Met de hand"
    assert found["record"]["technical"]["location"] == ["https://example.org/nieuw"]
    assert found["locked"] == ["general.title"]


def test_the_name_of_a_configured_harvest_is_forbidden(curator: Caller) -> None:
    response = curator.post(json={"source": {"name": HARVEST, "key": "1"}, "record": TREE})

    assert response.status_code == 403
    assert HARVEST in body_of(response)["detail"]


def test_a_delivery_to_a_record_of_others_is_forbidden(curator: Caller, other: Caller) -> None:
    body = {"source": {"name": "kim", "key": "1"}, "record": TREE}
    curator.post(json=body)

    assert other.post(json=body).status_code == 403


def test_a_delivery_to_what_a_person_deleted_is_a_conflict(curator: Caller) -> None:
    body = {"source": {"name": "kim", "key": "1"}, "record": TREE}
    uuid = body_of(curator.post(json=body))["id"]
    curator.delete(uuid, reason="weg")

    assert curator.post(json=body).status_code == 409


def test_a_delivery_that_is_not_admitted_tells_everything(curator: Caller) -> None:
    response = curator.post(json={"source": {"name": "kim", "key": "1"}, "record": {"general": {"language": ["nl"]}}})

    assert response.status_code == 422
    assert [code for _, code in codes_of(response)] == ["no_title", "no_identity"]


def test_an_organisation_owns_what_its_member_sends_for_it(api: Api, teacher: Caller, other: Caller) -> None:
    organisations.add(api.site, "linde", "De Linde")
    for member in (teacher, other):
        organisations.join(api.site, "linde", member.email, "member")
    stranger = api.person("contributor", "stranger")
    body = {"organisation": "linde", "record": TREE}

    uuid = body_of(teacher.post("?as=draft", json=body))["id"]

    assert other.working(uuid)["organisation"] == "linde"
    assert other.put(uuid, 1, a_record("samen"), "?as=draft").status_code == 200
    assert stranger.post(json=body).status_code == 403
    unknown = stranger.post(json={"organisation": "nergens", "record": TREE})
    assert (unknown.status_code, codes_of(unknown)) == (422, [("organisation", "unknown_organisation")])


def test_a_reviewer_sends_back_what_he_read_though_he_is_no_member(api: Api, teacher: Caller, reviewer: Caller) -> None:
    organisations.add(api.site, "linde", "De Linde")
    organisations.join(api.site, "linde", teacher.email, "member")
    uuid = body_of(teacher.post(json={"organisation": "linde", "record": TREE}))["id"]
    reviewer.act(uuid, "claim")
    body = reviewer.working(uuid)
    body["record"]["general"]["title"][0]["value"] = "Breuken, verbeterd"

    response = reviewer.put(uuid, 1, body)

    assert response.status_code == 200, response.text
    assert (body_of(response)["work"], body_of(response)["organisation"]) == ("in_review", "linde")


def test_deletion_wants_a_reason_and_lawful_keys(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)

    assert codes_of(curator.call("DELETE", uuid)) == [("reason", "missing_reason")]
    assert codes_of(curator.delete(uuid, reason="x", why="y")) == [("why", "unknown_key")]
    assert codes_of(curator.delete(uuid, reason=3)) == [("reason", "wrong_type")]
    assert codes_of(curator.delete(uuid, reason=" ", successor="nergens")) == [
        ("reason", "missing_reason"), ("successor", "wrong_form"),
    ]  # fmt: skip
    assert codes_of(curator.delete(uuid, reason="x", successor=uuid)) == [("successor", "wrong_form")]
    assert curator.call("DELETE", uuid, data=b"reason=x", content_type="text/plain").status_code == 415
    assert api.anybody.get(uuid).status_code == 200


def test_deletion_heeds_if_match_when_it_is_given(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)
    stale = curator.call("DELETE", uuid, json={"reason": "weg"}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412

    gone = curator.call("DELETE", uuid, json={"reason": "weg"}, headers={"If-Match": '"1"'})

    assert gone.status_code == 200
    assert body_of(gone)["public"] == "deleted"


def test_a_deletion_may_be_repeated(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)

    answers = [curator.delete(uuid, reason="weg") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert body_of(answers[0]) == body_of(answers[1])


@pytest.mark.parametrize("what", ["created", "edited", "deleted", "withdrawn"])
def test_every_write_waits_until_it_is_public(api: Api, curator: Caller, what: str) -> None:
    prefer = {"Prefer": "wait=5"}
    uuid = api.published(curator)
    api.clock.pass_(2)
    match what:
        case "created":
            response = curator.post(json=TREE, headers=prefer)
        case "edited":
            response = curator.put(uuid, 1, a_record("Breuken 2"), headers=prefer)
        case "deleted":
            response = curator.call("DELETE", uuid, json={"reason": "weg"}, headers=prefer)
        case _:
            response = curator.post(f"{uuid}/actions", json={"action": "withdraw", "note": "weg"}, headers=prefer)

    found = body_of(response)
    assert response.headers["Preference-Applied"] == "wait=5"
    assert found["position"] is not None
    assert body_of(api.anybody.get(found["id"]))["position"] == found["position"]


def test_waiting_ends_when_nobody_may_publish(api: Api, curator: Caller) -> None:
    api.published(curator)  # The clock stands still from here on, so that no further batch may be sealed.

    before = time.monotonic()
    response = curator.post(json=TREE, headers={"Prefer": "wait=1"})

    assert response.status_code == 201
    assert body_of(response)["position"] is None
    assert 0.9 <= time.monotonic() - before < 20


def test_a_draft_waits_for_nothing(api: Api, curator: Caller) -> None:
    api.published(curator)
    before = time.monotonic()

    response = curator.post("?as=draft", json=TREE, headers={"Prefer": "respond-async, wait=30"})

    assert response.status_code == 201
    assert time.monotonic() - before < 20


def test_a_repeated_post_answers_as_the_first_did(api: Api, curator: Caller) -> None:
    headers = {"Idempotency-Key": "een"}
    first = curator.post(json=TREE, headers=headers)
    api.publish()

    second = curator.post(json=TREE, headers=headers)

    assert (second.status_code, second.data) == (201, first.data)
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Location"] == first.headers["Location"]
    assert len(body_of(api.anybody.get(""))["items"]) == 1


def test_every_write_may_be_repeated_under_its_key(curator: Caller) -> None:
    uuid = curator.created()
    for number in range(2):
        assert curator.put(uuid, 1, a_record("twee"), headers={"Idempotency-Key": "a"}).status_code == 200, number
    for number in range(2):
        body = {"action": "withdraw", "note": "weg"}
        response = curator.post(f"{uuid}/actions", json=body, headers={"Idempotency-Key": "b"})
        assert response.status_code == 200, number
    for number in range(2):
        response = curator.call("DELETE", uuid, json={"reason": "weg"}, headers={"Idempotency-Key": "c"})
        assert response.status_code == 200, number

    assert [event["action"] for event in body_of(curator.get(f"{uuid}/revisions"))["events"]] == [
        "accept", "accept", "withdraw", "delete",
    ]  # fmt: skip


def test_a_key_stands_for_one_request_of_one_person(api: Api, curator: Caller) -> None:
    headers = {"Idempotency-Key": "een"}
    first = curator.post(json=TREE, headers=headers)

    assert curator.post(json=a_record("anders"), headers=headers).status_code == 422
    assert curator.post("?as=draft", json=TREE, headers=headers).status_code == 422
    another = api.person("curator", "another").post(json=TREE, headers=headers)
    assert another.status_code == 201
    assert body_of(another)["id"] != body_of(first)["id"]


def test_a_refused_post_keeps_no_key(curator: Caller) -> None:
    headers = {"Idempotency-Key": "een"}
    assert curator.post(json={}, headers=headers).status_code == 422

    assert curator.post(json=TREE, headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", "\u00e9", "x" * 201])
def test_a_senseless_key_is_told(curator: Caller, key: str) -> None:
    response = curator.post(json=TREE, headers={"Idempotency-Key": key})

    assert response.status_code == 422
    assert "Idempotency-Key" in body_of(response)["detail"]


def test_an_answer_that_was_lost_is_made_anew(api: Api, curator: Caller) -> None:
    headers = {"Idempotency-Key": "een"}
    first = curator.post(json=TREE, headers=headers)
    with api.site.database.write() as connection:  # The process died between the work and the keeping of its answer.
        connection.execute(text("UPDATE idempotency SET status = NULL, body = NULL"))

    second = curator.post(json=TREE, headers=headers)

    assert (second.status_code, body_of(second)["id"]) == (201, body_of(first)["id"])


def test_an_answer_kept_for_a_key_goes_with_an_erasure(api: Api, curator: Caller) -> None:
    headers = {"Idempotency-Key": "een"}
    uuid = body_of(curator.post(json=a_record("Geheimwoord"), headers=headers))["id"]
    erasure.erase(api.site, uuid, "law")
    api.publish()

    again = curator.post(json=a_record("Geheimwoord"), headers=headers)

    assert again.status_code == 410
    with api.site.database.read() as connection:
        kept = connection.execute(text("SELECT body FROM idempotency")).scalars().all()
    assert kept == [None]


def test_a_token_that_was_revoked_writes_no_more(api: Api, curator: Caller) -> None:
    assert curator.post(json=TREE).status_code == 201
    for token in tokens.every(api.site, curator.email):
        tokens.revoke(api.site, token.id)

    assert curator.post(json=TREE).status_code == 401


def test_odd_texts_are_kept_or_refused_and_never_break_the_server(api: Api, curator: Caller) -> None:
    for value in ("\u0000", "\ufffe", "\u202e", "<script>alert(1)</script>", "\U0001f600" * 50, " "):
        tree = {"general": {"title": [{"lang": value, "value": value}]}, "technical": {"location": [value or "x"]}}
        response = curator.post(json=tree)
        assert response.status_code in (201, 422), (value, response.text)
        if response.status_code == 201:
            api.publish()
            assert api.anybody.get(body_of(response)["id"]).status_code in (200, 404)


def test_numbers_beyond_all_bounds_do_not_break_the_server(curator: Caller) -> None:
    tree = TREE | {"files": [{"url": "https://example.org/f", "size": 10**30}]}

    response = curator.post(json=tree)

    assert response.status_code in (201, 422)


RDF_BODIES = {
    "text/turtle": '<https://example.org/r> a <https://schema.org/Course> ; <https://schema.org/name> "Breuken"@nl .',
    "application/trig": "<https://e.example/g> { <https://example.org/r> a <https://schema.org/Course> ; "
    '<http://purl.org/dc/terms/title> "Breuken" . }',
    "application/n-triples": '<https://example.org/r> <http://purl.org/dc/terms/title> "Breuken" .\n',
    "application/n-quads": '<https://example.org/r> <http://purl.org/dc/terms/title> "Breuken" <urn:x:g> .\n',
    "application/rdf+xml": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://schema.org/">'
    '<s:Course rdf:about="https://example.org/r"><s:name>Breuken</s:name></s:Course></rdf:RDF>',
}


@pytest.mark.parametrize("media_type", RDF_BODIES)
def test_a_record_is_sent_as_rdf(curator: Caller, media_type: str) -> None:
    response = curator.post(data=RDF_BODIES[media_type], content_type=media_type)

    assert response.status_code == 201, body_of(response)
    assert body_of(response)["summary"]["title"] == "Breuken"
    assert body_of(response)["summary"]["url"] == "https://example.org/r"


@pytest.mark.parametrize("body", ["<https://example.org/r> a", "@prefix s: <https://schema.org/> .", ""])
def test_rdf_that_holds_no_record_is_422_in_one_sentence(curator: Caller, body: str) -> None:
    response = curator.post(data=body, content_type="text/turtle")

    assert response.status_code == 422
    assert "\n" not in body_of(response)["detail"]
