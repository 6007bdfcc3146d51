"""A tiny harvester of one's own: walks a whole OAI-PMH list of a WSGI application, strictly, page by page.

Other tests use it to see what is public: `walk(app, "ListRecords", metadataPrefix="lom")`. It breaks off at whatever
a careful harvester would not put up with: another status than 200, an answer that is not valid against the schemas, a
page without records, a token that repeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from lxml import etree
from werkzeug.test import Client

from tests.conformance.oai_schemas import faults

OAI = "http://www.openarchives.org/OAI/2.0/"
NS = {"o": OAI}


class Page(NamedTuple):
    """One answer: its bytes and its tree."""

    body: bytes
    root: etree._Element

    @property
    def response_date(self) -> str:
        return self.root.findtext("o:responseDate", "", NS)

    @property
    def request(self) -> dict[str, str]:
        element = self.root.find("o:request", NS)
        assert element is not None
        return {str(name): str(value) for name, value in element.attrib.items()}

    @property
    def base_url(self) -> str:
        return self.root.findtext("o:request", "", NS)

    @property
    def errors(self) -> list[str]:
        return [str(error.get("code")) for error in self.root.iterfind("o:error", NS)]

    @property
    def messages(self) -> list[str]:
        return [error.text or "" for error in self.root.iterfind("o:error", NS)]

    @property
    def headers(self) -> list[Header]:
        return [Header.of(each) for each in self.root.iter(f"{{{OAI}}}header")]

    @property
    def records(self) -> dict[str, etree._Element | None]:
        """The metadata part by identifier, None for a deleted record."""
        found = {}
        for record in self.root.iter(f"{{{OAI}}}record"):
            metadata = record.find("o:metadata", NS)
            found[record.findtext("o:header/o:identifier", "", NS)] = None if metadata is None else metadata[0]
        return found

    @property
    def specs(self) -> list[str]:
        return [each.text or "" for each in self.root.iterfind("o:ListSets/o:set/o:setSpec", NS)]

    @property
    def token_element(self) -> etree._Element | None:
        return next(self.root.iter(f"{{{OAI}}}resumptionToken"), None)

    @property
    def cursor(self) -> int | None:
        element = self.token_element
        return None if element is None else int(element.get("cursor") or -1)

    @property
    def total(self) -> int | None:
        element = self.token_element
        return None if element is None else int(element.get("completeListSize") or -1)

    def text(self, name: str) -> str:
        """The text of the first element of this name in the protocol's namespace."""
        return next((each.text or "" for each in self.root.iter(f"{{{OAI}}}{name}")), "")

    @property
    def token(self) -> str | None:
        element = self.token_element
        return None if element is None else element.text


class Header(NamedTuple):
    """A header, as a harvester keeps it."""

    identifier: str
    datestamp: str
    deleted: bool
    sets: tuple[str, ...]

    @classmethod
    def of(cls, element: etree._Element) -> Header:
        return cls(
            element.findtext("o:identifier", "", NS),
            element.findtext("o:datestamp", "", NS),
            element.get("status") == "deleted",
            tuple(each.text or "" for each in element.iterfind("o:setSpec", NS)),
        )


def ask(app: Any, path: str = "/oai", **arguments: str) -> Page:
    """One request; `from_` stands for from."""
    return ask_raw(app, urlencode({name.rstrip("_"): value for name, value in arguments.items()}), path)


def ask_raw(app: Any, query: str, path: str = "/oai") -> Page:
    """One request with a query string as it is, lawful or not."""
    return judged(Client(app).open(path, query_string=query))


def judged(answer: Any) -> Page:
    """An answer of the protocol: 200, text/xml, and valid against the schemas."""
    body = answer.get_data()
    assert answer.status_code == 200, (answer.status_code, body[:200])
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert faults(body) == []
    return Page(body, etree.fromstring(body))


def walk(app: Any, verb: str = "ListRecords", path: str = "/oai", **arguments: str) -> Iterator[Page]:
    """Every page of a list, by its tokens; a list without a match has one page with an error."""
    page = ask(app, path, verb=verb, **arguments)
    yield page
    seen: set[str] = set()
    while token := page.token:
        assert token not in seen, "the provider repeats a token"
        seen.add(token)
        page = ask(app, path, verb=verb, resumptionToken=token)
        assert not page.errors, page.errors
        assert page.headers or page.specs, "an empty page"
        yield page


def headers(app: Any, path: str = "/oai", **arguments: str) -> dict[str, Header]:
    """What a whole ListIdentifiers gives, the last header of each identifier."""
    arguments.setdefault("metadataPrefix", "oai_dc")
    return {
        header.identifier: header for page in walk(app, "ListIdentifiers", path, **arguments) for header in page.headers
    }
