"""Writing AMB: a record as JSON-LD, valid against AMB's schema where the record has what AMB asks for.

One function per property, after the crosswalk of record.md 2. AMB asks for an address and a name; a licence that its
schema does not admit is left out, isAccessibleForFree and conditionsOfAccess say instead what they can (record.md 7).
`mainEntityOfPage` names this repository first (design.md, settled questions), then what the record came with. It must
not give out a contributor's contact data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from schemas import agent
from schemas.datestamp import read_date
from schemas.formats.amb import people as amb_people
from schemas.formats.amb.linked import Node, amb_types
from schemas.formats.amb.mend import CONTEXT, parted
from schemas.formats.amb.read import SCHEMA_ORG
from schemas.formats.amb.terms import Terms, is_uri, main_string, two_letters, uri_of
from schemas.formats.assembly import AUTHOR, PUBLISHER, THUMBNAIL
from schemas.formats.format import Writing
from schemas.formats.lom.values import duration as duration_of
from schemas.licence import Licence
from schemas.record import Contribute, DateTime, Record, Vocabulary
from schemas.summary.markup import unmarked

_LICENCES: Final = re.compile(
    r"https?://(?:creativecommons\.org/(?:licenses|licences|publicdomain)/|www\.gnu\.org/licenses/|"
    r"www\.apache\.org/licenses/|opensource\.org/licenses/MIT|www\.opensource\.org/licenses/BSD)"
)
_MIME: Final = re.compile(
    r"(?:application|audio|example|font|image|message|model|multipart|text|video)/[A-Za-z0-9+_.-]+"
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_DURATION: Final = re.compile(r"-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+[DW])?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?")


def write(record: Record, writing: Writing) -> bytes | None:
    """The JSON-LD, UTF-8; None for a record that has no title or no address, not even ours."""
    node = _Writer(record, writing).node()
    return None if node is None else msgspec.json.encode(node)


class _Writer:
    def __init__(self, record: Record, writing: Writing) -> None:
        self.record = record
        self.writing = writing
        self.summary = writing.summary
        self.vocabularies = writing.vocabularies
        self.contributes = record.life_cycle.contribute if record.life_cycle else ()
        self.language = self._default_language()
        self.terms = Terms(record, writing, self.language)

    def node(self) -> Node | None:
        address, name = self._id(), self.name()
        if address is None or not name:
            return None
        found: Node = {
            "@context": [CONTEXT, {"@language": self.language}],
            "id": address,
            "type": self._types(),
            "name": name,
            "description": self._description(),
            **{key: self._makers(key) for key in ("creator", "contributor", "publisher", "funder")},
            "keywords": self._keywords(),
            "inLanguage": list(dict.fromkeys(filter(None, map(two_letters, self._tags())))),
            "image": self.summary.thumbnail if is_uri(self.summary.thumbnail) else None,
            **self._rights(),
            **self._dates(),
            "duration": self._duration(),
            **self.terms.properties(),
            "isPartOf": list(self._related("ispartof")),
            "hasPart": list(self._related("haspart")),
            "isBasedOn": list(self._related("isbasedon")),
            "encoding": list(self._encodings()),
            "mainEntityOfPage": list(self._pages()),
        }
        return {key: _once(value) for key, value in found.items() if value not in (None, [], "")}

    def _default_language(self) -> str:
        """The language of the strings: AMB declares one for all; English where the record names none."""
        title = self.record.general.title if self.record.general else None
        tags = [self.summary.title_lang, *self.summary.language, *(one.lang for one in title or ())]
        return next((short for tag in tags if tag and (short := two_letters(tag))), "en")

    def _id(self) -> str | None:
        """The resource's own address: of its locations the first, else an identifier, else the page here."""
        technical = self.record.technical
        texts = [self.summary.url] if self.summary.url else []
        texts += technical.location if technical else ()
        texts += [one.entry or "" for one in self.record.general.identifier] if self.record.general else []
        return next((uri for text in (*texts, self.writing.url) if (uri := uri_of(text))), None)

    def name(self) -> str:
        return main_string(self.record.general.title if self.record.general else None, self.language)

    def _description(self) -> str:
        texts = (
            main_string(one, self.language) for one in (self.record.general.description if self.record.general else ())
        )
        return next((text for text in texts if text), "")

    def _tags(self) -> tuple[str, ...]:
        return self.record.general.language if self.record.general else ()

    def _types(self) -> list[str]:
        found = dict.fromkeys(("LearningResource",))
        for part in self.record.educational:
            for term in part.learning_resource_type:
                if (term.value or "").startswith(SCHEMA_ORG):
                    found[(term.value or "").removeprefix(SCHEMA_ORG)] = None
        return [one for one in found if one in amb_types()]

    def _makers(self, key: str) -> list[Node]:
        found: list[Node] = []
        for contribute in self.contributes:
            if _property(contribute) == key:
                for entity in agent.each(contribute.entity):
                    maker = amb_people.maker(entity)
                    if maker is not None:
                        found.append(_lawful(maker))
        if key in ("publisher", "funder"):
            return [{k: v for k, v in one.items() if k != "honorificPrefix"} for one in found]
        return found

    def _keywords(self) -> list[str]:
        general = self.record.general
        groups = [*(general.keyword if general else ()), *(k for c in self.record.classification for k in c.keyword)]
        texts = [text for group in groups for one in group if (text := unmarked(one.value).strip())]
        return list(dict.fromkeys(word for text in texts for word in parted(text)))

    def _rights(self) -> Node:
        """license, isAccessibleForFree and conditionsOfAccess."""
        licence, rights = self.summary.license, self.record.rights
        admitted = licence is not None and licence.uri is not None and _LICENCES.match(licence.uri) is not None
        found: Node = {}
        if licence is not None and admitted:
            found["license"] = {"id": self._address(licence)}
        if (rights and rights.cost) or not admitted:
            found["isAccessibleForFree"] = licence.free_access if licence and admitted else self.summary.free
        access = next(self.terms.access(), None)
        if access is None and licence and licence.raw and not admitted and self.summary.free is not None:
            access = self.terms.access_concept("no_login" if self.summary.free else "login")
        found["conditionsOfAccess"] = access
        return found

    def _address(self, licence: Licence) -> str:
        """The canonical address of Creative Commons; of other licences the one that came, where AMB admits it."""
        uri = licence.uri or ""
        received = licence.raw.strip()
        return received if "creativecommons" not in uri and _LICENCES.match(received) and is_uri(received) else uri

    def _dates(self) -> Node:
        found: Node = {}
        for key, role in (("dateCreated", AUTHOR), ("datePublished", PUBLISHER), ("dateModified", "editor")):
            dates = (_date(one.date) for one in self.contributes if one.date and _role(one) == role)
            if date := next(filter(None, dates), None):
                found[key] = date
        if not found and self.summary.created and _DAY.match(self.summary.created):
            found["dateCreated"] = self.summary.created[:10]
            if self.summary.modified and _DAY.match(self.summary.modified):
                found["dateModified"] = self.summary.modified[:10]
        return found

    def _duration(self) -> str | None:
        duration = self.record.technical.duration if self.record.technical else None
        if duration is None:
            return None
        derived = duration.value or (duration_of(duration.raw, None).value if duration.raw else None)
        return next((text for text in (duration.raw, derived) if text and _DURATION.fullmatch(text)), None)

    def _related(self, kind: str) -> Iterator[Node]:
        for relation in self.record.relation:
            if self._kind(relation.kind) != kind or relation.resource is None:
                continue
            entries = [(one.entry or "").strip() for one in relation.resource.identifier]
            address = next((entry for entry in entries if is_uri(entry)), None)
            name = next(
                (text for one in relation.resource.description if (text := main_string(one, self.language))), None
            )
            if address and kind == "isbasedon":
                yield {"id": address, "name": name or address}
            elif address:
                yield {"id": address, **({"name": name} if name else {})}
            elif name and kind == "isbasedon":
                yield {"name": name}

    def _kind(self, kind: Vocabulary | None) -> str:
        value = kind.value or kind.uri if kind else None
        if kind is None or not value:
            return ""
        found = kind.uri or self.vocabularies.find("kind", kind.source, value) or value
        token = found.strip().rpartition("/")[2].lower()
        return "" if token == THUMBNAIL else token

    def _encodings(self) -> Iterator[Node]:
        for file in self.record.files:
            if file.role not in ("download", "embed", None) or not is_uri(file.url):
                continue
            node: Node = {"type": "MediaObject", "embedUrl" if file.role == "embed" else "contentUrl": file.url}
            if file.mime and _MIME.fullmatch(file.mime):
                node["encodingFormat"] = file.mime
            if file.size is not None and file.size >= 0:
                node["contentSize"] = str(file.size)
            if file.sha256 and re.fullmatch(r"[0-9A-Fa-f]{64}", file.sha256):
                node["sha256"] = file.sha256
            yield node
        if not self.record.files:
            yield from self._located()

    def _located(self) -> Iterator[Node]:
        """Of a record without files: the locations beside the page, with the formats that pair with them."""
        technical = self.record.technical
        formats = technical.format if technical else ()
        for place, location in enumerate(technical.location if technical else ()):
            mime = formats[place] if place < len(formats) else ""
            if is_uri(location) and _MIME.fullmatch(mime) and mime not in ("text/html", "application/xhtml+xml"):
                node: Node = {"type": "MediaObject", "contentUrl": location, "encodingFormat": mime}
                if technical and technical.size and technical.size.bytes is not None and len(technical.location) == 1:
                    node["contentSize"] = str(technical.size.bytes)
                yield node

    def _pages(self) -> Iterator[Node]:
        """Our page first, then those the record came with; provider and dates belong to the first of them."""
        if is_uri(self.writing.url):
            ours: Node = {"id": self.writing.url, "type": "WebContent"}
            if is_uri(self.writing.base_url):
                ours["provider"] = {"id": self.writing.base_url, "type": "Service"}
            yield ours
        meta = self.record.meta_metadata
        pages = [(one.entry or "").strip() for one in meta.identifier] if meta else []
        addresses = [page for page in pages if is_uri(page) and page != self.writing.url]
        told = dict(self._page_parts(meta.contribute)) if meta and addresses else {}
        for address in addresses:
            yield {"id": address, "type": "WebContent", **told}
            told = {}

    def _page_parts(self, contributes: Iterable[Contribute]) -> Iterator[tuple[str, Any]]:
        own = self.writing.base_url
        for contribute in contributes:
            role = _role(contribute)
            for entity in contribute.entity if role == "creator" else ():
                maker = amb_people.maker(entity)
                # Read back from what we gave out we are a provider ourselves: of our page, not of the others.
                if maker and maker["type"] == "Organization" and maker.get("id", own) != own:
                    yield "provider", {"id": maker["id"], "name": maker["name"]}
            if contribute.date and (date := _date(contribute.date)):
                yield ("dateCreated" if role == "creator" else "dateModified"), date


def _once(value: Any) -> Any:
    """A list without what it says twice."""
    return [one for place, one in enumerate(value) if one not in value[:place]] if isinstance(value, list) else value


def _lawful(maker: Node) -> Node:
    """A maker without ids that are no addresses."""
    kept = {key: value for key, value in maker.items() if key != "id" or is_uri(value)}
    return {**kept, "affiliation": _lawful(kept["affiliation"])} if "affiliation" in kept else kept


def _role(contribute: Contribute) -> str:
    role = contribute.role
    return (role.value or "").strip().lower() if role else ""


def _property(contribute: Contribute) -> str:
    """Which of AMB's four properties names these contributors."""
    role = _role(contribute)
    return {AUTHOR: "creator", PUBLISHER: "publisher", "funder": "funder"}.get(role, "contributor")


def _date(date: DateTime) -> str | None:
    """A day, or a moment with its zone (RFC 3339): AMB admits nothing else."""
    value = date.value or read_date(date.raw or "").value
    for text in (date.raw, value) if value else ():
        text = (text or "").strip()  # noqa: PLW2901 - the same text
        if _DAY.fullmatch(text) or _MOMENT.fullmatch(text):
            return text
        if _DAY.match(text) and "T" in text:
            return text[:10]
    return None
