"""Reading what schema.org says beyond AMB into the places that LOM has for it (record.md 2): a function per property.

Version, status, coverage, what may be done with it and whose it is, what its accessibility is, its other numbers,
what else it needs, what others said of it. `HANDLERS` are the functions by property, for schemas.formats.amb.read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol

from schemas.formats.amb import people as amb_people
from schemas.formats.amb.linked import Node
from schemas.formats.amb.schema_org import listed, name_of
from schemas.formats.assembly import ACCESSIBILITY, LOM_SOURCE, Assembly, langstrings
from schemas.formats.lom import values as lom_values
from schemas.record import Annotation, Contribute, Identifier, LangString

_SCHEMA_ORG: Final = "https://schema.org/"
_WEB: Final = ("http://", "https://")


class Reader(Protocol):
    """The reader of one resource: what it collects, the resource, and the language of its texts."""

    assembly: Assembly
    node: Node
    lang: str | None


def _version(reader: Reader, value: Any) -> None:
    text = next((text for one in listed(value) if (text := name_of(one))), None)
    reader.assembly.version = langstrings(text) if text else None


def _status(reader: Reader, value: Any) -> None:
    text = next((text for one in listed(value) if (text := name_of(one))), None)
    reader.assembly.status = reader.assembly.term("status", text) if text else None


def _coverage(reader: Reader, value: Any) -> None:
    for one in listed(value):
        if text := _place(one):
            lang = one.get("@language", reader.lang) if isinstance(one, dict) else reader.lang
            reader.assembly.coverage[langstrings(text, lang)] = None


def _place(value: Any) -> str | None:
    """What a place or a time is called, else where it lies."""
    if isinstance(value, dict) and not any(value.get(key) for key in ("name", "prefLabel")):
        address, geo = value.get("address"), value.get("geo")
        if isinstance(address, str):
            return address.strip() or None
        if isinstance(address, dict):
            keys = ("streetAddress", "addressLocality", "addressRegion", "addressCountry")
            return ", ".join(text for key in keys if (text := name_of(address.get(key)))) or None
        if isinstance(geo, dict):
            at = [name_of(geo.get(key)) for key in ("latitude", "longitude")]
            return ", ".join(filter(None, at)) or name_of(geo.get("box"))
    return name_of(value)


def _use_rights(reader: Reader, value: Any) -> None:
    """Where the terms of use stand: an address, or what they say."""
    for one in listed(value):
        address = one.get("url", one.get("id")) if isinstance(one, dict) else None
        lang = one.get("@language", reader.lang) if isinstance(one, dict) else reader.lang
        for text in dict.fromkeys((name_of(one), address)):
            if isinstance(text, str) and text.strip():
                reader.assembly.rights[LangString(None if text.startswith(_WEB) else lang, text.strip())] = None


def _holder(reader: Reader, value: Any) -> None:
    """Who holds the rights, in the words of a notice: LOM has no other place for it."""
    names = ", ".join(text for one in listed(value) if (text := name_of(one)))
    year = name_of(next(iter(listed(reader.node.get("copyrightYear"))), None))
    if names:
        reader.assembly.rights[LangString(None, f"© {f'{year} ' if year else ''}{names}")] = None


def _year(reader: Reader, value: Any) -> None:
    if not reader.node.get("copyrightHolder") and (year := name_of(next(iter(listed(value)), None))):
        reader.assembly.rights[LangString(None, f"© {year}")] = None


def _accessible(reader: Reader, value: Any, key: str) -> None:
    for one in listed(value):
        inner = listed(one.get("itemListElement")) if isinstance(one, dict) and "itemListElement" in one else [one]
        for text in filter(None, map(name_of, inner)):
            for term in text.split(",") if key != "accessibilityAPI" else [text]:
                if term := term.strip():
                    id_ = term if term.startswith(_WEB) else None
                    entry = None if id_ else langstrings(term)
                    reader.assembly.classify(ACCESSIBILITY, id_, entry, _SCHEMA_ORG + key)


def _accessibility(reader: Reader, value: Any) -> None:
    text = next((text for one in listed(value) if (text := name_of(one))), None)
    if text:
        reader.assembly.describe(ACCESSIBILITY, langstrings(text, reader.lang))


def _number(reader: Reader, value: Any, catalog: str) -> None:
    for one in listed(value):
        entry = one.get("value", one.get("id")) if isinstance(one, dict) else one
        if isinstance(entry, (str, int)) and not isinstance(entry, bool) and str(entry).strip():
            reader.assembly.identifiers[Identifier(catalog, str(entry).strip())] = None


def _requirement(reader: Reader, value: Any) -> None:
    texts = [text for one in listed(value) if (text := name_of(one))]
    have = reader.assembly.requirements or ()
    new = tuple(LangString(reader.lang, text) for text in texts)
    reader.assembly.requirements = (*have, *(one for one in new if one not in have)) or None


def _size(reader: Reader, value: Any) -> None:
    if text := name_of(next(iter(listed(value)), None)):
        reader.assembly.size = lom_values.size(text)


def _work(reader: Reader, value: Any, kind: str) -> None:
    for one in listed(value):
        address = one.get("id", one.get("url")) if isinstance(one, dict) else one
        known = address.strip() if isinstance(address, str) and "://" in address else None
        name = name_of(one)
        said = (langstrings(name, reader.lang),) if name and name != known else ()
        if known or said:
            reader.assembly.relate(reader.assembly.token("kind", kind), (known,) if known else (), said)


def _review(reader: Reader, value: Any) -> None:
    for one in listed(value):
        if not isinstance(one, dict):
            continue
        text = next((t for key in ("reviewBody", "text", "description", "name") if (t := name_of(one.get(key)))), None)
        who = next((w for w in listed(one.get("author", one.get("creator")))), None)
        who = {"type": "Person", "name": who} if isinstance(who, str) else who
        when = next((d for key in ("datePublished", "dateCreated") if (d := name_of(one.get(key)))), None)
        if text:
            entity = amb_people.entity(who) if isinstance(who, dict) else None
            date = lom_values.date(when, None) if when else None
            reader.assembly.annotations[Annotation(entity, date, langstrings(text, reader.lang))] = None


def _describer(reader: Reader, value: Any) -> None:
    """Who made the description, and when (LOM 3.2)."""
    when = name_of(next(iter(listed(reader.node.get("sdDatePublished"))), None))
    for one in listed(value):
        who = amb_people.entity({"type": "Organization", **one} if isinstance(one, dict) else {"name": one})
        if who is not None:
            role = reader.assembly.term("metaRole", "creator", LOM_SOURCE)
            date = lom_values.date(when, None) if when else None
            reader.assembly.meta_contributes.append(Contribute(role, (who,), date))


def _use(reader: Reader, value: Any) -> None:
    for text in (text for one in listed(value) if (text := name_of(one))):
        reader.assembly.uses[langstrings(text, reader.lang)] = None


HANDLERS: Final[dict[str, Callable[[Any, Any], None]]] = {
    "version": _version,
    "creativeWorkStatus": _status,
    "spatialCoverage": _coverage,
    "spatial": _coverage,
    "contentLocation": _coverage,
    "temporalCoverage": _coverage,
    "temporal": _coverage,
    "useRightsUrl": _use_rights,
    "usageInfo": _use_rights,
    "copyrightNotice": _use_rights,
    "creditText": _use_rights,
    "acquireLicensePage": _use_rights,
    "copyrightHolder": _holder,
    "copyrightYear": _year,
    **{
        key: partial(_accessible, key=key)
        for key in ("accessibilityFeature", "accessibilityHazard", "accessibilityControl", "accessibilityAPI")
    },
    "accessMode": partial(_accessible, key="accessMode"),
    "accessModeSufficient": partial(_accessible, key="accessModeSufficient"),
    "accessibilitySummary": _accessibility,
    "isbn": partial(_number, catalog="ISBN"),
    "issn": partial(_number, catalog="ISSN"),
    "doi": partial(_number, catalog="DOI"),
    "gtin13": partial(_number, catalog="GTIN"),
    "courseCode": partial(_number, catalog="courseCode"),
    "serialNumber": partial(_number, catalog="serialNumber"),
    "sameAs": partial(_number, catalog="URI"),
    "softwareRequirements": _requirement,
    "requirements": _requirement,
    "operatingSystem": _requirement,
    "browserRequirements": _requirement,
    "memoryRequirements": _requirement,
    "storageRequirements": _requirement,
    "contentSize": _size,
    "citation": partial(_work, kind="references"),
    "exampleOfWork": partial(_work, kind="isversionof"),
    "translationOfWork": partial(_work, kind="isversionof"),
    "workExample": partial(_work, kind="hasversion"),
    "workTranslation": partial(_work, kind="hasversion"),
    "requires": partial(_work, kind="requires"),
    "isVersionOf": partial(_work, kind="isversionof"),
    "hasVersion": partial(_work, kind="hasversion"),
    "isFormatOf": partial(_work, kind="isformatof"),
    "hasFormat": partial(_work, kind="hasformat"),
    "isReferencedBy": partial(_work, kind="isreferencedby"),
    "isRequiredBy": partial(_work, kind="isrequiredby"),
    "review": _review,
    "reviews": _review,
    "comment": _review,
    "sdPublisher": _describer,
    "educationalUse": _use,
}
"""What reads a property of schema.org (and those of DCTERMS that it has no word for)."""
