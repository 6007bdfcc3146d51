"""What strangers learn and may do to a connection: no host of theirs is reflected, no secret of the machine is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.web.problems import public_sentence
from repository import errors
from repository.search.errors import IndexDamaged, SearchUnavailable
from tests.support.api import Api, Caller, body_of

EVIL = "evil.example"
FORGED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "X-Original-URL": f"http://{EVIL}/",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Proto": "javascript",
    "Forwarded": f"host={EVIL};proto=http",
}
UUID = "5f0c5b0e-52cf-5a4f-9a53-9e0c1d1f3f10"


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def _addresses(api: Api, uuid: str) -> list[tuple[str, str]]:
    found = []
    for rule in api.app.url_map.iter_rules():
        filled = rule.rule.replace("<uuid>", uuid).replace("<batch>", uuid).replace("<source>", "nightly")
        filled = filled.replace("/doc/resource/<name>", f"/doc/resource/{uuid}")
        filled = re.sub(r"<(\w+:)?\w+>", "1", filled)
        found += [(method, filled) for method in sorted(rule.methods or ())]
    return [*found, ("GET", "//about"), ("GET", "/about//"), ("GET", "//api//v1//records"), ("GET", "/nothing")]


@pytest.mark.parametrize("accept", ["*/*", "text/html", "image/png", "application/json"])
def test_no_answer_repeats_a_host_that_somebody_sent(api: Api, curator: Caller, accept: str) -> None:
    uuid = api.published(curator)
    api.index()
    client = api.app.test_client()
    reflected = []

    for method, path in _addresses(api, uuid):
        for query in ("", "?verb=Identify", "?x=1"):
            response = client.open(path + query, method=method, headers=FORGED | {"Accept": accept})
            said = response.get_data(as_text=True) + str(response.headers)
            if EVIL in said:
                reflected.append((method, path + query, response.status_code))

    assert reflected == []


@pytest.fixture
def curator(api: Api) -> Caller:
    return api.person("curator")


def test_assign_tells_nobody_whose_address_belongs_to_staff(api: Api, curator: Caller) -> None:
    teacher = api.person("contributor")
    uuid = teacher.created("Breuken", "?as=submitted")
    said = [
        teacher.act(uuid, "assign", to=address)
        for address in (curator.email, "nobody@example.org", "", teacher.email, "reviewer@example.org")
    ]

    assert {each.status_code for each in said[:2]} == {403}
    assert len({body_of(each)["detail"] for each in (said[0], said[1], said[3], said[4])}) == 1
    assert curator.act(uuid, "assign", to="nobody@example.org").status_code == 422
    assert curator.act(uuid, "assign", to=curator.email).status_code == 200


def test_assign_tells_nobody_by_the_state_of_a_record_either(api: Api, curator: Caller) -> None:
    uuid = api.published(curator)
    teacher = api.person("contributor")

    said = [teacher.act(uuid, "assign", to=address) for address in (curator.email, "nobody@example.org")]

    assert len({(each.status_code, body_of(each)["detail"]) for each in said}) == 1


SECRET = "connection to server at 10.1.2.3, port 5432 failed: FATAL: no password for user oerbron"


@pytest.mark.parametrize(
    "error",
    [
        errors.DatabaseError(f"The database cannot be used: {SECRET}"),
        IndexDamaged(f"The index m1 is damaged ({SECRET}); a new one is being made."),
    ],
)
def test_strangers_hear_nothing_of_the_machine(error: errors.RepositoryError) -> None:
    assert not set(public_sentence(error).split()) & {"10.1.2.3,", "oerbron", "5432"}


def test_what_a_cluster_says_of_itself_is_not_told() -> None:
    error = SearchUnavailable(f"The search cluster does not answer: {SECRET}")
    error.__cause__ = OSError(SECRET)

    assert "10.1.2.3" not in public_sentence(error)
    assert public_sentence(errors.Busy("Busy.")) == "Busy."


def test_a_database_that_is_away_is_named_nowhere(api: Api, curator: Caller, tmp_path: Path) -> None:
    api.published(curator)
    api.site.database.dispose()
    for path in tmp_path.glob("test.sqlite*"):
        path.unlink()
    (tmp_path / "test.sqlite").mkdir()
    client = api.app.test_client()

    for path in (
        "/readyz",
        "/metrics",
        "/api/v1/records",
        f"/api/v1/records/{UUID}",
        "/oai?verb=ListSets",
        "/",
        "/search",
    ):
        answer = client.get(path)
        said = answer.get_data(as_text=True)
        assert str(tmp_path) not in said, path
        assert "sqlite" not in said.lower(), path
    assert client.get("/readyz").status_code == 503
