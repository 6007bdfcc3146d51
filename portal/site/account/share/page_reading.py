"""Reading a page to be shared: fetched through the guard of the harvester, its own description first, its head second.

Nothing of the page is run, shown or trusted: what it says becomes text in a form. It is waited for, five seconds at
each step, and may have 2 MB. What is private, stands behind a log-in or leads in circles is one sentence and an empty
form.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit

import msgspec

from harvest.errors import HarvestError
from harvest.network.client import Caps, Client, rules_of
from portal.site.account.share.filled import Filled
from portal.web import links
from portal.web.i18n import later
from repository.site import Site
from schemas.formats.incoming.incoming import Incoming, deliveries
from schemas.formats.incoming.page_kinds import decoded, page_of
from schemas.record import General, LangString, Record, Technical
from schemas.summary.markup import unmarked

SECONDS: Final = 5.0
MOST_BYTES: Final = 2_000_000
LONGEST: Final = {"title": 300, "description": 3_000}
_OVERRIDES: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NOT_AN_ADDRESS: Final = later("This is no web address: it begins with http:// or https://.")
NOT_READ: Final = later("The page could not be read, so describe it yourself: the address is kept.")
NOT_A_PAGE: Final = later("At this address stands a file, not a page, so describe it yourself: the address is kept.")


class Read(NamedTuple):
    """What was found at an address: a record, or nothing and one sentence why."""

    address: str
    record: Record | None
    problem: str = ""


def read_page(site: Site, address: str) -> Read:
    """The record that a page describes; never raises for what is at the other end."""
    wish = address.strip()
    if wish and "://" not in wish and "." in wish:
        wish = f"https://{wish}"
    if links.safe_link(wish) is None or not wish.lower().startswith("http"):
        return Read(address.strip()[:2_000], None, NOT_AN_ADDRESS)
    client = Client(rules_of(site.config.harvest), site.config.site.admin_email, Caps(SECONDS, MOST_BYTES))
    try:
        answer = client.get(wish, {"Accept": "text/html, application/xhtml+xml;q=0.9"})
    except HarvestError:
        return Read(wish, None, NOT_READ)
    finally:
        client.close()
    if "html" not in answer.headers.get("content-type", "html"):
        return Read(wish, None, NOT_A_PAGE)
    found = of_page(site, wish, answer.body)
    return Read(wish, found, "" if found is not None else NOT_READ)


def of_page(site: Site, address: str, body: bytes) -> Record | None:
    """The record in a page: its own description (JSON-LD, microdata), else what its head says."""
    request = Incoming("page", vocabularies=site.vocabularies, salvage=True)
    described = next((one.reading.record for one in deliveries(body, request) if one.reading is not None), None)
    if described is not None and described.general is not None and described.general.title:
        return _placed(described, address)
    return _of_head(address, body)


def _placed(record: Record, address: str) -> Record:
    """The record with the address that was asked for, where it names none."""
    technical = record.technical or Technical()
    if technical.location:
        return record
    return msgspec.structs.replace(record, technical=msgspec.structs.replace(technical, location=(address,)))


def _of_head(address: str, body: bytes) -> Record | None:
    """What OpenGraph, `meta` and `title` say; None for what is no page or has no title."""
    text = decoded(body[:MOST_BYTES])
    head = _Head()
    head.feed(text)
    language = head.language[:35] or None
    title = _first("title", head.metas.get("og:title"), "".join(head.title), "".join(head.heading))
    if not title:
        return None
    told = _first("description", head.metas.get("og:description"), head.metas.get("description"))
    words = clean(head.metas.get("keywords", "")).split(",")[:12]
    named = page_of(text).address or urljoin(address, head.canonical)
    same_host = urlsplit(named).hostname == urlsplit(address).hostname and links.safe_link(named)
    return Record(
        general=General(
            title=(LangString(language, title),),
            description=((LangString(language, told),),) if told else (),
            keyword=tuple((LangString(language, each.strip()),) for each in words if each.strip()),
            language=(language,) if language else (),
        ),
        technical=Technical(location=(named if same_host else address,)),
    )


class _Head(HTMLParser):
    """What a page says of itself in its head, and its first heading."""

    def __init__(self) -> None:
        super().__init__()
        self.language = self.canonical = ""
        self.metas: dict[str, str] = {}
        self.title: list[str] = []
        self.heading: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: (value or "").strip() for name, value in attrs}
        if tag == "html":
            self.language = said.get("lang", "")
        elif tag == "meta":
            name = (said.get("property") or said.get("name") or "").lower()
            self.metas.setdefault(name, said.get("content", ""))
        elif tag == "link" and said.get("rel", "").lower() == "canonical":
            self.canonical = self.canonical or said.get("href", "")
        elif tag in ("title", "h1"):
            into = self.title if tag == "title" else self.heading
            self._into = into if not into else None

    def handle_endtag(self, tag: str) -> None:
        if tag in ("title", "h1"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)


def _first(kind: str, *texts: str | None) -> str:
    return next((found for each in texts if (found := clean(each or ""))), "")[: LONGEST[kind]]


def plain(shown: Filled) -> Filled:
    """What a page said, without the signs that turn the direction of what follows."""
    return shown._replace(title=clean(shown.title), description=_OVERRIDES.sub("", shown.description))


def clean(text: str) -> str:
    """Text of a stranger as one line: without markup, without signs that turn the direction of what follows."""
    return " ".join(_OVERRIDES.sub("", unmarked(text)).split())
