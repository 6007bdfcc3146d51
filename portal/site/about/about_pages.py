"""Who runs this, how we judge (the criteria in force), help, and what is kept of whom."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response

from portal.web import i18n
from portal.web.page import page
from repository.requests import criteria
from repository.site import Site


def blueprint(site: Site) -> Blueprint:
    """/about, /how-we-judge, /help, /privacy."""
    made = Blueprint("about", __name__)
    view = _About(site)
    made.add_url_rule("/about", view_func=view.about)
    made.add_url_rule("/how-we-judge", view_func=view.how_we_judge)
    made.add_url_rule("/help", view_func=view.help)
    made.add_url_rule("/privacy", view_func=view.privacy)
    return made


class _About:
    def __init__(self, site: Site) -> None:
        self.site = site

    def about(self) -> Response:
        contexts = [context for name, context in self.site.contexts.items() if name]
        admin = self.site.config.site.admin_email
        return page("site/about/about.html", oai_url=self.site.url("/oai"), contexts=contexts, admin_email=admin)

    def how_we_judge(self) -> Response:
        with self.site.database.read() as connection:
            found = criteria.in_force(connection, int(self.site.clock.now()))
        languages = self._languages()

        def said(texts: dict[str, str]) -> str:
            return next((texts[tag] for tag in (*languages, *texts) if texts.get(tag)), "")

        groups = []
        for weight, kind in (("must", "human"), ("should", "human"), ("must", "auto"), ("should", "auto")):
            asked = [each for each in found.criteria if (each.weight, each.kind) == (weight, kind)]
            groups.append((weight, [said(each.question) for each in asked], kind))
        return page("site/about/how_we_judge.html", intro=said(found.intro), version=found.version, groups=groups)

    def help(self) -> Response:
        vocabularies = self.site.vocabularies
        types = [
            (f"/search?{urlencode({'type': one.id})}", vocabularies.label(one.id, self._languages()))
            for one in vocabularies.concepts.values()
            if one.scheme == "type" and not one.broader
        ]
        return page("site/about/help.html", types=types)

    def privacy(self) -> Response:
        return page("site/about/privacy.html", admin_email=self.site.config.site.admin_email)

    def _languages(self) -> tuple[str, ...]:
        return i18n.labels_in(i18n.language(), self.site.config.site.languages)
