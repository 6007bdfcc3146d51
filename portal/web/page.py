"""What every page for people shares: its frame, language, errors, and the words and filters of the templates.

The only cookie is the language somebody chose.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from portal.web import i18n, links, login_session
from portal.web.look.files import Look
from repository.site import Site
from schemas import language as languages_
from schemas.xml.text import FORBIDDEN

HEADER = (
    ("/search", i18n.later("Resources")),
    ("/collections", i18n.later("Collections")),
    ("/room", i18n.later("Teachers' room")),
    ("/agenda", i18n.later("Agenda")),
)
PERSON = (("/login", i18n.later("Log in")), ("/share", i18n.later("Share a resource")))
FOOTER = (
    ("/about", i18n.later("About")),
    ("/help", i18n.later("Help")),
    ("/how-we-judge", i18n.later("How we judge")),
    ("/harvest", i18n.later("For systems")),
    ("/statistics", i18n.later("Statistics")),
    ("/sources", i18n.later("Sources")),
    ("/privacy", i18n.later("Privacy")),
    ("/contact", i18n.later("Contact")),
)
_ERRORS = {
    404: ("Not found", "There is no page at this address."),
    405: ("Not possible here", "This address does not take such a request."),
    503: ("Busy", "The repository is busy; try again in a moment."),
}
_REFUSED = ("Not understood", "The repository could not make sense of this request.")
_FAILED = ("Something went wrong", "The repository could not show this page.")
SENTENCES = tuple(sentence for pair in (*_ERRORS.values(), _REFUSED, _FAILED) for sentence in pair)


def page(template: str, **values: Any) -> Response:
    """A page in the reader's language; a language that was just chosen is remembered."""
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def know_language(site: Site) -> str:
    """The language of this request, known to everything after it; the cookie is set with the answer."""
    g.language = i18n.chosen(request, site.config.site.languages)
    return i18n.language()


def error_page(error: HTTPException) -> Response:
    """The page of an error outside the API: one sentence, and the way home."""
    title, sentence = _ERRORS.get(error.code or 500, _REFUSED if (error.code or 500) < 500 else _FAILED)
    found = page("web/error.html", title=i18n.translate(title), sentence=i18n.translate(sentence))
    found.status_code = error.code or 500
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            found.headers[name] = value
    return found


def register(app: Flask, site: Site) -> None:
    """Give templates their words, filters, look and languages; know each request's language before its view runs."""
    look = Look(site.vocabularies)
    app.register_blueprint(look.blueprint())
    _remember_language(app, site)
    app.context_processor(_Words(app, site, look))
    app.jinja_env.finalize = _lawful
    app.jinja_env.filters |= {
        "number": i18n.number,
        "percent": i18n.percent,
        "size": i18n.size,
        "day": i18n.day,
        "since": i18n.since,
        "language_name": i18n.language_name,
        "safe_link": links.safe_link,
        "host": links.host_of,
        "language_tag": _language_tag,
    }


def _remember_language(app: Flask, site: Site) -> None:
    secure = site.base_url.startswith("https:")

    @app.before_request
    def _language() -> None:
        # The explorer does this itself; harvesters and files need none.
        if not request.path.startswith(("/oai", "/static", "/look")):
            know_language(site)

    @app.after_request
    def _remember(response: Response) -> Response:
        if response.mimetype == "text/html" and "language" in g and (wish := i18n.remembered()):
            response.set_cookie(
                i18n.COOKIE, wish, max_age=365 * 86_400, httponly=True, samesite="Lax", secure=secure
            )  # fmt: skip
        return response


class _Words:
    """What every template knows beside the values of its view."""

    def __init__(self, app: Flask, site: Site, look: Look) -> None:
        self._site = site
        self._lasting = {
            "_": i18n.translate,
            "ngettext": i18n.ngettext,
            "look": look.paths.__getitem__,
            "places": _Places(app),
            "language_choice": [(tag, i18n.NAMES.get(tag, tag)) for tag in site.config.site.languages],
            "in_language": _in_language,
            "site_name": site.config.site.name,
            "person": login_session.person,
            "csrf_input": login_session.csrf_input,
        }

    def __call__(self) -> dict[str, Any]:
        address = self._site.url(quote(request.path)) if request else ""
        return self._lasting | {
            "here": request.path if request else "",
            "address": address,
            "canonical": address if request and set(request.args) <= {"lang"} else "",
            "language": i18n.language(),
        }


class _Places:
    """The links of the frame, each of them once there is such a page."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @cached_property
    def _rules(self) -> frozenset[str]:
        return frozenset(rule.rule for rule in self._app.url_map.iter_rules())

    def has(self, rule: str) -> bool:
        """Whether there is a page of this rule."""
        return rule in self._rules

    @cached_property
    def header(self) -> list[tuple[str, str]]:
        return [each for each in HEADER if each[0] in self._rules]

    @cached_property
    def person(self) -> list[tuple[str, str]]:
        return [each for each in PERSON if each[0] in self._rules]

    @cached_property
    def footer(self) -> list[tuple[str, str]]:
        return [each for each in FOOTER if each[0] in self._rules]


def _lawful(value: Any) -> Any:
    """A template's value without the characters that no document may hold (NUL above all), wherever they came from."""
    if isinstance(value, str) and FORBIDDEN.search(value):
        return type(value)(FORBIDDEN.sub("", value))
    return value


def _in_language(tag: str) -> str:
    """This address in another language; its other parameters stay."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return "?" + urlencode([*kept, ("lang", tag)])


def _language_tag(tag: str | None) -> str | None:
    """A tag fit for a lang attribute, or None: `none`, `x-none` and wild tags name no language."""
    if not tag:
        return None
    value = languages_.normalise(tag).value
    return None if value is None or value.startswith(("x-", "und")) else value
