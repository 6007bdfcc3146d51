"""What a provider answers to the request for a page or a record: read, mended, or described by what is wrong with it.

Nothing that comes ends a run: an answer that cannot be read is Bad, a record that cannot be had is a delivery that says
so. A record is taken under the identifier of its header and no other (design.md, which record is it), and GetRecord is
believed only when it gives the record that was asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from msgspec.structs import replace

from harvest.errors import BadStatus, Lost, Refused, TooMuch, Unreachable
from harvest.network.answer import Answer
from harvest.network.guest import BUSY, Guest
from harvest.walks.oai import page as pages
from harvest.walks.oai import page_mending
from harvest.walks.oai import requests as oai_asking
from harvest.walks.oai.page import Header, Page
from schemas.errors import Problem, Unreadable
from schemas.formats.format import Delivery
from schemas.formats.incoming.xml_kinds import Wish

TOO_MANY: Final = frozenset((400, 406, 408, 409, 413, 414, 416, 422, 431))
"""Statuses by which servers refuse a list that is too long, or that takes too long."""
_WHOLE: Final = ("not_oai_pmh", "doctype", "token_too_long", "empty_file")
_GONE: Final = frozenset(("idDoesNotExist",))
log = logging.getLogger(__name__)


class Bad(NamedTuple):
    """A page that did not come, and what came instead."""

    why: str
    body: bytes = b""
    code: str = "unreadable_page"
    ours: bool = False  # the answer cannot be read, but the provider is there
    status: int = 0  # of HTTP, where it is an error that another try does not mend
    refused: bool = False  # the provider refused the request, it was not merely unable


class Word(NamedTuple):
    """What GetRecord says of an identifier: it is there, it is gone, or nothing that can be believed."""

    said: Literal["there", "gone", "nothing"]
    deliveries: tuple[Delivery, ...] = ()
    why: str = ""


Found = Page | page_mending.Mended


class Answers:
    """The answers of one provider; `wish` says how its records are to be read."""

    def __init__(self, guest: Guest, base: str, wish: Wish) -> None:
        self.guest = guest
        self.base = base
        self.wish = wish

    def page(self, address: str, tries: int) -> Found | Bad:
        """A page, or what is bad; raises Lost where the provider is busy for long."""
        bad = Bad("")
        for _ in range(2):  # a page that is cut off once may be whole the next time
            try:
                answer = self.guest.get(address, tries=tries)
            except BadStatus as error:
                if error.status in BUSY:
                    raise Lost(str(error)) from error
                return Bad(str(error))
            except (Unreachable, TooMuch, Refused) as error:
                return Bad(str(error))
            try:
                return _with_detour(_read(answer), answer)
            except Unreadable as error:
                if answer.status >= 400:
                    why = f"{address[:300]} answered with HTTP {answer.status}.{answer.detour}"
                    return Bad(why, status=answer.status, refused=answer.status in TOO_MANY)
                bad = Bad(error.message + answer.detour, answer.body, error.code, error.code not in _NOT_THEIRS)
        return bad

    def deliveries(self, found: Found) -> Iterator[Delivery]:
        """The records of a page; one whose header has no identifier is a reject."""
        return map(_under_its_header, found.deliveries(self.wish))

    def one_by_one(self, prefix: str, headers: Sequence[Header]) -> list[Delivery]:
        """Records by GetRecord (4.1); one that does not come is a delivery that says so."""
        found: list[Delivery] = []
        for each in headers:
            if each.deleted:
                found.append(_deleted(each))
            elif not each.identifier:
                found.append(unfetchable(each, Bad("A header of its list names no identifier.", code="no_identity")))
            else:
                word = self.word(prefix, each)
                found += word.deliveries
        return found

    def word(self, prefix: str, header: Header) -> Word:
        """What GetRecord says of a record."""
        address = oai_asking.url(self.base, "GetRecord", identifier=header.identifier, metadataPrefix=prefix)
        page = self.page(address, 2)
        if isinstance(page, Bad):
            return Word("nothing", (unfetchable(header, page),), page.why)
        if page.said.items:
            return self._given(header, page)
        codes = {code for code, _ in page.said.errors}
        if codes and codes <= _GONE:
            return Word("gone")
        told = "; ".join(f"{code}: {text}" if text else code for code, text in page.said.errors) or "nothing"
        bad = Bad(f"The provider answered with {told}.")
        return Word("nothing", (unfetchable(header, bad),), bad.why)

    def _given(self, header: Header, page: Found) -> Word:
        """What came: the record that was asked for, or another one."""
        given = tuple(self.deliveries(page))
        mine = tuple(each for each in given if _same(each.identifier, header.identifier))
        if mine:
            return Word("gone" if all(each.deleted for each in mine) else "there", mine)
        nameless = next((each for each in given if not each.identifier), None)
        if nameless is not None:  # It is there, but cannot be taken under a name that it does not have.
            return Word("there", (replace(nameless, place=header.identifier),))
        other = next((each.identifier for each in given if each.identifier), "")
        bad = Bad(f"GetRecord for {header.identifier} gave the record {other}.", code="other_record")
        return Word("nothing", (unfetchable(header, bad),), bad.why)


_NOT_THEIRS: Final = frozenset(("not_oai_pmh", "doctype"))


def unfetchable(header: Header, bad: Bad) -> Delivery:
    """The delivery that tells of a record, or of a page of them (no identifier), that does not come."""
    return Delivery(
        place="GetRecord" if header.identifier else "page", format="oai-pmh",
        problems=(Problem("", bad.code, bad.why),), identifier=header.identifier or None,
        datestamp=header.datestamp or None, source_bytes=bad.body,
    )  # fmt: skip


def _with_detour(found: Found, answer: Answer) -> Found:
    """The page, with a note where a redirect lost what was asked: the page may be another one, and look well."""
    if answer.detour:
        found.said = found.said._replace(note=f"{found.said.note or ''}{answer.detour}".strip())
    return found


def _read(answer: Answer) -> Found:
    """Strictly first, to the last end tag; then record by record. Raises Unreadable."""
    try:
        return _read_body(answer.body)
    except (Unreadable, Lost):
        raise
    except Exception as error:
        # Whatever a library raises over a stranger's bytes, it costs no more than this page.
        log.exception("a page could not be read", extra={"url": answer.url[:300]})
        raise Unreadable("unreadable_page", f"The page cannot be read ({type(error).__name__}).") from error


def _read_body(body: bytes) -> Found:
    try:
        return pages.read(body)
    except Unreadable as error:
        if error.code in ("doctype", "token_too_long", "empty_file"):
            raise
        within = page_mending.within(body)
        if within == body and error.code == "not_oai_pmh":
            raise
    if within != body:
        try:
            return _between_rubbish(within)
        except Unreadable as error:
            if error.code in _WHOLE:
                raise
    return page_mending.mend(body)


def _between_rubbish(body: bytes) -> Found:
    """A page that had something before or after it."""
    try:
        page: Found = pages.read(body)
    except Unreadable as error:
        if error.code in _WHOLE:
            raise
        page = page_mending.mend(body)
    page.said = page.said._replace(note="Something stands before or after a page of the provider; it was left out.")
    return page


def _under_its_header(delivery: Delivery) -> Delivery:
    """The delivery, or a reject where its header has no identifier: the provider knows no name from its metadata."""
    if delivery.deleted or (delivery.identifier and delivery.identifier.strip()):
        return delivery
    if delivery.reading is None and delivery.problems:
        return delivery
    title = _title(delivery)
    message = f"The header of the record names no identifier; its title is {title}." if title else (
        "The header of the record names no identifier."
    )  # fmt: skip
    return replace(delivery, reading=None, identifier=None, problems=(Problem("", "no_identity", message),))


def _title(delivery: Delivery) -> str:
    general = delivery.reading.record.general if delivery.reading is not None else None
    title = general.title if general is not None else None
    value = next((each.value.strip() for each in title or () if each.value.strip()), "")
    return f"“{value[:200]}”" if value else ""


def _same(given: str | None, asked: str) -> bool:
    return (given or "").strip().casefold() == asked.strip().casefold()


def _deleted(each: Header) -> Delivery:
    return Delivery(
        place="header", format="oai-pmh", identifier=each.identifier or None, datestamp=each.datestamp, deleted=True
    )


def first_words(errors: Iterable[tuple[str, str]]) -> str:
    """The provider's errors as a part of a sentence."""
    return "; ".join(f"{code}: {text}" if text else code for code, text in errors)
