"""IMS Learning Resource Meta-Data 1.2 (also as NL-LOM and HS-OER-LOM): read into LOM.

The binding before IEEE 1484.12.3: lower-case names, `langstring xml:lang`, `catalogentry`, `centity/vcard`, dates and
durations in `datetime`, requirements without orComposite, taxa in taxa. What belongs to the binding is no repair; the
rest is mended as in LOM. This module must not write: IMS-MD goes out as LOM.
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from schemas.errors import Repair, Unreadable
from schemas.formats.absence import without_placeholders
from schemas.formats.format import Reading
from schemas.formats.lom.foreign import split
from schemas.formats.lom.grammar import OR_COMPOSITE, Part
from schemas.formats.lom.mend import Mender
from schemas.formats.lom.mend_values import Dialect
from schemas.formats.lom.values import Concepts
from schemas.namespaces import HSOERLOM, IMSMD, IMSMD_ROOT
from schemas.record import Requirement
from schemas.xml import reader as xml

__all__ = ["read", "recognises"]

_FAMILY: Final = "http://www.imsglobal.org/xsd/imsmd"
_IMS: Final = Dialect(
    namespaces=frozenset((IMSMD, IMSMD_ROOT, HSOERLOM, f"{_FAMILY}_v1p2p1", f"{_FAMILY}_v1p2p4")),
    names={
        "catalogentry": "identifier",
        "centity": "entity",
        "person": "entity",
        "metadatascheme": "metadataSchema",
    },
    folded=True,
    wrapped=True,
)


def recognises(element: etree._Element) -> bool:
    """Whether an element is the root of an IMS-MD record."""
    namespace, local = split(str(element.tag))
    folded = namespace.strip().lower()
    return local.lower() in ("lom", "record") and folded.startswith((_FAMILY, HSOERLOM))


def read(source: bytes | etree._Element, vocabularies: Concepts) -> Reading:
    """The record of an IMS-MD `lom` element; raises Unreadable when there is no such element."""
    told: tuple[Repair, ...] = ()
    if isinstance(source, bytes):
        parsed = xml.parse(source)
        root, told = parsed.root, parsed.repairs
    else:
        root = source
    while not recognises(root):
        if len(root) != 1 or split(str(root.tag))[1] not in ("metadata", "records", "record"):
            raise Unreadable("not_imsmd", f"The element {split(str(root.tag))[1]} is not an IMS-MD record.")
        root = root[0]
    mender = ImsMender(vocabularies)
    record, absent = without_placeholders(mender.record(root))
    return Reading(record, told + tuple(mender.repairs) + absent)


class ImsMender(Mender):
    """The tolerant reader in the words of IMS-MD."""

    def __init__(self, concepts: Concepts) -> None:
        super().__init__(concepts, _IMS)

    def of_lom(self, namespace: str) -> bool:
        return namespace.strip().lower().startswith(_FAMILY) or super().of_lom(namespace)

    def value(self, part: Part, elements: list[etree._Element], path: str) -> Any:
        if part.name == "requirement" and not any(_is(child, "orcomposite") for child in elements[0]):
            return Requirement(or_composite=(self.node(elements, OR_COMPOSITE, f"{path}.orComposite[0]"),))
        return super().value(part, elements, path)

    def values(
        self,
        part: Part,
        children: list[tuple[etree._Element, int]],
        path: str,
        foreign: list[tuple[etree._Element, int]],
    ) -> Any:
        """A taxon within a taxon is the next step of the path (IMS-MD 1.2, 9.2.2)."""
        if part.name == "taxon":
            children = [(taxon, place) for child, place in children for taxon in child.iter() if _is(taxon, "taxon")]
        return super().values(part, children, path, foreign)

    def takes(self, child: etree._Element, path: str) -> bool:
        parent = child.getparent()
        if _is(child, "taxon") and parent is not None and _is(parent, "taxon"):
            return True  # read by `values`
        return super().takes(child, path)


def _is(element: etree._Element, local: str) -> bool:
    return split(str(element.tag))[1].lower() == local
