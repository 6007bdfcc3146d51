"""Foreign elements and attributes, kept verbatim in `ext`: written down on the way in, put back on the way out.

An element is kept as XML with the namespace declared where it changes and no prefixes for elements, so that the same
element always gives the same text. The loose schema lets elements of other namespaces stand anywhere, but no unknown
element of the LOM namespace, and none without a namespace (`##other`). These go out in a namespace of our own, LOCAL,
and come back as they were; their own namespace stands in `ns` where it is not LOM's. So do attributes without a
namespace; names that mean something in LOCAL are set apart by a prefix. This module must not know what is foreign.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from lxml import etree

from schemas.errors import Unreadable
from schemas.formats.lom import forms as lom_forms
from schemas.formats.lom.grammar import LOCAL
from schemas.namespaces import LOM, XML, XSI
from schemas.record import Foreign
from schemas.xml import reader as xml

RAW: Final = f"{{{LOCAL}}}raw"
NS: Final = f"{{{LOCAL}}}ns"
LANGUAGE: Final = f"{{{LOCAL}}}language"
_OWN: Final = ("raw", "ns", "language")
_APART: Final = "as-"
_STRING: Final = f"{{{LOM}}}string"


def split(name: str) -> tuple[str, str]:
    """Namespace ("" for none) and local name of a name in Clark notation."""
    if name[:1] == "{":
        namespace, _, local = name[1:].partition("}")
        return namespace, local
    return "", name


def element(source: etree._Element, path: str, position: int) -> Foreign:
    """The Foreign of an element; what came back in LOCAL gets its own namespace again."""
    return Foreign(path, position, serialised(source, inward=True))


def attribute(name: str, value: str, path: str) -> Foreign:
    """The Foreign of an attribute, its name in Clark notation."""
    return Foreign(path, -1, f'{name}="{xml.escape_attribute(value)}"')


def local_attribute(local: str, value: str, path: str) -> Foreign:
    """The Foreign of an attribute that went out in LOCAL: it had no namespace."""
    return attribute(local.removeprefix(_APART), value, path)


def stands_again(source: etree._Element) -> bool:
    """Whether an element of LOM may stand a second time as it is, where the loose schema lets its name repeat."""
    if any(split(str(name))[0] in ("", LOM, XSI) for name in source.attrib):
        return False
    match split(str(source.tag))[1]:
        case "description":
            texts = (source.text, *(child.tail for child in source))
            return not any(text and text.strip() for text in texts) and all(map(_stands_in_langstring, source))
        case "language":
            return not len(source) and lom_forms.language_lawful(source.text or "")
        case _:
            return not len(source) and not source.attrib


def _stands_in_langstring(child: etree._Element) -> bool:
    if child.tag == _STRING:
        own = {str(name): str(value) for name, value in child.items() if split(str(name))[0] in ("", LOM, XSI)}
        return not len(child) and own.keys() <= {"language"} and all(map(lom_forms.language_lawful, own.values()))
    return split(str(child.tag))[0] not in ("", LOM)


def serialised(source: etree._Element, *, inward: bool, outer: str = "") -> str:
    """An element as XML without its tail; `outer` is the default namespace it is put into.

    Inward, LOCAL names get their own namespace back. Outward, `lom` of the LOM namespace is moved into LOCAL wherever
    it stands: the schema knows it as a global element and would judge it.
    """
    namespace, local = split(str(source.tag))
    if inward and namespace == LOCAL:
        namespace = source.get(NS, LOM)
    elif not inward and namespace == LOM and local == "lom":
        return _tag(f"o:{local}", _moved(namespace) + _attributes(source), _inner(source, inward=False, outer=outer))
    declared = "" if namespace == outer else f' xmlns="{xml.escape_attribute(namespace)}"'
    return _tag(local, declared + _attributes(source), _inner(source, inward=inward, outer=namespace))


def _tag(name: str, attributes: str, inner: str) -> str:
    return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


def _moved(namespace: str) -> str:
    """The attribute by which an element in LOCAL remembers its own namespace, where that is not LOM's."""
    return "" if namespace == LOM else f' o:ns="{xml.escape_attribute(namespace)}"'


def _inner(source: etree._Element, *, inward: bool, outer: str) -> str:
    parts = [xml.escape(source.text or "")]
    for child in source:
        parts += (serialised(child, inward=inward, outer=outer), xml.escape(child.tail or ""))
    return "".join(parts)


def _attributes(source: etree._Element) -> str:
    """The attributes, sorted; those of XML Schema instance would be judged and are left out."""
    items = ((*split(str(name)), str(value)) for name, value in source.items() if name != NS)
    kept = sorted(item for item in items if item[0] != XSI)
    return "".join(_attribute(*item, number) for number, item in enumerate(kept))


def _attribute(namespace: str, local: str, value: str, number: int) -> str:
    text = f'{local}="{xml.escape_attribute(value)}"'
    if not namespace:
        return f" {text}"
    if namespace == XML:
        return f" xml:{text}"
    return f' xmlns:n{number}="{xml.escape_attribute(namespace)}" n{number}:{text}'


def element_out(foreign: Foreign, *, again: Collection[str] = ()) -> str:
    """A kept element as it may stand in a LOM document; "" where the text is no element (a client's mistake).

    `again` names the elements of the LOM namespace that the loose schema lets repeat in this place; they stay in that
    namespace if they are lawful themselves.
    """
    try:
        root = xml.parse(xml.encode(foreign.xml)).root
    except Unreadable:
        return ""
    namespace, local = split(str(root.tag))
    if (namespace and namespace != LOM) or (namespace == LOM and local in again and stands_again(root)):
        return serialised(root, inward=False, outer=LOM)
    return _tag(f"o:{local}", _moved(namespace) + _attributes(root), _inner(root, inward=False, outer=LOM))


def attributes_out(kept: Iterable[Foreign]) -> str:
    """The kept attributes of one element as they may stand on it, each with a leading blank, each name once."""
    written: dict[tuple[str, str], str] = {}
    for number, foreign in enumerate(kept):
        found = _attribute_of(foreign)
        if found is not None:
            namespace, local, value = found
            text = f' o:{local}="{xml.escape_attribute(value)}"' if namespace == LOCAL else ""
            written.setdefault((namespace, local), text or _attribute(namespace, local, value, number))
    return "".join(written.values())


def _attribute_of(foreign: Foreign) -> tuple[str, str, str] | None:
    """Namespace, local name and value of a kept attribute as it goes out; None where the text is no attribute."""
    name, _, rest = foreign.xml.partition("=")
    namespace, local = split(name)
    try:
        items = xml.parse(xml.encode(f"<a {local}={rest}/>")).root.items()
    except Unreadable:
        return None
    if len(items) != 1 or items[0][0] != local or namespace in (XSI, LOM, LOCAL):
        return None
    if not namespace and (local in _OWN or local.startswith(_APART)):
        local = _APART + local
    return namespace or LOCAL, local, str(items[0][1])
