"""Contributors: a vCard or a bare name in, the parts of an Entity out, and back as a vCard that every reader takes.

Of 106 real cards 16 break a vCard library, and most names come without a card at all ("Silva, Ana"). So reading never
fails: what cannot be read stays in `raw` and gives no parts. Writing gives valid vCard 3.0 (RFC 2426), one property a
line, not folded, N and FN filled (record.md 9), and is a fixed point: `vcard(read(vcard(e))) == vcard(e)`.
E-mail addresses, phones and postal addresses never leave `vcard` unless the caller says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec

from schemas import vcard as card
from schemas.record import Entity
from schemas.values import people_list
from schemas.values.person_name import (
    INITIALS,
    PARTICLES,
    has_word_of_organisation,
    is_given,
    is_person,
    names_a_person,
    words_of_a_person,
)

PERSON = "person"
ORGANIZATION = "organization"
_PARTS = ("fn", "n", "org", "email", "orcid", "ror", "kind")

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+\.[^\W\d_]{2,}")
_EMAIL_IN_NAME = re.compile(r"[<(\[]?\s*(?:mailto:)?" + _EMAIL.pattern + r"\s*[>)\]]?", re.IGNORECASE)
_PHONE_IN_NAME = re.compile(r"(?:\b(?:tel|tél|phone|fax|gsm)\b[.:]?\s*)?(?:\+|\b0)\d[\d\s/().-]{6,}\d", re.IGNORECASE)
_ORCID = re.compile(r"\b(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])\b", re.ASCII)
_ROR = re.compile(r"\bror\.org/(0[a-hj-km-np-tv-z0-9]{6}\d{2})\b", re.IGNORECASE | re.ASCII)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LIFE_DATES = re.compile(r",?\s*\(?\b1\d{3}\s*[-–]\s*(?:\d{4})?\)?\s*$")
_UNCLEAN = re.compile(r"[\\,@0+]|  |^ |; | ;| $")
_SUFFIXES = frozenset(
    {"jr", "sr", "ii", "iii", "iv", "phd", "md", "dr", "prof", "msc", "ma", "coord", "org", "ed", "eds"}
)


class _Rest(NamedTuple):
    """What a card holds beside the parts of an Entity: other addresses on the web, phones, postal addresses."""

    urls: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@lru_cache(maxsize=16384)
def read(raw: str) -> Entity:
    """The parts of a vCard (2.1, 3.0, 4.0, however dirty) or a bare name; `raw` is kept as it is.

    `fn` is the name to show, `n` the vCard's N ("Family;Given;Additional;Prefix;Suffix", escaped, empty ends cut off),
    `orcid` and `ror` are https URIs, `kind` is person or organization, None where there is no name.
    """
    if card.is_card(raw):
        return _from_card(raw)
    if raw.lstrip()[:6].upper() == "BEGIN:":
        return Entity(raw=raw)  # a card of another kind names nobody
    return _from_name(raw)


def _from_card(raw: str) -> Entity:
    first: dict[str, str] = {}
    email = orcid = ror = None
    for name, _, value in card.properties(raw):
        if name in ("URL", "UID", "X-ORCID", "X-ROR", "SOURCE", "KEY"):
            text = card.unescape(value)
            orcid = orcid or orcid_uri(text, labelled=name == "X-ORCID")
            ror = ror or ror_uri(text)
        elif name == "EMAIL":
            found = _EMAIL.search(card.unescape(value))
            email = email or (found[0] if found else None)
        elif name not in first and value.strip(" \t\r\n;"):
            first[name] = value
    n = _normal_n(first.get("N", ""))
    org = ", ".join(filter(None, (_name(card.unescape(part)) for part in card.split(first.get("ORG", "")))))
    fn = _name(card.unescape(first.get("FN", ""))) or _composed(n) or org
    kind = _stated(first.get("KIND", "")) or _kind(fn, n, org, orcid, ror)
    entity = Entity(raw, fn or None, n or None, org or None, email, orcid, ror, kind)
    if kind == ORGANIZATION and not org:
        return msgspec.structs.replace(entity, org=entity.fn)
    return entity


def read_all(raw: str) -> tuple[Entity, ...]:
    """The contributors a text names: one, or each of several people ("Ada Voorbeeld and Ben Proef")."""
    if card.is_card(raw):
        return (read(raw),)
    return tuple(map(read, people_list.parted(raw)))


def each(entities: Iterable[Entity]) -> Iterator[Entity]:
    """The contributors as the faces show them: read where they were not, people in one contributor one by one."""
    for entity in entities:
        yield from _several(entity)


@lru_cache(maxsize=16384)
def _several(entity: Entity) -> tuple[Entity, ...]:
    """The people whose names stand together in one contributor; else the contributor itself."""
    if entity.fn is None and entity.raw:
        entity = read(entity.raw)
    names = people_list.parted(entity.fn) if entity.fn and entity.kind is not None else ()
    if len(names) < 2 and not card.is_card(entity.raw):
        names = people_list.parted(entity.raw)
    return tuple(map(read, names)) if len(names) > 1 else (entity,)


def own_id(entity: Entity) -> str | None:
    """The ORCID of a person, the ROR of an organisation; the ROR of a person is that of the affiliation."""
    return entity.ror if entity.kind == ORGANIZATION else entity.orcid


def as_publisher(entity: Entity) -> Entity:
    """A contributor in the role of publisher: an organisation, unless something beside its words says it is a person.

    A given name, an ORCID, a stated kind, a title or initials say so; two words with capitals ("De Gruyter") do not.
    """
    if entity.kind != PERSON or entity.orcid or _given(entity.n or "") or names_a_person(entity.fn or ""):
        return entity
    if card.is_card(entity.raw) and any(name == "KIND" for name, _, _ in card.properties(entity.raw)):
        return entity
    return msgspec.structs.replace(entity, kind=ORGANIZATION, org=entity.org or entity.fn)


def _from_name(raw: str) -> Entity:
    found = _EMAIL.search(raw)
    email = found[0] if found else None
    orcid, ror = orcid_uri(raw, labelled=False), ror_uri(raw)
    text = re.sub(r"\(?\s*https?://\S+", " ", raw) if "://" in raw else raw
    name = _LIFE_DATES.sub("", _name(text)).strip(" ,;")
    family, _, given = (part.strip() for part in name.partition(","))
    if "," in given:  # "Smith, John, Jr." is one person, "SEAD, LEPAC, PROPESQ" is none
        given, _, suffix = (part.strip() for part in given.partition(","))
        if not _is_suffix(suffix):
            family = given = ""
    if _is_suffix(given) and _is_whole_name(family, given):  # "Ada Voorbeeld, MA"; "Oliveira, M. A." are initials
        given = ""
    if family and given and not has_word_of_organisation(name) and words_of_a_person(f"{given} {family}", strict=False):
        n = f"{card.escape(family)};{card.escape(given)}"
        return Entity(raw, f"{given} {family}", n, None, email, orcid, ror, PERSON)
    if not name:
        return Entity(raw=raw, email=email, orcid=orcid, ror=ror)
    kind = _kind(name, "", "", orcid, ror)
    return Entity(raw, name, None, name if kind == ORGANIZATION else None, email, orcid, ror, kind)


@lru_cache(maxsize=16384)
def vcard(entity: Entity, publish_contact: bool = False) -> str:
    """The entity as valid vCard 3.0 with "\\n" between the lines, "" where it has no name.

    Without `publish_contact` it holds no e-mail address, phone or postal address. A person always has a given name in
    N and an organisation never, so that a reader of the card comes to the same kind.
    """
    org = _name(entity.org or "")
    n = _normal_n(entity.n or "")
    fn = _name(entity.fn or "") or _composed(n) or org
    if not fn:
        return ""
    orcid, ror = orcid_uri(entity.orcid or "", labelled=True), ror_uri(entity.ror or "")
    kind = entity.kind if entity.kind in (PERSON, ORGANIZATION) else _kind(fn, n, org, orcid, ror)
    if kind == ORGANIZATION:
        n, org, orcid = card.escape(fn), org or fn, None
    elif not _given(n):
        n = _n_of(fn)
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{n}{';' * (4 - len(card.split(n)) + 1)}", f"FN:{card.escape(fn)}"]
    if org:
        lines.append(f"ORG:{card.escape(org)}")
    rest = _rest(entity.raw)
    if publish_contact:
        if entity.email and (found := _EMAIL.search(entity.email)):
            lines.append(f"EMAIL;TYPE=INTERNET:{found[0]}")
        lines += [f"TEL:{phone}" for phone in rest.phones]
        lines += [f"ADR:{address}" for address in rest.addresses]
    lines += [f"URL:{url}" for url in (orcid, ror, *rest.urls) if url]
    lines.append("END:VCARD")
    return "\n".join(lines)


def settled(entity: Entity, before: Entity | None = None) -> Entity:
    """An entity as a client sent it, with `raw` and parts in agreement; `before` is the one it replaces.

    Where the parts changed, `raw` is written anew from them; else the parts are read from `raw`.
    """
    if before is not None and entity.raw == before.raw:
        changed = entity != before
    elif before is not None and _parts(entity) == _parts(before):
        changed = False
    else:
        seen = _parts(read(entity.raw))
        changed = any(part is not None and part != seen[place] for place, part in enumerate(_parts(entity)))
    if not changed:
        return read(entity.raw)
    return msgspec.structs.replace(entity, raw=vcard(entity, True) or entity.raw)


def orcid_uri(text: str, *, labelled: bool) -> str | None:
    """The ORCID in a text as https URI, its check digit (ISO 7064, 11-2) right; unlabelled only beside "orcid"."""
    if not labelled and "orcid" not in text.casefold():
        return None
    found = _ORCID.search(text)
    if found is None:
        return None
    digits = "".join(found.groups()).upper()
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    if "0123456789X"[(12 - total % 11) % 11] != digits[-1]:
        return None
    return "https://orcid.org/" + "-".join(digits[place : place + 4] for place in (0, 4, 8, 12))


def ror_uri(text: str) -> str | None:
    """The ROR identifier in a text as https URI."""
    found = _ROR.search(text)
    return f"https://ror.org/{found[1].lower()}" if found else None


def _parts(entity: Entity) -> tuple[str | None, ...]:
    return tuple(getattr(entity, part) for part in _PARTS)


def _rest(raw: str) -> _Rest:
    if not card.is_card(raw):
        return _Rest()
    urls: dict[str, None] = {}
    phones: dict[str, None] = {}
    addresses: dict[str, None] = {}
    for name, _, value in card.properties(raw):
        text = _clean(card.unescape(value))
        if name in ("URL", "UID", "SOURCE") and re.match(r"https?://[^\s@]+$", text):
            if not (orcid_uri(text, labelled=False) or ror_uri(text)):
                urls[text] = None
        elif name == "TEL" and (phone := re.sub(r"(?i)^tel:", "", text)):
            phones[card.escape(phone)] = None
        elif name == "ADR" and (address := _normal_n(value, 7)):
            addresses[address + ";" * (7 - len(card.split(address)))] = None
    return _Rest(tuple(urls), tuple(phones), tuple(addresses))


def _clean(text: str) -> str:
    """One line of text: blanks collapsed, characters that XML forbids gone."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_FORBIDDEN.sub("", text).split())


def _name(text: str) -> str:
    """A name without the e-mail address or phone that some put beside it."""
    if "@" in text:
        text = _EMAIL_IN_NAME.sub(" ", text)
    if "0" in text or "+" in text:
        text = _PHONE_IN_NAME.sub(" ", text)
    return _clean(text).strip(" ,;")


def _normal_n(value: str, components: int = 5) -> str:
    """A structured value with each component cleaned and escaped anew, empty ends cut off."""
    if not value:
        return ""
    if value.isprintable() and not _UNCLEAN.search(value) and value.count(";") < components:
        return value.rstrip(";")
    parts = [
        ",".join(card.escape(_name(card.unescape(one))) for one in card.split(part, ","))
        for part in card.split(value)[:components]
    ]
    while parts and not parts[-1].strip(","):
        parts.pop()
    return ";".join(parts)


def _given(n: str) -> str:
    parts = card.split(n)
    return parts[1] if len(parts) > 1 else ""


def _composed(n: str) -> str:
    """The name to show of an N: prefix, given, additional, family, suffix."""
    if not n:
        return ""
    family, given, additional, prefix, suffix = (card.split(n) + [""] * 4)[:5]
    return _clean(card.unescape(" ".join(part for part in (prefix, given, additional, family, suffix) if part)))


def _n_of(fn: str) -> str:
    """The N of a person's name, parted at its comma or before the last word; a lone word is a given name."""
    family, comma, given = (part.strip() for part in fn.partition(","))
    if not (comma and family and given):
        words = fn.split(" ")
        place = len(words) - 1
        while place > 1 and words[place - 1].casefold() in PARTICLES:
            place -= 1
        given, family = " ".join(words[:place]), " ".join(words[place:])
        if not given:
            given, family = family, ""
    n = _normal_n(f"{card.escape(family)};{card.escape(given)}")
    return n if _given(n) else f";{card.escape(fn)}"


def _stated(kind: str) -> str | None:
    return {"individual": PERSON, "org": ORGANIZATION, "group": ORGANIZATION}.get(kind.strip().casefold())


def _kind(fn: str, n: str, org: str, orcid: str | None, ror: str | None) -> str | None:
    """Person or organisation, by the strongest sign there is: a given name, ORCID, ROR, equal names, the words."""
    if not fn:
        return None
    if _given(n) or orcid:
        return PERSON
    same = fn.casefold()
    if ror or same == org.casefold() or (n and same == card.unescape(n).casefold()):
        return ORGANIZATION
    return PERSON if is_person(fn) or names_a_person(fn) else ORGANIZATION


def _is_whole_name(name: str, suffix: str) -> bool:
    """Whether what stands before a comma is a whole name already, so that initials behind it are a degree."""
    return " " in name and (is_given(name.split(maxsplit=1)[0]) or INITIALS.fullmatch(suffix) is None)


def _is_suffix(text: str) -> bool:
    return text.replace(".", "").replace(" ", "").casefold() in _SUFFIXES
