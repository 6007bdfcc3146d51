"""The report of a source: what its published records lack, which of their values nobody understood, their licences.

Made when a run that changed something ends, and stored, so that showing it costs nothing. It looks only at published
records, at most the newest MOST of them, and says how many it looked at.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from harvest import run_rows
from repository.site import Site
from repository.storage.database import select_in
from schemas.errors import Problem
from schemas.licence import of_rights
from schemas.record import from_json
from schemas.validation.validation import CORE, validate

MOST: Final = 20_000
_PORTION: Final = 500
_NEWEST: Final = text(
    'SELECT c.position, o.key FROM origin o JOIN "current" c ON c.record = o.record'
    " WHERE o.source = :source AND o.is_primary AND c.state = 'live' ORDER BY c.position DESC LIMIT :limit"
)
_TREES: Final = "SELECT position, bytes FROM face_json WHERE position IN (...)"
_COUNT: Final = text(
    'SELECT count(*) FROM origin o JOIN "current" c ON c.record = o.record'
    " WHERE o.source = :source AND o.is_primary AND c.state = 'live'"
)
_KEEP: Final = text(
    "INSERT INTO harvest_report (source, at, body) VALUES (:source, :at, :body)"
    " ON CONFLICT (source) DO UPDATE SET at = excluded.at, body = excluded.body"
)


class Line(msgspec.Struct, frozen=True):
    """One kind of fault: the field in the record's tree, how many records have it, and one of them."""

    code: str
    path: str
    count: int
    sample: str


class Report(msgspec.Struct, frozen=True):
    """`records` are published, `looked_at` of them were judged; licences by their URI ("" for none)."""

    at: int = 0
    records: int = 0
    looked_at: int = 0
    missing: tuple[Line, ...] = ()
    values: tuple[Line, ...] = ()
    licences: dict[str, int] = {}


class _Tally:
    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.samples: dict[tuple[str, str], str] = {}
        self.licences: Counter[str] = Counter()
        self.looked_at = 0

    def add(self, key: str, problems: tuple[Problem, ...], licence: str) -> None:
        self.looked_at += 1
        self.licences[licence] += 1
        for kind in {(each.code, _field(each.path)) for each in problems if each.severity != "info"}:
            self.counts[kind] += 1
            self.samples.setdefault(kind, key)

    def lines(self, *, missing: bool) -> tuple[Line, ...]:
        chosen = [each for each in self.counts.most_common() if each[0][0].startswith("no_") == missing]
        return tuple(Line(code, path, count, self.samples[code, path]) for (code, path), count in chosen)


def make(site: Site, source: str) -> Report:
    """Judge what a source has published, and keep the report."""
    tally = _Tally()
    with site.database.read() as connection:
        found = connection.execute(_NEWEST, {"source": source, "limit": MOST}).all() if _has_faces(connection) else []
    for start in range(0, len(found), _PORTION):
        keys = {row.position: row.key for row in found[start : start + _PORTION]}
        with site.database.read() as connection:
            trees = select_in(connection, _TREES, list(keys))
        for position, tree in trees:  # Records that moved meanwhile are left to the next report.
            record = from_json(bytes(tree))
            licence = of_rights(record.rights)
            uri = "" if licence is None else licence.uri or licence.family
            tally.add(keys[position], validate(record, CORE, site.vocabularies), uri)
    with site.database.read() as connection:
        records = connection.execute(_COUNT, {"source": source}).scalar_one()
    at = int(site.clock.now())
    report = Report(
        at, records, tally.looked_at, tally.lines(missing=True), tally.lines(missing=False),
        dict(tally.licences.most_common()),
    )  # fmt: skip
    with site.database.write() as connection:
        connection.execute(_KEEP, {"source": source, "at": at, "body": msgspec.json.encode(report)})
    return report


def is_due(site: Site, source: str) -> bool:
    """Whether any run changed something since the report was made; a command may be killed between the two."""
    changed = run_rows.last_change(site, source)
    return changed is not None and find(site, source).at < (changed.ended or 0)


def find(site: Site, source: str) -> Report:
    """The report as it was made last; an empty one before the first."""
    with site.database.read() as connection:
        body = connection.execute(
            text("SELECT body FROM harvest_report WHERE source = :source"), {"source": source}
        ).scalar()
    return Report() if body is None else msgspec.json.decode(bytes(body), type=Report)


def document(report: Report) -> dict[str, Any]:
    """A report as JSON."""
    found: dict[str, Any] = msgspec.to_builtins(report)
    return found


def _has_faces(connection: Connection) -> bool:
    """Whether anything was ever published: only then do the tables of faces exist."""
    return connection.execute(text("SELECT 1 FROM \"view\" WHERE name = 'json'")).scalar() is not None


def _field(path: str) -> str:
    """The field of a path, without the indexes of lists."""
    return ".".join(part.partition("[")[0] for part in path.split(".") if not part.isdigit())
