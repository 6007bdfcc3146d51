"""/my/profile, where somebody says who he is and who may see it, and /people/{handle}, what everybody sees of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, abort, current_app, flash, request

from portal.web import i18n, login_session, resource
from portal.web.cards import card
from portal.web.i18n import later
from portal.web.page import page
from repository.accounts import profiles
from repository.accounts.profiles import Profile
from repository.errors import Invalid, Refused
from repository.linked import sitemap
from repository.published import snapshot
from repository.site import Site
from schemas.xml.reader import escape

FIELDS: Final = (
    ("name", later("Name")),
    ("about", later("About me")),
    ("orcid", later("ORCID")),
    ("teaches", later("Subjects")),
    ("level", later("Levels")),
    ("organisations", later("Organisations")),
    ("resources", later("What I shared")),
)
_DEEPEST: Final = 2  # levels are offered down to here
SENTENCES: Final = (
    "A name has at most 120 characters.",
    "At most 2000 characters.",
    "That is no ORCID; one looks like 0000-0002-1825-0097.",
    "Use a-z, 0-9 and single hyphens, 3 to 40 characters.",
    "That word stands in addresses of this site; choose another one.",
    "A public profile needs a name for its address.",
    "There is no such subject or level.",
    "Choose at most 60 subjects and levels.",
    "There is a page of that name already; choose another one.",
)


def blueprint(site: Site) -> Blueprint:
    """The profile of somebody who is logged in, and the public ones."""
    made = Blueprint("profile", __name__)
    views = _Views(site)
    made.add_url_rule("/my/profile", "show", views.show)
    made.add_url_rule("/my/profile", "save", views.save, methods=["POST"])
    made.add_url_rule("/people/<handle>", "person", views.person)
    made.add_url_rule("/sitemap/people.xml", "sitemap", views.sitemap)
    return made


def _linked(site: Site, shown: profiles.Public, address: str) -> dict[str, Any]:
    """The public fields in the words of schema.org."""
    groups = [
        {"@type": "Organization", "name": name, "url": site.url(f"/organisations/{slug}")}
        for slug, name in shown.organisations
    ]
    found = {
        "@context": "https://schema.org",
        "@type": "Person",
        "@id": address,
        "url": address,
        "name": shown.name or shown.handle,
        "description": shown.about,
        "sameAs": f"https://orcid.org/{shown.orcid}" if shown.orcid else "",
        "knowsAbout": list(shown.teaches),
        "affiliation": groups,
    }
    return {name: value for name, value in found.items() if value}


class _Views:
    def __init__(self, site: Site) -> None:
        self.site = site

    @cached_property
    def _reserved(self) -> frozenset[str]:
        """Every word that begins an address of the site."""
        rules = [rule.rule for rule in current_app.url_map.iter_rules()]
        return frozenset(part for rule in rules for part in rule.split("/") if part and "<" not in part)

    def show(self) -> Response:
        return self._form(profiles.of(self.site, login_session.somebody().account))

    def save(self) -> Response:
        wish = self._wish()
        try:
            profiles.save(self.site, wish, self._reserved)
        except Invalid as error:
            return self._form(wish, {problem.path: problem.message for problem in error.problems})
        except Refused as error:
            return self._form(wish, {"handle": str(error)})
        flash(later("Your profile is saved."), "success")
        return Response(status=303, headers={"Location": "/my/profile"})

    def person(self, handle: str) -> Response:
        found = profiles.public(self.site, handle)
        if found is None:
            abort(404)
        with snapshot(self.site.database) as line:
            items = line.find_all(found.works)
            trees = line.faces("json", [item.position for item in items.values() if not item.deleted])
        works = [
            card(self.site, resource.read(self.site, items[uuid], trees[items[uuid].position]))
            for uuid in found.works
            if uuid in items and items[uuid].position in trees
        ]
        labels = i18n.labels_in(i18n.language(), self.site.config.site.languages)
        said = {
            "teaches": [self.site.vocabularies.label(each, labels) for each in found.teaches],
            "level": [self.site.vocabularies.label(each, labels) for each in found.level],
        }
        address = self.site.url(f"/people/{handle}")
        linked = msgspec.json.encode(_linked(self.site, found, address)).decode().replace("<", "\\u003c")
        return page("site/account/person.html", shown=found, said=said, works=works, canonical=address, json_ld=linked)

    def sitemap(self) -> Response:
        """Public profiles as they are at this moment: one that was set private is in it no more."""
        addresses = (self.site.url(f"/people/{handle}") for handle in profiles.handles(self.site))
        entries = "".join(f"<url><loc>{escape(each)}</loc></url>\n" for each in addresses)
        body = f'{sitemap.DECLARATION}<urlset xmlns="{sitemap.NAMESPACE}">\n{entries}</urlset>\n'
        return Response(body, content_type="application/xml; charset=utf-8", headers={"Cache-Control": "no-cache"})

    def _wish(self) -> Profile:
        form = request.form
        before = profiles.of(self.site, login_session.somebody().account)
        return msgspec.structs.replace(
            before,
            name=form.get("name", "").strip(),
            handle=form.get("handle", "").strip().lower(),
            orcid=form.get("orcid", "").strip().removeprefix("https://orcid.org/"),
            about=form.get("about", ""),
            language=form.get("language", "") if form.get("language") in self.site.config.site.languages else "",
            public=tuple(form.getlist("public")),
            teaches=tuple(form.getlist("teaches")),
            level=tuple(form.getlist("level")),
        )

    def _form(self, wish: Profile, problems: dict[str, str] | None = None) -> Response:
        response = page(
            "site/account/profile.html",
            profile=wish,
            fields=FIELDS,
            problems={name: i18n.translate(text) for name, text in (problems or {}).items()},
            subjects=self._concepts("subject", 0),
            levels=self._concepts("level", _DEEPEST),
            languages=[(tag, i18n.NAMES.get(tag, tag)) for tag in self.site.config.site.languages],
        )
        response.status_code = 422 if problems else 200
        return response

    def _concepts(self, scheme: str, deepest: int) -> list[tuple[str, str]]:
        """The broad concepts of a scheme with their labels, in its order."""
        labels = i18n.labels_in(i18n.language(), self.site.config.site.languages)
        known = self.site.vocabularies
        return [
            (each.id, known.label(each.id, labels))
            for each in known.concepts.values()
            if each.scheme == scheme and len(known.ancestors(each.id)) <= deepest
        ]
