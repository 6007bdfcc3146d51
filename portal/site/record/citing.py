"""How to name a resource when it is used: the attribution line, APA, and an entry for BibTeX. Pure.

The attribution line has what Creative Commons asks for (title, author, source, licence), in that order; APA follows the
7th edition for a page of the web.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_SPECIAL: Final = re.compile(r"[\\{}$&#_%~^]")
_ESCAPED: Final = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_KEY: Final = re.compile(r"[^a-z0-9]+")


class Cited(NamedTuple):
    """What a citation needs; empty texts and lists are left out of it."""

    title: str
    authors: tuple[str, ...]
    publisher: str
    year: str
    address: str
    licence: str


def attribution(cited: Cited) -> str:
    """One line to put beside what one uses."""
    parts = (cited.title, ", ".join(cited.authors) or cited.publisher, cited.address, cited.licence)
    return ", ".join(part for part in parts if part)


def apa(cited: Cited, undated: str) -> str:
    """A reference in the style of APA; `undated` stands for a year that is not known."""
    authors = " & ".join(cited.authors) or cited.publisher
    publisher = cited.publisher if cited.publisher and cited.publisher != authors else ""
    head = f"{authors} ({cited.year or undated})." if authors else ""
    title = f"{cited.title}." if authors else f"{cited.title} ({cited.year or undated})."
    return " ".join(part for part in (head, title, f"{publisher}." if publisher else "", cited.address) if part)


def bibtex(cited: Cited) -> str:
    """An entry of the kind @misc, with nothing in it that BibTeX or TeX would take for a sign of its own."""
    fields = {
        "title": f"{{{_plain(cited.title)}}}",
        "author": " and ".join(f"{{{_plain(each)}}}" for each in cited.authors) or _plain(cited.publisher),
        "publisher": _plain(cited.publisher),
        "year": cited.year,
        "url": cited.address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C"),
        "note": _plain(cited.licence),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "@misc{" + _key(cited) + ",\n" + ",\n".join(lines) + "\n}"


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda sign: _ESCAPED.get(sign[0], f"\\{sign[0]}"), " ".join(text.split()))


def _key(cited: Cited) -> str:
    """A key of plain letters: the first author's last word, the year, the first word of the title."""
    name = (cited.authors[0] if cited.authors else cited.publisher).split()[-1:] or [""]
    words = [name[0], cited.year, *cited.title.split()[:1]]
    return _KEY.sub("", "".join(words).lower()) or "resource"
