"""Text without markup, as it goes out where a format asks for text: titles, descriptions, keywords.

Descriptions of the wild are HTML, once or twice escaped. The faces of public formats give words; the record keeps what
it received. A pair of tags goes, and a tag that can stand alone; what only looks like one stays ("the <canvas>
element", "a <b and b> c"), so that nothing of the meaning is lost. A second time changes nothing. Nothing is made safe
in here: it must not be used to show HTML.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Final

_INLINE: Final = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|"
    "strong|sub|sup|time|tt|u|var|wbr"
)
_BLOCK: Final = (
    "address|article|aside|blockquote|body|br|button|caption|center|col|colgroup|dd|details|div|dl|dt|embed|fieldset|"
    "figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|img|input|li|link|main|meta|nav|noscript|object|"
    "ol|o:p|option|p|param|picture|pre|script|section|select|source|style|summary|svg|table|tbody|td|template|"
    "textarea|tfoot|th|thead|title|tr|track|ul|audio|canvas|dialog|map|video"
)
_TAG: Final = re.compile(rf"<(/?)({_INLINE}|{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_NAMES: Final = frozenset(_INLINE.split("|"))
_ALONE: Final = frozenset(("br", "hr", "img", "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "col", "o:p"))
_LOOSE: Final = frozenset(("p", "div", "span", "li", "ul", "ol", "td", "tr", "table", "a", "strong", "em"))
_HIDDEN: Final = re.compile(r"<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_REFERENCE: Final = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_TIMES: Final = 5  # as often as a text may have been escaped on its way


def unmarked(text: str) -> str:
    """The words of a text: blocks become lines, references characters; the text itself where it holds no markup."""
    return _unmarked(text) if "<" in text or "&" in text else text


@lru_cache(maxsize=2048)
def _unmarked(text: str) -> str:
    plain = text
    for _ in range(_TIMES):
        before, plain = plain, _REFERENCE.sub(lambda found: html.unescape(found[0]), _untagged(plain))
        if plain == before:
            break
    if plain == text:
        return text
    lines = (" ".join(line.replace("\u00a0", " ").split()) for line in plain.split("\n"))
    return "\n".join(line for line in lines if line)


def _untagged(text: str) -> str:
    if "<" not in text:
        return text
    text = _HIDDEN.sub(" ", text)
    tags = [(found[1], found[2].lower()) for found in _TAG.finditer(text)]
    opened = {name for closing, name in tags if not closing}
    closed = {name for closing, name in tags if closing}
    markup = (opened & closed) | _ALONE

    def instead(found: re.Match[str]) -> str:
        name = found[2].lower()
        if name not in markup and not (found[1] and name in _LOOSE):
            return found[0]
        return "" if name in _INLINE_NAMES else "\n"

    return _TAG.sub(instead, text)
