"""A person's own contributions: what is a draft, waits, must be changed, is published; and what was said about each.

Reads behind the publication line, for the owner only: the query asks for nobody else's.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import text

from repository.accounts.policy import Actor
from repository.site import Site
from schemas.record import from_json
from schemas.summary.summary import summarise

STATES: Final[dict[str, str]] = {
    "drafts": "r.work = 'draft'",
    "waiting": "r.work IN ('submitted', 'in_review')",
    "to-change": "r.work IN ('changes_requested', 'rejected')",
    "published": "r.public = 'published' AND r.work = 'none'",
}
MOST: Final = 100
_NOTES: Final = text(
    "SELECT e.at, e.action, e.note FROM event e JOIN record r ON r.id = e.record"
    " WHERE r.uuid = :uuid AND e.note IS NOT NULL AND e.action IN ('request_changes', 'reject', 'accept', 'withdraw')"
    " ORDER BY e.id"
)


class Mine(msgspec.Struct, frozen=True):
    """One contribution; `notes` are (seconds since the epoch, action, what was said), oldest first."""

    uuid: str
    title: str
    public: str
    work: str
    modified: int
    notes: tuple[tuple[int, str, str], ...] = ()


def listed(site: Site, actor: Actor, state: str) -> list[Mine]:
    """The contributions of this person in one of STATES, the newest first."""
    statement = text(
        "SELECT r.uuid, r.public, r.work, r.modified, v.tree FROM record r JOIN revision v"
        f" ON v.record = r.id AND v.n = r.revision WHERE r.owner = :owner AND {STATES[state]}"
        " AND r.erased = :no ORDER BY r.modified DESC, r.id DESC LIMIT :most"
    )
    with site.database.read() as connection:
        rows: list[Any] = list(connection.execute(statement, {"owner": actor.account, "no": False, "most": MOST}))
        notes = {row.uuid: connection.execute(_NOTES, {"uuid": row.uuid}).all() for row in rows}
    return [
        Mine(
            row.uuid,
            summarise(from_json(bytes(row.tree)), site.vocabularies).title,
            row.public,
            row.work,
            row.modified,
            tuple((note.at, note.action, note.note) for note in notes[row.uuid]),
        )
        for row in rows
    ]
