"""The page of a record: what it is, whether it may be used, for whom it is, who made it; all metadata last.

Builds plain values for the template from the published record. Reads the publication line only.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from portal.site.record import accessibility, citing, licence_words
from portal.site.record.record_rows import Presenter
from portal.web import i18n, links, resource, search_items
from portal.web.cards import card, narrowest
from repository.collections import shown
from repository.published import Facts, Snapshot
from repository.search.errors import SearchUnavailable
from repository.search.service import Searching
from repository.site import Site
from schemas import language as languages_
from schemas.record import Record
from schemas.summary.summary import Summary

ALIKE: Final = 5
MOST_FILES: Final = 12
_TIME: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_PAGES: Final = {"subjects": "/subjects/", "levels": "/levels/"}
_FILTERS: Final = {"resource_types": "type", "audiences": "audience"}


class Shown(NamedTuple):
    """A published record in a snapshot, with its summary in the reader's language."""

    found: resource.Resource
    summary: dict[str, Any]
    languages: tuple[str, ...]


class RecordPage:
    """The values of the template, of one site."""

    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching

    def values(self, line: Snapshot, found: resource.Resource) -> dict[str, Any]:
        """Everything that the page shows beside its formats and its graph."""
        languages = i18n.labels_in(i18n.language(), self.site.config.site.languages)
        labelled = resource.labelled(self.site, found.summary, languages, found.item.facts.completeness)
        seen = Shown(found, narrowest(self.site, labelled), languages)
        summary, item = seen.summary, found.item
        presenter = Presenter(self.site.vocabularies, languages, i18n.translate, i18n.day)
        return {
            "summary": summary,
            "title_lang": found.summary.title_lang,
            "description_meta": _short(summary["description"] or ""),
            "grants": self._grants(found.summary),
            "licence_name": summary["license"] and summary["license"]["label"],
            "files": _files(found.record, found.summary),
            "needs": _needs(found.record, languages),
            "terms": self._terms(seen),
            "keywords": [(word, f"/search?{urlencode({'q': _quoted(word)})}") for word in summary["keywords"]],
            "access": [i18n.translate(each) for each in accessibility.labels(found.record, languages)],
            "people": _people(found.summary),
            "publisher": summary["publisher"],
            **self._groups(item.facts, languages),
            "cited": self._cited(seen),
            "alike": self._alike(line, found),
            "sections": presenter.sections(found.record),
            "language_names": [languages_.name(tag, languages[0]) or tag for tag in found.summary.language],
            "age": age(found.summary.age_range),
        }

    def _groups(self, facts: Facts, languages: Sequence[str]) -> dict[str, Any]:
        """The organisation and the collections of a record, each as (slug, name)."""
        slug = facts.organisation
        with self.site.database.read() as connection:
            owner = shown.organisation(connection, slug) if slug else None
            edited = [(one, shown.collection(connection, one)) for one in facts.collections]
        return {
            "organisation": (slug, owner.name if owner else slug) if slug else None,
            "collections": [(one, shown.said(row.title, languages) if row else one) for one, row in edited],
        }

    def _grants(self, summary: Summary) -> list[dict[str, Any]]:
        green = summary.license is not None and summary.license.open
        return [
            {
                "icon": each.icon,
                "sentence": i18n.translate(each.sentence),
                "tone": "no" if each.allowed is False else "yes" if each.allowed and green else "",
            }
            for each in licence_words.grants(summary.license)
        ]

    def _terms(self, seen: Shown) -> dict[str, list[dict[str, str]]]:
        """Subjects, levels, types, audiences as links: to the page of the concept, else to the search for it."""
        found: dict[str, list[dict[str, str]]] = {}
        for name in (*_PAGES, *_FILTERS):
            found[name] = [
                {"label": term["label"], "href": self._place(name, term["id"])} for term in seen.summary[name]
            ]
        return found

    def _place(self, name: str, one: str | None) -> str:
        concept = self.site.vocabularies.concept(one) if one else None
        if concept is None:
            return ""
        if name in _PAGES:
            return _PAGES[name] + concept.notation
        return f"/search?{urlencode({_FILTERS[name]: concept.id})}"

    def _cited(self, seen: Shown) -> dict[str, str]:
        summary = seen.found.summary
        name = seen.summary["license"]["label"] if seen.summary["license"] else ""
        made = [one for one in summary.contributors if one.role in ("author", None)]
        cited = citing.Cited(
            title=seen.summary["title"] or i18n.translate("Without a title"),
            authors=tuple(dict.fromkeys(one.name for one in made)),
            publisher=summary.publisher or "",
            year=_year(summary),
            address=links.safe_link(summary.url) or self.site.url(f"/id/resource/{seen.found.item.uuid}"),
            licence=licence_words.letters(summary.license, name),
        )
        line = citing.attribution(cited)
        return {
            "attribution": line,
            "apa": citing.apa(cited, i18n.translate("n.d.")),
            "bibtex": citing.bibtex(cited),
            "mail": f"mailto:?subject={quote(cited.title)}&body={quote(line)}",
        }

    def _alike(self, line: Snapshot, found: resource.Resource) -> list[dict[str, Any]]:
        """Records like this one; none while the search cannot answer."""
        try:
            document = self.searching.projection.document(found.item, found.tree)
            hits = self.searching.alike(document, ALIKE)
        except SearchUnavailable:
            return []
        return [card(self.site, one) for _, one in search_items.resources(self.site, line, hits)]


def _files(record: Record, summary: Summary) -> list[dict[str, str]]:
    """The files to download: address, kind and size; what is only a page or a picture of it is none."""
    every = {one.url: (one.mime, one.size) for one in record.files if one.role in (None, "download")}
    technical = record.technical
    if not every and technical is not None:
        kinds = technical.format if len(technical.format) == len(technical.location) else ()
        for place, kind in zip(technical.location, kinds, strict=False):
            every[place] = (kind, None)
    found = []
    for url, (mime, size) in every.items():
        kind = _kind(mime or "", url)
        if kind and (href := links.safe_link(url)) and (url != summary.url or len(every) == 1):
            found.append({"href": href, "kind": kind, "size": i18n.size(size) if size else ""})
    return found[:MOST_FILES]


def _kind(mime: str, url: str) -> str:
    """A media type as people call it: PDF, DOCX, MP4; empty for a page."""
    if mime in ("text/html", "application/xhtml+xml"):
        return ""
    ending = url.partition("?")[0].rpartition("/")[2].rpartition(".")[2].lower()
    if 2 <= len(ending) <= 4 and mimetypes.guess_type(f"a.{ending}")[0] == mime:
        return ending.upper()
    guessed = mimetypes.guess_extension(mime) if mime else None
    return guessed.lstrip(".").upper() if guessed else ""


def _needs(record: Record, languages: tuple[str, ...]) -> list[dict[str, str]]:
    """What one needs for it: time, and what the makers say of machines and material."""
    found = []
    for educational in record.educational:
        if seconds := _seconds(educational.typical_learning_time.value if educational.typical_learning_time else None):
            found.append({"icon": "clock", "text": i18n.since(seconds)})
    technical = record.technical
    if technical is not None and technical.other_platform_requirements:
        texts = technical.other_platform_requirements
        own = next((one for tag in languages for one in texts if (one.lang or "").startswith(tag)), texts[0])
        found.append({"icon": "package", "text": _short(own.value)})
    return found


def _seconds(value: str | None) -> int:
    parts = _TIME.fullmatch(value or "")
    if parts is None:
        return 0
    days, hours, minutes, seconds = (int(each or 0) for each in parts.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _people(summary: Summary) -> list[dict[str, str]]:
    """Who made it, each name once; the publisher stands by itself."""
    found: dict[str, dict[str, str]] = {}
    for one in summary.contributors:
        if one.role != "publisher" and one.name not in found:
            icon = "building-2" if one.kind == "organization" else "user-round"
            href = f"/search?{urlencode({'q': _quoted(one.name)})}"
            found[one.name] = {"name": one.name, "icon": icon, "href": href, "id": links.safe_link(one.id) or ""}
    return list(found.values())


def _quoted(text: str) -> str:
    """Words to search for together."""
    return f'"{text}"' if " " in text and '"' not in text else text


def _year(summary: Summary) -> str:
    made = summary.created or summary.modified or ""
    return made[:4] if made[:4].isdigit() else ""


def _short(text: str, most: int = 200) -> str:
    """The text on one line, cut after a word."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rpartition(" ")[0] + "…"


def age(ages: tuple[int | None, int | None] | None) -> str:
    """A range of ages in short: 6–12, 6+, ≤ 12."""
    match ages:
        case None | (None, None):
            return ""
        case (low, None):
            return f"{low}+"
        case (None, high):
            return f"≤ {high}"
        case (low, high):
            return str(low) if low == high else f"{low}–{high}"
