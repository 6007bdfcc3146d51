"""Terms as others write them: the form in which two spellings are the same, and the maps of foreign terms.

A term is compared without case, accents, and the difference between space, hyphen and underscore; an IRI without
scheme, `www.` and closing slash (record.md 8: http and https, `%20`, `narrative_text`, `Simulacao`). The maps in
data/maps are tables of facts: element, source (or *), value, concept. It must not know which concepts exist.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

ANY_SOURCE: Final = "*"

_END: Final = re.compile("[/#:]")
_CAMEL: Final = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")
_CODE: Final = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\w*\d{3,}\w*")

_PUNCTUATION = str.maketrans({"_": " ", "-": " ", "\u2010": " ", "\u2013": " ", "\u2019": "'", "\u00a0": " "})


class Row(NamedTuple):
    """One foreign term: `source` is a prefix of the source it holds for, `concept` is written scheme:notation."""

    element: str
    source: str
    value: str
    concept: str


def is_iri(value: str) -> bool:
    return value[:7] == "http://" or value[:8] == "https://"


def folded(value: str) -> str:
    """The form under which a term is looked up; "" when nothing is left."""
    text = value.strip()
    if "%" in text and not is_iri(text):
        text = unquote(text)
    if is_iri(text):
        return folded_iri(text)
    if not text.isascii():
        # NFKD splits letter and accent; what has a combining class is the accent.
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.casefold().translate(_PUNCTUATION).split())


def exact(value: str) -> str:
    """The form under which a term is looked up first: as `folded`, with its accents."""
    text = unicodedata.normalize("NFKC", value).casefold() if not value.isascii() else value.casefold()
    return " ".join(text.translate(_PUNCTUATION).split())


def folded_iri(iri: str) -> str:
    return iri.strip().partition("://")[2].removeprefix("www.").rstrip("/#").casefold()


def prefixes() -> tuple[str, ...]:
    """The namespaces that spell their terms out (data/maps/namespaces.tsv), http and https alike."""
    given = [prefix for (prefix,) in table("namespaces.tsv")]
    http = [f"http://{one.partition('://')[2]}" for one in given if one.startswith("https://")]
    https = [f"https://{one.partition('://')[2]}" for one in given if one.startswith("http://")]
    return tuple(dict.fromkeys((*given, *http, *https)))


def local_part(term: str, prefixes: tuple[str, ...]) -> str | None:
    """The word at the end of a term of a namespace that spells its terms out; a numbered double (`yes_2`) is cut."""
    if not term.startswith(prefixes):
        return None
    last = _END.split(term.rstrip("/"))[-1]
    return last[:-2] if last[-2:] == "_2" else last


def words_of_iri(iri: str) -> str:
    """What people may read of an address: its last part as words, its host where that is a number or a code."""
    parts = [unquote(part) for part in _END.split(iri.strip().rstrip("/#"))]
    last = parts[-1].partition("?")[0]
    spaced = " ".join(_CAMEL.sub(" ", last).replace("_", " ").replace("-", " ").split())
    letters = sum(sign.isalpha() for sign in spaced)
    if letters >= 3 and letters * 2 > len(last) and not _CODE.fullmatch(last):
        return spaced
    return urlsplit(iri.strip()).hostname or ""


def rows() -> Iterator[Row]:
    """The rows of every data/maps/values-*.tsv, in the order of the files' names."""
    folder = files("schemas") / "data" / "maps"
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("values-")):
        for line in table(name):
            element, source, value, concept = line
            yield Row(element, source, value, concept)


def foreign_labels(iri: str) -> Mapping[str, str]:
    """The labels by language of a concept of others, of data/maps/labels.tsv; none where they are not known."""
    return _foreign_labels().get(folded_iri(iri), {})


@cache
def _foreign_labels() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for iri, language, label in table("labels.tsv"):
        found.setdefault(folded_iri(iri), {})[language] = label
    return found


def table(name: str) -> Iterator[tuple[str, ...]]:
    """The rows of data/maps/NAME: tab-separated, comments (#) and the header line left out."""
    text = (files("schemas") / "data" / "maps" / name).read_text(encoding="utf-8")
    lines = (line for line in text.split("\n") if line and not line.startswith("#"))
    next(lines, None)
    for line in lines:
        yield tuple(line.split("\t"))
