"""One row of a table as a record: a function per field, and which parts of the record its cells speak of.

Cells are text. HTML in texts is cleaned, the guard that spreadsheets want before `= + - @` is taken off, packed values
are parted, each mend told. `cells` names, for each part of the record an edit may replace (the overlay's paths), the
fields that were given; `laid` lays just these over a record that is here (design.md: a table edits only the cells that
differ). It must not know files or headers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec.structs import replace

from schemas.errors import Unreadable
from schemas.formats import html_text
from schemas.formats.absence import NO_LANGUAGE
from schemas.formats.assembly import AUTHOR, DISCIPLINE, PUBLISHER, UNKNOWN, Assembly, langstrings
from schemas.formats.format import Reading
from schemas.formats.lom import values as lom_values
from schemas.formats.table.columns import SEPARATORS, Mapping
from schemas.language import normalise, several
from schemas.record import Educational, Identifier, LangString, LifeCycle, Record
from schemas.summary.place import unescaped
from schemas.values.placeholder import is_placeholder
from schemas.vocabularies.parts import listed
from schemas.vocabularies.vocabularies import Vocabularies
from schemas.xml.text import FORBIDDEN

_SPACES: Final = {
    "type": "learningResourceType",
    "level": "context",
    "audience": "intendedEndUserRole",
    "subject": "subject",
}
_GUARD: Final = re.compile(r"'(?=[=+\-@\t\r])")
_WEB: Final = ("http://", "https://", "www.")
_WITHOUT_PLACEHOLDERS: Final = frozenset(("title", "cost"))
_LINK_FIELDS: Final = frozenset(("url", "thumbnail"))
_LINK: Final = re.compile(
    r"\[[^\]]*\]\(\s*<?(https?://[^)\s>]+)>?[^)]*\)|<(https?://[^<>\s]+)>|"
    r"<a\b[^>]*\bhref\s*=\s*[\"']?(https?://[^\"'>\s]+)[^>]*>.*?</a>|=HYPERLINK\(\s*\"(https?://[^\"]+)\".*\)",
    re.IGNORECASE | re.DOTALL,
)
_HTML_FIELDS: Final = frozenset(("title", "description", "use", "keywords", "subject"))


def _address(text: str) -> str:
    """The address of a cell: what a link in Markdown, HTML or a formula leads to, and not escaped for HTML."""
    found = _LINK.fullmatch(text.strip())
    return unescaped(next(filter(None, found.groups())) if found else text)


class RowReader:
    """Reads the rows of one table."""

    def __init__(self, mapping: Mapping, vocabularies: Vocabularies, *, salvage: bool = False) -> None:
        self.mapping = mapping
        self.vocabularies = vocabularies
        self.salvage = salvage

    def read(self, given: Sequence[tuple[str, str]], place: str) -> tuple[Reading, str | None, dict[str, Any]]:
        """The reading of (field, cell) pairs, the id the row names, and its cells; raises Unreadable for bad bytes."""
        row = _Row(self, place)
        cells: dict[str, list[str]] = {}
        values = [(field, cell) for field, cell in given if field not in self.mapping.constants]
        values = [(field, cell) for field, cell in values if not row.is_absent(field, cell)]
        for field, cell in values:
            if cell.strip() and field in _PATHS and field not in cells.setdefault(_PATHS[field], []):
                cells[_PATHS[field]].append(field)
        filled = {field for field, cell in values if cell.strip()}
        values += [(field, text) for field, text in self.mapping.defaults.items() if field not in filled]
        values += list(self.mapping.constants.items())
        for field in _ORDER:
            for name, cell in values:
                if name == field and cell.strip():
                    row.take(field, cell)
        assembly = row.assembly
        reading = Reading(assembly.record(), tuple(assembly.repairs), tuple(assembly.problems))
        return reading, row.id, {path: tuple(fields) for path, fields in cells.items()}


class _Row:
    def __init__(self, reader: RowReader, place: str) -> None:
        self.assembly = Assembly(reader.vocabularies)
        self.reader = reader
        self.place = place
        self.id: str | None = None
        self.lang: str | None = None

    def take(self, field: str, cell: str) -> None:
        text = self._clean(field, cell)
        for value in self._parted(field, text):
            for one in self._apart(field, value):
                _HANDLERS[field](self, one)

    def is_absent(self, field: str, cell: str) -> bool:
        """Whether a cell holds a placeholder only, which is told; a title may be anything, costs may be `none`."""
        absent = field not in _WITHOUT_PLACEHOLDERS and is_placeholder(cell)
        if field == "language" and cell.strip() in NO_LANGUAGE:
            return False
        if absent and cell.strip():
            self.assembly.repair(_PATHS.get(field, field), "placeholder", cell.strip(), None)
        return absent

    def _clean(self, field: str, cell: str) -> str:
        text = cell.strip(" \n\r")
        if guard := _GUARD.match(text):
            self.assembly.repair(field, "formula_guard", text[:80], text[guard.end() :][:80])
            text = text[guard.end() :]
        if found := FORBIDDEN.search(text):
            if not self.reader.salvage:
                message = f"The cell “{field}” holds the character U+{ord(found[0]):04X}, which is not allowed."
                raise Unreadable("illegal_character", message, self.place)
            stripped = FORBIDDEN.sub("", text)
            self.assembly.repair(field, "illegal_character", f"U+{ord(found[0]):04X}", None)
            text = stripped
        if field in _HTML_FIELDS and html_text.has_markup(text):
            plain = html_text.words(text)
            self.assembly.repair(_PATHS[field], "html_to_text", text, plain or None)
            text = plain
        if field in _LINK_FIELDS and (address := _address(text)) != text:
            self.assembly.repair(_PATHS[field], "link_text", text[:500], address)
            text = address
        return text.strip()

    def _parted(self, field: str, text: str) -> list[str]:
        if field not in SEPARATORS or not text or (field != "url" and listed(text)):
            return [text] if text else []
        separators = self.reader.mapping.separators.get(field)
        if separators is None:
            separators = SEPARATORS[field]
            if field == "keywords" and not re.search(r"[|;\n]", text):
                separators = ","
        if not separators or (field == "url" and separators == SEPARATORS["url"] and "\n" not in text):
            return [text]  # a semicolon or bar may stand inside an address
        return [part for one in re.split(f"[{re.escape(separators)}]", text) if (part := one.strip())]

    def _apart(self, field: str, text: str) -> tuple[str, ...]:
        """The values that a program or a person packed in one: as a list, or by commas where every part is known."""
        if field in ("keywords", "author", "contributor"):
            found = listed(text) or (text,)
        elif field == "language":
            found = several(text)
        elif (space := _SPACES.get(field)) is not None:
            meant = self.reader.vocabularies.meanings(space, None, text, self._language())
            found = tuple(dict.fromkeys(one.words for one in meant)) or (text,)
        else:
            return (text,)
        if found != (text,):
            self.assembly.repair(_PATHS[field], "packed_values", text[:200], " | ".join(found)[:200])
        return found

    def _language(self) -> str | None:
        tag = next(iter(self.assembly.languages), self.lang)
        return normalise(tag).value if tag else None

    def here(self, text: str) -> None:
        self.id = text

    def title(self, text: str) -> None:
        self.assembly.titles[LangString(self.lang, text)] = None

    def description(self, text: str) -> None:
        self.assembly.descriptions[langstrings(text, self.lang)] = None

    def keyword(self, text: str) -> None:
        self.assembly.keywords[langstrings(text, self.lang)] = None

    def language(self, text: str) -> None:
        self.assembly.languages[text] = None

    def metadata_language(self, text: str) -> None:
        self.lang = self.assembly.meta_language = text

    def url(self, text: str) -> None:
        self.assembly.locations[text] = None

    def identifier(self, text: str) -> None:
        catalog = "URI" if text.startswith(_WEB) else None
        self.assembly.identifiers[Identifier(catalog, text)] = None

    def license(self, text: str) -> None:
        self.assembly.rights[LangString(None, text)] = None

    def type(self, text: str) -> None:
        self.assembly.types[self.assembly.term("learningResourceType", text)] = None

    def level(self, text: str) -> None:
        self.assembly.level(text, self._language())

    def audience(self, text: str) -> None:
        self.assembly.audiences[self.assembly.term("intendedEndUserRole", text)] = None

    def subject(self, text: str) -> None:
        if text.startswith(_WEB):
            self.assembly.classify(DISCIPLINE, text, None)
        else:
            self.assembly.classify(DISCIPLINE, None, langstrings(text, self.lang))

    def author(self, text: str) -> None:
        self.assembly.people(text, AUTHOR, "lifeCycle.contribute")

    def publisher(self, text: str) -> None:
        self.assembly.people(text, PUBLISHER, "lifeCycle.contribute")

    def provider(self, text: str) -> None:
        self.assembly.people(text, "content provider", "lifeCycle.contribute")

    def contributor(self, text: str) -> None:
        self.assembly.people(text, UNKNOWN, "lifeCycle.contribute")

    def date(self, text: str) -> None:
        self.assembly.date(text, AUTHOR)

    def modified(self, text: str) -> None:
        self.assembly.date(text, "editor")

    def age(self, text: str) -> None:
        self.assembly.age_ranges[langstrings(text)] = None

    def difficulty(self, text: str) -> None:
        self.assembly.difficulty = self.assembly.term("difficulty", text)

    def use(self, text: str) -> None:
        self.assembly.uses[langstrings(text, self.lang)] = None

    def format(self, text: str) -> None:
        self.assembly.formats[text] = None

    def thumbnail(self, text: str) -> None:
        self.assembly.thumbnail(text)

    def duration(self, text: str) -> None:
        self.assembly.duration = lom_values.duration(text, None)

    def learning_time(self, text: str) -> None:
        self.assembly.learning_time = lom_values.duration(text, None)

    def cost(self, text: str) -> None:
        self.assembly.cost = self.assembly.term("cost", text)


_HANDLERS: Final[dict[str, Callable[[_Row, str], None]]] = {
    "id": _Row.here,
    "metadata_language": _Row.metadata_language,
    "title": _Row.title,
    "description": _Row.description,
    "keywords": _Row.keyword,
    "language": _Row.language,
    "url": _Row.url,
    "identifier": _Row.identifier,
    "license": _Row.license,
    "license_label": _Row.license,
    "type": _Row.type,
    "level": _Row.level,
    "audience": _Row.audience,
    "subject": _Row.subject,
    "author": _Row.author,
    "publisher": _Row.publisher,
    "provider": _Row.provider,
    "contributor": _Row.contributor,
    "date": _Row.date,
    "modified": _Row.modified,
    "age": _Row.age,
    "difficulty": _Row.difficulty,
    "use": _Row.use,
    "format": _Row.format,
    "thumbnail": _Row.thumbnail,
    "duration": _Row.duration,
    "learning_time": _Row.learning_time,
    "cost": _Row.cost,
}
_ORDER: Final = tuple(_HANDLERS)

_EDUCATIONAL: Final = {
    "type": "learning_resource_type",
    "level": "context",
    "audience": "intended_end_user_role",
    "age": "typical_age_range",
    "difficulty": "difficulty",
    "learning_time": "typical_learning_time",
    "use": "description",
}
_ROLES: Final = {
    "author": (AUTHOR,),
    "publisher": (PUBLISHER,),
    "provider": ("content provider",),
    "contributor": (UNKNOWN,),
}
_PATHS: Final = {
    "title": "general.title",
    "description": "general.description",
    "keywords": "general.keyword",
    "language": "general.language",
    "identifier": "general.identifier",
    "url": "technical.location",
    "format": "technical.format",
    "duration": "technical.duration",
    "license": "rights.description",
    "license_label": "rights.description",
    "cost": "rights.cost",
    "subject": "classification.discipline",
    "thumbnail": "relation.hasthumbnail",
    "metadata_language": "metaMetadata.language",
    **dict.fromkeys(_EDUCATIONAL, "educational"),
    **dict.fromkeys((*_ROLES, "date", "modified"), "lifeCycle.contribute"),
}


def laid(newest: Record, row: Record, cells: dict[str, Any]) -> Record:
    """The row's record with what its cells do not speak of taken from the record here.

    Only where one path of the overlay covers several columns is there anything to do: educational and contributors.
    """
    fields = [_EDUCATIONAL[field] for field in cells.get("educational", ()) if field in _EDUCATIONAL]
    changed: dict[str, Any] = {}
    if fields:
        old = newest.educational[0] if newest.educational else Educational()
        new = row.educational[0] if row.educational else Educational()
        part = replace(old, **{field: getattr(new, field) for field in fields})
        changed["educational"] = (part, *newest.educational[1:])
    told = cells.get("lifeCycle.contribute", ())
    if told:
        changed["life_cycle"] = _contributions(newest.life_cycle or LifeCycle(), row.life_cycle or LifeCycle(), told)
    return replace(row, **changed) if changed else row


def _contributions(old: LifeCycle, new: LifeCycle, fields: Sequence[str]) -> LifeCycle:
    """The contributions here, with the entities or dates of the named columns replaced in their roles."""
    dates = {"date": AUTHOR, "modified": "editor"}
    people = {role for field in fields for role in _ROLES.get(field, ())}
    dated = {dates[field] for field in fields if field in dates}
    found = list(old.contribute)
    for one in new.contribute:
        role = one.role.value if one.role else None
        place = next((n for n, had in enumerate(found) if had.role and had.role.value == role), None)
        if place is None:
            found.append(one)
            continue
        if role in people:
            found[place] = replace(found[place], entity=one.entity)
        if role in dated:
            found[place] = replace(found[place], date=one.date)
    return replace(old, contribute=tuple(found))
