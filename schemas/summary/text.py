"""Text as people should see it in a list: without markup, contact data, packed keywords and words for media types.

Descriptions in the wild are HTML (2,155 of 2,176 OER Commons rows), often escaped once or twice. This is for the
summary only; the record keeps what it received. It must not change meaning: an angle bracket of mathematics stays.
"""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache

from schemas.vocabularies.terms import table

_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|"
    "strong|sub|sup|time|tt|u|var|wbr"
)
_BLOCK = (
    "address|article|aside|audio|blockquote|body|br|button|canvas|caption|center|col|colgroup|dd|details|dialog|div|dl|"
    "dt|embed|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|img|input|li|link|main|map|meta|"
    "nav|noscript|object|ol|o:p|option|p|param|picture|pre|section|select|source|summary|svg|table|tbody|td|template|"
    "textarea|tfoot|th|thead|title|tr|track|ul|video"
)

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
# Bounded on both sides: a long run of letters without an @ must not be tried from every one of its letters.
_EMAIL = re.compile(r"(?:mailto:)?(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_MEDIA_TYPES_IRI = "http://purl.org/net/mediatypes/"
_PACKED = re.compile(r"[;|]")
_LONGEST_KEYWORD = 60


def plain(text: str) -> str:
    """The words of a text or a piece of HTML, white space collapsed."""
    if "<" in text or "&" in text:
        text = html.unescape(_untagged(text))
        if "<" in text or "&" in text:  # escaped twice on its way
            text = html.unescape(_untagged(text))
    if "@" in text:
        text = _EMAIL.sub("…", text)
    return " ".join(text.split())


def _untagged(text: str) -> str:
    if "<" not in text:
        return text
    return _BLOCK_TAG.sub(" ", _INLINE_TAG.sub("", _HIDDEN.sub(" ", text)))


def without_contact(text: str) -> str:
    """A short text (a name, a licence's statement) without the e-mail addresses in it."""
    return " ".join(_EMAIL.sub(" ", text).split()).strip(" <>()[],;") if "@" in text else text


@lru_cache(maxsize=16384)
def keywords(text: str) -> tuple[str, ...]:
    """The keywords in one string: a packed list ("a, b, c", "a; b") is parted, a phrase with one comma stays whole."""
    text = plain(text)
    parts = _PACKED.split(text)
    if len(parts) == 1 and text.count(",") > 1:
        parts = text.split(",")
    if len(parts) == 1:
        return (text,) if text else ()
    stripped = tuple(word for part in parts if (word := part.strip(" ,.;")))
    return stripped if max(map(len, stripped), default=0) <= _LONGEST_KEYWORD else (text,)


@lru_cache(maxsize=4096)
def media_type(text: str) -> str | None:
    """The media type that a technical.format names: `PDF`, `.swf`, `Text/HTML; charset=utf-8`; None for a size."""
    word = text.strip().casefold().removeprefix(_MEDIA_TYPES_IRI).partition(";")[0].strip().removeprefix(".")
    found = _words().get(word)
    if found is not None:
        return found
    return word if _MEDIA_TYPE.fullmatch(word) else None


@cache
def _words() -> dict[str, str]:
    return {row[0]: row[1] for row in table("media-types.tsv")}
