"""Who looks at a page: asked by views and templates, whatever is behind it (portal.web.accounts)."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from flask import Response, current_app, g, request
from markupsafe import Markup

from portal.web.accounts import door
from portal.web.responses import personal
from repository.accounts import Actor, people
from repository.errors import Forbidden
from repository.site import Site


class Person(msgspec.Struct, frozen=True):
    """Somebody who is logged in, as pages greet them."""

    account: int
    email: str
    name: str
    role: str
    language: str | None
    is_confirmed: bool

    @property
    def shown(self) -> str:
        """What the person is called on their own pages."""
        return self.name or self.email.partition("@")[0]


def person() -> Person | None:
    """Who is logged in; None for everybody else, and for somebody whose account was closed meanwhile."""
    if "person" not in g:
        found = door.person()
        g.person = None if found is None or found.id is None else Person(
            found.id, found.email, found.name or "", found.role, found.language, found.confirmed_at is not None
        )  # fmt: skip
    known: Person | None = g.person
    return known


def actor() -> Actor | None:
    """The same person as one who acts, with today's rights."""
    if "session_actor" not in g:
        found = person()
        g.session_actor = None if found is None else people.actor(_site(), found.account)
    known: Actor | None = g.session_actor
    return known


def somebody() -> Person:
    """Who is logged in, in a view that only such people reach (portal.permissions)."""
    found = person()
    if found is None:
        raise Forbidden("Log in first.")
    return found


def csrf_input() -> Markup:
    """The hidden field that every form needs which is sent by POST. It sets a cookie for a day where there is none."""
    return door.csrf_input()


def is_half_way() -> bool:
    """Whether somebody gave the right password and has still to give the second factor."""
    return door.is_half_way()


def secret() -> str | None:
    """The secret of this session."""
    return door.session_secret()


def is_fresh() -> bool:
    """Whether the password was given within the hour: asked before what cannot be undone."""
    return door.is_fresh()


def ask_again(path: str) -> Response:
    """The way to give the password once more, and back to this path."""
    return Response(status=303, headers={"Location": "/login/again?next=" + quote(path, safe="/")})


def forget() -> None:
    """Forget who is logged in, in this browser: the account is gone."""
    door.forget()
    g.person = g.session_actor = None


def ask_to_log_in() -> Response:
    """What a stranger gets at a page that needs a log-in: the way there, or the log-in with what was typed."""
    if request.method == "POST":
        return door.log_in_page(_site(), 403)
    response = Response(status=303)
    response.location = "/login?next=" + quote(request.full_path.rstrip("?"), safe="/")
    return personal(response)


def _site() -> Site:
    found: Site = current_app.extensions["oerbron"]
    return found
