"""The public reports of sources: a list, and for each source a page, JSON and a feed, so that it can mend its records.

What only operators may see (contact, settings, raw bytes) is not here. Numbers come from stored rows of the last runs
and from the stored report; nothing is counted when a page is asked for.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, abort

from harvest import source_account, source_report
from harvest.source_account import Account
from harvest.source_report import Line, Report
from portal.web import i18n
from portal.web.element_names import FIELDS
from portal.web.page import page
from portal.web.responses import cached, json
from repository import sources
from repository.site import Site
from schemas.datestamp import utc_datestamp
from schemas.xml.reader import encode, escape, escape_attribute

ATOM: Final = "http://www.w3.org/2005/Atom"
TO_DO: Final = {
    "incomplete": "The next run goes on by itself. Where the same is missing again, the source should mend what is"
    " said here; afterwards everything can be asked for again with: oerbron harvest run NAME --all",
    "failed": "Look whether the address and the settings of the source are right; nothing comes before that.",
    "waiting": "Nothing is deleted before a person looked whether the source meant it, and confirmed it with: oerbron"
    " harvest run NAME --confirm-deletes",
    "stopped": "The next run goes on where it was stopped.",
    "crashed": "The next run goes on at the page where it broke off.",
}
SENTENCES: Final = (
    "new", "running", "crashed", "complete", "incomplete", "failed", "stopped", "waiting", "created", "updated",
    "unchanged", "deleted", "rejected", "none named", *TO_DO.values(),
)  # fmt: skip
_UNFORESEEN: Final = "internal"


def blueprint(site: Site) -> Blueprint:
    """The addresses of the reports of one site."""
    made = Blueprint("source_pages", __name__)
    view = _Sources(site)
    for rule, name, function in (
        ("/sources", "sources", view.list),
        ("/sources.json", "sources_json", view.list_json),
        ("/sources/<source>", "source", view.one),
        ("/sources/<source>.json", "source_json", view.one_json),
        ("/sources/<source>.xml", "source_feed", view.feed),
    ):
        made.add_url_rule(rule, name, function)
    return made


class _Sources:
    def __init__(self, site: Site) -> None:
        self.site = site

    def list(self) -> Response:
        return page("site/sources.html", sources=[self._told(each) for each in source_account.public(self.site)])

    def list_json(self) -> Response:
        return _open(json([_document(each) for each in source_account.public(self.site)]))

    def one(self, source: str) -> Response:
        found, made = self._found(source)
        return page(
            "site/source.html",
            source=self._told(found),
            to_do=i18n.translate(TO_DO[found.state]) if found.state in TO_DO else "",
            problems=list(found.last.notes) if found.state in TO_DO and found.last is not None else [],
            runs=[self._run_told(each) for each in source_account.documents(found)],
            report=made,
            missing=[self._line(made, each) for each in made.missing],
            values=[self._line(made, each) for each in made.values],
            licences=[(uri, count) for uri, count in made.licences.items()],
        )

    def one_json(self, source: str) -> Response:
        found, made = self._found(source)
        body = _document(found) | {"runs": [_run(each) for each in source_account.documents(found)]}
        return _open(json(body | {"report": source_report.document(made)}))

    def feed(self, source: str) -> Response:
        """A feed of the runs (RFC 4287), in the language of the reader."""
        found, _ = self._found(source)
        response = Response(encode(self._atom(found)), content_type="application/atom+xml; charset=utf-8")
        response.vary.add("Accept-Language")
        return _open(response)

    def _found(self, name: str) -> tuple[Account, Report]:
        source = sources.find(self.site, name)
        if source is None:
            abort(404)
        return source_account.public_of(self.site, source), source_report.find(self.site, name)

    def _told(self, found: Account) -> dict[str, Any]:
        told = _document(found)
        made = source_report.find(self.site, found.source.name)
        return told | {"state_word": i18n.translate(found.state), "records": made.records}

    @staticmethod
    def _run_told(run: dict[str, Any]) -> dict[str, Any]:
        outcomes = [(i18n.translate(name), count) for name, count in run["outcomes"].items() if count]
        return _run(run) | {"state_word": i18n.translate(run["state"]), "told": outcomes}

    @staticmethod
    def _line(made: Report, line: Line) -> dict[str, Any]:
        share = round(100 * line.count / max(made.looked_at, 1))
        return {
            "field": _name(line.path), "code": line.code, "count": line.count, "share": share, "sample": line.sample
        }  # fmt: skip

    def _atom(self, found: Account) -> str:
        own = self.site.url(f"/sources/{found.source.name}.xml")
        shown = self.site.url(f"/sources/{found.source.name}")
        title = escape(f"{self.site.config.site.name}: {found.source.title or found.source.name}")
        runs = [self._run_told(each) for each in source_account.documents(found)]
        updated = runs[0]["last_sign"] if runs else utc_datestamp(0)
        entries = "".join(self._entry(shown, each) for each in runs)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{ATOM}"><title>{title}</title><id>{escape(own)}</id>'
            f"<updated>{updated}</updated><author><name>{escape(self.site.config.site.name)}</name></author>"
            f'<link rel="self" href="{escape_attribute(own)}"/><link rel="alternate" href="{escape_attribute(shown)}"/>'
            f"{entries}</feed>\n"
        )

    @staticmethod
    def _entry(shown: str, run: dict[str, Any]) -> str:
        told = ", ".join(f"{name} {count}" for name, count in run["told"])
        errors = "".join(
            f"\n{each['count']} {code}: {each['sample']}: {each['reason']}" for code, each in run["errors"].items()
        )
        notes = "".join(f"\n{note}" for note in run["notes"])
        return (
            f"<entry><title>{escape(run['state_word'])}{escape(f' ({told})' if told else '')}</title>"
            f"<id>{escape(shown)}#run-{run['id']}</id><updated>{run['last_sign']}</updated>"
            f'<link rel="alternate" href="{escape_attribute(shown)}"/>'
            f"<content>{escape((errors + notes).strip())}</content></entry>"
        )


def _document(found: Account) -> dict[str, Any]:
    """What the public is told of a source."""
    told = source_account.document(found)
    kept = ("name", "title", "kind", "url", "state", "last_good", "next", "quarantined", "last")
    return {name: _run(told[name]) if name == "last" and told[name] else told[name] for name in kept}


def _run(run: dict[str, Any]) -> dict[str, Any]:
    """A run without what an unforeseen error may have quoted."""
    errors = {
        code: each | {"reason": "" if code == _UNFORESEEN else each["reason"]} for code, each in run["errors"].items()
    }
    return run | {"errors": errors}


def _name(path: str) -> str:
    """The field of a path in the reader's language; the path itself where it has no name."""
    category, _, field = path.partition(".")
    field = field.partition(".")[0]
    snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in field)
    key = f"{category[:1].upper()}{category[1:]}" + (f".{snake}" if snake else "")
    return i18n.translate(FIELDS[key]) if key in FIELDS else path


def _open(response: Response) -> Response:
    """An answer that anybody may read from anywhere, and that caches ask about again."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return cached(response)
