"""What an RDF graph of a record is made of: nodes with IRIs, properties under known prefixes, plain objects.

RDF 1.1 without blank nodes (feeds.md, resource pages). An address of a stranger passes `iri`, so that
every syntax carries the same triples: an address that one syntax would rewrite (an empty query, a scheme in capitals,
a raw blank) is written in the one form that all of them keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from schemas.xml import reader as xml

SCHEMA: Final = "https://schema.org/"
DCT: Final = "http://purl.org/dc/terms/"
DC11: Final = "http://purl.org/dc/elements/1.1/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
VOID: Final = "http://rdfs.org/ns/void#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: Final[dict[str, str]] = {
    "schema": SCHEMA, "dct": DCT, "dc11": DC11, "dcat": DCAT, "rdf": RDF, "xsd": XSD, "void": VOID, "foaf": FOAF,
}  # fmt: skip
TYPE: Final = "rdf:type"

_SPACES: Final = re.compile(r"[\x00-\x20]+")
_UNSAFE: Final = re.compile(r"[\x00-\x20\s<>\"{}|\\^`\x7f-\x9f]")
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST: Final = re.compile(r"[\w.~%!$&'()*+,;=:@-]+|(?:[^@\[\]]*@)?\[[0-9A-Fa-f:.]+\](?::\d*)?")
_WEB: Final = ("http", "https")
# Most addresses: in their one form already, so that they need not be taken apart.
_PLAIN: Final = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*(?:/{0})?(?:\?{1})?(?:#{1})?".format(
        r"[\w.~!$&'()*+,;=:@/-]*", r"[\w.~!$&'()*+,;=:@/-]+"
    ),
    re.ASCII,
)
_OURS: Final = "urn:oerbron:"  # not a stranger's to use: stored graphs name the site by it
_NAMES: Final = re.compile(r"(?:urn|doi|info|hdl|ark|tag|did):[^\s]+", re.IGNORECASE)


class Iri(NamedTuple):
    value: str


class Literal(NamedTuple):
    """`lang` is a BCP 47 tag, `datatype` a name such as "xsd:date"; at most one of them is given."""

    value: str
    lang: str | None = None
    datatype: str | None = None


Object = Iri | Literal


class Node(NamedTuple):
    """One subject: its properties in the order they are written, each pair once."""

    iri: str
    properties: tuple[tuple[str, Object], ...]


def node(iri_: str, properties: Iterable[tuple[str, Object | None]]) -> Node:
    """A node without absent or repeated properties."""
    return Node(iri_, tuple({pair: None for pair in properties if pair[1] is not None}))  # type: ignore[misc]


@lru_cache(maxsize=512)
def expanded(name: str) -> str:
    """The IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def iri(address: str | None) -> str | None:
    """The IRI of an address, the same in every syntax (RFC 3987, 3.1); None where it is none that a graph may name.

    Only the web's schemes and those that name documents are taken: an e-mail address is nobody's to publish.
    """
    if address and _PLAIN.fullmatch(address):
        return address
    stripped = _SPACES.sub(" ", address or "").strip()
    if not stripped:
        return None
    if _NAMES.fullmatch(stripped) and not stripped.lower().startswith(_OURS):
        scheme, _, rest = stripped.partition(":")
        return f"{scheme.lower()}:{_quoted(rest)}"
    try:
        parts = urlsplit(stripped)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in _WEB or not parts.hostname or not _HOST.fullmatch(parts.netloc) or "@" in parts.netloc:
        return None  # a name and password are somebody's secret
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return _quoted(f"{parts.scheme}://{parts.netloc}{parts.path}{query}{fragment}")


def _quoted(text: str) -> str:
    text = _UNSAFE.sub(lambda found: quote(found[0]), xml.gate(text))
    return _PERCENT.sub("%25", text)


def typed(value: str | None, datatype: str) -> Literal | None:
    return Literal(value, None, datatype) if value else None


def triples(nodes: Iterable[Node]) -> Iterator[tuple[str, str, Object]]:
    """Every (subject, prefixed predicate, object) of a graph."""
    for each in nodes:
        for name, found in each.properties:
            yield each.iri, name, found
