"""Somebody at a browser, over the application itself: reads forms as they stand in pages and sends them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from portal.server import letters
from repository.accounts import people
from repository.jobs import mail_outbox
from tests.support.api import Api

PASSWORD = "een lang wachtwoord"


class Form(HTMLParser):
    """The form of a page that leads to `action`, with what it says already."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action = action
        self.found = False
        self.fields: dict[str, str] = {}
        self._inside = False
        self._area = ""
        self.feed(page)
        assert self.found, f"no form for {action} in {page[:2000]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = said.get("action", self.action).partition("?")[0] == self.action.partition("?")[0]
            self.found = self.found or self._inside
        if not self._inside or not said.get("name"):
            return
        if tag == "input" and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            self.fields[said["name"]] = said.get("value", "")
        if tag == "textarea":
            self._area = said["name"]
            self.fields[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area
        self._inside = self._inside and tag != "form"


class Visitor:
    """A browser of its own: cookies, and forms that are sent as a page gives them. Speaks English."""

    def __init__(self, api: Api, address: str = "127.0.0.1") -> None:
        self.api = api
        self.client = api.app.test_client()
        self.address = address

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.client.get(path, **self._asked(given))

    def post(self, path: str, data: Any, **given: Any) -> TestResponse:
        return self.client.post(path, data=data, **self._asked(given))

    def _asked(self, given: dict[str, Any]) -> dict[str, Any]:
        headers = {"Accept-Language": "en", **given.pop("headers", {})}
        return {"headers": headers, "environ_base": {"REMOTE_ADDR": self.address}, **given}

    def send(self, page: str, action: str = "", **typed: Any) -> TestResponse:
        """Open a page, type into its form, send it."""
        action = action or page
        form = Form(self.get(page).text, action)
        return self.post(action, {**form.fields, **typed}, headers={"Sec-Fetch-Site": "same-origin"})

    def log_in(self, email: str, password: str = PASSWORD, next_: str = "") -> TestResponse:
        return self.send(f"/login?next={next_}" if next_ else "/login", "/login", email=email, password=password)

    @property
    def is_logged_in(self) -> bool:
        return "Log out" in self.get("/").text


def a_person(api: Api, email: str = "ann@example.org", role: str = "contributor", password: str = PASSWORD) -> int:
    """Somebody as `oerbron user add` makes them."""
    return people.add(api.site, email, role, password)


def somebody(api: Api, email: str = "ann@example.org", role: str = "contributor") -> Visitor:
    """Somebody who is logged in."""
    if people.find(api.site, email) is None:
        a_person(api, email, role)
    visitor = Visitor(api)
    assert visitor.log_in(email).status_code == 303
    return visitor


def letters_of(api: Api) -> list[tuple[str, str, str]]:
    """To whom, subject and text of every letter that waits; from here on they are sent."""
    kept: list[tuple[str, str, str]] = []
    for letter in mail_outbox.take(api.site):
        message = letters.written(api.site, letter)
        kept.append((str(message["To"]), str(message["Subject"]), message.get_content()))
        mail_outbox.sent(api.site, letter)
    return kept


def link_in(text: str) -> str:
    """The path of the address that stands on a line of its own."""
    address = next(line for line in text.splitlines() if line.startswith("http://repository.example/"))
    return address.removeprefix("http://repository.example")
