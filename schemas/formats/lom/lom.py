"""IEEE LOM (1484.12.3): the face of its readers and writers.

`read` takes clean LOM in one fast pass and everything else tolerantly, with every mend told; `write` gives the
published face (record.md 9); `write_verbatim` the lossless copy. OBAA and ESTCORE are LOM with other roots and names.
This module must not know containers: schemas.formats.incoming.incoming finds the records in them.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from schemas.errors import Problem, Repair, Unreadable
from schemas.formats.absence import without_placeholders
from schemas.formats.format import Reading
from schemas.formats.lom.face import write
from schemas.formats.lom.foreign import split
from schemas.formats.lom.obaa import ObaaMender
from schemas.formats.lom.read import Irregular, read_clean
from schemas.formats.lom.values import Concepts
from schemas.formats.lom.verbatim import write_verbatim
from schemas.namespaces import ESTCORE, LOM, OAI
from schemas.xml import reader as xml

__all__ = ["VERSION", "read", "recognises", "write", "write_verbatim"]

VERSION: Final = 2
"""Of the writer of the published face: part of the fingerprint."""

_ROOTS: Final = frozenset(("lom", "obaa", "estcore"))


def recognises(element: etree._Element) -> bool:
    """Whether an element is the root of a LOM record, in any of the forms this module reads."""
    namespace, local = split(str(element.tag))
    if local.lower() not in _ROOTS:
        return False
    folded = namespace.strip().lower()
    return namespace in ("", OAI, ESTCORE) or folded.startswith((LOM.lower(), "https://ltsc.ieee.org/xsd/lom"))


def read(source: bytes | etree._Element, vocabularies: Concepts) -> Reading:
    """The record of a `lom` (or `obaa`, `estcore`) element; raises Unreadable when there is no such element."""
    told: tuple[Repair, ...] = ()
    if isinstance(source, bytes):
        parsed = xml.parse(source)
        root, told = parsed.root, parsed.repairs
    else:
        root = source
    root = _record_in(root)
    try:
        return Reading(read_clean(root, vocabularies), told)
    except Irregular:
        pass  # not clean: the tolerant reader says why
    mender = ObaaMender(vocabularies)
    record, absent = without_placeholders(mender.record(root))
    return Reading(record, told + tuple(mender.repairs) + absent, tuple(_empty(root)))


def _record_in(root: etree._Element) -> etree._Element:
    """The record itself, where it came in its wrapper (`metadata`, or our `records` with one record)."""
    while not recognises(root):
        if len(root) != 1 or split(str(root.tag))[1] not in ("metadata", "records", "record"):
            raise Unreadable("not_lom", f"The element {split(str(root.tag))[1]} is not a LOM record.")
        root = root[0]
    return root


def _empty(root: etree._Element) -> list[Problem]:
    if len(root):
        return []
    return [Problem("", "empty_record", "The record has no elements.", "warning")]
