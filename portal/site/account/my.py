"""/my: the pages of somebody who is logged in, with their tabs; log-in and security."""

from __future__ import annotations

import json
from typing import Final

from flask import Blueprint, Flask, Response, current_app, flash, request

from portal.web import login_session
from portal.web.i18n import later
from portal.web.page import page
from repository.accounts import credentials, profiles, sessions
from repository.errors import NotFound
from repository.site import Site

TABS: Final = (
    ("/my", later("Overview")),
    ("/my/drafts", later("Drafts")),
    ("/my/waiting", later("Waiting")),
    ("/my/to-change", later("To change")),
    ("/my/published", later("Published")),
    ("/my/lists", later("Lists")),
    ("/my/searches", later("Searches")),
    ("/my/messages", later("Messages")),
    ("/my/profile", later("Profile")),
    ("/my/organisations", later("Organisations")),
    ("/my/security", later("Log-in and security")),
    ("/my/tokens", later("Tokens")),
    ("/my/data", later("My data")),
)
"""Each stands once there is such a page; templates of any wing extend site/account/my.html."""


def blueprint(site: Site) -> Blueprint:
    """/my and /my/security."""
    made = Blueprint("my", __name__)
    views = _Views(site)
    made.add_url_rule("/my", "overview", views.overview)
    made.add_url_rule("/my/security", "security", views.security)
    made.add_url_rule("/my/security/end", "end_session", views.end_session, methods=["POST"])
    made.app_context_processor(lambda: {"my_tabs": tabs})
    return made


def tabs(app: Flask | None = None) -> list[tuple[str, str]]:
    """The tabs that there are pages for."""
    rules = {rule.rule for rule in (app or current_app).url_map.iter_rules()}
    return [each for each in TABS if each[0] in rules]


class _Views:
    def __init__(self, site: Site) -> None:
        self.site = site

    def overview(self) -> Response:
        found = self._credentials()
        return page(
            "site/account/overview.html",
            visitor_email=found.email,
            has_handle=profiles.of(self.site, found.id).is_public,
            has_factor=found.factor is not None,
        )

    def security(self) -> Response:
        found = self._credentials()
        return page(
            "site/account/security.html",
            credentials=found,
            codes=len(json.loads(found.recovery_codes or "[]")),
            passkeys=len(credentials.passkeys(self.site, found.id)),
            sessions=sessions.open_of(self.site, found.id, login_session.secret()),
        )

    def end_session(self) -> Response:
        person = login_session.somebody()
        if not sessions.end_number(self.site, person.account, request.form.get("session", "")):
            raise NotFound("There is no such session.")
        flash(later("That session has ended."), "info")
        return Response(status=303, headers={"Location": "/my/security"})

    def _credentials(self) -> credentials.Credentials:
        found = credentials.find(self.site, "id", login_session.somebody().account)
        if found is None:
            raise NotFound("There is no such account.")
        return found
