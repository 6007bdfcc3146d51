"""The working view of a record: its newest revision with everything behind the publication line, for who may see it.

A contributor sees no one else's drafts; a reviewer sees what was submitted; curators and owners see all. Who may not
see a record is told that there is none, unless it is, or was, public.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from repository.accounts.policy import Actor, Subject, can, facts
from repository.errors import Forbidden, Gone, NotFound
from repository.lifecycle import ActionName, possible_actions
from repository.outcome import OutcomeName
from repository.records import lookup
from repository.records.change import TAKEN_OVER, Known
from repository.records.overlay import locked
from repository.site import Site
from schemas.record import Record, from_json

_AUTHOR: Final = text('SELECT "by" FROM revision WHERE record = :id AND n = :n')
_ROW: Final = text(
    "SELECT r.id, v.warnings, v.completeness, v.note, g.slug, o.source, o.key, o.base_url, o.identifier, o.datestamp,"
    " a.email FROM record r LEFT JOIN revision v ON v.record = r.id AND v.n = r.revision"
    " LEFT JOIN organisation g ON g.id = r.organisation LEFT JOIN origin o ON o.record = r.id AND o.is_primary"
    " LEFT JOIN account a ON a.id = r.holder WHERE r.id = :id"
)

_TAKEN: Final = text(
    f"SELECT e.note FROM event e JOIN revision v ON v.record = e.record AND v.n = 1 WHERE e.action = '{TAKEN_OVER}'"
    ' AND e.record = :id AND v."by" = :by ORDER BY e.id DESC LIMIT 1'
)


class Source(msgspec.Struct, frozen=True):
    """Where a record comes from, as the API gives it."""

    name: str
    key: str
    base_url: str | None = None
    identifier: str | None = None
    datestamp: str | None = None


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """A record as those see it who work on it. `actions`: what this person may do with it now."""

    id: int
    uuid: str
    public: str
    work: str
    revision: int
    published_revision: int | None
    record: Record
    warnings: int
    completeness: float
    note: str | None
    source: Source | None
    organisation: str | None
    collections: tuple[str, ...]
    owner: int | None
    holder: int | None
    holder_email: str | None
    locked: tuple[str, ...]
    actions: tuple[ActionName, ...]
    reason: str | None
    successor: str | None
    created: int
    modified: int
    outcome: OutcomeName = "unchanged"


def working(site: Site, actor: Actor, uuid: str) -> Working:
    """The newest revision; raises NotFound, Forbidden (public, but not this person's), Gone (erased)."""
    with site.database.read() as connection:
        known = lookup.find(connection, uuid)
        subject = visible(site, connection, actor, known, uuid)
        assert known is not None  # noqa: S101 - visible raises for None
        if not can(actor, "see_work", subject):
            told = taken_over_from(connection, actor, known)
            raise Forbidden(told or "Only those who work on this record see its working revision.")
        return described(connection, known, actor, subject)


def visible(site: Site, connection: Connection, actor: Actor, known: Known | None, uuid: str) -> Subject:
    """The record as the policy sees it; raises NotFound when this person may not even know of it."""
    if known is not None:
        head = known.head
        author = connection.execute(_AUTHOR, {"id": head.id, "n": head.revision}).scalar()
        subject = Subject(
            head.state, head.owner, head.organisation, head.holder, author, site.config.accounts.four_eyes
        )
        if head.accepted is not None or can(actor, "see_work", subject):
            return subject
        if (told := taken_over_from(connection, actor, known)) is not None:
            raise Forbidden(told)
    raise NotFound(f"There is no record {uuid} here.")


def taken_over_from(connection: Connection, actor: Actor, known: Known) -> str | None:
    """What a person is told of a record that he made and a harvest took over since; None for everybody else."""
    found: str | None = connection.execute(_TAKEN, {"id": known.head.id, "by": actor.by}).scalar()
    return None if found is None else f"{found} Your version is kept in its history."


def described(
    connection: Connection, known: Known, actor: Actor, subject: Subject, outcome: OutcomeName = "unchanged"
) -> Working:
    """The working view of what is known; raises Gone when nothing is left of it."""
    head = known.head
    tree = known.trees.get(head.revision)
    if tree is None:
        raise Gone("The record was erased; nothing of its content is kept.")
    row: Any = connection.execute(_ROW, {"id": head.id}).one()
    source = None
    if row.source is not None:
        source = Source(row.source, row.key, row.base_url, row.identifier, row.datestamp)
    return Working(
        id=head.id,
        uuid=head.uuid,
        public=head.public,
        work=head.work,
        revision=head.revision,
        published_revision=head.accepted,
        record=from_json(tree),
        warnings=row.warnings,
        completeness=row.completeness,
        note=row.note,
        source=source,
        organisation=row.slug,
        collections=tuple(json.loads(head.collections)),
        owner=head.owner,
        holder=head.holder,
        holder_email=row.email,
        locked=locked(known.overlay),
        actions=possible_actions(head.state, facts(actor, subject)),
        reason=head.reason,
        successor=head.successor,
        created=head.created,
        modified=head.modified,
        outcome=outcome,
    )
