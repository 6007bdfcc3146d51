"""Microdata and RDFa of schema.org in a page's markup, as the nodes that its JSON-LD would have (HTML, 5; RDFa Lite).

Only what pages use for schema.org: `itemscope`, `itemtype`, `itemprop`; `vocab`, `typeof`, `property`, `resource`. An
element's value is what its tag carries: an address, a `content`, a `datetime`, else its words. It must not know what
the properties mean, and it must never be used to show HTML.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, Final

Node = dict[str, Any]

_SCHEMA_ORG: Final = re.compile(r"https?://schema\.org/|schema:")
_HINT: Final = re.compile(r"itemtype\s*=|typeof\s*=", re.IGNORECASE)
_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_ADDRESSES: Final = {"a": "href", "link": "href", "area": "href", "img": "src", "video": "src", "audio": "src",
                     "source": "src", "iframe": "src", "embed": "src", "object": "data"}  # fmt: skip
_SILENT: Final = frozenset(("script", "style", "template", "noscript"))
_BLOCKS: Final = frozenset(("p", "div", "li", "br", "tr", "h1", "h2", "h3", "h4", "section"))
_DEEPEST: Final = 400


def items(text: str) -> list[Node]:
    """The items of schema.org that stand at the top of a page, in their order."""
    if not _HINT.search(text):
        return []
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.found


class _Open:
    """An element that is open: the item it begins, and the property whose value it holds."""

    __slots__ = ("item", "names", "tag", "words")

    def __init__(self, tag: str, item: Node | None, names: list[str], words: list[str] | None) -> None:
        self.tag = tag
        self.item = item
        self.names = names
        self.words = words


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Node] = []
        self._open: list[_Open] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        said = {key: (value or "").strip() for key, value in attrs}
        names = [_SCHEMA_ORG.sub("", one) for one in (said.get("itemprop") or said.get("property") or "").split()]
        kind = said.get("itemtype", said.get("typeof"))
        item: Node | None = None
        if kind is not None and ("itemscope" in said or "typeof" in said):
            kinds = [_SCHEMA_ORG.sub("", one) for one in kind.split()]
            item = {"@context": "https://schema.org", "type": kinds[0] if len(kinds) == 1 else kinds}
            if address := said.get("itemid") or said.get("resource") or said.get("about"):
                item["@id"] = address
        value = _carried(tag, said) if names and item is None else None
        holder = self._holder()
        if names and holder is not None:
            if item is not None or value is not None:
                for name in names:
                    _put(holder, name, item if item is not None else value)
        elif item is not None:
            self.found.append(item)
        if tag in _BLOCKS:
            self._say("\n")
        if tag not in _VOID and len(self._open) < _DEEPEST:
            words: list[str] | None = [] if names and item is None and value is None else None
            self._open.append(_Open(tag, item, names, words))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        place = next((n for n in range(len(self._open) - 1, -1, -1) if self._open[n].tag == tag), None)
        while place is not None and len(self._open) > place:
            self._end(self._open.pop())

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._say(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self._end(self._open.pop())

    def _end(self, closed: _Open) -> None:
        holder = self._holder()
        if closed.words is None or holder is None:
            return
        lines = (" ".join(line.split()) for line in "".join(closed.words).split("\n"))
        text = "\n".join(line for line in lines if line)
        for name in closed.names if text else ():
            _put(holder, name, text)

    def _holder(self) -> Node | None:
        return next((one.item for one in reversed(self._open) if one.item is not None), None)

    def _say(self, text: str) -> None:
        for one in self._open:
            if one.words is not None:
                one.words.append(text)


def _carried(tag: str, said: dict[str, str]) -> str | None:
    """The value that an element carries in an attribute; None where its words are the value."""
    if said.get("content"):
        return said["content"]
    if tag in _ADDRESSES and said.get(_ADDRESSES[tag]):
        return said[_ADDRESSES[tag]]
    if tag in ("time", "data", "meter"):
        return said.get("datetime") or said.get("value") or None
    return said.get("resource") or None


def _put(item: Node, name: str, value: Any) -> None:
    if name not in item:
        item[name] = value
    elif isinstance(item[name], list):
        item[name].append(value)
    else:
        item[name] = [item[name], value]
