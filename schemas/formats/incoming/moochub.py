"""MOOChub: courses as JSON:API gives them, versions 2 and 3 of its schema, in the words of schema.org.

Eight of OERSI's sources speak it (record.md 6). `resource` gives the attributes of one course the names and shapes
that schemas.formats.amb.amb reads; that reader knows what they mean. It must not know the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from schemas.formats.amb.linked import Node
from schemas.formats.amb.schema_org import listed

_RENAMED: Final = {
    "languages": "inLanguage",
    "courseLicenses": "license",
    "productImageUrl": "image",
    "moocProvider": "provider",
    "instructors": "instructor",
    "partnerInstitute": "publisher",
}
_LEFT: Final = frozenset(
    ("video", "access", "startDate", "endDate", "availableFrom", "availableUntil", "expires", "duration", "workload")
) | {"trailer"}
"""What is of one run of the course, or needs more than a name: see `resource`."""
_PEOPLE: Final = ("creator", "instructor", "contributor")
_NAMED: Final = ("publisher", "provider", "sourceOrganization")


def resource(entry: Node) -> Node:
    """The course of a resource object, as a node of schema.org."""
    attributes: Node = entry["attributes"]
    found: Node = {_RENAMED.get(key, key): value for key, value in attributes.items() if key not in _LEFT}
    found = {key: value for key, value in found.items() if value not in (None, "", [], {})}
    found["@context"] = "https://schema.org/"
    found["type"] = ["LearningResource", "Course"]
    for key in (*_PEOPLE, *_NAMED):
        if key in found:
            kind = "Person" if key in _PEOPLE else "Organization"
            found[key] = [{"type": kind, **_maker(one)} for one in listed(found[key])]
    found |= _licence(found.pop("license", None))
    picture = found.get("image")
    if isinstance(picture, dict):
        found["image"] = picture.get("contentUrl", picture.get("url"))
    for key in ("learningResourceType", "audience", "educationalLevel", "teaches", "about", "competencyRequired"):
        if key in found:
            found[key] = [_term(one) for one in listed(found[key])]
    found |= _alignments(found.pop("educationalAlignment", None), found)
    if isinstance(workload := attributes.get("workload"), str) and workload.startswith("P"):
        found["timeRequired"] = workload
    if "free" in [str(one).lower() for one in listed(attributes.get("access"))]:
        found.setdefault("isAccessibleForFree", True)
    if "description" not in found and "abstract" in found:
        found["description"] = found.pop("abstract")
    found.pop("courseMode", None)
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def _maker(value: Any) -> Node:
    if not isinstance(value, dict):
        return {"name": value}
    return {
        key: one for key, one in value.items() if key in ("type", "name", "id", "url", "honorificPrefix", "affiliation")
    }


def _licence(value: Any) -> Node:
    """The licence by its address, else by its identifier; what is said to be proprietary is a statement."""
    for one in listed(value):
        if isinstance(one, str):
            return {"license": one}
        if isinstance(one, dict):
            told = one.get("url") or one.get("identifier") or one.get("id") or one.get("name")
            if isinstance(told, str) and told.strip():
                return {"license": told}
    return {}


def _term(value: Any) -> Any:
    """A term as an object of AMB: identifier or targetUrl as id, the names by their languages."""
    if not isinstance(value, dict):
        return value
    id_ = value.get("identifier") or value.get("targetUrl") or value.get("id") or value.get("url")
    labels = dict(_names(value.get("name"))) or dict(_names(value.get("shortCode")))
    found: Node = {"id": id_} if isinstance(id_, str) and "://" in id_ else {}
    return {**found, **({"prefLabel": labels} if labels else {})} or value


def _names(value: Any) -> Iterator[tuple[str, str]]:
    for one in listed(value):
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            yield str(one.get("inLanguage") or "und"), one["name"]
        elif isinstance(one, str) and one.strip():
            yield "und", one


def _alignments(value: Any, found: Node) -> Node:
    """Alignments to a subject are what the course is about; others stay alignments."""
    about, rest = list(listed(found.get("about"))), []
    for one in listed(value):
        kind = str(one.get("alignmentType") or one.get("type") or "") if isinstance(one, dict) else ""
        if kind == "educationalSubject":
            about.append(_term(one))
        else:
            rest.append(one)
    return {"about": about, "educationalAlignment": rest}
