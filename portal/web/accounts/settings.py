"""The settings of Flask-Security, all in one place: where its pages stand, what is switched on, what it says.

Its own templates, scripts, JSON answers, roles and tokens are switched off: pages and words are ours, programs come by
our tokens (portal.api.authorization), and `repository.accounts.policy` decides who may do what.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any, Final

from portal.web.accounts import session_rows, words
from repository.site import Site

_PAGES: Final = {
    "LOGIN_URL": "/login",
    "LOGOUT_URL": "/logout",
    "REGISTER_URL": "/register",
    "RESET_URL": "/forgot",
    "CONFIRM_URL": "/confirm",
    "CHANGE_URL": "/my/password",
    "CHANGE_EMAIL_URL": "/my/email",
    "VERIFY_URL": "/login/again",
    "TWO_FACTOR_SETUP_URL": "/my/second-factor",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/login/code",
    "TWO_FACTOR_RESCUE_URL": "/login/code/help",
    "TWO_FACTOR_SELECT_URL": "/login/factor",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/my/recovery-codes",
    "MULTI_FACTOR_RECOVERY_URL": "/login/recovery-code",
    "WAN_REGISTER_URL": "/my/passkeys",
    "WAN_DELETE_URL": "/my/passkeys/delete",
    "WAN_SIGNIN_URL": "/login/passkey",
    "WAN_VERIFY_URL": "/login/again/passkey",
    "POST_LOGIN_VIEW": "/my",
    "POST_LOGOUT_VIEW": "/",
    "POST_REGISTER_VIEW": "/login",
    "POST_RESET_VIEW": "/login",
    "POST_CHANGE_VIEW": "/my/security",
    "POST_CHANGE_EMAIL_VIEW": "/my/security",
    "POST_VERIFY_VIEW": "/my/security",
    "TWO_FACTOR_POST_SETUP_VIEW": "/my/security",
    "WAN_POST_REGISTER_VIEW": "/my/passkeys",
}
_TEMPLATES: Final = {
    "LOGIN_USER": "log_in",
    "REGISTER_USER": "register",
    "FORGOT_PASSWORD": "forgot",
    "RESET_PASSWORD": "set_password",
    "SEND_CONFIRMATION": "send_confirmation",
    "CHANGE_PASSWORD": "change_password",
    "CHANGE_EMAIL": "change_email",
    "VERIFY": "again",
    "TWO_FACTOR_SETUP": "second_factor",
    "TWO_FACTOR_VERIFY_CODE": "code",
    "TWO_FACTOR_SELECT": "factor",
    "MULTI_FACTOR_RECOVERY_CODES": "recovery_codes",
    "MULTI_FACTOR_RECOVERY": "recovery_code",
    "WAN_REGISTER": "passkeys",
    "WAN_SIGNIN": "passkey",
    "WAN_VERIFY": "passkey",
}


def of(site: Site) -> dict[str, Any]:
    """The configuration of Flask, Flask-WTF and Flask-Security for a site."""
    accounts = site.config.accounts
    fresh = timedelta(seconds=session_rows.FRESH_S)
    found: dict[str, Any] = {
        "STATIC_FOLDER": None,
        "REGISTERABLE": accounts.registration,
        "CONFIRMABLE": True,
        "RECOVERABLE": True,
        "CHANGEABLE": True,
        "CHANGE_EMAIL": True,
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "WEBAUTHN": True,
        "WAN_RP_NAME": site.config.site.name,
        "WAN_ALLOW_USER_HINTS": False,
        "TOTP_SECRETS": {"1": hashlib.sha256(b"authenticators" + site.secrets[-1]).hexdigest()},
        "TOTP_ISSUER": site.config.site.name.replace(":", " ").strip() or "OERbron",
        "RETURN_GENERIC_RESPONSES": True,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": True,
        "PASSWORD_NORMALIZE_FORM": None,  # `oerbron user add` hashes what was typed
        "PASSWORD_CONFIRM_REQUIRED": False,
        # What is hashed in the links of letters is a hash already, or an address that its reader knows.
        "HASHING_SCHEMES": ["hex_sha256"],
        "DEPRECATED_HASHING_SCHEMES": [],
        "EMAIL_PLAINTEXT": False,  # letters are written by portal.server.letters
        "EMAIL_HTML": False,
        "FRESHNESS": fresh,
        "FRESHNESS_GRACE_PERIOD": fresh,
        "API_ENABLED_METHODS": ["session"],
        "ANONYMOUS_USER_DISABLED": False,
        "CSRF_COOKIE_NAME": None,
        "CACHE_CONTROL": {"private": True, "no-store": True},
    }
    found |= _PAGES
    found |= {f"{name}_TEMPLATE": f"site/account/{file}.html" for name, file in _TEMPLATES.items()}
    found |= {f"MSG_{name}": message for name, message in words.MESSAGES.items()}
    return {
        "SECRET_KEY": hmac.digest(site.secret, b"accounts", "sha256").hex(),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,  # portal.web.accounts.door checks, and knows which requests
        "WTF_CSRF_SSL_STRICT": False,
        **{f"SECURITY_{name}": value for name, value in found.items()},
    }
