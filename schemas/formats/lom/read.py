"""The fast reader of clean IEEE LOM: one pass over the tree, one dispatch table per element.

Clean means: every element in the LOM namespace, known and in its place, no attribute but `language` on strings, text
only where text belongs, dates, durations, sizes and tags as the schema wants them. Anything else raises Irregular,
and schemas.formats.lom.mend reads the record again, slowly and tolerantly, and tells what it mended. So this module
must never guess, and must never lose anything silently. What is clean within a record that is not, the tolerant
reader reads with the readers of this module too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from lxml import etree

from schemas.formats.lom import values as lom_values
from schemas.formats.lom.forms import date_lawful, duration_lawful, language_lawful, size_lawful
from schemas.formats.lom.grammar import LOCAL, ROOT, Kind, Node, Part
from schemas.formats.lom.values import Concepts
from schemas.namespaces import LOM, XSI
from schemas.record import (
    Contribute,
    DateTime,
    Duration,
    Entity,
    File,
    LangString,
    LangStrings,
    Record,
    Size,
    Vocabulary,
)
from schemas.values.placeholder import LIKELY, LONGEST

_STRING: Final = f"{{{LOM}}}string"
_SOURCE: Final = f"{{{LOM}}}source"
_VALUE: Final = f"{{{LOM}}}value"
_DATE_TIME: Final = f"{{{LOM}}}dateTime"
_DURATION: Final = f"{{{LOM}}}duration"
_DESCRIPTION: Final = f"{{{LOM}}}description"
_LOM: Final = f"{{{LOM}}}lom"
_FILE: Final = f"{{{LOCAL}}}file"
_FILE_NAMES: Final = frozenset(("url", "mime", "sha256", "lang", "role"))
_SILENT: Final = frozenset(("uniqueElementName", f"{{{XSI}}}schemaLocation"))

Element = Any  # lxml-stubs know no slices of an element, and a slice costs a third of an iterator (lxml 6)
Read = Callable[[Element], Any]
Table = dict[str, tuple[str, Read, bool]]

# Attributes elsewhere than on strings and, in a whole record, on the files of the verbatim export.
_ROOT_ATTRIBUTED: Final = etree.XPath(
    "count(descendant::*/@*) > count(descendant::l:string/@*) + count(o:file/@*)",
    namespaces={"l": LOM, "o": LOCAL},
    smart_strings=False,
)
_ATTRIBUTED: Final = etree.XPath(
    "count(descendant::*/@*) > count(descendant::l:string/@*)", namespaces={"l": LOM}, smart_strings=False
)


class Irregular(Exception):
    """The record is not clean."""


def read_clean(root: etree._Element, concepts: Concepts) -> Record:
    """The record of a clean `lom` element; raises Irregular for any other."""
    if root.tag != _LOM or _ROOT_ATTRIBUTED(root) or not _SILENT.issuperset(root.keys()):
        raise Irregular
    record: Record = _readers(concepts).record(root)
    return record


def part_reader(part: Part, concepts: Concepts) -> Read:
    """The reader of one part, for an element that bears its name and is not `attributed`; raises Irregular."""
    return _readers(concepts).parts[id(part)]


def attributed(element: Element) -> bool:
    """Whether an element, or one in it, has attributes that the readers of parts do not look at."""
    return bool(element.keys()) or bool(_ATTRIBUTED(element))


class _Readers(NamedTuple):
    """The readers bound to the vocabularies in force: that of a whole record, and that of each part by its id."""

    record: Read
    parts: dict[int, Read]


@lru_cache(maxsize=8)
def _readers(concepts: Concepts) -> _Readers:
    parts: dict[int, Read] = {}
    return _Readers(_node_reader(ROOT, concepts, parts, {_FILE: ("files", _file, True)}), parts)


def _node_reader(node: Node, concepts: Concepts, parts: dict[int, Read], more: Table | None = None) -> Read:
    table: Table = dict(more or {})
    for tag, part in node.by_tag.items():
        reader = parts[id(part)] = _reader(part, concepts, parts)
        table[tag] = (part.field, reader, part.many)
    struct = lom_values.contribution if node.struct is Contribute else node.struct

    def read(element: Element) -> Any:
        text = element.text
        if text is not None and not text.isspace():
            raise Irregular
        found: dict[str, Any] = {}
        lists: dict[str, list[Any]] = {}
        for child in element[:]:
            try:
                field, reader, many = table[child.tag]
            except KeyError:
                raise Irregular from None
            if many:
                if field in lists:
                    lists[field].append(reader(child))
                else:
                    lists[field] = [reader(child)]
            elif field in found:
                raise Irregular
            else:
                found[field] = reader(child)
            tail = child.tail
            if tail is not None and not tail.isspace():
                raise Irregular
        for field, values in lists.items():
            found[field] = tuple(values)
        return struct(**found)

    return read


def _reader(part: Part, concepts: Concepts, parts: dict[int, Read]) -> Read:
    match part.kind:
        case Kind.NODE:
            assert part.node is not None  # noqa: S101 - the grammar says so
            return _node_reader(part.node, concepts, parts)
        case Kind.VOCAB:
            return _vocabulary_reader(part.space, concepts)
        case _:
            return _LEAVES[part.kind]


def _vocabulary_reader(space: str, concepts: Concepts) -> Read:
    def read(element: Element) -> Vocabulary:
        source = value = None
        for child in element[:]:
            tag = child.tag
            if len(child):
                raise Irregular
            if tag == _VALUE and value is None:
                value = child.text or ""
            elif tag == _SOURCE and source is None:
                source = child.text or ""
            else:
                raise Irregular
            if (tail := child.tail) and not tail.isspace():
                raise Irregular
        if (text := element.text) and not text.isspace():
            raise Irregular
        found = lom_values.vocabulary(concepts, space, source, value)
        if found.uri is None and value and value.lower() in LIKELY:
            raise Irregular
        return found

    return read


def _blank(text: str | None) -> None:
    if text is not None and not text.isspace():
        raise Irregular


def _strings(element: Element) -> LangStrings:
    strings = []
    for child in element[:]:
        if child.tag != _STRING or len(child):
            raise Irregular
        items: Any = child.items()
        language: str | None = None
        if items:
            name, tag = items[0]
            if name != "language" or len(items) > 1 or not (tag.isalpha() or language_lawful(tag)):
                raise Irregular
            language = tag
        words = child.text or ""
        if len(words) <= LONGEST and words.lower() in LIKELY:
            raise Irregular
        strings.append(LangString(language, words))
        if (tail := child.tail) and not tail.isspace():
            raise Irregular
    if (text := element.text) and not text.isspace():
        raise Irregular
    return tuple(strings)


def _file(element: Element) -> File:
    """A file of the resource, as the verbatim export writes it."""
    found = dict(element.items())
    size = found.pop("size", None)
    if len(element) or element.text or "url" not in found or not _FILE_NAMES.issuperset(found):
        raise Irregular
    if size is not None and not (size.isascii() and size.isdecimal()):
        raise Irregular
    return File(size=None if size is None else int(size), **found)


def _text(element: Element) -> str:
    text = element.text or ""
    if len(element) or (len(text) <= LONGEST and text.lower() in LIKELY):
        raise Irregular
    return text


def _language(element: Element) -> str:
    text = _text(element)
    if not language_lawful(text):
        raise Irregular
    return text


def _entity(element: Element) -> Entity:
    found = lom_values.entity(_text(element))
    if found.fn and found.fn.lower() in LIKELY:
        raise Irregular
    return found


def _timed(element: Element, tag: str, lawful: Callable[[str], bool]) -> tuple[str | None, LangStrings | None]:
    raw = description = None
    for child in element[:]:
        if child.tag == tag and raw is None:
            raw = _text(child)
            if not lawful(raw):
                raise Irregular
        elif child.tag == _DESCRIPTION and description is None:
            description = _strings(child)
        else:
            raise Irregular
        _blank(child.tail)
    _blank(element.text)
    return raw, description


def _date(element: Element) -> DateTime:
    return lom_values.date(*_timed(element, _DATE_TIME, date_lawful))


def _duration(element: Element) -> Duration:
    return lom_values.duration(*_timed(element, _DURATION, duration_lawful))


def _size(element: Element) -> Size:
    raw = _text(element)
    if not size_lawful(raw):
        raise Irregular
    return lom_values.size(raw)


_LEAVES: Final[dict[Kind, Read]] = {
    Kind.LANG: _strings,
    Kind.TEXT: _text,
    Kind.LANGUAGE: _language,
    Kind.ENTITY: _entity,
    Kind.DATE: _date,
    Kind.DURATION: _duration,
    Kind.SIZE: _size,
}
