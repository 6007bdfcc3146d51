"""Identify, ListMetadataFormats, ListSets and GetRecord (OAI-PMH 2.0, 4.2, 4.4, 4.6 and 4.1).

A verb takes what was asked and gives the parts of the answer, to be joined; what it cannot give is raised as Refused.
The two lists of records are in `lists`. Nothing here knows HTTP.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from provider import containers, response, tokens
from provider.errors import (
    CannotDisseminateFormat,
    IdDoesNotExist,
    NoMetadataFormats,
    NoSetHierarchy,
    ProtocolError,
    Refused,
)
from provider.set_names import set_name
from provider.tokens import Token
from provider.verb_request import Asked, base_url
from repository import sources
from repository.contexts.contexts import DENSE
from repository.published import Item, Row
from schemas.datestamp import utc_datestamp
from schemas.formats import registry

SETS_A_PAGE: Final = 5  # a page of sets is this many times as long as one of records, because a set is short


def identify(asked: Asked) -> list[bytes]:
    """4.2; all but the earliest datestamp follows from the configuration."""
    site, element = asked.site, response.element
    inside = (
        element("repositoryName", asked.context.title),
        element("baseURL", base_url(site, asked.context)),
        "<protocolVersion>2.0</protocolVersion>",
        element("adminEmail", site.config.site.admin_email),
        element("earliestDatestamp", utc_datestamp(asked.line.first_w)),
        "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity>",
        "<compression>gzip</compression>",
        containers.descriptions(site, sources.friends(site, asked.line.source_settings())),
    )
    return [b"<Identify>", "".join(inside).encode(), b"</Identify>"]


def list_metadata_formats(asked: Asked) -> list[bytes]:
    """4.4; for a deleted record, the formats that it had."""
    prefixes = asked.context.formats
    identifier = asked.arguments.get("identifier")
    if identifier is not None:
        item, _ = _find(asked, identifier)
        prefixes = tuple(prefix for prefix in prefixes if prefix in DENSE or prefix in item.facts.formats)
        if not prefixes:
            raise Refused(NoMetadataFormats("This record has no metadata format here."))
    formats = "".join([_format(prefix) for prefix in prefixes]).encode()
    return [b"<ListMetadataFormats>", formats, b"</ListMetadataFormats>"]


def _format(prefix: str) -> str:
    known = registry.get(prefix)
    return (
        f"<metadataFormat>{response.element('metadataPrefix', prefix)}"
        f"{response.element('schema', known.schema or '')}"
        f"{response.element('metadataNamespace', known.namespace or '')}</metadataFormat>"
    )


def list_sets(asked: Asked) -> list[bytes]:
    """4.6, in the order of the specs. A set once used stays, even when empty: harvesters keep its name."""
    token = asked.given_token
    if asked.context.name and asked.line.list_id() is not None:
        asked.openings.require(asked.line, f"context:{asked.context.name}")
    specs = [spec for spec in asked.line.specs(asked.context.name) if asked.context.offers(spec)]
    if not specs:
        raise Refused(NoSetHierarchy("This repository has no sets yet."))
    start = bisect_right(specs, token.spec) if token else 0
    size = asked.site.config.oai.page_size * SETS_A_PAGE
    page = specs[start : start + size] or specs[-1:]
    languages = asked.site.config.site.languages
    parts = [b"<ListSets>"]
    parts += [
        f"<set><setSpec>{spec}</setSpec>"
        f"{response.element('setName', set_name(spec, asked.site.vocabularies, languages))}</set>".encode()
        for spec in page
    ]
    more = start + size < len(specs)
    if token or more:
        text = tokens.write(_next_sets(asked, page[-1], start + len(page), len(specs)), asked.site.secret)
        parts.append(response.token(text if more else "", len(specs), start))
    return [*parts, b"</ListSets>"]


def _next_sets(asked: Asked, last: str, delivered: int, total: int) -> Token:
    line = asked.line
    return Token(
        verb=asked.arguments.verb, context=asked.context.name, prefix="", spec=last, since=-1, until=None, after=-1,
        started=line.w, w=line.w, total=total, delivered=delivered, epoch=line.epoch,
    )  # fmt: skip


def get_record(asked: Asked) -> list[bytes]:
    """4.1: two reads by key. An unknown identifier and an unknown prefix are both told."""
    prefix = asked.arguments.given["metadataPrefix"]
    wrong: list[ProtocolError] = []
    if prefix not in asked.context.formats:
        wrong.append(CannotDisseminateFormat(f'The format "{prefix}" is not given here.'))
    try:
        item, deleted = _find(asked, asked.arguments.given["identifier"])
    except Refused as refused:
        raise Refused(*wrong, *refused.errors) from refused
    if wrong:
        raise Refused(*wrong)
    if asked.context.list_prefix(prefix):
        state = _standing(asked, item, asked.context.list_prefix(prefix))
        if state is None:
            raise Refused(CannotDisseminateFormat(f'This record has no format "{prefix}".'))
        deleted = deleted or state
    row = Row(item.position, deleted, item.header, item.about, None if deleted else _face(asked, item, prefix))
    return [b"<GetRecord>", *response.records(asked.context, (row,)), b"</GetRecord>"]


def _face(asked: Asked, item: Item, prefix: str) -> bytes:
    view = asked.context.view(prefix)
    asked.openings.require(asked.line, view)
    face = asked.line.face(view, item.position)
    if face is None:
        raise Refused(CannotDisseminateFormat(f'This record has no format "{prefix}".'))
    return face


def _find(asked: Asked, identifier: str) -> tuple[Item, bool]:
    """The record with an identifier and whether it is deleted in this context; Refused when it never was in it."""
    uuid = asked.site.uuid_of(identifier)
    item = asked.line.find(uuid) if uuid is not None else None
    if item is None:
        raise Refused(IdDoesNotExist("No record of this repository has this identifier."))
    if not asked.context.name:
        return item, item.deleted
    asked.openings.require(asked.line, f"context:{asked.context.name}")
    state = _standing(asked, item, "")
    if state is None:
        raise Refused(IdDoesNotExist("No record with this identifier was ever in this part of the repository."))
    return item, item.deleted or state


def _standing(asked: Asked, item: Item, prefix: str) -> bool | None:
    """Whether a record is deleted in the list of all records of this context, None when it never stood there."""
    list_id = asked.line.list_id(asked.context.name, "", prefix)
    return None if list_id is None else asked.line.in_list(list_id, item.position)
