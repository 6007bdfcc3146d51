"""Sets that follow from the metadata: subject, level, type, license, language, and open or closed (api.md, Sets).

A setSpec is the family and the concept's spec: notations from the top joined by ":", of `A-Za-z0-9_-` only; one that
begins with its parent's notation is shortened by it: `subject:mathematics:algebra`, `level:school:secondary:1`,
`type:video`, `license:cc:by-sa:4-0`, `language:nl:BE`. A port of a licence is in the set of its version; a licence
without a version, or with one that is not listed, is in the set of its family. Every record is in either `open` or
`closed`: what is not known to be open is closed (without a licence all rights are reserved). It must not know the
repository's own families (source, organisation, collection, validated).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from schemas.licence import Licence
from schemas.summary.summary import Summary, Term
from schemas.vocabularies.vocabularies import Vocabularies

_LAWFUL = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_NOTATIONS = {"zero": "cc0", "mark": "pdm", "publicdomain": "public-domain"}
_SOFTWARE = frozenset({"gpl", "lgpl", "agpl", "fdl", "mit", "apache", "bsd", "mpl"})


def sets_of(summary: Summary, vocabularies: Vocabularies) -> tuple[str, ...]:
    """The setSpecs that follow from the metadata, ancestors included, sorted."""
    specs: set[str] = {"open" if summary.license is not None and summary.license.open else "closed"}
    specs.update(_concepts("subject", summary.subjects, vocabularies))
    specs.update(_concepts("level", summary.levels, vocabularies))
    specs.update(_concepts("type", summary.resource_types, vocabularies))
    if summary.license is not None and (concept := licence_concept(summary.license, vocabularies)):
        specs.update(_with_ancestors("license", vocabularies.spec(concept)))
    for tag in summary.language:
        if _LAWFUL.fullmatch(tag):
            specs.update(_with_ancestors("language", tag.replace("-", ":")))
    return tuple(sorted(specs))


def licence_concept(licence: Licence, vocabularies: Vocabularies) -> str | None:
    """The concept of the licence itself, else of its version, else of its family; None for an unknown licence."""
    if licence.uri and (found := vocabularies.find("license", None, licence.uri)):
        return found
    family = licence.family.casefold()
    prefix = "software-" if family in _SOFTWARE else "cc-" if family.startswith("by") else ""
    notation = _NOTATIONS.get(family) or prefix + family
    for candidate in (f"{notation}-{(licence.version or '').replace('.', '-')}", notation):
        if found := vocabularies.find_notation("license", candidate):
            return found
    return None


def _concepts(family: str, terms: Iterable[Term], vocabularies: Vocabularies) -> Iterator[str]:
    for term in terms:
        if term.id is not None:
            yield from _with_ancestors(family, vocabularies.spec(term.id))


def _with_ancestors(family: str, spec: str) -> Iterator[str]:
    name = family
    for part in spec.split(":"):
        name = f"{name}:{part}"
        yield name
