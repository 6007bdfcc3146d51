"""The verbatim export: a record as one `lom` element that reads back to the same record.

It changes nothing that the loose schema of IEEE 1484.12.3 accepts. What the schema does not accept (a date with a zone
and no fraction, a size in words, an unknown element of the LOM namespace) is rewritten so that it does, and what was
received stands beside it in an attribute or element of our own namespace, so that `read(write_verbatim(r))` is `r`.
Contact data are included: this is the operator's copy (design.md, 4), never the public face.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas import agent
from schemas.formats.lom import foreign as lom_foreign
from schemas.formats.lom import forms as lom_forms
from schemas.formats.lom.grammar import LOCAL, ROOT, Kind, Node, Part
from schemas.namespaces import LOM
from schemas.record import DateTime, Duration, Entity, File, Foreign, LangString, LangStrings, Record, Size, Vocabulary
from schemas.xml import reader as xml

_AGAIN = {"rights": ("description",), "metaMetadata": ("language",)}


def write_verbatim(record: Record) -> bytes:
    """One `lom` element in UTF-8, without an XML declaration."""
    writer = _Writer(record.ext)
    attributes = writer.attributes("")
    children = writer.children(record, ROOT, "") + "".join(_file(f) for f in record.files)
    local = f' xmlns:o="{LOCAL}"' if "<o:" in children or " o:" in children or " o:" in attributes else ""
    return xml.encode(f'<lom xmlns="{LOM}"{local}{attributes}>{children}</lom>')


def _file(file: File) -> str:
    values = {"url": file.url, "mime": file.mime, "size": file.size, "sha256": file.sha256, "lang": file.lang}
    values["role"] = file.role
    written = "".join(f' {k}="{xml.escape_attribute(str(v))}"' for k, v in values.items() if v is not None)
    return f"<o:file{written}/>"


class _Writer:
    """Walks the grammar; foreign parts are looked up by path, so where there are none no path is made (`pathless`)."""

    def __init__(self, ext: Iterable[Foreign]) -> None:
        self.elements: dict[str, list[Foreign]] = {}
        self.kept_attributes: dict[str, list[Foreign]] = {}
        for foreign in ext:
            kept = self.kept_attributes if foreign.position < 0 else self.elements
            kept.setdefault(foreign.path, []).append(foreign)
        self.pathless = not (self.elements or self.kept_attributes)

    def attributes(self, path: str) -> str:
        kept = self.kept_attributes.get(path)
        return lom_foreign.attributes_out(kept) if kept else ""

    def with_foreign(self, children: list[str], path: str, again: tuple[str, ...] = ()) -> str:
        """The children in order, each foreign element back at its position."""
        if self.pathless:
            return "".join(children)
        for foreign in sorted(self.elements.get(path, ()), key=lambda f: f.position):
            children.insert(foreign.position, lom_foreign.element_out(foreign, again=again))
        return "".join(children)

    def tag(self, name: str, path: str, inner: str, extra: str = "") -> str:
        attributes = extra if self.pathless else self.attributes(path) + extra
        return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"

    def children(self, struct: Any, node: Node, path: str) -> str:
        written: list[str] = []
        for part in node.parts:
            value = getattr(struct, part.field)
            if value is None or (part.many and not value):
                continue
            if self.pathless:
                written += [self.element(part, item, "") for item in (value if part.many else (value,))]
                continue
            at = f"{path}.{part.name}" if path else part.name
            if part.many:
                written += [self.element(part, item, f"{at}[{i}]") for i, item in enumerate(value)]
            else:
                written.append(self.element(part, value, at))
        return self.with_foreign(written, path, _AGAIN.get(path, ()))

    def element(self, part: Part, value: Any, path: str) -> str:
        match part.kind:
            case Kind.NODE:
                assert part.node is not None  # noqa: S101 - the grammar says so
                return self.tag(part.name, path, self.children(value, part.node, path))
            case Kind.LANG:
                return self.tag(part.name, path, self.strings(value, path))
            case Kind.VOCAB:
                return self.tag(part.name, path, self.vocabulary(value, path))
            case Kind.ENTITY:
                return self.tag(part.name, path, xml.escape(_card(value)))
            case Kind.DATE:
                return self.date(part.name, value, path)
            case Kind.DURATION:
                return self.duration(part.name, value, path)
            case Kind.SIZE:
                return self.size(value, path)
            case Kind.LANGUAGE:
                return self.language(value, path)
            case Kind.TEXT:
                return self.tag(part.name, path, xml.escape(value))

    def strings(self, strings: LangStrings, path: str) -> str:
        written = [self.string(string, f"{path}[{i}]") for i, string in enumerate(strings)]
        return self.with_foreign(written, path)

    def string(self, string: LangString, path: str) -> str:
        language = ""
        if string.lang is not None:
            name = "language" if lom_forms.language_lawful(string.lang) else "o:language"
            language = f' {name}="{xml.escape_attribute(string.lang)}"'
        return self.tag("string", path, xml.escape(string.value), language)

    def vocabulary(self, value: Vocabulary, path: str) -> str:
        written: list[str] = []
        for name, text in (("source", value.source), ("value", value.value)):
            if text is not None:
                written.append(self.tag(name, f"{path}.{name}", xml.escape(text)))
        return self.with_foreign(written, path, ("label",))

    def language(self, tag: str, path: str) -> str:
        if lom_forms.language_lawful(tag):
            return self.tag("language", path, xml.escape(tag))
        return self.tag("language", path, "", _raw(tag))

    def size(self, size: Size, path: str) -> str:
        if lom_forms.size_lawful(size.raw):
            return self.tag("size", path, size.raw)
        form = lom_forms.size_form(size)
        if form is None:
            return self.tag("o:size", path, "", _raw(size.raw))
        return self.tag("size", path, form, _raw(size.raw))

    def date(self, name: str, date: DateTime, path: str) -> str:
        raw = date.raw if date.raw is not None else date.value
        form = lom_forms.date_form(date)
        return self.timed(name, path, ("dateTime", raw, form), date.description)

    def duration(self, name: str, duration: Duration, path: str) -> str:
        raw = duration.raw if duration.raw is not None else duration.value
        form = lom_forms.duration_form(duration)
        return self.timed(name, path, ("duration", raw, form), duration.description)

    def timed(
        self, name: str, path: str, value: tuple[str, str | None, str | None], description: LangStrings | None
    ) -> str:
        inner, raw, form = value
        written: list[str] = []
        if form is not None:
            written.append(self.tag(inner, f"{path}.{inner}", form))
        if description is not None:
            at = f"{path}.description"
            written.append(self.tag("description", at, self.strings(description, at)))
        extra = _raw(raw) if raw is not None and raw != form else ""
        return self.tag(name, path, self.with_foreign(written, path), extra)


def _card(entity: Entity) -> str:
    if entity.raw or not (entity.fn or entity.org or entity.n):
        return entity.raw
    return agent.vcard(entity, publish_contact=True)


def _raw(text: str) -> str:
    """What was received, to stand beside its lawful form."""
    return f' o:raw="{xml.escape_attribute(text)}"'
