"""The tolerant reading of single LOM values: strings, vocabulary values, dates, sizes, texts, and their attributes.

The half of schemas.formats.lom.mend that looks inside an element which holds no LOM elements of its own. A Dialect
says which names a binding uses instead of LOM's: differences that belong to a binding (IMS-MD's `langstring`) are no
repairs. Every other mend is told with its path in the canonical tree; foreign parts are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from lxml import etree

from schemas.errors import Repair
from schemas.formats.lom import foreign as lom_foreign
from schemas.formats.lom import forms as lom_forms
from schemas.formats.lom import values as lom_values
from schemas.formats.lom.grammar import LOCAL, Part
from schemas.formats.lom.values import Concepts
from schemas.namespaces import ESTCORE, LOM, OAI, XML, XSI
from schemas.record import DateTime, Duration, Foreign, LangString, LangStrings, Size

_STRINGS: Final = frozenset(("string", "langstring"))
_SILENT_ATTRIBUTES: Final = frozenset(("uniqueElementName", f"{{{XSI}}}schemaLocation"))


class Dialect(msgspec.Struct, frozen=True):
    """A binding of LOM: its namespaces, and its names (lower-case) for ours; none of them needs a repair."""

    namespaces: frozenset[str] = frozenset((LOM,))
    names: Mapping[str, str] = msgspec.field(default_factory=dict)
    folded: bool = False  # names are lower-case
    wrapped: bool = False  # values sit in langstring, entities in vcard, dates in datetime


IEEE: Final = Dialect()


class ValueMender:
    """Reads values; `repairs` and `ext` hold what it had to say about them."""

    def __init__(self, concepts: Concepts, dialect: Dialect = IEEE) -> None:
        self.concepts = concepts
        self.dialect = dialect
        self.repairs: list[Repair] = []
        self.ext: list[Foreign] = []

    def tell(self, path: str, rule: str, before: str | None, after: str | None) -> None:
        self.repairs.append(Repair(path, rule, before, after))

    def of_lom(self, namespace: str) -> bool:
        """Whether a namespace was meant to be LOM's: none, OAI-PMH's (inherited), ESTCORE's, or LOM's misspelt."""
        if namespace in self.dialect.namespaces or namespace in ("", OAI, ESTCORE):
            return True
        folded = namespace.strip().lower()
        return (
            folded.startswith(("http://ltsc.ieee.org/xsd/lom", "https://ltsc.ieee.org/xsd/lom")) and "#" not in folded
        )

    def foreign(self, elements: list[tuple[etree._Element, int]], known: int, path: str) -> list[Foreign]:
        """Keep foreign elements, at positions that fit what the writer will write: none is beyond its children."""
        ordered = sorted(elements, key=lambda pair: pair[1])
        return [lom_foreign.element(e, path, min(p, known + i)) for i, (e, p) in enumerate(ordered)]

    def attributes(self, element: etree._Element, path: str, read: tuple[str, ...] = ()) -> None:
        """Keep every attribute that the caller did not read, unless it only repeats the schema."""
        for name, value in ((str(k), str(v)) for k, v in element.items()):
            if name in _SILENT_ATTRIBUTES or name in read:
                continue
            namespace, local = lom_foreign.split(name)
            if namespace.lower() == XSI.lower():
                if local.lower() not in ("schemalocation", "nonamespaceschemalocation"):
                    self.tell(path, "xsi_attribute", f'{local}="{value}"', None)
            elif namespace == LOCAL:
                if name != lom_foreign.RAW:
                    self.keep(lom_foreign.local_attribute(local, value, path))
            elif not namespace or self.of_lom(namespace):
                self.tell(path, "unknown_attribute", f'{local}="{value}"', f"{{{LOCAL}}}{local}")
                self.keep(lom_foreign.attribute(local, value, path))
            else:
                self.keep(lom_foreign.attribute(name, value, path))

    def keep(self, attribute: Foreign) -> None:
        """Keep an attribute; where several elements are read as one, the first value stands and any other is told."""
        name = attribute.xml.partition("=")[0]
        before = next((f for f in self.ext if f.path == attribute.path and f.xml.startswith(f"{name}=")), None)
        if before is None:
            self.ext.append(attribute)
        elif before != attribute:
            self.tell(attribute.path, "duplicate_attribute", attribute.xml, before.xml)

    def stray(self, element: etree._Element, path: str) -> None:
        """Tell of text where only elements belong; it means nothing and is not kept."""
        texts = [element.text or "", *(child.tail or "" for child in element)]
        text = " ".join(t.strip() for t in texts if t.strip())
        if text:
            self.tell(path, "stray_text", text, None)

    def strings(self, elements: list[etree._Element], path: str) -> LangStrings:
        strings: list[LangString] = []
        foreign: list[tuple[etree._Element, int]] = []
        position = 0
        for element in elements:
            self.attributes(element, path)
            if not any(self.is_string(child) for child in element) and (bare := all_text(element)).strip():
                strings.append(self.bare_string(element, bare, path))
                position += 1
                continue
            self.stray(element, path)
            for child in element:
                if self.is_string(child, path, element):
                    strings.append(self.string(child, f"{path}[{len(strings)}]"))
                else:
                    if self.of_lom(lom_foreign.split(str(child.tag))[0]):
                        self.unknown(child, path)
                    foreign.append((child, position))
                position += 1
        self.ext += self.foreign(foreign, len(strings), path)
        return tuple(strings)

    def unknown(self, child: etree._Element, path: str) -> None:
        local = lom_foreign.split(str(child.tag))[1]
        self.tell(joined(path, local), "unknown_element", local, f"{{{LOCAL}}}{local}")

    def is_string(self, child: etree._Element, path: str = "", parent: etree._Element | None = None) -> bool:
        """Whether an element is a string of a LangString; another name for one is told, if `parent` is given."""
        namespace, local = lom_foreign.split(str(child.tag))
        if local.lower() not in _STRINGS or not self.of_lom(namespace):
            return False
        if parent is not None and not self.dialect.wrapped:
            if local != "string":
                self.tell(path, "misspelt_name", local, "string")
            self.moved(child, parent, path)
        return True

    def bare_string(self, element: etree._Element, bare: str, path: str) -> LangString:
        """Text directly in a LangString; markup in it is flattened."""
        rule = "markup_in_text" if len(element) else "plain_text"
        self.tell(path, rule, inner_xml(element) if len(element) else bare, f"<string>{bare}</string>")
        return LangString(None, bare)

    def string(self, element: etree._Element, path: str) -> LangString:
        language = self.tag(element, path)
        self.attributes(element, path, ("language", f"{{{XML}}}lang", "lang", "Language", lom_foreign.LANGUAGE))
        return LangString(language, self.leaf(element, path))

    def tag(self, element: etree._Element, path: str) -> str | None:
        """The language of a string, whatever attribute carries it."""
        kept = element.get(lom_foreign.LANGUAGE)
        if kept is not None:
            return kept
        language = element.get("language")
        if language is None:
            for name in (f"{{{XML}}}lang", "lang", "Language"):
                language = element.get(name)
                if language is not None:
                    if not self.dialect.wrapped:
                        self.tell(path, "language_attribute", name, "language")
                    break
        if language is not None and not lom_forms.language_lawful(language):
            self.tell(path, "language_form", language, None)
        return language

    def vocabulary(self, element: etree._Element, part: Part, path: str) -> Any:
        self.attributes(element, path)
        found: dict[str, str] = {}
        foreign: list[tuple[etree._Element, int]] = []
        for position, child in enumerate(element):
            namespace, local = lom_foreign.split(str(child.tag))
            name = local.lower()
            if name in ("source", "value") and self.of_lom(namespace) and name not in found:
                self.moved(child, element, joined(path, name))
                if name != local:
                    self.tell(joined(path, name), "name_case", local, name)
                found[name] = self.text(child, joined(path, name))
                continue
            foreign.append((child, position))
            if name in found and self.of_lom(namespace):
                xml = lom_foreign.serialised(child, inward=True)
                self.tell(joined(path, name), "duplicate_element", xml, f"{{{LOCAL}}}{name}")
            elif self.of_lom(namespace) and not (
                namespace == LOM and local == "label" and lom_foreign.stands_again(child)
            ):
                self.unknown(child, path)
        bare = element.text or ""
        if not len(element) and bare.strip():
            self.tell(path, "plain_text", bare, f"<value>{bare}</value>")
            found["value"] = bare
        else:
            self.stray(element, path)
        self.ext += self.foreign(foreign, len(found), path)
        return lom_values.vocabulary(self.concepts, part.space, found.get("source"), found.get("value"))

    def moved(self, child: etree._Element, parent: etree._Element, path: str) -> None:
        namespace = lom_foreign.split(str(child.tag))[0]
        if namespace not in self.dialect.namespaces and namespace != lom_foreign.split(str(parent.tag))[0]:
            self.tell(path, "namespace", namespace or None, LOM)

    def text(self, element: etree._Element, path: str) -> str:
        self.attributes(element, path)
        return self.leaf(element, path)

    def leaf(self, element: etree._Element, path: str) -> str:
        """The text of an element that holds text only; a wrapping string or vcard is opened, markup flattened."""
        if not len(element):
            return element.text or ""
        text = all_text(element)
        if len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
            name = lom_foreign.split(str(element[0].tag))[1].lower()
            if name in ("langstring", "string", "vcard"):
                inner = all_text(element[0])
                language = element[0].get(f"{{{XML}}}lang") or "x-none"
                if not self.dialect.wrapped or language.lower() not in ("x-none", "none"):
                    self.tell(path, "string_in_text", inner_xml(element), inner)
                return inner
        self.tell(path, "markup_in_text", inner_xml(element), text)
        return text

    def language(self, element: etree._Element, path: str) -> str:
        raw = element.get(lom_foreign.RAW)
        tag = self.text(element, path) if raw is None else raw
        if not lom_forms.language_lawful(tag):
            self.tell(path, "language_form", tag, None)
        return tag

    def size(self, element: etree._Element, path: str) -> Size:
        raw = element.get(lom_foreign.RAW)
        text = self.text(element, path)
        size = lom_values.size(text if raw is None else raw)
        if not lom_forms.size_lawful(size.raw):
            self.tell(path, "size_form", size.raw, lom_forms.size_form(size))
        return size

    def date(self, element: etree._Element, path: str) -> DateTime:
        raw, description, foreign = self.timed(element, path, "dateTime")
        date = lom_values.date(raw, description)
        form = lom_forms.date_form(date)
        if raw is not None and not lom_forms.date_lawful(raw):
            self.tell(path, "date_form", raw, form)
        self.ext += self.foreign(foreign, (form is not None) + (description is not None), path)
        return date

    def duration(self, element: etree._Element, path: str) -> Duration:
        raw, description, foreign = self.timed(element, path, "duration")
        duration = lom_values.duration(raw, description)
        form = lom_forms.duration_form(duration)
        if raw is not None and not lom_forms.duration_lawful(raw):
            self.tell(path, "duration_form", raw, form)
        self.ext += self.foreign(foreign, (form is not None) + (description is not None), path)
        return duration

    def timed(
        self, element: etree._Element, path: str, name: str
    ) -> tuple[str | None, LangStrings | None, list[tuple[etree._Element, int]]]:
        """What a date and a duration have in common: a lexical value, a description, and what is foreign."""
        self.attributes(element, path)
        value: etree._Element | None = None
        descriptions: list[etree._Element] = []
        foreign: list[tuple[etree._Element, int]] = []
        for position, child in enumerate(element):
            namespace, local = lom_foreign.split(str(child.tag))
            folded = local.lower()
            if self.of_lom(namespace) and folded in (name.lower(), "datetime", "duration") and value is None:
                self.moved(child, element, joined(path, name))
                if local != name and not self.dialect.wrapped:
                    self.tell(
                        joined(path, name), "name_case" if folded == name.lower() else "misspelt_name", local, name
                    )
                value = child
            elif self.of_lom(namespace) and folded == "description":
                self.moved(child, element, joined(path, folded))
                descriptions.append(child)
            else:
                if self.of_lom(namespace):
                    self.unknown(child, path)
                foreign.append((child, position))
        raw = self.raw(element, value, path, name)
        if len(descriptions) > 1:
            self.tell(
                joined(path, "description"), "duplicate_merged", f"{len(descriptions)} elements description", "one"
            )
        description = self.strings(descriptions, joined(path, "description")) if descriptions else None
        return raw, description, foreign

    def raw(self, element: etree._Element, value: etree._Element | None, path: str, name: str) -> str | None:
        kept = element.get(lom_foreign.RAW)
        read = None if value is None else self.text(value, joined(path, name))
        bare = element.text or ""
        if not len(element) and bare.strip():
            self.tell(path, "plain_text", bare, f"<{name}>{bare}</{name}>")
            read = bare
        else:
            self.stray(element, path)
        return read if kept is None else kept


def joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def all_text(element: etree._Element) -> str:
    return "".join(str(t) for t in element.itertext())


def inner_xml(element: etree._Element) -> str:
    return (element.text or "") + "".join(str(etree.tostring(child, encoding="unicode")) for child in element)
