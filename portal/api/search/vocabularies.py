"""GET /vocabularies and /vocabularies/{scheme}: the concepts behind every filter, whole schemes in one answer."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response, request

from portal.api.parameters import languages, parameters
from portal.web.problems import ApiError
from portal.web.responses import cached, json
from repository.site import Site
from schemas.vocabularies.vocabularies import Concept


class VocabularyViews:
    """Views over the vocabularies in force; they change only with the process."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.members: dict[str, list[Concept]] = {}
        for concept in site.vocabularies.concepts.values():
            self.members.setdefault(concept.scheme, []).append(concept)

    @parameters("lang")
    def list(self) -> Response:
        languages(self.site.config.site.languages)
        items = [
            {
                "scheme": name,
                "concepts": len(concepts),
                "order": self.site.vocabularies.schemes[name].order,
                "url": self.site.url(f"/api/v1/vocabularies/{name}"),
            }
            for name, concepts in sorted(self.members.items())
        ]
        return self._answer({"items": items})

    @parameters("q", "lang")
    def read(self, scheme: str) -> Response:
        """The whole scheme, or the concepts with a label (in any language, or in `lang`) that holds `q`."""
        concepts = self.members.get(scheme)
        if concepts is None:
            raise ApiError(404, "not-found", f"There is no vocabulary {scheme}.")
        tags = languages(self.site.config.site.languages)
        only = tags[0] if "lang" in request.args else None
        q = request.args.get("q", "").strip().casefold()
        return self._answer({"items": [_concept(c) for c in concepts if not q or _matches(c, q, only)]})

    def _answer(self, body: dict[str, Any]) -> Response:
        encoded = msgspec.json.encode(body)
        response = json(encoded)
        response.vary.add("Accept-Language")
        response.add_etag()
        return cached(response)


def _concept(concept: Concept) -> dict[str, Any]:
    return {
        "id": concept.id,
        "notation": concept.notation,
        "labels": concept.labels,
        "broader": concept.broader,
        "mappings": [{"kind": kind, "id": iri} for kind, iri in concept.mappings],
    }


def _matches(concept: Concept, q: str, only: str | None) -> bool:
    labels = [text for lang, text in concept.labels.items() if only in (None, lang)]
    labels += [text for lang, texts in concept.alt.items() if only in (None, lang) for text in texts]
    return any(q in label.casefold() for label in labels)
