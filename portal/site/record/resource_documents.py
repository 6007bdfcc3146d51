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
from portal.site.record.record_rows import Presenter
from portal.web import i18n, links, negotiation, resource
from portal.web.cards import narrowest
from portal.web.page import page
from repository.linked import graphs, ldes_pages
from repository.published import Item, Snapshot, datestamp_of, snapshot
from repository.site import Site
from schemas import language as languages_
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


def blueprint(site: Site) -> Blueprint:
    """The addresses of records and activities of one site."""
    documents = Blueprint("documents", __name__)
    view = Documents(site)
    documents.add_url_rule("/id/resource/<uuid>", "thing", view.thing)
    documents.add_url_rule("/doc/resource/<name>", "document", view.document)
    documents.add_url_rule("/id/activity/<position>", "activity", view.activity)
    return documents


class Documents:
    """The views of resources."""

    def __init__(self, site: Site) -> None:
        self.site = site
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
        response.last_modified = datetime.fromtimestamp(datestamp_of(item.position), UTC)
        language = f"-{i18n.language()}" if ending == "html" else ""
        response.set_etag(f"{item.revision}-{item.position}-{ending}{language}-{self.site.fingerprint}")
        response.vary.add("Accept")
        if response.status_code == 200:
            response.make_conditional(request)
        return response

    def _html(self, line: Snapshot, item: Item) -> Response:
        found = resource.resource_of(self.site, line, item)
        languages = i18n.labels_in(i18n.language(), self.site.config.site.languages)
        summary = narrowest(self.site, resource.labelled(self.site, found.summary, languages, item.facts.completeness))
        presenter = Presenter(self.site.vocabularies, languages, i18n.translate, i18n.day)
        graph = rdf.nodes(graphs.graph(self.site, line, item.position) or b"")
        response = page(
            "site/record.html",
            summary=summary,
            title_lang=found.summary.title_lang,
            sections=presenter.sections(found.record),
            language_names=[languages_.name(tag, languages[0]) or tag for tag in found.summary.language],
            age=_age(found.summary.age_range),
            canonical=self.site.url(f"/id/resource/{item.uuid}"),
            oai_identifier=self.site.oai_identifier(item.uuid),
            datestamp=resource.datestamp(item.position),
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
            response = page("site/tombstone.html", **told | {"successor": links.safe_link(successor)})
        else:
            response = Response(msgspec.json.encode(told), content_type="application/json")
        response.status_code = 410
        return response

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


def _age(ages: tuple[int | None, int | None] | None) -> str:
    match ages:
        case None | (None, None):
            return ""
        case (low, None):
            return f"{low}+"
        case (None, high):
            return f"≤ {high}"
        case (low, high):
            return str(low) if low == high else f"{low}–{high}"
