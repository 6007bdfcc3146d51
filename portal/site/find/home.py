"""The home page and the page about the repository."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.web import resource
from portal.web.cards import card
from portal.web.page import page
from repository.published import snapshot
from repository.site import Site

NEWEST = 10


def blueprint(site: Site) -> Blueprint:
    """The pages of one site."""
    pages = Blueprint("pages", __name__)
    view = _Pages(site)
    pages.add_url_rule("/", view_func=view.home)
    pages.add_url_rule("/about", view_func=view.about)
    return pages


class _Pages:
    def __init__(self, site: Site) -> None:
        self.site = site

    def home(self) -> Response:
        with snapshot(self.site.database) as line:
            found = [(item, line.face("json", item.position)) for item in line.newest(NEWEST)]
            total = line.total()
        newest = [card(self.site, resource.read(self.site, item, tree)) for item, tree in found if tree is not None]
        return page("site/home.html", total=total, newest=newest)

    def about(self) -> Response:
        contexts = [context for name, context in self.site.contexts.items() if name]
        admin = self.site.config.site.admin_email
        return page("site/about.html", oai_url=self.site.url("/oai"), contexts=contexts, admin_email=admin)
