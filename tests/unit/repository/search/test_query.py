"""The query language: every text has a tree, and it is the one that people mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repository.search.language.query import (
    MOST_WORDS,
    Both,
    Bound,
    Either,
    Nonsense,
    Query,
    Quoted,
    Word,
    count,
    cut,
    parse,
    words,
)


def w(text: str, **more: object) -> Word:
    return Word(text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("  \t", None),
        ("Breuken", w("breuken")),
        ("les brief", Both((w("les"), w("brief")))),
        ('"les brief"', Quoted(("les", "brief"))),
        ("“les brief”", Quoted(("les", "brief"))),
        ('"les brief', Quoted(("les", "brief"))),
        ("breuken -toets", Both((w("breuken"),), (w("toets"),))),
        ('-"a b"', Both((), (Quoted(("a", "b")),))),
        ("kat OR hond", Either((w("kat"), w("hond")))),
        ("kat OR hond OR vis", Either((w("kat"), w("hond"), w("vis")))),
        ("rode kat OR hond", Both((w("rode"), Either((w("kat"), w("hond")))))),
        ("OR kat OR", w("kat")),
        ("or", w("or")),
        ("title:breuken", w("breuken", field="title")),
        ("vak:wiskunde", w("wiskunde", field="subject")),
        ("matière:maths", w("maths", field="subject")),
        ('auteur:"van den Berg"', Quoted(("van", "den", "berg"), "author")),
        ("-title:toets", Both((), (w("toets", field="title"),))),
        ("http://a.example", Both((w("http"), w("a"), w("example")))),
        ("title: breuken", Both((w("title"), w("breuken")))),
        ("breu*", w("breu", beginning=True)),
        ("b*", w("b")),
        ("e-learning", Bound(("e", "learning"), ("elearning",))),
        ("cursus e-learning", Both((w("cursus"), Bound(("e", "learning"), ("elearning",))))),
        ("title:wi-fi", Bound(("wi", "fi"), ("wifi",), "title")),
        ("-wi-fi", Both((), (Bound(("wi", "fi"), ("wifi",)),))),
        ("STE(A)M", Bound(("ste", "a", "m"), ("steam", "stem"))),
        ("e-learn*", Both((w("e"), w("learn", beginning=True)))),
        ("2020-2021", Both((w("2020"), w("2021")))),
        ('"e-learning"', Quoted(("e", "learning"))),
        ("kat - hond", Both((w("kat"), w("hond")))),
        ("??? !!", Nonsense()),
        ("-", Nonsense()),
        ('""', Nonsense()),
        ("🎉", Nonsense()),
        ("a\x00b", Both((w("a"), w("b")))),
    ],
)
def test_a_text_becomes_the_tree_that_is_meant(text: str, tree: Query | None) -> None:
    assert parse(text) == tree


@settings(deadline=None)
@given(st.text(max_size=2000))
def test_no_text_fails_or_has_too_many_words(text: str) -> None:
    tree = parse(text)

    assert (tree is None) == (not cut(text).strip())
    assert tree is None or count(tree) <= MOST_WORDS


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["-", '"', "OR", "title:", "*", "a", "bé", " ", ":", "(", "\\", "~", "\ud800"]), max_size=80
    )
)
def test_no_heap_of_signs_fails(signs: list[str]) -> None:
    tree = parse("".join(signs))

    assert tree is None or count(tree) <= MOST_WORDS


def test_the_first_words_of_a_long_query_count() -> None:
    tree = parse(" ".join(f"w{n}" for n in range(100)))

    assert words(tree) == [f"w{n}" for n in range(MOST_WORDS)]


def test_unwanted_words_are_not_among_the_wanted() -> None:
    assert words(parse("kat -hond vis OR vogel")) == ["kat", "vis", "vogel"]
