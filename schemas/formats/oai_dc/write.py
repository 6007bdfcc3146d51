"""Writing Dublin Core: the published face `oai_dc`, from a record and its summary, by templates.

One function per element, in the order of the standard (record.md 2). Declares its own namespaces, so that a harvester
can cut it out (oai-pmh.md A14). No value has blanks at its ends, none is empty or said twice; the web address comes
first among the identifiers, the licence's canonical address first among the rights; of contributors only the name
goes out. What is written and read again is written the same. It must not raise for any record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from schemas import agent
from schemas.datestamp import is_impossible
from schemas.formats.assembly import AUTHOR, PUBLISHER, THUMBNAIL
from schemas.formats.format import Writing
from schemas.formats.oai_dc.read import is_reference
from schemas.language import NONE, normalise
from schemas.licence import parse as licence_of
from schemas.licence import strings_of
from schemas.namespaces import DC, OAI_DC, OAI_DC_XSD, XSI
from schemas.record import Contribute, Entity, LangString, LangStrings, Record, Relation, Size
from schemas.summary.markup import unmarked
from schemas.summary.place import is_page, web_address
from schemas.summary.text import without_contact
from schemas.vcard import is_card
from schemas.xml import reader as xml

_HEAD: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}" xmlns:xsi="{XSI}" xsi:schemaLocation="{OAI_DC} {OAI_DC_XSD}">'
)
_TAIL: Final = "</oai_dc:dc>"
_PHONE: Final = re.compile(r"(?:\+|\b0)\d[\d\s/().-]{6,}\d")
_SHOWN_SIZE: Final = re.compile(r"[\d.,]+\s*(?:(?:[kmgt]i?)?b(?:ytes?)?|(?:[kmgt]i?)?\s*octets?)", re.IGNORECASE)
_BARE: Final = re.compile(r"(?i)(?:10\.\d{4,}/|[\dx-]{8,17}$)")
_PREFIXED: Final = frozenset(("DOI", "ISBN", "ISSN", "HDL", "HANDLE"))
_BASED_ON: Final = "isbasedon"


def write(record: Record, writing: Writing) -> bytes:
    """The face: one `oai_dc:dc` element in UTF-8, valid against oai_dc.xsd."""
    roles = _roles(record)
    parts: list[str] = [_HEAD]
    seen: set[str] = set()
    for element in (
        *_strings("title", record.general.title if record.general else None),
        *_plain("creator", _names(roles[AUTHOR])),
        *_subjects(record, writing),
        *_descriptions(record),
        *_plain("publisher", _names(roles[PUBLISHER])),
        *_plain("contributor", _names(roles[""])),
        *_plain("date", _dates(record)),
        *_plain("type", _types(record)),
        *_plain("format", _formats(record)),
        *_plain("identifier", _identifiers(record, writing)),
        *_relations("source", record, writing),
        *_plain("language", _languages(record)),
        *_relations("relation", record, writing),
        *_coverage(record),
        *_rights(record, writing),
    ):
        if element not in seen:
            seen.add(element)
            parts.append(element)
    parts.append(_TAIL)
    return xml.encode("".join(parts))


@lru_cache(maxsize=2048)
def _lang(tag: str | None) -> str:
    value = normalise(tag).value if tag else None
    return f' xml:lang="{xml.escape_attribute(value)}"' if value and value != NONE else ""


def _plain(name: str, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if value := text.strip():
            yield f"<dc:{name}>{xml.escape(value)}</dc:{name}>"


def _strings(name: str, strings: LangStrings | None) -> Iterator[str]:
    for string in strings or ():
        if value := (string.value if name == "rights" else unmarked(string.value)).strip():
            yield f"<dc:{name}{_lang(string.lang)}>{xml.escape(value)}</dc:{name}>"


def _descriptions(record: Record) -> Iterator[str]:
    for strings in record.general.description if record.general else ():
        yield from _strings("description", strings)


def _coverage(record: Record) -> Iterator[str]:
    for strings in record.general.coverage if record.general else ():
        yield from _strings("coverage", strings)


def _roles(record: Record) -> dict[str, list[Contribute]]:
    """The contributions by the element they are written as; the roles that have none of their own under ""."""
    found: dict[str, list[Contribute]] = {AUTHOR: [], PUBLISHER: [], "": []}
    for contribute in record.life_cycle.contribute if record.life_cycle else ():
        role = contribute.role
        value = (role.value or "").strip().lower() if role else ""
        if role is not None and value not in found and role.uri:
            value = role.uri.rpartition("/")[2]
        found[value if value in found else ""].append(contribute)
    return found


def _names(contributes: Iterable[Contribute]) -> Iterator[str]:
    for contribute in contributes:
        for entity in agent.each(contribute.entity):
            yield name_of(entity)


def name_of(entity: Entity) -> str:
    """A contributor's name without contact data: as received where it came as a bare name, "" where there is none."""
    raw = entity.raw.strip()
    if raw and "@" not in raw and "\n" not in raw and not is_card(raw) and not _PHONE.search(raw):
        return "" if raw[:6].upper() == "BEGIN:" else raw
    if entity.fn is None and entity.org is None and raw:
        entity = agent.read(raw)
    name = entity.fn or entity.org or ""
    if "@" in name or _PHONE.search(name):
        name = _PHONE.sub(" ", without_contact(name))
    return " ".join(name.split())


def _subjects(record: Record, writing: Writing) -> Iterator[str]:
    """The words first, then what is only an address: a reader takes that for a concept."""
    found = [string for strings in _subject_strings(record, writing) for string in strings or ()]
    yield from _strings("subject", tuple(one for one in found if not _is_address(one.value)))
    yield from _plain("subject", (one.value for one in found if _is_address(one.value)))


def _is_address(text: str) -> bool:
    return text.strip().startswith(("http://", "https://"))


def _subject_strings(record: Record, writing: Writing) -> Iterator[LangStrings | None]:
    """Keywords, then those of classifications and the entries of their disciplines, or the addresses of these."""
    yield from record.general.keyword if record.general else ()
    for classification in record.classification:
        yield from classification.keyword
        purpose = classification.purpose
        if purpose is not None and "subject" not in writing.vocabularies.classified(purpose.value or purpose.uri):
            continue
        for path in classification.taxon_path:
            for taxon in path.taxon:
                if any(string.value.strip() for string in taxon.entry or ()):
                    yield taxon.entry
                elif taxon.id and _is_address(taxon.id):
                    yield (LangString(None, taxon.id),)


def _dates(record: Record) -> Iterator[str]:
    for contribute in record.life_cycle.contribute if record.life_cycle else ():
        date = contribute.date
        if date is not None:
            text = date.raw or date.value or ""
            yield "" if not date.value and is_impossible(text) else text


def _types(record: Record) -> Iterator[str]:
    for part in record.educational:
        for term in part.learning_resource_type:
            yield term.value or term.uri or ""


def _formats(record: Record) -> Iterator[str]:
    """Formats first, then what looks like a size, the size itself before the others: so a reader finds it again.

    Formats pair with locations by position, so that of the landing page, which comes first, stands first too.
    """
    technical = record.technical
    formats = [*technical.format] if technical else []
    formats += [file.mime for file in record.files if file.mime]
    size = [_size(technical.size)] if technical and technical.size else []
    yield from sorted((text for text in formats + size if not _is_size(text)), key=lambda text: not is_page(text))
    yield from (text for text in size + formats if _is_size(text))


def _is_size(text: str) -> bool:
    return _SHOWN_SIZE.fullmatch(text.strip()) is not None


def _size(size: Size) -> str:
    raw = size.raw.strip()
    if _SHOWN_SIZE.fullmatch(raw):
        return raw
    return f"{size.bytes} bytes" if size.bytes is not None else raw


def _identifiers(record: Record, writing: Writing) -> Iterator[str]:
    """Web addresses first, then the other locations and identifiers; ours only where the record has no address."""
    technical = record.technical
    texts = list(technical.location) if technical else []
    texts += [file.url for file in record.files if file.role != "thumbnail"]
    for identifier in record.general.identifier if record.general else ():
        entry = (identifier.entry or "").strip()
        catalog = (identifier.catalog or "").strip().upper()
        texts.append(f"{catalog}:{entry}" if catalog in _PREFIXED and _BARE.match(entry) else entry)
    texts = [text for text in texts if not text.strip()[:7].lower().startswith(("mailto:", "tel:"))]
    addresses = [text for text in texts if web_address(text)]
    landing = writing.summary.url
    if landing is not None and any(text.strip() == landing for text in addresses):
        yield landing
    yield from addresses
    if not addresses and writing.url:
        yield writing.url
    yield from (text for text in texts if not web_address(text))


def _relations(name: str, record: Record, writing: Writing) -> Iterator[str]:
    for relation in record.relation:
        kind = _kind(relation, writing)
        if kind == THUMBNAIL or (kind == _BASED_ON) != (name == "source") or relation.resource is None:
            continue
        resource = relation.resource
        entries = [identifier.entry or "" for identifier in resource.identifier]
        if any(entry.strip() for entry in entries):
            yield from _plain(name, entries)
        else:
            for string in (string for strings in resource.description for string in strings):
                text = LangString(string.lang, string.value.strip())
                yield from _plain(name, (text.value,)) if is_reference(text) else _strings(name, (text,))


def _kind(relation: Relation, writing: Writing) -> str:
    kind = relation.kind
    if kind is None or not (value := kind.value or kind.uri):
        return ""
    found = kind.uri or writing.vocabularies.find("kind", kind.source, value) or value
    return found.strip().rpartition("/")[2].lower()


def _languages(record: Record) -> Iterator[str]:
    for tag in record.general.language if record.general else ():
        value = normalise(tag).value
        if value and value != NONE:
            yield value


def _rights(record: Record, writing: Writing) -> Iterator[str]:
    licence = writing.summary.license
    address = licence.uri if licence else None
    if address:
        yield from _plain("rights", (address,))
    for string in strings_of(record.rights, licence) if record.rights else ():
        if not (address and _says_only(string, address)):
            yield from _strings("rights", (string,))


def _says_only(string: LangString, address: str) -> bool:
    """Whether a string is the licence's address in another dress (http, www, without slash), and nothing more."""
    text = string.value.strip()
    if " " in text or "://" not in text:
        return False
    named = licence_of(text)
    return named is not None and named.uri == address
