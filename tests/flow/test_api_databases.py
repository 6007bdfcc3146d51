"""The API on both databases: the way of one record over HTTP, and writers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from repository.upkeep import doctor
from tests.support.api import BASE, Api, Caller, body_of, title_in
from tests.support.factories import a_record


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def api(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setenv("OERBRON_HOME", str(tmp_path))
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    opened = Api(tmp_path, url)
    yield opened
    assert doctor.examine(opened.site) == []
    opened.site.database.dispose()


def test_a_record_lives_from_draft_to_tombstone_and_back(api: Api) -> None:
    teacher, reviewer, curator = (api.person(role) for role in ("contributor", "reviewer", "curator"))
    uuid = teacher.created(query="?as=draft")
    assert teacher.put(uuid, 1, a_record("Breuken, klaar")).status_code == 200
    assert reviewer.act(uuid, "claim").status_code == 200
    assert reviewer.act(uuid, "accept").status_code == 200
    api.publish()
    assert title_in(body_of(api.anybody.get(uuid))) == "Breuken, klaar"
    assert [item["id"] for item in body_of(api.anybody.get("?limit=1&set=closed"))["items"]] == [uuid]
    assert curator.delete(uuid, reason="weg").status_code == 200
    api.publish()
    assert api.anybody.get(uuid).status_code == 410
    assert curator.act(uuid, "restore").status_code == 200
    api.publish()
    assert body_of(api.anybody.get(uuid))["public"] == "published"
    assert [entry["revision"] for entry in body_of(curator.get(f"{uuid}/revisions"))["items"]] == [1, 2]


def test_texts_that_a_database_may_not_take_break_nothing(api: Api) -> None:
    curator = api.person("curator")
    nul = "a\u0000b"
    uuid = curator.created()

    for response in (
        curator.post(json={"record": {}, "source": {"name": nul, "key": "1"}}),
        curator.post(json={"record": {}, "organisation": nul}),
        curator.post(json={"record": {}, "collections": [nul]}),
        curator.post("?as=draft", json={"general": {"title": [{"lang": "nl", "value": nul}]}}),
        curator.act(uuid, "withdraw", note=nul),
        curator.act(uuid, "assign", to=nul),
        curator.delete(uuid, reason=nul),
        curator.delete(uuid, reason="weg", successor=f"https://example.org/{nul}"),
        api.anybody.get("?set=%00"),
        api.anybody.get("/api/v1/vocabularies/%00"),
        api.anybody.get("%00"),
        api.anybody.get("", headers={"Authorization": "Bearer a\udcffb"}),
    ):
        assert response.status_code in (201, 400, 401, 404, 422), response.text


def test_of_writers_at_once_with_one_tag_one_wins(api: Api) -> None:
    curator = api.person("curator")
    uuid = curator.created()
    statuses: list[int] = []

    def put() -> None:
        response = Caller(api.app, curator.token).put(uuid, 1, a_record("Breuken, nieuw"))
        statuses.append(response.status_code)

    _at_once(put, 6)

    assert sorted(statuses) == [200, 412, 412, 412, 412, 412]
    assert curator.working(uuid)["revision"] == 2


def test_of_posts_at_once_under_one_key_one_works(api: Api) -> None:
    curator = api.person("curator")
    uuids: list[str] = []

    def post() -> None:
        response = Caller(api.app, curator.token).post(BASE, json=a_record(), headers={"Idempotency-Key": "een"})
        uuids.append(body_of(response)["id"])

    _at_once(post, 6)

    assert len(uuids) == 6
    assert len(set(uuids)) == 1


def _at_once(work: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
