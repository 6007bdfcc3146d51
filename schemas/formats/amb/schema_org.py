"""What schema.org says of a learning resource beyond AMB, brought into the words that AMB's reader knows.

Pages and catalogues use more than AMB: Bioschemas' training material, Course with its instances, VideoObject, HowTo,
SoftwareApplication. `widened` gives their properties the names of those that mean the same; the objects of a language,
a place, an offer become what they say. Every change is told. Nothing is guessed; what has no counterpart stays, and
the reader tells it as a note. This module must not know the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from schemas.errors import Repair
from schemas.formats.amb.linked import Node
from schemas.formats.amb.mend import shown
from schemas.language import normalise
from schemas.summary.place import unescaped

_SAME: Final = {
    "headline": "name",
    "abstract": "description",
    "uploadDate": "datePublished",
    "softwareVersion": "version",
    "bookEdition": "version",
    "fileFormat": "encodingFormat",
    "thumbnailUrl": "image",
    "thumbnail": "image",
    "totalTime": "timeRequired",
    "courseWorkload": "timeRequired",
    "coursePrerequisites": "competencyRequired",
    "educationalPrerequisites": "competencyRequired",
    "partOfSeries": "isPartOf",
    "dct:rights": "useRightsUrl",
    "dc11:coverage": "spatialCoverage",
}
"""Properties that mean the same as another one, which counts where both are given."""
_WIDER: Final = {
    "dct:language": "inLanguage",
    "dct:created": "dateCreated",
    "dct:issued": "datePublished",
    "dct:modified": "dateModified",
    "dct:educationLevel": "educationalLevel",
    "dct:audience": "audience",
    "dct:license": "license",
}
"""Properties of our own documents that say more than schema.org's on the same node (rdf.graph)."""
_MORE: Final = {
    "genre": "keywords",
    "instructor": "contributor",
    "producer": "contributor",
    "illustrator": "contributor",
    "accountablePerson": "contributor",
    "sponsor": "funder",
    "associatedMedia": "encoding",
    "video": "encoding",
    "audio": "encoding",
    "distribution": "encoding",
    "disambiguatingDescription": "description",
}
"""Properties whose values come beside those of another one."""
_OF_INSTANCE: Final = ("inLanguage", "courseWorkload", "instructor", "timeRequired")
_MEDIA: Final = ("contentUrl", "embedUrl", "downloadUrl")
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*")
_BOOLEAN: Final = re.compile(r"(?:https?://schema\.org/|schema:)?(true|false)", re.IGNORECASE)
_WORKLOAD: Final = re.compile(r"P[T\dYMWDHS.,]+")
_LEAST_AGE: Final = ("suggestedMinAge", "requiredMinAge")
_MOST_AGE: Final = ("suggestedMaxAge", "requiredMaxAge")
_NAMES: Final = ("name", "prefLabel", "text", "description", "termCode")


def widened(node: Node) -> tuple[Node, tuple[Repair, ...]]:
    """The resource with what schema.org says beyond AMB in AMB's words, and what was changed."""
    found = _Widened(dict(node))
    found.widen()
    return found.node, tuple(found.repairs)


def listed(value: Any) -> list[Any]:
    """The values of a property: none, one or several."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def name_of(value: Any) -> str | None:
    """What an object, or a text, is called; the address where it has no name."""
    if isinstance(value, dict) and "@value" in value:
        return name_of(value["@value"])
    if isinstance(value, dict):
        named = next((text for key in _NAMES if (text := name_of(_first_text(value.get(key))))), None)
        address = value.get("url", value.get("id"))
        return named or (address.strip() or None if isinstance(address, str) else None)
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value).strip() or None
    return None


def _first_text(value: Any) -> Any:
    """A text out of a list, a tagged value or a language map."""
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        return value
    return next((one for one in (value.get("@value"), *value.values()) if isinstance(one, str)), None)


class _Widened:
    def __init__(self, node: Node) -> None:
        self.node = node
        self.repairs: list[Repair] = []

    def tell(self, path: str, rule: str, before: Any, after: Any) -> None:
        self.repairs.append(Repair(path, rule, shown(before), shown(after)))

    def widen(self) -> None:
        self._place()
        self._addresses()
        self._instances()
        self._offers()
        self._media()
        for old, new in _WIDER.items():
            if old in self.node:
                self.node[new] = self.node.pop(old)
                self.tell(new, "renamed", old, new)
        if self.node.get("usageInfo") in (self.node.get("license"), _address(self.node.get("license"))):
            self.node.pop("usageInfo", None)
        for old, new in _SAME.items():
            if old in self.node and self.node.get(new) in (None, "", [], {}):
                self.node[new] = self.node.pop(old)
                self.tell(new, "renamed", old, new)
        for old, new in _MORE.items():
            if old in self.node:
                self._beside(new, listed(self.node.pop(old)), old)
        self._languages()
        self._audience()
        self._free()
        self._workload()

    def _beside(self, key: str, values: Iterable[Any], told: str) -> None:
        have = self.node.get(key)
        if key == "keywords" and isinstance(have, str):
            have = [word for part in re.split(r"[,;|]", have) if (word := part.strip())]
        new = [one for one in values if one not in listed(have)]
        if new:
            both = [*listed(have), *new]
            self.node[key] = both[0] if len(both) == 1 else both
            self.tell(key, "renamed", told, key)

    def _place(self) -> None:
        """A resource without an address of its own has that of the page that is about it."""
        if any(_address(self.node.get(key)) for key in ("id", "url")):
            return
        pages = (_address(one) for one in listed(self.node.get("mainEntityOfPage")))
        page = next((one for one in pages if one and one.startswith("http")), None)
        if page is not None:
            self.node["url"] = page
            self.tell("url", "page_address", None, page)

    def _addresses(self) -> None:
        """Addresses that were escaped for HTML on their way."""
        for key in ("id", "url", "image", "contentUrl", "embedUrl", "thumbnailUrl", "downloadUrl", "sameAs"):
            value = self.node.get(key)
            fresh = _unescaped(value)
            if fresh != value:
                self.node[key] = fresh
                self.tell(key, "escaped_address", value, fresh)
        for key in ("encoding", "associatedMedia", "video", "audio", "distribution"):
            values = listed(self.node.get(key))
            fresh = [
                {**one, **{k: _unescaped(one[k]) for k in _MEDIA if k in one}} if isinstance(one, dict) else one
                for one in values
            ]
            if fresh != values:
                self.node[key] = fresh
                self.tell(key, "escaped_address", values, fresh)

    def _instances(self) -> None:
        """What is said of the instances of a course and not of the course."""
        instances = [one for one in listed(self.node.get("hasCourseInstance")) if isinstance(one, dict)]
        if not instances:
            return
        del self.node["hasCourseInstance"]
        for key in _OF_INSTANCE:
            said: list[Any] = []
            for one in instances:
                said += [value for value in listed(one.get(key)) if value not in said]
            if said and self.node.get(key) in (None, "", []):
                self.node[key] = said[0] if len(said) == 1 or key in ("courseWorkload", "timeRequired") else said
                self.tell(key, "course_instance", instances, said)

    def _offers(self) -> None:
        """An offer says whether it costs anything: a price, or the word free."""
        offers = [one for one in listed(self.node.get("offers")) if isinstance(one, dict)]
        free = [_is_free(one) for one in offers]
        known = [one for one in free if one is not None]
        if known and self.node.get("isAccessibleForFree") is None:
            del self.node["offers"]
            self.node["isAccessibleForFree"] = any(known)
            self.tell("isAccessibleForFree", "offer", offers, any(known))

    def _media(self) -> None:
        """A resource that is a file itself: its address is that of an encoding."""
        medium: Node = {}
        for key in _MEDIA:
            address = _address(self.node.get(key))
            if address is not None:
                del self.node[key]
                medium.setdefault("embedUrl" if key == "embedUrl" else "contentUrl", address)
        if not medium:
            return
        kind = self.node.get("encodingFormat", self.node.get("fileFormat"))
        if isinstance(kind, str):
            medium["encodingFormat"] = kind
        if (size := self.node.get("contentSize")) is not None:
            medium["contentSize"] = size
        self._beside("encoding", [{"type": "MediaObject", **medium}], "/".join(medium))

    def _languages(self) -> None:
        values = listed(self.node.get("inLanguage"))
        tags = [tag for one in values if (tag := _tag_of(one))]
        if any(isinstance(one, dict) for one in values):
            self.node["inLanguage"] = tags
            self.tell("inLanguage", "language_object", values, tags)

    def _audience(self) -> None:
        """The ages that an audience is of."""
        ranges = []
        for one in listed(self.node.get("audience")):
            if isinstance(one, dict) and (ages := _ages(one)):
                ranges.append(ages)
        if ranges and not self.node.get("typicalAgeRange"):
            self.node["typicalAgeRange"] = ranges
            self.tell("typicalAgeRange", "audience_age", self.node["audience"], ranges)
        kept = [one for one in listed(self.node.get("audience")) if not (isinstance(one, dict) and _only_ages(one))]
        if ranges:
            self.node["audience"] = kept

    def _free(self) -> None:
        value = self.node.get("isAccessibleForFree")
        text = value.get("id") if isinstance(value, dict) else value
        said = _BOOLEAN.fullmatch(text.strip()) if isinstance(text, str) else None
        if said is not None:
            self.node["isAccessibleForFree"] = said[1].lower() == "true"
            self.tell("isAccessibleForFree", "boolean", value, self.node["isAccessibleForFree"])

    def _workload(self) -> None:
        """The durations among the workloads; "3 hours a week" is none."""
        values = [one for one in listed(self.node.get("timeRequired")) if isinstance(one, str)]
        known = [one for one in values if _WORKLOAD.fullmatch(one.strip())]
        if len(values) > 1 and known:
            self.node["timeRequired"] = known[0]


def _unescaped(value: Any) -> Any:
    if isinstance(value, list):
        return [_unescaped(one) for one in value]
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return {**value, "id": unescaped(value["id"])}
    return unescaped(value) if isinstance(value, str) else value


def _is_free(offer: Node) -> bool | None:
    if str(offer.get("category") or "").strip().lower() == "free":
        return True
    prices = [
        offer.get("price"),
        *(one.get("price") for one in listed(offer.get("priceSpecification")) if isinstance(one, dict)),
    ]
    for price in prices:
        try:
            if price is not None and not isinstance(price, bool):
                return float(str(price).replace(",", ".")) == 0
        except ValueError:
            continue
    return None


def _address(value: Any) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    value = value.get("id", value.get("url")) if isinstance(value, dict) else value
    return value.strip() or None if isinstance(value, str) else None


def _tag_of(value: Any) -> str | None:
    """The tag of a language that comes as a text or as an object."""
    if not isinstance(value, dict):
        return value if isinstance(value, str) else None
    for text in _told(value, ("alternateName", "identifier", "termCode", "@value")):
        if _TAG.fullmatch(text) and normalise(text).value:
            return text
    for text in _told(value, ("id", "url", "sameAs", "name", "prefLabel", "alternateName")):
        if (known := normalise(text).value) is not None:
            return known
    return name_of(value)


def _told(value: Node, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        for one in listed(value.get(key)):
            text = _first_text(one)
            if isinstance(text, str) and text.strip():
                yield text.strip()


def _ages(audience: Node) -> str | None:
    span = audience.get("suggestedAge", audience.get("requiredAge"))
    if isinstance(span, dict):
        least, most = span.get("minValue"), span.get("maxValue")
    else:
        least = next((audience[key] for key in _LEAST_AGE if audience.get(key) is not None), None)
        most = next((audience[key] for key in _MOST_AGE if audience.get(key) is not None), None)
    texts = ["" if one is None else str(one).strip() for one in (least, most)]
    if not any(texts) or not all(re.fullmatch(r"\d{0,3}(?:\.0+)?", text) for text in texts):
        return None
    return "-".join(text.partition(".")[0] or ("0" if place == 0 else "") for place, text in enumerate(texts))


def _only_ages(audience: Node) -> bool:
    said = {"type", "suggestedAge", "requiredAge", *_LEAST_AGE, *_MOST_AGE}
    return not (audience.keys() - said)
