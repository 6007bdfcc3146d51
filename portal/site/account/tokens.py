"""/my/tokens: the secrets with which somebody's programs come; made here, shown once, ended here."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, flash, request

from portal.web import i18n, login_session
from portal.web.i18n import later
from portal.web.page import page
from repository.accounts import organisations, tokens
from repository.errors import Forbidden, Invalid, NotFound
from repository.site import Site

LASTS: Final = (
    ("30", later("30 days")),
    ("90", later("90 days")),
    ("365", later("a year")),
)
_DAY_S: Final = 86_400
_MOST_ID: Final = 15


def blueprint(site: Site) -> Blueprint:
    """The tokens of somebody who is logged in."""
    made = Blueprint("my_tokens", __name__)
    views = _Views(site)
    made.add_url_rule("/my/tokens", "show", views.show)
    made.add_url_rule("/my/tokens", "make", views.make, methods=["POST"])
    made.add_url_rule("/my/tokens/end", "end", views.end, methods=["POST"])
    return made


class _Views:
    def __init__(self, site: Site) -> None:
        self.site = site

    def show(self) -> Response:
        return self._page()

    def make(self) -> Response:
        """The secret stands on this one answer and nowhere else."""
        person = login_session.somebody()
        days = request.form.get("lasts", "")
        if days not in dict(LASTS):
            raise Invalid("There is no such length of time.")
        scope, slug = request.form.get("scope", ""), request.form.get("organisation") or None
        if scope not in self._scopes():
            raise Forbidden("There is no such scope for you.")
        secret = tokens.create(self.site, person.email, scope, slug, int(days) * _DAY_S)
        return self._page(secret)

    def end(self) -> Response:
        number = request.form.get("token", "")
        found = tokens.find(self.site, int(number)) if number.isdecimal() and len(number) <= _MOST_ID else None
        if found is None or found.account != login_session.somebody().account:
            raise NotFound("There is no such token.")
        tokens.revoke(self.site, found.id)
        flash(later("That token has ended."), "info")
        return Response(status=303, headers={"Location": "/my/tokens"})

    def _scopes(self) -> tuple[str, ...]:
        return ("read", "write", "admin") if login_session.somebody().role == "admin" else ("read", "write")

    def _page(self, secret: str = "") -> Response:
        person = login_session.somebody()
        now = self.site.clock.now()
        found = tokens.page(self.site, person.account)
        return page(
            "site/account/tokens.html",
            tokens=[(each, each.state(now)) for each in reversed(found)],
            secret=secret,
            scopes=self._scopes(),
            lasts=[(days, i18n.translate(words)) for days, words in LASTS],
            organisations=[
                ("", i18n.translate("me")),
                *((each.slug, each.name) for each, _ in organisations.of_person(self.site, person.account)),
            ],
        )
