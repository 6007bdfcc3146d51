"""Who asks: `Authorization: Bearer <token>` to an Actor, or nobody.

A token that is not known is 401 everywhere, also where none is needed: a wrong secret must be seen. What somebody may
do is asked in `portal.permissions`, before a view.
"""

from __future__ import annotations

from flask import g, request

from portal.web.problems import ApiError
from repository.accounts import Actor, tokens
from repository.site import Site

_REALM = 'Bearer realm="oerbron"'


def actor_of(site: Site) -> Actor | None:
    """The actor of this request's token; None without one. Raises 401 for a token that is not known."""
    known: Actor | None = g.get("actor")
    header = request.headers.get("Authorization")
    if header is None or known is not None:
        return known
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer":
        raise unauthorised("Send the token as `Authorization: Bearer TOKEN`.")
    actor = tokens.authenticate(site, secret.strip())
    if actor is None:
        raise unauthorised("This token is not known, or not valid any more.")
    g.actor = actor
    return actor


def writer_of(site: Site) -> Actor:
    """The actor of this request, which must have a token; raises 401."""
    actor = actor_of(site)
    if actor is None:
        raise unauthorised("Writing needs a token: `Authorization: Bearer TOKEN`.")
    return actor


def unauthorised(sentence: str) -> ApiError:
    """401: a token is needed, or the one given is not known."""
    return ApiError(401, "unauthorised", sentence).with_headers(WWW_Authenticate=_REALM)
