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
from html import unescape
from importlib.resources import files
from typing import Any, Final

import msgspec

from schemas.errors import Unreadable

Node = dict[str, Any]

SCRIPT: Final = re.compile(
    rb"<script\b[^>]*\btype\s*=\s*[\"']?application/ld\+json[\"']?[^>]*>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL
)
_PREFIX: Final = re.compile(r"(?:schema:|sdo:|https?://schema\.org/)(?=[A-Za-z0-9])")
_KEYWORDS: Final = {"@id": "id", "@type": "type"}
_MORE_TYPES: Final = frozenset(("CreativeWork", "Dataset", "Syllabus", "WebSite", "LearningObject"))
# What stands on a page beside the resource it is about.
_BESIDE: Final = frozenset(("WebSite", "WebPage", "ImageObject", "MediaObject", "Comment", "Review", "DataDownload"))
_DEEPEST: Final = 40
MOST_VALUES: Final = 3_000_000  # in one document or line: each takes some seventy bytes of memory


@cache
def types() -> frozenset[str]:
    """The types that AMB admits, and those of schema.org that pages give their learning resources."""
    schema = msgspec.json.decode((files("schemas") / "data" / "amb.schema.json").read_bytes())
    return frozenset(schema["$defs"]["types"]["items"]["enum"]) | _MORE_TYPES


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
    return re.sub(rb"^\s*(?://)?\s*<!\[CDATA\[|(?://)?\s*\]\]>\s*$", b"", script)


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
    found = [(node, node.get("@context")) for node in _tops(document)]
    nodes: list[Node] = []
    for top, context in found:
        graph = top.get("@graph", top.get("graph") if "type" not in top and "@type" not in top else None)
        inner = [node for node in graph if isinstance(node, dict)] if isinstance(graph, list) else [top]
        names = {name: node for node in inner if isinstance(name := node.get("@id", node.get("id")), str)}
        for node in inner:
            plain = _plain(node, names, 0)
            if context is not None:
                plain.setdefault("@context", context)
            nodes.append(plain)
    yield from _about(nodes)


def _tops(document: Any) -> Iterator[Node]:
    if isinstance(document, dict):
        yield document
    elif isinstance(document, list):
        for one in document:
            yield from _tops(one) if isinstance(one, list) else ([one] if isinstance(one, dict) else [])


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
    """A value without prefixes, list and set wrappers; a node that only points at another of the graph becomes it."""
    if depth > _DEEPEST:
        raise Unreadable("too_deep", "The JSON is nested too deeply.")
    if isinstance(value, list):
        return [_plain(one, names, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    for wrapper in ("@list", "@set"):
        if wrapper in value:
            return _plain(value[wrapper], names, depth + 1)
    if depth and len(value) == 1 and depth < 4 and ("@id" in value or "id" in value):
        name = value.get("@id", value.get("id"))
        target = names.get(name) if isinstance(name, str) else None
        if target is not None and target is not value:
            value = target
    return {
        _KEYWORDS.get(key) or _PREFIX.sub("", key): _bare_type(one)
        if key in ("@type", "type")
        else _plain(one, names, depth + 1)
        for key, one in value.items()
    }


def _bare_type(found: Any) -> Any:
    if isinstance(found, list):
        return [_PREFIX.sub("", one) if isinstance(one, str) else one for one in found]
    return _PREFIX.sub("", found) if isinstance(found, str) else found


def is_schema_org(context: Any) -> bool:
    """Whether a context is schema.org's alone and not AMB's."""
    text = msgspec.json.encode(context).decode()
    return "schema.org" in text and "kim/amb" not in text


def unescape_text(text: str) -> str:
    """Text as JSON-LD in pages has it: often escaped for HTML."""
    return unescape(text) if "&" in text else text
