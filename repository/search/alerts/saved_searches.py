"""Saved searches and their alerts: kept, evaluated against changed records only, read as a feed.

An alert is a record that changed after the search was saved and matches it now; it goes when the record does not match
any more or is not public any more. So the alerts of a search are always what a search over everything that changed
since would find. The evaluation follows the publication log with a watermark of its own, moved in the transaction that
writes the alerts: a crash is a replay, and of two processes one writes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import msgspec
from sqlalchemy import Connection, text

from repository.errors import Invalid, NotFound, Refused
from repository.published import Snapshot, snapshot
from repository.search.alerts.matching import Waiting
from repository.search.index.projection import Projection
from repository.search.plan import parameters
from repository.search.plan.language import Language
from repository.search.plan.parameters import Search
from repository.search.request import spelled, wanted
from repository.site import Site
from repository.storage.database import many, reader_of, select_in
from schemas.errors import Problem

PORTION: Final = 500
MOST_SAVED: Final = 100  # of one person
MOST_NAME: Final = 200  # characters
FOLLOWER: Final = "alerts"
_ROW: Final = "id, account, name, query, mail, secret, since, mailed, mailed_at, created"
_OF_ACCOUNT: Final = text(f"SELECT {_ROW} FROM saved_search WHERE account = :account ORDER BY id")
_BY_SECRET: Final = text(f"SELECT {_ROW} FROM saved_search WHERE secret = :secret")
_ALL: Final = text(f"SELECT {_ROW} FROM saved_search ORDER BY id")
_STATE: Final = text("SELECT count(*), coalesce(max(id), 0), coalesce(sum(id), 0) FROM saved_search")
_INSERT: Final = text(
    "INSERT INTO saved_search (account, name, query, mail, secret, since, mailed, mailed_at, created)"
    " VALUES (:account, :name, :query, :mail, :secret, :since, :since, :created, :created) RETURNING id"
)
_FOLLOWED: Final = text("SELECT position FROM follower WHERE name = :name")
_BEGIN: Final = text("INSERT INTO follower (name, position) VALUES (:name, :to) ON CONFLICT (name) DO NOTHING")
_MOVE: Final = text("UPDATE follower SET position = :to WHERE name = :name AND position = :from")
_DUE: Final = text(
    "SELECT s.id, s.account, s.name, s.query, s.mail, s.secret, s.since, s.mailed, s.mailed_at, s.created, a.email"
    " FROM saved_search s JOIN account a ON a.id = s.account WHERE s.mail AND a.active AND s.mailed_at <= :before"
    " AND EXISTS (SELECT 1 FROM alert WHERE alert.search = s.id AND alert.position > s.mailed) ORDER BY s.id LIMIT 100"
)
_ALERTS: Final = text(
    "SELECT uuid, position FROM alert WHERE search = :search AND position > :after ORDER BY position DESC LIMIT :limit"
)


class Saved(msgspec.Struct, frozen=True):
    """A saved search; `query` is a query string of the search's parameters."""

    id: int
    account: int
    name: str
    query: str
    mail: bool
    secret: str
    since: int
    mailed: int
    mailed_at: int
    created: int

    @property
    def search(self) -> Search:
        return parameters.read(parse_qsl(self.query, keep_blank_values=True))[0]


class Alert(msgspec.Struct, frozen=True):
    """A record that matches, and where it stood when it last changed."""

    uuid: str
    position: int


def save(site: Site, account: int, name: str, query: str, *, mail: bool) -> Saved:
    """Keep a search; raises Invalid with every mistake, Refused when there are too many."""
    pairs = parse_qsl(query.lstrip("?"), keep_blank_values=True)
    search, problems = parameters.read(pairs)
    if not name.strip() or len(name) > MOST_NAME:
        sentence = f"A saved search needs a name of {MOST_NAME} characters at most."
        problems = (*problems, Problem("name", "bad_value", sentence))
    if problems:
        raise Invalid(problems[0].message, tuple(problems))
    with site.database.write() as connection:
        line = Snapshot(reader_of(connection), connection)
        if len(connection.execute(_OF_ACCOUNT, {"account": account}).all()) >= MOST_SAVED:
            raise Refused(f"You have {MOST_SAVED} saved searches; delete one first.")
        values = {
            "account": account, "name": name.strip(), "query": urlencode(search.pairs()), "mail": mail,
            "secret": secrets.token_urlsafe(24), "since": line.bound, "created": int(site.clock.now()),
        }  # fmt: skip
        id_ = connection.execute(_INSERT, values).scalar_one()
        if connection.execute(_STATE).one()[0] == 1:  # Nobody waited for what is older: the log is followed from here.
            connection.execute(text("DELETE FROM follower WHERE name = :name"), {"name": FOLLOWER})
        connection.execute(_BEGIN, {"name": FOLLOWER, "to": line.bound})
        row = connection.execute(text(f"SELECT {_ROW} FROM saved_search WHERE id = :id"), {"id": id_}).one()
    return of_row(row)


def list_of(site: Site, account: int) -> list[Saved]:
    """A person's saved searches, oldest first."""
    with site.database.read() as connection:
        return [of_row(row) for row in connection.execute(_OF_ACCOUNT, {"account": account})]


def get(site: Site, account: int, id_: int) -> Saved:
    """One of a person's own; raises NotFound."""
    found = next((one for one in list_of(site, account) if one.id == id_), None)
    if found is None:
        raise NotFound(f"There is no saved search {id_}.")
    return found


def remove(site: Site, account: int, id_: int) -> None:
    """Delete one of a person's own, with its alerts; raises NotFound."""
    found = get(site, account, id_)
    with site.database.write() as connection:
        connection.execute(text("DELETE FROM alert WHERE search = :id"), {"id": found.id})
        connection.execute(text("DELETE FROM saved_search WHERE id = :id"), {"id": found.id})


def find_by_secret(site: Site, secret: str) -> Saved | None:
    """The search whose feed has this address."""
    with site.database.read() as connection:
        row = connection.execute(_BY_SECRET, {"secret": secret}).one_or_none()
    return None if row is None else of_row(row)


def alerts(connection: Connection, saved: Saved, limit: int, after: int = -1) -> list[Alert]:
    """The alerts of a search behind a position, newest first."""
    values = {"search": saved.id, "limit": limit, "after": after}
    return [Alert(row[0], row[1]) for row in connection.execute(_ALERTS, values)]


class Alerting:
    """Evaluates saved searches against what changes."""

    def __init__(self, site: Site, language: Language, projection: Projection) -> None:
        self.site = site
        self.language = language
        self.projection = projection
        self._state: tuple[int, ...] = ()
        self._waiting = Waiting(())
        self._since: dict[int, int] = {}

    def step(self) -> int:
        """Evaluate the next portion of changes; how many records that were."""
        with snapshot(self.site.database) as line:
            self._load(line.connection)
            position = line.connection.execute(_FOLLOWED, {"name": FOLLOWER}).scalar()
            if position is None or not self._since:
                return 0
            from_ = min(position, line.bound)  # An exact restore puts the line back.
            items = line.changes(from_, PORTION)
            if not items:
                return 0
            live = [item for item in items if not item.deleted]
            trees = line.faces("json", [item.position for item in live])
            documents = [
                self.projection.document(item, trees[item.position]) for item in live if item.position in trees
            ]
        found = [
            (number, one.id, one.position)
            for one in documents
            for number in self._waiting.matching(one)
            if one.position > self._since[number]
        ]
        return len(items) if self._write(position, items[-1].position, [item.uuid for item in items], found) else 0

    def catch_up(self) -> int:
        """Evaluate until nothing is left; how many records that were."""
        done = 0
        while moved := self.step():
            done += moved
        return done

    def _load(self, connection: Connection) -> None:
        state = tuple(connection.execute(_STATE).one())
        if state == self._state:
            return
        searches = [of_row(row) for row in connection.execute(_ALL)]
        self._waiting = Waiting((one.id, self._wanted(one)) for one in searches)
        self._since = {one.id: one.since for one in searches}
        self._state = state

    def _wanted(self, saved: Saved) -> Any:
        search, _ = spelled(saved.search, self.language.vocabularies)
        return wanted(search, self.language.plan(search.q, None))

    def _write(self, before: int, after: int, seen: Sequence[str], found: Iterable[tuple[int, str, int]]) -> bool:
        """Replace the alerts of the records seen and move on; False when another process was faster."""
        with self.site.database.write() as connection:
            values = {"name": FOLLOWER, "from": before, "to": after}
            if connection.execute(_MOVE, values).rowcount != 1:
                return False
            here = {row[0] for row in connection.execute(text("SELECT id FROM saved_search"))}
            old = select_in(connection, "SELECT search, uuid FROM alert WHERE uuid IN (...)", list(seen))
            many(connection, "DELETE FROM alert WHERE search = ? AND uuid = ?", [tuple(row) for row in old])
            rows = [each for each in found if each[0] in here]
            many(connection, "INSERT INTO alert (search, uuid, position) VALUES (?, ?, ?)", rows)
        return True


def of_row(row: Any) -> Saved:
    """A row of saved_search."""
    return Saved(
        row.id, row.account, row.name, row.query, bool(row.mail), row.secret, row.since, row.mailed, row.mailed_at,
        row.created,
    )  # fmt: skip


def due(site: Site, before: int) -> list[tuple[Saved, str]]:
    """Searches with alerts that no letter told yet, whose last letter is older than `before`; with the address."""
    with site.database.read() as connection:
        rows = connection.execute(_DUE, {"before": before}).all()
    return [(of_row(row), row.email) for row in rows]


def mailed(site: Site, one: Saved, newest: int) -> None:
    """Note that a letter told the alerts of a search up to the position `newest`."""
    with site.database.write() as connection:
        now = int(site.clock.now())
        many(connection, "UPDATE saved_search SET mailed = ?, mailed_at = ? WHERE id = ?", [(newest, now, one.id)])
