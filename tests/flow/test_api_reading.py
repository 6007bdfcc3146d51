"""Reading what is published: one record, tombstones, the list in log order, revisions, conditions (api.md, records)."""

from __future__ import annotations

import msgspec
import pytest

from schemas.record import Contribute, Entity, General, LangString, LifeCycle, Record, Technical, Vocabulary
from tests.support.api import Api, Caller, body_of, codes_of, title_in
from tests.support.factories import a_record

KEYS = {
    "id", "oai_identifier", "url", "public", "work", "revision", "published_revision", "position", "datestamp", "sets",
    "source", "record", "summary",
}  # fmt: skip
CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana Silva\nN:Silva;Ana;;;\nEMAIL:ana@example.org\nTEL:+32 2 555\nEND:VCARD"


def _with_contact(title: str = "Breuken") -> Record:
    author = Contribute(role=Vocabulary("LOMv1.0", "author"), entity=(Entity(raw=CARD),))
    return msgspec.structs.replace(a_record(title), life_cycle=LifeCycle(contribute=(author,)))


def test_the_published_record_has_the_keys_of_the_contract(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)

    found = body_of(api.anybody.get(uuid))

    assert set(found) == KEYS
    assert found["oai_identifier"] == f"oai:repository.example:{uuid}"
    assert found["url"] == f"http://repository.example/id/resource/{uuid}"
    assert (found["public"], found["work"], found["revision"], found["source"]) == ("published", "none", 1, None)
    assert found["sets"] == ["closed"]
    assert found["summary"]["title"] == title_in(found) == "Breuken"


def test_what_was_never_public_is_not_found(api: Api, teacher: Caller) -> None:
    assert api.anybody.get(teacher.created()).status_code == 404
    assert api.anybody.get("5f0c5b0e-52cf-5a4f-9a53-9e0c1d1f3f10").status_code == 404
    assert api.anybody.get("no-uuid").status_code == 404


def test_a_tombstone_is_410_with_reason_and_successor(api: Api, curator: Caller) -> None:
    uuid, next_one = api.published(curator), api.published(curator, "Breuken 2")
    curator.delete(uuid, reason="vervangen", successor=next_one)
    api.publish()

    response = api.anybody.get(uuid)

    assert response.status_code == 410
    assert response.mimetype == "application/problem+json"
    found = body_of(response)
    assert (found["public"], found["reason"], found["successor"]) == ("deleted", "vervangen", next_one)
    assert found["position"] > body_of(api.anybody.get(next_one))["position"]
    assert "record" not in found
    again = api.anybody.get(uuid, headers={"If-Modified-Since": response.headers["Last-Modified"]})
    assert again.status_code == 410


def test_unknown_parameters_are_named(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)

    response = api.anybody.get(f"{uuid}?langauge=nl&colour=red")

    assert response.status_code == 400
    assert codes_of(response) == [("langauge", "unknown_parameter"), ("colour", "unknown_parameter")]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("after=-1", "after"),
        ("after=x", "after"),
        ("after=99999999999999999999", "after"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("set=", "set"),
        ("set=a%00b", "set"),
        ("lang=%C3%A9", "lang"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_a_senseless_value_is_400_naming_its_parameter(api: Api, query: str, name: str) -> None:
    response = api.anybody.get(f"?{query}")

    assert response.status_code == 400
    assert [path for path, _ in codes_of(response)] == [name]


def test_the_list_is_walked_in_log_order_with_its_tombstones(api: Api, curator: Caller) -> None:
    uuids = [api.published(curator, f"Breuken {n}") for n in range(5)]
    curator.delete(uuids[1], reason="weg")
    api.publish()

    found, after = [], 0
    while True:
        page = body_of(api.anybody.get(f"?after={after}&limit=2"))
        found += page["items"]
        assert page["as_of"] >= max(item["position"] for item in page["items"])
        if page["next"] is None:
            break
        after = page["next"]

    assert [item["id"] for item in found] == [uuids[0], *uuids[2:], uuids[1]]
    assert [item["position"] for item in found] == sorted({item["position"] for item in found})
    assert set(found[0]) == KEYS
    assert set(found[-1]) == {
        "id", "oai_identifier", "public", "position", "datestamp", "sets", "source", "reason", "successor",
    }  # fmt: skip


def test_a_list_of_a_set_holds_its_members_only(api: Api, curator: Caller) -> None:
    api.published(curator)
    french = api.published(curator, Record(general=General(title=(LangString("fr", "Fractions"),), language=("fr",)),
                                           technical=Technical(location=("https://example.org/f",))))  # fmt: skip

    assert [item["id"] for item in body_of(api.anybody.get("?set=language:fr"))["items"]] == [french]
    assert [item["id"] for item in body_of(api.anybody.get("?set=language"))["items"]] == [french]
    assert body_of(api.anybody.get("?set=language:xx"))["items"] == []
    assert len(body_of(api.anybody.get("?set=closed"))["items"]) == 2


def test_a_reader_who_has_it_gets_304(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)
    first = api.anybody.get(uuid)
    position = body_of(first)["position"]

    assert first.headers["ETag"] == f'"1-{position}-nl"'
    assert {"Accept-Language", "Authorization"} <= set(first.vary)
    assert api.anybody.get(uuid, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert api.anybody.get(uuid, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    french = api.anybody.get(uuid, headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "fr"})
    assert french.status_code == 200
    assert french.headers["ETag"].endswith('-fr"')


def test_a_reader_with_an_old_tag_gets_the_new_record(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)
    tag = api.anybody.get(uuid).headers["ETag"]
    curator.put(uuid, 1, a_record("Breuken, nieuw"))
    api.publish()

    response = api.anybody.get(uuid, headers={"If-None-Match": tag})

    assert response.status_code == 200
    assert title_in(body_of(response)) == "Breuken, nieuw"


def test_the_list_answers_304_while_nothing_moved(api: Api, curator: Caller) -> None:
    api.published(curator)
    tag = api.anybody.get("").headers["ETag"]

    assert api.anybody.get("", headers={"If-None-Match": tag}).status_code == 304


def test_contact_data_are_for_those_who_work_on_it(api: Api, curator: Caller) -> None:
    uuid = api.published(curator, _with_contact())

    public = api.anybody.get(uuid).text
    assert "Ana Silva" in public
    assert "ana@example.org" not in public
    assert "555" not in public
    assert "ana@example.org" in curator.get(f"{uuid}?version=working").text
    assert "ana@example.org" not in api.anybody.get("").text
    assert "ana@example.org" not in api.anybody.get(f"{uuid}/revisions/1").text


def test_reading_the_working_version_then_putting_it_changes_nothing(api: Api, curator: Caller) -> None:
    uuid = api.published(curator, _with_contact())
    working = curator.get(f"{uuid}?version=working")
    assert working.headers["ETag"] == '"1"'

    response = curator.call("PUT", uuid, json=body_of(working), headers={"If-Match": working.headers["ETag"]})

    assert response.status_code == 200
    assert body_of(response)["revision"] == 1
    assert response.headers["ETag"] == '"1"'


def test_without_a_token_only_published_revisions_are_told(api: Api, curator: Caller, other: Caller) -> None:
    uuid = api.published(curator)
    curator.put(uuid, 1, a_record("Breuken, klad"), "?as=draft")
    curator.put(uuid, 2, a_record("Breuken, klaar"))
    api.publish()

    public = body_of(api.anybody.get(f"{uuid}/revisions"))
    assert public == {"items": [{"revision": 1, "published": True}, {"revision": 3, "published": True}]}
    assert title_in(body_of(api.anybody.get(f"{uuid}/revisions/1"))) == "Breuken"
    assert api.anybody.get(f"{uuid}/revisions/2").status_code == 404
    stranger = body_of(other.get(f"{uuid}/revisions"))
    assert [(item["revision"], item["by"], item["note"]) for item in stranger["items"]] == [
        (1, None, None),
        (3, None, None),
    ]
    assert "events" not in stranger
    assert other.get(f"{uuid}/revisions/2").status_code == 403
    own = body_of(curator.get(f"{uuid}/revisions"))
    assert [(item["revision"], item["by"]) for item in own["items"]] == [(n, "curator@example.org") for n in (1, 2, 3)]
    assert title_in(body_of(curator.get(f"{uuid}/revisions/2"))) == "Breuken, klad"


def test_the_revisions_of_a_tombstone_are_gone(api: Api, curator: Caller, other: Caller) -> None:
    uuid = api.published(curator)
    curator.delete(uuid, reason="weg")
    api.publish()

    for somebody in (api.anybody, other):
        assert somebody.get(f"{uuid}/revisions").status_code == 410
        assert somebody.get(f"{uuid}/revisions/1").status_code == 410


@pytest.mark.parametrize("n", ["0", "9", "x", "1.0", "99999999999999999999", "\u0662"])
def test_a_revision_that_is_not_there_is_not_found(api: Api, curator: Caller, n: str) -> None:
    uuid = api.published(curator)

    assert api.anybody.get(f"{uuid}/revisions/{n}").status_code == 404


def test_reading_allows_other_origins_and_writing_does_not(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)
    origin = {"Origin": "https://elsewhere.example"}

    assert api.anybody.get(uuid, headers=origin).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in curator.get(f"{uuid}?version=working", headers=origin).headers
    assert "Access-Control-Allow-Origin" not in curator.put(uuid, 1, a_record("x"), headers=origin).headers
    preflight = api.anybody.call("OPTIONS", uuid, headers=origin | {"Access-Control-Request-Method": "PUT"})
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Authorization" not in preflight.headers["Access-Control-Allow-Headers"]


def test_private_answers_are_not_stored(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)

    for response in (
        curator.get(f"{uuid}?version=working"),
        curator.get(f"{uuid}/revisions"),
        curator.get(f"{uuid}/revisions/1"),
        curator.get(uuid),
        curator.put(uuid, 1, a_record()),
    ):
        assert response.headers["Cache-Control"] == "no-store"


def test_the_working_version_needs_a_token(api: Api, curator: Caller) -> None:
    response = api.anybody.get(f"{api.published(curator)}?version=working")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/api/v1/records", "/api/v1/vocabularies", "/api/openapi.json"])
def test_a_wrong_token_is_told_also_where_none_is_needed(api: Api, path: str) -> None:
    response = api.anybody.get(path, headers={"Authorization": "Bearer oerbron_wrong"})

    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/v2/records", 404),
        ("PATCH", "/api/v1/records", 405),
        ("PUT", "/api/v1/records", 405),
    ],
)
def test_what_is_not_there_is_a_problem_document(api: Api, method: str, path: str, status: int) -> None:
    response = api.anybody.call(method, path)

    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert body_of(response)["status"] == status
    assert (status == 405) == ("Allow" in response.headers)
