"""What the log-in needs beside Flask-Security's own pages: the link of `oerbron user add`, forms that come along."""

from __future__ import annotations

from flask import Blueprint, Response, request, session

from portal.web.accounts import carried
from portal.web.page import page
from portal.web.responses import personal
from repository.accounts import tokens
from repository.errors import Invalid, NotFound
from repository.site import Site


def blueprint(site: Site) -> Blueprint:
    """/desk/password/{secret} (the link that `oerbron user add` prints) and /login/continue."""
    made = Blueprint("log_in", __name__)
    views = _Views(site)
    made.add_url_rule("/desk/password/<secret>", "link", views.link)
    made.add_url_rule("/desk/password/<secret>", "set_password", views.set_password, methods=["POST"])
    made.add_url_rule("/login/continue", "go_on", views.go_on)
    return made


class _Views:
    def __init__(self, site: Site) -> None:
        self.site = site

    def link(self, secret: str) -> Response:
        return self._form(secret)

    def set_password(self, secret: str) -> Response:
        try:
            tokens.redeem(self.site, secret, request.form.get("password", ""))
        except Invalid as error:
            return self._form(secret, str(error))
        except NotFound:
            return self._form(secret)
        return personal(page("site/account/password_set.html"), secret_address=True)

    def go_on(self) -> Response:
        """The form that was typed before the log-in, to be sent with one click."""
        found = carried.read(self.site, session.pop("carried", None))
        if found is None:
            return _see("/my")
        return personal(page("site/account/continue.html", carried=found, logged_in=True), secret_address=True)

    def _form(self, secret: str, problem: str = "") -> Response:
        opens = tokens.opens(self.site, secret)
        response = page("site/account/password_link.html", opens=opens, problem=problem)
        response.status_code = 200 if opens and not problem else 422 if opens else 404
        return personal(response, secret_address=True)


def _see(path: str) -> Response:
    return Response(status=303, headers={"Location": path})
