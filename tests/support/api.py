"""The API as its callers see it: an application over a site of its own, people with tokens, time that a test moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from flask import Flask
from werkzeug.test import TestResponse

from portal.app import create_app
from repository.accounts import people, tokens
from repository.config.sections import Config, DatabaseSection, HarvestSection, HarvestSource, OaiSection, SiteSection
from repository.publishing import publication
from repository.search.service import open_search
from repository.site import STREAM_PAGES, PageSizes, Site, open_site
from schemas.record import Record, to_json
from tests.support.factories import a_record
from tests.support.site import FakeClock

BASE = "/api/v1/records"
HARVEST = "nightly"


class Caller:
    """Somebody who calls the API; without a token: anybody."""

    def __init__(self, app: Flask, token: str | None = None, email: str = "") -> None:
        self.client = app.test_client()
        self.token = token
        self.email = email

    def call(self, method: str, path: str, **given: Any) -> TestResponse:
        """A request to an address, or to one below /records; `json` may be a Record, `headers` are added."""
        headers = dict(given.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if isinstance(given.get("json"), Record):
            given |= {"data": to_json(given.pop("json")), "content_type": "application/json"}
        address = path if path.startswith("/") else f"{BASE}/{path}".rstrip("/")
        if path.startswith("?"):
            address = BASE + path
        return self.client.open(address, method=method, headers=headers, **given)

    def get(self, path: str = "", **given: Any) -> TestResponse:
        return self.call("GET", path, **given)

    def post(self, path: str = "", **given: Any) -> TestResponse:
        return self.call("POST", path, **given)

    def put(self, uuid: str, revision: int | None, json: Any, query: str = "", **given: Any) -> TestResponse:
        headers = dict(given.pop("headers", {}))
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        return self.call("PUT", uuid + query, json=json, headers=headers, **given)

    def delete(self, uuid: str, **said: Any) -> TestResponse:
        return self.call("DELETE", uuid, json=said)

    def act(self, uuid: str, action: str, **said: Any) -> TestResponse:
        return self.post(f"{uuid}/actions", json={"action": action, **said})

    def created(self, record: Record | str = "Breuken", query: str = "") -> str:
        """Create a record that has to be taken; gives its uuid."""
        response = self.post(query, json=a_record(record) if isinstance(record, str) else record)
        assert response.status_code == 201, response.text
        return str(body_of(response)["id"])

    def working(self, uuid: str) -> dict[str, Any]:
        response = self.get(f"{uuid}?version=working")
        assert response.status_code == 200, response.text
        return body_of(response)


class Api:
    """A site with its application; whatever is accepted is public after `publish`."""

    def __init__(self, home: Path, url: str = "", page_sizes: PageSizes = STREAM_PAGES, **sections: Any) -> None:
        self.clock = FakeClock()
        config = Config(
            site=SiteSection(base_url="http://repository.example"),
            database=DatabaseSection(url=url or f"sqlite:///{home / 'test.sqlite'}"),
            oai=OaiSection(domain="repository.example"),
            harvest=HarvestSection(source=(HarvestSource(HARVEST, "http://provider.example/oai"),)),
        )
        self.site: Site = open_site(msgspec.structs.replace(config, **sections), self.clock, page_sizes=page_sizes)
        self.searching = open_search(self.site)
        self.app = create_app(self.site, self.searching)
        self.anybody = Caller(self.app)

    def person(self, role: str, name: str = "", scope: str = "write", organisation: str | None = None) -> Caller:
        """A new person, or the one of that name, with a token."""
        email = f"{name or role}@example.org"
        if people.find(self.site, email) is None:
            people.add(self.site, email, role)
        return Caller(self.app, tokens.create(self.site, email, scope, organisation), email)

    def publish(self) -> None:
        self.clock.pass_(2)
        publication.publish(self.site)

    def index(self) -> None:
        """What is public can be found from here on."""
        self.searching.catch_up()

    def published(self, by: Caller, record: Record | str = "Breuken") -> str:
        """A record that is public; gives its uuid."""
        uuid = by.created(record, "?as=published")
        self.publish()
        return uuid


def body_of(response: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(response.data)
    return found


def codes_of(response: TestResponse) -> list[tuple[str, str]]:
    """Path and code of every problem in a problem document."""
    assert response.mimetype == "application/problem+json", response.text
    return [(problem["path"], problem["code"]) for problem in body_of(response)["problems"]]


def title_in(body: dict[str, Any]) -> str:
    return str(body["record"]["general"]["title"][0]["value"])
