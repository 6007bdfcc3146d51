"""The words of a piece of HTML, with its paragraphs kept as lines: for descriptions that come as markup in tables.

Exports of large collections give descriptions as HTML (2,155 of 2,176 rows of OER Commons, record.md 8). The text goes
into the record; the caller tells the change. It must not be used to show HTML: nothing is made safe in here.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

_MARKUP: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_BLOCKS: Final = frozenset(
    ("p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article")
) | {"blockquote", "figure", "figcaption", "header", "footer", "dt", "dd", "pre", "hr"}
_SILENT: Final = frozenset(("script", "style", "template", "head", "noscript"))


def has_markup(text: str) -> bool:
    """Whether a text holds tags or entities."""
    return _MARKUP.search(text) is not None


def words(text: str) -> str:
    """The text of a piece of HTML: blocks become lines, entities characters, scripts nothing."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    plain = "".join(reader.parts)
    if "&" in plain and _MARKUP.search(plain):
        plain = unescape(plain)  # escaped twice on its way
    lines = (" ".join(line.replace("\u00a0", " ").split()) for line in plain.split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(" ".join(data.split("\n")))
