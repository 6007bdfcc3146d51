"""What a client takes: gzip or not, a page for people or the protocol's XML (RFC 9110, 12.5; design.md, 4).

With a verb an answer is XML whatever Accept says, because harvesters send a browser's Accept; only a browser
says of itself, by Sec-Fetch-Dest, that a person navigates.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from isal import igzip

VARY: Final = "Accept, Accept-Encoding, Sec-Fetch-Dest"
Header = tuple[str, str]
XML: Final = "text/xml; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
VARY_PAGE: Final = f"{VARY}, Accept-Language, Cookie"  # a page is in the language of the person


def document(xml: bytes, accept_encoding: str) -> tuple[bytes, list[Header]]:
    """An answer's body as the client takes it, and its headers."""
    headers = [
        ("Content-Type", XML), ("Cache-Control", "no-cache"), ("Vary", VARY), ("Access-Control-Allow-Origin", "*")
    ]  # fmt: skip
    return packed(xml, headers, accept_encoding)


def packed(body: bytes, headers: list[Header], accept_encoding: str) -> tuple[bytes, list[Header]]:
    """A body compressed for those who take gzip, with the header that says so."""
    if takes_gzip(accept_encoding):
        return igzip.compress(body, 1, mtime=0), [*headers, ("Content-Encoding", "gzip")]
    return body, headers


def refusal(sentence: str, retry_after_s: int) -> tuple[bytes, list[Header]]:
    """The body and headers of a 503."""
    return f"{sentence}\n".encode(), [
        ("Content-Type", TEXT), ("Retry-After", str(retry_after_s)), ("Cache-Control", "no-store"), ("Vary", VARY)
    ]  # fmt: skip


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a body may be sent gzipped: named, or meant by "*", and not refused with q=0."""
    qualities = _qualities(accept_encoding)
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0))) > 0


def navigates(sec_fetch_dest: str) -> bool:
    """Whether a person's browser asks for a page to show."""
    return sec_fetch_dest == "document"


@lru_cache(maxsize=256)
def prefers_html(accept: str) -> bool:
    """Whether text/html is wanted more than any XML."""
    qualities = _qualities(accept)
    other = max((_quality(qualities, kind) for kind in ("text/xml", "application/xml")), default=0.0)
    return _quality(qualities, "text/html") > other


def _quality(qualities: dict[str, float], kind: str) -> float:
    return qualities.get(kind, qualities.get(f"{kind.partition('/')[0]}/*", qualities.get("*/*", 0.0)))


def _qualities(header: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in header[:1000].split(","):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        if name:
            found[name] = next((_number(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    return found


def _number(text: str) -> float:
    """A quality value; text that is none counts as zero, which refuses."""
    digits = text.replace(".", "", 1)
    return min(float(text), 1.0) if digits.isascii() and digits.isdigit() else 0.0
