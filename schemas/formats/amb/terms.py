"""The concepts of a record as AMB writes them: addresses with labels, of the vocabularies its schema asks for.

AMB admits types of HCRT, levels and subjects of KIM, audiences and interactivity of LRMI. An address that came with
the record goes out as it is; where AMB asks for another vocabulary, the concepts' matches are added (data/vocab,
record.md 7). Taxa that have no address have no place. It must not invent a concept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import quote

import msgspec

from schemas.formats.amb.linked import Node
from schemas.formats.amb.read import COMPETENCY, OBJECTIVE, PREREQUISITE, SCHEMA_ORG
from schemas.formats.assembly import ACCESS_RIGHTS, DISCIPLINE, EDUCATIONAL_LEVEL
from schemas.formats.format import Writing
from schemas.language import normalise
from schemas.record import Classification, LangStrings, Record, Vocabulary
from schemas.summary.markup import unmarked
from schemas.vocabularies.terms import foreign_labels

_HCRT: Final = "https://w3id.org/kim/hcrt/"
_NEW_LRT: Final = "http://w3id.org/openeduhub/vocabs/new_lrt/"
_LEVEL: Final = "https://w3id.org/kim/educationalLevel/"
_SUBJECTS: Final = ("http://w3id.org/kim/schulfaecher/", "https://w3id.org/kim/hochschulfaechersystematik/")
AUDIENCE: Final = "http://purl.org/dcx/lrmi-vocabs/educationalAudienceRole/"
_INTERACTIVITY: Final = "http://purl.org/dcx/lrmi-vocabs/interactivityType/"
ACCESS: Final = "http://w3id.org/kim/conditionsOfAccess/"
_ACCESS_TOKENS: Final = {
    "no_login": "no_login",
    "login": "login",
    "openaccess": "no_login",
    "open access": "no_login",
    "openaccess_2": "no_login",
    "restrictedaccess": "login",
    "restricted access": "login",
    "closedaccess": "login",
}
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+")  # ASCII only (RFC 3986)


@cache
def _languages() -> frozenset[str]:
    schema = msgspec.json.decode((files("schemas") / "data" / "amb.schema.json").read_bytes())
    return frozenset(schema["$defs"]["language"]["enum"])


def two_letters(tag: str) -> str | None:
    """The language of a tag in two letters, where AMB admits it."""
    value = normalise(tag).value
    primary = value.partition("-")[0] if value else ""
    return primary if primary in _languages() else None


def is_uri(text: str | None) -> bool:
    return bool(text) and _URI.fullmatch(text or "") is not None


def uri_of(text: str) -> str | None:
    """The URI of an address: what is not ASCII in one of the web is written as its bytes (RFC 3987, 3.1)."""
    uri = quote(text, safe="!#$%&'()*+,/:;=?@[]~") if text.startswith(("http://", "https://")) else text
    return uri if is_uri(uri) and (uri == text or text.isprintable()) else None


def main_string(strings: LangStrings | None, language: str) -> str:
    """The string in a two-letter language, else the first with words."""
    said = [(string.lang, string.value.strip()) for string in strings or () if string.value.strip()]
    found = next((text for lang, text in said if lang and two_letters(lang) == language), None)
    return unmarked(found or (said[0][1] if said else "")).strip()


class Terms:
    """The terms of one record; `language` is the default language of what is written."""

    def __init__(self, record: Record, writing: Writing, language: str) -> None:
        self.record = record
        self.summary = writing.summary
        self.vocabularies = writing.vocabularies
        self.language = language
        self._paths = self._by_purpose()
        parts = record.educational
        terms = (term for part in parts for term in (*part.learning_resource_type, *part.intended_end_user_role))
        self._said: dict[str, LangStrings] = {term.value: term.label for term in terms if term.value and term.label}

    def properties(self) -> Node:
        return {
            "learningResourceType": [self._node(one, self._said.get(one)) for one in self._resource_types()],
            "audience": [self._node(one, self._said.get(one)) for one in self._audiences()],
            "interactivityType": next((self._node(one) for one in self._interactivity()), None),
            "educationalLevel": [self._node(*one) for one in self._levels()],
            "about": [self._node(*one) for one in self._about()],
            "teaches": [self._node(*one) for one in self._taxa(OBJECTIVE)],
            "assesses": [self._node(*one) for one in self._taxa(COMPETENCY)],
            "competencyRequired": [self._node(*one) for one in self._taxa(PREREQUISITE)],
        }

    def addresses(self) -> dict[str, list[str]]:
        """The addresses of those properties that name concepts, without their labels."""
        return {
            "learningResourceType": self._resource_types(),
            "audience": self._audiences(),
            "interactivityType": self._interactivity()[:1],
            "educationalLevel": [address for address, _ in self._levels()],
            "about": [address for address, _ in self._about()],
        }

    def access(self) -> Iterator[Node]:
        for path_id, entry in self.paths(ACCESS_RIGHTS):
            told = path_id or main_string(entry, self.language)
            token = _ACCESS_TOKENS.get(told.rstrip("/").rpartition("/")[2].lower())
            if token:
                own = entry if (path_id or "").endswith(f"/conditionsOfAccess/{token}") else None
                yield self.access_concept(token, own)

    def access_concept(self, token: str, entry: LangStrings | None = None) -> Node:
        """KIM's condition of access, under the labels that came with it or its own."""
        return {**self._node(f"{ACCESS}{token}", entry), "type": "Concept"}

    def _node(self, address: str, labels: LangStrings | None = None) -> Node:
        """An address with its own labels, in two-letter languages: those that came with it, else its vocabulary's."""
        if labels:
            return {"id": address, **self._label(labels)}
        concept = self.vocabularies.concept(address)
        own = concept.labels if concept is not None else foreign_labels(address)
        known = {tag: text for tag, text in own.items() if tag in _languages()}
        return {"id": address, **({"prefLabel": known} if known else {})}

    def _addresses(self, space: str, terms: Iterable[Vocabulary], namespaces: tuple[str, ...]) -> list[str]:
        """The addresses of values; where none is of a namespace AMB asks for, also those the concepts map to."""
        terms = [term for term in terms if not (term.value or "").startswith(SCHEMA_ORG)]
        found = dict.fromkeys(term.value or "" for term in terms if is_uri(term.value))
        if not any(one.startswith(namespaces) for one in found):
            for term in terms:
                for concept in self._concepts(space, term):
                    found.update(dict.fromkeys(self.vocabularies.matches(concept, namespaces)[:1]))
        return list(found)

    def _concepts(self, space: str, term: Vocabulary) -> Sequence[str]:
        """The concepts of a value, in the record's language first; else what its label means."""
        language = next(iter(self.summary.language), None)
        found = self.vocabularies.find_all(space, term.source, term.value or "", language)
        if found or term.uri:
            return found or (term.uri or "",)
        labels = (self.vocabularies.find_all(space, None, one.value, one.lang) for one in term.label or ())
        return next(filter(None, labels), ())

    def _resource_types(self) -> list[str]:
        terms = [term for part in self.record.educational for term in part.learning_resource_type]
        found = self._addresses("learningResourceType", terms, (_HCRT, _NEW_LRT))
        return found if any(one.startswith((_HCRT, _NEW_LRT)) for one in found) else []

    def _audiences(self) -> list[str]:
        terms = [term for part in self.record.educational for term in part.intended_end_user_role]
        return self._addresses("intendedEndUserRole", terms, (AUDIENCE,))

    def _interactivity(self) -> list[str]:
        terms = [part.interactivity_type for part in self.record.educational if part.interactivity_type]
        found = self._addresses("interactivityType", terms, (_INTERACTIVITY,))
        return [one for one in found if one.removeprefix(_INTERACTIVITY) in ("active", "expositive", "mixed")]

    def paths(self, purpose: str) -> Sequence[tuple[str | None, LangStrings | None]]:
        """(id, entry) of the last taxon of each path with this purpose."""
        return self._paths.get(purpose, ())

    def _by_purpose(self) -> dict[str, list[tuple[str | None, LangStrings | None]]]:
        found: dict[str, list[tuple[str | None, LangStrings | None]]] = {}
        for part in self.record.classification:
            last = [(path.taxon[-1].id, path.taxon[-1].entry) for path in part.taxon_path if path.taxon]
            if last:
                found.setdefault(self._purpose(part), []).extend(last)
        return found

    def _purpose(self, part: Classification) -> str:
        purpose = part.purpose
        value = purpose.value or purpose.uri if purpose else None
        if purpose is None or not value:
            return ""
        found = self.vocabularies.find("purpose", purpose.source, value)
        return (self.vocabularies.lom_token("purpose", found) if found else None) or value.strip().lower()

    def _taxa(self, purpose: str) -> Iterator[tuple[str, LangStrings | None]]:
        for address, entry in self.paths(purpose):
            if address is not None and is_uri(address.strip()):
                yield address.strip(), entry

    def _label(self, entry: LangStrings | None) -> Node:
        labels: dict[str, str] = {}
        for string in entry or ():
            tag = two_letters(string.lang) if string.lang else self.language
            if tag and string.value.strip():
                labels.setdefault(tag, string.value.strip())
        return {"prefLabel": labels} if labels else {}

    def _levels(self) -> list[tuple[str, LangStrings | None]]:
        """Only KIM's levels are admitted: those the taxa name, else those our levels map to."""
        found = [(address, entry) for address, entry in self._taxa(EDUCATIONAL_LEVEL) if address.startswith(_LEVEL)]
        return found or self._matched((term.id for term in self.summary.levels), (_LEVEL,))

    def _about(self) -> list[tuple[str, LangStrings | None]]:
        found = list(self._taxa(DISCIPLINE))
        if not any(address.startswith(_SUBJECTS) for address, _ in found):
            found += self._matched((term.id for term in self.summary.subjects), _SUBJECTS)
        return found if any(address.startswith(_SUBJECTS) for address, _ in found) else []

    def _matched(self, ids: Iterable[str | None], namespaces: tuple[str, ...]) -> list[tuple[str, LangStrings | None]]:
        """What concepts or the nearest above them map to: ours may be narrower, so its label is not theirs."""
        found = dict.fromkeys(one for id_ in ids if id_ for one in self.vocabularies.matches(id_, namespaces))
        return [(address, None) for address in found]
