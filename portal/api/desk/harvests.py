"""Sources and their quarantine over the API, for curators (api.md, harvests)."""

from __future__ import annotations

from typing import Final

import msgspec
from flask import Response, request

from harvest import quarantine, source_account, source_totals
from harvest import quarantine_retry as retry
from harvest.quarantine import Held
from harvest.run import guest_of
from portal.api.parameters import parameters, whole_number
from portal.web.responses import json, private
from repository import sources
from repository.errors import Invalid
from repository.outcome import OUTCOMES
from repository.site import Site
from schemas.errors import Problem

PAGE: Final = 100
MOST: Final = 1_000
MOST_AT_ONCE: Final = 100
_MOST_ROW: Final = 10**15


class _Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be tried again: these rows, or the first hundred; `offline`: without asking the provider."""

    ids: tuple[int, ...] | None = None
    offline: bool = False


class Harvests:
    """The views of /harvests."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @parameters()
    def every(self) -> Response:
        return private(json({"items": [source_account.document(each) for each in source_totals.of_all(self.site)]}))

    @parameters()
    def read(self, source: str) -> Response:
        return private(json(source_account.document(source_totals.of(self.site, source), full=True)))

    @parameters("after", "limit")
    def quarantine(self, source: str) -> Response:
        sources.get(self.site, source)
        after = whole_number("after", 0, 0, _MOST_ROW)
        limit = whole_number("limit", PAGE, 1, MOST)
        rows = quarantine.page(self.site, source, after, limit)
        following = rows[-1].id if len(rows) == limit else None
        return private(json({"items": [quarantine.document(row) for row in rows], "next": following}))

    @parameters()
    def held(self, source: str, row: str) -> Response:
        sources.get(self.site, source)
        return private(json(quarantine.document(quarantine.get(self.site, source, row), raw=True)))

    @parameters()
    def retry(self, source: str) -> Response:
        found = sources.get(self.site, source)
        wish = _wish()
        rows = self._chosen(source, wish)
        guest = None if wish.offline else guest_of(self.site, found)
        try:
            counts = retry.again(self.site, found, rows, guest)
        finally:
            if guest is not None:
                guest.close()
        with self.site.database.read() as connection:
            left = quarantine.count(connection, source)
        return private(json({"outcomes": {name: counts[name] for name in OUTCOMES}, "left": left}))

    def _chosen(self, source: str, wish: _Wish) -> list[Held]:
        if wish.ids is None:
            return quarantine.page(self.site, source, 0, MOST_AT_ONCE)
        if len(wish.ids) > MOST_AT_ONCE:
            raise _invalid(f"At most {MOST_AT_ONCE} records are tried again at once.")
        return [quarantine.get(self.site, source, str(each)) for each in wish.ids]


def _wish() -> _Wish:
    """The body of this request; without one, everything."""
    data = request.get_data(cache=True)
    if not data.strip():
        return _Wish()
    try:
        return msgspec.json.decode(data, type=_Wish)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _invalid(f'The body must be {{"ids": [1, 2], "offline": false}}: {str(error)[:200]}.') from error


def _invalid(sentence: str) -> Invalid:
    return Invalid(sentence, (Problem("ids", "invalid", sentence),))
