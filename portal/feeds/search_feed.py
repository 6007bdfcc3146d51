"""Any search as a feed (/feeds/atom.xml, RFC 4287) and as a description for browsers (/opensearch.xml, OpenSearch 1.1).

The parameters are those of the search; senseless ones are ignored. The newest records stand first unless another order
is asked for. An entry's id is the resource's permanent address, its `updated` the datestamp, so that a reader sees each
change once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request

from portal.web import resource, search_items
from portal.web.resource import Resource
from portal.web.search_request import asked_leniently
from repository.published import snapshot
from repository.search.errors import BadCursor
from repository.search.plan.parameters import SIZE, Search
from repository.search.service import Answer, Searching
from repository.site import Site
from schemas.xml.reader import encode, escape, escape_attribute

ENTRIES: Final = 50
ATOM: Final = "http://www.w3.org/2005/Atom"
OPENSEARCH: Final = "http://a9.com/-/spec/opensearch/1.1/"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """The addresses of feed and description."""
    made = Blueprint("search_feed", __name__)
    view = _Feed(site, searching)
    made.add_url_rule("/feeds/atom.xml", view_func=view.atom)
    made.add_url_rule("/opensearch.xml", view_func=view.description)
    return made


class _Feed:
    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching

    def atom(self) -> Response:
        search = asked_leniently(list(request.args.items(multi=True)))
        size = ENTRIES if search.size == SIZE else search.size
        search = msgspec.structs.replace(search, sort=search.sort or "newest", size=size, facets=())
        try:
            answer = self.searching.find(search)
        except BadCursor:
            search = msgspec.structs.replace(search, cursor=None)
            answer = self.searching.find(search)
        with snapshot(self.site.database) as line:
            found = [one for _, one in search_items.resources(self.site, line, answer.found.hits)]
        response = Response(
            encode(self._document(search, answer, found)), content_type="application/atom+xml; charset=utf-8"
        )
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()
        response.make_conditional(request)
        return response

    def _document(self, search: Search, answer: Answer, found: list[Resource]) -> str:
        title = f"{self.site.config.site.name}: {search.q}" if search.q.strip() else self.site.config.site.name
        description = self.site.url("/opensearch.xml")
        more = [
            f'<link rel="search" type="application/opensearchdescription+xml" href="{description}"/>',
            f"<opensearch:totalResults>{answer.found.total}</opensearch:totalResults>",
            f"<opensearch:itemsPerPage>{search.size}</opensearch:itemsPerPage>",
        ]
        if answer.cursor:
            following = self._url("/feeds/atom.xml", search, [("cursor", answer.cursor)])
            more.append(f'<link rel="next" href="{escape_attribute(following)}"/>')
        addresses = (self._url("/feeds/atom.xml", search), self._url("/search", search))
        return feed_document(self.site, title, addresses, found, answer.as_of, "".join(more))

    def _url(self, path: str, search: Search, more: Iterable[tuple[str, str]] = ()) -> str:
        pairs = [each for each in search.pairs() if each != ("sort", "newest")]
        query = urlencode([*pairs, *more])
        return self.site.url(f"{path}?{query}" if query else path)

    def description(self) -> Response:
        name = escape(self.site.config.site.name)

        def address(path: str, words: str = "q") -> str:
            return escape_attribute(self.site.url(f"{path}?{words}={{searchTerms}}"))

        document = (
            f'{_HEAD}<OpenSearchDescription xmlns="{OPENSEARCH}"><ShortName>{name[:16]}</ShortName>'
            f"<Description>{name}</Description><InputEncoding>UTF-8</InputEncoding>"
            f'<Image width="16" height="16" type="image/svg+xml">{self.site.url("/static/icon.svg")}</Image>'
            f'<Url type="text/html" template="{address("/search")}"/>'
            f'<Url type="application/atom+xml" template="{address("/feeds/atom.xml")}"/>'
            f'<Url type="application/json" template="{address("/api/v1/search")}"/>'
            "</OpenSearchDescription>\n"
        )
        return Response(encode(document), content_type="application/opensearchdescription+xml; charset=utf-8")


def feed_document(
    site: Site, title: str, addresses: tuple[str, str], found: Iterable[Resource], as_of: int, more: str = ""
) -> str:
    """A feed of records; `addresses` are its own and that of its page, `as_of` dates it when it is empty."""
    own, page = addresses
    found = list(found)
    newest = max((one.item.position for one in found), default=as_of)
    return (
        f'{_HEAD}<feed xmlns="{ATOM}" xmlns:opensearch="{OPENSEARCH}"><title>{escape(title)}</title>'
        f"<id>{escape(own)}</id><updated>{resource.datestamp(newest)}</updated>"
        f'<link rel="self" type="application/atom+xml" href="{escape_attribute(own)}"/>'
        f'<link rel="alternate" type="text/html" href="{escape_attribute(page)}"/>'
        f"<author><name>{escape(site.config.site.name)}</name></author>{more}"
        f"{''.join(_entry(site, one) for one in found)}</feed>\n"
    )


def _entry(site: Site, found: Resource) -> str:
    summary, item = found.summary, found.item
    authors = [one.name for one in summary.contributors if one.role == "author"] or [site.config.site.name]
    languages = (summary.title_lang or "en", *site.config.site.languages)
    ids = [term.id for term in (*summary.subjects, *summary.levels, *summary.resource_types) if term.id]
    licence = summary.license.uri if summary.license else None
    lang = f' xml:lang="{escape_attribute(summary.title_lang)}"' if summary.title_lang else ""
    return (
        f"<entry><title{lang}>{escape(summary.title)}</title>"
        f"<id>{site.url(f'/id/resource/{item.uuid}')}</id>"
        f"<updated>{resource.datestamp(item.position)}</updated>"
        f"<published>{resource.datestamp(item.first_position)}</published>"
        f'<link rel="alternate" type="text/html" href="{site.url(f"/doc/resource/{item.uuid}")}"/>'
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in authors)
        + "".join(_category(id_, site.vocabularies.label(id_, languages)) for id_ in ids)
        + (f'<link rel="license" href="{escape_attribute(licence)}"/>' if licence else "")
        + f"<summary{lang}>{escape(summary.description or summary.title)}</summary></entry>"
    )


def _category(id_: str, label: str) -> str:
    return f'<category term="{escape_attribute(id_)}" label="{escape_attribute(label)}"/>'
