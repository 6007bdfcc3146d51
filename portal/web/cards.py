"""A record as lists of cards show it, from its published summary."""

from __future__ import annotations

from typing import Any

from portal.web import i18n, links, resource
from portal.web.look import subjects as subject_look
from repository.site import Site


def card(site: Site, found: resource.Resource, cover: str | None = None) -> dict[str, Any]:
    """A record as lists show it; `cover` is the address of its picture, in whose place its subject's icon stands."""
    languages = i18n.labels_in(i18n.language(), site.config.site.languages)
    summary = narrowest(site, resource.labelled(site, found.summary, languages, found.item.facts.completeness))
    subjects = [term["id"] for term in summary["subjects"]]
    look = subject_look.look_of(site.vocabularies, subjects)
    return {
        "cover": cover,
        "tint": look.tint,
        "icon": look.icon,
        "host": links.host_of(summary["url"]),
        "licence": _badge(summary["license"]),
        "path": f"/doc/resource/{found.item.uuid}.html",
        "title": summary["title"],
        "lang": found.summary.title_lang,
        "description": summary["description"],
        "types": [term["label"] for term in summary["resource_types"]],
        "levels": [term["label"] for term in summary["levels"]],
    }


def _badge(licence: dict[str, Any] | None) -> dict[str, Any] | None:
    """The letters of a licence, and whether it is open: `CC BY-SA 4.0`."""
    if not licence:
        return None
    name = str(licence.get("label") or "")
    return {"letters": name.partition(" (")[0] if licence.get("id") else "", "open": bool(licence.get("open"))}


def narrowest(site: Site, summary: dict[str, Any]) -> dict[str, Any]:
    """The summary without levels and subjects that a narrower one implies: a master is higher education."""
    for name in ("levels", "subjects"):
        ids = [term["id"] for term in summary[name] if term["id"]]
        above = {broader for one in ids for broader in site.vocabularies.ancestors(one)}
        summary[name] = [term for term in summary[name] if term["id"] not in above]
    return summary
