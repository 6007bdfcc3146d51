"""Formats: what every reader and writer of this room looks like, and the registry of those there are.

A reader takes bytes (or one already parsed element) and gives a Reading; a writer takes a record and gives bytes.
Neither raises for bad data: a reader gives problems, and raises Unreadable only when there is no record at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from schemas.errors import Problem, Repair
from schemas.record import Record

if TYPE_CHECKING:
    from schemas.summary.summary import Summary
    from schemas.vocabularies.vocabularies import Vocabularies


class Reading(msgspec.Struct, frozen=True):
    """What a reader made of one record: the tree, every repair it made, and what it could not mend."""

    record: Record
    repairs: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = ()


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One record found in a file, a page or a body, on its way in.

    `place` is never empty: "line 12", "record 3" or "file". `reading` is None for a tombstone (`deleted`) and for a
    reject (`problems` holds the reason, the first one with its code). `identifier` is the name the container gives
    (OAI header identifier, SRU recordIdentifier, IMS manifest identifier); None where it gives none.
    """

    place: str
    format: str
    reading: Reading | None = None
    problems: tuple[Problem, ...] = ()
    identifier: str | None = None
    datestamp: str | None = None
    sets: tuple[str, ...] = ()
    deleted: bool = False
    source_bytes: bytes = b""
    id: str | None = None  # uuid or oai identifier of a record here (canonical JSON lines, tables)
    source: tuple[str, str] | None = None  # (name, key), where the line itself names its origin
    organisation: str | None = None
    collections: tuple[str, ...] | None = None
    cells: dict[str, Any] | None = None  # a table row: only the fields whose cells are given
    base_url: str | None = None  # of the provider, from an OAI-PMH response's <request>
    provenance: bytes | None = None  # the `about` provenance that came with the record, verbatim
    file: str = ""  # the file it was found in, for reports and rejects; set by whoever walks files


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A metadata format by its prefix. `read` takes one record's bytes; `write` gives the published face."""

    prefix: str
    title: str
    media_type: str
    namespace: str | None = None
    schema: str | None = None
    read: Callable[..., Reading] | None = None
    write: Callable[..., bytes | None] | None = None
    version: int = 1  # of the writer; part of the fingerprint


class Writing:
    """What a writer needs beside the record: made once per record and handed to every writer of it.

    `summary` is schemas.summary.summary.summarise(record, vocabularies); `publish_contact` lets e-mail addresses and
    phones of contributors out; `uuid`, `url` and `base_url` name the record here (only AMB and RDF use them).
    """

    __slots__ = ("base_url", "publish_contact", "summary", "url", "uuid", "vocabularies")

    def __init__(
        self,
        vocabularies: Vocabularies,
        summary: Summary,
        *,
        publish_contact: bool = False,
        uuid: str = "",
        url: str = "",
        base_url: str = "",
    ) -> None:
        self.vocabularies = vocabularies
        self.summary = summary
        self.publish_contact = publish_contact
        self.uuid = uuid
        self.url = url
        self.base_url = base_url
