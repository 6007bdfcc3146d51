"""Walking a sitemap (sitemaps.org 0.9) whose pages hold JSON-LD: a record is what its page says, its key the address.

A page whose lastmod is before the last good run is not fetched again; a page without a learning resource is no record.
A sitemap names everything there is, so what it no longer names is gone. Pages of other hosts are not fetched.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import urljoin

import msgspec

from harvest.errors import BadStatus, Failed, Lost, Refused, TooMuch, Unreachable
from harvest.network.answer import Answer
from harvest.network.guard import shown, target
from harvest.walks import windows
from harvest.walks.oai.page import local
from harvest.walks.walk import Around, Ended, Step, carefully, packed
from schemas.errors import Problem, Unreadable
from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming
from schemas.xml import reader as xml

AT_ONCE: Final = 20  # pages of one step
MOST_MAPS: Final = 50_000
MOST_TOLD: Final = 20  # sitemaps that could not be read, told one by one
MOST_PAGE_BYTES: Final = 20_000_000
_MOST_UNZIPPED: Final = 60_000_000
_GONE: Final = frozenset((404, 410))
_ACCEPT: Final = {"Accept": "text/html, application/xhtml+xml;q=0.9, application/ld+json;q=0.8"}
_XML: Final = {"Accept": "application/xml, text/xml;q=0.9"}


class Cursor(msgspec.Struct, frozen=True, tag="sitemap", omit_defaults=True):
    """`maps[0]` is being read, `at` addresses of it are done; pages older than `since` are not fetched."""

    maps: tuple[str, ...]
    at: int = 0
    since: str | None = None
    passed_by: int = 0
    missing: tuple[str, ...] = ()  # sitemaps that could not be read; what they name is not known, so nothing is gone


class Entry(NamedTuple):
    """An address of a sitemap, of a page or (`is_map`) of another sitemap."""

    url: str
    lastmod: str | None
    is_map: bool


class SitemapWalk:
    """One sitemap, with those that it leads to."""

    def __init__(self, around: Around) -> None:
        self.around = around
        home = target(around.source.url)
        self.host = home.host if home is not None else ""
        self._read: tuple[str, list[Entry]] = ("", [])

    def begin(self) -> Step:
        last = self.around.state("").since
        since = windows.since(last, self.around.overlap_s, "second")
        return Step(packed(Cursor((self.around.source.url,), since=since)), response_date=self.around.now())

    def step(self, cursor: bytes) -> Step:
        at = msgspec.json.decode(cursor, type=Cursor)
        try:
            entries = self._entries(at.maps[0])
        except (Failed, Refused, Lost) as error:
            if at.maps[0] == self.around.source.url:
                raise
            return Step(packed(self._next(msgspec.structs.replace(at, missing=(*at.missing, str(error))[:MOST_TOLD]))))
        more = [each.url for each in entries if each.is_map]
        if len(at.maps) + len(more) > MOST_MAPS:
            raise Failed(f"{self.around.source.url} leads to more than {MOST_MAPS} sitemaps.")
        if more:
            return Step(packed(self._next(msgspec.structs.replace(at, maps=(at.maps[0], *more, *at.maps[1:])))))
        part = entries[at.at : at.at + AT_ONCE]
        old = self._old(part, at.since)
        deliveries, seen, passed_by = self._pages([each for each in part if each.url not in old])
        done = msgspec.structs.replace(at, at=at.at + len(part), passed_by=at.passed_by + passed_by)
        after = done if done.at < len(entries) else self._next(done)
        tells = isinstance(after, Ended) and done.passed_by > 0
        notes = (f"{done.passed_by} pages hold no learning resource.",) if tells else ()
        there = (*old, *seen)
        return Step(packed(after), lambda: deliveries, seen=there, unchanged=len(old), notes=notes)

    def _old(self, part: Sequence[Entry], since: str | None) -> dict[str, None]:
        """The addresses that need not be fetched: known here, and older than the last good run."""
        old = dict.fromkeys(each.url for each in part if _is_old(each.lastmod, since))
        for address in self.around.unknown(list(old)):
            del old[address]
        return old

    def close(self) -> None:
        """Nothing is held open."""

    @staticmethod
    def _next(at: Cursor) -> Cursor | Ended:
        if len(at.maps) > 1:
            return msgspec.structs.replace(at, maps=at.maps[1:], at=0)
        return Ended(audited=not at.missing, missing=at.missing)

    def _entries(self, address: str) -> list[Entry]:
        """The addresses of a sitemap; raises Lost, Failed."""
        if self._read[0] == address:
            return self._read[1]
        try:
            answer = self.around.guest.get(address, _XML)
        except (Unreachable, BadStatus, TooMuch) as error:
            raise Lost(str(error)) from error
        if answer.status != 200:
            raise Failed(f"{address} answered with HTTP {answer.status}.{answer.detour}")
        try:
            entries = list(entries_of(_unzipped(answer.body), address))
        except Unreadable as error:
            raise Failed(f"{address} is no sitemap that can be read: {error.message}") from error
        self._read = (address, entries)
        return entries

    def _pages(self, entries: Sequence[Entry]) -> tuple[list[Delivery], list[str], int]:
        """The records of pages, the keys that are there, and how many pages hold no record."""
        deliveries: list[Delivery] = []
        seen: list[str] = []
        passed_by = 0
        for each in entries:
            found = self._page(each)
            deliveries += found
            passed_by += not found
            seen += [one.identifier or "" for one in found]
        return deliveries, seen, passed_by

    def _page(self, entry: Entry) -> list[Delivery]:
        """The records of one page, or the reject that tells why not; none where it is gone or describes no resource."""
        found = target(entry.url)
        if found is None:
            return [_bad(entry, "no_address", f"{shown(entry.url)} is no address that a page can have.")]
        if found.host != self.host:
            return [_bad(entry, "other_host", f"{entry.url} lies on another host than its sitemap.")]
        try:
            answer = self.around.guest.get(entry.url, _ACCEPT, tries=3)
        except (Unreachable, BadStatus, TooMuch, Refused) as error:
            return [_bad(entry, "unreadable_page", str(error))]
        if answer.status in _GONE:
            return []
        if answer.status != 200:
            return [_bad(entry, "unreadable_page", f"{entry.url} answered with HTTP {answer.status}.")]
        return self._records(entry, answer)

    def _records(self, entry: Entry, answer: Answer) -> list[Delivery]:
        if len(answer.body) > MOST_PAGE_BYTES:
            return [_bad(entry, "too_large", f"{entry.url} is larger than {MOST_PAGE_BYTES} bytes.")]
        request = incoming.Incoming(entry.url, "amb", salvage=True, vocabularies=self.around.vocabularies)
        found = list(carefully(incoming.deliveries(answer.body, request), entry.url, answer.body))
        if len(found) == 1 and found[0].reading is None and found[0].problems[0].code == "unknown_format":
            return []
        return [
            msgspec.structs.replace(
                one,
                identifier=entry.url if number == 1 else f"{entry.url}#{number}",
                datestamp=entry.lastmod,
                place=entry.url,
                source_bytes=one.source_bytes or answer.body,
            )
            for number, one in enumerate(found, 1)
        ]


def entries_of(body: bytes, base: str) -> Iterator[Entry]:
    """The addresses of a sitemap, an index of sitemaps, or a list with one address a line; raises Unreadable."""
    if body.lstrip()[:4].lower() == b"http":
        for line in body.decode("utf-8", "replace").splitlines():
            if line.strip():
                yield Entry(_joined(base, line.strip()), None, is_map=False)
        return
    for piece in xml.records(body, ("url", "sitemap"), salvage=True):
        if piece.broken is not None:
            raise piece.broken
        if piece.element is None:
            continue
        told = {local(child): (child.text or "").strip() for child in piece.element}
        if told.get("loc"):
            yield Entry(_joined(base, told["loc"]), told.get("lastmod"), is_map=local(piece.element) == "sitemap")


def _joined(base: str, address: str) -> str:
    """An address of a sitemap made absolute; what is no address stays as it is, and is told when its turn comes."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _unzipped(body: bytes) -> bytes:
    """A sitemap that is kept as gzip, within the cap."""
    if body[:2] != b"\x1f\x8b":
        return body
    unpack = zlib.decompressobj(47)
    try:
        out = unpack.decompress(body, _MOST_UNZIPPED)
    except zlib.error as error:
        raise Unreadable("not_gzip", "It cannot be decompressed.") from error
    if unpack.unconsumed_tail:
        raise Unreadable("too_large", f"It is larger than {_MOST_UNZIPPED} bytes.")
    return out


def _is_old(lastmod: str | None, since: str | None) -> bool:
    """Whether a page did not change since; one without a date always may have. A day means any of its seconds."""
    when, bound = windows.moment(lastmod), windows.moment(since)
    if when is None or bound is None:
        return False
    return when < bound if len(lastmod or "") > len("2026-11-25") else when.date() < bound.date()


def _bad(entry: Entry, code: str, sentence: str) -> Delivery:
    return Delivery(
        place=entry.url, format="amb", problems=(Problem("", code, sentence),), identifier=entry.url,
        datestamp=entry.lastmod,
    )  # fmt: skip
