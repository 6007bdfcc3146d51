"""Saved searches: what is kept, what alerts, and that alerts equal a search over everything that changed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from repository.errors import Invalid, NotFound
from repository.published import snapshot
from repository.publishing import publication
from repository.search.alerts import saved_searches
from repository.search.alerts.matching import Held, Waiting
from repository.search.engines.embedded import EmbeddedEngine
from repository.search.index.engine import Filter
from repository.search.plan import parameters
from repository.search.plan.plan import Between
from repository.search.request import wanted
from repository.search.service import Searching
from repository.site import Site
from tests.conformance.search_corpus import documents, searches
from tests.support.factories import a_record
from tests.support.oracle import Oracle
from tests.support.site import FakeClock, a_site, accept, uuid_of, withdraw
from tests.unit.repository.search.made import language, put

PERSON = 7


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    opened = a_site(tmp_path, url=url)
    with opened.database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, email, role, active, created)"
                " VALUES (:id, 'a@example.org', 'curator', :yes, 0)"
            ),
            {"id": PERSON, "yes": True},
        )
    yield opened
    opened.database.dispose()


@pytest.fixture
def searching(site: Site, tmp_path: Path) -> Searching:
    return Searching(site, EmbeddedEngine(tmp_path / "search"))


def publish(site: Site, *titles: str) -> list[int]:
    made = [accept(site, a_record(title)) for title in titles]
    sealed(site)
    return made


def sealed(site: Site) -> None:
    assert isinstance(site.clock, FakeClock)
    site.clock.pass_(2)
    publication.publish(site)


def alerted(site: Site, one: saved_searches.Saved) -> set[str]:
    with snapshot(site.database) as line:
        return {each.uuid for each in saved_searches.alerts(line.connection, one, 1000)}


def test_a_search_is_kept_in_one_form(site: Site) -> None:
    made = saved_searches.save(site, PERSON, " Wiskunde ", "?sort=title&q=breuken&size=5&subject=s", mail=True)

    assert (made.name, made.query, made.mail) == ("Wiskunde", "q=breuken&subject=s&sort=title", True)
    assert saved_searches.list_of(site, PERSON) == [made]
    assert saved_searches.find_by_secret(site, made.secret) == made
    assert saved_searches.find_by_secret(site, "x") is None


@pytest.mark.parametrize(("name", "query", "wrong"), [("", "q=a", "name"), ("a", "age=oud", "age"), ("a", "x=1", "x")])
def test_what_makes_no_sense_is_told(site: Site, name: str, query: str, wrong: str) -> None:
    with pytest.raises(Invalid) as raised:
        saved_searches.save(site, PERSON, name, query, mail=False)
    assert [problem.path for problem in raised.value.problems] == [wrong]


def test_only_ones_own_is_found_and_deleted(site: Site) -> None:
    made = saved_searches.save(site, PERSON, "a", "q=a", mail=False)
    with pytest.raises(NotFound):
        saved_searches.get(site, PERSON + 1, made.id)
    with pytest.raises(NotFound):
        saved_searches.remove(site, PERSON + 1, made.id)
    saved_searches.remove(site, PERSON, made.id)

    assert saved_searches.list_of(site, PERSON) == []


def test_what_changes_after_it_was_saved_and_matches_is_an_alert(site: Site, searching: Searching) -> None:
    publish(site, "Breuken oud")
    one = saved_searches.save(site, PERSON, "a", "q=breuken", mail=False)
    other = saved_searches.save(site, PERSON, "b", "q=fietsen", mail=False)
    first, second = publish(site, "Breuken nieuw", "Fietsen")
    searching.alerting.catch_up()
    assert alerted(site, one) == {uuid_of(site, first)}
    assert alerted(site, other) == {uuid_of(site, second)}
    accept(site, a_record("Kommagetallen"), id_=first)
    withdraw(site, second)
    third = accept(site, a_record("Breuken en fietsen"))
    sealed(site)
    searching.alerting.catch_up()

    assert alerted(site, one) == alerted(site, other) == {uuid_of(site, third)}


def test_two_processes_write_each_alert_once(site: Site, searching: Searching, tmp_path: Path) -> None:
    one = saved_searches.save(site, PERSON, "a", "q=breuken", mail=False)
    publish(site, *(f"Breuken {n}" for n in range(5)))
    other = Searching(site, EmbeddedEngine(tmp_path / "search"))

    assert sum(each.alerting.catch_up() for each in (searching, other)) == 5
    assert len(alerted(site, one)) == 5


def test_no_saved_search_costs_nothing(site: Site, searching: Searching) -> None:
    publish(site, "Breuken")

    assert searching.alerting.step() == 0


def test_the_alerts_are_what_a_search_over_the_changes_finds(site: Site, searching: Searching) -> None:
    chance = random.Random(1)
    words = ["breuken", "fietsen", "toets", "lesbrief", "procenten", "water"]
    queries = [f"q={' '.join(chance.sample(words, 2))}" for _ in range(10)]
    queries += [f"q={a} OR {b}" for a, b in pairwise(words)]
    queries += [f"q={word} -{words[0]}" for word in words] + [f'q="{word}"' for word in words] + ["", "open=false"]
    records = publish(site, *(" ".join(chance.sample(words, 2)) for _ in range(40)))
    kept = [saved_searches.save(site, PERSON, query or "alles", query, mail=False) for query in queries]
    for _ in range(6):
        for record in chance.sample(records, 12):
            accept(site, a_record(" ".join(chance.sample(words, 3))), id_=record)
        records += [accept(site, a_record(" ".join(chance.sample(words, 2)))) for _ in range(5)]
        withdraw(site, records.pop(chance.randrange(len(records))))
        sealed(site)
        if chance.random() < 0.5:
            searching.alerting.catch_up()
    searching.alerting.catch_up()
    searching.catch_up()

    for one in kept:
        again = wanted(one.search, searching.language.plan(one.search.q, None))
        since = Filter("since", Between("position", one.since + 1))
        found = searching.index().find(replace(again, filters=(*again.filters, since), size=1000))
        assert alerted(site, one) == {hit.id for hit in found.hits}, one.query


def test_matching_one_document_is_what_an_index_finds() -> None:
    corpus = documents(150, 5)
    index = Oracle()
    put(index, *corpus)
    held = [Held(one) for one in corpus]
    all_ = [wanted(each, language().plan(each.q, None)) for each in searches(150, 9)]
    waiting = Waiting(enumerate(all_))

    matched = {one.id: waiting.matching(one) for one in corpus}
    for number, each in enumerate(all_):
        found = {hit.id for hit in index.find(replace(each, size=1000, facets=())).hits}
        assert {one.document.id for one in held if one.fits(each)} == found
        assert {id_ for id_, numbers in matched.items() if number in numbers} == found


def test_a_saved_search_takes_its_words_as_they_are_written(site: Site, searching: Searching) -> None:
    one = saved_searches.save(site, PERSON, "a", "q=brueken", mail=False)
    publish(site, "Breuken")
    searching.alerting.catch_up()
    searching.catch_up()

    assert alerted(site, one) == set()
    assert searching.find(parameters.read([("q", "brueken")])[0]).found.total == 1
