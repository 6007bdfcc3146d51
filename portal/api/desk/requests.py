"""Requests over the API: /requests for reviewers and curators; granting and refusing for curators (desk.md)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from flask import Response, request

from portal.api.authorization import writer_of
from portal.api.bodies import small_json
from portal.api.parameters import bad_parameter, parameters, whole_number
from portal.web import resource
from portal.web.responses import json, private
from repository.errors import Invalid, NotFound
from repository.requests import requests
from repository.requests.requests import KINDS, STATES, Decision, Request
from repository.site import Site

PAGE: Final = 100
MOST: Final = 1_000
_MOST_ID: Final = 10**15


class _Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /requests/{id}/actions."""

    action: str
    answer: str
    successor: str | None = None


class Requests:
    """The views of /requests."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @parameters("after", "limit", "state", "kind")
    def every(self) -> Response:
        after = whole_number("after", 0, 0, _MOST_ID)
        limit = whole_number("limit", PAGE, 1, MOST)
        state, kind = _one_of("state", STATES), _one_of("kind", KINDS)
        found = requests.page(self.site, after, limit, state, kind)
        following = found[-1].id if len(found) == limit else None
        return private(json({"items": [_shown(one) for one in found], "next": following}))

    @parameters()
    def read(self, request_id: str) -> Response:
        return private(json(_shown(requests.find(self.site, _number(request_id)))))

    @parameters()
    def act(self, request_id: str) -> Response:
        number = _number(request_id)
        try:
            wish = msgspec.json.decode(small_json() or b"{}", type=_Action)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid(f"The body is no action: {str(error)[:200]}.") from error
        if "\x00" in wish.answer or "\x00" in (wish.successor or ""):
            raise Invalid("A text may not hold a NUL character.")
        if wish.action not in ("grant", "refuse"):
            raise Invalid("The action of a request is grant or refuse.")
        decision = Decision("grant" if wish.action == "grant" else "refuse", wish.answer, wish.successor)
        return private(json(_shown(requests.decide(self.site, writer_of(self.site), number, decision))))


def _one_of(name: str, values: tuple[str, ...]) -> str:
    wish = request.args.get(name, "")
    if wish and wish not in values:
        raise bad_parameter(name, f"{name} must be one of {', '.join(values)}.")
    return wish


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise NotFound(f"There is no request {text[:20]}.")
    return int(text)


def _shown(one: Request) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "record": one.record,
        "email": one.email,
        "reason": one.reason,
        "state": one.state,
        "answer": one.answer,
        "created": resource.moment(one.created),
        "closed": resource.moment(one.closed) if one.closed is not None else None,
    }
