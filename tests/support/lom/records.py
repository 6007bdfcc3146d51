"""Hypothesis strategies for records: any lawful tree, with values as wild as JSON lets them be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from lxml import etree

from schemas import record as r
from schemas.formats.lom.grammar import LOCAL, ROOT, Kind, Node, Part
from schemas.namespaces import LOM

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n\t\r &<>\"'")
_FOUND = (
    *("a, b, c", "a; b", "<p>x</p>", "&nbsp;", "&lt;b&gt;x&lt;/b&gt;", " \n x ", "12-14", "vanaf 12 jaar", "text/html"),
    *("https://creativecommons.org/licenses/by/4.0/", "CC BY-SA 4.0", "http://creativecommons.org/licenses/by/2.0/be"),
    *("http://a.example/x.pdf", "www.a.example", "https://a.example/?a=1&b=2", "application/pdf", "10.1234/x", "yes"),
    *("hasthumbnail", "https://w3id.org/kim/hcrt/slide", "BEGIN:VCARD\nN:Silva;Ana\nTEL:+32 2 123\nEND:VCARD"),
)
TEXT = st.text(_CHARACTERS, max_size=12) | st.sampled_from(_FOUND)
TAG = st.sampled_from(["nl", "x-none", "pt_BR", "none", "fren", "%zz", "http://a.example/voc#nl", "", " fr "]) | TEXT
DATES = st.sampled_from(["2012", "2012-04-30", "2020-01-01T10:00:00Z", "30-04-2012", "soon", "", "\n2011"]) | TEXT
SIZES = st.sampled_from(["12", "18Kbytes", "", " 7 ", "-1", "big"]) | TEXT
DURATIONS = st.sampled_from(["PT5M", "P2W", "15 min", "", "P", "long"]) | TEXT
STRINGS = st.lists(st.builds(r.LangString, lang=st.none() | TAG, value=TEXT), max_size=3).map(tuple)
VOCABULARY = st.builds(
    r.Vocabulary,
    source=st.none() | st.sampled_from(["LOMv1.0", "LREv3.0"]) | TEXT,
    value=st.none()
    | st.sampled_from(["author", "lecture", "informatiebron", "yes", "school", "graph", "figure", "discipline"])
    | TEXT,
)

_LEAVES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.LANG: STRINGS,
    Kind.VOCAB: VOCABULARY,
    Kind.TEXT: TEXT,
    Kind.LANGUAGE: TAG,
    Kind.ENTITY: st.builds(r.Entity, raw=TEXT | st.just("BEGIN:VCARD\nFN:Ana Silva\nEMAIL:a@b.example\nEND:VCARD")),
    Kind.DATE: st.builds(r.DateTime, raw=st.none() | DATES, description=st.none() | STRINGS),
    Kind.DURATION: st.builds(r.Duration, raw=st.none() | DURATIONS, description=st.none() | STRINGS),
    Kind.SIZE: st.builds(r.Size, raw=SIZES),
}


def _part(part: Part) -> st.SearchStrategy[Any]:
    one = _node(part.node) if part.node is not None else _LEAVES[part.kind]
    return st.lists(one, max_size=2).map(tuple) if part.many else st.none() | one


def _node(node: Node) -> st.SearchStrategy[Any]:
    struct: Callable[..., Any] = node.struct
    return st.fixed_dictionaries({part.field: _part(part) for part in node.parts}).map(lambda found: struct(**found))


FILES = st.lists(
    st.builds(
        r.File,
        url=TEXT.filter(bool),
        mime=st.none() | TEXT,
        size=st.none() | st.integers(0, 10**12),
        role=st.sampled_from([None, "landing", "thumbnail", "download"]),
    ),
    max_size=2,
).map(tuple)

RECORDS: st.SearchStrategy[r.Record] = st.builds(
    lambda record, files: r.from_builtins({**_builtins(record), **({"files": files} if files else {})}),
    _node(ROOT),
    FILES.map(lambda files: [_builtins(file) for file in files]),
)


def _builtins(struct: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(struct)
    return found


def _nodes(node: Node, name: str) -> list[tuple[str, Node]]:
    return [(name, node)] + [pair for p in node.parts if p.node is not None for pair in _nodes(p.node, p.name)]


NODES_BY_NAME: dict[str, list[Node]] = {}
for _name, _found in _nodes(ROOT, "lom"):
    NODES_BY_NAME.setdefault(_name, []).append(_found)
NODES = [node for nodes in NODES_BY_NAME.values() for node in nodes]

_NAMES = sorted({name for node in NODES for name in node.by_name})
_MORE = [
    "string",
    "source",
    "value",
    "label",
    "dateTime",
    "langstring",
    "Context",
    "copyright",
    "lom",
    "foo",
    "obaaTitle",
]
_SPACES = [LOM] * 6 + ["", "http://www.openarchives.org/OAI/2.0/", "urn:f", LOCAL, "http://ltsc.ieee.org/xsd/lom"]
_VALUES = ["", " ", "T", "2012", "PT5M", "18 kB", "author", "a & b", "\n nl "]
_ATTRIBUTES = ["language", "{http://www.w3.org/XML/1998/namespace}lang", "foo", "{urn:f}a", "uniqueElementName"]


def _children(names: list[str], depth: int) -> st.SearchStrategy[list[etree._Element]]:
    return st.lists(_element(names, depth), max_size=3)


def _element(names: list[str], depth: int) -> st.SearchStrategy[etree._Element]:
    return st.tuples(st.sampled_from(names), st.sampled_from(_SPACES)).flatmap(lambda pair: _filled(*pair, depth))


def _filled(name: str, space: str, depth: int) -> st.SearchStrategy[etree._Element]:
    """An element with children that mostly fit its name."""
    fitting = sorted({n for node in NODES_BY_NAME.get(name, ()) for n in node.by_name}) * 3
    children = _children([*fitting, *_MORE, *_NAMES], depth - 1) if depth else st.just([])
    attributes = st.dictionaries(st.sampled_from(_ATTRIBUTES), st.sampled_from(_VALUES), max_size=1)
    return st.tuples(children, st.sampled_from(_VALUES), st.sampled_from(["", "", "\n", "x"]), attributes).map(
        lambda parts: _built(f"{{{space}}}{name}" if space else name, *parts)
    )


def _built(
    tag: str, children: list[etree._Element], text: str, tail: str, attributes: dict[str, str]
) -> etree._Element:
    element = etree.Element(tag, attributes)
    element.text = text
    for child in children:
        element.append(child)
        child.tail = tail
    return element


DOCUMENTS: st.SearchStrategy[bytes] = _children(sorted(ROOT.by_name) * 4 + _MORE, 3).map(
    lambda children: etree.tostring(_built(f"{{{LOM}}}lom", children, "", "", {}))
)
"""Documents in the names of LOM, in wrong places and namespaces, with bare text, duplicates and foreign parts."""
