"""Walking an OAI-PMH provider (2.0) whatever it sends: one request a step, every failure a move of the cursor.

The rules are oai-pmh.md, E; the moves themselves are harvest.walks.oai.cursor's, pages are read by
harvest.walks.oai.page and mended by harvest.walks.oai.page_mending. This module asks, looks at what came, and chooses
the move.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from harvest.errors import BadStatus, Failed, Lost, TooMuch, Unreachable
from harvest.network.answer import Answer
from harvest.network.guest import BUSY, TRIES
from harvest.walks import windows
from harvest.walks.oai import cursor as oai_cursor
from harvest.walks.oai import page as pages
from harvest.walks.oai import page_mending
from harvest.walks.oai import requests as oai_asking
from harvest.walks.oai.cursor import Cursor
from harvest.walks.oai.page import Header, Page
from harvest.walks.oai.repeats import Repeats
from harvest.walks.walk import Around, Ended, Step, packed
from harvest.walks.windows import Window
from schemas.errors import Problem, Unreadable
from schemas.formats.format import Delivery
from schemas.formats.incoming.xml_kinds import Wish

MOST_RECORDS: Final = 20_000_000
MOST_ALONE: Final = 20  # GetRecord requests of one step
MOST_IN_VAIN: Final = 64  # windows narrowed without a record: halving the years down to a second takes 30
MOST_HOLES: Final = 3  # without a record that came
_HOPELESS: Final = frozenset(("cannotDisseminateFormat", "noSetHierarchy", "badVerb"))


class _Bad(NamedTuple):
    """A page that did not come, and what came instead."""

    why: str
    body: bytes = b""
    code: str = "unreadable_page"
    ours: bool = False  # it came from the provider and cannot be read: there is no doubt that it is there


class OaiWalk:
    """One provider, one prefix, one set."""

    def __init__(self, around: Around) -> None:
        self.around = around
        self.source = around.source
        self.guest = around.guest
        self.base = around.source.url
        reader = None if around.source.mapping == "auto" else around.source.mapping
        self.wish = Wish(around.vocabularies, reader, salvage=True)
        self._repeats = Repeats()
        self._list: tuple[str, Window] | None = None

    def begin(self) -> Step:
        try:
            identity = oai_asking.identify(self.guest, self.base)
        except BadStatus as error:
            raise Failed(f"{error} Is this the base URL of an OAI-PMH provider?") from error
        except Unreachable as error:
            raise Lost(str(error)) from error
        prefix = self.source.prefix or oai_asking.best_prefix(self.guest, self.base)
        wanted = self.source.granularity
        granularity = "day" if wanted == "day" else "second" if wanted == "second" else identity.granularity
        state = self.around.state(prefix)
        since = windows.since(state.since, self.around.overlap_s, granularity)
        auto = identity.note is None and identity.deleted != "persistent"
        cursor = Cursor(
            prefix,
            (*(state.holes if since else ()), Window(since)),
            granularity,
            identity.earliest,
            identity.now,
            full=since is None,
            audit=self.source.audit == "always" or (self.source.audit == "auto" and auto),
        )
        return Step(packed(cursor), notes=(identity.note,) if identity.note else ())

    def step(self, cursor: bytes) -> Step:
        at = msgspec.json.decode(cursor, type=Cursor)
        match at.phase:
            case "list":
                return self._list_step(at)
            case "alone":
                return self._alone_step(at)
            case "audit":
                return self._audit_step(at)

    def close(self) -> None:
        """It holds nothing."""

    def _list_step(self, at: Cursor) -> Step:
        found = self._page(at, "ListRecords")
        if isinstance(found, Step):
            return found
        if isinstance(found, _Bad):
            return self._narrowed(at, found)
        said = found.said
        if at.total + said.items > MOST_RECORDS:
            raise Failed(f"{self.base} lists more than {MOST_RECORDS} records.")
        headers = tuple(found.headers())
        fresh = self._fresh(at, headers, found.said.token)
        at = oai_cursor.replace(at, now=at.now or said.response_date)
        notes: tuple[str, ...] = ()
        token = said.token
        if token and self._repeats.is_over:
            notes = (f"The list of {at.windows[0]} was ended: three pages brought nothing new.",)
            token = None
        after = (
            oai_cursor.paged(at, token, fresh, said.listed)
            if token
            else oai_cursor.listed_out(at, fresh, said.listed)
        )  # fmt: skip
        seen = tuple(each.identifier for each in headers if not each.deleted) if at.full and at.audit else ()
        listed = said.listed if at.windows == (Window(at.windows[0].since),) else None
        return Step(packed(after), lambda: found.deliveries(self.wish), said.response_date, listed, seen, notes=notes)

    def _alone_step(self, at: Cursor) -> Step:
        """Some records of a window that cannot be listed, each asked for by its identifier (E.4)."""
        found = self._page(at, "ListIdentifiers")
        if isinstance(found, Step):
            return found
        if isinstance(found, _Bad):
            rejected = _unfetchable("", at.windows[0].since, found)
            after = oai_cursor.given_up(at, found.why)
            return Step(packed(after), lambda: (rejected,) if found.body else ())
        headers = tuple(found.headers())
        wanted = headers[at.skip : at.skip + MOST_ALONE]
        deliveries = self._one_by_one(at.prefix, wanted)
        done = at.skip + len(wanted)
        if done < len(headers):
            return Step(packed(oai_cursor.replace(at, skip=done)), lambda: deliveries)
        token = found.said.token
        seen = tuple(each.identifier for each in headers if not each.deleted) if at.full and at.audit else ()
        self._fresh(at, headers, found.said.token)
        if token and not self._repeats.is_over:
            return Step(packed(oai_cursor.paged(at, token, len(headers), None)), lambda: deliveries, seen=seen)
        return Step(packed(oai_cursor.next_window(at)), lambda: deliveries, seen=seen)

    def _audit_step(self, at: Cursor) -> Step:
        """A page of identifiers: what is not here is asked for, what is not there is gone (E.7).

        In a window whose list was short, what is here may have changed in the part that did not come: what has another
        datestamp is asked for too, and what is deleted is taken over.
        """
        found = self._page(at, "ListIdentifiers")
        if isinstance(found, Step):
            return found
        if isinstance(found, _Bad):
            return Step(packed(oai_cursor.unaudited(at, found.why)))
        headers = tuple(found.headers())
        live = [each for each in headers if not each.deleted]
        seen = tuple(each.identifier for each in live) if at.audit and not at.skip else ()
        names = self.around.unknown([each.identifier for each in live])
        if at.windows[0] in at.short:
            here = self.around.stamps([each.identifier for each in headers])
            names |= {
                each.identifier for each in headers if here.get(each.identifier, each.datestamp) != each.datestamp
            }
        wanted = [(n, each) for n, each in enumerate(headers) if n >= at.skip and each.identifier in names]
        deliveries = self._one_by_one(at.prefix, [each for _, each in wanted[:MOST_ALONE]])
        if len(wanted) > MOST_ALONE:
            again = oai_cursor.replace(at, skip=wanted[MOST_ALONE - 1][0] + 1)
            return Step(packed(again), lambda: deliveries, seen=seen)
        fresh = self._fresh(at, headers, found.said.token)
        token, listed = found.said.token, found.said.listed
        after: Cursor | Ended
        if token and not self._repeats.is_over:
            after = oai_cursor.paged(oai_cursor.replace(at, total=at.total - fresh), token, fresh, listed)
        else:
            after = oai_cursor.audited(at, fresh, listed)
        return Step(packed(after), lambda: deliveries, seen=seen)

    def _page(self, at: Cursor, verb: str) -> Page | page_mending.Mended | Step | _Bad:
        """The page at the cursor; else the step that answers the provider's own refusal, or what is bad about it."""
        if at.token:
            address = oai_asking.url(self.base, verb, resumptionToken=at.token)
        else:
            address = oai_asking.list_url(self.base, verb, at.prefix, self.source.set, at.windows[0])
        found = self._read(address, 2 if at.narrowed else TRIES)
        if isinstance(found, _Bad):
            return found
        if isinstance(found, int):
            if at.token:
                return self._refused(at, f"HTTP {found}")
            raise Failed(f"{address} answered with HTTP {found}.")
        if found.said.items == 0 and found.said.errors:
            return self._told(at, found.said.errors, verb)
        return found

    def _read(self, address: str, tries: int) -> Page | page_mending.Mended | int | _Bad:
        """A page; the HTTP status where that is an error that trying again does not mend; or what is bad."""
        bad = _Bad("")
        for _ in range(2):  # a page that is cut off once may be whole the next time
            try:
                answer = self.guest.get(address, tries=tries)
            except BadStatus as error:
                if error.status in BUSY:
                    raise Lost(str(error)) from error
                return _Bad(str(error))
            except Unreachable as error:
                return _Bad(str(error))
            except TooMuch as error:
                return _Bad(str(error))
            try:
                return _read_page(answer)
            except Unreadable as error:
                if answer.status >= 400:
                    return answer.status
                bad = _Bad(error.message, answer.body, error.code, error.code not in ("not_oai_pmh", "doctype"))
        return bad

    def _told(self, at: Cursor, errors: Sequence[tuple[str, str]], verb: str) -> Step | _Bad:
        """What the provider's errors lead to (2.0, 3.6)."""
        codes = {code for code, _ in errors}
        sentence = "; ".join(f"{code}: {text}" if text else code for code, text in errors)
        if at.token:
            ends = codes == {"noRecordsMatch"} and at.replayed and at.phase == "list"
            return Step(packed(oai_cursor.listed_out(at, 0, None))) if ends else self._refused(at, sentence)
        if "noRecordsMatch" in codes:
            ended = oai_cursor.audited(at, 0, None) if at.phase == "audit" else oai_cursor.next_window(at)
            return Step(packed(ended))
        if at.phase != "list":
            return _Bad(f"{verb} was answered with {sentence}.")
        days = oai_cursor.in_days(at) if "badArgument" in codes and at.windows[0] != Window() else None
        if days is not None:
            note = f"The provider declares seconds and refuses them ({sentence}); it is asked in days."
            return Step(packed(days), notes=(note,))
        if codes & _HOPELESS or "badArgument" in codes:
            raise Failed(f"{self.base} answered with {sentence}.")
        return _Bad(f"The provider answered with {sentence}.", ours=True)

    def _refused(self, at: Cursor, why: str) -> Step | _Bad:
        if at.phase == "list" and at.replayed and at.listed is not None and at.got >= at.listed:
            # Some providers give a token with an exactly full last page and do not know it any more.
            return Step(packed(oai_cursor.listed_out(at, 0, None)))
        if at.phase == "audit" and at.replayed:
            return _Bad(f"its token was refused ({why}).")
        after = oai_cursor.refused(at)
        return Step(packed(after)) if after is not None else _Bad(f"The token was refused ({why}).", ours=True)

    def _narrowed(self, at: Cursor, bad: _Bad) -> Step:
        """A narrower window, or one record after the other; raises Lost when it is the provider that is away."""
        if not bad.ours and not oai_asking.is_there(self.guest, self.base):
            raise Lost(bad.why)
        if not at.total and (at.narrowed >= MOST_IN_VAIN or len(at.holes) >= MOST_HOLES):
            raise Lost(f"No list of the provider can be read: {bad.why}")
        after = oai_cursor.narrower(at)
        return Step(packed(after if after is not None else oai_cursor.alone(at)))

    def _one_by_one(self, prefix: str, headers: Sequence[Header]) -> list[Delivery]:
        """Records by GetRecord (4.1); one that does not come is a delivery that says so."""
        found: list[Delivery] = []
        for each in headers:
            if each.deleted:
                found.append(_deleted(each))
                continue
            address = oai_asking.url(self.base, "GetRecord", identifier=each.identifier, metadataPrefix=prefix)
            page = self._read(address, 2)
            if isinstance(page, int):
                found.append(_unfetchable(each.identifier, each.datestamp, _Bad(f"{address} answered {page}.")))
            elif isinstance(page, _Bad):
                found.append(_unfetchable(each.identifier, each.datestamp, page))
            elif page.said.items:
                found += page.deliveries(self.wish)
            elif "idDoesNotExist" not in {code for code, _ in page.said.errors}:
                told = "; ".join(f"{code}: {text}" for code, text in page.said.errors) or "nothing"
                bad = _Bad(f"The provider answered with {told}.")
                found.append(_unfetchable(each.identifier, each.datestamp, bad))
        return found

    def _fresh(self, at: Cursor, headers: Iterable[Header], token: str | None) -> int:
        """How many records of a page are new to its list; a list that begins is compared with nothing."""
        if at.token is None or self._list != (at.phase, at.windows[0]):
            self._repeats = Repeats()
            self._list = (at.phase, at.windows[0])
        return self._repeats.page(((each.identifier, each.datestamp) for each in headers), token)


def _read_page(answer: Answer) -> Page | page_mending.Mended:
    """Strictly first; then record by record. Raises Unreadable."""
    try:
        return pages.read(answer.body)
    except Unreadable as error:
        if error.code in ("not_oai_pmh", "truncated", "doctype", "token_too_long", "empty_file"):
            raise
        return page_mending.mend(answer.body)


def _deleted(each: Header) -> Delivery:
    return Delivery(
        place="header", format="oai-pmh", identifier=each.identifier, datestamp=each.datestamp, deleted=True
    )


def _unfetchable(identifier: str, datestamp: str | None, bad: _Bad) -> Delivery:
    """A record, or a page of them, that does not come."""
    place = "GetRecord" if identifier else "page"
    return Delivery(
        place=place, format="oai-pmh", problems=(Problem("", bad.code, bad.why),),
        identifier=identifier or None, datestamp=datestamp, source_bytes=bad.body,
    )  # fmt: skip
