"""What a request may bring: for every route its largest body and its longest query, in bytes.

A form of 60 MB to /sru took 2.3 GB of memory and 16 half-sent ones a whole server, so nothing is taken that a route has
no use for. The table is complete by test: a route without a row fails it, and in a running server takes NOTHING. The
sizes are those of the largest lawful request, doubled.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from flask import Flask, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestURITooLarge
from werkzeug.routing import MapAdapter

RECORD_BYTES: Final = 2_000_000  # as schemas.xml.reader allows
FORM_PARTS: Final = 100
_SMALL: Final = 16 * 1024
_FORM: Final = 64 * 1024
_MEGA: Final = 1_000_000


class Limit(NamedTuple):
    """Most bytes of a query and of a body; `signed`: what comes without a token or a session may have a form's."""

    query_bytes: int
    body_bytes: int = 0
    signed: bool = False


NOTHING: Final = Limit(2_048)
_FILE: Final = Limit(256)  # what has no parameters; crawlers and caches add their own
_READ: Final = Limit(4_096)
_SEARCH: Final = Limit(16_384)
_WRITE: Final = Limit(2_048, RECORD_BYTES)
_ACT: Final = Limit(2_048, _FORM)
_OPEN: Final = Limit(4_096, _SMALL)  # a few words each
_OAI: Final = Limit(65_536, _FORM)  # its own arguments are held to less, in the protocol's words
WHOLE_FILE: Final = -1  # [limits] body_bytes

LIMITS: Final[dict[str, Limit]] = {
    "static": _FILE,
    "look.file": _FILE,
    **dict.fromkeys(("ops._healthz", "ops._readyz", "ops._metrics"), _FILE),
    **dict.fromkeys(("pages.home",), _READ),
    **dict.fromkeys((f"documents.{name}" for name in ("activity", "document", "thing")), _READ),
    **dict.fromkeys((f"browse.{name}" for name in ("level", "levels", "subject", "subjects")), _READ),
    **dict.fromkeys(
        (f"groups.{name}" for name in ("collection", "collections", "organisation", "organisations")), _READ
    ),
    **dict.fromkeys((f"about.{name}" for name in ("about", "how_we_judge", "help", "privacy")), _READ),
    **dict.fromkeys(("concepts.document", "concepts.name"), _READ),
    **dict.fromkeys(
        (
            f"feeds.{name}"
            for name in (
                "api_catalog", "archive", "capabilitylist", "catalog", "changelist", "changes", "dump", "dumps",
                "latest", "ldes", "ldes_page", "resourcelist", "resourcelist_part", "resourcesync", "robots", "sitemap",
                "sitemap_part", "void",
            )
        ),
        _READ,
    ),
    **dict.fromkeys(("oai.oai", "oai.source"), _OAI),
    "oai_explorer.build": _SEARCH,
    **dict.fromkeys(("search_pages.show", "search_feed.atom"), _SEARCH),
    **dict.fromkeys(("api.search", "api.suggest", "api.similar"), _SEARCH),
    **dict.fromkeys(("search_feed.description", "saved_feeds._feed"), _READ),
    "sru.answer": Limit(16_384, _SMALL),
    **dict.fromkeys((f"source_pages.{name}" for name in ("source", "source_feed", "source_json", "sources")), _READ),
    "source_pages.sources_json": _READ,
    **dict.fromkeys(
        (
            f"api.{name}"
            for name in (
                "_openapi", "batch", "harvest", "harvests", "list", "people", "quarantine", "quarantined", "read",
                "revision", "revisions", "root", "saved_search", "searches", "tokens", "vocabularies", "vocabulary",
            )
        ),
        _READ,
    ),
    **dict.fromkeys(("api.create", "api.replace", "api.validate"), _WRITE),
    **dict.fromkeys(
        (
            f"api.{name}"
            for name in (
                "act", "add_person", "apply", "change_person", "delete", "delete_search", "retry", "revoke_token",
                "save_search", "undo",
            )
        ),
        _ACT,
    ),
    "api.stage": Limit(2_048, WHOLE_FILE, signed=True),
    "security.login": Limit(_SEARCH.query_bytes, _MEGA),  # a form that was typed when the session ended comes along
    "log_in.go_on": _READ,
    **dict.fromkeys(
        (
            f"security.{name}"
            for name in (
                "change_email", "change_password", "confirm_email", "forgot_password", "logout",
                "mf_recovery", "mf_recovery_codes", "register", "reset_password", "send_confirmation", "tf_select",
                "two_factor_rescue", "two_factor_setup", "two_factor_setup_validate", "two_factor_token_validation",
                "verify", "wan_delete", "wan_register", "wan_register_response", "wan_signin", "wan_signin_response",
                "wan_verify", "wan_verify_response",
            )
        ),
        _OPEN,
    ),
    **dict.fromkeys(("log_in.link", "security.change_email_confirm"), _READ),
    "log_in.set_password": _OPEN,
    **dict.fromkeys(("my.overview", "my.security", "my_tokens.show"), _READ),
    **dict.fromkeys((f"profile.{name}" for name in ("show", "person", "sitemap")), _READ),
    **dict.fromkeys(("my_data.show", "my_data.export"), _READ),
    "my_searches.show": _SEARCH,
    **dict.fromkeys(("my_searches.keep", "my_searches.end"), _OPEN),
    "oidc.start": _READ,
    "oidc.back": _SEARCH,
    **dict.fromkeys((f"my_organisations.{name}" for name in ("every", "one", "invitation")), _READ),
    **dict.fromkeys((f"my_organisations.{name}" for name in ("make", "change_member", "invite", "accept")), _OPEN),
    "my_organisations.describe": _ACT,
    **dict.fromkeys(("my_tokens.make", "my_tokens.end", "my_data.erase"), _OPEN),
    "profile.save": _ACT,
    "my.end_session": _OPEN,
    **dict.fromkeys((f"requests.{name}" for name in ("takedown", "contact", "report", "receipt")), _READ),
    **dict.fromkeys((f"requests.send_{name}" for name in ("takedown", "contact", "report")), _OPEN),
    **dict.fromkeys(("api.requests", "api.request"), _READ),
    "api.act_on_request": _ACT,
    **dict.fromkeys(
        (f"share.{name}" for name in ("start", "empty", "wizard", "edit", "mine_drafts", "mine_waiting",
                                      "mine_to_change", "mine_published")),
        _READ,
    ),
    "share.read": _OPEN,
    **dict.fromkeys(("share.create", "share.change"), _ACT),
    **dict.fromkeys(("statistics.show", "statistics.csv", "systems.harvest", "systems.api"), _READ),
}  # fmt: skip
"""By endpoint. A new route gets a row here; what it takes is what its largest lawful request has."""


def enforce(app: Flask, file_bytes: int) -> None:
    """Hold every request to its route's limits before its view runs; `file_bytes` is the most a whole file may have."""
    app.config["MAX_CONTENT_LENGTH"] = file_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = _MEGA
    app.config["MAX_FORM_PARTS"] = FORM_PARTS

    @app.before_request
    def _held() -> None:
        limit = LIMITS.get(request.endpoint or "", NOTHING)
        if len(request.query_string) > limit.query_bytes:
            raise RequestURITooLarge(f"The query is longer than the {limit.query_bytes} bytes that this address takes.")
        known = bool(request.headers.get("Authorization") or request.cookies)
        most = request.max_content_length = body_bytes(limit, file_bytes, known=known)
        if (request.content_length or 0) > most:
            raise RequestEntityTooLarge(too_large(most))


def most_bytes(adapter: MapAdapter, file_bytes: int, *, known: bool) -> int:
    """The largest body that the route of a request takes; of what is no route, a form's, so that it hears so."""
    try:
        rule, _ = adapter.match(return_rule=True)
    except HTTPException:
        return _FORM
    return body_bytes(LIMITS.get(rule.endpoint, NOTHING), file_bytes, known=known)


def body_bytes(limit: Limit, file_bytes: int, *, known: bool) -> int:
    """The largest body under a limit; whoever sends no token or session is `known` for nothing."""
    if limit.signed and not known:
        return min(_FORM, file_bytes)
    return file_bytes if limit.body_bytes == WHOLE_FILE else min(limit.body_bytes, file_bytes)


def too_large(most: int) -> str:
    """The sentence for a body that is too large."""
    return f"The body is larger than the {most} bytes that this address takes." if most else "This takes no body."
