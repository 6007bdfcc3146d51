"""Reading records over the API: one, a list in log order, revisions (api.md, records).

Without a token everything comes from the publication line. With one, `?version=working` and the revisions of one's
own records are read through the deposit, which decides who may; such answers are private.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from flask import Response, request

from portal.api.authorization import actor_of, unauthorised
from portal.api.parameters import MOST_POSITION, bad_parameter, choice, languages, parameters, whole_number
from portal.api.records import representation
from portal.api.records.answers import working_answer
from portal.web import resource
from portal.web.problems import ApiError, problem
from portal.web.responses import cached, json, private
from repository import deposit
from repository.deposit import revisions
from repository.errors import Gone, NotFound
from repository.published import Item, Snapshot, datestamp_of, snapshot
from repository.site import Site

PAGE: Final = 100
MOST: Final = 1000
_SPEC: Final = re.compile(r"[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*")


class Records:
    """The GET side of /records."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @parameters("version", "lang")
    def read(self, uuid: str) -> Response:
        tags = languages(self.site.config.site.languages)
        version = choice("version", ("published", "working"))
        actor = actor_of(self.site)
        known = known_uuid(uuid)
        if version == "working":
            if actor is None:
                raise unauthorised("version=working needs a token.")
            return working_answer(self.site, deposit.working(self.site, actor, known), tags)
        with snapshot(self.site.database) as line:
            item = published_item(line, known)
            if item.deleted:
                return gone(self.site, item)
            found = resource.resource_of(self.site, line, item)
        response = json(representation.published(self.site, found, tags))
        response.set_etag(representation.etag(item, tags[0]))
        return cached(dated(response, item))

    @parameters("after", "limit", "set", "lang")
    def list(self) -> Response:
        tags = languages(self.site.config.site.languages)
        after = whole_number("after", 0, 0, MOST_POSITION)
        limit = whole_number("limit", PAGE, 1, MOST)
        spec = request.args.get("set")
        if spec is not None and not _SPEC.fullmatch(spec):
            raise bad_parameter("set", "set must be a set such as subject:mathematics.")
        with snapshot(self.site.database) as line:
            chosen = None if spec is None else line.list_id("", spec)
            items = [] if spec is not None and chosen is None else line.changes(after, limit + 1, chosen)
            trees = line.faces("json", [item.position for item in items[:limit] if not item.deleted])
            bound = line.bound
        body = {
            "items": [self._listed(item, trees.get(item.position), tags) for item in items[:limit]],
            "next": items[limit - 1].position if len(items) > limit else None,
            "as_of": bound,
        }
        response = json(body)
        response.vary.add("Accept-Language")
        response.add_etag()
        return cached(response)

    @parameters()
    def revisions(self, uuid: str) -> Response:
        actor = actor_of(self.site)
        known = known_uuid(uuid)
        if actor is not None:
            entries, happenings = revisions.history(self.site, actor, known)
            body: dict[str, Any] = {"items": [_described(entry) for entry in entries]}
            if happenings is not None:
                body["events"] = [_told(happening) for happening in happenings]
            return private(json(body))
        with snapshot(self.site.database) as line:
            item = self._live(published_item(line, known))
            numbers = line.published_revisions(item.record)
        return cached(json({"items": [{"revision": n, "published": True} for n in numbers]}))

    @parameters()
    def revision(self, uuid: str, n: str) -> Response:
        actor = actor_of(self.site)
        known = known_uuid(uuid)
        if not n.isascii() or not n.isdigit() or len(n) > 9:
            raise NotFound(f"There is no revision {n} of this record.")
        if actor is not None:
            entry = revisions.get(self.site, actor, known, int(n))
            return private(json(_described(entry) | {"record": msgspec.Raw(entry.tree or b"{}")}))
        with snapshot(self.site.database) as line:
            item = self._live(published_item(line, known))
            if int(n) not in line.published_revisions(item.record):
                raise NotFound(f"There is no published revision {n} of this record.")
        tree = revisions.published_tree(self.site, known, int(n))
        return cached(json({"revision": int(n), "published": True, "record": msgspec.Raw(tree)}))

    def _listed(self, item: Item, tree: bytes | None, tags: tuple[str, ...]) -> dict[str, object]:
        if tree is None:
            return representation.tombstone(self.site, item)
        return representation.published(self.site, resource.read(self.site, item, tree), tags)

    @staticmethod
    def _live(item: Item) -> Item:
        if item.deleted:
            raise Gone("This record is not public any more; its revisions are gone.")
        return item


def known_uuid(uuid: str) -> str:
    """The uuid of an address in its usual form; raises NotFound for a text that is no uuid."""
    known = resource.canonical_uuid(uuid)
    if known is None:
        raise NotFound("There is no record of this name.")
    return known


def published_item(line: Snapshot, uuid: str) -> Item:
    """The published record of a uuid, or its tombstone; raises NotFound."""
    item = line.find(uuid)
    if item is None:
        raise NotFound("There is no published record of this name.")
    return item


def gone(site: Site, item: Item) -> Response:
    """410 with the tombstone: a problem document that also has a tombstone's keys; never a 304 (RFC 9110, 13.2.1)."""
    tombstone = representation.tombstone(site, item)
    sentence = f"This record was {tombstone['public']} and is not public any more."
    response = dated(problem(ApiError(410, "gone", sentence), tombstone), item)
    response.headers["Cache-Control"] = "no-cache"
    return response


def dated(response: Response, item: Item) -> Response:
    """What the answers about one published record share: its date, and what they vary by."""
    response.last_modified = datetime.fromtimestamp(datestamp_of(item.position), UTC)
    response.vary.update(("Accept-Language", "Authorization"))
    return response


def _described(entry: revisions.Entry) -> dict[str, Any]:
    """A revision without its tree; who made it, and why, is null for those who see only what was published."""
    return {
        "revision": entry.revision,
        "published": entry.published,
        "at": resource.moment(entry.at),
        "by": entry.by,
        "note": entry.note,
        "warnings": entry.warnings,
        "completeness": entry.completeness,
    }


def _told(happening: revisions.Happening) -> dict[str, Any]:
    return msgspec.structs.asdict(happening) | {"at": resource.moment(happening.at)}
