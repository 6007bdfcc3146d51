"""The permission of every route: which action of the policy's table it needs, checked before the view is called.

Here the question is whether this person may do that action to anything at all; the view asks again about the one
record, batch or token that it finds (repository.accounts.policy.can with a Subject). A route that is not in the table
is refused, and a test looks for such routes in the URL map, so that a new page cannot forget to ask.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, request

from portal.api.authorization import actor_of, unauthorised
from portal.web import login_session
from portal.web.problems import is_api
from repository.accounts import Actor
from repository.accounts.policy import Action, may_ask, might
from repository.errors import Forbidden
from repository.site import Site

LOOK: Final[frozenset[str]] = frozenset(
    ("static", "look", "ops", "pages", "documents", "feeds", "search_pages", "search_feed", "sru", "saved_feeds",
     "source_pages", "oai", "oai_explorer", "browse", "concepts", "groups", "about",
     "statistics", "systems")
)  # fmt: skip
"""The blueprints whose routes all show what is public, and nothing else."""

ROUTES: Final[dict[str, Action]] = {
    "api.root": "look",
    "api.list": "look",
    "api.create": "create",
    "api.read": "look",  # version=working: see_work, asked of the record
    "api.replace": "save",
    "api.delete": "delete",
    "api.similar": "look",
    "api.search": "look",
    "api.searches": "see_searches",
    "api.save_search": "keep_searches",
    "api.saved_search": "see_searches",
    "api.delete_search": "keep_searches",
    "api.suggest": "look",
    "api.revisions": "look",  # those that were not published: see_work, asked of the record
    "api.revision": "look",
    "api.act": "submit",  # and the action that the body names, asked of the record
    "api.validate": "look",
    "api.stage": "import",
    "api.batch": "see_batch",
    "api.apply": "change_batch",
    "api.undo": "change_batch",
    "api.harvests": "see_sources",
    "api.harvest": "see_sources",
    "api.quarantine": "see_sources",
    "api.quarantined": "see_sources",
    "api.retry": "retry_source",
    "api.vocabularies": "look",
    "api.vocabulary": "look",
    "api.people": "manage_accounts",
    "api.add_person": "manage_accounts",
    "api.change_person": "manage_accounts",
    "api.tokens": "see_tokens",
    "api.revoke_token": "end_token",
    "api._openapi": "look",
    **dict.fromkeys(
        (
            f"security.{name}"
            for name in (
                "change_email_confirm", "confirm_email", "forgot_password", "login", "logout", "mf_recovery",
                "register", "reset_password",
                "send_confirmation", "tf_select", "two_factor_rescue", "two_factor_token_validation", "wan_signin",
                "wan_signin_response",
            )
        ),
        "log_in",
    ),
    "security.two_factor_setup": "log_in",  # at one's log-in, where one must have it; `_ask` sends strangers away
    **dict.fromkeys(
        (
            f"security.{name}"
            for name in (
                "change_email", "change_password", "mf_recovery_codes",
                "two_factor_setup_validate", "verify", "wan_delete", "wan_register", "wan_register_response",
                "wan_verify", "wan_verify_response",
            )
        ),
        "keep_own_account",
    ),
    **dict.fromkeys(("log_in.link", "log_in.set_password", "oidc.start", "oidc.back"), "log_in"),
    "log_in.go_on": "keep_own_account",
    **dict.fromkeys(("my.overview", "my.security", "my.end_session"), "keep_own_account"),
    **dict.fromkeys(("profile.show", "profile.save"), "keep_own_account"),
    **dict.fromkeys(("profile.person", "profile.sitemap"), "look"),
    **dict.fromkeys((f"my_tokens.{name}" for name in ("show", "make", "end")), "keep_own_account"),
    **dict.fromkeys((f"my_organisations.{name}" for name in ("every", "invitation", "accept")), "keep_own_account"),
    "my_searches.show": "see_searches",
    **dict.fromkeys(("my_searches.keep", "my_searches.end"), "keep_searches"),
    "my_organisations.make": "manage_accounts",
    **dict.fromkeys(
        (f"my_organisations.{name}" for name in ("one", "describe", "change_member", "invite")), "manage_organisation"
    ),
    **dict.fromkeys((f"my_data.{name}" for name in ("show", "export", "erase")), "keep_own_account"),
    **dict.fromkeys(
        (f"requests.{name}" for name in (
            "takedown", "send_takedown", "contact", "send_contact", "report", "send_report", "receipt",
        )),
        "ask",
    ),
    **dict.fromkeys(("api.requests", "api.request"), "see_requests"),
    "api.act_on_request": "close_requests",
    **dict.fromkeys(
        (f"share.{name}" for name in (
            "start", "read", "empty", "create", "wizard", "edit", "change", "mine_drafts", "mine_waiting",
            "mine_to_change", "mine_published",
        )),
        "create",
    ),
}  # fmt: skip


def permission_of(endpoint: str) -> Action | None:
    """The action that a route needs; None for a route that has no entry."""
    return "look" if endpoint.partition(".")[0] in LOOK else ROUTES.get(endpoint)


def guard(app: Flask, site: Site) -> None:
    """Ask the policy before every view."""

    @app.before_request
    def _ask() -> Response | None:
        if request.endpoint is None:
            return None  # there is no such page, and everybody may be told so
        action = permission_of(request.endpoint)
        if action is None:
            raise Forbidden("Nobody has said yet who may see this page.")
        if is_api(request.path):
            actor = actor_of(site)
            if actor is None and not might(None, action):
                raise unauthorised(_WHY.get(action, "This needs a token: `Authorization: Bearer TOKEN`."))
        elif action == "look":
            return None  # no session is looked at for what everybody may see
        else:
            actor = login_session.actor()
            if actor is None and (not might(None, action) or _needs_half(request.endpoint)):
                return login_session.ask_to_log_in()
        if actor is not None:
            may_ask(actor, action)
        return None


def comes_from_a_page(endpoint: str) -> bool:
    """Whether what writes at this endpoint must come from a form of ours: everything but protocols and the API."""
    return not endpoint.startswith("api.") and permission_of(endpoint) != "look"


def _needs_half(endpoint: str) -> bool:
    return endpoint == "security.two_factor_setup" and not login_session.is_half_way()


def actor() -> Actor:
    """Who acts, in a view that is only for people with an account; `guard` has checked that."""
    found: Actor = g.actor
    return found


_WHY: Final[dict[Action, str]] = {
    "see_requests": "Requests are seen with the token of a reviewer or curator.",
    "close_requests": "Requests are closed with the token of a curator.",
    "see_sources": "Sources are seen with the token of a curator.",
    "retry_source": "Sources are seen with the token of a curator.",
    "see_batch": "An import is seen with the token of its owner or of a curator.",
    "see_tokens": "Tokens are seen with a token of the same person, or of an admin.",
    "manage_accounts": "Accounts are kept with the token of an admin, of the scope admin.",
}
