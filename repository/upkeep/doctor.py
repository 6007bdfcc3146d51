"""The doctor: looks for what can never be, and says it in sentences (design.md, 2, invariant 5). Changes nothing."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, exc, text

from repository.contexts.contexts import DENSE
from repository.jobs import mail_outbox
from repository.published import face_table, position_of
from repository.site import Site
from repository.upkeep import kept_check, published_check
from repository.upkeep.finding import BACKUP, REFRESH, Finding, named
from schemas.datestamp import utc_datestamp

_SHOWN: Final = 5
_AHEAD_D: Final = 1.0
_DROPS: Final = "`oerbron publish --refresh` takes it away"


class _Check(NamedTuple):
    code: str
    message: str
    query: str


# Each query gives the uuids or positions of what is wrong; none is ever right.
_CHECKS: Final = (
    _Check(
        "unpublished",
        "is accepted, but neither published nor waiting nor in quarantine; enqueue it with `oerbron publish --refresh`",
        "SELECT r.uuid FROM record r LEFT JOIN \"current\" c ON c.record = r.id WHERE r.public = 'published'"
        " AND r.accepted IS NOT NULL AND (c.record IS NULL OR c.revision <> r.accepted OR c.state <> 'live')"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.record = r.id)"
        " AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.record = r.id)",
    ),
    _Check(
        "leaked",
        "is withdrawn or deleted, but still public and not waiting; `oerbron publish --refresh` takes it back",
        "SELECT r.uuid FROM record r JOIN \"current\" c ON c.record = r.id WHERE r.public IN ('withdrawn', 'deleted')"
        " AND c.state = 'live' AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.record = r.id)",
    ),
    _Check(
        "never_public",
        "is public, but was never accepted; restore a backup (`oerbron restore FILE`)",
        "SELECT r.uuid FROM record r JOIN \"current\" c ON c.record = r.id WHERE r.public = 'never'",
    ),
    _Check(
        "no_record",
        "is a published position whose record is gone; restore a backup (`oerbron restore FILE`)",
        'SELECT c.position FROM "current" c LEFT JOIN record r ON r.id = c.record WHERE r.id IS NULL',
    ),
    _Check(
        "stray_listing",
        "is a position in a list that no record has; `oerbron publish --refresh` takes it away",
        'SELECT l.position FROM listing l LEFT JOIN "current" c ON c.position = l.position WHERE c.position IS NULL',
    ),
    _Check(
        "no_log",
        "is a published position that the log does not know; restore a backup (`oerbron restore FILE`)",
        'SELECT c.position FROM "current" c LEFT JOIN log l ON l.position = c.position WHERE l.position IS NULL',
    ),
    _Check(
        "disappeared",
        "is the number of a record that once was public and is not even a tombstone now;"
        " restore a backup (`oerbron restore FILE`)",
        'SELECT DISTINCT l.record FROM log l LEFT JOIN "current" c ON c.record = l.record WHERE c.record IS NULL',
    ),
    _Check(
        "not_erased",
        "was erased, and there is content of it; `oerbron erase` it again",
        "SELECT r.uuid FROM record r WHERE r.erased AND (EXISTS (SELECT 1 FROM revision v WHERE v.record = r.id AND"
        " v.tree IS NOT NULL) OR EXISTS (SELECT 1 FROM origin o WHERE o.record = r.id AND"
        " (o.tree IS NOT NULL OR o.source_bytes IS NOT NULL))"
        " OR EXISTS (SELECT 1 FROM overlay y WHERE y.record = r.id))",
    ),
)
_STALE: Final = text(  # invariant 5: every record is at the current fingerprint, or on its way to it
    "SELECT c.uuid FROM \"current\" c WHERE c.fingerprint <> :f AND c.state = 'live'"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.record = c.record)"
    " AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.record = c.record) LIMIT 1000"
)


def examine(site: Site, *, owners: bool = False) -> list[Finding]:
    """Everything wrong, in one snapshot; an empty list is health. `owners`: also check that records' owners exist."""
    findings: list[Finding] = []
    with site.database.read() as connection:
        parts = (_file, _horizon, _records, kept_check.findings, published_check.findings, _faces, _stale, _rows)
        for part in (*parts, kept_check.owners) if owners else parts:
            try:
                with connection.begin_nested():
                    findings += part(site, connection)
            except exc.DBAPIError as error:
                what = str(error.orig).strip().rstrip(".")
                findings.append(Finding("damaged", f"The database cannot be read whole ({what}); {BACKUP}."))
    return list(dict.fromkeys(findings))


def _records(_: Site, connection: Connection) -> list[Finding]:
    return [finding for check in _CHECKS for finding in _run(connection, check)]


def notes(site: Site) -> list[str]:
    """What is no fault, but worth knowing."""
    said = []
    if not site.base_url.startswith("https://"):
        said.append("[site] base_url is plain http: cookies are not Secure and browsers get no HSTS.")
    elif not site.config.mail.host:
        said.append(
            "[mail] host is empty: letters stay here as files in mail/, and nobody can confirm an address or get a new"
            " password; name an SMTP server."
        )
    if given_up := mail_outbox.given_up(site):
        said.append(f"{given_up} letters could not be sent for good; the table outbox_mail says why.")
    with site.database.read() as connection:
        stuck = connection.execute(
            text("SELECT r.uuid, q.reason FROM quarantine q JOIN record r ON r.id = q.record ORDER BY q.at, r.id")
        ).all()
        endless = connection.execute(
            text("SELECT count(*) FROM token WHERE kind = 'api' AND expires IS NULL AND revoked IS NULL")
        ).scalar()
        halves = connection.execute(
            text("SELECT id FROM batch WHERE state IN ('applying', 'undoing') ORDER BY id")
        ).all()
    if stuck:
        shown = "; ".join(f"{uuid} ({reason})" for uuid, reason in stuck[:_SHOWN])
        more = f"; and {len(stuck) - _SHOWN} more" if len(stuck) > _SHOWN else ""
        said.append(f"In quarantine, so that their last public state stays until they can be rendered: {shown}{more}.")
    if endless:
        said.append(
            f"{endless} API tokens never end; `oerbron token list` names them, `oerbron token revoke` ends one."
        )
    if halves:
        said.append(
            f"The imports {named(halves)} are half done, and what they changed waits: apply or undo them again."
        )
    return said


def _run(connection: Connection, check: _Check) -> list[Finding]:
    rows = connection.execute(text(f"{check.query} LIMIT 1000")).all()
    return [] if not rows else [Finding(check.code, f"{named(rows)} {check.message}.")]


def _stale(site: Site, connection: Connection) -> list[Finding]:
    query = _STALE.bindparams(f=site.fingerprint)
    message = "was published under another configuration or version; run `oerbron publish --refresh`"
    return _run_text(connection, query, "stale", message)


def _faces(site: Site, connection: Connection) -> list[Finding]:
    findings = []
    opened = [row[0] for row in connection.execute(text('SELECT name FROM "view" WHERE open'))]
    for view in opened:
        if view.startswith("context:") or view not in site.views:
            continue
        table = face_table(view)
        stray = text(
            f'SELECT f.position FROM {table} f LEFT JOIN "current" c ON c.position = f.position'
            " WHERE c.position IS NULL OR c.state = 'deleted' LIMIT 1000"
        )
        findings += _run_text(
            connection, stray, "stray_face", f"is a position with bytes in {view} and no live record; {_DROPS}"
        )
        # In a format that not every record has, only the records listed in it must have a face.
        prefix = site.views[view][0]
        listed = "" if prefix in DENSE else (
            " AND c.position IN (SELECT position FROM listing JOIN list ON list.id = listing.list"
            " WHERE list.prefix = :prefix AND NOT listing.deleted)"
        )  # fmt: skip
        lacking = text(
            f'SELECT c.uuid FROM "current" c LEFT JOIN {table} f ON f.position = c.position'
            f" WHERE f.position IS NULL AND c.state = 'live' AND c.fingerprint = :f{listed} LIMIT 1000"
        ).bindparams(f=site.fingerprint, **({"prefix": prefix} if listed else {}))
        findings += _run_text(connection, lacking, "no_face", f"is live and has no bytes in {view}; {REFRESH}")
    return findings


def _run_text(connection: Connection, query: Any, code: str, message: str) -> list[Finding]:
    rows = list(connection.execute(query).all())
    return [] if not rows else [Finding(code, f"{named(rows)} {message}.")]


def _rows(_: Site, connection: Connection) -> list[Finding]:
    """Whether each record stands in exactly the lists that its row names."""
    said = meant = count = 0
    for place in connection.execute(text("SELECT list, position, deleted FROM listing")):
        said ^= hash((place[0], place[1], bool(place[2])))
        count += 1
    for position, stored in connection.execute(text('SELECT position, lists FROM "current"')):
        try:
            places = msgspec.json.decode(stored, type=list[tuple[int, bool]])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return []  # another check tells that
        for list_, deleted in places:
            meant ^= hash((list_, position, bool(deleted)))
            count -= 1
    if (said, count) != (meant, 0):
        message = "The lists do not hold exactly the places that the published records name"
        return [Finding("lists", f"{message}; {REFRESH}.")]
    return []


def _horizon(site: Site, connection: Connection) -> list[Finding]:
    row: Any = connection.execute(
        text("SELECT w, first_w, published_wall, epoch FROM horizon WHERE id = 1")
    ).one_or_none()
    if row is None:
        return [Finding("horizon", f"The horizon has no row; {BACKUP}.")]
    numbers = isinstance(row.w, int) and isinstance(row.first_w, int) and isinstance(row.published_wall, int | float)
    if not numbers or row.w % 2 or not 0 <= row.first_w <= row.w or not row.epoch:
        return [Finding("horizon", f"The horizon holds what it never can; {BACKUP}.")]
    found = []
    ahead_d = (row.w - site.clock.now()) / 86_400
    if ahead_d > _AHEAD_D:
        told = f"The newest datestamp, {utc_datestamp(row.w)}, is {ahead_d:.0f} days ahead of the clock"
        found.append(Finding("horizon", f"{told}: set the clock, or {BACKUP} where the clock is right."))
    beyond = connection.execute(
        text('SELECT uuid FROM "current" WHERE position >= :bound LIMIT 1000'), {"bound": position_of(row.w + 2)}
    ).all()
    if beyond:
        found.append(Finding("horizon", f"{named(beyond)} is published beyond the horizon; {BACKUP}."))
    return found


def _file(site: Site, connection: Connection) -> list[Finding]:
    if not site.database.is_sqlite:
        return []
    said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    return [] if said == "ok" else [Finding("damaged", f"The database file is damaged ({said}); {BACKUP}.")]
