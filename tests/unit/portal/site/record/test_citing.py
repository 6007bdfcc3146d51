"""Citations: the attribution line in its order, APA, and BibTeX that TeX can read whatever stands in a title."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.site.record.citing import Cited, apa, attribution, bibtex

FULL = Cited("Breuken", ("Ada Voorbeeld", "Ben Proef"), "De Linde", "2024", "https://a.example/b", "CC BY-SA 4.0")


def test_the_attribution_line_has_title_authors_address_and_licence_in_this_order() -> None:
    assert attribution(FULL) == "Breuken, Ada Voorbeeld, Ben Proef, https://a.example/b, CC BY-SA 4.0"


@pytest.mark.parametrize(
    ("cited", "line"),
    [
        (FULL._replace(authors=()), "Breuken, De Linde, https://a.example/b, CC BY-SA 4.0"),
        (FULL._replace(authors=(), publisher="", licence=""), "Breuken, https://a.example/b"),
    ],
)
def test_what_is_not_known_is_left_out(cited: Cited, line: str) -> None:
    assert attribution(cited) == line


def test_apa_names_a_year_or_says_that_there_is_none() -> None:
    assert apa(FULL, "n.d.") == "Ada Voorbeeld & Ben Proef (2024). Breuken. De Linde. https://a.example/b"
    assert apa(FULL._replace(year="", authors=(), publisher=""), "n.d.") == "Breuken (n.d.). https://a.example/b"


def test_bibtex_is_one_entry() -> None:
    assert bibtex(FULL).startswith("@misc{voorbeeld2024breuken,\n  title = {{Breuken}},\n  author = {{Ada Voorbeeld}")
    assert bibtex(FULL._replace(title="50 % & $x_1$")).count(r"50 \% \& \$x\_1\$") == 1


@given(some.text(max_size=60), some.text(max_size=20), some.text(max_size=40))
def test_braces_are_balanced_whatever_a_record_says(title: str, author: str, address: str) -> None:
    entry = bibtex(FULL._replace(title=title, authors=(author,), address=address))

    bare = re.sub(r"\\[{}]", "", entry)
    assert bare.count("{") == bare.count("}")
