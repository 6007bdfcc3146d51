"""What there is to follow or to fetch: the DCAT-AP catalogue, the VoID description, the api-catalog linkset.

Pure: the site's addresses, its dumps and its counts go in, triples of schemas.formats.rdf.nodes come out, which are
written as Turtle or JSON-LD (DCAT-AP 3; VoID; RFC 9264 and RFC 9727 with FAIRiCat's relations).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from repository.linked.dumps import MEDIA_TYPES, Dump
from schemas.formats.rdf.nodes import TYPE, Iri, Literal, Node, Object, node, typed

_IANA: Final = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES: Final = {"nq": "RDF_N_QUADS", "jsonl": "JSON_LD", "lom": "XML"}
_EU_FILE_TYPE: Final = "http://publications.europa.eu/resource/authority/file-type/"


class Facts(NamedTuple):
    """What the catalogue says of a site. `rights` is the address of the metadata's licence, "" for none."""

    base_url: str
    name: str
    admin_email: str
    rights: str
    languages: tuple[str, ...]
    records: int
    modified: str
    dumps: tuple[Dump, ...]


def catalogue(facts: Facts) -> tuple[Node, ...]:
    """DCAT-AP: a catalogue of one dataset, its services and its dumps."""
    base = facts.base_url
    dataset = f"{base}/catalog#records"
    publisher = f"{base}/catalog#publisher"
    services = _services(facts, dataset)
    distributions = _distributions(facts)
    described = (
        ("dct:publisher", Iri(publisher)),
        ("dct:license", Iri(facts.rights) if facts.rights else None),
        ("dct:modified", typed(facts.modified, "xsd:dateTime")),
        *(("dct:language", Literal(tag)) for tag in facts.languages),
    )
    return (
        node(
            f"{base}/catalog",
            (
                (TYPE, Iri("http://www.w3.org/ns/dcat#Catalog")),
                ("dct:title", Literal(facts.name)),
                ("dct:description", Literal(f"The open educational resources described at {facts.name}.", "en")),
                *described,
                ("dcat:dataset", Iri(dataset)),
                *(("dcat:service", Iri(service.iri)) for service in services),
            ),
        ),
        node(
            dataset,
            (
                (TYPE, Iri("http://www.w3.org/ns/dcat#Dataset")),
                (TYPE, Iri("http://rdfs.org/ns/void#Dataset")),
                ("dct:title", Literal(f"{facts.name}: metadata of open educational resources", "en")),
                ("dct:description", Literal(f"{facts.records} records of learning resources.", "en")),
                ("dct:identifier", Literal(dataset)),
                *described,
                *(("dcat:distribution", Iri(one.iri)) for one in distributions),
            ),
        ),
        node(
            publisher,
            ((TYPE, Iri("http://xmlns.com/foaf/0.1/Agent")), ("schema:name", Literal(facts.name))),
        ),
        *services,
        *distributions,
    )


def _services(facts: Facts, dataset: str) -> list[Node]:
    base = facts.base_url
    found: list[tuple[str, str, str | None]] = [
        ("/oai", "OAI-PMH 2.0", "http://www.openarchives.org/OAI/openarchivesprotocol.html"),
        ("/ldes", "Linked Data Event Stream", "https://w3id.org/ldes/specification"),
        ("/.well-known/resourcesync", "ResourceSync", "http://www.openarchives.org/rs/1.1/resourcesync"),
        ("/api/v1", "JSON API", None),
    ]
    return [
        node(
            f"{base}/catalog#service{path.replace('/', '-').replace('.', '')}",
            (
                (TYPE, Iri("http://www.w3.org/ns/dcat#DataService")),
                ("dct:title", Literal(title, "en")),
                ("dcat:endpointURL", Iri(base + path)),
                ("dcat:endpointDescription", Iri(f"{base}/api/openapi.json") if path == "/api/v1" else None),
                ("dct:conformsTo", Iri(standard) if standard else None),
                ("dcat:servesDataset", Iri(dataset)),
            ),
        )
        for path, title, standard in found
    ]


def _distributions(facts: Facts) -> list[Node]:
    base = facts.base_url
    stream = node(
        f"{base}/ldes",
        (
            (TYPE, Iri("http://www.w3.org/ns/dcat#Distribution")),
            ("dct:title", Literal("Linked Data Event Stream", "en")),
            ("dcat:accessURL", Iri(f"{base}/ldes")),
            ("dct:license", Iri(facts.rights) if facts.rights else None),
        ),
    )
    return [stream, *(_distribution(facts, dump) for dump in facts.dumps)]


def _distribution(facts: Facts, dump: Dump) -> Node:
    address = f"{facts.base_url}/dumps/{dump.name}"
    properties: list[tuple[str, Object | None]] = [
        (TYPE, Iri("http://www.w3.org/ns/dcat#Distribution")),
        ("dct:title", Literal(f"All records as {MEDIA_TYPES[dump.format]}, {dump.datestamp}", "en")),
        ("dcat:accessURL", Iri(f"{facts.base_url}/dumps/")),
        ("dcat:downloadURL", Iri(address)),
        ("dcat:mediaType", Iri(_IANA + MEDIA_TYPES[dump.format])),
        ("dcat:compressFormat", Iri(f"{_IANA}application/gzip")),
        ("dct:format", Iri(_EU_FILE_TYPE + _FILE_TYPES[dump.format])),
        ("dcat:byteSize", typed(str(dump.bytes), "xsd:nonNegativeInteger")),
        ("dct:license", Iri(facts.rights) if facts.rights else None),
        ("dct:modified", typed(dump.datestamp, "xsd:dateTime")),
        ("schema:sha256", Literal(dump.sha256)),
    ]
    return node(address, properties)


def void(facts: Facts, vocabularies: Sequence[str]) -> tuple[Node, ...]:
    """VoID: the dataset, its size, its N-Quads dumps and its vocabularies."""
    base = facts.base_url
    example: list[tuple[str, Object | None]] = [
        ("void:dataDump", Iri(f"{base}/dumps/{dump.name}")) for dump in facts.dumps if dump.format == "nq"
    ]
    return (
        node(
            f"{base}/.well-known/void",
            (
                (TYPE, Iri("http://rdfs.org/ns/void#DatasetDescription")),
                ("dct:title", Literal(f"What {facts.name} publishes", "en")),
                ("foaf:primaryTopic", Iri(f"{base}/catalog#records")),
            ),
        ),
        node(
            f"{base}/catalog#records",
            (
                (TYPE, Iri("http://rdfs.org/ns/void#Dataset")),
                ("dct:title", Literal(f"{facts.name}: metadata of open educational resources", "en")),
                ("dct:license", Iri(facts.rights) if facts.rights else None),
                ("dct:modified", typed(facts.modified, "xsd:dateTime")),
                ("void:uriSpace", Literal(f"{base}/id/resource/")),
                ("void:entities", typed(str(facts.records), "xsd:integer")),
                ("void:rootResource", Iri(f"{base}/ldes")),
                *example,
                *(("void:vocabulary", Iri(one)) for one in vocabularies),
            ),
        ),
    )


def api_catalog(base_url: str) -> dict[str, Any]:
    """The linkset of RFC 9727: each service with its description or its documentation."""

    def entry(path: str, **links: str) -> dict[str, Any]:
        return {
            "anchor": base_url + path,
            **{name.replace("_", "-"): [{"href": base_url + href}] for name, href in links.items()},
        }

    return {
        "linkset": [
            {
                "anchor": f"{base_url}/.well-known/api-catalog",
                "item": [{"href": base_url + path} for path in ("/oai", "/ldes", "/sru", "/api/v1")],
            },
            entry("/oai", service_desc="/oai?verb=Identify", service_doc="/oai"),
            entry("/ldes", service_desc="/catalog"),
            entry("/sru", service_desc="/sru?operation=explain&version=1.2"),
            entry("/api/v1", service_desc="/api/openapi.json"),
        ]
    }
