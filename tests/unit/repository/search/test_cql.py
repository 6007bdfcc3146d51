"""CQL: what the subset reads, and the diagnostic for everything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repository.search.cql_plan import Planning
from repository.search.language.cql import Clause, Cql, Diagnostic, Joined, parse
from tests.support.oracle import Oracle
from tests.unit.repository.search.made import a_document, an_id, language, put


def c(term: str, index: str = "cql.serverchoice", relation: str = "=") -> Clause:
    return Clause(index, relation, term)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("breuken", c("breuken")),
        ('"les brief"', c("les brief")),
        ('"a \\"b\\""', c('a "b"')),
        ("dc.title = breuken", c("breuken", "dc.title")),
        ('dc.title any "a b"', c("a b", "dc.title", "any")),
        ("DC.Title==x", c("x", "dc.title", "==")),
        ("a and b or c", Joined("or", Joined("and", c("a"), c("b")), c("c"))),
        ("a and (b or c)", Joined("and", c("a"), Joined("or", c("b"), c("c")))),
        ("a NOT b", Joined("not", c("a"), c("b"))),
        ("((a))", c("a")),
        ("any", c("any")),
    ],
)
def test_the_subset_is_read(text: str, tree: Cql) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 10), ("(a", 10), ("a)", 10), ("and", 10), ("a and", 10), ("=", 10), ('"a', 10), ("a b", 10),
        ("dc.title <> x", 19), ("dc.title within x", 19), ("dc.title =/relevant x", 20), ("a and/x b", 46),
        ("a prox b", 39), ("a sortby dc.title", 80), ("x" * 5000, 12), (" or ".join("a" * 40), 38),
        ("(" * 50 + "a" + ")" * 50, 10),
    ],
)  # fmt: skip
def test_what_is_not_served_has_its_diagnostic(text: str, number: int) -> None:
    with pytest.raises(Diagnostic) as raised:
        parse(text)
    assert raised.value.number == number


@settings(deadline=None)
@given(st.text(max_size=80) | st.text('ab"()=<>/ .*\\', max_size=80))
def test_no_text_fails_otherwise(text: str) -> None:
    index = Oracle()
    put(index, a_document(1))
    try:
        Planning(language(), index, lambda _: None).node(parse(text))
    except Diagnostic as error:
        assert error.number > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("breuken", {1, 2}), ('dc.title == "breuken oefenen"', {2}), ("dc.title any \"breuken fietsen\"", {1, 2, 3}),
        ("dc.title all \"breuken oefenen\"", {2}), ("breuken not oefenen", {1}), ("dc.language = en", {3}),
        ("breuken or dc.language = en", {1, 2, 3}), ("dc.subject = Bruchrechnung", {1}), ("title = breuk", {1, 2}),
        ("cql.allRecords = 1", {1, 2, 3}), ("fiet*", {3}), (f"rec.identifier = {an_id(2)}", {2}),
        ("rec.identifier = nothing", set()), ('"..."', set()), ("rec.lastModificationDate >= 2100", set()),
        ("rec.lastModificationDate <= 2100-01", {1, 2, 3}),
    ],
)  # fmt: skip
def test_clauses_find_what_the_search_finds(text: str, expected: set[int]) -> None:
    index = Oracle()
    put(
        index,
        a_document(1, "Breuken", subjects=("fractions",)),
        a_document(2, "Breuken oefenen"),
        a_document(3, "Fietsen", lang="en"),
    )
    found = index._of(Planning(language(), index, lambda _: None).node(parse(text)))

    assert set(found) == {an_id(n) for n in expected}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("dc.nothing = x", 16), ("dc.title >= x", 19), ("rec.lastModificationDate any 2020", 19),
        ("rec.lastModificationDate >= soon", 36), ("dc.title = br*uk", 28), ("dc.title = breu?", 28),
    ],
)  # fmt: skip
def test_what_an_index_does_not_do_has_its_diagnostic(text: str, number: int) -> None:
    with pytest.raises(Diagnostic) as raised:
        Planning(language(), Oracle(), lambda _: None).node(parse(text))
    assert raised.value.number == number
