"""Named crosswalks: a record with the terms of a network, for contexts that serve one (design.md, `[[oai.context]]`).

A crosswalk is a table, data/maps/NAME.tsv: element (learningResourceType, level, subject, audience), mode (`add`: the
network's term comes after what is there; `replace`: instead of it), concept (one of ours as scheme:notation, or `*`)
and target (an IRI, or for `*` the namespace in which a concept's own matches are looked for, then those of its nearest
broader concept). Types and audiences become values, levels and subjects taxa whose id is the full IRI (record.md 9).
Only what the record says is translated; nothing is guessed, and a second application changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

from msgspec.structs import replace

from schemas.errors import UnknownFormat
from schemas.record import (
    Classification,
    Educational,
    LangString,
    Record,
    Taxon,
    TaxonPath,
    Vocabulary,
)
from schemas.summary.summary import Term, summarise
from schemas.vocabularies.terms import foreign_labels, table
from schemas.vocabularies.vocabularies import CLASSIFIED, Vocabularies

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_READING_TABLES: Final = ("columns", "labels", "values", "namespaces", "media")
_PURPOSES: Final = {scheme: purpose for purpose, scheme in CLASSIFIED.items()}
_EVERY: Final = "*"


class _Rule(NamedTuple):
    element: str
    mode: Literal["add", "replace"]
    concept: str
    target: str


def names() -> tuple[str, ...]:
    """The crosswalks there are."""
    folder = files("schemas") / "data" / "maps"
    found = (entry.name.removesuffix(".tsv") for entry in folder.iterdir() if entry.name.endswith(".tsv"))
    return tuple(sorted(name for name in found if not name.startswith(_READING_TABLES)))


def apply(record: Record, name: str, vocabularies: Vocabularies) -> Record:
    """The record with a network's terms; raises UnknownFormat when there is no crosswalk of this name."""
    rules = _rules(name)
    summary = summarise(record, vocabularies)
    record = _with_values(record, "learningResourceType", _targets(rules, summary.resource_types, vocabularies))
    record = _with_values(record, "audience", _targets(rules, summary.audiences, vocabularies))
    for terms, scheme in ((summary.levels, "level"), (summary.subjects, "subject")):
        record = _with_taxa(record, scheme, _targets(rules, terms, vocabularies), vocabularies)
    return record


class _Target(NamedTuple):
    """A network's term: its IRI, its namespace, whether it replaces, and the concept of ours it stands for."""

    iri: str
    source: str
    mode: str
    concept: str


@cache
def _rules(name: str) -> tuple[_Rule, ...]:
    if not _NAME.fullmatch(name) or name not in names():
        raise UnknownFormat(f"There is no crosswalk {name!r}; there are: {', '.join(names())}.")
    return tuple(_Rule(element, "replace" if mode == "replace" else "add", concept, target)
                 for element, mode, concept, target in table(f"{name}.tsv"))  # fmt: skip


def _targets(rules: Sequence[_Rule], terms: Iterable[Term], vocabularies: Vocabularies) -> dict[str, _Target]:
    """The targets of a record's concepts by IRI, in their order; a rule for one concept goes before those for all."""
    found: dict[str, _Target] = {}
    for term in terms:
        for target in _targets_of(rules, term.id, vocabularies) if term.id else ():
            found.setdefault(target.iri, target)
    return found


def _targets_of(rules: Sequence[_Rule], concept: str, vocabularies: Vocabularies) -> Iterator[_Target]:
    for id_ in (concept, *vocabularies.ancestors(concept)):
        known = vocabularies.concepts[id_]
        element = "learningResourceType" if known.scheme == "type" else known.scheme
        mine = [rule for rule in rules if rule.element == element]
        named = [rule for rule in mine if rule.concept == f"{known.scheme}:{known.notation}"]
        targets = [_Target(rule.target, _namespace(rule.target), rule.mode, concept) for rule in named]
        if not named:
            matched = ((rule, vocabularies.match(id_, rule.target)) for rule in mine if rule.concept == _EVERY)
            targets = [_Target(iri, rule.target, rule.mode, concept) for rule, iri in matched if iri]
        if targets:
            yield from targets
            return


def _namespace(iri: str) -> str:
    return iri[: iri.rindex("/") + 1]


def _with_values(record: Record, element: str, targets: dict[str, _Target]) -> Record:
    """Values of a repeatable element: added to the first educational, or in the place of all of them."""
    if not targets or not record.educational:
        return record
    values = tuple(Vocabulary(source=one.source, value=one.iri, uri=one.concept) for one in targets.values())
    if any(one.mode == "replace" for one in targets.values()):
        parts = tuple(_set(part, element, ()) for part in record.educational)
        return replace(record, educational=(_set(parts[0], element, values), *parts[1:]))
    present = {value.value for part in record.educational for value in _get(part, element)}
    new = tuple(value for value in values if value.value not in present)
    first = record.educational[0]
    return replace(
        record, educational=(_set(first, element, _get(first, element) + new), *record.educational[1:])
    )  # fmt: skip


def _get(part: Educational, element: str) -> tuple[Vocabulary, ...]:
    return part.learning_resource_type if element == "learningResourceType" else part.intended_end_user_role


def _set(part: Educational, element: str, values: tuple[Vocabulary, ...]) -> Educational:
    if element == "learningResourceType":
        return replace(part, learning_resource_type=values)
    return replace(part, intended_end_user_role=values)


def _with_taxa(record: Record, scheme: str, targets: dict[str, _Target], vocabularies: Vocabularies) -> Record:
    """One classification more with a path per target, or in the place of those of the same purpose."""
    purpose = _PURPOSES[scheme]
    kept = record.classification
    if any(one.mode == "replace" for one in targets.values()):
        kept = tuple(
            one for one in kept if vocabularies.classified(one.purpose.value if one.purpose else None) != (scheme,)
        )
    present = {taxon.id for one in kept for path in one.taxon_path for taxon in path.taxon}
    new = [one for one in targets.values() if one.iri not in present]
    if not new:
        return record
    added = Classification(
        purpose=Vocabulary(source="LOMv1.0", value=purpose, uri=vocabularies.find("purpose", None, purpose)),
        taxon_path=tuple(_path(one, vocabularies) for one in new),
    )
    return replace(record, classification=(*kept, added))


def _purpose(classification: Classification) -> str | None:
    return classification.purpose.value if classification.purpose else None


def _path(target: _Target, vocabularies: Vocabularies) -> TaxonPath:
    """The network's term under its own label; what it stands for here may be narrower, so ours would be false."""
    own = vocabularies.concept(target.iri)
    labels = own.labels if own is not None else foreign_labels(target.iri)
    entry = tuple(LangString(lang, label) for lang, label in labels.items()) or None
    source = (LangString("x-none", target.source),)
    return TaxonPath(source=source, taxon=(Taxon(id=target.iri, entry=entry),))
