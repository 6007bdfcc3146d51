"""A record as lists of cards show it, from its published summary."""

from __future__ import annotations

from typing import Any

from portal.web import i18n, resource
from repository.site import Site


def card(site: Site, found: resource.Resource) -> dict[str, Any]:
    """A record as lists show it."""
    languages = i18n.labels_in(i18n.language(), site.config.site.languages)
    summary = narrowest(site, resource.labelled(site, found.summary, languages, found.item.facts.completeness))
    return {
        "path": f"/doc/resource/{found.item.uuid}.html",
        "title": summary["title"],
        "lang": found.summary.title_lang,
        "description": summary["description"],
        "types": [term["label"] for term in summary["resource_types"]],
        "levels": [term["label"] for term in summary["levels"]],
        "license": (summary["license"] or {}).get("label"),
    }


def narrowest(site: Site, summary: dict[str, Any]) -> dict[str, Any]:
    """The summary without levels and subjects that a narrower one implies: a master is higher education."""
    for name in ("levels", "subjects"):
        ids = [term["id"] for term in summary[name] if term["id"]]
        above = {broader for one in ids for broader in site.vocabularies.ancestors(one)}
        summary[name] = [term for term in summary[name] if term["id"] not in above]
    return summary
