"""Dumps: everything published at one watermark, as files that a client starts from before it follows a feed.

One snapshot per set of dumps, so that all formats stand at the same W and never in mid-batch (feeds.md, the rest).
N-Quads and LOM are concatenated from what is stored, AMB lines are written from the public trees. A file appears
whole or not at all; `index.json` beside the files says what each is. Dumps lie in the home, not in the database: one
that was made before an erasure, or in another epoch, no longer counts, in whatever home it lies. An erasure and a
restore delete the files, and the next run makes new ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, text

from repository.config.load import home
from repository.errors import Busy, Invalid
from repository.jobs import lease
from repository.linked import graphs
from repository.published import Item, Snapshot, datestamp_of, snapshot
from repository.site import Site
from repository.storage.compression import gzip_writer
from schemas.datestamp import utc_datestamp
from schemas.formats import registry
from schemas.formats.format import Writing
from schemas.namespaces import WRAPPER
from schemas.record import from_json
from schemas.summary.summary import summarise

PAGE: Final = 500
KEPT: Final = 2  # sets of dumps: a download of the last but one must not break off
INDEX: Final = "index.json"
ENDINGS: Final = {"nq": ".nq.gz", "jsonl": ".jsonl.gz", "lom": ".lom.xml.gz"}
MEDIA_TYPES: Final = {"nq": "application/n-quads", "jsonl": "application/x-ndjson", "lom": "application/xml"}
_ERASURES: Final = text("SELECT value FROM setting WHERE key = 'erasures'")
WIPES: Final = (  # Dumps look whether it rose while they were made.
    "INSERT INTO setting (key, value) VALUES ('erasures', '1') ON CONFLICT (key) DO UPDATE"
    " SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)",
)
"""What erasure notes here, see upkeep.erasure."""
_ERASING: Final = text("SELECT 1 FROM page_erasure")
_VIEWS: Final = {"lom": "lom", "jsonl": "json"}
_HEAD: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<records xmlns="{WRAPPER}">\n'.encode()
_TAIL: Final = b"</records>\n"


class Dump(msgspec.Struct, frozen=True):
    """One file: `bytes` is its size, `sha256` its digest, `position` and `datestamp` where it stands."""

    name: str
    format: str
    bytes: int
    sha256: str
    epoch: str
    position: int
    datestamp: str
    records: int
    erasures: int = 0  # how many there had been when it was made


def folder() -> Path:
    return home() / "dumps"


def listed(line: Snapshot) -> list[Dump]:
    """The dumps of what this snapshot shows, newest first; those whose file is gone are left out."""
    return _standing(line, _entered())


def _standing(line: Snapshot, found: Iterable[Dump]) -> list[Dump]:
    """Those that were made in this epoch, after the last erasure, and not ahead of what is shown."""
    now = line.epoch, _erasures(line.connection)
    return [
        one
        for one in found
        if (one.epoch, one.erasures) == now and one.position <= line.bound and path_of(one).is_file()
    ]


def _entered() -> list[Dump]:
    """What the index names."""
    try:
        return msgspec.json.decode((folder() / INDEX).read_bytes(), type=list[Dump])
    except FileNotFoundError:
        return []


def path_of(dump: Dump) -> Path:
    return folder() / dump.name


def make(site: Site, formats: Iterable[str] = (), tell: Callable[[int], None] | None = None) -> list[Dump] | None:
    """Make a set of dumps (all formats, when none is named); None when another process is making one.

    Raises Invalid for an unknown format, Busy while an erasure is under way.
    """
    wanted = tuple(formats) or tuple(ENDINGS)
    for name in wanted:
        if name not in ENDINGS:
            raise Invalid(f"There is no dump in {name}; there are {', '.join(ENDINGS)}.")
    with lease.lease(site, "dumps", 3600) as renew:
        if renew is None:
            return None
        folder().mkdir(parents=True, exist_ok=True)
        with snapshot(site.database) as line:
            if line.connection.execute(_ERASING).first() is not None:
                raise Busy("A record is being erased; dumps can be made when that is done.")
            made = [_write(site, line, name, tell) for name in wanted]
        with snapshot(site.database) as line:
            stand = len(_standing(line, made)) == len(made)
            _enter(line, made)
        if not stand:
            raise Busy("A record was erased, or a backup restored, while dumps were made. Make them again.")
    return made


def _erasures(connection: Connection) -> int:
    return int(connection.execute(_ERASURES).scalar() or 0)


def forget() -> int:
    """Delete every dump; gives how many there were."""
    found = _entered()
    _keep([])
    return len(found)


def _write(site: Site, line: Snapshot, format_: str, tell: Callable[[int], None] | None) -> Dump:
    name = f"{line.bound}{ENDINGS[format_]}"
    partial = folder() / f"{name}.part"
    count = 0
    try:
        with partial.open("wb") as file, gzip_writer(file) as out:
            for part, records in _parts(site, line, format_):
                out.write(part)
                count += records
                if tell is not None:
                    tell(records)
        digest, size = _digest(partial), partial.stat().st_size
        partial.replace(folder() / name)
    finally:
        partial.unlink(missing_ok=True)
    at = utc_datestamp(datestamp_of(line.bound))
    return Dump(name, format_, size, digest, line.epoch, line.bound, at, count, _erasures(line.connection))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(site: Site, line: Snapshot, format_: str) -> Iterator[tuple[bytes, int]]:
    """The document in parts, each with its number of records."""
    if format_ == "lom":
        yield _HEAD, 0
    for items, faces in _pages(site, line, format_):
        written = [body for item in items if (body := _one(site, item, faces.get(item.position), format_))]
        yield b"".join(written), len(written)
    if format_ == "lom":
        yield _TAIL, 0


def _pages(site: Site, line: Snapshot, format_: str) -> Iterator[tuple[list[Item], dict[int, bytes]]]:
    """The live records in log order, with what their entries are made from."""
    after = -1
    while items := line.changes(after, PAGE):
        after = items[-1].position
        live = [item for item in items if not item.deleted]
        positions = [item.position for item in live]
        yield live, graphs.graphs(site, line, positions) if format_ == "nq" else line.faces(_VIEWS[format_], positions)


def _one(site: Site, item: Item, face: bytes | None, format_: str) -> bytes | None:
    if face is None:
        return None
    if format_ == "nq":
        return graphs.named(face, site.url(f"/id/resource/{item.uuid}"))
    if format_ == "lom":
        return face + b"\n"
    record = from_json(face)
    writing = Writing(
        site.vocabularies,
        summarise(record, site.vocabularies),
        publish_contact=site.config.privacy.publish_contact,
        uuid=item.uuid,
        url=site.url(f"/id/resource/{item.uuid}"),
        base_url=site.base_url,
    )
    write = registry.get("amb").write
    body: bytes | None = write(record, writing) if write else None
    return None if body is None else body + b"\n"


def _enter(line: Snapshot, made: list[Dump]) -> None:
    """Enter new dumps into the index; dumps that no longer count are dropped, and so are the oldest."""
    names = {one.name for one in made}
    kept = _standing(line, [*made, *(one for one in _entered() if one.name not in names)])
    positions = sorted({one.position for one in kept}, reverse=True)[:KEPT]
    _keep(sorted((one for one in kept if one.position in positions), key=lambda one: -one.position))


def _keep(dumps: list[Dump]) -> None:
    """Write the index, then remove the files that it does not name."""
    if not folder().is_dir():
        return
    partial = folder() / f"{INDEX}.part"
    partial.write_bytes(msgspec.json.encode(dumps))
    partial.replace(folder() / INDEX)
    names = {one.name for one in dumps} | {INDEX}
    for path in folder().iterdir():
        if path.name not in names and not path.name.endswith(".part"):
            path.unlink(missing_ok=True)
