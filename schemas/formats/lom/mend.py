"""The tolerant reader of LOM as it is found: wrong namespaces and names, bare text, duplicates, foreign elements.

It walks the same grammar as the fast reader (lom_grammar), but asks of each element what it was meant to be. Every
mend is a Repair with the path in the canonical tree; what is foreign or unknown goes to `ext` with path and position,
so nothing is lost (record.md 1.6 and 8). What stands inside a single value is read by schemas.formats.lom.mend_values.
This module must not write.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from lxml import etree

from schemas.formats.lom import foreign as lom_foreign
from schemas.formats.lom import values as lom_values
from schemas.formats.lom.grammar import LOCAL, ROOT, Kind, Node, Part
from schemas.formats.lom.mend_values import IEEE, Dialect, ValueMender, joined
from schemas.formats.lom.read import Irregular, attributed, part_reader
from schemas.formats.lom.values import Concepts
from schemas.namespaces import LOM
from schemas.record import Contribute, File, Identifier, Record

_MISSPELT: Final = {
    "copyright": "copyrightAndOtherRestrictions",
    "copyrightandotherrestriction": "copyrightAndOtherRestrictions",
    "otherplataformrequirements": "otherPlatformRequirements",
    "otherplataformsrequirements": "otherPlatformRequirements",
    "otherplatformrequirement": "otherPlatformRequirements",
    "metadatascheme": "metadataSchema",
    "catalogue": "catalog",
    "taxon_path": "taxonPath",
}
_FILE: Final = f"{{{LOCAL}}}file"


class Mender(ValueMender):
    """Reads one record; `repairs` and `ext` are what it had to say about it."""

    def __init__(self, concepts: Concepts, dialect: Dialect = IEEE) -> None:
        super().__init__(concepts, dialect)
        self.files: list[File] = []

    def record(self, root: etree._Element) -> Record:
        namespace, local = lom_foreign.split(str(root.tag))
        if local != "lom":
            self.tell("", "root_name", local, "lom")
        if namespace not in self.dialect.namespaces:
            self.tell("", "namespace", namespace or None, LOM)
        record: Record = self.node([root], ROOT, "")
        return msgspec.structs.replace(record, files=tuple(self.files), ext=tuple(self.ext))

    def node(self, elements: list[etree._Element], node: Node, path: str) -> Any:
        """The struct of an element; several elements of the same single one are read as one."""
        found: dict[str, list[tuple[etree._Element, int]]] = {}
        foreign: list[tuple[etree._Element, int]] = []
        position = 0
        for element in elements:
            self.attributes(element, path)
            self.stray(element, path)
            for child in element:
                if self.takes(child, path):
                    continue
                part = self.part(child, element, node, path)
                if part is not None:
                    found.setdefault(part.name, []).append((child, position))
                else:
                    foreign.append((child, position))
                position += 1
        kept = len(self.ext)
        values = {
            part.field: self.values(part, found[part.name], path, foreign) for part in node.parts if part.name in found
        }
        known = sum(len(found[p.name]) if p.many else 1 for p in node.parts if p.name in found)
        self.ext[kept:kept] = self.foreign(foreign, known, path)
        return lom_values.contribution(**values) if node.struct is Contribute else node.struct(**values)

    def values(
        self,
        part: Part,
        children: list[tuple[etree._Element, int]],
        path: str,
        foreign: list[tuple[etree._Element, int]],
    ) -> Any:
        """The value of one field, from all the elements that carry it."""
        at = joined(path, part.name)
        if part.many:
            return tuple(self.value(part, [child], f"{at}[{i}]") for i, (child, _) in enumerate(children))
        first, *others = [child for child, _ in children]
        if others and part.kind in (Kind.NODE, Kind.LANG) and not part.loose:
            self.tell(at, "duplicate_merged", f"{len(children)} elements {part.name}", "one")
            return self.value(part, [first, *others], at)
        for child, position in children[1:]:
            foreign.append((child, position))
            if not (part.loose and lom_foreign.stands_again(child)):
                self.tell(
                    at, "duplicate_element", lom_foreign.serialised(child, inward=True), f"{{{LOCAL}}}{part.name}"
                )
        return self.value(part, [first], at)

    def value(self, part: Part, elements: list[etree._Element], path: str) -> Any:
        if self.dialect is IEEE and len(elements) == 1 and self.reads_clean(part, elements[0]):
            try:
                return part_reader(part, self.concepts)(elements[0])
            except Irregular:
                pass  # what is not clean is looked for further in
        return self.mended(part, elements, path)

    def reads_clean(self, part: Part, element: etree._Element) -> bool:
        """Whether an element may be clean, so that it is worth a try."""
        return element.tag == f"{{{LOM}}}{part.name}" and not attributed(element)

    def mended(self, part: Part, elements: list[etree._Element], path: str) -> Any:
        match part.kind:
            case Kind.NODE:
                assert part.node is not None  # noqa: S101 - the grammar says so
                if part.name == "identifier" and not any(len(e) for e in elements):
                    return self.bare_identifier(elements[0], path)
                return self.node(elements, part.node, path)
            case Kind.LANG:
                return self.strings(elements, path)
            case Kind.VOCAB:
                return self.vocabulary(elements[0], part, path)
            case Kind.ENTITY:
                return lom_values.entity(self.text(elements[0], path))
            case Kind.DATE:
                return self.date(elements[0], path)
            case Kind.DURATION:
                return self.duration(elements[0], path)
            case Kind.SIZE:
                return self.size(elements[0], path)
            case Kind.LANGUAGE:
                return self.language(elements[0], path)
            case Kind.TEXT:
                return self.text(elements[0], path)

    def bare_identifier(self, element: etree._Element, path: str) -> Identifier:
        """An identifier written as text; that of IMS-MD's `general` is one by its binding."""
        text = self.text(element, path)
        if not text.strip():
            return Identifier()
        if not self.dialect.wrapped:
            self.tell(path, "plain_text", text, f"<entry>{text}</entry>")
        return Identifier(entry=text)

    def part(self, child: etree._Element, parent: etree._Element, node: Node, path: str) -> Part | None:
        """Which part of the node an element was meant to be; None for what is foreign or unknown."""
        part = node.by_tag.get(str(child.tag))
        if part is not None:
            return part
        namespace, local = lom_foreign.split(str(child.tag))
        if namespace == LOCAL:
            return node.by_name.get(local) if child.get(lom_foreign.RAW) is not None else None
        if not self.of_lom(namespace):
            return None
        part = self.named(local, node)
        if part is None:
            self.unknown(child, path)
            return None
        at = joined(path, part.name)
        if namespace not in self.dialect.namespaces and namespace != lom_foreign.split(str(parent.tag))[0]:
            self.tell(at, "namespace", namespace or None, LOM)
        if part.name != local and not self.own_name(local, part):
            same = local.lower() == part.name.lower()
            self.tell(at, "name_case" if same else "misspelt_name", local, part.name)
        return part

    def named(self, local: str, node: Node) -> Part | None:
        folded = local.lower()
        own = self.dialect.names.get(folded)
        if own is not None and own in node.by_name:
            return node.by_name[own]
        part = node.by_name.get(local) or node.by_folded.get(folded)
        return part or node.by_name.get(_MISSPELT.get(folded, ""))

    def own_name(self, local: str, part: Part) -> bool:
        """Whether the binding itself calls the part so."""
        if self.dialect.names.get(local) == part.name:
            return True
        return self.dialect.folded and local == part.name.lower()

    def takes(self, child: etree._Element, path: str) -> bool:
        """Whether an element is read apart from the grammar: here our own one for a file of the resource."""
        if child.tag != _FILE or path or child.get("url") is None:
            return False
        size = child.get("size")
        names = ("mime", "sha256", "lang", "role")
        rest = {name: child.get(name) for name in names}
        self.files.append(
            File(url=str(child.get("url")), size=int(size) if size and size.isdecimal() else None, **rest)
        )
        return True
