"""Identifiers: the kinds that are found in metadata (DOI, ISBN, Handle, ARK, http), and what can name a resource.

Carries out the checksums of ISBN. Nothing is resolved in here. The identifiers that we make are made elsewhere: uuids
in repository.records.origin, OAI identifiers in repository.site.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from schemas.values.placeholder import is_placeholder

Kind = Literal["doi", "handle", "isbn", "ark", "urn", "uuid", "http"]


class Known(NamedTuple):
    """An identifier of a known kind: `value` bare and in its normal form, `uri` None where it has none."""

    kind: Kind
    value: str
    uri: str | None


_DOI = re.compile(
    r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|(?:info:|urn:)?doi(?:[:/]|\s)\s*/{0,2})?(10\.\d{4,9}/\S+)",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?:(?:https?://)?(?:www\.)?hdl\.handle\.net/|info:hdl/|(?:hdl|handle)[:\s]\s*)(\d[\d.]*/\S+)", re.IGNORECASE
)
_ARK = re.compile(r"(?:(https?://[^/\s]+/))?ark:/?(\d{5,9}/\S+)", re.IGNORECASE)
_ISBN = re.compile(r"(?:urn:)?(?:isbn)?(?:[- ]?1[03])?:?\s*([\dX][\dX -]{8,16})", re.IGNORECASE | re.ASCII)
_UUID = re.compile(r"(?:urn:uuid:)?([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})", re.IGNORECASE)
_URN = re.compile(r"urn:[a-z\d][a-z\d-]{1,31}:\S+", re.IGNORECASE)
_HTTP = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*", re.IGNORECASE)


@lru_cache(maxsize=8192)
def known(text: str, catalog: str | None = None) -> Known | None:
    """What kind of identifier a text is; the catalog it came with decides where the text alone does not."""
    plain = text.strip()
    label = (catalog or "").strip().casefold()
    if (match := _DOI.fullmatch(plain)) and (label in ("", "doi", "uri", "url") or "doi" in plain[:20].casefold()):
        doi = match[1].rstrip(".,;/")
        return Known("doi", doi.lower(), f"https://doi.org/{doi}")
    bare_handle = plain if label in ("hdl", "handle") and re.fullmatch(r"\d[\d.]*/\S+", plain) else None
    if bare_handle or (match := _HANDLE.fullmatch(plain)):
        handle = bare_handle or (match[1] if match else "")
        return Known("handle", handle, f"https://hdl.handle.net/{handle}")
    if match := _ARK.fullmatch(plain):
        return Known("ark", f"ark:/{match[2]}", f"{match[1] or 'https://n2t.net/'}ark:/{match[2]}")
    if match := _UUID.fullmatch(plain):
        return Known("uuid", match[1].lower(), None)
    if _HTTP.fullmatch(plain):
        return Known("http", plain, plain)
    if (label == "isbn" or "isbn" in plain[:8].casefold() or plain[:3] in ("978", "979")) and (isbn := isbn13(plain)):
        return Known("isbn", isbn, f"urn:isbn:{isbn}")
    return Known("urn", plain, None) if _URN.fullmatch(plain) else None


# Names that mean something only inside one document, and what templates or programs leave in place of an identifier.
_LOCAL_NAME = re.compile(r"#.*|_:.*|\?.*|\.{0,2}/.*|(?:\./)?(?:index|default|start|home|main)\.\w{2,5}", re.DOTALL)
_TEMPLATE = re.compile(r"\{[^{}]*\}|%7B|\$\(|^<[^<>]*>$|^\[[^\[\]]*\]$|^%\w+%$|10\.x+/", re.IGNORECASE)
_SCHEME_ONLY = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:[/,]{0,3}|(?:urn:)?(?:isbn|issn|uuid|doi|nbn|oai|hdl|handle|ark)\W*|"
    r"(?:https?://)?(?:(?:dx|www)\.)?(?:doi\.org|hdl\.handle\.net)/?)",
    re.IGNORECASE,
)
_NO_PLACE = re.compile(
    r"(?:about|javascript|mailto):.*|(?:https?://)?(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|"
    r"\[::1\])(?::\d+)?/?|https?://[^/]*\.invalid(?:[/:?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:\S")
_TOKEN = re.compile(r"(?=.*[\d_-])(?!.*\.\w{2,5}$)[\w.-]+")
_OF_ADDRESSES = frozenset({"", "uri", "url", "iri", "href", "link", "web", "www", "http", "https", "id", "@id"})
_DUMMIES = frozenset({"id", "uri", "url", "identifier", "todo", "tbd", "xxx", "test", "example", "string", "object"})


@lru_cache(maxsize=8192)
def is_identity(text: str, catalog: str | None = None) -> bool:
    """Whether a text can name one resource in a whole source: if not, each record so named would overwrite the last.

    These name nothing: names inside one document (`#top`, `_:b0`, paths from the root), placeholders, templates, a
    scheme with nothing after it, `urn:uuid:` without a UUID, the nil UUID, and the bare address of one's own machine.
    In a catalog of its own (NTR-POMS) a path from the root is a name like any other.
    """
    plain = text.strip()
    if _UUID.fullmatch(plain.strip("{}")):
        return bool(plain.casefold().removeprefix("urn:uuid:").strip("{}0-"))
    if len(plain.strip("-_.?*0 ")) == 0 or is_placeholder(plain) or plain.casefold() in _DUMMIES:
        return False
    if plain[:9].casefold() == "urn:uuid:":
        return False
    if plain[:1] == "/" and len(plain) > 1 and catalog and catalog.strip().casefold() not in _OF_ADDRESSES:
        return _TEMPLATE.search(plain) is None
    if _HTTP.fullmatch(plain) is None and "://" in plain[:8].casefold() and plain[:4].casefold() == "http":
        return False
    return not any(pattern.fullmatch(plain) for pattern in (_LOCAL_NAME, _SCHEME_ONLY, _NO_PLACE)) and not (
        _TEMPLATE.search(plain)
    )


def is_node_name(id_: str, *, alone: bool) -> bool:
    """Whether an `@id` names the resource beyond its document: an IRI, a known identifier, or a word like `unit-12`.

    A word counts only if it is `alone`, with nothing else to name the resource: every page of a template may have it.
    """
    if not is_identity(id_):
        return False
    if _IRI.match(id_) or known(id_) is not None:
        return True
    return alone and _TOKEN.fullmatch(id_) is not None


def isbn13(text: str) -> str | None:
    """The thirteen digits of an ISBN with a right check digit (10 or 13 places, any hyphens), else None."""
    match = _ISBN.fullmatch(text.strip())
    digits = re.sub(r"[ -]", "", match[1]).upper() if match else ""
    if len(digits) == 10 and digits[:9].isdigit():
        total = sum((10 - place) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits))
        return None if total % 11 else f"978{digits[:9]}{_check_digit('978' + digits[:9])}"
    if len(digits) == 13 and digits.isdigit() and _check_digit(digits[:12]) == digits[12]:
        return digits
    return None


def _check_digit(twelve: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return str(-total % 10)
