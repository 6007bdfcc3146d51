"""Walking an OAI-PMH provider (2.0) whatever it sends: one request a step, every failure a move of the cursor.

The rules are oai-pmh.md, E; the moves themselves are those of the cursor and of the audit beside this module, and the
answers are read there too. This module asks, looks at what came, and chooses the move.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from harvest.errors import BadStatus, Failed, Lost, Unreachable
from harvest.network.guest import TRIES
from harvest.walks import windows
from harvest.walks.oai import audit as oai_audit
from harvest.walks.oai import cursor as oai_cursor
from harvest.walks.oai import requests as oai_asking
from harvest.walks.oai.answers import Answers, Bad, Found, first_words, unfetchable
from harvest.walks.oai.audit import End
from harvest.walks.oai.cursor import Cursor
from harvest.walks.oai.page import Header
from harvest.walks.oai.proof import prove
from harvest.walks.oai.repeats import Repeats
from harvest.walks.walk import Around, Ended, Step, packed
from harvest.walks.windows import Window
from schemas.formats.incoming.xml_kinds import Wish

MOST_RECORDS: Final = 20_000_000
MOST_ALONE: Final = 20  # GetRecord requests of one step
MOST_IN_VAIN: Final = 64  # windows narrowed without a record: halving the years down to a second takes 30
MOST_REFUSED: Final = 28  # windows refused without a record: so that it is no list that is too long
MOST_HOLES: Final = 3  # without a record that came
PATIENT_PAGES: Final = 30  # empty ones in a row, where the list says that more is to come
_HOPELESS: Final = frozenset(("cannotDisseminateFormat", "noSetHierarchy", "badVerb"))


class OaiWalk:
    """One provider, one prefix, one set."""

    def __init__(self, around: Around) -> None:
        self.around = around
        self.source = around.source
        self.guest = around.guest
        self.base = around.source.url
        reader = None if around.source.mapping == "auto" else around.source.mapping
        self.answers = Answers(self.guest, self.base, Wish(around.vocabularies, reader, salvage=True))
        self._repeats = Repeats()
        self._whole = Repeats()
        self._list: tuple[str, Window] | None = None

    def begin(self) -> Step:
        own = self.around.now()
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
        auto = identity.note is None and identity.deleted != "persistent" and self.source.deletes != "keep"
        cursor = Cursor(
            prefix,
            (*(state.holes if since else ()), Window(since)),
            granularity,
            identity.earliest,
            identity.now if windows.possible(identity.now) else own,
            own,
            full=since is None,
            audit=self.source.audit == "always" or (self.source.audit == "auto" and auto),
        )
        notes = tuple(each for each in (identity.note, windows.apart(identity.now, own)) if each)
        return Step(packed(cursor), notes=notes)

    def step(self, cursor: bytes) -> Step:
        at = msgspec.json.decode(cursor, type=Cursor)
        match at.phase:
            case "list":
                return self._list_step(at)
            case "alone":
                return self._alone_step(at)
            case "audit":
                return self._audit_step(at)
            case "lost":
                return prove(at, self.around, self.answers)

    def close(self) -> None:
        """It holds nothing."""

    def _list_step(self, at: Cursor) -> Step:
        found = self._page(at, "ListRecords")
        if isinstance(found, Step):
            return found
        if isinstance(found, Bad):
            return self._narrowed(at, found)
        said = found.said
        if at.total + said.items > MOST_RECORDS:
            raise Failed(f"{self.base} lists more than {MOST_RECORDS} records.")
        headers = tuple(found.headers())
        at = oai_audit.nameless(at, headers) if at.audit else at
        fresh, over = self._fresh(at, headers, found)
        if at.group is not None:
            at = oai_cursor.replace(at, whole=at.whole + self._whole.count(_pairs(headers)))
        notes: tuple[str, ...] = (said.note,) if said.note else ()
        token = said.token
        if token and over:
            notes = (*notes, f"The list of {at.windows[0]} was ended: three pages brought nothing new.")
        if at.stamp is None:
            at = oai_cursor.replace(at, stamp=next((each.datestamp for each in headers if each.datestamp), None))
        end = End(fresh, said.listed, bool(token), bool(at.token) and not said.items)
        after = oai_cursor.paged(at, token, fresh, said.listed) if token and not over else oai_audit.listed_out(at, end)
        seen = _live_names(headers) if at.full and at.audit else ()
        listed = said.listed if at.windows == (Window(at.windows[0].since),) else None
        return self._step(at, after, Step(
            b"", lambda: self.answers.deliveries(found), said.response_date, listed, seen, notes=notes
        ))  # fmt: skip

    @staticmethod
    def _step(at: Cursor, after: Cursor | Ended, step: Step) -> Step:
        """A step with its cursor, and with the time that a run may go on from."""
        date = step.response_date
        trusted = windows.trusted(date, at.asked) if at.asked else date
        settles = isinstance(after, Cursor) and after.phase in ("audit", "lost")
        return step._replace(cursor=packed(after), response_date=trusted, settles=settles)

    def _alone_step(self, at: Cursor) -> Step:
        """Some records of a window that cannot be listed, each asked for by its identifier (E.4)."""
        found = self._page(at, "ListIdentifiers")
        if isinstance(found, Step):
            return found
        if isinstance(found, Bad):
            rejected = unfetchable(Header("", at.windows[0].since or "", deleted=False), found)
            after = oai_audit.given_up(at, found.why)
            return Step(packed(after), lambda: (rejected,) if found.body else ())
        headers = tuple(found.headers())
        wanted = headers[at.skip : at.skip + MOST_ALONE]
        deliveries = self.answers.one_by_one(at.prefix, wanted)
        if at.group is not None:
            at = oai_cursor.replace(at, whole=at.whole + self._whole.count(_pairs(wanted)))
        done = at.skip + len(wanted)
        if done < len(headers):
            return Step(packed(oai_cursor.replace(at, skip=done)), lambda: deliveries)
        token = found.said.token
        seen = _live_names(headers) if at.full and at.audit else ()
        _, over = self._fresh(at, headers, found)
        going_on = token and not over
        next_ = oai_cursor.paged(at, token, len(headers), None) if going_on and token else oai_audit.next_window(at)
        return self._step(at, next_, Step(b"", lambda: deliveries, seen=seen))

    def _audit_step(self, at: Cursor) -> Step:
        """A page of identifiers: what is not here is asked for, what is not there is gone (E.7).

        In a window whose list was short, what is here may have changed in the part that did not come: what has another
        datestamp is asked for too, and what is deleted is taken over.
        """
        found = self._page(at, "ListIdentifiers")
        if isinstance(found, Step):
            return found
        if isinstance(found, Bad):
            return self._unlisted(at, found)
        headers = tuple(found.headers())
        live = [each for each in headers if not each.deleted and each.identifier]
        at = oai_audit.nameless(at, headers)
        seen = tuple(each.identifier for each in live) if at.audit and not at.skip and not at.round else ()
        names = self.around.unknown([each.identifier for each in live])
        if at.short and (at.round or at.windows[0] in at.short):
            here = self.around.stamps([each.identifier for each in headers])
            names |= {
                each.identifier for each in headers if here.get(each.identifier, each.datestamp) != each.datestamp
            }
        wanted = [(n, each) for n, each in enumerate(headers) if n >= at.skip and each.identifier in names]
        deliveries = self.answers.one_by_one(at.prefix, [each for _, each in wanted[:MOST_ALONE]])
        at = oai_cursor.replace(at, found=at.found + sum(each.reading is not None for each in deliveries))
        if len(wanted) > MOST_ALONE:
            again = oai_cursor.replace(at, skip=wanted[MOST_ALONE - 1][0] + 1)
            return Step(packed(again), lambda: deliveries, seen=seen)
        fresh, over = self._fresh(at, headers, found)
        token, listed = found.said.token, found.said.listed
        after: Cursor | Ended
        if token and not over:
            after = oai_cursor.paged(oai_cursor.replace(at, total=at.total - fresh), token, fresh, listed)
        else:
            after = oai_audit.audited(at, End(fresh, listed, bool(token), bool(at.token) and not found.said.items))
        return self._step(at, after, Step(b"", lambda: deliveries, seen=seen))

    def _unlisted(self, at: Cursor, bad: Bad) -> Step:
        """A list of identifiers that did not come: in parts, where it is refused for its length; else no audit."""
        after = oai_audit.audit_narrower(at, MOST_REFUSED) if bad.refused and not at.token else None
        if after is not None and (at.narrowed == 0 or oai_asking.is_there(self.guest, self.base)):
            return self._settling(after)
        return self._settling(oai_audit.unlisted(at, bad.why))

    @staticmethod
    def _settling(after: Cursor | Ended, notes: tuple[str, ...] = ()) -> Step:
        return Step(packed(after), notes=notes, settles=True)

    def _page(self, at: Cursor, verb: str) -> Found | Step | Bad:
        """The page at the cursor; else the step that answers the provider's own refusal, or what is bad about it."""
        if at.token:
            address = oai_asking.url(self.base, verb, resumptionToken=at.token)
        else:
            address = oai_asking.list_url(self.base, verb, at.prefix, self.source.set, at.windows[0])
        found = self.answers.page(address, 2 if at.narrowed else TRIES)
        if isinstance(found, Bad):
            if found.status and at.token:
                return self._refused(at, f"HTTP {found.status}")
            if found.status and not found.refused:
                raise Failed(found.why)
            return found
        if found.said.items == 0 and found.said.errors:
            return self._told(at, found.said.errors, verb)
        return found

    def _told(self, at: Cursor, errors: Sequence[tuple[str, str]], verb: str) -> Step | Bad:
        """What the provider's errors lead to (2.0, 3.6)."""
        codes = {code for code, _ in errors}
        sentence = first_words(errors)
        if at.token:
            if codes == {"noRecordsMatch"} and at.replayed and at.phase != "alone":
                ending = oai_audit.audited if at.phase == "audit" else oai_audit.listed_out
                return self._settling(ending(at, End(empty=True)))
            return self._refused(at, sentence)
        if "noRecordsMatch" in codes:
            ended = oai_audit.audited(at, End()) if at.phase == "audit" else oai_audit.next_window(at)
            return self._settling(ended)
        refused = "badArgument" in codes and not codes & _HOPELESS
        if at.phase != "list":
            return Bad(f"{verb} was answered with {sentence}.", refused=refused)
        if codes & _HOPELESS:
            raise Failed(f"{self.base} answered with {sentence}.{self._detour()}")
        other = self._other_bounds(at, sentence) if refused else None
        return other or Bad(f"The provider answered with {sentence}.", ours=True, refused=refused)

    def _other_bounds(self, at: Cursor, sentence: str) -> Step | None:
        """Ask with other bounds than those that were refused; None when there are no others."""
        later = oai_cursor.begun_later(at)
        if later is not None:
            note = f"The provider refuses what lies before its earliestDatestamp ({sentence}); it is asked from there."
            return Step(packed(later), notes=(note,))
        days = oai_cursor.in_days(at) if at.windows[0] != Window() else None
        if days is not None:
            note = f"The provider declares seconds and refuses them ({sentence}); it is asked in days."
            return Step(packed(days), notes=(note,))
        bare = oai_cursor.unbounded(at)
        if bare is not None:
            note = f"The provider refuses to be asked from a date ({sentence}); it is asked for everything."
            return Step(packed(bare), notes=(note,))
        seconds = oai_cursor.in_seconds(at)
        return None if seconds is None else Step(packed(seconds))

    def _refused(self, at: Cursor, why: str) -> Step | Bad:
        if at.phase == "list" and at.replayed and at.listed is not None and at.got >= at.listed:
            # Some providers give a token with an exactly full last page and do not know it any more.
            return self._settling(oai_audit.listed_out(at, End()))
        if at.phase == "audit" and at.replayed:
            return Bad(f"its token was refused ({why}).")
        after = oai_cursor.refused(at)
        return Step(packed(after)) if after is not None else Bad(f"The token was refused ({why}).", ours=True)

    def _narrowed(self, at: Cursor, bad: Bad) -> Step:
        """A narrower window, or one record after the other; raises Lost when it is the provider that is away."""
        if not bad.ours and not bad.status and not oai_asking.is_there(self.guest, self.base):
            raise Lost(bad.why)
        if bad.refused and not at.total and (at.narrowed >= MOST_REFUSED or at.holes):
            raise Failed(f"{bad.why}{self._detour()}")
        if not at.total and (at.narrowed >= MOST_IN_VAIN or len(at.holes) >= MOST_HOLES):
            raise Lost(f"No list of the provider can be read: {bad.why}")
        at = self._tried(at)
        after = oai_cursor.narrower(at)
        if after is not None and after.group != at.group:
            self._whole = Repeats()
        return Step(packed(after if after is not None else oai_cursor.alone(at)))

    def _tried(self, at: Cursor) -> Cursor:
        """The cursor, knowing whether bounds are inclusive to the provider: a record is asked for by its datestamp."""
        if at.inclusive is not None or windows.moment(at.stamp) is None:
            return at
        stamp = (at.stamp or "")[:10] if at.granularity == "day" else at.stamp
        one = Window(stamp, stamp)
        address = oai_asking.list_url(self.base, "ListIdentifiers", at.prefix, self.source.set, one)
        found = self.answers.page(address, 2)
        return oai_cursor.replace(at, inclusive=not isinstance(found, Bad) and found.said.items > 0)

    def _detour(self) -> str:
        """What to say of a redirect of the provider that loses what is asked."""
        return oai_asking.detour(self.guest, self.base)

    def _fresh(self, at: Cursor, headers: Iterable[Header], found: Found) -> tuple[int, bool]:
        """How many records of a page are new to its list, and whether that brings nothing new any more.

        A list that begins is compared with nothing.
        """
        if at.token is None or self._list != (at.phase, at.windows[0]):
            self._repeats = Repeats()
            self._list = (at.phase, at.windows[0])
        fresh = self._repeats.page(_pairs(headers))
        said = oai_cursor.most(at.listed, found.said.listed)
        if found.said.items == 0 and at.got and said is not None and at.got < said:
            # oai_repo 0.5 (2026-11) leaves deleted records out of its pages, so that many in a row may be empty.
            return fresh, self._repeats.stale >= PATIENT_PAGES
        return fresh, self._repeats.is_over


def _pairs(headers: Iterable[Header]) -> Iterable[tuple[str, str]]:
    """What a list is counted by: the live and the deleted header of a record are two."""
    return ((each.identifier, f"{each.datestamp}{' deleted' * each.deleted}") for each in headers)


def _live_names(headers: Iterable[Header]) -> tuple[str, ...]:
    return tuple(each.identifier for each in headers if not each.deleted and each.identifier)
