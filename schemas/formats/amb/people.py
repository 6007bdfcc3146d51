"""Who made a resource, between AMB's objects and the vCards of a record.

A maker of AMB has a type, a name, an academic title, an address (ORCID, GND, ROR, a page) and an affiliation with an
address of its own. A vCard has a place for each but the affiliation's address and addresses that are not of the web:
these stand in X-AFFILIATION-ID and X-ID. `entity(maker)` and `maker(entity)` undo one another. What goes out carries
no e-mail address and no phone number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from schemas import agent
from schemas import vcard as card
from schemas.formats.amb.linked import Node
from schemas.record import Entity
from schemas.summary.text import without_contact
from schemas.values import people_list

_WEB: Final = ("http://", "https://")
_SAYS_A_NAME: Final = frozenset(("type", "name", "@id", "id"))
_ORCID_PLACES: Final = frozenset(("identifier", "orcid", "sameAs", "url"))
_ROR_PLACES: Final = _ORCID_PLACES - {"orcid"} | {"id", "ror"}
_BARE: Final = re.compile(r"\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx]", re.ASCII)
_TYPES: Final = {agent.PERSON: "Person", agent.ORGANIZATION: "Organization"}
_KINDS: Final = {"Person": agent.PERSON, "Organization": agent.ORGANIZATION}


def entity(maker: Node) -> Entity | None:
    """The contributor an object names; None where it has no name."""
    name = maker.get("name")
    if not isinstance(name, str) or not name.strip():
        return None
    id_, place = _own_id(maker), maker.get("affiliation") or maker.get("worksFor")
    place = {"name": place} if isinstance(place, str) else place if isinstance(place, dict) else {}
    kind = _kind(maker.get("type"))
    orcid = agent.orcid_uri(id_ or "", labelled=False) or _orcid(maker)
    place_id = _own_id(place)
    ror = _ror(place) if kind == agent.PERSON else _ror(maker)
    web = id_ if id_ and not (orcid or (ror and kind != agent.PERSON)) else None
    rest = f"BEGIN:VCARD\nURL:{web}\nEND:VCARD" if web and web.startswith(_WEB) else ""
    email = maker.get("email")
    text = agent.vcard(
        Entity(rest, name, None, _text(place.get("name")), _text(email), orcid, ror, kind), publish_contact=True
    )
    lines = text.split("\n")
    prefix = _text(maker.get("honorificPrefix"))
    more = []
    if web and not web.startswith(_WEB):
        more.append(f"X-ID:{web}")
    if place_id and not ror:
        more.append(f"X-AFFILIATION-ID:{place_id}")
    lines = [_prefixed(line, prefix) if prefix and line.startswith("N:") else line for line in lines[:-1]]
    return agent.read("\n".join([*lines, *more, "END:VCARD"]))


def maker(contributor: Entity) -> Node | None:
    """The object of a contributor; None where there is no name to give."""
    if contributor.fn is None and contributor.org is None and contributor.raw:
        contributor = agent.read(contributor.raw)
    name = without_contact(contributor.fn or contributor.org or "").strip()
    if not name:
        return None
    found = (
        {name: value for name, _, value in reversed(card.properties(contributor.raw))} if _is_card(contributor) else {}
    )
    person = contributor.kind != agent.ORGANIZATION
    web = found.get("X-ID") or _web(contributor.raw, found)
    node: Node = {"type": "Person" if person else "Organization", "name": name}
    if id_ := contributor.orcid if person else contributor.ror:
        node["id"] = id_
    elif web:
        node["id"] = web
    if person and (title := _prefix(found.get("N", ""))) and not name.startswith(title):
        node["honorificPrefix"] = title
    if person and contributor.org:
        place: Node = {"type": "Organization", "name": without_contact(contributor.org)}
        if place_id := contributor.ror or found.get("X-AFFILIATION-ID"):
            place["id"] = place_id
        node["affiliation"] = place
    return node


def parted(maker: Node) -> list[Node]:
    """The people of one object whose name is a list of names; only where it says nothing but name and type."""
    name = maker.get("name")
    if not isinstance(name, str) or not _SAYS_A_NAME.issuperset(maker) or _own_id(maker):
        return [maker]
    names = people_list.parted(name)
    if len(names) < 2:
        return [maker]
    return [{"type": _TYPES.get(agent.read(one).kind or "", "Person"), "name": one} for one in names]


def _own_id(maker: Node) -> str | None:
    """The address of a maker; a name that holds only inside the document (`_:b0`, `#ada`) is none."""
    id_ = _text(maker.get("id")) or _text(maker.get("@id"))
    return id_ if id_ and ":" in id_ and not id_.startswith(("_:", "#")) else None


def _orcid(maker: Node) -> str | None:
    """The ORCID that stands in another place: sameAs, identifier (bare too), url, orcid."""
    for key in _ORCID_PLACES.intersection(maker) and ("identifier", "orcid", "sameAs", "url"):
        for label, text in _named(maker.get(key)):
            labelled = (
                key == "orcid"
                or "orcid" in label.casefold()
                or (key == "identifier" and not label and bool(_BARE.fullmatch(text)))
            )
            if found := agent.orcid_uri(text, labelled=labelled):
                return found
    return None


def _ror(maker: Node) -> str | None:
    """The ROR identifier of an organisation: its id, or what stands in sameAs, identifier, url or ror."""
    for key in _ROR_PLACES.intersection(maker) and ("id", "identifier", "ror", "sameAs", "url"):
        for label, text in _named(maker.get(key)):
            short = (key == "ror" or "ror" in label.casefold().replace("error", "")) and "/" not in text
            if found := agent.ror_uri(f"ror.org/{text}" if short else text):
                return found
    return None


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """(what kind of identifier it says to be, identifier) of texts, PropertyValues and references, alone or listed."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            label = " ".join(
                text for key in ("propertyID", "name", "type", "@type") if (text := _text(_first(one.get(key))))
            )
            for key in ("value", "@value", "id", "@id", "url"):
                if text := _text(_first(one.get(key))):
                    yield label, text
        elif text := _text(one):
            yield "", text


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _kind(found: Any) -> str | None:
    kinds = [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)]
    known = next((_KINDS[one] for one in kinds if one in _KINDS), None)
    return known or (agent.ORGANIZATION if kinds else None)


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _prefixed(line: str, prefix: str) -> str:
    parts = (card.split(line.removeprefix("N:")) + [""] * 5)[:5]
    parts[3] = card.escape(prefix)
    return "N:" + ";".join(parts)


def _prefix(n: str) -> str:
    parts = card.split(n)
    return card.unescape(parts[3]).strip() if len(parts) > 3 else ""


def _is_card(contributor: Entity) -> bool:
    return card.is_card(contributor.raw)


def _web(raw: str, found: dict[str, str]) -> str | None:
    """The first address of the web that is neither ORCID nor ROR."""
    if "URL" not in found and "UID" not in found:
        return None
    for name, _, value in card.properties(raw):
        text = card.unescape(value).strip()
        known = agent.orcid_uri(text, labelled=False) or agent.ror_uri(text)
        if name in ("URL", "UID") and text.startswith(_WEB) and not known and "@" not in text and " " not in text:
            return text
    return None
