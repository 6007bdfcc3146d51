"""Writing records over the API: create, replace, delete, act (api.md, records).

Each view reads the request, lets the deposit do the work, waits for publication where that is preferred, and shows
what became of the record. Who may do what is the deposit's to say. Every write may be repeated under its
Idempotency-Key: the key is claimed by the transaction that does the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import msgspec
from flask import Response, request

from portal.api import bodies
from portal.api.authorization import writer_of
from portal.api.parameters import choice, if_match, languages, parameters, wait_s
from portal.api.records.answers import tombstone_answer, working_answer
from portal.api.records.reading import known_uuid
from portal.web.problems import ApiError
from portal.web.responses import private
from repository import deposit
from repository.accounts import Actor
from repository.deposit import Action, Save, Working, idempotency
from repository.deposit.idempotency import Answer, Key
from repository.errors import Invalid
from repository.outcome import OutcomeName
from repository.published import snapshot
from repository.publishing.waiting import until_public
from repository.search.service import Searching
from repository.site import Site
from schemas.errors import Problem

STATES: Final = ("published", "submitted", "draft")
ACTIONS: Final = (
    "submit", "claim", "assign", "release", "request_changes", "accept", "reject", "withdraw", "restore",
)  # fmt: skip
_KEPT: Final = ("Content-Type", "ETag", "Location", "Preference-Applied")
Show = Callable[[Working], Response]


class Writes:
    """The views that write one record."""

    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching

    @parameters("as", "lang")
    def create(self) -> Response:
        actor, key = self._writer()
        as_state = choice("as", STATES)
        tags = languages(self.site.config.site.languages)
        body = bodies.read(self.site.vocabularies)
        wish = _wish(body, as_state=as_state, source=body.source, key=key)

        def show(found: Working) -> Response:
            response = working_answer(self.site, found, tags, 201 if found.outcome == "created" else 200)
            response.headers["Location"] = self.site.url(f"/api/v1/records/{found.uuid}")
            return response

        return self._answered(actor, key, lambda: deposit.save(self.site, actor, wish), show)

    @parameters("as", "lang")
    def replace(self, uuid: str) -> Response:
        actor, key = self._writer()
        as_state = choice("as", STATES)
        tags = languages(self.site.config.site.languages)
        known = known_uuid(uuid)
        if "If-Match" not in request.headers:
            sentence = "Name the revision that you read in If-Match: the ETag of GET with version=working."
            raise ApiError(428, "precondition-required", sentence)
        body = bodies.read(self.site.vocabularies)
        wish = _wish(body, uuid=known, as_state=as_state, if_match=if_match(), key=key)
        return self._answered(
            actor,
            key,
            lambda: deposit.save(self.site, actor, wish),
            lambda found: working_answer(self.site, found, tags),
        )

    @parameters()
    def delete(self, uuid: str) -> Response:
        actor, key = self._writer()
        known = known_uuid(uuid)
        said = bodies.texts("reason", "successor")
        action = Action("delete", reason=said["reason"], successor=said["successor"], if_match=if_match(), key=key)
        return self._answered(
            actor,
            key,
            lambda: deposit.act(self.site, actor, known, action),
            lambda found: tombstone_answer(self.site, found),
        )

    @parameters("lang")
    def act(self, uuid: str) -> Response:
        actor, key = self._writer()
        tags = languages(self.site.config.site.languages)
        known = known_uuid(uuid)
        said = bodies.texts("action", "note", "to")
        name = said["action"] or ""
        if name not in ACTIONS:
            sentence = f"action must be one of: {', '.join(ACTIONS)}."
            raise Invalid(sentence, (Problem("action", "not_in_list", sentence),))
        action = Action(name, note=said["note"], to=said["to"], if_match=if_match(), key=key)
        return self._answered(
            actor,
            key,
            lambda: deposit.act(self.site, actor, known, action),
            lambda found: working_answer(self.site, found, tags),
        )

    def _writer(self) -> tuple[Actor, Key | None]:
        """Who writes, and under which key; raises 422 for a bad key."""
        actor = writer_of(self.site)
        value = request.headers.get("Idempotency-Key")
        if value is None:
            return actor, None
        # What a repeated write must have in common with the first: address, parameters, precondition and body.
        address = "\n".join((request.full_path, request.headers.get("If-Match", ""), request.mimetype))
        return actor, idempotency.key_of(actor.account, value, request.method, address, bodies.body_bytes())

    def _answered(self, actor: Actor, key: Key | None, do: Callable[[], Working], show: Show) -> Response:
        """Do the work once, wait where that is preferred, and answer; a repeated key is answered as the first."""

        def first() -> Answer:
            return self._shown(do(), show)

        def again(uuid: str) -> Answer:
            # The first answer was lost, the work was not: whoever made a first revision created the record.
            found = deposit.working(self.site, actor, uuid)
            outcome: OutcomeName = "created" if found.revision == 1 else "updated"
            return self._shown(msgspec.structs.replace(found, outcome=outcome), show)

        answer = idempotency.once(self.site, key, first, again)
        response = Response(answer.body, answer.status)
        response.headers.update(dict(answer.headers))
        response.vary.add("Accept-Language")
        return private(response)

    def _wait(self, found: Working, seconds: float) -> None:
        """Until the change is public, and in what is left of the time until it is searchable."""
        end = time.monotonic() + seconds
        if until_public(self.site, found.id, seconds):
            with snapshot(self.site.database) as line:
                item = line.find(found.uuid)
            if item is not None:
                self.searching.until_searchable(item.position, end - time.monotonic())

    def _shown(self, found: Working, show: Show) -> Answer:
        seconds = wait_s()
        if seconds:
            self._wait(found, seconds)
        response = show(found)
        if seconds:
            response.headers["Preference-Applied"] = f"wait={seconds:.0f}"
        kept = tuple((name, response.headers[name]) for name in _KEPT if name in response.headers)
        return Answer(response.status_code, kept, response.get_data(), found.uuid)


def _wish(body: bodies.Body, *, as_state: str | None, key: Key | None, **more: object) -> Save:
    """A body as the deposit takes it."""
    return Save(
        record=body.reading.record,
        as_state=as_state,
        organisation=body.organisation,
        collections=body.collections,
        format=body.format,
        reading=body.reading,
        source_bytes=body.source_bytes,
        key=key,
        **more,  # type: ignore[arg-type]
    )
