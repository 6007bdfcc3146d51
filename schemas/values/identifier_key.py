"""The normal form of an identifier, in which two spellings of it are the same: what search finds a record by.

A DOI is one however it is dressed (`doi:`, dx.doi.org, capitals), an ISBN of ten places is that of thirteen, an
address counts without scheme, `www.`, default port, closing slash and the parameters of campaigns. `keys_of` is for
what a record carries, `candidates` for what somebody typed: there the kind is guessed, so a key is a candidate that an
index confirms. Nothing is resolved in here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from schemas.identifiers import isbn13, known

LONGEST: Final = 500
_TRACKING: Final = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid|_ga|ref_src", re.IGNORECASE)
_RESOLVER: Final = re.compile(
    r"(?:https?://)?(?:www\.)?nbn-resolving\.(?:org|de)/(?:resolver\?identifier=)?(urn:\S+)", re.IGNORECASE
)
_HOST: Final = re.compile(r"(?:www\.)?(?:[\w-]+\.)+[a-z]{2,24}(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_ISSN: Final = re.compile(r"(?:(?:urn:)?e?-?issn)?[\s:]*(\d{4})-?(\d{3}[\dX])", re.IGNORECASE | re.ASCII)
_BARE_ISBN: Final = re.compile(r"(?:97[89][- ]?)?\d[\d -]{7,13}[\dXx]", re.ASCII)
_BARE_HANDLE: Final = re.compile(r"\d[\d.]*/[\w.-]+")
_ARK: Final = re.compile(r"(?:https?://[^/\s]+/)?ark:/?(\d{5,9}/\S+)", re.IGNORECASE)
_LAST_UUID: Final = re.compile(
    r"(?:oai:\S+:|https?://\S+/(?:id|doc)/resource/)([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?:\.\w+(?:\.xml)?)?/?",
    re.IGNORECASE,
)
_PORTS: Final = {"http": ":80", "https": ":443"}


@lru_cache(maxsize=8192)
def keys_of(text: str, catalog: str | None = None) -> tuple[str, ...]:
    """The keys of an identifier or an address that a record carries; none for what is empty or endless."""
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST:
        return ()
    found = dict.fromkeys(_kinds(plain, catalog))
    if not any(key.startswith("url:") for key in found):
        found[f"text:{plain.casefold()}"] = None
        if catalog and (label := catalog.strip().casefold()) not in ("", "uri", "url"):
            found[f"text:{label}:{plain.casefold()}"] = None
    return tuple(found)


@lru_cache(maxsize=1024)
def candidates(text: str) -> tuple[str, ...]:
    """The keys that a whole query may mean, sure kinds and guesses; none for what is plainly words."""
    plain = " ".join(text.split()).strip("<>{}\"'“”„«» ").rstrip(".,;")
    if not plain or len(plain) > LONGEST:
        return ()
    found = dict.fromkeys(_kinds(plain, None))
    if (match := _LAST_UUID.fullmatch(plain)) is not None:
        found[f"uuid:{match[1].lower()}"] = None
    if _BARE_ISBN.fullmatch(plain) and (isbn := isbn13(plain)):
        found[f"isbn:{isbn}"] = None
    if _BARE_HANDLE.fullmatch(plain):
        found[f"hdl:{plain.lower()}"] = None
    if "#" in plain and (address := address_key(plain.partition("#")[0])):
        found[address] = None
    if " " not in plain or len(found):
        found[f"text:{plain.casefold()}"] = None
    return tuple(found)


def is_sure(key: str) -> bool:
    """Whether a key is of a kind that is no word by chance: not a local number, not a host alone."""
    kind, _, rest = key.partition(":")
    return kind != "text" and (kind != "url" or "/" in rest)


def address_key(text: str) -> str | None:
    """The key of an address of the web, with or without its scheme; None for what is none."""
    plain = text.strip()
    if not re.match(r"https?://", plain, re.IGNORECASE):
        if _HOST.fullmatch(plain) is None:
            return None
        plain = f"http://{plain}"
    try:
        parts = urlsplit(plain)
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return None
    host = host.removesuffix(_PORTS.get(parts.scheme.lower(), ":")).removesuffix(":").removeprefix("www.").rstrip(".")
    if not host:
        return None
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~-._%").rstrip("/")
    query = parts.query
    if query and _TRACKING.search(query):
        query = urlencode(
            [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _TRACKING.fullmatch(name)]
        )
    return f"url:{host}{path}" + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def _kinds(plain: str, catalog: str | None) -> list[str]:
    """The keys of the kinds that a text is of."""
    if match := _RESOLVER.fullmatch(plain):
        plain = match[1]
    if match := _ARK.fullmatch(plain):
        keys = [f"ark:{match[1].replace('-', '').rstrip('/')}"]
        return [*keys, address] if (address := address_key(plain)) else keys
    kind = known(plain, catalog)
    match kind.kind if kind else None:
        case "doi":
            return [f"doi:{kind.value}"] if kind else []
        case "handle":
            return [f"hdl:{kind.value.lower().rstrip('/')}"] if kind else []
        case "isbn":
            return [f"isbn:{kind.value}"] if kind else []
        case "uuid":
            return [f"uuid:{kind.value}"] if kind else []
    if (issn := _issn(plain, catalog)) is not None:
        return [f"issn:{issn}"]
    if isbn := (isbn13(plain) if _BARE_ISBN.fullmatch(plain) or "isbn" in plain[:9].casefold() else None):
        return [f"isbn:{isbn}"]
    if kind is not None and kind.kind == "urn":
        return [f"urn:{kind.value[4:].casefold()}"]
    address = address_key(plain)
    return [address] if address else []


def _issn(plain: str, catalog: str | None) -> str | None:
    match = _ISSN.fullmatch(plain)
    if match is None or not ("-" in plain or "issn" in plain.casefold() or (catalog or "").casefold() == "issn"):
        return None
    digits = (match[1] + match[2]).upper()
    total = sum((8 - place) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits))
    return f"{digits[:4]}-{digits[4:]}" if total % 11 == 0 else None
