"""Pages for whoever builds on this: /harvest, five ways to take everything, and /api, the OpenAPI document to read.

/api shows what /api/openapi.json says, without a script: its words are English, as the document's are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, Response

from portal.web import i18n
from portal.web.page import page
from repository.site import Site

METHODS: Final = ("get", "post", "put", "patch", "delete")
WAYS: Final = (
    (
        "OAI-PMH 2.0",
        "/oai",
        i18n.later("For harvesters: everything, or a set, or what changed; deletions stay visible."),
    ),
    ("Linked Data Event Stream", "/ldes", i18n.later("For linked data: every version of every record, in order.")),
    ("Dumps", "/dumps/", i18n.later("For whoever wants all of it at once: compressed files.")),
    ("JSON API", "/api", i18n.later("For programs: search, read and write records.")),
    ("DCAT", "/catalog", i18n.later("For data portals: this collection, its services and its files.")),
)


class Operation(NamedTuple):
    """One thing that the API does, as its document says."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Mapping[str, Any], ...]
    answers: tuple[tuple[str, str], ...]


def blueprint(site: Site, described: Mapping[str, Any]) -> Blueprint:
    """The two pages; `described` is the OpenAPI document."""
    made = Blueprint("systems", __name__)
    shown = tuple(operations(described))

    def harvest() -> Response:
        ways = [(name, site.url(path), i18n.translate(sentence)) for name, path, sentence in WAYS]
        return page("site/systems/harvest.html", ways=ways)

    def api() -> Response:
        return page("site/systems/api.html", operations=shown, title=described["info"]["title"])

    made.add_url_rule("/harvest", "harvest", harvest)
    made.add_url_rule("/api", "api", api)
    return made


def operations(described: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of an OpenAPI document, in its order."""
    base = urlsplit(described["servers"][0]["url"]).path
    for path, item in described["paths"].items():
        shared = item.get("parameters", ())
        for method in METHODS:
            if found := item.get(method):
                parameters = [_resolved(described, each) for each in (*shared, *found.get("parameters", ()))]
                answers = [
                    (status, _resolved(described, answer).get("description", ""))
                    for status, answer in found.get("responses", {}).items()
                    if status < "400"
                ]
                yield Operation(
                    method.upper(), base + path, found.get("summary", ""), found.get("description", ""),
                    tuple(parameters), tuple(answers),
                )  # fmt: skip


def _resolved(described: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part, or what it refers to within the document."""
    target = part.get("$ref")
    if target is None:
        return part
    found: Any = described
    for name in target.removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)
