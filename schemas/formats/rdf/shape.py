"""A resource of an RDF graph in the shape of schema.org: which property of which vocabulary is which word.

schema.org and LRMI say the same words; DCTERMS, Dublin Core 1.1, DCAT, FOAF, vCard, SKOS and ADMS serve where these
say nothing. What a value points at is put inside it, a few levels deep. `resources` finds what describes a learning
resource. It knows rdflib's graphs only as triples; reading bytes is rdf_read's.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from schemas.formats.amb.linked import Node, types
from schemas.formats.rdf.nodes import DC11, DCAT, DCT, FOAF, RDF, SCHEMA

MOST_DEEP: Final = 3
NO_BASE: Final = "https://rdf.invalid/"  # what relative IRIs stand under: such a name is no identity
_SCHEMA_HTTP: Final = "http://schema.org/"
_LRMI: Final = "http://purl.org/dcx/lrmi-terms/"
_SAME: Final = (SCHEMA, _SCHEMA_HTTP, _LRMI)
_DCMI_TYPE: Final = "http://purl.org/dc/dcmitype/"
_VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_ADMS: Final = "http://www.w3.org/ns/adms#"
_IANA: Final = ("https://www.iana.org/assignments/media-types/", "http://www.iana.org/assignments/media-types/",
                "http://publications.europa.eu/resource/authority/file-type/")  # fmt: skip
_DUBLIN: Final = {
    "title": "name", "description": "description", "abstract": "abstract", "subject": "about", "creator": "creator",
    "publisher": "publisher", "contributor": "contributor", "license": "license", "rights": "useRightsUrl",
    "rightsHolder": "copyrightHolder", "accessRights": "conditionsOfAccess", "language": "inLanguage",
    "type": "learningResourceType", "educationLevel": "educationalLevel", "audience": "audience",
    "instructionalMethod": "educationalUse", "isPartOf": "isPartOf", "hasPart": "hasPart", "source": "isBasedOn",
    "created": "dateCreated", "date": "dateCreated", "issued": "datePublished", "available": "datePublished",
    "modified": "dateModified", "identifier": "identifier", "format": "encodingFormat", "spatial": "spatialCoverage",
    "temporal": "temporalCoverage", "coverage": "spatialCoverage", "requires": "requires", "references": "citation",
    "isVersionOf": "isVersionOf", "hasVersion": "hasVersion", "isFormatOf": "isFormatOf", "hasFormat": "hasFormat",
    "isReferencedBy": "isReferencedBy", "isRequiredBy": "isRequiredBy", "relation": "citation",
}  # fmt: skip
_DCAT_WORDS: Final = {
    "keyword": "keywords", "landingPage": "url", "distribution": "encoding", "version": "version", "theme": "about",
    "downloadURL": "contentUrl", "accessURL": "url", "mediaType": "encodingFormat", "byteSize": "contentSize",
}  # fmt: skip
_WORDS: Final[dict[str, str]] = {
    **{DCT + key: word for key, word in _DUBLIN.items()},
    **{DC11 + key: word for key, word in _DUBLIN.items()},
    **{DCAT + key: word for key, word in _DCAT_WORDS.items()},
    FOAF + "name": "name",
    FOAF + "page": "url",
    FOAF + "depiction": "image",
    _VCARD + "fn": "name",
    _VCARD + "organization-name": "name",
    "http://www.w3.org/2000/01/rdf-schema#label": "name",
    _SKOS + "prefLabel": "prefLabel",
    _ADMS + "status": "creativeWorkStatus",
    "http://www.w3.org/2002/07/owl#versionInfo": "version",
    _LRMI + "educationalAudience": "audience",
}
_PEOPLE: Final = {
    FOAF + "Person": "Person", FOAF + "Organization": "Organization", _VCARD + "Individual": "Person",
    _VCARD + "Organization": "Organization", "http://www.w3.org/ns/org#Organization": "Organization",
}  # fmt: skip
_WORKS: Final = frozenset((DCT + "BibliographicResource", DCAT + "Dataset", DCAT + "Resource", FOAF + "Document"))
_BESIDE: Final = frozenset(("ImageObject", "MediaObject", "WebSite", "WebPage", "DataDownload", "Comment", "Review"))
_TITLES: Final = (DCT + "title", DC11 + "title", SCHEMA + "name", _SCHEMA_HTTP + "name")
_NO_RESOURCE: Final = (
    *(DCAT + kind for kind in ("Catalog", "CatalogRecord", "Distribution", "DataService")),
    _SKOS,
    FOAF,
)
_ONTOLOGY: Final = (
    *(_SKOS + "ConceptScheme", RDF, "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2000/01/rdf-schema#"),
    *("http://www.w3.org/ns/shacl#", "http://rdfs.org/ns/void#", "http://purl.org/vocommons/voaf#"),
)
"""What a graph is of that has a title and describes no resource: schemes, ontologies, shapes."""
_WIDER: Final = frozenset(
    ("inLanguage", "dateCreated", "datePublished", "dateModified", "educationalLevel", "audience", "license")
)
"""Where DCTERMS say more than schema.org on one node: ours does, since readers of pages take less."""
_ADDRESSES: Final = frozenset(("url", "image", "contentUrl", "embedUrl", "thumbnailUrl", "sameAs"))


class Kinds(NamedTuple):
    """The classes of the terms of a graph, as its library has them."""

    iri: Any
    blank: Any
    text: Any


def resources(graph: Any, kinds_of: Kinds, *, blank: bool = False) -> Iterator[tuple[str, Node]]:
    """(IRI, node in the shape of schema.org) of each learning resource of an rdflib graph, in order of IRI.

    With `blank` also those without an IRI, named by their blank node, that nothing else points at.
    """
    told: dict[Any, set[str]] = {}
    for subject, _, kind in graph.triples((None, kinds_of.iri(RDF + "type"), None)):
        told.setdefault(subject, set()).add(str(kind))
    learning = {one for one, kinds in told.items() if kinds & {f"{space}LearningResource" for space in _SAME}}
    chosen = learning or {one for one, kinds in told.items() if kinds & _kinds() or _is_work(kinds)}
    chosen = chosen or {one for one, kinds in told.items() if kinds & _beside_kinds()}
    about_words = any(kind.startswith(_ONTOLOGY) for kinds in told.values() for kind in kinds)
    if not chosen and blank and not about_words:
        titled = {one for title in _TITLES for one in graph.subjects(kinds_of.iri(title))}
        chosen = {one for one in titled if not any(kind.startswith(_NO_RESOURCE) for kind in told.get(one, ()))}
    for one in sorted(chosen, key=str):
        if isinstance(one, kinds_of.iri) or (blank and next(graph.subjects(None, one), None) is None):
            yield str(one), _Shape(graph, kinds_of).node(one)


@cache
def _kinds() -> frozenset[str]:
    return frozenset(f"{space}{kind}" for kind in types() - _BESIDE for space in _SAME[:2])


@cache
def _beside_kinds() -> frozenset[str]:
    return frozenset(f"{space}{kind}" for kind in types() & _BESIDE for space in _SAME[:2])


def _is_work(kinds: set[str]) -> bool:
    return not kinds.isdisjoint(_WORKS) or any(kind.startswith(_DCMI_TYPE) for kind in kinds)


class _Shape:
    """One resource as a plain node; what its values point at is put inside it, a few levels deep."""

    def __init__(self, graph: Any, kinds_of: Kinds) -> None:
        self.graph = graph
        self.kinds = kinds_of

    def node(self, subject: Any) -> Node:
        found: Node = {"@context": "https://schema.org/", **self._inside(subject, 0)}
        found.setdefault("type", ["LearningResource"])
        encodings = [one for one in _listed(found.get("encoding")) if isinstance(one, dict)]
        for one in encodings:
            _as_medium(one, found)
        if encodings:
            found.pop("contentUrl", None)  # said of the resource and of its file
        return found

    def _inside(self, subject: Any, depth: int) -> Node:
        said: dict[str, list[Any]] = {}
        others: dict[str, list[Any]] = {}
        for predicate, value in sorted(self.graph.predicate_objects(subject)):
            name = str(predicate)
            local = next((name.removeprefix(s) for s in _SAME if name.startswith(s)), None)
            if name == RDF + "type":
                said.setdefault("type", []).extend(_type(str(value), depth))
            elif local is not None and name not in _WORDS:
                said.setdefault(local, []).append(self._value(local, value, depth))
            elif (word := _WORDS.get(name)) is not None:
                others.setdefault(word, []).append(self._value(word, value, depth))
        named = isinstance(subject, self.kinds.iri) and not str(subject).startswith(NO_BASE)
        found: Node = {"id": str(subject)} if named else {}
        told = {**others, **{key: values for key, values in said.items() if not (key in _WIDER and key in others)}}
        for key, values in told.items():
            if key == "prefLabel":
                found["prefLabel"] = _labels(values)
            elif values:
                found[key] = values[0] if len(values) == 1 and key != "type" else values
        return found

    def _value(self, key: str, value: Any, depth: int) -> Any:
        if isinstance(value, self.kinds.text):
            if value.language:
                return {"@value": str(value), "@language": value.language}
            return value.value if isinstance(value.value, bool) else str(value)
        if key == "encodingFormat":
            return _media_type(str(value))
        if key in _ADDRESSES:
            return str(value)
        if depth < MOST_DEEP and any(True for _ in self.graph.predicate_objects(value)):
            return self._inside(value, depth + 1)
        return "" if isinstance(value, self.kinds.blank) else {"id": str(value)}


def _type(kind: str, depth: int) -> list[str]:
    if kind in _PEOPLE:
        return [_PEOPLE[kind]]
    short = next((kind.removeprefix(space) for space in _SAME if kind.startswith(space)), None)
    if short is None and depth == 0 and kind.startswith(_DCMI_TYPE):
        return []
    return [short] if short else []


def _labels(values: list[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in values:
        lang, text = (one["@language"], one["@value"]) if isinstance(one, dict) and "@value" in one else ("und", one)
        if isinstance(text, str):
            found.setdefault(lang, text)
    return found


def _media_type(address: str) -> str:
    return next((address.removeprefix(space) for space in _IANA if address.startswith(space)), address)


def _as_medium(file: Node, resource: Node) -> None:
    """A distribution of DCAT as a medium: its address is the file's, its licence the resource's where that has none."""
    address = file.pop("url", None)
    if isinstance(address, str):
        file.setdefault("contentUrl", address)
    for key in ("license", "useRightsUrl"):
        if key in file and not any(resource.get(one) for one in ("license", "useRightsUrl")):
            resource["license"] = file[key]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
