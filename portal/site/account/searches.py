"""/my/searches: the searches that somebody follows, with their feeds and letters."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, request

from portal.web import login_session
from portal.web.i18n import later
from portal.web.page import page
from repository.errors import Invalid, NotFound, RepositoryError
from repository.search.alerts import saved_searches
from repository.site import Site

_MOST_ID = 12


def blueprint(site: Site) -> Blueprint:
    """The saved searches of somebody who is logged in."""
    made = Blueprint("my_searches", __name__)
    views = _Views(site)
    made.add_url_rule("/my/searches", "show", views.show)
    made.add_url_rule("/my/searches", "keep", views.keep, methods=["POST"])
    made.add_url_rule("/my/searches/end", "end", views.end, methods=["POST"])
    return made


class _Views:
    def __init__(self, site: Site) -> None:
        self.site = site

    def show(self) -> Response:
        return self._page()

    def keep(self) -> Response:
        """Follow a search: its address as it stands in the browser, or only what comes after the question mark."""
        name, typed = request.form.get("name", "").strip(), request.form.get("query", "").strip()
        query = typed.partition("?")[2] if "?" in typed else typed
        try:
            saved_searches.save(self.site, login_session.somebody().account, name, query, mail="mail" in request.form)
        except Invalid as error:
            return self._page(_told(error), {"name": name, "query": typed, "mail": "mail" in request.form})
        flash(later("You follow that search now."), "success")
        return Response(status=303, headers={"Location": "/my/searches"})

    def end(self) -> Response:
        number = request.form.get("search", "")
        if not number.isdecimal() or len(number) > _MOST_ID:
            raise NotFound("There is no such search.")
        saved_searches.remove(self.site, login_session.somebody().account, int(number))
        flash(later("You do not follow that search any more."), "info")
        return Response(status=303, headers={"Location": "/my/searches"})

    def _page(self, problem: str = "", typed: dict[str, Any] | None = None) -> Response:
        found = saved_searches.list_of(self.site, login_session.somebody().account)
        response = page(
            "site/account/searches.html",
            searches=[(one, f"/feeds/saved/{quote(one.secret)}.xml") for one in found],
            problem=problem,
            typed=typed or {"name": request.args.get("name", ""), "query": request.args.get("query", "")},
        )
        response.status_code = 422 if problem else 200
        return response


def _told(error: RepositoryError) -> str:
    problems = getattr(error, "problems", ())
    return " ".join(each.message for each in problems) or str(error)
