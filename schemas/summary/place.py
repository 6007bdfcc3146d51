"""Where a resource is: its landing page, its picture, its media types.

The landing page is what a list links to: a file marked so, else the location that pairs with `text/html` (formats
pair with locations by position: SURF, record.md 6), else the first http location, else an http or DOI identifier.
It must not fetch anything.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from schemas.record import Identifier, Record, Relation
from schemas.summary.text import media_type
from schemas.vocabularies.vocabularies import Vocabularies

_THUMBNAIL = "https://w3id.org/oerbron/lom-kind/hasthumbnail"
_HTML = ("text/html", "application/xhtml+xml")
_REFERENCE = re.compile(r"&(?:amp|#0*38|#x0*26|quot|#0*39|#x0*27|apos);", re.IGNORECASE)
_SCHEMES = ("http://", "https://")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029]")
_SECRET = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?/*[^/?#]*@", re.IGNORECASE)


def url_of(record: Record) -> str | None:
    for file in record.files:
        if file.role == "landing" and (url := web_address(file.url)):
            return url
    first: str | None = None
    technical = record.technical
    for place, location in enumerate(technical.location) if technical else ():
        url = web_address(location)
        if url is None:
            continue
        if technical and place < len(technical.format) and is_page(technical.format[place]):
            return url
        first = first or url
    return first or next(_addresses(record.general.identifier if record.general else ()), None)


def is_page(format_: str) -> bool:
    """Whether a format is that of a page for people."""
    return media_type(format_) in _HTML


def thumbnail_of(record: Record, vocabularies: Vocabularies) -> str | None:
    for relation in record.relation:
        kind = relation.kind
        if kind is not None and kind.value and vocabularies.find("kind", kind.source, kind.value) == _THUMBNAIL:
            for text in _texts(relation):
                if url := web_address(text):
                    return url
    return next((url for file in record.files if file.role == "thumbnail" and (url := web_address(file.url))), None)


def formats_of(record: Record) -> tuple[str, ...]:
    """The media types of technical.format and of the files, each once."""
    found = [media_type(text) for text in record.technical.format] if record.technical else []
    found += [media_type(file.mime) for file in record.files if file.mime and file.role != "thumbnail"]
    return tuple(dict.fromkeys(one for one in found if one))


def unescaped(address: str) -> str:
    """An address as it was before it was escaped for HTML on its way: once, and whole references only."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), address) if "&" in address else address


def web_address(text: str) -> str | None:
    """The http(s) address in a location; None where it is something else, or none that is given out.

    An address with a control character breaks headers and lines, one with a name and password is somebody's secret.
    """
    url = unescaped(text.strip())
    if _CONTROL.search(url) or _SECRET.match(url):
        return None
    if url[:8].casefold().startswith(_SCHEMES):
        return url if " " not in url else url.replace(" ", "%20")
    return f"http://{url}" if url[:4].casefold() == "www." and " " not in url else None


def _addresses(identifiers: tuple[Identifier, ...]) -> Iterator[str]:
    for identifier in identifiers:
        entry = (identifier.entry or "").strip()
        doi = entry.casefold().removeprefix("doi:").strip()
        if url := web_address(entry):
            yield url
        elif doi.startswith("10.") and "/" in doi and " " not in doi:
            yield f"https://doi.org/{doi}"


def _texts(relation: Relation) -> Iterator[str]:
    resource = relation.resource
    for identifier in resource.identifier if resource else ():
        if identifier.entry:
            yield identifier.entry
    for strings in resource.description if resource else ():
        for string in strings:
            yield string.value
