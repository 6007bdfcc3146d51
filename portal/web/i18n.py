"""The interface in four languages: sentences, plurals, numbers, dates and names of languages, by Babel.

The English sentence is the key; the catalogues are PO files, one for each wing and language
(translations/LANGUAGE/WING.po), read once when a language is first needed; a test compares them with templates and
code. A choice made on a page (`?lang=`) is remembered in a cookie; else the browser's Accept-Language decides among the
site's languages. Labels of concepts come from SKOS, not from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Final

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Request, g, request

NAMES: Final = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}
COOKIE: Final = "language"
_LOCALES: Final = {"en": "en_GB"}  # the day before the month
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")

Catalogue = dict[str, str | tuple[str, ...]]


@cache
def catalogue(language: str) -> Catalogue:
    """The sentences of one language, plurals as (one, more); none for English, where the keys are the sentences."""
    found: Catalogue = {}
    if language == "en":
        return found
    folder = resources.files("portal") / "translations" / language
    for file in sorted(folder.iterdir(), key=lambda each: each.name) if folder.is_dir() else ():
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                key = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
                text = message.string
                if key and text and not message.fuzzy:
                    found[key] = tuple(text) if isinstance(text, (list, tuple)) else text
    return found


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
    found = catalogue(language()).get(sentence, sentence)
    text = found if isinstance(found, str) else found[0]
    return text % values if values else text


def ngettext(one: str, more: str, num: int, **values: object) -> str:
    """One sentence or the other by the number, in the language of this request; %(num)s is the number, written out."""
    found = catalogue(language()).get(one, (one, more))
    forms = (found, found) if isinstance(found, str) else found
    text = forms[0] if locale().plural_form(num) == "one" else forms[-1]
    return text % {"num": number(num), **values}


def later(sentence: str) -> str:
    """The sentence as it is: marks what stands in a table and is translated when it is shown."""
    return sentence


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_LOCALES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def locale() -> Locale:
    """Babel's locale for the language of this request."""
    return _locale(language())


def number(value: float) -> str:
    """A number with the marks of the language."""
    return format_decimal(value, locale=locale())


def percent(part: float, whole: float) -> str:
    """A share in whole hundredths."""
    return f"{number(round(100 * part / whole) if whole else 0)}\u202f%"


def size(count: int) -> str:
    """A number of bytes as people say it: 16.6 MB."""
    for unit, bound in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= bound:
            return f"{format_decimal(round(count / bound, 1), locale=locale())}\u00a0{unit}"
    return f"{number(count)}\u00a0B"


def day(value: str | float) -> str:
    """An ISO date (YYYY, YYYY-MM, YYYY-MM-DD...) or seconds since the epoch in words; other text stays as it is."""
    if isinstance(value, (int, float)):
        return format_date(datetime.fromtimestamp(value, UTC).date(), "long", locale=locale())
    parts = _DATE.match(value)
    if parts is None or value[parts.end() :][:1] not in ("", "T", " "):
        return value
    year, month, of_month = parts.groups()
    try:
        found = date(int(year), int(month or 1), int(of_month or 1))
    except ValueError:
        return value
    if of_month:
        return format_date(found, "long", locale=locale())
    return format_skeleton("yMMMM", found, locale=locale()) if month else year


def since(seconds: float) -> str:
    """A length of time as one says it: "3 days"."""
    return format_timedelta(int(seconds), locale=locale(), threshold=1.2)


def language_name(tag: str | None) -> str:
    """A language in the words of this one; an unknown tag as it is."""
    if not tag:
        return ""
    try:
        found = Locale.parse(tag.replace("-", "_")).get_display_name(locale())
    except (UnknownLocaleError, ValueError, TypeError):
        found = locale().languages.get(tag)
    return found or tag


def remembered() -> str | None:
    """The language to remember: asked for in this URL and not yet in the cookie."""
    wish = request.args.get("lang")
    return wish if wish == language() and wish != request.cookies.get(COOKIE) else None
