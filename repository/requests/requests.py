"""Requests: what somebody asks of the network, with or without an account, and what became of it.

Whoever asks gets a receipt, a secret of which only a digest is kept, and follows the request by it. A takedown that is
granted makes the record a tombstone with the reason, by the same move of the lifecycle as a curator's own; nothing else
happens to a record by a request alone. Letters are written in the same transaction as what they tell. The same words
sent twice by one form are one request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Any, Final, Literal, get_args

import msgspec
from sqlalchemy import Connection, text

from repository.accounts.policy import Actor, demand
from repository.deposit import action as deposit_action
from repository.errors import Invalid, NotFound, Refused
from repository.jobs import mail_outbox
from repository.lifecycle import TOMBSTONES
from repository.records.change import BY_PERSON
from repository.site import Site
from repository.storage.storable import storable
from schemas.errors import Problem

Kind = Literal["takedown", "report", "correction", "merge", "ownership", "concept", "contact"]
Verdict = Literal["grant", "refuse"]
KINDS: Final = get_args(Kind)
STATES: Final = ("open", "granted", "refused")
LONGEST: Final = 5_000
_COLUMNS: Final = 'id, kind, record, email, reason, state, answer, created, closed, "by"'
_INSERT: Final = text(
    'INSERT INTO request (kind, record, "by", email, reason, state, created, receipt_hash)'
    " VALUES (:kind, :record, :by, :email, :reason, 'open', :created, :receipt) ON CONFLICT (receipt_hash) DO NOTHING"
)
_FIND: Final = text(f"SELECT {_COLUMNS} FROM request WHERE id = :id")
_BY_RECEIPT: Final = text(f"SELECT {_COLUMNS} FROM request WHERE receipt_hash = :receipt")
_PAGE: Final = text(
    f"SELECT {_COLUMNS} FROM request WHERE id > :after AND (:state = '' OR state = :state)"
    " AND (:kind = '' OR kind = :kind) ORDER BY id LIMIT :limit"
)
_CLOSE: Final = text(
    "UPDATE request SET state = :state, answer = :answer, holder = :by, closed = :now WHERE id = :id AND state = 'open'"
)
_LIVE: Final = text("SELECT public FROM record WHERE uuid = :uuid")
_STANDS: Final = text("SELECT public, work, tombstone_by, successor, erased FROM record WHERE uuid = :uuid")
WIPES: Final = (
    "UPDATE request SET reason = '', email = NULL, answer = NULL"
    " WHERE record = (SELECT uuid FROM record WHERE id = :id)",
)
"""What a request said of an erased record goes; that it was asked, and when it was closed, stays."""


class Asked(msgspec.Struct, frozen=True):
    """What is asked: `record` is a uuid, `reason` the text, `language` that of letters, `key` that of one open form."""

    kind: Kind
    reason: str
    email: str = ""
    record: str | None = None
    by: int | None = None
    language: str = "en"
    key: str = ""


class Request(msgspec.Struct, frozen=True):
    """A request as it stands. Times are seconds since the epoch."""

    id: int
    kind: str
    record: str | None
    email: str | None
    reason: str
    state: str
    answer: str | None
    created: int
    closed: int | None
    by: int | None


class Decision(msgspec.Struct, frozen=True):
    """Grant or refuse, with what whoever asked is told; `successor` of a takedown is the record in its place."""

    verdict: Verdict
    answer: str
    successor: str | None = None


def ask(site: Site, asked: Asked) -> str:
    """Keep a request; gives its receipt. Raises Invalid that names each field."""
    _complete(site, asked)
    receipt = _receipt(site, asked)
    values = {
        "kind": asked.kind,
        "record": asked.record,
        "by": asked.by,
        "email": asked.email.strip() or None,
        "reason": storable(asked.reason.strip()),
        "created": int(site.clock.now()),
        "receipt": _digest(receipt),
    }
    with site.database.write() as connection:
        is_new = connection.execute(_INSERT, values).rowcount == 1
        if is_new and asked.email.strip():
            told: dict[str, Any] = {"link": site.url(f"/requests/{receipt}")}
            mail_outbox.queue(connection, asked.email.strip(), "received", asked.language, asked.by, **told)
    return receipt


def by_receipt(site: Site, receipt: str) -> Request:
    """The request of a receipt; raises NotFound."""
    with site.database.read() as connection:
        row = connection.execute(_BY_RECEIPT, {"receipt": _digest(receipt)}).one_or_none()
    if row is None:
        raise NotFound("There is no request with this receipt.")
    return Request(*row)


def find(site: Site, id_: int) -> Request:
    """A request by its number; raises NotFound."""
    with site.database.read() as connection:
        return _find(connection, id_)


def page(site: Site, after: int = 0, limit: int = 100, state: str = "", kind: str = "") -> list[Request]:
    """Requests by number, of one state or kind if named."""
    values = {"after": after, "limit": limit, "state": state, "kind": kind}
    with site.database.read() as connection:
        return [Request(*row) for row in connection.execute(_PAGE, values)]


def decide(site: Site, actor: Actor, id_: int, decision: Decision) -> Request:
    """Close a request; raises NotFound, Forbidden, Refused (closed already), Invalid.

    The record of a takedown is withdrawn first, and only then the request is closed: after a crash in between it is
    open still, and granting it again changes nothing more. Of two people at the same moment one closes it, and the
    other is told; only the first one's letter goes out.
    """
    demand(actor, "close_requests")
    if decision.verdict not in get_args(Verdict):
        raise Invalid("Say grant or refuse.")
    if not decision.answer.strip():
        raise Invalid("Say why; whoever asked is told.", (Problem("answer", "missing", "Say why."),))
    found = find(site, id_)
    state = "granted" if decision.verdict == "grant" else "refused"
    if found.state != "open":
        return _closed_before(found, state)
    if state == "granted" and found.kind == "takedown" and found.record:
        _take_down(site, actor, found.record, decision)
    answer = storable(decision.answer.strip())
    with site.database.write() as connection:
        values = {"state": state, "answer": answer, "by": actor.by, "id": id_, "now": int(site.clock.now())}
        if connection.execute(_CLOSE, values).rowcount == 0:
            return _closed_before(_find(connection, id_), state)
        if found.email:
            told: dict[str, Any] = {"answer": answer, "state": state}
            mail_outbox.queue(connection, found.email, "answered", site.config.site.languages[0], found.by, **told)
        return _find(connection, id_)


def _closed_before(found: Request, state: str) -> Request:
    """A request that was closed already: the same verdict again changes nothing, another one is Refused."""
    if found.state == state:
        return found
    raise Refused(f"The request is {found.state} already.")


def _take_down(site: Site, actor: Actor, uuid: str, decision: Decision) -> None:
    """Make the record a tombstone that holds: one that a person made, which no source and no undo lifts again.

    A person's own tombstone keeps its reason, unless a successor is to be named.
    """
    with site.database.read() as connection:
        row = connection.execute(_STANDS, {"uuid": uuid}).one_or_none()
    if row is None or row.erased:
        return
    buried = row.public in TOMBSTONES
    holds = buried and row.tombstone_by == BY_PERSON and row.work == "none"
    if holds and decision.successor in (None, row.successor):
        return
    name = "delete" if buried or decision.successor else "withdraw"
    wish = deposit_action.Action(name, note=decision.answer, reason=decision.answer, successor=decision.successor)
    deposit_action.act(site, actor, uuid, wish)


def _complete(site: Site, asked: Asked) -> None:
    problems: list[Problem] = []
    if asked.kind not in KINDS:
        problems.append(Problem("kind", "unknown", f"There is no request of the kind {asked.kind[:40]}."))
    if not asked.reason.strip():
        problems.append(Problem("message", "missing", "Say what it is about."))
    if len(asked.reason) > LONGEST:
        problems.append(Problem("message", "too_long", f"At most {LONGEST} characters."))
    if asked.kind == "takedown" and not asked.email.strip():
        problems.append(Problem("email", "missing", "An e-mail address is needed, so that you can be answered."))
    if asked.record is not None:
        with site.database.read() as connection:
            known = connection.execute(_LIVE, {"uuid": asked.record}).scalar()
        if known in (None, "never"):  # a draft is nobody's business: it is as if there were none
            problems.append(Problem("record", "unknown", "There is no such resource here."))
    if problems:
        raise Invalid("The request is not complete.", tuple(problems))


def _find(connection: Connection, id_: int) -> Request:
    row = connection.execute(_FIND, {"id": id_}).one_or_none()
    if row is None:
        raise NotFound(f"There is no request {id_}.")
    return Request(*row)


def _receipt(site: Site, asked: Asked) -> str:
    """A new secret; for a form with a key the same one whenever the same words come from it."""
    if not asked.key:
        return secrets.token_urlsafe(18)
    words = "\n".join((asked.key, asked.kind, asked.record or "", asked.email.strip(), asked.reason.strip()))
    made = hmac.digest(site.secret, b"receipt\n" + words.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(made[:18]).decode()


def _digest(receipt: str) -> bytes:
    return hashlib.sha256(receipt.encode("utf-8", "surrogatepass")).digest()
