"""The session of a browser: rows of the table `session`, behind Flask's own interface.

Who is logged in, or is half-way between password and second factor, has a row, and the cookie says its secret only: so
a session can be ended from here. Before that nothing is written down: what a form needs against forgery stands signed
in the cookie, which is set when such a form is opened and never by a page that is read. A session is read when somebody
asks for it first; most requests do not.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.web.responses import personal
from repository.accounts import sessions
from repository.accounts.sessions import Contents, Kept
from repository.site import Site

COOKIE: Final = "session"
OPEN_FORM_S: Final = 86_400
FRESH_S: Final = 3_600
_FORGERY_TOKEN: Final = "csrf_token"  # noqa: S105 - the name that Flask-WTF keeps it by
_ROW: Final = "s."
_SIGNED: Final = "f."
_IGNORED: Final = frozenset(("fs_cc", "_fresh", "_id", "_remember"))  # what the libraries note and nobody here reads
_tags: Final = TaggedJSONSerializer()


class Session(SessionMixin):
    """What is known of a browser; read from its row or its cookie when somebody looks."""

    def __init__(self, site: Site, signer: URLSafeTimedSerializer, cookie: str, agent: str) -> None:
        self._site = site
        self._signer = signer
        self._values: dict[str, Any] | None = None
        self.cookie = cookie
        self.agent = agent
        self.kept: Kept | None = None
        self.modified = False
        self.accessed = False

    @property
    def secret(self) -> str | None:
        """The secret of its row."""
        return self.cookie.removeprefix(_ROW) if self.cookie.startswith(_ROW) else None

    @property
    def values_(self) -> dict[str, Any]:
        self.accessed = True
        if self._values is None:
            self._values = self._read() if self.cookie else {}
        return self._values

    def _read(self) -> dict[str, Any]:
        if self.secret is not None:
            self.kept = sessions.find(self._site, self.secret)
            if self.kept is None:
                return {}
            sessions.note_visit(self._site, self.secret, self.kept)
            return dict(_tags.loads(self.kept.contents.decode()))
        try:
            found = self._signer.loads(self.cookie.removeprefix(_SIGNED), max_age=OPEN_FORM_S)
        except BadSignature:
            return {}
        return dict(_tags.loads(found)) if isinstance(found, str) else {}

    def __getitem__(self, key: str) -> Any:
        return self.values_[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in _IGNORED and self.values_.get(key) != value:
            self.modified = True
        self.values_[key] = value

    def __delitem__(self, key: str) -> None:
        del self.values_[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


class Sessions(SessionInterface):
    """Reads and writes sessions for Flask."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.signer = URLSafeTimedSerializer(site.secret, salt="an open form")
        self.secure = site.base_url.startswith("https:")

    def open_session(self, app: Flask, request: Request) -> Session:
        """The session of a request, not read yet."""
        return Session(self.site, self.signer, request.cookies.get(COOKIE, ""), _agent(request))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write down what changed: in a row, or for an open form in the cookie itself."""
        if not isinstance(session, Session):
            return
        if session.accessed and response.mimetype == "text/html":  # protocols and files say the same to everybody
            response.vary.add("Cookie")
        if not session.modified:
            return
        values = {name: value for name, value in session.values_.items() if name not in _IGNORED}
        wants_row = "_user_id" in values or "tf_user_id" in values
        if wants_row:
            self._write_row(session, values, response)
            return
        self._end_row(session)
        if not values:
            response.delete_cookie(COOKIE, secure=self.secure, httponly=True, samesite="Lax")
        else:
            self._set(response, _SIGNED + str(self.signer.dumps(_tags.dumps(values))))

    def _write_row(self, session: Session, values: dict[str, Any], response: Response) -> None:
        """A session that somebody logs in to is a new one: a cookie that was known before opens nothing."""
        who = values.get("_user_id")
        contents = Contents(
            _tags.dumps(values).encode(), who, int(values.get("fs_paa", time.time() - FRESH_S)) + FRESH_S, session.agent
        )
        kept = session.kept
        if session.secret is not None and kept is not None and not _changed_hands(kept, values):
            sessions.change(self.site, session.secret, contents)
            return
        if kept is None or kept.account is None:  # a token that was known before the log-in proves nothing after it
            values.pop(_FORGERY_TOKEN, None)
            contents = msgspec.structs.replace(contents, data=_tags.dumps(values).encode())
        self._end_row(session)
        self._set(response, _ROW + sessions.begin(self.site, contents))

    def _end_row(self, session: Session) -> None:
        if session.secret is not None and session.kept is not None:
            try:
                sessions.end(self.site, session.secret)
            finally:
                session.kept = None

    def _set(self, response: Response, value: str) -> None:
        """A cookie that ends with the browser; what it opens ends earlier."""
        response.set_cookie(COOKIE, value, httponly=True, secure=self.secure, samesite="Lax")
        personal(response)


def _changed_hands(kept: Kept, values: dict[str, Any]) -> bool:
    """Whether the row was written for somebody else, or before the password was given once more."""
    before = _tags.loads(kept.contents.decode())
    return (before.get("_user_id"), before.get("fs_paa")) != (values.get("_user_id"), values.get("fs_paa"))


def _agent(request: Request) -> str:
    """Browser and system in a few words; the whole line says too much of a person."""
    said = request.user_agent.string
    browser = next((name for word, name in _BROWSERS if word in said), "")
    system = next((name for word, name in _SYSTEMS if word in said), "")
    return ", ".join(each for each in (browser, system) if each)


_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip
