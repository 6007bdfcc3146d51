"""Who made a resource, between AMB's objects and the vCards of a record.

A maker of AMB has a type, a name, an academic title, an address (ORCID, GND, ROR, a page) and an affiliation with an
address of its own. A vCard has a place for each but the affiliation's address and addresses that are not of the web:
these stand in X-AFFILIATION-ID and X-ID. `entity(maker)` and `maker(entity)` undo one another. What goes out carries
no e-mail address and no phone number.
"""

from __future__ import annotations

from typing import Any, Final

from schemas import agent
from schemas import vcard as card
from schemas.formats.amb.linked import Node
from schemas.record import Entity
from schemas.summary.text import without_contact

_WEB: Final = ("http://", "https://")
_KINDS: Final = {"Person": agent.PERSON, "Organization": agent.ORGANIZATION}


def entity(maker: Node) -> Entity | None:
    """The contributor an object names; None where it has no name."""
    name = maker.get("name")
    if not isinstance(name, str) or not name.strip():
        return None
    id_, place = _text(maker.get("id")), maker.get("affiliation")
    place = {"name": place} if isinstance(place, str) else place if isinstance(place, dict) else {}
    kind = _kind(maker.get("type"))
    orcid = agent.orcid_uri(id_, labelled=False) if id_ else None
    place_id = _text(place.get("id"))
    ror = agent.ror_uri((place_id if kind == agent.PERSON else id_) or "")
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
