"""Both engines on small indexes: finding, order, facets, spelling, generations."""

from __future__ import annotations

import pytest

from repository.published import Facts, position_of
from repository.search.index.engine import After, Batch, Engine, Found, Gone, Index, Sum
from repository.search.plan import parameters as asked
from repository.search.request import wanted
from schemas.summary.summary import Contributor
from tests.unit.repository.search.made import SUBJECT, a_document, an_id, language, put


def find(index: Index, after: After | None = None, /, **parameters: str | tuple[str, ...]) -> Found:
    pairs = [
        (name, one) for name, given in parameters.items() for one in (given if isinstance(given, tuple) else (given,))
    ]
    search, problems = asked.read(pairs)
    assert not problems
    return index.find(wanted(search, language().plan(search.q, index, search.prefer), after))


def ids(found: Found) -> list[str]:
    return [hit.id for hit in found.hits]


def numbers(found: Found) -> set[int]:
    known = {an_id(n): n for n in range(100)}
    return {known[hit.id] for hit in found.hits}


MEANT: dict[str, set[int]] = {
    "breuken": {1, 2, 3}, "breuk": {1, 2, 3}, "Brüche": {1, 2}, "fractions": {1, 2}, "BREUKEN": {1, 2, 3},
    '"breuken"': {1, 3}, "breuken -oefenen": {1, 3}, "title:breuken": {1, 3}, "vak:breuken": {1, 2},
    "breuken OR fietsen": {1, 2, 3, 4}, "breu*": {1, 3}, "breu": {1, 3}, "les brief": {5, 6}, "lesbrief": {5, 6},
    "brueken": {1, 2, 3}, "auteur:jansen": {4}, "jansen": {4}, "de fietsen": {4}, "de": {3, 5}, "zebra": set(),
    "???": set(), "": {1, 2, 3, 4, 5, 6}, "-breuken": {4, 5, 6}, "keyword:rekenen": {2}, "brief": {5, 6},
    '"lesbrief"': {5}, "trefwoord:reken*": {2}, "rekenma*": {2},
}  # fmt: skip


def test_words_find_what_is_meant(index: Index) -> None:
    put(
        index,
        a_document(1, "Breuken", subjects=("fractions",)),
        a_document(2, "Oefenen", "Sommen", subjects=("fractions",), keywords=("rekenen", "rekenmachine")),
        a_document(3, "Alles over de breuken"),
        a_document(4, "Fietsen", contributors=(Contributor("Piet Jansen"),)),
        a_document(5, "De lesbrief", "een brief"),
        a_document(6, "Een les brief"),
    )

    assert {q: numbers(find(index, q=q)) for q in MEANT} == MEANT


JOINED = (
    ("e-learning", "elearning", "e learning", "E‑Learning"),
    ("wi-fi", "wifi", "wi fi", "Wi–Fi"),
    ("COVID-19", "covid19", "covid 19"),
    ("TCP/IP", "tcpip", "tcp ip"),
    ("3-D", "3d", "3 d"),
    ("S.T.E.M.", "stem"),
    ("U.S.A.", "usa", "u.s.a"),
    ("PO/MO", "pomo", "po mo"),
    ("C++", "cpp"),
    ("C#", "csharp", "c sharp"),
    ("rock'n'roll", "rocknroll"),
    ("O'Brien", "obrien", "o brien"),
    ("Schüler*innen", "Schülerinnen", "Schüler:innen", "Schüler_innen", "Schüler/innen"),
    ("Node.js", "nodejs", "node js"),
    ("R&D", "rd"),
    ("lees\u00advaardigheid", "leesvaardigheid", "lees-vaardigheid", "lees vaardigheid"),
    ("3D-printer", "3-D-printer", "3dprinter", "3d printer"),
    ("e-learning-platform", "elearning platform", "elearning-platform"),
)


@pytest.mark.parametrize("spellings", JOINED, ids=lambda each: each[0])
def test_what_is_joined_is_found_in_every_spelling_by_every_spelling(index: Index, spellings: tuple[str, ...]) -> None:
    put(
        index,
        *(a_document(n, f"Over {one} op school") for n, one in enumerate(spellings)),
        *(a_document(50 + n, "Anders", f"Een tekst met {one} erin") for n, one in enumerate(spellings)),
        a_document(99, "Vitamine e en learning by doing, 3 dagen, r of d"),
    )
    every = {n for start in (0, 50) for n in range(start, start + len(spellings))}
    # Words that are typed apart may stand apart.
    found = {q: numbers(find(index, q=q)) - ({99} if " " in q else set()) for q in spellings}

    assert {q: sorted(each ^ every) for q, each in found.items() if each != every} == {}


def test_letters_in_brackets_are_there_and_not(index: Index) -> None:
    put(
        index,
        a_document(1, "STEM/STE(A)M op school"),
        a_document(2, "Les(sen) voor leerling(en)"),
        a_document(3, "Stem"),
    )

    found = {q: numbers(find(index, q=q)) for q in ("STEAM", "stem", "STE(A)M", "lessen", "leerlingen", "leerling(en)")}
    assert found == {
        "STEAM": {1}, "stem": {1, 3}, "STE(A)M": {1, 3}, "lessen": {2}, "leerlingen": {2}, "leerling(en)": {2},
    }  # fmt: skip


def test_numbers_and_addresses_are_not_joined(index: Index) -> None:
    put(index, a_document(1, "Jaar 2020-2021, groep 3/4", "https://example.org/a-b jan.jansen@example.org"))

    assert {q: find(index, q=q).total for q in ("20202021", "34", "ab", "janjansen")} == {
        "20202021": 0, "34": 0, "ab": 0, "janjansen": 0,
    }  # fmt: skip
    assert find(index, q="2020-2021").total == 1


def test_a_field_and_a_minus_take_a_joined_word_whole(index: Index) -> None:
    put(
        index,
        a_document(1, "E-learning"),
        a_document(2, "Elearning", keywords=("wi-fi",)),
        a_document(3, "Anders", "over e-learning"),
        a_document(4, "Learning about vitamin e"),
    )

    assert numbers(find(index, q="title:e-learning")) >= {1, 2}
    assert 3 not in numbers(find(index, q="title:elearning"))
    assert numbers(find(index, q="keyword:wifi")) == {2}
    assert numbers(find(index, q="-e-learning")) == {4}
    assert set(ids(find(index, q="e-learning"))[:2]) == {an_id(1), an_id(2)}


def test_the_exact_title_stands_first(index: Index) -> None:
    put(index, *(a_document(n, "Breuken en procenten", "breuken " * 30) for n in range(5)), a_document(9, "Breuken en"))

    assert ids(find(index, q="breuken en"))[0] == an_id(9)


def test_a_record_about_a_concept_stands_before_one_that_mentions_it(index: Index) -> None:
    put(
        index,
        a_document(1, "X", "fractions fractions fractions", lang="en"),
        a_document(2, "Y", subjects=("fractions",)),
    )

    assert ids(find(index, q="fractions")) == [an_id(2), an_id(1)]


def test_equal_scores_stand_in_the_order_of_ids_however_the_pages_fall(index: Index) -> None:
    for n in range(0, 40, 5):
        put(index, *(a_document(m, "Breuken") for m in range(n, n + 5)))
    expected = sorted(an_id(n) for n in range(40))

    seen: list[str] = []
    after = None
    while len(seen) < 40:
        found = find(index, after, q="breuken", size="7")
        seen += ids(found)
        assert found.total == 40
        assert found.more == (len(seen) < 40)
        after = After(found.hits[-1].key, len(seen), found.hits[-1].score)

    assert seen == expected


def test_a_walk_by_relevance_goes_on_where_its_last_hit_stands_now(index: Index) -> None:
    put(
        index, *(a_document(n, "Breuken " + "en nog meer " * (n % 9), at=position_of(86_400, n + 1)) for n in range(40))
    )
    seen: list[str] = []
    after = None
    for turn in range(10):
        found = find(index, after, q="breuken", size="7")
        seen += ids(found)
        if not found.more:
            break
        after = After(found.hits[-1].key, len(seen), found.hits[-1].score, index.watermark())
        # Records without the word make it rarer, and each score higher.
        put(index, *(a_document(50 + 4 * turn + n, "Fietsen", at=position_of(90_000 + turn * 2, n)) for n in range(4)))

    assert sorted(seen) == sorted(an_id(n) for n in range(40))


def test_a_walk_goes_on_behind_the_hit_before_where_its_last_one_changed(index: Index) -> None:
    put(index, *(a_document(n, "Breuken", at=position_of(86_400, n + 1)) for n in range(10)))
    first = find(index, q="breuken", size="4")
    last = first.hits[-1]
    seen_at = index.watermark()
    number = next(n for n in range(10) if an_id(n) == last.id)
    put(index, a_document(number, "Fietsen", at=position_of(90_000)))
    after = After(last.key, 4, last.score, seen_at, (first.hits[-2].id,))
    rest = find(index, after, q="breuken", size="10")

    assert sorted(ids(rest)) == sorted({an_id(n) for n in range(10)} - set(ids(first)))


def test_without_a_word_that_is_wanted_the_newest_stand_first(index: Index) -> None:
    put(
        index, *(a_document(n, "Breuken", at=position_of(86_400 * (n + 1))) for n in range(3)), a_document(9, "Fietsen")
    )

    assert ids(find(index, q="-fietsen", sort="relevance")) == [an_id(2), an_id(1), an_id(0)]


@pytest.mark.parametrize("order", ["newest", "title"])
def test_a_walk_by_a_key_sees_every_record_once_while_others_write(index: Index, order: str) -> None:
    day = position_of(86_400)
    put(index, *(a_document(n, f"Titel {n % 7}", at=day * (20 - n % 5) + n) for n in range(40)))
    seen: list[str] = []
    after = None
    for turn in range(20):
        found = find(index, after, sort=order, size="7")
        seen += ids(found)
        if not found.more:
            break
        after = After(found.hits[-1].key, len(seen))
        put(
            index, a_document(41 + turn, "Titel 0", at=day * 30 + turn), a_document(turn, "Titel 0", at=day * 31 + turn)
        )

    assert len(seen) == len(set(seen))
    assert {an_id(n) for n in range(20, 40)} <= set(seen)


def test_counts_of_a_facet_ignore_its_own_filter(index: Index) -> None:
    put(
        index,
        a_document(1, subjects=("fractions",), formats=("text/html",)),
        a_document(2, subjects=("algebra",), formats=("text/html",)),
        a_document(3, subjects=("algebra",), formats=("video/mp4",)),
    )
    found = find(index, format="text/html", subject=SUBJECT + "fractions", facets="format,subject")

    assert found.total == 1
    assert dict(found.counts["format"]) == {"text/html": 1}
    assert dict(found.counts["subject"])[SUBJECT + "algebra"] == 1
    assert dict(found.counts["subject"])[SUBJECT + "mathematics"] == 2


def test_after_a_click_the_total_is_the_count_that_was_shown(index: Index) -> None:
    put(index, *(a_document(n, subjects=("fractions", "algebra")[: n % 3], age_range=(n, n + 4)) for n in range(20)))
    shown = find(index, q="breuken", facets="subject,age,open,language").counts

    for name, values in shown.items():
        for value, count in values:
            assert find(index, q="breuken", **{name: value}).total == count


def test_an_age_finds_what_covers_it(index: Index) -> None:
    put(
        index,
        a_document(1, age_range=(None, 6)),
        a_document(2, age_range=(10, 12)),
        a_document(3, age_range=(12, None)),
        a_document(4),
    )
    found = {age: numbers(find(index, age=age)) for age in ("12", "4-6", "7", "90")}

    assert found == {"12": {2, 3}, "4-6": {1}, "7": set(), "90": {3}}
    assert numbers(find(index, age=("5", "13"))) == {1, 3}


def test_dates_bound_the_datestamp(index: Index) -> None:
    put(index, a_document(1, at=position_of(86_400)), a_document(2, at=position_of(2 * 86_400)))

    assert numbers(find(index, **{"from": "1970-01-03"})) == {2}
    assert numbers(find(index, until="1970-01-02")) == {1}


def test_the_language_that_is_preferred_stands_first_among_near_equals(index: Index) -> None:
    put(
        index,
        *(a_document(n, "Water", lang="nl") for n in range(10, 30)),
        a_document(1, "Water", lang="en"),
        a_document(2, "Water", lang="fr"),
        a_document(3, "Watercyclus en water in de stad", lang="nl"),
        a_document(4, "Water en énergie", lang="fr"),
        a_document(5, "Autre chose", "un texte avec le mot water quelque part", lang="fr"),
        *(a_document(n, "Iets anders", lang="nl") for n in range(30, 60)),
    )

    assert ids(find(index, q="water", prefer="en"))[0] == an_id(1)
    assert ids(find(index, q="water", prefer="fr-BE"))[0] == an_id(2)
    assert all(each in {an_id(n) for n in range(10, 30)} for each in ids(find(index, q="water", prefer="nl"))[:20])
    # A word in the description is not nearly as good as one in the title, whatever its language.
    assert ids(find(index, q="water", prefer="fr", size="100")).index(an_id(5)) > 21


def test_a_preference_changes_neither_what_is_found_nor_another_order(index: Index) -> None:
    put(index, *(a_document(n, f"Water {n}", lang=("nl", "en", "fr")[n % 3]) for n in range(12)))

    for parameters in ({"q": "water"}, {"q": "water", "sort": "title"}, {"q": "wat*"}, {}):
        plain, preferred = find(index, **parameters), find(index, **parameters, prefer="fr")
        assert set(ids(plain)) == set(ids(preferred))
        if parameters != {"q": "water"}:
            assert ids(plain) == ids(preferred)


def test_what_is_gone_is_not_found_and_the_watermark_is_no_record(index: Index) -> None:
    put(index, a_document(1), a_document(2))
    with index.writing() as writer:
        assert writer is not None
        writer.put(Batch((), (Gone(an_id(1), 9 << 50),), 9 << 50))

    assert numbers(find(index)) == {2}
    assert index.watermark() == 9 << 50


def test_a_record_written_twice_is_found_once(index: Index) -> None:
    put(index, a_document(1, "Oud"), a_document(2, "Ander"))
    put(index, a_document(1, "Nieuw"))

    assert find(index, q="oud").total == 0
    assert find(index, q="nieuw").total == 1
    assert find(index).total == 2


def test_what_is_mended_is_written_though_something_newer_was_there(index: Index) -> None:
    put(index, a_document(1))
    watermark = 9 << 50
    with index.writing() as writer:
        assert writer is not None
        writer.put(Batch((), (Gone(an_id(1), watermark),), watermark))
        writer.put(Batch((a_document(1),), (), watermark, mends=True))

    assert numbers(find(index)) == {1}
    assert index.members(a_document(1).bucket) == {an_id(1): a_document(1).position}


def test_sums_and_members_tell_what_is_there(index: Index) -> None:
    documents = [a_document(n) for n in range(5)]
    put(index, *documents)
    put(index, documents[0])

    assert index.sums() == {each.bucket: Sum(1, each.check) for each in documents}
    assert index.members(documents[3].bucket) == {documents[3].id: documents[3].position}
    assert index.members(255) == {}


def test_the_current_generation_is_turned_in_one_step(engine: Engine) -> None:
    assert engine.current() is None
    put(engine.open("m1-0-1"), a_document(1))
    engine.turn("m1-0-1")
    assert engine.current() == "m1-0-1"
    put(engine.open("m1-0-2"), a_document(2))
    engine.turn("m1-0-2")

    assert engine.current() == "m1-0-2"
    assert list(engine.names()) == ["m1-0-1", "m1-0-2"]
    engine.drop(["m1-0-1"])
    assert list(engine.names()) == ["m1-0-2"]


def test_facts_make_filters(index: Index) -> None:
    put(index, a_document(1, facts=Facts(source="Zürich & co")), a_document(2, facts=Facts(source="kim")))

    assert numbers(find(index, source="Zürich & co")) == {1}
    assert numbers(find(index, source=("kim", "Zürich & co"))) == {1, 2}
