"""/statistics: how many records there are, by subject, level, language, licence, source, completeness and month.

The counts and labels are those of the search's facets; months and completeness are counted over the publication line,
once for each state of it and at most once a minute.
"""

from __future__ import annotations

from threading import Lock
from typing import Final

from flask import Blueprint, Response

from portal.site.find.search import HEADINGS
from portal.site.systems import counted
from portal.site.systems.counted import Row, Table, Tally
from portal.web import i18n, search_items
from portal.web.page import page
from repository.published import snapshot
from repository.search.errors import SearchUnavailable
from repository.search.plan.parameters import Search
from repository.search.service import Searching
from repository.site import Site

FACETS: Final = ("subject", "level", "language", "license", "source")
FRESH_S: Final = 60.0


def blueprint(site: Site, searching: Searching) -> Blueprint:
    """The page and its CSV."""
    made = Blueprint("statistics", __name__)
    view = _Statistics(site, searching)
    made.add_url_rule("/statistics", "show", view.show)
    made.add_url_rule("/statistics.csv", "csv", view.csv)
    return made


class _Statistics:
    def __init__(self, site: Site, searching: Searching) -> None:
        self.site = site
        self.searching = searching
        self._lock = Lock()
        self._made: tuple[tuple[str, int], float, int, Tally] | None = None

    def show(self) -> Response:
        total, tables = self._tables()
        return page("site/systems/statistics.html", total=total, tables=tables, searched=FACETS)

    def csv(self) -> Response:
        """The numbers of the page, in the reader's language."""
        _, tables = self._tables()
        response = Response(counted.as_csv(tables), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = "attachment; filename=statistics.csv"
        response.headers["Cache-Control"] = "no-cache"
        response.vary.update(("Accept-Language", "Cookie"))
        return response

    def _tables(self) -> tuple[int, list[Table]]:
        total, made = self._tally()
        steps = tuple(Row(label, made.steps.get(place, 0)) for place, label in enumerate(counted.STEPS))
        months = tuple(Row(i18n.day(month), count, value=month) for month, count in made.months.items())
        return total, [
            *self._facets(),
            Table("completeness", i18n.translate("Completeness"), steps if total else ()),
            Table("month", i18n.translate("Month of publication"), months),
        ]

    def _facets(self) -> list[Table]:
        """The facets of everything; none while the index is being made."""
        try:
            found = self.searching.find(Search(size=1, facets=FACETS)).found
        except SearchUnavailable:
            return []
        languages = i18n.labels_in(i18n.language(), self.site.config.site.languages)
        return [
            Table(
                name,
                i18n.translate(HEADINGS[name]),
                counted.of_facet(
                    search_items.facet(name, found.counts.get(name, ()), self.site.vocabularies, languages)
                ),
            )
            for name in FACETS
        ]

    def _tally(self) -> tuple[int, Tally]:
        now = self.site.clock.now()
        with self._lock, snapshot(self.site.database) as line:
            state = (line.epoch, line.w)
            if self._made is None or (self._made[0] != state and now - self._made[1] >= FRESH_S):
                self._made = (state, now, line.total(), counted.tally(line.tally()))
            return self._made[2], self._made[3]
