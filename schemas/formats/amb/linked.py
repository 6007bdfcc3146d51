"""JSON-LD as found: the learning resources in a document, brought into one plain shape.

AMB writes `id` and `type`, schema.org pages `@id` and `@type`, some `schema:name` or the full address; a page may hold
a `@graph` of everything on it, or stand in a `script` element (JSON-LD 1.1, 4-6, as far as schema.org's readers go:
contexts are not fetched). `resources` finds what is a learning resource and gives each as a dict without prefixes,
with its references resolved. It must not know what the properties mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from schemas.errors import Repair, Unreadable
from schemas.formats import json_text
from schemas.xml.text import FORBIDDEN

Node = dict[str, Any]

SCRIPT: Final = re.compile(
    rb"<script\b[^>]*\btype\s*=\s*[\"']?\s*application/ld\+json\b[^>]*>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL
)
_PREFIX: Final = re.compile(r"(?:schema:|sdo:|https?://schema\.org/)(?=[A-Za-z0-9])")
_KEYWORDS: Final = {"@id": "id", "@type": "type"}
_FORBIDDEN_ESCAPE: Final = re.compile(
    rb"\\u(?:00[01][0-9a-fA-F]|[dD][89a-fA-F]|[fF]{3}[eEfF])|[\x00-\x08\x0b\x0c\x0e-\x1f]"
)
_MORE_TYPES: Final = frozenset(
    ("CreativeWork", "Dataset", "Syllabus", "WebSite", "CourseInstance", "EducationalOccupationalProgram", "Question")
) | {"TechArticle", "BlogPosting", "NoteDigitalDocument"}
_NO_TYPES: Final = frozenset(("LearningObject", "TrainingMaterial"))  # not types of schema.org, but pages use them
# What stands on a page beside the resource it is about.
_BESIDE: Final = frozenset(("WebSite", "WebPage", "ImageObject", "MediaObject", "Comment", "Review", "DataDownload"))
_FRAMES: Final = {"ItemList": "itemListElement", "DataFeed": "dataFeedElement", "DataCatalog": "dataset"}
_DEEPEST: Final = 40
MOST_VALUES: Final = 3_000_000  # in one document or line: each takes some seventy bytes of memory


@cache
def amb_types() -> frozenset[str]:
    """The types that AMB admits."""
    schema = msgspec.json.decode((files("schemas") / "data" / "amb.schema.json").read_bytes())
    return frozenset(schema["$defs"]["types"]["items"]["enum"])


@cache
def schema_types() -> frozenset[str]:
    """The types of schema.org that a learning resource may have."""
    return amb_types() | _MORE_TYPES


@cache
def types() -> frozenset[str]:
    """The types by which a learning resource is known."""
    return schema_types() | _NO_TYPES


def decoded(data: bytes) -> Any:
    """The JSON of a document, or of the JSON-LD scripts in a page; raises Unreadable."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return [decode(script) for script in scripts(data)]
    return decode(data)


def scripts(data: bytes) -> list[bytes]:
    """The JSON-LD scripts of a page, or of a text that shows some."""
    return [unescape_cdata(found.strip()) for found in SCRIPT.findall(data)]


def unescape_cdata(script: bytes) -> bytes:
    """A script without the CDATA marks and comments that XHTML pages put around it."""
    return re.sub(
        rb"^\s*(?:(?://|/\*)?\s*<!\[CDATA\[(?:\*/)?|<!--)|(?:(?://|/\*)?\s*\]\]>(?:\*/)?|-->)\s*$", b"", script
    )


def decode(data: bytes) -> Any:
    """JSON in UTF-8 (or UTF-16 with its mark); raises Unreadable naming the line."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise Unreadable("empty_file", "The file is empty.")
    if len(data) > MOST_VALUES and sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        message = f"The JSON holds more than {MOST_VALUES} values; send its records as JSON Lines, or in parts."
        raise Unreadable("too_large", message)
    try:
        return msgspec.json.decode(data)
    except UnicodeDecodeError as error:
        raise wrong_encoding(data, error) from error
    except RecursionError as error:
        raise Unreadable("too_deep", "The JSON is nested too deeply.") from error
    except msgspec.DecodeError as error:
        raise not_json(data, error) from error


def decode_leniently(data: bytes) -> tuple[Any, tuple[Repair, ...]]:
    """The value of JSON or of what is nearly JSON, and what was mended; raises Unreadable as `decode` does."""
    repairs: tuple[Repair, ...] = ()
    try:
        value = decode(data)
    except Unreadable as error:
        if error.code not in ("not_json", "truncated", "wrong_encoding"):
            raise
        try:
            found = json_text.mended(text_of(data))
        except UnicodeDecodeError:
            raise error from None
        if found is None:
            raise
        value, repairs = found
    told: list[Repair] = []
    return (_lawful(value, told) if _FORBIDDEN_ESCAPE.search(data) else value), (*repairs, *told)


def text_of(data: bytes) -> str:
    """The text of JSON: UTF-8, or UTF-16 by its mark or by the NUL beside its first bracket."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    if data[:2] in (b"{\x00", b"[\x00"):
        return data.decode("utf-16-le")
    return data.decode("utf-8")


def _lawful(value: Any, told: list[Repair]) -> Any:
    """The value without the characters that neither XML nor a page may hold (such as a NUL that came as an escape)."""
    if isinstance(value, str):
        if found := FORBIDDEN.search(value):
            if not told:
                told.append(Repair("", "illegal_character", f"U+{ord(found[0]):04X}", None))
            return FORBIDDEN.sub("", value)
        return value
    if isinstance(value, list):
        return [_lawful(one, told) for one in value]
    if isinstance(value, dict):
        return {_lawful(key, told): _lawful(one, told) for key, one in value.items()}
    return value


def wrong_encoding(data: bytes, error: UnicodeDecodeError) -> Unreadable:
    line = data.count(b"\n", 0, error.start) + 1
    message = f"Byte 0x{data[error.start]:02X} at position {error.start + 1} (line {line}) is not valid UTF-8."
    return Unreadable("wrong_encoding", message, f"line {line}")


def not_json(data: bytes, error: msgspec.DecodeError) -> Unreadable:
    """What is wrong with JSON that cannot be decoded, with its line."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as undecodable:
        return wrong_encoding(data, undecodable)
    if "truncated" in str(error):
        line = data.count(b"\n", 0, len(data.rstrip())) + 1
        return Unreadable("truncated", f"The file breaks off on line {line}.", f"line {line}")
    found = re.search(r"byte (\d+)", str(error))
    line = data.count(b"\n", 0, int(found[1])) + 1 if found else 1
    return Unreadable("not_json", f"The file is not JSON (line {line}).", f"line {line}")


def resources(document: Any) -> Iterator[Node]:
    """The learning resources of a document, plain, each with the `@context` that holds for it."""
    found = [(node, node.get("@context", top.get("@context"))) for top in _tops(document) for node in _opened(top)]
    nodes: list[Node] = []
    for top, context in found:
        graph = top.get("@graph", top.get("graph") if "type" not in top and "@type" not in top else None)
        inner = [node for node in graph if isinstance(node, dict)] if isinstance(graph, list) else [top]
        names = {name: node for node in inner if isinstance(name := node.get("@id", node.get("id")), str)}
        for node in inner:
            plain = _plain(node, names, 0)
            if context is not None:
                plain.setdefault("@context", context)
                _tag(plain, context)
            nodes.append(plain)
    yield from _about(nodes)


def _tops(document: Any) -> Iterator[Node]:
    if isinstance(document, dict):
        yield document
    elif isinstance(document, list):
        for one in document:
            yield from _tops(one) if isinstance(one, list) else ([one] if isinstance(one, dict) else [])


def _tag(node: Node, context: Any) -> None:
    """Give plain texts the language that the context defines for their term (JSON-LD 1.1, 4.2.4)."""
    for one in context if isinstance(context, list) else [context]:
        for term, definition in one.items() if isinstance(one, dict) else ():
            lang = definition.get("@language") if isinstance(definition, dict) else None
            if isinstance(lang, str) and term in node:
                tagged = [{"@value": v, "@language": lang} if isinstance(v, str) else v for v in _listed(node[term])]
                node[term] = tagged if isinstance(node[term], list) else tagged[0]


def _opened(top: Node) -> Iterator[Node]:
    """A node; or, where it is only a frame, what it holds: the entries of a list or feed, the thing a page is about."""
    kinds = types_of(top)
    for kind, key in _FRAMES.items():
        if kind in kinds:
            entries = [one.get("item", one) if isinstance(one, dict) else one for one in _listed(_under(top, key))]
            inner = [one for one in entries if isinstance(one, dict) and types_of(one)]
            if inner:
                yield from inner
                return
    about = _under(top, "mainEntity")
    if isinstance(about, dict) and types().intersection(types_of(about)) - _BESIDE:
        page = {key: top[key] for key in ("url", "@id", "id") if isinstance(top.get(key), str)}
        url = page.get("url", page.get("@id", page.get("id")))
        named = any(key in about for key in ("url", "@id", "id"))
        yield about if named or url is None else {**about, "url": url}
        return
    yield top


def _under(node: Node, key: str) -> Any:
    return node.get(key, node.get(f"schema:{key}"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def types_of(node: Node) -> list[str]:
    """The types of a node, without prefixes."""
    found = node.get("type", node.get("@type"))
    listed = found if isinstance(found, list) else [found]
    return [_PREFIX.sub("", one) for one in listed if isinstance(one, str)]


def _about(nodes: list[Node]) -> Iterator[Node]:
    """Learning resources first of all; else what is neither the page nor a picture on it; else the page."""
    works = [(node, types().intersection(types_of(node))) for node in nodes]
    chosen = [node for node, kinds in works if "LearningResource" in kinds]
    chosen = chosen or [node for node, kinds in works if kinds - _BESIDE]
    yield from chosen or [node for node, kinds in works if kinds]


def _plain(value: Any, names: dict[str, Node], depth: int) -> Any:
    """A value without prefixes, list and set wrappers; a node that only points at another one is replaced by that."""
    if depth > _DEEPEST:
        raise Unreadable("too_deep", "The JSON is nested too deeply.")
    if isinstance(value, list):
        return [_plain(one, names, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    for wrapper in ("@list", "@set"):
        if wrapper in value:
            return _plain(value[wrapper], names, depth + 1)
    if "@value" in value and "@language" not in value:
        return value["@value"]
    if depth and len(value) == 1 and depth < 4 and ("@id" in value or "id" in value):
        name = value.get("@id", value.get("id"))
        target = names.get(name) if isinstance(name, str) else None
        if target is not None and target is not value:
            value = target
    found: Node = {}
    for key, one in value.items():
        name = _KEYWORDS.get(key) or _PREFIX.sub("", key)
        inner = _bare_type(one) if key in ("@type", "type") else _plain(one, names, depth + 1)
        found[name] = [*_listed(found[name]), *_listed(inner)] if name in found else inner
    return found


def _bare_type(found: Any) -> Any:
    if isinstance(found, list):
        return [_PREFIX.sub("", one) if isinstance(one, str) else one for one in found]
    return _PREFIX.sub("", found) if isinstance(found, str) else found


def is_schema_org(context: Any) -> bool:
    """Whether a context is schema.org's alone and not AMB's."""
    text = msgspec.json.encode(context).decode()
    return "schema.org" in text and "kim/amb" not in text
