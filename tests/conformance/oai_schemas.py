"""The official schemas as judge of whole answers: the envelope, and every part cut out as a harvester would.

With the shared folder beside the checkout the XSDs judge; without it the minimal checks of `envelope_faults` stand in,
which hold what clients break over.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from lxml import etree

from schemas.namespaces import LOM, OAI, OAI_DC, OAI_XSD, XSI
from tests.support.shared import SHARED

XSD: Final = SHARED / "xsd"
_LOCAL: Final = {"xml.xsd": "oai/xml.xsd", "simpledc20021212.xsd": "oai/simpledc20021212.xsd"}
_PARTS: Final = {
    f"{{{OAI_DC}}}dc": "oai/oai_dc.xsd",
    f"{{{LOM}}}lom": "lom-local/lomLoose.xsd",
    f"{{{OAI}oai-identifier}}oai-identifier": "oai/oai-identifier.xsd",
    f"{{{OAI}branding/}}branding": "oai/branding.xsd",
}
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class _Catalogue(etree.Resolver):
    def resolve(self, url: Any, public_id: Any, context: Any) -> Any:  # type: ignore[override]
        if url.startswith("http"):
            return self.resolve_filename(str(XSD / _LOCAL[url.rsplit("/", 1)[-1]]), context)  # type: ignore[attr-defined]
        return None


@cache
def _schema(path: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Catalogue())
    return etree.XMLSchema(etree.parse(str(XSD / path), parser))


def faults(body: bytes) -> list[str]:
    """What is wrong with an answer; nothing, for a good one."""
    root = etree.fromstring(body)
    found = envelope_faults(root)
    if b"\0" in body or not body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>'):
        found.append("the XML declaration")
    if not XSD.is_dir():
        return found
    for element in root.iter(*_PARTS):
        alone = etree.fromstring(etree.tostring(element, with_tail=False))
        schema = _schema(_PARTS[str(element.tag)])
        if not schema.validate(alone):
            found += [f"{element.tag}: {error.message}" for error in schema.error_log]  # type: ignore[attr-defined]
    for holder in root.iter(f"{{{OAI}}}metadata", f"{{{OAI}}}about", f"{{{OAI}}}description"):
        for child in list(holder):
            holder.replace(child, etree.Element("{urn:cut}part"))
    schema = _schema("oai/OAI-PMH.xsd")
    if not schema.validate(root):
        found += [str(error.message) for error in schema.error_log if "urn:cut" not in error.message]  # type: ignore[attr-defined]
    return found


def envelope_faults(root: etree._Element) -> list[str]:
    """What can be judged without a schema."""
    found = []
    if root.get(f"{{{XSI}}}schemaLocation") != f"{OAI} {OAI_XSD}":
        found.append("schemaLocation of the root")
    names = [etree.QName(child).localname for child in root]
    if names[:2] != ["responseDate", "request"] or len(names) < 3:
        found.append(f"children of the root: {names}")
    stamps = [root.findtext(f"{{{OAI}}}responseDate"), *(e.text for e in root.iter(f"{{{OAI}}}datestamp"))]
    found += [f"no datestamp: {stamp}" for stamp in stamps if not _STAMP.fullmatch(stamp or "")]
    for metadata in root.iter(f"{{{OAI}}}metadata"):
        if len(metadata) != 1 or (metadata[0].tag or "").startswith(f"{{{OAI}}}"):
            found.append("a metadata part that is not one element of another namespace")
    return found
