"""The door of log-ins: puts Flask-Security into the application, over our tables, with our pages.

Who is logged in is asked of `portal.web.login_session`; nobody else imports what is used here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, request, session
from flask_login import current_user
from flask_security import PasswordUtil, Security, WebauthnUtil, logout_user
from flask_security.signals import change_email_confirmed
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup

from portal.web import page
from portal.web.accounts import carried, forms, letters, oidc, settings, words
from portal.web.accounts.authenticator import Authenticator
from portal.web.accounts.datastore import Datastore, User
from portal.web.accounts.letters import Letters
from portal.web.accounts.session_rows import COOKIE, FRESH_S, Session, Sessions
from portal.web.responses import personal
from repository.accounts import people
from repository.site import Site

_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))


class _Passwords(PasswordUtil):  # type: ignore[misc]
    """The rule of `oerbron user add`, and no other."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        if people.SHORTEST <= len(password) <= people.LONGEST:
            return None, password
        return [words.MESSAGES["PASSWORD_INVALID_LENGTH"][0]], password


def install(app: Flask, site: Site, is_checked: Callable[[str], bool]) -> None:
    """Sessions, the pages of the log-in, and the check against forged requests.

    `is_checked` says of an endpoint whether a request that writes there must come from a page of ours.
    """
    app.session_interface = Sessions(site)
    app.config.update(settings.of(site))
    csrf = CSRFProtect(app)
    security = Security(
        app,
        Datastore(site),
        mail_util_cls=Letters,
        password_util_cls=_Passwords,
        totp_cls=Authenticator,
        webauthn_util_cls=_origins(site),
        render_template=page.page,
        **forms.FORMS,
    )
    change_email_confirmed.connect(letters.tell_the_old_address, app)
    app.register_blueprint(oidc.blueprint(site, app))
    security.want_json(lambda _request: False)
    security.login_manager.request_loader(lambda _request: None)  # the API knows its own tokens
    security.login_manager.session_protection = None  # a session is bound to its row, not to an address
    security.principal.identity_loaders.clear()  # roles are left aside

    @app.before_request
    def _no_forgery() -> Response | None:
        if request.method not in _SAFE and request.endpoint and is_checked(request.endpoint):
            csrf.protect()
        return _not_now() if request.endpoint == "security.two_factor_token_validation" else None

    @app.after_request
    def _finish(response: Response) -> Response:
        if response.status_code < 500:  # what a view began and did not end is not written
            security.datastore.commit()
        if request.endpoint and request.endpoint.startswith("security.") and response.status_code == 302:
            _after_log_in(response)
        if COOKIE in request.cookies and response.mimetype == "text/html" and person() is not None:
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if response.headers["Cache-Control"] == "no-cache":
                response.headers["Cache-Control"] = "private, no-cache"
        return response

    app.register_error_handler(CSRFError, lambda error: _forged(site, error))


def person() -> User | None:
    """Who is logged in."""
    if COOKIE not in request.cookies and not _touched():
        return None
    found = current_user._get_current_object() if current_user else None
    return found if isinstance(found, User) and found.active else None


def is_half_way() -> bool:
    """Whether somebody's password was right and the second factor is still to come."""
    return COOKIE in request.cookies and "tf_user_id" in session


def session_secret() -> str | None:
    """The secret of this session's row."""
    return session.secret if isinstance(session, Session) else getattr(_session(), "secret", None)


def is_fresh() -> bool:
    """Whether the password, or a passkey, was given within the hour."""
    return bool(time.time() - float(session.get("fs_paa", 0)) < FRESH_S)


def forget() -> None:
    """Forget everything about this browser."""
    logout_user()
    session.clear()


def csrf_input() -> Markup:
    """The hidden field that every form needs which is sent by POST."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def log_in_page(site: Site, status: int = 200) -> Response:
    """The page to log in, for a request that needs it; what was typed goes along."""
    form = forms.LogIn(formdata=None)
    form.carried.data = carried.of(site, request)
    form.next.data = "" if form.carried.data else _path()
    response = page.page("site/account/log_in.html", login_user_form=form)
    response.status_code = status
    return personal(response)


def _not_now() -> Response | None:
    """The library logs out whoever comes to the page of codes without being asked for one; a link could do that."""
    if person() is None or session.get("tf_state") == "validating_profile":
        return None
    return Response(status=303, headers={"Location": "/my"})


def _after_log_in(response: Response) -> None:
    """Redirects of the log-in are told as See Other; who had typed something is led back to it."""
    response.status_code = 303
    if person() is not None and "carried" in session:
        response.location = "/login/continue"


def _forged(site: Site, error: CSRFError) -> Response:
    """A form without its token: usually one that stood open for days. It may be sent again, with one click."""
    found = carried.read(site, carried.of(site, request))
    if found is None:
        return page.error_page(error)
    response = page.page("site/account/continue.html", carried=found, logged_in=False)
    response.status_code = 400
    return response


def _origins(site: Site) -> type[WebauthnUtil]:
    address = urlsplit(site.base_url)

    class Origins(WebauthnUtil):  # type: ignore[misc]
        """Passkeys belong to the address that people see, and may lie on any device."""

        def origin(self) -> str:
            return f"{address.scheme}://{request.host}"

        def authenticator_selection(self, user: Any, usage: str) -> Any:
            """Any device: the phone or laptop itself, or a key that is plugged in."""
            found = super().authenticator_selection(user, usage)
            found.authenticator_attachment = None
            return found

    return Origins


def _path() -> str:
    return request.full_path.rstrip("?")


def _session() -> Any:
    return session._get_current_object()  # type: ignore[attr-defined]


def _touched() -> bool:
    found = _session()
    return isinstance(found, Session) and found.modified
