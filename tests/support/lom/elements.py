"""Small LOM documents for tests: wrap a fragment, read it, write it."""

from __future__ import annotations

from schemas.formats.format import Reading, Writing
from schemas.formats.lom import lom
from schemas.record import Record
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped

NAMESPACE = "http://ltsc.ieee.org/xsd/LOM"


def a_lom(inner: str, *, attributes: str = "") -> bytes:
    """A `lom` document around a fragment in the LOM namespace."""
    return f'<lom xmlns="{NAMESPACE}"{attributes}>{inner}</lom>'.encode()


def read(document: bytes) -> Reading:
    return lom.read(document, shipped())


def read_inner(inner: str) -> Reading:
    return read(a_lom(inner))


def face(record: Record, *, publish_contact: bool = False) -> str:
    """The published face as text."""
    writing = Writing(shipped(), summarise(record, shipped()), publish_contact=publish_contact)
    return lom.write(record, writing).decode()


def face_of(inner: str, *, publish_contact: bool = False) -> str:
    """The published face of a fragment; read and written again it is the same."""
    once = face(read_inner(inner).record, publish_contact=publish_contact)
    again = read(once.encode())
    assert again.repairs == ()
    assert face(again.record, publish_contact=publish_contact) == once
    return once


def told(reading: Reading) -> list[tuple[str, str]]:
    """The repairs as path and rule."""
    return [(repair.path, repair.rule) for repair in reading.repairs]
