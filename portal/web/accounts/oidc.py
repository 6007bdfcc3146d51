"""Logging in by another provider, by OpenID Connect: an extra (`pip install oerbron[oidc]`), carried out by Authlib.

A provider is named in the configuration ([[accounts.oidc]]); what it says counts when its signature holds (OpenID
Connect Core 1.0, 3.1.3.7). The authorization code flow with PKCE, state and nonce; nothing of the provider is kept but
its issuer and the number of the person there.
"""

from __future__ import annotations

import logging
import os
from functools import cached_property
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, flash, redirect, request, session
from flask_login import current_user
from flask_security import login_user
from flask_security.utils import validate_redirect_url

from portal.web import i18n
from portal.web.accounts.datastore import Datastore, User
from portal.web.i18n import later
from repository.accounts import identities
from repository.accounts.identities import Claims
from repository.config.sections import OidcSection, oidc_secret_name
from repository.errors import ConfigError, Refused
from repository.site import Site

log = logging.getLogger(__name__)


def blueprint(site: Site, app: Flask) -> Blueprint:
    """/login/with/{name} leads to a provider, /login/with/{name}/back comes from it."""
    made = Blueprint("oidc", __name__)
    views = _Views(site, app)
    made.add_url_rule("/login/with/<name>", "start", views.start)
    made.add_url_rule("/login/with/<name>/back", "back", views.back)
    made.app_context_processor(lambda: {"other_log_ins": [(each.name, each.title or each.name) for each in views.all]})
    if views.all:
        views.clients  # noqa: B018 - a missing extra is told at the start, not to the first who comes
    return made


class _Views:
    def __init__(self, site: Site, app: Flask) -> None:
        self.site = site
        self.app = app
        self.all: tuple[OidcSection, ...] = site.config.accounts.oidc

    @cached_property
    def clients(self) -> Any:
        try:
            from authlib.integrations.flask_client import OAuth  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise ConfigError("[[accounts.oidc]] needs the extra: pip install 'oerbron[oidc]'.") from error
        found = OAuth(self.app)
        for each in self.all:
            found.register(
                each.name,
                client_id=each.client_id,
                client_secret=os.environ.get(oidc_secret_name(each.name)),
                server_metadata_url=each.issuer.rstrip("/") + "/.well-known/openid-configuration",
                client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 10},
            )
        return found

    def start(self, name: str) -> Response:
        client = self._client(name)
        wish = request.args.get("next", "")
        session["oidc_next"] = wish if wish and validate_redirect_url(wish) else "/my"
        try:
            answer: Response = client.authorize_redirect(self.site.url(f"/login/with/{name}/back"))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong there: one sentence here, and the log
            return self._failed(name, error)
        return answer

    def back(self, name: str) -> Response:
        client = self._client(name)
        try:
            claims = _claims(client.authorize_access_token()["userinfo"])
        except Exception as error:  # noqa: BLE001 - a forged answer, a refusal, a provider that is away
            return self._failed(name, error)
        to = str(session.pop("oidc_next", "/my"))
        if current_user.is_authenticated:
            linked = identities.link(self.site, claims, int(current_user.id))
            flash(_LINKED if linked else _ANOTHERS, "success" if linked else "error")
            return _see("/my/security")
        try:
            account = identities.account_of(self.site, claims, i18n.language())
        except Refused as error:
            return self._failed(name, error)
        return self._log_in(account, to)

    def _log_in(self, account: int, to: str) -> Response:
        security = current_app.extensions["security"]
        datastore: Datastore = security.datastore
        user: User | None = datastore.find_user(id=account)
        if user is None or not user.active:
            flash(_FAILED, "error")
            return _see("/login")
        asked: Response | None = security.two_factor_plugins.tf_enter(user, False, "oidc", next_loc=to)
        if asked is not None:
            return asked
        login_user(user, authn_via=["oidc"])
        return _see(to)

    def _client(self, name: str) -> Any:
        if name not in [each.name for each in self.all]:
            abort(404)
        return self.clients.create_client(name)

    def _failed(self, name: str, error: Exception) -> Response:
        log.warning("a log-in elsewhere failed", extra={"provider": name, "reason": f"{type(error).__name__}: {error}"})
        flash(_FAILED, "error")
        return _see("/login")


_FAILED = later("That log-in did not work; try again, or log in with your password.")
_LINKED = later("From now on you can log in that way too.")
_ANOTHERS = later("That log-in belongs to another account.")


def _claims(said: Any) -> Claims:
    return Claims(
        str(said["iss"]),
        str(said["sub"]),
        str(said.get("email") or ""),
        said.get("email_verified") is True,
        str(said.get("name") or ""),
    )


def _see(path: str) -> Response:
    answer = redirect(path, 303)
    return Response(answer.response, answer.status_code, answer.headers)
