"""Faces: what is given out of a record, rendered once, before it is published.

Pure: an accepted revision and what was published before go in, the bytes of every view, the header, the facts and
the lists the record stands in come out. The datestamp is not known yet, so the header is kept in two halves. A record
that a writer cannot write raises Unrenderable, and goes to quarantine.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import msgspec

from repository.contexts import sets
from repository.contexts.contexts import DENSE, Context, matches
from repository.published import Facts
from repository.publishing import about_container as about
from repository.site import Site
from repository.storage.compression import pack
from schemas import crosswalk
from schemas.agent import vcard
from schemas.formats import registry
from schemas.formats.absence import without_placeholders
from schemas.formats.format import Writing
from schemas.record import Contribute, Entity, Foreign, Record, from_json, to_json
from schemas.summary.sets import sets_of
from schemas.summary.summary import Summary, summarise
from schemas.xml.reader import escape

_encode: Final = msgspec.json.Encoder().encode
_CARD: Final = "BEGIN:VCARD"
TREE: Final = "json"  # the view that keeps the public tree
GRAPH: Final = "rdf"  # the view that keeps the graph as N-Triples, packed
BASE: Final = "urn:oerbron:base"  # stands for the site's address in stored graphs, so that they survive a move


class Unrenderable(Exception):
    """A writer could not write this record; the message says which and why."""


class Accepted(NamedTuple):
    """What stands behind the line for one record."""

    record: int
    uuid: str
    stamp: int
    public: str
    revision: int
    tree: bytes | None
    reviewed: bool
    warnings: int
    completeness: float
    organisation: str | None
    collections: tuple[str, ...]
    reason: str | None
    successor: str | None
    source: str | None
    key: str | None
    identifier: str | None
    datestamp: str | None
    base_url: str | None
    namespace: str | None
    provenance: bytes | None
    received: int


class Face(NamedTuple):
    """One record rendered: ready to be written at whatever position it gets."""

    record: int
    uuid: str
    stamp: int
    revision: int
    deleted: bool
    header: tuple[bytes, bytes]  # before and after the datestamp
    about: bytes
    facts: bytes
    lists: tuple[tuple[str, str, str, bool], ...]  # context, spec, prefix, deleted
    views: tuple[tuple[str, bytes], ...]
    digest: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.about) + len(self.facts) + sum(len(bytes_) for _, bytes_ in self.views)


def render(site: Site, accepted: Accepted, before: Facts | None) -> Face | None:
    """Everything public about a record; None when it is not public and never was."""
    if accepted.public == "published" and accepted.tree is not None:
        return _live(site, accepted, before or Facts())
    return None if before is None else _tombstone(site, accepted, before)


def _live(site: Site, accepted: Accepted, before: Facts) -> Face:
    # LOM is kept as it came, the operator's copy of it too; nobody is given a "N/A" as if it were a value.
    record, _ = without_placeholders(from_json(accepted.tree or b"{}"))
    summary = summarise(record, site.vocabularies)
    written = _write(site, accepted, record, summary)
    own = sets.own_sets(
        accepted.source, accepted.organisation, accepted.collections,
        validated=accepted.reviewed or accepted.warnings == 0,
    )  # fmt: skip
    specs = sets.with_ancestors((*sets_of(summary, site.vocabularies), *own))
    facts = Facts(
        sets=sets.offered(specs, site.families),
        source=accepted.source,
        key=accepted.key,
        base_url=accepted.base_url,
        identifier=accepted.identifier,
        datestamp=accepted.datestamp,
        completeness=accepted.completeness,
        warnings=accepted.warnings,
        organisation=accepted.organisation,
        collections=accepted.collections,
    )
    inside = tuple(
        name for name, context in site.contexts.items() if name and matches(context, summary, facts, site.vocabularies)
    )
    formats = tuple(sorted({site.views[view][0] for view in written} - {TREE, GRAPH}))
    facts = msgspec.structs.replace(
        facts,
        contexts=inside,
        left=tuple(sorted({*before.contexts, *before.left} - set(inside))),
        formats=formats,
        had=tuple(sorted(({*before.formats, *before.had} - DENSE) - set(formats))),
    )
    licence = summary.license.uri if summary.license else None
    return _face(site, accepted, facts, written, _about(accepted, licence), specs)


def _tombstone(site: Site, accepted: Accepted, before: Facts) -> Face:
    facts = msgspec.structs.replace(
        before,
        contexts=(),
        left=tuple(sorted({*before.contexts, *before.left})),
        public=accepted.public if accepted.public != "published" else "deleted",
        reason=accepted.reason,
        successor=accepted.successor,
    )
    return _face(site, accepted, facts, {}, b"", before.sets)


def _face(
    site: Site, accepted: Accepted, facts: Facts, written: dict[str, bytes], about_: bytes, specs: tuple[str, ...]
) -> Face:
    deleted = not written
    header = _header(site.oai_identifier(accepted.uuid), facts.sets, deleted=deleted)
    stored = _encode(facts)
    lists = tuple(_lists(site, facts, specs, deleted=deleted))
    views = sorted(written.items())
    digest = hashlib.blake2b(_encode((deleted, header, about_, stored, lists)), digest_size=16)
    for name, bytes_ in views:
        digest.update(name.encode())
        digest.update(bytes_)
    return Face(
        accepted.record, accepted.uuid, accepted.stamp, accepted.revision, deleted, header, about_, stored, lists,
        tuple((name, pack(bytes_) if name == GRAPH else bytes_) for name, bytes_ in views), digest.digest(),
    )  # fmt: skip


def _write(site: Site, accepted: Accepted, record: Record, summary: Summary) -> dict[str, bytes]:
    """The bytes of every view that this record has."""
    url = site.url(f"/id/resource/{accepted.uuid}")
    contact = site.config.privacy.publish_contact
    written: dict[str, bytes] = {}
    mapped: dict[str, tuple[Record, Writing]] = {}
    for view, (prefix, name) in site.views.items():
        if prefix == TREE:
            written[view] = to_json(record if contact else without_contact(record))
            continue
        if name not in mapped:
            crossed = crosswalk.apply(record, name, site.vocabularies) if name else record
            seen = summarise(crossed, site.vocabularies) if name else summary
            writing = Writing(
                site.vocabularies, seen, publish_contact=contact, uuid=accepted.uuid, url=url, base_url=site.base_url
            )
            mapped[name] = crossed, writing
        write = registry.get(prefix).write
        crossed, writing = mapped[name]
        if prefix == GRAPH:
            writing = Writing(
                site.vocabularies, writing.summary, uuid=accepted.uuid, url=f"{BASE}/id/resource/{accepted.uuid}"
            )
        bytes_ = write(crossed, writing) if write else None
        if bytes_ is not None:
            written[view] = bytes_
        elif prefix in DENSE:
            raise Unrenderable(f"The writer of {prefix} gave nothing for this record.")
    return written


def _lists(site: Site, facts: Facts, specs: tuple[str, ...], *, deleted: bool) -> list[tuple[str, str, str, bool]]:
    """Where the record stands: per context and set, and once more per sparse format that it has or had."""
    found: list[tuple[str, str, str, bool]] = []
    for name, context in site.contexts.items():
        if name and name not in facts.contexts and name not in facts.left:
            continue
        gone = deleted or (bool(name) and name not in facts.contexts)
        keys = ("", *(spec for spec in specs if context.offers(spec)))
        found += [(name, spec, "", gone) for spec in keys]
        for prefix in _sparse(context):
            if prefix in facts.formats or prefix in facts.had:
                missing = gone or prefix not in facts.formats
                found += [(name, spec, prefix, missing) for spec in keys]
    return found


def _sparse(context: Context) -> list[str]:
    return [prefix for prefix in context.formats if prefix not in DENSE]


def _header(identifier: str, specs: tuple[str, ...], *, deleted: bool) -> tuple[bytes, bytes]:
    status = ' status="deleted"' if deleted else ""
    tail = "".join([f"<setSpec>{spec}</setSpec>" for spec in specs])
    return (
        f"<header{status}><identifier>{escape(identifier)}</identifier><datestamp>".encode(),
        f"</datestamp>{tail}</header>".encode(),
    )


def _about(accepted: Accepted, licence_uri: str | None) -> bytes:
    parts = about.rights(licence_uri)
    if accepted.identifier and accepted.base_url:
        parts += about.provenance(
            base_url=accepted.base_url,
            identifier=accepted.identifier,
            datestamp=accepted.datestamp or "",
            namespace=accepted.namespace or "",
            harvested=accepted.received,
            nested=accepted.provenance,
        )
    return parts.encode()


def without_contact(record: Record) -> Record:
    """The public tree: contributors without e-mail, phone and address (design.md, settled questions)."""
    changes: dict[str, object] = {}
    if record.life_cycle is not None and record.life_cycle.contribute:
        kept = tuple(map(_contribute, record.life_cycle.contribute))
        changes["life_cycle"] = msgspec.structs.replace(record.life_cycle, contribute=kept)
    if record.meta_metadata is not None and record.meta_metadata.contribute:
        kept = tuple(map(_contribute, record.meta_metadata.contribute))
        changes["meta_metadata"] = msgspec.structs.replace(record.meta_metadata, contribute=kept)
    if record.annotation:
        changes["annotation"] = tuple(
            msgspec.structs.replace(each, entity=_entity(each.entity)) if each.entity else each
            for each in record.annotation
        )
    if any(map(_has_contact, record.ext)):
        changes["ext"] = tuple(foreign for foreign in record.ext if not _has_contact(foreign))
    return msgspec.structs.replace(record, **changes) if changes else record


def _contribute(contribute: Contribute) -> Contribute:
    return msgspec.structs.replace(contribute, entity=tuple(map(_entity, contribute.entity)))


def _entity(entity: Entity) -> Entity:
    if "@" not in entity.raw and _CARD not in entity.raw.upper():
        return entity  # A bare name stands as it was received.
    return Entity(vcard(entity, False), entity.fn, entity.n, entity.org, None, entity.orcid, entity.ror, entity.kind)


def _has_contact(foreign: Foreign) -> bool:
    return "@" in foreign.xml or _CARD in foreign.xml.upper()
