"""Saved searches over many changes: their alerts are what a search over everything that changed since finds.

`python -m tests.stress.test_saved_searches 1000 10000` takes so many searches over so many changes.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from repository import deposit
from repository.published import snapshot
from repository.publishing import publication
from repository.search.alerts import saved_searches
from repository.search.engines.embedded import EmbeddedEngine
from repository.search.index.engine import Filter
from repository.search.language.word_lists import every_stop_word
from repository.search.language.words import plain_words
from repository.search.plan.plan import Between
from repository.search.request import wanted
from repository.search.service import Searching
from repository.site import Site
from schemas.formats.format import Delivery, Reading
from schemas.generate.generate import records
from schemas.record import Record
from schemas.summary.summary import summarise
from schemas.vocabularies.vocabularies import shipped
from tests.support.site import FakeClock, a_site

SEARCHES, CHANGES = 60, 600
_PORTION = 500
_EVERYTHING = 1_000_000
_ACCOUNT = text("INSERT INTO account (id, email, role, active, created) VALUES (:id, :email, 'contributor', :yes, 0)")


class Seen(NamedTuple):
    """What was done, how long the evaluation took, and the searches whose alerts are not what they should be."""

    searches: int
    changes: int
    alerts: int
    evaluating_s: float
    wrong: tuple[str, ...]


def _queries(count: int, known: Sequence[Record], chance: random.Random) -> Iterator[str]:
    """Query strings as people save them: words, phrases, OR, minus, beginnings, filters; a few have filters alone."""
    summaries = [summarise(record, shipped()) for record in known]
    words = [
        word for one in summaries for word in plain_words(one.title) if len(word) > 3 and word not in every_stop_word()
    ]
    for _ in range(count):
        one = chance.choice(summaries)
        first, second = chance.choice(words), chance.choice(words)
        texts = ("", first, first, f"{first} OR {second}", f"{first} -{second}", f'"{first}"', f"{first[:4]}*")
        pairs = [("q", chance.choice(texts)), ("language", chance.choice(["nl", "en", "fr", "de"]))]
        pairs += [("subject", term.id) for term in one.subjects[:1] if term.id and chance.random() < 0.3]
        pairs += [("open", "true")] if chance.random() < 0.3 else []
        yield urlencode(pairs if chance.random() < 0.5 else pairs[:1])


def _kept(site: Site, queries: Sequence[str]) -> list[saved_searches.Saved]:
    """Saved by as many people as it takes: one may have a hundred."""
    people = range(1, 2 + len(queries) // saved_searches.MOST_SAVED)
    with site.database.write() as connection:
        for person in people:
            values = {"id": person, "email": f"{person}@example.org", "yes": True}
            connection.execute(_ACCOUNT, values)
    return [
        saved_searches.save(site, 1 + number // saved_searches.MOST_SAVED, f"Search {number}", query, mail=False)
        for number, query in enumerate(queries)
    ]


def _deliver(site: Site, order: deposit.Order, deliveries: Sequence[Delivery]) -> None:
    assert isinstance(site.clock, FakeClock)
    for start in range(0, len(deliveries), _PORTION):
        deposit.deliver(site, deliveries[start : start + _PORTION], order)
    while publication.publish(site) is not None:
        site.clock.pass_(2)


def _delivery(key: str, record: Record | None) -> Delivery:
    reading = None if record is None else Reading(record)
    return Delivery(place=key, format="jsonl", identifier=key, reading=reading, deleted=record is None)


def over_changes(home: Path, searches: int, changes: int, seed: int, url: str = "") -> Seen:
    """Save searches, let records come, change and go while alerts are evaluated now and then, then search again."""
    chance = random.Random(seed)
    site = a_site(home, url=url)
    searching = Searching(site, EmbeddedEngine(home / "search"))
    order = deposit.Order(source="stress", as_state="published", actor=deposit.OPERATOR, harvest=True)
    texts = list(records(changes, seed))
    keys = [f"k{n}" for n in range(changes // 4)]
    _deliver(site, order, [_delivery(key, record) for key, record in zip(keys, texts, strict=False)])
    kept = _kept(site, list(_queries(searches, texts, chance)))
    evaluating = 0.0
    portion = max(1, changes // 10)
    for start in range(0, changes, portion):
        moved = chance.sample(keys, portion * 3 // 5)
        fresh = [f"new{start + n}" for n in range(portion - len(moved))]
        keys += fresh
        order = replace(order, seen={})
        _deliver(
            site,
            order,
            [
                _delivery(key, chance.choice(texts) if key in fresh or chance.random() < 0.8 else None)
                for key in (*moved, *fresh)
            ],
        )
        if chance.random() < 0.5:
            evaluating += _evaluated(searching)
    evaluating += _evaluated(searching)
    searching.catch_up()
    found = {one: _alerted(site, one) for one in kept}
    wrong = tuple(one.query for one in kept if found[one] != _searched_again(searching, one))
    site.database.dispose()
    return Seen(len(kept), changes, sum(map(len, found.values())), evaluating, wrong)


def _evaluated(searching: Searching) -> float:
    began = time.perf_counter()
    searching.alerting.catch_up()
    return time.perf_counter() - began


def _alerted(site: Site, one: saved_searches.Saved) -> set[tuple[str, int]]:
    with snapshot(site.database) as line:
        return {(each.uuid, each.position) for each in saved_searches.alerts(line.connection, one, _EVERYTHING)}


def _searched_again(searching: Searching, one: saved_searches.Saved) -> set[tuple[str, int]]:
    """What the engine finds among everything that changed since, with the place of each."""
    again = wanted(one.search, searching.language.plan(one.search.q, None))
    since = Filter("since", Between("position", one.since + 1))
    hits = searching.index().find(replace(again, filters=(*again.filters, since), size=_EVERYTHING, facets=())).hits
    with snapshot(searching.site.database) as line:
        items = line.find_all([hit.id for hit in hits])
    return {(hit.id, items[hit.id].position) for hit in hits}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_alerts_are_what_a_search_over_the_changes_finds(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else ""
    seen = over_changes(tmp_path, SEARCHES, CHANGES, 1, url)

    assert seen.wrong == ()
    assert seen.alerts > SEARCHES


def main(searches: int, changes: int) -> int:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        seen = over_changes(Path(folder), searches, changes, 2)
    sys.stdout.write(
        f"{seen.searches} saved searches, {seen.changes} changes: {seen.alerts} alerts evaluated in"
        f" {seen.evaluating_s:.1f} s ({1e3 * seen.evaluating_s / seen.changes:.2f} ms a change),"
        f" {len(seen.wrong)} searches differ from a search over everything;"
        f" {time.perf_counter() - began:.0f} s in all\n"
    )
    return bool(seen.wrong)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
