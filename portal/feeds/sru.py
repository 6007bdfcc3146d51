"""SRU 1.2 at /sru: explain and searchRetrieve over what is published, in oai_dc and lom.

The records are the stored faces, so that SRU gives the bytes that OAI-PMH gives. Every mistake of a client is a
diagnostic (info:srw/diagnostic/1) with status 200, as the protocol demands; only an unavailable search is 503.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from flask import Blueprint, Response, request

from portal.feeds.sru_explain import explanation
from repository.published import Item, Snapshot, snapshot
from repository.search.cql_plan import Planning
from repository.search.index.engine import Wanted
from repository.search.language import cql
from repository.search.language.cql import Diagnostic
from repository.search.request import natural_order
from repository.search.service import Searching
from repository.site import Site
from schemas.namespaces import LOM, OAI_DC, SRW
from schemas.xml.reader import encode, escape

VERSIONS: Final = ("1.1", "1.2")
MOST: Final = 100
DEFAULT: Final = 10
DEEPEST: Final = 9_800  # with a page of a hundred, still within what every engine gives at once
SCHEMAS: Final = {"oai_dc": ("oai_dc", OAI_DC), "dc": ("oai_dc", OAI_DC), "lom": ("lom", LOM)}
_DIAGNOSTIC: Final = "http://www.loc.gov/zing/srw/diagnostic/"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PARAMETERS: Final = frozenset(
    ("operation", "version", "query", "startRecord", "maximumRecords", "recordPacking", "recordSchema", "stylesheet",
     "recordXPath", "resultSetTTL", "sortKeys", "extraRequestData")
)  # fmt: skip


class _Asked(NamedTuple):
    """A searchRetrieve request, understood."""

    tree: cql.Cql
    start: int
    most: int
    face: str
    schema: str
    packed: str


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """The address of SRU."""
    made = Blueprint("sru", __name__)
    view = _Sru(site, searching)
    made.add_url_rule("/sru", view_func=view.answer, methods=["GET", "POST"])
    return made


class _Sru:
    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching

    def answer(self) -> Response:
        version = request.values.get("version", "1.2")
        try:
            return _xml(self._answer(version))
        except Diagnostic as error:
            return _xml(_response(version if version in VERSIONS else "1.2", 0, [], None, [error]))

    def _answer(self, version: str) -> str:
        operation = request.values.get("operation", "searchRetrieve" if "query" in request.values else "explain")
        if version not in VERSIONS:
            raise Diagnostic(5, "Unsupported version", "1.2")
        if operation == "explain":
            return explanation(self.site, version)
        if operation != "searchRetrieve":
            raise Diagnostic(4, "Unsupported operation", operation[:100])
        return self._found(version, _asked())

    def _found(self, version: str, asked: _Asked) -> str:
        planning = Planning(self.searching.language, self.searching.index(), self.site.uuid_of)
        node = planning.node(asked.tree)
        size = asked.start - 1 + asked.most
        found = self.searching.index().find(Wanted(node=node, order=natural_order(node), size=size))
        if asked.start > max(1, found.total):
            raise Diagnostic(61, "First record position out of range", str(asked.start))
        hits = found.hits[asked.start - 1 :]
        with snapshot(self.site.database) as line:
            items = line.find_all([hit.id for hit in hits])
            live = [items[hit.id] for hit in hits if hit.id in items and not items[hit.id].deleted]
            records = list(self._records(line, live, asked))
        following = asked.start + len(hits)
        return _response(version, found.total, records, following if following <= found.total and hits else None, [])

    def _records(self, line: Snapshot, items: list[Item], asked: _Asked) -> Iterator[str]:
        faces = line.faces(asked.face, [item.position for item in items])
        for number, item in enumerate(items, asked.start):
            if item.position not in faces:
                continue
            data = faces[item.position].decode()
            yield (
                f"<record><recordSchema>{escape(asked.schema)}</recordSchema>"
                f"<recordPacking>{asked.packed}</recordPacking>"
                f"<recordData>{data if asked.packed == 'xml' else escape(data)}</recordData>"
                f"<recordIdentifier>{escape(self.site.oai_identifier(item.uuid))}</recordIdentifier>"
                f"<recordPosition>{number}</recordPosition></record>"
            )


def _asked() -> _Asked:
    """The parameters of a searchRetrieve; raises Diagnostic."""
    given = request.values
    for name in given:
        if name not in _PARAMETERS and not name.startswith("x-"):
            raise Diagnostic(8, "Unsupported parameter", name[:100])
    if not given.get("query", "").strip():
        raise Diagnostic(7, "Mandatory parameter not supplied", "query")
    if given.get("sortKeys"):
        raise Diagnostic(80, "Sort not supported")
    packed = given.get("recordPacking", "xml")
    if packed not in ("xml", "string"):
        raise Diagnostic(71, "Unsupported record packing", packed[:100])
    wish = given.get("recordSchema") or "oai_dc"
    named = {schema: (face, schema) for face, schema in SCHEMAS.values()}
    found = SCHEMAS.get(wish) or named.get(wish)
    if found is None:
        raise Diagnostic(66, "Unknown schema for retrieval", wish[:100])
    start, most = _number("startRecord", 1, 1), _number("maximumRecords", DEFAULT, 0)
    if start > DEEPEST:
        raise Diagnostic(61, "First record position out of range", str(start))
    return _Asked(cql.parse(given["query"]), start, min(most, MOST), found[0], found[1], packed)


def _number(name: str, default: int, least: int) -> int:
    text = request.values.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise Diagnostic(6, "Unsupported parameter value", name)
    return int(text)


def _response(
    version: str, total: int, records: Iterable[str], following: int | None, errors: Iterable[Diagnostic]
) -> str:
    records = "".join(records)
    told = "".join(map(_diagnostic, errors))
    return (
        f'{_HEAD}<searchRetrieveResponse xmlns="{SRW}"><version>{version}</version>'
        f"<numberOfRecords>{total}</numberOfRecords>"
        f"{f'<records>{records}</records>' if records else ''}"
        f"{f'<nextRecordPosition>{following}</nextRecordPosition>' if following else ''}"
        f"{f'<diagnostics>{told}</diagnostics>' if told else ''}</searchRetrieveResponse>\n"
    )


def _diagnostic(error: Diagnostic) -> str:
    return (
        f'<diagnostic xmlns="{_DIAGNOSTIC}"><uri>info:srw/diagnostic/1/{error.number}</uri>'
        f"<details>{escape(error.details)}</details><message>{escape(error.message)}</message></diagnostic>"
    )


def _xml(document: str) -> Response:
    response = Response(encode(document), content_type="text/xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
