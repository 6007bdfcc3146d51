"""A plain JSON-LD learning resource brought into the shape of AMB, every change told.

AMB wants lists where schema.org also takes one value, objects where it takes strings, language maps for labels,
ISO 8601 for dates and durations, digits for sizes (AMB 2023-10-19). What can be brought there without guessing is;
what cannot stays as it came, and data/amb.schema.json says what is wrong with it. Told paths are those of AMB.
It must not know the record.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from schemas import agent, datestamp
from schemas.errors import Repair
from schemas.formats.amb.linked import Node, is_schema_org
from schemas.summary.text import keywords

CONTEXT: Final = "https://w3id.org/kim/amb/context.jsonld"
_CONCEPTS: Final = frozenset(
    ("about", "learningResourceType", "educationalLevel", "audience", "teaches", "assesses", "competencyRequired")
) | {"interactivityType", "conditionsOfAccess"}
_MAKERS: Final = ("creator", "contributor", "publisher", "funder", "editor", "provider", "translator")
_LISTS: Final = (
    *("type", "inLanguage", "isPartOf", "hasPart", "isBasedOn", "mainEntityOfPage", "encoding", "caption"),
    *_MAKERS,
    *sorted(_CONCEPTS - {"interactivityType", "conditionsOfAccess"}),
)
_BESIDE: Final = ("name", "description", "text")
_WORKS: Final = ("isPartOf", "hasPart", "isBasedOn")
_RENAMED: Final = {"author": "creator", "isBasedOnUrl": "isBasedOn", "encodings": "encoding", "thumbnailUrl": "image"}
_LABELS: Final = ("educationalRole", "audienceType", "name", "targetName", "termCode")
TEXTS: Final = frozenset(("@name", "@description"))
"""Where a mended resource keeps the strings of a text in several languages: for the reader, not for the schema."""
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?")
_YES: Final = frozenset(("true", "yes", "ja", "oui", "1"))
_NO: Final = frozenset(("false", "no", "nee", "nein", "non", "0"))


def mended(node: Node) -> tuple[Node, tuple[Repair, ...]]:
    """The resource in the shape of AMB, and what was changed; the given one is left as it is."""
    mender = _Mender(dict(node))
    mender.mend()
    return mender.node, tuple(mender.repairs)


def default_language(context: Any) -> str | None:
    """The `@language` of a context."""
    for one in context if isinstance(context, list) else (context,):
        if isinstance(one, dict) and isinstance(one.get("@language"), str):
            return str(one["@language"])
    return None


class _Mender:
    def __init__(self, node: Node) -> None:
        self.node = node
        self.repairs: list[Repair] = []
        self.language = default_language(node.get("@context")) or "und"

    def mend(self) -> None:
        self._names()
        for key in _LISTS:
            self._list(key)
        self._text("name")
        self._text("description")
        for key in sorted(_CONCEPTS):
            self._each(key, self._concept)
        for key in _MAKERS:
            self._each(key, self._maker)
        for key in _WORKS:
            self._each(key, self._work)
        for key in ("license", "conditionsOfAccess"):
            self._object(key)
        self._image()
        self._keywords()
        for key in ("dateCreated", "datePublished", "dateModified"):
            self._date(self.node, key, key)
        self._duration()
        self._free()
        self._pages()
        self._media()

    def tell(self, path: str, rule: str, before: Any, after: Any) -> None:
        self.repairs.append(Repair(path, rule, shown(before), shown(after)))

    def _names(self) -> None:
        """schema.org's context and names as AMB's."""
        context = self.node.get("@context")
        if context is not None and is_schema_org(context):
            language = default_language(context)
            if language is None:
                spoken = self.node.get("inLanguage")
                spoken = spoken[0] if isinstance(spoken, list) and spoken else spoken
                language = spoken if isinstance(spoken, str) and re.fullmatch("[a-z]{2}", spoken) else None
            after: list[Any] = [CONTEXT, {"@language": language}] if language else [CONTEXT]
            self.node["@context"] = after
            self.tell("@context", "schema_org", context, after)
            self.language = language or "und"
            kinds = self.node.get("type")
            listed = kinds if isinstance(kinds, list) else [kinds]
            if "LearningResource" not in listed:
                self.node["type"] = ["LearningResource", *(kind for kind in listed if kind != "CreativeWork")]
                self.tell("type", "schema_org", kinds, self.node["type"])
        for old, new in _RENAMED.items():
            if old in self.node and new not in self.node:
                self.node[new] = self.node.pop(old)
                self.tell(new, "renamed", old, new)
        url = self.node.get("url")
        if "id" not in self.node and isinstance(one := _first(url), str):
            self.node["id"] = one
            self.tell("id", "renamed", "url", "id")

    def _list(self, key: str) -> None:
        value = self.node.get(key)
        if value is not None and not isinstance(value, list):
            self.node[key] = [value]
            self.tell(key, "list", value, [value])

    def _each(self, key: str, change: Any) -> None:
        value = self.node.get(key)
        if isinstance(value, list):
            self.node[key] = [change(f"{key}[{place}]", one) for place, one in enumerate(value)]
        elif value is not None:
            self.node[key] = change(key, value)

    def _text(self, key: str) -> None:
        """One text in the default language; what a map, or tagged values, say in other languages stays beside it."""
        value = self.node.get(key)
        strings = self.strings(value)
        if value is None or isinstance(value, str) or not strings:
            return
        self.node[f"@{key}"] = strings
        main = next((text for lang, text in strings if lang == self.language), strings[0][1])
        self.node[key] = main
        self.tell(key, "language_map", value, main)

    def strings(self, value: Any) -> list[tuple[str | None, str]]:
        """(language, text) of a text, a tagged value, a language map, or a list of these."""
        if isinstance(value, str):
            return [(None if self.language == "und" else self.language, value)]
        if isinstance(value, list):
            return [pair for one in value for pair in self.strings(one)]
        if not isinstance(value, dict):
            return []
        if isinstance(tagged := value.get("@value"), str):
            return [(value.get("@language") or self.language, tagged)]
        return [
            (lang, text)
            for lang, texts in value.items()
            if re.fullmatch(r"[A-Za-z]{2,3}(?:-\w+)*", lang)
            for text in (texts if isinstance(texts, list) else [texts])
            if isinstance(text, str)
        ]

    def _concept(self, path: str, value: Any) -> Any:
        """A concept as {id, prefLabel}: addresses and labels come bare, as DefinedTerm, Thing or audience."""
        if isinstance(value, str):
            after: Any = {"id": value} if _URI.fullmatch(value) else {"prefLabel": {self.language: value}}
            self.tell(path, "object", value, after)
            return after
        if not isinstance(value, dict):
            return value
        label = value.get("prefLabel")
        if isinstance(label, str):
            self.tell(f"{path}.prefLabel", "label_language", label, {self.language: label})
            return {**value, "prefLabel": {self.language: label}}
        if label is not None:
            return value
        return self._defined(path, value)

    def _defined(self, path: str, value: Node) -> Node:
        told = next((value[key] for key in _LABELS if isinstance(_first(value.get(key)), (str, dict))), None)
        labels = dict(self.strings(_first(told))) if told is not None else {}
        id_ = value.get("id") or _first(value.get("url")) or _first(value.get("targetUrl"))
        id_ = id_.get("id") if isinstance(id_, dict) else id_
        if not labels:
            return value
        after: Node = {"id": id_} if isinstance(id_, str) else {}
        after["prefLabel"] = {lang or self.language: text for lang, text in labels.items()}
        self.tell(path, "defined_term", value, after)
        return after

    def _maker(self, path: str, value: Any) -> Any:
        """Who made it as {type, name}; the name may come alone, and in several languages."""
        if isinstance(value, str):
            made = path.startswith("creator") and agent.read(value).kind != agent.ORGANIZATION
            after = {"type": "Person" if made else "Organization", "name": value}
            self.tell(path, "object", value, after)
            return after
        if not isinstance(value, dict):
            return value
        name = value.get("name")
        texts = [] if isinstance(name, str) else self.strings(name)
        if texts:
            self.tell(f"{path}.name", "language_map", name, texts[0][1])
            value = {**value, "name": texts[0][1]}
        given, family = value.get("givenName"), value.get("familyName")
        if not value.get("name") and isinstance(family, str):
            whole = f"{given} {family}" if isinstance(given, str) else family
            self.tell(f"{path}.name", "composed_name", None, whole)
            value = {**value, "name": whole}
        place = value.get("affiliation")
        if isinstance(place, list) and place and isinstance(place[0], dict):
            self.tell(f"{path}.affiliation", "first_of_list", place, place[0])
            value = {**value, "affiliation": place[0]}
        return value

    def _work(self, path: str, value: Any) -> Any:
        if isinstance(value, str):
            after = {"id": value} if _URI.fullmatch(value) else {"name": value}
            self.tell(path, "object", value, after)
            return after
        return value

    def _object(self, key: str) -> None:
        """`license` and the like as {id}: schema.org lets the address stand alone."""
        value = self.node.get(key)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, str) and _URI.fullmatch(value):
            self.node[key] = {"id": value}
            self.tell(key, "object", value, self.node[key])
        elif isinstance(value, dict) and "id" not in value and isinstance(value.get("url"), str):
            self.node[key] = {"id": value["url"], **{name: value[name] for name in _BESIDE if name in value}}
            self.tell(key, "object", value, self.node[key])

    def _image(self) -> None:
        value = self.node.get("image")
        one = _first(value)
        if isinstance(one, dict):
            one = one.get("contentUrl") or one.get("url") or one.get("id")
        if isinstance(one, str) and one != value:
            self.node["image"] = one
            self.tell("image", "one_address", value, one)

    def _keywords(self) -> None:
        """A text is a list with commas (schema.org); one keyword alone may be a packed list; terms give their names."""
        value = self.node.get("keywords")
        if value is None:
            return
        words: list[Any] = []
        if isinstance(value, str):
            words = [word for part in re.split(r"[,;|]", value) if (word := part.strip())]
        elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            words = parted(value[0])
        else:
            for one in value if isinstance(value, list) else [value]:
                named = one.get("name", one.get("prefLabel", one)) if isinstance(one, dict) else None
                words += [one] if named is None else [text for _, text in self.strings(named)]
        if words != value:
            self.node["keywords"] = words
            self.tell("keywords", "list" if [value] == words else "packed_keywords", value, words)

    def _date(self, holder: Node, key: str, path: str) -> None:
        value = _first(holder.get(key))
        if isinstance(value, dict) and isinstance(value.get("@value"), str):
            holder[key] = value["@value"]
            self.tell(path, "typed_value", value, value["@value"])
            value = value["@value"]
        if not isinstance(value, str) or _DATE.fullmatch(value):
            return
        read = datestamp.read_date(value)
        if read.value and read.precision in ("day", "second"):
            # A moment without its zone is no RFC 3339; which zone is meant nobody can tell, so the day stays.
            after = read.value if _DATE.fullmatch(read.value) else read.value[:10]
            holder[key] = after
            self.tell(path, "date", value, after)

    def _duration(self) -> None:
        value = self.node.get("duration")
        if isinstance(value, str) and not value.startswith("P") and (read := datestamp.read_duration(value)):
            self.node["duration"] = read
            self.tell("duration", "duration", value, read)

    def _free(self) -> None:
        value = self.node.get("isAccessibleForFree")
        told = str(value).strip().lower() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        if told in _YES | _NO:
            self.node["isAccessibleForFree"] = told in _YES
            self.tell("isAccessibleForFree", "boolean", value, told in _YES)

    def _pages(self) -> None:
        pages = self.node.get("mainEntityOfPage")
        if not isinstance(pages, list):
            return
        fresh: list[Any] = []
        for place, page in enumerate(pages):
            path = f"mainEntityOfPage[{place}]"
            if isinstance(page, str):
                fresh.append({"id": page})
                self.tell(path, "object", page, fresh[-1])
            elif isinstance(page, dict):
                fresh.append(dict(page))
                for key in ("dateCreated", "dateModified"):
                    self._date(fresh[-1], key, f"{path}.{key}")
            else:
                fresh.append(page)
        self.node["mainEntityOfPage"] = fresh

    def _media(self) -> None:
        media = self.node.get("encoding")
        if not isinstance(media, list):
            return
        fresh: list[Any] = []
        for place, one in enumerate(media):
            size = one.get("contentSize") if isinstance(one, dict) else None
            read = datestamp.read_size(str(size)) if size is not None and not re.fullmatch(r"\d+", str(size)) else None
            if isinstance(one, dict) and (read is not None or isinstance(size, int)):
                after = str(size if read is None else read)
                self.tell(f"encoding[{place}].contentSize", "size", size, after)
                one = {**one, "contentSize": after}  # noqa: PLW2901 - the same medium, mended
            fresh.append(one)
        self.node["encoding"] = fresh


def parted(text: str) -> list[str]:
    """The keywords packed into one text, down to those that hold no more; the text itself where it is no such list."""
    parts = keywords(text)
    return [text] if len(parts) < 2 else [word for part in parts for word in parted(part)]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def shown(value: Any) -> str | None:
    """A value as text for a Repair."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()[:500]
