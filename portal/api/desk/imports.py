"""Staged imports over the API: stage a file, look at what it would do, apply it, undo it (api.md; curation.md).

A file comes as the body itself or as a part `file` of a multipart form, with a part `mapping` for tables whose headers
are unknown. What it holds is read by its content; what cannot be read is a row that says why, not an error of the
request. Staging changes no record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from flask import Response, request

from portal.api.authorization import writer_of
from portal.api.parameters import choice, parameters, wait_s, whole_number
from portal.web.problems import ApiError
from portal.web.resource import canonical_uuid
from portal.web.responses import json, private
from repository.accounts import Actor
from repository.deposit import idempotency
from repository.deposit.idempotency import Answer
from repository.errors import Invalid, NotFound
from repository.imports import staging
from repository.imports import undo as undoing
from repository.imports.batch import Batch, Page, Row
from repository.imports.staging import Released, Staging
from repository.outcome import OUTCOMES
from repository.publishing.waiting import until_released
from repository.site import Site
from schemas.errors import Problem
from schemas.formats.format import Delivery
from schemas.formats.incoming import incoming

PAGE: Final = 100
MOST: Final = 1000
STATES: Final = ("published", "submitted", "draft")
PARTS: Final = ("file", "mapping")
_BODY: Final = "body"
_MOST_ROW: Final = 10**9
_KEPT: Final = ("Content-Type", "Location")


class _Upload(msgspec.Struct, frozen=True):
    """What was sent: files by name, and the mapping of their columns where there is one."""

    files: tuple[tuple[str, bytes], ...]
    mapping: bytes | None = None


class Imports:
    """The views of /imports."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @parameters("source", "as", "format", "salvage")
    def stage(self) -> Response:
        actor = writer_of(self.site)
        as_state = choice("as", STATES)
        format_ = choice("format", incoming.FORMATS) or "auto"
        salvage = choice("salvage", ("true", "false")) == "true"
        upload = _upload()
        wish = Staging(request.args.get("source"), as_state, _named(upload), _key(actor, upload))

        def first() -> Answer:
            return self._staged(
                actor, staging.stage(self.site, actor, wish, self._deliveries(upload, format_, salvage=salvage))
            )

        def again(batch: str) -> Answer:
            return self._staged(actor, staging.find(self.site, actor, batch))

        answer = idempotency.once(self.site, wish.key, first, again)
        response = Response(answer.body, answer.status)
        response.headers.update(dict(answer.headers))
        return private(response)

    @parameters("after", "limit", "outcome")
    def read(self, batch: str) -> Response:
        actor = writer_of(self.site)
        after = whole_number("after", 0, 0, _MOST_ROW)
        limit = whole_number("limit", PAGE, 1, MOST)
        outcome = choice("outcome", OUTCOMES)
        found = staging.find(self.site, actor, _known(batch))
        return private(json(self._document(found, staging.rows(self.site, actor, found.id, after, limit, outcome))))

    @parameters()
    def apply(self, batch: str) -> Response:
        actor = writer_of(self.site)
        _no_body()
        return self._released(actor, staging.apply(self.site, actor, _known(batch)))

    @parameters()
    def undo(self, batch: str) -> Response:
        actor = writer_of(self.site)
        _no_body()
        return self._released(actor, undoing.undo(self.site, actor, _known(batch)))

    def _deliveries(self, upload: _Upload, format_: str, *, salvage: bool) -> Iterator[Delivery]:
        for name, data in upload.files:
            asked = incoming.Incoming(name, format_, upload.mapping, salvage, self.site.vocabularies)
            for delivery in incoming.deliveries(data, asked):
                yield msgspec.structs.replace(delivery, file=name)

    def _staged(self, actor: Actor, batch: Batch) -> Answer:
        response = json(self._document(batch, staging.rows(self.site, actor, batch.id, 0, PAGE)), 201)
        response.headers["Location"] = self.site.url(f"/api/v1/imports/{batch.id}")
        kept = tuple((name, response.headers[name]) for name in _KEPT)
        return Answer(response.status_code, kept, response.get_data(), batch.id)

    def _released(self, actor: Actor, done: Released) -> Response:
        """The batch after its work; 202 where another request is at it still."""
        seconds = wait_s()
        if seconds:
            until_released(self.site, done.after, done.upto, seconds)
        batch = done.batch
        page = staging.rows(self.site, actor, batch.id, 0, PAGE)
        response = json(self._document(batch, page), 200 if batch.state in ("applied", "undone") else 202)
        if seconds:
            response.headers["Preference-Applied"] = f"wait={seconds:.0f}"
        return private(response)

    def _document(self, batch: Batch, page: Page) -> dict[str, Any]:
        return {
            "id": batch.id,
            "state": batch.state,
            "source": batch.source,
            "as": batch.as_state,
            "file": batch.file,
            "by": batch.email,
            "created": datetime.fromtimestamp(batch.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "total": batch.total,
            "counts": batch.counts,
            "applied": batch.applied,
            "undone": batch.undone,
            "rows": [self._row(row) for row in page.rows],
            "next": page.next,
        }

    def _row(self, row: Row) -> dict[str, Any]:
        """A row; what only some rows have is left out of the others."""
        reading = row.delivery.reading
        shown: dict[str, Any] = {
            "n": row.n,
            "file": row.delivery.file,
            "place": row.place,
            "identifier": row.identifier,
            "id": row.uuid,
            "outcome": row.outcome,
            "code": row.code,
            "reason": row.reason,
        }
        some = {
            "problems": staging.problems(self.site, row),
            "repairs": reading.repairs if reading is not None else (),
            "undone": row.undone,
        }
        return shown | {name: value for name, value in some.items() if value}


def _known(batch: str) -> str:
    """The name of a batch in its usual form; what is none names no batch."""
    known = canonical_uuid(batch)
    if known is None:
        raise NotFound("There is no import of this name here.")
    return known


def _upload() -> _Upload:
    """The files of this request; raises 400 and 422 for a form or a body that holds none."""
    if request.mimetype != "multipart/form-data":
        data = request.get_data(cache=True)
        if not data:
            raise _missing("The body is empty; send a file as the body, or as the part file of a multipart form.")
        return _Upload(((_BODY, data),))
    unknown = [name for name in (*request.files, *request.form) if name not in PARTS]
    if unknown:
        told = [Problem(name, "unknown_part", f"There is no part {name[:80]} here.") for name in unknown]
        raise ApiError(400, "parameter", f"A form may have the parts {' and '.join(PARTS)} only.", told)
    if "file" in request.form:
        raise _missing("The part file must be sent as a file, with a file name.")
    files = tuple((one.filename or "file", one.read()) for one in request.files.getlist("file"))
    if not files:
        raise _missing("The form has no part named file.")
    mapping = request.files.get("mapping")
    text = request.form.get("mapping")
    return _Upload(files, mapping.read() if mapping is not None else text.encode() if text is not None else None)


def _missing(sentence: str) -> Invalid:
    return Invalid(sentence, (Problem("file", "missing", sentence),))


def _named(upload: _Upload) -> str:
    """The name of the batch: that of its file, or how many there are."""
    if len(upload.files) == 1:
        return upload.files[0][0][-staging.LONGEST_NAME :]
    return f"{len(upload.files)} files"


def _key(actor: Actor, upload: _Upload) -> idempotency.Key | None:
    """The key of this request, if it has one; the boundary of a form is no part of what it stands for."""
    value = request.headers.get("Idempotency-Key")
    if value is None:
        return None
    said = msgspec.msgpack.encode(upload)
    return idempotency.key_of(actor.account, value, request.method, request.full_path, said)


def _no_body() -> None:
    if request.get_data(cache=True).strip() not in (b"", b"{}"):
        raise Invalid("This takes no body: an import is applied or undone as a whole.")
