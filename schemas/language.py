"""Languages: tags as received in, BCP 47 out, and the rule told that led there.

Real tags are `pt_BR`, `fra-CA`, `fren`, `none`, `FRE`, a name ("Nederlands") or an address of id.loc.gov. The tables
of ISO 639 and 3166 are pycountry's, read when the first tag needs them. `x-none` stands for "no language"
(record.md 9); `mul`, `und`, `zxx` and private tags are lawful and pass. A tag that means nothing gives None: nothing is
guessed from the text it stands on.
"""

from __future__ import annotations

import gettext
import re
from functools import cache, lru_cache
from typing import NamedTuple

import pycountry

from schemas.vocabularies.parts import listed

NONE = "x-none"


class Tag(NamedTuple):
    """`value` is BCP 47 in its own case, None where the text names no language.

    `rule` is None where the text was that already, else case, whitespace, underscore, region, three_letter, deprecated,
    none, uri, name, truncated or unknown.
    """

    value: str | None
    rule: str | None


_LANGTAG = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{3}))?(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?"
    r"((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)
_PRIVATE = re.compile(r"x(?:-[a-z0-9]{1,8})+")
_NOTHING = frozenset({"none", "no language", "geen", "geen taal", "n/a", "null", "xx", "xxx", "x_none", "xnone"})
# Codes that were withdrawn, or that are a country's where a language's was meant and that no language has.
_DEPRECATED = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "scr": "hr", "scc": "sr"}
_DEPRECATED |= {"cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "cn": "zh"}
_OWN_NAMES = {
    "ar": "العربية",
    "bg": "български",
    "ca": "català",
    "cs": "čeština",
    "cy": "cymraeg",
    "da": "dansk",
    "el": "ελληνικά",
    "es": "español",
    "et": "eesti keel",
    "eu": "euskara",
    "fa": "فارسی",
    "fi": "suomi",
    "ga": "gaeilge",
    "gl": "galego",
    "he": "עברית",
    "hr": "hrvatski",
    "hu": "magyar",
    "it": "italiano",
    "ja": "日本語",
    "lb": "lëtzebuergesch",
    "lt": "lietuvių",
    "lv": "latviešu",
    "nb": "bokmål",
    "no": "norsk",
    "pl": "polski",
    "pt": "português",
    "ro": "română",
    "ru": "русский",
    "sk": "slovenčina",
    "sl": "slovenščina",
    "sr": "српски",
    "sv": "svenska",
    "tr": "türkçe",
    "uk": "українська",
    "zh": "中文",
}
_OTHER_NAMES = {"flemish": "nl", "vlaams": "nl", "castilian": "es", "farsi": "fa", "valencian": "ca", "greek": "el"}
_SPECIAL = {
    NONE: {"en": "no language", "nl": "geen taal", "fr": "aucune langue", "de": "keine Sprache"},
    "mul": {"en": "several languages", "nl": "meertalig", "fr": "multilingue", "de": "mehrsprachig"},
    "und": {"en": "unknown language", "nl": "onbekende taal", "fr": "langue inconnue", "de": "unbekannte Sprache"},
    "el": {"en": "Greek", "nl": "Grieks", "fr": "Grec", "de": "Griechisch"},  # not "Modern Greek (1453-)"
    "zxx": {"en": "no language", "nl": "geen taal", "fr": "aucune langue", "de": "keine Sprache"},
}
_SITE_LANGUAGES = ("nl", "fr", "de")


@lru_cache(maxsize=4096)
def normalise(tag: str) -> Tag:
    """The BCP 47 tag a text names. Empty text gives Tag(None, None): there is nothing to repair."""
    text = tag.strip()
    if not text:
        return Tag(None, None)
    rule = None if text == tag else "whitespace"
    low = text.lower()
    if low in _NOTHING:
        return Tag(NONE, "none")
    if _PRIVATE.fullmatch(low):
        return Tag(low, rule or (None if low == text else "case"))
    if "://" in low:
        inner = normalise(re.split(r"[/#]", low.rstrip("/#"))[-1].partition(".")[0])
        return Tag(inner.value, "uri" if inner.value else "unknown")
    hyphened = low.replace("_", "-")
    if hyphened != low:
        rule = "underscore"
    match = _LANGTAG.fullmatch(hyphened)
    value, changed = _assembled(match) if match else (None, None)
    if value is None:
        return _by_name(low)
    return Tag(value, changed or rule or (None if value == text else "case"))


_BETWEEN = re.compile(r"\s*[,;|/\n+&]\s*|\s+(?:and|en|et|und|y)\s+", re.IGNORECASE)
_CODES = re.compile(r"[a-zA-Z]{2,3}(?:-[A-Za-z]{2})?(?:\s+[a-zA-Z]{2,3}(?:-[A-Za-z]{2})?)+")


@lru_cache(maxsize=4096)
def several(text: str) -> tuple[str, ...]:
    """The languages that are packed in one text ("en, de", '["nl", "fr"]'), as they are written there.

    A text is parted only where every part names a language; any other comes back whole.
    """
    parts = listed(text) or tuple(part for part in _BETWEEN.split(text.strip()) if part)
    if len(parts) == 1 and _CODES.fullmatch(text.strip()):
        parts = tuple(text.split())
    if not parts or parts == (text,) or not all(normalise(part).value for part in parts):
        return (text,)
    return tuple(dict.fromkeys(parts))


def is_spoken(tag: str) -> bool:
    """Whether a normalised tag names one language: not x-none, mul, und, zxx, mis or a private tag."""
    return not tag.startswith("x-") and tag.partition("-")[0] not in ("mul", "und", "zxx", "mis")


@lru_cache(maxsize=2048)
def name(tag: str, language: str) -> str:
    """What a tag is called in en, nl, fr or de (else en): "Frans (Canada)"; the tag itself where it means nothing."""
    value = normalise(tag).value
    if value is None:
        return tag
    if special := _SPECIAL.get(value):
        return special.get(language, special["en"])
    parts = value.split("-")
    entry = _language(parts[0])
    if entry is None:
        return tag
    called = re.sub(r"\s*\(.*\)", "", _translated("iso639-3", language, entry))
    region = next((part for part in parts[1:] if len(part) == 2 and part.isupper()), None)
    country = pycountry.countries.get(alpha_2=region) if region else None
    if country is None:
        return called
    return f"{called} ({_translated('iso3166-1', language, getattr(country, 'common_name', country.name))})"


def _assembled(match: re.Match[str]) -> tuple[str | None, str | None]:
    """A well-formed tag with its primary code known and shortest, and the rule that changed it."""
    primary, extended, script, region, tail = match.groups()
    rule = None
    if primary in _DEPRECATED:
        primary, rule = _DEPRECATED[primary], "deprecated"
    elif len(primary) == 3:
        short = _three_letter().get(primary)
        if short is None:
            return None, None
        primary, rule = short, None if short == primary else "three_letter"
    elif primary not in _two_letter():
        return None, None
    if region == "uk":
        region, rule = "gb", rule or "region"
    elif region and region.isalpha() and pycountry.countries.get(alpha_2=region.upper()) is None:
        region, rule = None, rule or "region"
    parts = (primary, extended, script and script.title(), region and region.upper())
    return "-".join(part for part in parts if part) + (tail or ""), rule


def _by_name(low: str) -> Tag:
    plain = re.sub(r"[\s_]*[(;,/].*", "", low)
    if code := _names().get(plain):
        return Tag(code, "name")
    if 4 <= len(plain) <= 12 and plain.isalpha():  # four letters are no code of BCP 47: "fren" is a name cut off
        codes = {code for called, code in _names().items() if called.startswith(plain)}
        if len(codes) == 1:
            return Tag(codes.pop(), "truncated")
    return Tag(None, "unknown")


@cache
def _three_letter() -> dict[str, str]:
    """Every code of ISO 639-3 and every bibliographic one of 639-2, to the shortest code there is."""
    table: dict[str, str] = {}
    for entry in pycountry.languages:
        short = getattr(entry, "alpha_2", entry.alpha_3)
        table[entry.alpha_3] = short
        if hasattr(entry, "bibliographic"):
            table[entry.bibliographic] = short
    table["mul"] = "mul"
    return table


@cache
def _two_letter() -> dict[str, str]:
    """Every code of ISO 639-1 to its English name."""
    return {entry.alpha_2: entry.name for entry in pycountry.languages if hasattr(entry, "alpha_2")}


def _language(primary: str) -> str | None:
    if len(primary) == 2:
        return _two_letter().get(primary)
    entry = pycountry.languages.get(alpha_3=primary)
    return entry.name if entry else None


@cache
def _names() -> dict[str, str]:
    """The names of the languages with a two-letter code, lower-case, in the site's languages and their own."""
    table: dict[str, str] = {}
    for code, english in _two_letter().items():
        for called in (english, *(_translated("iso639-3", language, english) for language in _SITE_LANGUAGES)):
            table.setdefault(re.sub(r"\s*\(.*\)", "", called).lower(), code)
    table.update({called: code for code, called in _OWN_NAMES.items()})
    table.update(_OTHER_NAMES)
    return table


@cache
def _translations(domain: str, language: str) -> gettext.NullTranslations:
    return gettext.translation(domain, pycountry.LOCALES_DIR, languages=[language], fallback=True)


def _translated(domain: str, language: str, text: str) -> str:
    if language not in _SITE_LANGUAGES:
        return text
    return _translations(domain, language).gettext(text)
