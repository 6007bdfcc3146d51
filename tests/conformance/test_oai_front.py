"""The fast lane before Flask says what the application behind it says: body, status and headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from portal.app import create_app
from provider import views
from provider.endpoint import Endpoint
from provider.fast_lane import Front
from repository.config.sections import LimitsSection, SiteSection
from tests.conformance.oai_site import Stage, a_stage, licensed

QUERIES = [
    "verb=Identify",
    "verb=ListSets",
    "verb=ListMetadataFormats",
    "verb=ListRecords&metadataPrefix=lom",
    "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2000-01-01",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=IDENTIFIER",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:1",
    "verb=Nope",
    "verb=ListRecords&verb=Identify",
    "verb=ListRecords&resumptionToken=%FF",
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home: Path = tmp_path_factory.mktemp("front")
    made = a_stage(home, page_size=3)
    made.publish(*(licensed(f"Titel {n}") for n in range(5)))
    yield made
    made.close()


def _front(stage: Stage) -> Front:
    """The fast lane of a whole portal over the stage's repository."""
    front: object = create_app(stage.site).wsgi_app
    while not isinstance(front, Front):
        front = front.app  # type: ignore[attr-defined]  # the layers above it
    return front


def _said(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    return answer.status_code, answer.get_data(), sorted((name.lower(), value) for name, value in answer.headers)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("query", QUERIES)
def test_the_front_says_what_the_application_says(stage: Stage, query: str, encoding: str) -> None:
    query = query.replace("IDENTIFIER", stage.identifier(1))
    front = _front(stage)

    answers = [
        Client(each, TestResponse).get(f"/oai?{query}", headers={"Accept-Encoding": encoding})
        for each in (front, front.app)
    ]

    assert _said(answers[0]) == _said(answers[1])


def test_the_front_hands_on_what_is_not_for_it(stage: Stage) -> None:
    """A page for people, a HEAD, another path: told apart by what the application alone can say."""
    client = Client(create_app(stage.site), TestResponse)

    assert client.get("/oai?verb=Identify", headers={"Sec-Fetch-Dest": "document"}).mimetype == "text/html"
    assert client.head("/oai?verb=Identify").get_data() == b""
    assert client.post("/oai", data={"verb": "Identify"}).mimetype == "text/xml"
    assert client.get("/oai/nobody?verb=Identify").status_code == 404


def test_a_full_lane_is_told_alike(tmp_path: Path) -> None:
    stage = a_stage(tmp_path, limits=LimitsSection(list_requests=1))
    stage.publish(licensed("Een"))
    front = _front(stage)
    with front.endpoints["/oai"].lane.entered():
        answers = [
            Client(each, TestResponse).get("/oai?verb=ListRecords&metadataPrefix=lom") for each in (front, front.app)
        ]
    stage.close()

    for answer in answers:
        answer.headers["Retry-After"] = "20"
    assert answers[0].status_code == 503
    assert _said(answers[0]) == _said(answers[1])


def test_where_hosts_are_trusted_by_name_the_application_looks_at_them_first(tmp_path: Path) -> None:
    stage = a_stage(tmp_path, site=SiteSection(trusted_hosts=("oer.example",)))

    app = create_app(stage.site)

    assert not isinstance(app.wsgi_app, Front)
    assert Client(app, TestResponse).get("/oai?verb=Identify", headers={"Host": "evil.example"}).status_code == 400
    stage.close()


class _Broken(Endpoint):
    def answer(self, query: bytes, body: bytes = b"") -> bytes:
        raise ZeroDivisionError


@pytest.mark.parametrize("also_behind", [False, True])
def test_what_nobody_foresaw_is_told_by_the_application(stage: Stage, also_behind: bool) -> None:
    sound = views.endpoints(stage.site)
    broken = {name: _Broken(each.site, each.context, each.lane, each.openings) for name, each in sound.items()}
    behind = create_app(stage.site)
    if also_behind:
        behind = Flask("nothing works here")
        behind.register_blueprint(views.blueprint(stage.site, broken))
    answer = Client(Front(behind.wsgi_app, broken, (), lambda _, __: None), TestResponse).get("/oai?verb=Identify")

    assert answer.status_code == (500 if also_behind else 200)
    assert b"ZeroDivision" not in answer.get_data()
