"""What a record's source and its export do not have in common, and whether a repair told of it.

Both are taken apart into leaves: the path of local names in lower case, and the text or the attribute that stands
there. A leaf of one side without its like on the other is told when a repair names its place (or, where it was moved,
its text). Namespaces are compared apart: an element that changed its namespace wants a `namespace` repair, or one that
covers its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from lxml import etree

from schemas.errors import Repair
from schemas.formats.lom.foreign import RAW, split
from schemas.formats.lom.grammar import LOCAL
from schemas.namespaces import XSI

Leaf = tuple[tuple[str, ...], str]


def untold(source: etree._Element, export: etree._Element, repairs: Iterable[Repair]) -> list[Leaf]:
    """The leaves that differ and of which no repair tells."""
    before, after = Counter(_leaves(source)), Counter(_leaves(export))
    told = [_Told(repair) for repair in repairs]
    differing = [*(before - after), *(after - before)]
    return [leaf for leaf in differing if not any(one.covers(leaf) for one in told)]


def untold_texts(source: etree._Element, export: etree._Element, repairs: Iterable[Repair]) -> list[str]:
    """The texts and attributes that differ and of which no repair tells: for a binding whose names are not LOM's.

    `x-none` is left out: IMS-MD writes it on every term.
    """
    before, after = (
        Counter(text for _, text in _leaves(root) if text not in ("", "x-none")) for root in (source, export)
    )
    told = [text for repair in repairs for text in (repair.before, repair.after) if text]
    differing = [*(before - after), *(after - before)]
    return [text for text in differing if not any(text in one for one in told)]


def _leaves(root: etree._Element) -> Iterator[Leaf]:
    for element in root.iter():
        path = tuple(split(str(one.tag))[1].lower() for one in (element, *element.iterancestors()) if one is not root)
        path = path[: len(path) - (path[-1:] == ())][::-1]
        texts = (element.text, *(child.tail for child in element))
        text = "".join(text for text in texts if text and text.strip())
        if text or not len(element):
            yield path, text
        raw = element.get(RAW)
        if raw is not None:
            yield path, raw
        for name, value in element.items():
            namespace, local = split(str(name))
            if namespace != LOCAL and local != "uniqueElementName" and namespace.lower() != XSI.lower():
                yield (*path, f"@{local}"), str(value)


class _Told:
    """The places that a repair names: its path without indexes, and under the name that stood there before."""

    def __init__(self, repair: Repair) -> None:
        path = tuple(re.sub(r"\[\d+\]", "", repair.path).lower().split(".")) if repair.path else ()
        self.places = {path}
        self.text = ""
        if repair.rule in ("name_case", "misspelt_name", "unknown_element") and repair.before:
            self.places.add((*path[:-1], repair.before.lower()))
        if repair.rule == "obaa_name" and repair.before:
            name, _, self.text = repair.before.partition(": ")
            self.places.add(("general", name.lower()))
        self.whole = repair.rule not in ("namespace", "root_name", "xsi_attribute")

    def covers(self, leaf: Leaf) -> bool:
        place, text = leaf
        if not self.whole:
            return False
        return any(place[: len(one)] == one for one in self.places if one) or bool(self.text and text == self.text)
