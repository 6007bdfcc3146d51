"""/my/data: everything that is kept of a person, as a file, and the end of the account."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, request

from portal.web import i18n, login_session
from portal.web.page import page
from portal.web.responses import personal
from repository.accounts import my_data
from repository.errors import Refused
from repository.site import Site
from repository.upkeep import erasure


def blueprint(site: Site) -> Blueprint:
    """What is kept of somebody who is logged in."""
    made = Blueprint("my_data", __name__)
    views = _Views(site)
    made.add_url_rule("/my/data", "show", views.show)
    made.add_url_rule("/my/data/export.json", "export", views.export)
    made.add_url_rule("/my/data/erase", "erase", views.erase, methods=["POST"])
    return made


class _Views:
    def __init__(self, site: Site) -> None:
        self.site = site

    def show(self) -> Response:
        return page("site/account/data.html", email=login_session.somebody().email, problem="")

    def export(self) -> Response:
        found = my_data.export(self.site, login_session.somebody().account)
        response = Response(msgspec.json.format(msgspec.json.encode(found), indent=2), mimetype="application/json")
        response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return personal(response)

    def erase(self) -> Response:
        """The address has to be typed, and the password given within the hour: there is no way back."""
        person = login_session.somebody()
        if not login_session.is_fresh():
            return login_session.ask_again("/my/data")
        if request.form.get("email", "").strip().lower() != person.email:
            return self._refused(i18n.translate("Type your address as it stands here."))
        try:
            erasure.erase_account(self.site, person.account)
        except Refused as error:
            return self._refused(i18n.translate(str(error)))
        login_session.forget()
        return page("site/account/erased.html")

    def _refused(self, problem: str) -> Response:
        response = page("site/account/data.html", email=login_session.somebody().email, problem=problem)
        response.status_code = 422
        return response


SENTENCES = ("You are the last active admin; make somebody else an admin first.",)
