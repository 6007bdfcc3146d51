"""Flask-Security's datastore over our own tables: it asks for and changes accounts and passkeys here.

What it changes is written in one transaction at `commit`, letters included, so that no letter goes out about something
that did not happen. Its roles are left aside: `repository.accounts.policy` decides.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from flask import g
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from flask_security.datastore import UserDatastore

from portal.web import i18n
from repository.accounts import credentials
from repository.accounts.credentials import Credentials
from repository.jobs import mail_outbox
from repository.site import Site

_STAFF: Final = ("reviewer", "curator", "admin")


class Role(RoleMixin):  # type: ignore[misc]
    """Flask-Security wants to know a class of roles; there are none of it."""

    name = ""


class User(UserMixin):  # type: ignore[misc]
    """An account as Flask-Security knows it. Its attributes have that library's names."""

    id: int | None = None
    email: str = ""
    password: str | None = None
    active: bool = True
    fs_uniquifier: str = ""
    fs_webauthn_user_handle: str | None = None
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None
    tf_phone_number: str | None = None

    def __init__(self, site: Site, kept: Credentials | None = None, **values: Any) -> None:
        self._site = site
        self.roles: list[Role] = []
        self.role = "contributor" if kept is None else kept.role
        self.name: str | None = None
        self.language: str | None = i18n.language()
        self.confirmed_at: datetime | None = None
        self.mf_recovery_codes: list[str] | None = None
        self._passkeys: list[Passkey] | None = None
        if kept is not None:
            self._take(kept)
        for name, value in values.items():
            setattr(self, name, value)
        self._before = self.columns()

    def _take(self, kept: Credentials) -> None:
        self.id = kept.id
        self.email = kept.email
        self.password = kept.password
        self.active = kept.active
        self.confirmed_at = None if kept.confirmed is None else datetime.fromtimestamp(kept.confirmed, UTC)
        self.fs_uniquifier = kept.uniquifier
        self.fs_webauthn_user_handle = kept.passkey_handle
        self.tf_primary_method = kept.factor
        self.tf_totp_secret = kept.factor_secret
        self.mf_recovery_codes = json.loads(kept.recovery_codes or "[]")
        self.language = kept.language
        self.name = kept.name

    def columns(self) -> dict[str, Any]:
        """The account as columns."""
        return {
            "email": self.email,
            "password": self.password,
            "active": self.active,
            "confirmed": None if self.confirmed_at is None else int(_aware(self.confirmed_at).timestamp()),
            "uniquifier": self.fs_uniquifier,
            "factor": self.tf_primary_method,
            "factor_secret": self.tf_totp_secret,
            "recovery_codes": json.dumps(self.mf_recovery_codes) if self.mf_recovery_codes else None,
            "passkey_handle": self.fs_webauthn_user_handle,
        }

    def changed(self) -> dict[str, Any]:
        """The columns that changed since the account was read."""
        return {name: value for name, value in self.columns().items() if value != self._before[name]}

    def written(self) -> None:
        """What was changed is kept now."""
        self._before = self.columns()

    @property
    def webauthn(self) -> list[Passkey]:
        if self._passkeys is None:
            found = () if self.id is None else credentials.passkeys(self._site, self.id)
            self._passkeys = [Passkey.of(each) for each in found]
        return self._passkeys

    def calc_username(self) -> str:
        return self.email

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Who has a second factor is asked for it; who must have one and has none sets it up now."""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether this person must have a second factor, as `[accounts] second_factor` says."""
        wish = self._site.config.accounts.second_factor
        return wish == "everybody" or (wish == "staff" and self.role in _STAFF)


class Passkey(WebAuthnMixin):  # type: ignore[misc]
    """A passkey as Flask-Security knows it."""

    def __init__(self, **values: Any) -> None:
        self.id: int | None = None
        self.user_id: int | None = None
        self.lastuse_datetime: datetime | None = None
        self.transports: list[str] | None = None
        self.extensions: str | None = None
        self.credential_id = b""
        self.public_key = b""
        self.name = ""
        self.usage = "first"
        self.sign_count = 0
        self.backup_state = False
        self.device_type = ""
        for name, value in values.items():
            setattr(self, name, value)

    @classmethod
    def of(cls, kept: credentials.Passkey) -> Passkey:
        used = datetime.fromtimestamp(kept.used or kept.created, UTC)
        return cls(
            id=kept.id, user_id=kept.account, credential_id=kept.credential, public_key=kept.public_key,
            name=kept.name, sign_count=kept.sign_count, lastuse_datetime=used, created=kept.created, **kept.facts,
        )  # fmt: skip

    def columns(self, now: int) -> dict[str, Any]:
        """The passkey as columns."""
        names = ("transports", "extensions", "usage", "device_type", "backup_state")
        return {
            "credential": self.credential_id,
            "public_key": self.public_key,
            "name": self.name,
            "sign_count": self.sign_count,
            "facts": {name: getattr(self, name) for name in names},
            "created": now,
        }

    def get_user_mapping(self) -> dict[str, Any]:
        return {"id": self.user_id}


class Datastore(UserDatastore):  # type: ignore[misc]
    """Finds accounts and passkeys; writes at `commit` what was put, deleted and said in letters since."""

    def __init__(self, site: Site) -> None:
        self.site = site
        super().__init__(User, Role, Passkey)

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> User | None:
        ((name, value),) = kwargs.items()
        by = {"fs_uniquifier": "uniquifier", "fs_webauthn_user_handle": "passkey_handle"}.get(name, name)
        if by == "email":
            value = str(value).strip().lower()
        found = credentials.find(self.site, by, value) if value else None
        return None if found is None else User(self.site, found)

    def find_role(self, role: str) -> None:
        return None

    def create_user(self, **kwargs: Any) -> User:
        wanted = self._prepare_create_user_args(**kwargs)
        values = {name: wanted.get(name) for name in ("email", "password", "fs_uniquifier", "fs_webauthn_user_handle")}
        user = User(self.site, **values)
        self.put(user)
        return user

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        found = credentials.find_passkey(self.site, credential_id)
        return None if found is None else Passkey.of(found)

    def create_webauthn(self, user: User, *args: Any, **kwargs: Any) -> None:
        passkey = Passkey(user_id=user.id, **kwargs)
        user.webauthn.append(passkey)
        self.put(passkey)

    def put(self, model: Any) -> Any:
        pending = _pending()
        model = getattr(model, "_get_current_object", lambda: model)()
        if not any(each is model for each in pending["put"]):
            pending["put"].append(model)
        return model

    def delete(self, model: Any) -> None:
        _pending()["delete"].append(model)

    def write_letter(self, to: str, template: str, user: User | None, **data: Any) -> None:
        """A letter that is queued with the next commit."""
        _pending()["letters"].append((to, template, user, data))

    def commit(self) -> None:
        """Write everything that is pending, in one transaction; nothing when there is nothing."""
        pending = g.pop("_accounts", None)
        if pending is None or not any(pending.values()):
            return
        now = int(self.site.clock.now())
        with self.site.database.write() as connection:
            for model in pending["delete"]:
                if isinstance(model, Passkey) and model.id is not None:
                    credentials.drop_passkey(connection, model.id)
            for model in pending["put"]:
                self._write(connection, model, now)
            for to, template, user, data in pending["letters"]:
                language = (user.language if user is not None else None) or i18n.language()
                account = None if user is None else user.id
                mail_outbox.queue(connection, to, template, language, account, **data)
        for model in pending["put"]:
            if isinstance(model, User):
                model.written()

    def _write(self, connection: Any, model: Any, now: int) -> None:
        if isinstance(model, User):
            if model.id is None:
                model.id = credentials.add(connection, model.columns() | {"now": now, "language": model.language})
            else:
                credentials.change(connection, model.id, model.changed(), now)
        elif isinstance(model, Passkey):
            if model.id is None and model.user_id is not None:
                credentials.add_passkey(connection, model.user_id, model.columns(now))
            elif model.id is not None:
                credentials.use_passkey(connection, model.id, model.sign_count, now)


def _pending() -> dict[str, list[Any]]:
    if "_accounts" not in g:
        g._accounts = {"put": [], "delete": [], "letters": []}
    found: dict[str, list[Any]] = g._accounts
    return found


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
