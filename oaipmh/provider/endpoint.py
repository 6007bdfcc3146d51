"""From a raw request to the bytes of an answer, for one context: the provider without HTTP.

The verb is carried out on one snapshot. Protocol errors become an answer of their own (OAI-PMH 2.0, 3.6), also with the
responseDate of the snapshot. Raises Unavailable, which is HTTP's business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Final

from provider import arguments, lists, response, verbs
from provider.arguments import Arguments
from provider.errors import Refused, Unavailable
from provider.flow_control import Lane
from provider.verb_request import AGAIN_S, Asked, Openings, base_url
from repository.contexts.contexts import Context
from repository.errors import Busy, DatabaseError
from repository.published import Snapshot, glance
from repository.publishing import publication
from repository.site import Site

log = logging.getLogger(__name__)
_VERBS: Final[dict[str, Callable[[Asked], list[bytes]]]] = {
    "Identify": verbs.identify,
    "ListMetadataFormats": verbs.list_metadata_formats,
    "ListSets": verbs.list_sets,
    "GetRecord": verbs.get_record,
    "ListIdentifiers": lists.list_identifiers,
    "ListRecords": lists.list_records,
}
_LISTS: Final = frozenset({"ListIdentifiers", "ListRecords"})


class Endpoint:
    """One base URL. The lane and the openings are shared by all contexts of a process."""

    def __init__(self, site: Site, context: Context, lane: Lane, openings: Openings) -> None:
        self.site = site
        self.context = context
        self.lane = lane
        self.openings = openings

    @property
    def base_url(self) -> str:
        return base_url(self.site, self.context)

    def answer(self, query: bytes, body: bytes = b"") -> bytes:
        """The whole document that answers a query string and a form body; raises Unavailable."""
        try:
            asked = arguments.read(query, body)
        except Refused as refused:
            return self._with_line(partial(self._refusal, {}, refused))
        with self._place(asked.verb):
            return self._with_line(partial(self._carried_out, asked))

    def _place(self, verb: str) -> AbstractContextManager[None]:
        return self.lane.entered() if verb in _LISTS else nullcontext()

    def _with_line(self, work: Callable[[Snapshot], bytes]) -> bytes:
        _advance(self.site)
        try:
            with glance(self.site.database) as line:
                return work(line)
        except Busy as error:
            raise Unavailable(str(error), error.retry_after_s) from error
        except DatabaseError as error:
            log.warning("no answer", extra={"reason": str(error)})
            raise Unavailable("The database cannot be used at the moment.", AGAIN_S) from error

    def _carried_out(self, asked: Arguments, line: Snapshot) -> bytes:
        try:
            parts = _VERBS[asked.verb](Asked(self.site, self.context, asked, line, self.openings))
        except Refused as refused:
            return self._refusal(asked.given, refused, line)
        return response.document(self.base_url, line.w, asked.given, parts)

    def _refusal(self, given: dict[str, str], refused: Refused, line: Snapshot) -> bytes:
        kept = given if all(error.keeps_arguments for error in refused.errors) else {}
        return response.document(self.base_url, line.w, kept, response.errors(refused.errors))


def _advance(site: Site) -> None:
    """Move W if that costs nothing; a stale W is safe, so a database that takes no writes still answers."""
    try:
        publication.advance(site)
    except DatabaseError as error:
        log.warning("W was not moved", extra={"reason": str(error)})
