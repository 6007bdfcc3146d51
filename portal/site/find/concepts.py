"""Concepts for people and machines: `/id/concept/...` names one, `/doc/concept/...` describes it (SKOS).

The name answers 303 to the document, which negotiates: Turtle, JSON-LD, or a page; that of a subject or level is the
page of what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from flask import Blueprint, Response, abort, redirect
from werkzeug.wrappers import Response as AnyResponse

from portal.site.find.lists import PATHS, page_of
from portal.web import i18n, negotiation
from portal.web.page import page
from repository.site import Site
from schemas.vocabularies.skos import SKOS
from schemas.vocabularies.vocabularies import Concept

MEDIA_TYPES: Final = {"html": "text/html", "ttl": "text/turtle", "jsonld": "application/ld+json"}
_ENDINGS: Final = {media_type: ending for ending, media_type in MEDIA_TYPES.items()}


def blueprint(site: Site) -> Blueprint:
    """The addresses of concepts."""
    made = Blueprint("concepts", __name__)
    view = _Concepts(site)
    made.add_url_rule("/id/concept/<scheme>/<notation>", "name", view.name)
    made.add_url_rule("/doc/concept/<scheme>/<notation>", "document", view.document)
    return made


class _Concepts:
    def __init__(self, site: Site) -> None:
        self.site = site

    def name(self, scheme: str, notation: str) -> AnyResponse:
        """303 to the document."""
        self._concept(scheme, notation)
        return redirect(self.site.url(f"/doc/concept/{scheme}/{notation}"), 303)

    def document(self, scheme: str, notation: str) -> AnyResponse:
        bare, dot, ending = notation.rpartition(".")
        if dot and ending in MEDIA_TYPES:
            notation = bare
        else:
            ending = self._negotiated()
        concept = self._concept(scheme, notation)
        if not ending:
            there = self.site.url(f"/doc/concept/{scheme}/{notation}")
            return negotiation.not_acceptable({media: f"{there}.{each}" for each, media in MEDIA_TYPES.items()})
        response = self._in(concept, ending)
        response.vary.add("Accept")
        return response

    def _concept(self, scheme: str, notation: str) -> Concept:
        found = self.site.vocabularies.find_notation(scheme, notation)
        if found is None:
            abort(404)
        return self.site.vocabularies.concepts[found]

    def _negotiated(self) -> str:
        media_type = negotiation.best(list(MEDIA_TYPES.values()))
        return _ENDINGS[media_type] if media_type else ""

    def _in(self, concept: Concept, ending: str) -> AnyResponse:
        if ending == "html":
            return redirect(self.site.url(page_of(concept)), 303) if concept.scheme in PATHS else self._html(concept)
        body = turtle(self.site, concept) if ending == "ttl" else json_ld(self.site, concept)
        charset = "; charset=utf-8" if ending == "ttl" else ""
        response = Response(body, content_type=MEDIA_TYPES[ending] + charset)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def _html(self, concept: Concept) -> Response:
        vocabularies = self.site.vocabularies
        languages = i18n.labels_in(i18n.language(), self.site.config.site.languages)

        def link(one: str) -> tuple[str, str]:
            return page_of(vocabularies.concepts[one]), vocabularies.label(one, languages)

        return page(
            "site/find/term.html",
            label=vocabularies.label(concept.id, languages),
            concept=concept,
            broader=[link(each) for each in concept.broader if each in vocabularies.concepts],
            narrower=[link(each) for each in vocabularies.narrower(concept.id)],
            document=f"/doc/concept/{concept.scheme}/{concept.notation}",
            canonical=self.site.url(f"/doc/concept/{concept.scheme}/{concept.notation}"),
        )


def _statements(site: Site, concept: Concept) -> Iterator[tuple[str, str, str]]:
    """(property, value, language) of a concept; the language of an address is "@id", that of a bare string is empty."""
    scheme = site.vocabularies.schemes[concept.scheme]
    yield "inScheme", scheme.id, "@id"
    yield "notation", concept.notation, ""
    for language, text in concept.labels.items():
        yield "prefLabel", text, language
    for name, labels in (("altLabel", concept.alt), ("hiddenLabel", concept.hidden)):
        for language, texts in labels.items():
            for text in texts:
                yield name, text, language
    for one in concept.broader:
        yield "broader", one, "@id"
    for one in site.vocabularies.narrower(concept.id):
        yield "narrower", one, "@id"
    for kind, one in concept.mappings:
        yield kind, one, "@id"
    if not concept.broader:
        yield "topConceptOf", scheme.id, "@id"


def turtle(site: Site, concept: Concept) -> bytes:
    """The concept in Turtle (RDF 1.1), a statement a line."""
    lines = [f"@prefix skos: <{SKOS}> .", "", f"<{concept.id}> a skos:Concept ;"]
    for name, value, language in _statements(site, concept):
        term = f"<{value}>" if language == "@id" else _literal(value) + (f"@{language}" if language else "")
        lines.append(f"    skos:{name} {term} ;")
    return ("\n".join(lines).rstrip(";").rstrip() + " .\n").encode()


def _literal(text: str) -> str:
    """A quoted string of Turtle; JSON's escapes are lawful there."""
    return msgspec.json.encode(text).decode()


def json_ld(site: Site, concept: Concept) -> bytes:
    """The concept in JSON-LD 1.1, with its context in it."""
    context = {
        "skos": SKOS,
        **{name: {"@id": f"skos:{name}", "@container": ["@language", "@set"]} for name in _LABELS},
        **{name: {"@id": f"skos:{name}", "@type": "@id"} for name in _LINKS},
        "notation": "skos:notation",
    }
    found: dict[str, object] = {"@context": context, "@id": concept.id, "@type": "skos:Concept"}
    for name, value, language in _statements(site, concept):
        if name in _LABELS:
            labels = found.setdefault(name, {})
            assert isinstance(labels, dict)  # noqa: S101 - for the type checker
            labels.setdefault(language, []).append(value)
        elif name in _LINKS:
            links = found.setdefault(name, [])
            assert isinstance(links, list)  # noqa: S101 - for the type checker
            links.append(value)
        else:
            found[name] = value
    return msgspec.json.encode(found)


_LABELS: Final = ("prefLabel", "altLabel", "hiddenLabel")
_LINKS: Final = (
    *("inScheme", "broader", "narrower", "topConceptOf"),
    *("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"),
)
