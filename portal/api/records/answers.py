"""Answers for those who work on a record: its working view or its tombstone; private, with the revision's ETag.

The deposit says what is kept, the publication line says what of it is public; one answer has both (api.md, records).
"""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.api.records import representation
from portal.api.records.representation import Line
from portal.web.responses import json, private
from repository.deposit import Working
from repository.published import snapshot
from repository.publishing.waiting import is_waiting
from repository.site import Site


def line_of(site: Site, found: Working) -> Line:
    """Where the record stands on the publication line now."""
    waits = is_waiting(site, found.id)  # Asked first: what no longer waits is then in the later snapshot.
    with snapshot(site.database) as line:
        return Line(line.find(found.uuid), waits)


def working_answer(site: Site, found: Working, languages: tuple[str, ...], status: int = 200) -> Response:
    """The working view of a record."""
    return _answer(found, representation.working(site, found, line_of(site, found), languages), status)


def tombstone_answer(site: Site, found: Working) -> Response:
    """The tombstone, for the person who made it."""
    return _answer(found, representation.buried(site, found, line_of(site, found)))


def _answer(found: Working, body: dict[str, Any], status: int = 200) -> Response:
    response = private(json(body, status))
    response.set_etag(str(found.revision))
    response.vary.add("Accept-Language")
    return response
