"""The interface in four languages: catalogues in PO files, the language of a request, numbers and dates in words.

The English sentence is the key; translations/LANGUAGE.po holds its translations and is read once at start (a test
compares the files with the templates). A choice made on a page (`?lang=`) is remembered in a cookie; else the
browser's Accept-Language decides among the site's languages. Labels of concepts come from SKOS, not from here.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache
from importlib import resources

from flask import Request, g, request

NAMES = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}
COOKIE = "language"
_THOUSANDS = {"nl": ".", "de": ".", "fr": "\u202f", "en": ","}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

Catalogue = dict[str, str]


def read_po(text: str) -> Catalogue:
    """Read the msgid and msgstr pairs of a PO file; this portal has no plurals and no contexts."""
    catalogue: Catalogue = {}
    entry = {"msgid": "", "msgstr": ""}
    part = "msgid"
    for line in [*text.splitlines(), 'msgid ""']:
        word, _, rest = line.strip().partition(" ")
        if word in entry:
            if word == "msgid":
                catalogue[entry["msgid"]] = entry["msgstr"]
                entry["msgstr"] = ""
            part = word
            entry[part] = str(ast.literal_eval(rest))
        elif word.startswith('"'):
            entry[part] += str(ast.literal_eval(line.strip()))
    catalogue.pop("", None)
    return {key: value for key, value in catalogue.items() if value}


@cache
def catalogue(language: str) -> Catalogue:
    """The sentences of one language; none for English, where the keys are the sentences."""
    if language == "en":
        return {}
    file = resources.files("portal").joinpath("translations", f"{language}.po")
    return read_po(file.read_text(encoding="utf-8"))


def chosen(request: Request, languages: Sequence[str]) -> str:
    """The language of a request: asked for in the URL, remembered, preferred by the browser, or the site's first."""
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in languages:
            return str(wish)
    return chosen_by_header(request, languages)


def chosen_by_header(request: Request, languages: Sequence[str]) -> str:
    """The language that Accept-Language prefers among `languages`, else the first of them.

    The wishes are taken in their order, each with its main language (RFC 4647, 3.4): `de-AT, en;q=0.5` is German,
    where werkzeug would look for every exact match first.
    """
    for wish, quality in request.accept_languages:
        tag = wish.lower()
        found = next((one for one in (tag, tag.partition("-")[0]) if one in languages), None)
        if found and quality > 0:
            return found
    return languages[0]


def language() -> str:
    """The language of this request (set before each request by the application)."""
    return str(g.get("language", "en"))


def labels_in(first: str, languages: Sequence[str]) -> tuple[str, ...]:
    """The languages in which to look for a label, best first."""
    return (first, *(other for other in languages if other != first))


def translate(sentence: str, **values: object) -> str:
    """The sentence in the language of this request, its %(name)s filled in."""
    text = catalogue(language()).get(sentence, sentence)
    return text % values if values else text


def number(value: int) -> str:
    """A whole number with the thousands mark of the language."""
    return f"{value:,}".replace(",", _THOUSANDS.get(language(), ","))


def day(value: str) -> str:
    """An ISO date (YYYY, YYYY-MM, YYYY-MM-DD...) in words; any other text stays as it is."""
    parts = value[:10].split("-")
    if not all(part.isdigit() for part in parts) or len(parts[0]) != 4:
        return value
    words = [parts[0]]
    if len(parts) > 1 and 1 <= int(parts[1]) <= 12:
        words.insert(0, translate(_MONTHS[int(parts[1]) - 1]))
    if len(parts) > 2:
        words.insert(0, f"{int(parts[2])}." if language() == "de" else str(int(parts[2])))
    return " ".join(words)


def remembered() -> str | None:
    """The language to remember: asked for in this URL and not yet in the cookie."""
    wish = request.args.get("lang")
    return wish if wish == language() and wish != request.cookies.get(COOKIE) else None
