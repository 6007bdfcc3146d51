"""The official schemas as referees, from the shared folder; a test that uses them carries `needs_shared`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft7Validator
from lxml import etree
from referencing import Registry, Resource

from schemas.formats.format import Delivery
from schemas.formats.incoming.incoming import Incoming, deliveries
from tests.support.shared import SHARED

_LEFT_OUT = ("uniqueElementName", "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
_PARSER = etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False)


@cache
def lom_schema(name: str = "loose") -> etree.XMLSchema:
    """`loose` or `strict` of IEEE 1484.12.3."""
    file = {"loose": "lomLoose.xsd", "strict": "lomStrict.xsd"}[name]
    return etree.XMLSchema(etree.parse(str(SHARED / "xsd" / "lom-local" / file)))


def violations(document: bytes, name: str = "loose") -> list[str]:
    schema = lom_schema(name)
    return [] if schema.validate(etree.fromstring(document)) else [str(e.message) for e in schema.error_log]


class _Neighbour(etree.Resolver):
    """Answers a remote import with the file of that name in the shared folder."""

    def resolve(self, system_url: str, public_id: str | None, context: Any) -> Any:
        if not system_url.startswith("http"):
            return None
        return self.resolve_filename(str(SHARED / "xsd" / "oai" / system_url.rpartition("/")[2]), context)


@cache
def oai_dc_schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Neighbour())
    return etree.XMLSchema(etree.parse(str(SHARED / "xsd" / "oai" / "oai_dc.xsd"), parser))


def oai_dc_violations(document: bytes) -> list[str]:
    schema = oai_dc_schema()
    return [] if schema.validate(etree.fromstring(document)) else [str(e.message) for e in schema.error_log]


@cache
def amb_validator() -> Draft7Validator:
    """AMB 20231019, with the format checker that its dates need."""
    folder = SHARED / "data" / "amb_de" / "20231019" / "schemas"
    schemas = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    registry: Registry[Any] = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in schemas)
    whole = next(one for one in schemas if one["$id"].endswith("/schema.json"))
    return Draft7Validator(whole, registry=registry, format_checker=Draft7Validator.FORMAT_CHECKER)


def amb_violations(document: bytes) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in amb_validator().iter_errors(json.loads(document))]


def canonical(element: etree._Element) -> str:
    """The C14N of an element for comparison: without white space between elements, comments, default attributes and
    schemaLocation, and with siblings of different names in one order; those of one name keep theirs.
    """
    copy = etree.fromstring(etree.tostring(element, with_tail=False), _PARSER)
    for one in list(copy.iter()):
        one.text, one.tail = _meant(one.text), _meant(one.tail)
        for name in _LEFT_OUT:
            if name in one.attrib:
                del one.attrib[name]
        one[:] = sorted(one, key=lambda child: str(child.tag))
    return str(etree.canonicalize(copy, rewrite_prefixes=True))


def _meant(text: str | None) -> str | None:
    return text if text and text.strip() else None


def real_records() -> Iterator[tuple[str, Delivery]]:
    """Every LOM and IMS-MD record of the shared data as the importer delivers it, with the folder it stands in."""
    for path in sorted((SHARED / "data").rglob("*")):
        if path.is_file() and path.suffix != ".csv":
            for delivery in deliveries(path.read_bytes(), Incoming(path.name)):
                if delivery.reading is not None and delivery.format in ("lom", "imsmd"):
                    yield path.relative_to(SHARED / "data").parts[0], delivery
