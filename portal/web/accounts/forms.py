"""The forms of the log-in: Flask-Security's own, with our fields only, and counted so that nobody can guess on."""

from __future__ import annotations

from typing import Any

from flask import after_this_request, current_app, request, session
from flask_login import current_user
from flask_security import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    SendConfirmationForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    WebAuthnRegisterForm,
    WebAuthnSigninResponseForm,
    hash_password,
)
from flask_security.recovery_codes import MfRecoveryForm
from werkzeug import Response
from wtforms import HiddenField, StringField

from portal.web.accounts import carried, words
from repository.accounts import throttles
from repository.site import Site


class LogIn(LoginForm):  # type: ignore[misc]
    """Address and password; `carried` is a form that was being typed when the session ended."""

    remember = None
    carried = HiddenField()

    def validate(self, **kwargs: Any) -> bool:
        if request.method != "POST":
            return False
        if not _allowed(self, "log-in", self.email.data or "", words.TOO_MANY):
            return False
        if super().validate(**kwargs):
            _right(self.email.data or "", is_right=True)
            if carried.read(_site(), self.carried.data) is not None:
                session["carried"] = self.carried.data
            return True
        if self.user_authenticated and self.requires_confirmation:
            self.email.errors = []
            self.form_errors.append(words.CONFIRM_FIRST)
        return False


class Register(RegisterFormV2):  # type: ignore[misc]
    """Address and password, no more: the rest of a profile is for later."""

    password_confirm = None

    def validate(self, **kwargs: Any) -> bool:
        if request.method == "POST" and not _allowed(
            self, "registration", self.email.data or "", words.TOO_MANY_LETTERS
        ):
            return False
        is_good = bool(super().validate(**kwargs))
        if not self.password.errors and not self.form_errors:
            self._begin_anew(hash_password(self.password.data))
        return is_good

    def _begin_anew(self, password: str) -> None:
        """Who registers an address that nobody confirmed yet begins anew: each letter stands for its own password.

        Else somebody could register the address of another, and wait for that person to confirm it.
        """
        waiting = self.existing_email_user
        if waiting is None or waiting.confirmed_at is not None:
            return
        datastore = current_app.extensions["security"].datastore
        waiting.password = password
        datastore.set_uniquifier(waiting)


class Forgot(ForgotPasswordForm):  # type: ignore[misc]
    """An address. Whether it has an account is told by nothing, not by the time it takes either."""

    def validate(self, **kwargs: Any) -> bool:
        if not _allowed(self, "recovery", self.email.data or "", words.TOO_MANY_LETTERS):
            return False
        if not super().validate(**kwargs):
            return False
        hash_password("as long as for somebody unknown")
        return True


class SendConfirmation(SendConfirmationForm):  # type: ignore[misc]
    """An address that is still to be confirmed."""

    def validate(self, **kwargs: Any) -> bool:
        return _allowed(self, "recovery", self.email.data or "", words.TOO_MANY_LETTERS) and bool(
            super().validate(**kwargs)
        )


class SetPassword(ResetPasswordForm):  # type: ignore[misc]
    """A new password, once: it can be seen while it is typed, and changed again by the same way."""

    password_confirm = None


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """The password as it is, and a new one."""

    new_password_confirm = None

    def validate(self, **kwargs: Any) -> bool:
        return _allowed(self, "log-in", str(current_user.email), words.TOO_MANY) and _right(
            str(current_user.email), is_right=super().validate(**kwargs)
        )


class Code(TwoFactorVerifyCodeForm):  # type: ignore[misc]
    """Six digits; as few tries as for a password."""

    def validate(self, **kwargs: Any) -> bool:
        who = f"code of {getattr(self.user, 'id', '')}"
        if not _allowed(self, "second factor", who, words.TOO_MANY):
            return False
        self.code.data = "".join(str(self.code.data or "").split())
        if not super().validate(**kwargs):
            return False
        throttles.succeeded(_site(), "second factor", address(), who)
        return True


class RecoveryCode(MfRecoveryForm):  # type: ignore[misc]
    """One of the codes that were written down for this day."""

    def validate(self, **kwargs: Any) -> bool:
        who = f"code of {getattr(self.user, 'id', '')}"
        self.code.data = str(self.code.data or "").strip().lower()
        return _allowed(self, "second factor", who, words.TOO_MANY) and bool(super().validate(**kwargs))


class Again(VerifyForm):  # type: ignore[misc]
    """The password once more, of somebody who is logged in."""

    def validate(self, **kwargs: Any) -> bool:
        return _allowed(self, "log-in", self.user.email, words.TOO_MANY) and _right(
            self.user.email, is_right=super().validate(**kwargs)
        )


class NewPasskey(WebAuthnRegisterForm):  # type: ignore[misc]
    """A name for a passkey; each may log in by itself."""

    usage = StringField(default="first")

    def validate(self, **kwargs: Any) -> bool:
        self.usage.data = "first"
        return bool(super().validate(**kwargs))


class PasskeyAnswer(WebAuthnSigninResponseForm):  # type: ignore[misc]
    """What a passkey answered; that of a closed account opens nothing."""

    def validate(self, **kwargs: Any) -> bool:
        if not super().validate(**kwargs):
            return False
        return self.user is not None and bool(self.user.is_active) and self.user.confirmed_at is not None


FORMS = {
    "login_form": LogIn,
    "register_form": Register,
    "forgot_password_form": Forgot,
    "send_confirmation_form": SendConfirmation,
    "reset_password_form": SetPassword,
    "two_factor_verify_code_form": Code,
    "mf_recovery_form": RecoveryCode,
    "change_password_form": ChangePassword,
    "verify_form": Again,
    "wan_register_form": NewPasskey,
    "wan_signin_response_form": PasskeyAnswer,
}


def address() -> str:
    """Where a request comes from: what the proxy on this machine says last, or who is connected."""
    peer = request.remote_addr or ""
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return said if said and peer in ("127.0.0.1", "::1", "") else peer


def _allowed(form: Any, kind: throttles.Kind, about: str, sentence: str) -> bool:
    """Count this try; when there were too many, say so, with 429 and everything typed still there."""
    if throttles.allows(_site(), kind, address(), about):
        return True
    form.form_errors.append(sentence)
    _status(429)
    return False


def _right(email: str, *, is_right: bool) -> bool:
    """Forget the tries of somebody who was right."""
    if is_right:
        throttles.succeeded(_site(), "log-in", address(), email)
    return is_right


def _status(code: int) -> None:
    @after_this_request
    def _set(response: Response) -> Response:
        if response.status_code == 200:
            response.status_code = code
            if code == 429:
                response.headers["Retry-After"] = str(throttles.HOUR_S)
        return response


def _site() -> Site:
    found: Site = current_app.extensions["oerbron"]
    return found
