"""Every record a resource: `/id/resource/{uuid}` names it, `/doc/resource/{uuid}` describes it (feeds.md).

The name answers 303; the document negotiates its format and has a twin for each ending. All RDF, including the JSON-LD
in the page, is the stored graph in another syntax. A tombstone is 410 with its reason and successor. Pages carry
Signposting links (FAIR Signposting profile, level 2) of at most 4 KB, and a linkset has all of them. Reads the
publication line only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.site.record import signposting
from portal.site.record.record_page import RecordPage
from portal.web import links, negotiation, resource
from portal.web.page import page
from repository.linked import graphs, ldes_pages
from repository.published import Item, Snapshot, datestamp_of, snapshot
from repository.search.service import Searching
from repository.site import Site
from schemas.formats import registry
from schemas.formats.format import Writing
from schemas.formats.rdf import rdf
from schemas.formats.rdf.write import json_ld

XML_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
MEDIA_TYPES: Final = {
    "html": "text/html",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "lom.xml": "application/xml",
    "json": "application/json",
}
"""The twins of a document by their ending, in the order in which they are offered."""
_ENDINGS: Final = {media_type: ending for ending, media_type in MEDIA_TYPES.items()}
_LINKSET: Final = "linkset.json"


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """The addresses of records and activities of one site."""
    documents = Blueprint("documents", __name__)
    view = Documents(site, searching)
    documents.add_url_rule("/id/resource/<uuid>", "thing", view.thing)
    documents.add_url_rule("/doc/resource/<name>", "document", view.document)
    documents.add_url_rule("/id/activity/<position>", "activity", view.activity)
    return documents


class Documents:
    """The views of resources."""

    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.page = RecordPage(site, searching)
        self.twins: dict[str, Callable[[Snapshot, Item], Response]] = {
            "html": self._html,
            "lom.xml": self._lom,
            "json": self._amb,
            **{ending: self._rdf(ending) for ending in rdf.MEDIA_TYPES},
        }

    def thing(self, uuid: str) -> AnyResponse:
        """303 to the document, whatever became of the resource: the document says what."""
        known = resource.canonical_uuid(uuid)
        with snapshot(self.site.database) as line:
            if known is None or line.find(known) is None:
                abort(404)
        return redirect(self.site.url(f"/doc/resource/{known}"), 303)

    def activity(self, position: str) -> AnyResponse:
        """303 to the page of the event stream that holds the activity."""
        if not position.isascii() or not position.isdigit() or len(position) > 16:
            abort(404)
        with snapshot(self.site.database) as line:
            name = ldes_pages.holder(line, int(position))
        if name is None:
            abort(404)
        return redirect(self.site.url(f"/ldes/{name}"), 303)

    def document(self, name: str) -> Response:
        uuid, _, ending = name.partition(".")
        known = resource.canonical_uuid(uuid)
        if ending == _LINKSET and known is not None:
            return self._linkset(known)
        if known is None or (ending and ending not in self.twins):
            abort(404)
        chosen = ending or self._negotiated()
        if chosen is None:
            return negotiation.not_acceptable(self._addresses(known))
        with snapshot(self.site.database) as line:
            item = line.find(known)
            if item is None:
                abort(404)
            response = self._tombstone(item, chosen) if item.deleted else self.twins[chosen](line, item)
        return self._described(response, item, chosen)

    def _negotiated(self) -> str | None:
        media_type = negotiation.best(list(MEDIA_TYPES.values()))
        return None if media_type is None else _ENDINGS[media_type]

    def _addresses(self, uuid: str) -> dict[str, str]:
        document = self.site.url(f"/doc/resource/{uuid}")
        return {media_type: f"{document}.{ending}" for ending, media_type in MEDIA_TYPES.items()}

    def _described(self, response: Response, item: Item, ending: str) -> Response:
        """What every document carries: where it is, when it changed, what it varies by."""
        response.headers["Content-Location"] = f"/doc/resource/{item.uuid}.{ending}"
        response.headers.setdefault("Cache-Control", "no-cache")
        response.vary.add("Accept")
        response.last_modified = datetime.fromtimestamp(datestamp_of(item.position), UTC)
        if ending == "html":  # what is alike changes by itself: a page is named by its bytes (portal.web.look.packing)
            return response
        response.set_etag(f"{item.revision}-{item.position}-{ending}-{self.site.fingerprint}")
        if response.status_code == 200:
            response.make_conditional(request)
        return response

    def _html(self, line: Snapshot, item: Item) -> Response:
        found = resource.resource_of(self.site, line, item)
        graph = rdf.nodes(graphs.graph(self.site, line, item.position) or b"")
        response = page(
            "site/record/record.html",
            **self.page.values(line, found),
            uuid=item.uuid,
            canonical=self.site.url(f"/id/resource/{item.uuid}"),
            document=self.site.url(f"/doc/resource/{item.uuid}.html"),
            oai_identifier=self.site.oai_identifier(item.uuid),
            datestamp=resource.datestamp(item.position),
            is_reviewed="validated" in item.facts.sets,
            source=None if item.facts.source in (None, "local") else item.facts.source,
            formats=self._formats(item),
            json_ld=json_ld(graph, page=True).decode() if graph else "",
        )
        response.headers["Link"] = signposting.header(self._signposts(found))
        return response

    def _rdf(self, ending: str) -> Callable[[Snapshot, Item], Response]:
        def write(line: Snapshot, item: Item) -> Response:
            triples = graphs.graph(self.site, line, item.position)
            if triples is None:
                abort(404)
            body = rdf.document(ending, triples)
            media_type = rdf.MEDIA_TYPES[ending]
            charset = "; charset=utf-8" if media_type.startswith("text/") else ""
            return Response(body, content_type=media_type + charset)

        return write

    def _lom(self, line: Snapshot, item: Item) -> Response:
        face = line.face("lom", item.position)
        if face is None:
            abort(404)
        return Response(XML_DECLARATION + face, content_type="application/xml; charset=utf-8")

    def _amb(self, line: Snapshot, item: Item) -> Response:
        found = resource.resource_of(self.site, line, item)
        writing = Writing(
            self.site.vocabularies,
            found.summary,
            publish_contact=self.site.config.privacy.publish_contact,
            uuid=item.uuid,
            url=self.site.url(f"/id/resource/{item.uuid}"),
            base_url=self.site.base_url,
        )
        write = registry.get("amb").write
        body = write(found.record, writing) if write else None
        if body is None:
            abort(404)
        return Response(body, content_type="application/json")

    def _tombstone(self, item: Item, ending: str) -> Response:
        """410: a page for people, a small JSON document for programs."""
        successor = item.facts.successor
        if successor and resource.canonical_uuid(successor):
            successor = self.site.url(f"/id/resource/{successor}")
        told: dict[str, Any] = {
            "public": item.facts.public if item.facts.public != "published" else "deleted",
            "reason": item.facts.reason,
            "successor": successor,
            "oai_identifier": self.site.oai_identifier(item.uuid),
            "datestamp": resource.datestamp(item.position),
        }
        if ending == "html":
            response = page("site/record/tombstone.html", **told | {"successor": self._successor(item)})
        else:
            response = Response(msgspec.json.encode(told), content_type="application/json")
        response.status_code = 410
        return response

    def _successor(self, item: Item) -> dict[str, str] | None:
        """The record in its place: address and title; the address alone of one that is elsewhere."""
        known = resource.canonical_uuid(item.facts.successor or "")
        if known is None:
            href = links.safe_link(item.facts.successor)
            return {"href": href, "title": href} if href else None
        with snapshot(self.site.database) as line:
            there = line.find(known)
            title = "" if there is None or there.deleted else resource.resource_of(self.site, line, there).summary.title
        href = self.site.url(f"/id/resource/{known}")
        return {"href": href, "title": title or href}

    def _linkset(self, uuid: str) -> Response:
        """All the links of a resource (RFC 9264), for those who want more than a header holds."""
        with snapshot(self.site.database) as line:
            item = line.find(uuid)
            if item is None:
                abort(404)
            if item.deleted:
                return self._tombstone(item, "json")
            signposts = self._signposts(resource.resource_of(self.site, line, item))
        response = Response(
            msgspec.json.encode(signposting.linkset(signposts)), content_type="application/linkset+json"
        )
        response.headers["Cache-Control"] = "no-cache"
        response.set_etag(f"{item.revision}-{item.position}-linkset-{self.site.fingerprint}")
        response.make_conditional(request)
        return response

    def _signposts(self, found: resource.Resource) -> signposting.Signposts:
        uuid = found.item.uuid
        summary = found.summary
        twins = {one: address for one, address in self._addresses(uuid).items() if one != MEDIA_TYPES["html"]}
        return signposting.Signposts(
            thing=self.site.url(f"/id/resource/{uuid}"),
            page=self.site.url(f"/doc/resource/{uuid}"),
            linkset=self.site.url(f"/doc/resource/{uuid}.{_LINKSET}"),
            described_by=tuple((address, media_type) for media_type, address in twins.items()),
            authors=tuple(one.id for one in summary.contributors if one.id and one.role == "author"),
            license=summary.license.uri if summary.license else None,
            items=((summary.url, ""),) if summary.url else (),
        )

    def _formats(self, item: Item) -> list[dict[str, str]]:
        document = f"/doc/resource/{item.uuid}"
        identifier = self.site.oai_identifier(item.uuid)
        oai = f"/oai?verb=GetRecord&identifier={identifier}&metadataPrefix="
        named = {
            "json": "AMB (JSON)", "jsonld": "schema.org (JSON-LD)", "ttl": "Turtle", "nt": "N-Triples",
            "rdf": "RDF/XML", "lom.xml": "LOM (XML)",
        }  # fmt: skip
        twins = [
            {"name": name, "href": f"{document}.{ending}", "media_type": MEDIA_TYPES[ending]}
            for ending, name in named.items()
        ]
        return [
            *twins,
            {"name": "Dublin Core (OAI-PMH)", "href": f"{oai}oai_dc", "media_type": ""},
            {"name": "LOM (OAI-PMH)", "href": f"{oai}lom", "media_type": ""},
            {"name": "JSON API", "href": f"/api/v1/records/{item.uuid}", "media_type": ""},
        ]
