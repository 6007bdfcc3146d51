"""Realistic records out of nothing but a seed: for demo, benchmarks and whoever wants to see what a record can hold.

Four languages, real words and sentences by templates, all nine categories of LOM. One record in ten is poor, as in
every catalogue; the others lack a field here and there. The same seed gives the same bytes, in every process and on
every machine, and a longer run begins with the records of a shorter one. Derived parts are left to the reader. It must
not use the network, the clock, or Python's hash.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from schemas.formats import jsonl
from schemas.generate import parts, teaching
from schemas.generate.material import Chance, material
from schemas.generate.sheet import Sheet
from schemas.record import Record, Technical

__all__ = ["lines", "organisations", "records"]

_SECOND_COLLECTION = 0.2


class _Head(NamedTuple):
    """What a line says beside its record."""

    source: tuple[str, str] | None
    organisation: str | None
    collections: tuple[str, ...] | None


def lines(count: int, seed: int) -> Iterator[bytes]:
    """`count` lines of canonical JSON Lines without line breaks, as schemas.formats.jsonl reads them."""
    for head, record in _drawn(count, seed):
        yield jsonl.line(record, source=head.source, organisation=head.organisation, collections=head.collections)


def records(count: int, seed: int) -> Iterator[Record]:
    """The records of `lines` alone."""
    return (record for _, record in _drawn(count, seed))


def organisations() -> dict[str, str]:
    """The organisations that lines may name: slug and name."""
    return dict(material().values.organisation_names)


def _drawn(count: int, seed: int) -> Iterator[tuple[_Head, Record]]:
    """What each line says; chance is drawn in the same order for `lines` and for `records`."""
    chance, known = Chance(seed), material()
    for number in range(1, count + 1):
        sheet = Sheet(known, chance, f"{seed}-{number}")
        yield _head(sheet), _record(sheet)


def _record(sheet: Sheet) -> Record:
    has = sheet.has
    return _identified(
        sheet,
        Record(
            general=parts.general(sheet),
            life_cycle=parts.life_cycle(sheet) if has("lifeCycle") else None,
            meta_metadata=parts.meta_metadata(sheet) if has("metaMetadata") else None,
            technical=parts.technical(sheet) if has("technical") else None,
            educational=(teaching.educational(sheet),) if has("educational") else (),
            rights=teaching.rights(sheet) if has("rights") else None,
            relation=teaching.relations(sheet) if has("relation") else (),
            annotation=teaching.remarks(sheet) if has("annotation") else (),
            classification=teaching.classifications(sheet) if has("classification") else (),
            files=parts.files(sheet) if has("files") else (),
        ),
    )


def _identified(sheet: Sheet, record: Record) -> Record:
    """The record, with a location added where nothing else identifies it: else nobody would take it in."""
    identifiers = record.general.identifier if record.general else ()
    found = record.technical
    if identifiers or record.files or (found and found.location):
        return record
    place = (parts.page_address(sheet),)
    technical = msgspec.structs.replace(found, location=place) if found else Technical(location=place)
    return msgspec.structs.replace(record, technical=technical)


def _head(sheet: Sheet) -> _Head:
    draw, tables = sheet.chance.draw, sheet.material.tables
    collections: tuple[str, ...] | None = None
    if sheet.has("collections"):
        count = 2 if draw() < _SECOND_COLLECTION else 1
        collections = tuple(dict.fromkeys(tables["collections"].pick(draw()) for _ in range(count)))
    return _Head(
        (sheet.source, sheet.name) if sheet.has("source") else None,
        tables["organisations"].pick(draw()) if sheet.has("organisation") else None,
        collections,
    )
