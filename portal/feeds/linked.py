"""The feeds over HTTP: event stream, dumps, catalogue, ResourceSync, sitemap, Atom (feeds.md).

The bytes are repository.linked's. A sealed page is cached for ever, an open one never; a page that moved is 301.
Nothing here counts or writes. Unknown parameters are ignored: feeds are read by caches and crawlers with their own.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Final, cast
from urllib.parse import quote

import msgspec
from flask import Blueprint, Response, abort, redirect, request, stream_with_context
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import wrap_file

from portal.web import negotiation
from portal.web.below import path_of
from portal.web.page import page
from repository.linked import atom, catalogue, dumps, ldes_pages, resourcesync, sitemap, syntaxes
from repository.linked.dumps import Dump
from repository.published import Snapshot, datestamp_of, snapshot
from repository.site import Site
from repository.storage.compression import gzip_file, gzipped
from schemas.datestamp import utc_datestamp
from schemas.formats.rdf.nodes import Node
from schemas.formats.rdf.write import ntriples, turtle

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
_STREAM: Final = (syntaxes.NQUADS, syntaxes.TRIG, syntaxes.JSON_LD)
_DESCRIBED: Final = ("text/turtle", syntaxes.JSON_LD, "application/n-triples")
_WRITERS: Final = {syntaxes.TRIG: syntaxes.trig, syntaxes.JSON_LD: syntaxes.json_ld}
_XML: Final = "application/xml; charset=utf-8"
_ATOM: Final = "application/atom+xml; charset=utf-8"
_PLAIN_DUMPS: Final = {"nq": "nq", "jsonl": "jsonl", "lom.xml": "lom"}


def blueprint(site: Site) -> Blueprint:
    """The addresses of every feed of one site."""
    feeds = Blueprint("feeds", __name__)
    view = Feeds(site)
    for rule, name, function in (
        ("/ldes", "ldes", view.root),
        ("/ldes/<name>", "ldes_page", view.page),
        ("/dumps/", "dumps", view.dumps),
        ("/dumps/latest.<ending>", "latest", view.latest),
        ("/dumps/<name>", "dump", view.dump),
        ("/catalog", "catalog", view.catalog),
        ("/.well-known/void", "void", view.void),
        ("/.well-known/api-catalog", "api_catalog", view.api_catalog),
        ("/.well-known/resourcesync", "resourcesync", view.source_description),
        ("/capabilitylist.xml", "capabilitylist", view.capability_list),
        ("/resourcelist.xml", "resourcelist", view.resource_list),
        ("/resourcelist/<start>.xml", "resourcelist_part", view.resource_list),
        ("/changelist.xml", "changelist", view.change_list),
        ("/sitemap.xml", "sitemap", view.sitemap),
        ("/sitemap/<start>.xml", "sitemap_part", view.sitemap),
        ("/robots.txt", "robots", view.robots),
        ("/feeds/changes.xml", "changes", view.changes),
        ("/feeds/changes/<n>.xml", "archive", view.archive),
    ):
        feeds.add_url_rule(rule, name, function)
    return feeds


class Feeds:
    """The views of the feeds."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def root(self) -> Response:
        with snapshot(self.site.database) as line:
            body = ldes_pages.root(self.site, line)
        return self._quads(lambda: body, f"root-{line.w}", ASK_AGAIN)

    def page(self, name: str) -> AnyResponse:
        with snapshot(self.site.database) as line:
            found = ldes_pages.page(self.site, line, name)
            w = line.w
        if found is None:
            abort(404)
        if found.moved is not None:
            return redirect(self.site.url(f"/ldes/{found.moved}"), 301)
        if found.sealed:
            return self._quads(lambda: found.nquads, name, FOR_EVER, found.gzip)
        return self._quads(lambda: found.nquads, f"{name}-{w}", ASK_AGAIN)

    def _quads(self, nquads: Callable[[], bytes], tag: str, caching: str, gzip: bytes = b"") -> Response:
        """A page of the stream in the syntax that was asked for, compressed for those who take it."""
        media_type = negotiation.best(_STREAM)
        if media_type is None:
            return negotiation.not_acceptable(dict.fromkeys(_STREAM, self.site.url(quote(request.path))))
        writer = _WRITERS.get(media_type)
        coding = "gzip" if request.accept_encodings["gzip"] > 0 else "identity"
        if coding == "gzip" and gzip and writer is None:
            body = gzip
        else:
            body = nquads() if writer is None else writer(nquads())
            body = gzipped(body) if coding == "gzip" else body
        response = Response(body, content_type=media_type)
        if coding == "gzip":
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = caching
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.vary.update(("Accept", "Accept-Encoding"))
        response.set_etag(f"{tag}-{_STREAM.index(media_type)}-{coding}")
        response.make_conditional(request)
        return response

    def dumps(self) -> Response:
        """The list of dumps: JSON (the page for people comes with the site)."""
        listed = [
            {
                "name": one.name, "url": self.site.url(f"/dumps/{one.name}"), "format": one.format, "bytes": one.bytes,
                "sha256": one.sha256, "epoch": one.epoch, "position": one.position, "datestamp": one.datestamp,
                "records": one.records,
            }
            for one in self._dumps()
        ]  # fmt: skip
        return _cached(Response(msgspec.json.encode(listed), content_type="application/json"))

    def dump(self, name: str) -> Response:
        """One file as it is: the compression is its own, not the transfer's."""
        found = next((one for one in self._dumps() if one.name == name), None)
        if found is None:
            abort(404)
        response = Response(_file(found), content_type="application/gzip", direct_passthrough=True)
        response.headers["Content-Length"] = str(found.bytes)
        response.headers["Cache-Control"] = ASK_AGAIN  # an erasure takes it away
        response.headers["Repr-Digest"] = f"sha-256=:{_base64(found.sha256)}:"
        response.set_etag(found.sha256[:32])
        response.make_conditional(request)
        return response

    def latest(self, ending: str) -> Response:
        """The newest dump of a format as plain text, at an address that stays."""
        format_ = _PLAIN_DUMPS.get(ending)
        found = next((one for one in self._dumps() if one.format == format_), None)
        if found is None:
            abort(404)
        gzip = request.accept_encodings["gzip"] > 0
        body = _file(found, None if gzip else gzip_file)
        kind = f"{dumps.MEDIA_TYPES[found.format]}; charset=utf-8"
        response = Response(body, content_type=kind, direct_passthrough=True)
        if gzip:
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(found.bytes)
        response.headers["Content-Location"] = f"/dumps/{found.name}"
        response.vary.add("Accept-Encoding")
        response.set_etag(f"{found.sha256[:32]}-{'gzip' if gzip else 'identity'}")
        return _cached(response)

    def _dumps(self) -> list[Dump]:
        with snapshot(self.site.database) as line:
            return dumps.listed(line)

    def catalog(self) -> Response:
        """DCAT for machines; a page for whoever prefers HTML, as browsers do."""
        accepted = request.accept_mimetypes
        if accepted["text/html"] > max(accepted[each] for each in _DESCRIBED):
            with snapshot(self.site.database) as line:
                response = page("site/systems/catalogue.html", facts=self._facts(line))
            response.vary.add("Accept")
            return response
        return self._described(lambda line: catalogue.catalogue(self._facts(line)))

    def void(self) -> Response:
        return self._described(
            lambda line: catalogue.void(self._facts(line), ("https://schema.org/", "http://purl.org/dc/terms/"))
        )

    def _described(self, describe: Callable[[Snapshot], tuple[Node, ...]]) -> Response:
        """A description in Turtle or JSON-LD."""
        media_type = negotiation.best(_DESCRIBED)
        if media_type is None:
            return negotiation.not_acceptable(dict.fromkeys(_DESCRIBED, self.site.url(quote(request.path))))
        with snapshot(self.site.database) as line:
            nodes = describe(line)
        body = turtle(nodes) if media_type == _DESCRIBED[0] else ntriples(nodes)
        if media_type == syntaxes.JSON_LD:
            body = syntaxes.json_ld(body)
        response = Response(body, content_type=media_type + ("; charset=utf-8" if "turtle" in media_type else ""))
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.vary.add("Accept")
        response.add_etag()
        return _cached(response)

    def _facts(self, line: Snapshot) -> catalogue.Facts:
        site = self.site.config.site
        return catalogue.Facts(
            base_url=self.site.base_url,
            name=site.name,
            admin_email=site.admin_email,
            rights=self.site.config.oai.rights,
            languages=site.languages,
            records=line.total(),
            modified=utc_datestamp(datestamp_of(line.bound)),
            dumps=tuple(dumps.listed(line)),
        )

    def api_catalog(self) -> Response:
        body = msgspec.json.encode(catalogue.api_catalog(self.site.base_url))
        profile = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
        return _cached(Response(body, content_type=profile))

    def source_description(self) -> Response:
        return _cached(Response(resourcesync.source_description(self.site.base_url), content_type=_XML))

    def capability_list(self) -> Response:
        return _cached(Response(resourcesync.capability_list(self.site.base_url), content_type=_XML))

    def resource_list(self, start: str | None = None) -> Response:
        after = None if start is None else _start(start)
        return self._listed(lambda line: resourcesync.resource_list(self.site, line, after))

    def change_list(self) -> Response:
        return self._listed(lambda line: resourcesync.change_list(self.site, line))

    def sitemap(self, start: str | None = None) -> Response:
        """All pages; of more than 50,000 an index of parts."""
        if start is not None:
            after = _start(start)
            return self._listed(lambda line: sitemap.urlset(line, self.site.base_url, after))
        with snapshot(self.site.database) as line:
            begins = sitemap.starts(line)
            newest = line.newest(1)
        if len(begins) < 2:
            return self._listed(lambda line: sitemap.urlset(line, self.site.base_url, -1))
        ends = [*begins[1:], newest[0].position if newest else -1]
        parts = [
            (self.site.url(f"/sitemap/{begin + 1}.xml"), end) for begin, end in zip(begins, ends, strict=True)
        ]  # fmt: skip
        return _cached(Response(sitemap.index(parts), content_type=_XML))

    def _listed(self, write: Callable[[Snapshot], Iterable[bytes]]) -> Response:
        """A long list, streamed from one snapshot."""

        def body() -> Iterator[bytes]:
            with snapshot(self.site.database) as line:
                yield from write(line)

        response = Response(stream_with_context(body()), content_type=_XML)
        response.headers["Cache-Control"] = ASK_AGAIN
        return response

    def robots(self) -> Response:
        """What crawlers may read: everything public; the desk and the searches are not for them, /oai never is shut."""
        sitemap_at = self.site.url("/sitemap.xml")
        path = path_of(self.site.base_url)
        lines = ["User-agent: *", f"Disallow: {path}/desk/", f"Disallow: {path}/search?", "", f"Sitemap: {sitemap_at}"]
        lines.append(f"Sitemap: {self.site.url('/sitemap/people.xml')}")
        return _cached(Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))

    def changes(self) -> Response:
        """The changes that are in no archive yet (RFC 5005, 4)."""
        with snapshot(self.site.database) as line:
            open_ = ldes_pages.open_name(line)
            found = ldes_pages.page(self.site, line, open_)
            updated = utc_datestamp(datestamp_of(line.bound))
        n = int(open_)
        links = atom.Links(
            self.site.url("/feeds/changes.xml"), self.site.url("/feeds/changes.xml"), self._archive(n - 1)
        )
        entries = atom.entries(found.nquads) if found is not None else []
        return self._atom(entries, links, entries[0].when if entries else updated, archive=False)

    def archive(self, n: str) -> Response:
        """One sealed page as an archive document: it never changes, so it does not know the one after it."""
        if not n.isascii() or not n.isdigit() or len(n) > 9:
            abort(404)
        with snapshot(self.site.database) as line:
            found = ldes_pages.sealed_leaf(self.site, line, int(n))
        if found is None:
            abort(404)
        entries = atom.entries(found)
        links = atom.Links(self._archive(int(n)) or "", self.site.url("/feeds/changes.xml"), self._archive(int(n) - 1))
        return self._atom(entries, links, entries[0].when, archive=True)

    def _archive(self, n: int) -> str | None:
        return self.site.url(f"/feeds/changes/{n}.xml") if n >= 0 else None

    def _atom(self, entries: list[atom.Entry], links: atom.Links, updated: str, *, archive: bool) -> Response:
        body = atom.document(self.site.config.site.name, entries, links, updated, archive=archive)
        response = Response(body, content_type=_ATOM)
        response.add_etag()
        return _cached(response)


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = ASK_AGAIN
    if not response.is_streamed:
        response.add_etag()
    response.make_conditional(request)
    return response


def _start(text: str) -> int:
    """The position that a part begins behind."""
    if not text.isascii() or not text.isdigit() or len(text) > 16:
        abort(404)
    return int(text) - 1


class _Unopened(io.RawIOBase):
    """A file that is opened when it is first read: most conditional requests never do."""

    def __init__(self, path: Path, opened: Callable[[Path], IO[bytes]] | None) -> None:
        super().__init__()
        self._path = path
        self._opened = opened
        self._file: IO[bytes] | None = None

    def read(self, size: int = -1) -> bytes:
        if self._file is None:
            self._file = self._opened(self._path) if self._opened else self._path.open("rb")
        return self._file.read(size)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()


def _file(dump: Dump, opened: Callable[[Path], IO[bytes]] | None = None) -> Iterable[bytes]:
    """The bytes of a dump, in the way that the server sends files in."""
    return wrap_file(request.environ, cast("IO[bytes]", _Unopened(dumps.path_of(dump), opened)), 1 << 16)


def _base64(hexadecimal: str) -> str:
    return b64encode(bytes.fromhex(hexadecimal)).decode()
