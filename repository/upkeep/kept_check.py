"""The doctor of what is kept behind the publication line: records, revisions, origins, changes of fields, accounts.

Each check says what is gone or cannot be read, of which record, and what mends it. What cannot be derived from
anything else comes back only from a backup, and the sentences say so. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from repository.accounts.policy import ROLES, SCOPES
from repository.lifecycle import PUBLIC, WORK
from repository.records.change import BY_PERSON, BY_SOURCE, BY_UNDO
from repository.records.origin import uuid_of
from repository.site import Site
from repository.upkeep.finding import BACKUP, Finding, named
from schemas.comparison import core
from schemas.record import from_json

_UUID: Final = "________-____-____-____-____________"


class _Check(NamedTuple):
    code: str
    message: str
    query: str


def _words(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_CHECKS: Final = (
    _Check(
        "bad_state",
        "has a state that there is not",
        f"SELECT uuid FROM record WHERE public NOT IN ({_words(PUBLIC)})"
        f" OR work NOT IN ({_words(WORK)})"
        f" OR tombstone_by NOT IN ({_words((BY_PERSON, BY_SOURCE, BY_UNDO))})",
    ),
    _Check("bad_uuid", "is no uuid", f"SELECT uuid FROM record WHERE uuid NOT LIKE '{_UUID}'"),
    _Check(
        "revision_gone",
        "lacks its newest or its published revision",
        "SELECT r.uuid FROM record r WHERE NOT EXISTS (SELECT 1 FROM revision v WHERE v.record = r.id AND"
        " v.n = r.revision) OR (r.accepted IS NOT NULL AND NOT EXISTS (SELECT 1 FROM revision v WHERE v.record = r.id"
        " AND v.n = r.accepted))",
    ),
    _Check(
        "origin_gone",
        "came from a source, and nothing says any more from which",
        "SELECT r.uuid FROM record r WHERE r.uuid LIKE '______________5%' AND NOT r.erased AND r.successor IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM origin o WHERE o.record = r.id)",
    ),
    _Check(
        "received_gone",
        "lacks what its source delivered last",
        "SELECT r.uuid FROM origin o JOIN record r ON r.id = o.record LEFT JOIN revision v ON v.record = o.record"
        " AND v.n = o.revision WHERE o.tree IS NULL AND v.tree IS NULL AND NOT r.erased",
    ),
    _Check(
        "history_gone",
        "is under review or was taken away by somebody, and its log does not know by whom",
        "SELECT r.uuid FROM record r WHERE (r.work IN ('in_review', 'changes_requested', 'rejected')"
        f" OR r.tombstone_by = '{BY_PERSON}') AND NOT r.erased"
        " AND NOT EXISTS (SELECT 1 FROM event e WHERE e.record = r.id)",
    ),
    _Check(
        "bad_account",
        "is the number of an account whose role, or whose tokens or memberships, are of a kind that there is not",
        f"SELECT a.id FROM account a WHERE a.role NOT IN ({_words(ROLES)}) OR EXISTS (SELECT 1 FROM token t WHERE"
        f" t.account = a.id AND (t.scope NOT IN ({_words(SCOPES)}) OR t.kind NOT IN ('api', 'password')))"
        " OR EXISTS (SELECT 1 FROM membership m WHERE m.account = a.id AND m.role NOT IN ('member', 'manager'))",
    ),
    _Check(
        "bad_batch",
        "is an import whose state is none",
        "SELECT id FROM batch WHERE state NOT IN ('staging', 'staged', 'applying', 'applied', 'undoing', 'undone')"
        " OR as_state NOT IN ('draft', 'submitted', 'published')",
    ),
)
_OWNERS: Final = (
    _Check(
        "no_such_account",
        "belongs to an account, or is held by one, that is gone",
        "SELECT r.uuid FROM record r WHERE (r.owner IS NOT NULL AND NOT EXISTS (SELECT 1 FROM account a WHERE"
        " a.id = r.owner)) OR (r.holder IS NOT NULL AND NOT EXISTS (SELECT 1 FROM account a WHERE a.id = r.holder))",
    ),
    _Check(
        "no_such_organisation",
        "belongs to an organisation that is gone",
        "SELECT r.uuid FROM record r WHERE r.organisation IS NOT NULL AND NOT EXISTS (SELECT 1 FROM organisation g"
        " WHERE g.id = r.organisation)",
    ),
)
# A row that refers to what is gone: where foreign keys were off, or a table was emptied by hand.
_ORPHANS: Final = (
    ("revision", "record", "record"), ("origin", "record", "record"), ("overlay", "record", "record"),
    ("event", "record", "record"), ("outbox", "record", "record"), ("quarantine", "record", "record"),
    ("token", "account", "account"), ("membership", "account", "account"), ("passkey", "account", "account"),
    ("identity", "account", "account"), ("profile_concept", "account", "account"),
    ("membership", "organisation", "organisation"), ("batch_row", "batch", "batch"),
    ("saved_search", "account", "account"), ("alert", "search", "saved_search"), ("listing", "list", "list"),
)  # fmt: skip
_MENDS: Final = f"; {BACKUP}"


def findings(site: Site, connection: Connection) -> list[Finding]:
    """Everything wrong with what is kept."""
    found = list(_emptied(site, connection))
    found += [each for check in _CHECKS for each in _run(connection, check)]
    for table, column, whole in _ORPHANS:
        query = text(
            f'SELECT count(*) FROM "{table}" c WHERE NOT EXISTS (SELECT 1 FROM "{whole}" w WHERE w.id = c.{column})'
        )
        count = connection.execute(query).scalar()
        if count:
            rows = f"{count} row{'s' if count > 1 else ''} of the table {table}"
            found.append(Finding("orphan", f"{rows} belong to a {whole} that is gone{_MENDS}."))
    return found + _read(site, connection)


def owners(_: Site, connection: Connection) -> list[Finding]:
    """Records whose owner, holder or organisation is gone."""
    return [each for check in _OWNERS for each in _run(connection, check)]


def _run(connection: Connection, check: _Check) -> Iterator[Finding]:
    rows = connection.execute(text(f"{check.query} LIMIT 1000")).all()
    if rows:
        yield Finding(check.code, f"{named(rows)} {check.message}{_MENDS}.")


def _emptied(site: Site, connection: Connection) -> Iterator[Finding]:
    """A database that had records and has none."""
    if connection.execute(text("SELECT 1 FROM record LIMIT 1")).scalar() is not None:
        return
    if not _had_records(site, connection):
        return
    yield Finding("emptied", f"Records were kept here, and there is none any more{_MENDS}.")


def _had_records(site: Site, connection: Connection) -> bool:
    """Whether outbox rows were ever numbered: the count goes on even when the table is emptied."""
    if site.database.is_sqlite:
        query = "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"
        return bool(connection.execute(text(query)).scalar())
    sequence = connection.execute(text("SELECT pg_get_serial_sequence('outbox', 'n')")).scalar()
    return bool(connection.execute(text(f"SELECT is_called FROM {sequence}")).scalar())


# What holds JSON, and how it is read: (table, column that names the row, column, reader).
_any: Final = msgspec.json.Decoder().decode
_texts: Final = msgspec.json.Decoder(list[str]).decode
_object: Final = msgspec.json.Decoder(dict[str, Any]).decode
_list: Final = msgspec.json.Decoder(list[Any]).decode
_JSON: Final[tuple[tuple[str, str, str, Callable[[Any], Any]], ...]] = (
    ("record", "uuid", "collections", _texts),
    ("record", "uuid", "before_tombstone", _object),
    ("overlay", "path", "value", _any),
    ("origin", "key", "repairs", _list),
    ("harvest_source", "name", "settings", _object),
    ("harvest_state", "source", "holes", _list),
    ("harvest_run", "id", "codes", _object),
    ("harvest_run", "id", "notes", _texts),
    ("harvest_run", "id", "cursor", _any),
    ("harvest_report", "source", "body", _any),
)


def _read(site: Site, connection: Connection) -> list[Finding]:
    """What is there but cannot be read, and uuids that do not follow from their origin."""
    found = []
    for table, name, column, read in _JSON:
        rows = connection.execute(text(f'SELECT {name}, {column} FROM "{table}" WHERE {column} IS NOT NULL'))
        bad = [(row[0],) for row in rows if not _reads(read, row[1])]
        if bad:
            found.append(Finding("unreadable", f"{named(bad)} has a {column} ({table}) that cannot be read{_MENDS}."))
    for what, code, query in (
        ("a revision whose tree", "bad_tree", "SELECT r.uuid, v.tree FROM revision v JOIN record r ON r.id = v.record"),
        (
            "an origin whose tree",
            "bad_received",
            "SELECT r.uuid, o.tree FROM origin o JOIN record r ON r.id = o.record",
        ),
    ):
        rows = connection.execute(text(f"{query} WHERE tree IS NOT NULL"))
        bad = [(row[0],) for row in rows if not _reads(from_json, row[1])]
        if bad:
            found.append(Finding(code, f"{named(list(dict.fromkeys(bad)))} has {what} cannot be read{_MENDS}."))
    return found + _identities(site, connection) + _lost_changes(connection)


def _identities(site: Site, connection: Connection) -> list[Finding]:
    rows = connection.execute(
        text(
            "SELECT r.uuid, o.source, o.key FROM origin o JOIN record r ON r.id = o.record"
            " WHERE o.is_primary AND r.uuid LIKE '______________5%' AND o.key NOT LIKE '%...sha256:%'"
        )
    ).all()
    bad = [(uuid,) for uuid, source, key in rows if uuid_of(site.namespace, source, key) != uuid]
    if not bad:
        return []
    if len(bad) == len(rows) and len(rows) > 1:
        return [Finding("domain", f"No uuid follows from the OAI domain {site.domain}: it was changed{_MENDS}.")]
    return [Finding("bad_identity", f"{named(bad)} is not the uuid that follows from its source and key{_MENDS}.")]


_EDITED: Final = text(
    "SELECT r.uuid, v.tree, COALESCE(o.tree, w.tree) AS received FROM record r JOIN origin o ON o.record = r.id"
    " AND o.is_primary JOIN revision v ON v.record = r.id AND v.n = r.accepted LEFT JOIN revision w"
    " ON w.record = r.id AND w.n = o.revision WHERE r.public = 'published' AND r.work = 'none'"
    ' AND v."by" IS NOT NULL AND (o.revision IS NULL OR o.revision <> r.accepted)'
    " AND NOT EXISTS (SELECT 1 FROM overlay y WHERE y.record = r.id)"
)


def _lost_changes(connection: Connection) -> list[Finding]:
    """Records that somebody edited and whose overlay is gone: the next delivery would undo the edits."""
    bad = []
    for uuid, tree, received in connection.execute(_EDITED):
        try:
            if tree is not None and received is not None and core(bytes(tree)) != core(bytes(received)):
                bad.append((uuid,))
        except Exception:  # noqa: BLE001, S112 - a tree that cannot be read is told already
            continue
    message = f"shows what neither its source nor a change of a field says; the changes are gone{_MENDS}"
    return [Finding("changes_gone", f"{named(bad)} {message}.")] if bad else []


def _reads(read: Callable[[Any], Any], stored: Any) -> bool:
    try:
        read(bytes(stored) if isinstance(stored, memoryview) else stored)
    except Exception:  # noqa: BLE001 - whatever a reader raises for garbage is the finding
        return False
    return True
