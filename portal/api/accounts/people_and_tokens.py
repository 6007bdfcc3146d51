"""People and tokens over the API: /people for admins, /tokens for everybody's own (api.md, administration).

A token is seen here by its number and never by its secret. Who is no admin sees nobody's but his own, and is told of
others that there are none.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec
from flask import Response

from portal.api.authorization import writer_of
from portal.api.bodies import small_json
from portal.api.parameters import parameters, whole_number
from portal.web import resource
from portal.web.responses import json, private
from repository.accounts import Subject, can, people, tokens
from repository.accounts.people import Person
from repository.accounts.tokens import Listed
from repository.errors import Invalid, NotFound
from repository.site import Site
from schemas.errors import Problem

T = TypeVar("T", bound=msgspec.Struct)

PAGE: Final = 100
MOST: Final = 1_000
_MOST_ID: Final = 10**15


class _Added(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /people."""

    email: str
    role: str
    name: str = ""


class _Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH /people/{id}; what is not given stays."""

    role: str | msgspec.UnsetType = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET


class Accounts:
    """The views of /people and /tokens."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @parameters("after", "limit")
    def people(self) -> Response:
        after, limit = _page()
        found = people.every(self.site, after, limit)
        following = found[-1].id if len(found) == limit else None
        return private(json({"items": [_person(one) for one in found], "next": following}))

    @parameters()
    def add(self) -> Response:
        wish = _body(_Added)
        account = people.add(self.site, wish.email, wish.role, name=wish.name.strip())
        link = self.site.url(f"/desk/password/{tokens.password_link(self.site, account)}")
        response = private(json(_person(people.person(self.site, account)) | {"password_link": link}, 201))
        response.headers["Location"] = self.site.url(f"/api/v1/people/{account}")
        return response

    @parameters()
    def change(self, account: str) -> Response:
        wish = _body(_Changed)
        role = None if wish.role is msgspec.UNSET else wish.role
        active = None if wish.active is msgspec.UNSET else wish.active
        number = _number(account)
        people.change(self.site, number, role=role, active=active)
        return private(json(_person(people.person(self.site, number))))

    @parameters("after", "limit")
    def tokens(self) -> Response:
        actor = writer_of(self.site)
        after, limit = _page()
        whose = 0 if can(actor, "see_tokens", Subject()) else actor.account
        found = tokens.page(self.site, whose, after, limit)
        following = found[-1].id if len(found) == limit else None
        return private(json({"items": [self._token(one) for one in found], "next": following}))

    @parameters()
    def revoke(self, token: str) -> Response:
        actor = writer_of(self.site)
        found = tokens.find(self.site, _number(token))
        if found is None or not can(actor, "end_token", Subject(owner=found.account)):
            raise NotFound(f"There is no token {token[:20]}.")
        tokens.revoke(self.site, found.id)
        return private(Response(status=204))

    def _token(self, one: Listed) -> dict[str, Any]:
        return {
            "id": one.id,
            "person": {"id": one.account, "email": one.email},
            "scope": one.scope,
            "organisation": one.organisation,
            "state": one.state(self.site.clock.now()),
            "created": resource.moment(one.created),
            "expires": _moment(one.expires),
            "revoked": _moment(one.revoked),
            "last_used": _moment(one.used),
        }


def _person(one: Person) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "role": one.role,
        "active": one.active,
        "created": resource.moment(one.created),
        "tokens": one.tokens,
        "last_used": _moment(one.used),
    }


def _moment(at: int | None) -> str | None:
    return None if at is None else resource.moment(at)


def _page() -> tuple[int, int]:
    return whole_number("after", 0, 0, _MOST_ID), whole_number("limit", PAGE, 1, MOST)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise NotFound(f"There is nothing of the number {text[:20]}.")
    return int(text)


def _body(kind: type[T]) -> T:
    """The body of this request; raises Invalid (422), 413, 415."""
    try:
        found = msgspec.json.decode(small_json() or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("The body cannot be taken.", (Problem("", "wrong_body", f"{str(error)[:200]}."),)) from error
    if any("\x00" in value for value in msgspec.structs.astuple(found) if isinstance(value, str)):
        raise Invalid("A text may not hold a NUL character.")
    return found
