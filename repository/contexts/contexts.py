"""Contexts: virtual repositories under /oai/<name>, each with its filter, formats, sets and mapping.

Pure. A filter is a query string of api.md's filters, read once; values of one filter are joined by OR, filters by
AND; subject and level include narrower concepts. A record that no longer matches is a tombstone in the context
(design.md, 2, invariant 3), which is the publication's business, not this module's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from repository.config.sections import Config, ContextSection
from repository.contexts.sets import FAMILIES
from repository.errors import ConfigError
from repository.published import Facts
from schemas import crosswalk as mapping
from schemas.formats import registry
from schemas.summary.summary import Summary
from schemas.values.filter_value import spelling
from schemas.vocabularies.vocabularies import Vocabularies

FILTERS: Final = frozenset({
    "subject", "level", "type", "license", "open", "language", "age", "audience", "format", "source", "organisation",
    "collection",
})  # fmt: skip
OAI_FORMATS: Final = ("oai_dc", "lom")
DENSE: Final = frozenset({"oai_dc", "lom", "json", "rdf"})  # formats that every record has


class Context(msgspec.Struct, frozen=True):
    """One virtual repository; name "" is the whole one."""

    name: str
    title: str
    formats: tuple[str, ...]
    families: frozenset[str]
    mapping: str = ""
    filter: tuple[tuple[str, str], ...] = ()

    def view(self, prefix: str) -> str:
        """The name of the faces that this context serves for a prefix."""
        return f"{prefix}__{self.mapping}" if self.mapping else prefix

    def list_prefix(self, prefix: str) -> str:
        """The prefix in the key of a list: "" for a format that every record has."""
        return "" if prefix in DENSE else prefix

    def offers(self, spec: str) -> bool:
        """Whether this context gives out a set."""
        return spec.partition(":")[0] in self.families


def contexts_of(config: Config) -> dict[str, Context]:
    """The contexts of a configuration by name, "" first; raises ConfigError with everything that there is not."""
    if wrong := mistakes(config):
        raise ConfigError("The configuration has mistakes: " + "; ".join(wrong) + ".")
    formats = _formats(config.oai.formats or OAI_FORMATS)
    whole = Context("", config.site.name, formats, frozenset(config.oai.sets or FAMILIES))
    return {"": whole} | {section.name: _context(section, whole) for section in config.oai.context}


def mistakes(config: Config) -> list[str]:
    """Every format, family of sets, filter and mapping that a configuration names and that does not exist."""
    return [
        *_no_formats("[oai]", config.oai.formats),
        *_no_families("[oai]", config.oai.sets),
        *(wrong for section in config.oai.context for wrong in _mistakes(section)),
    ]


def _mistakes(section: ContextSection) -> Iterator[str]:
    where = f"[[oai.context]] {section.name}"
    for name, value in parse_qsl(section.filter, keep_blank_values=True):
        if name not in FILTERS or not value:
            yield f"{where}: {name}={value} is no filter of the search"
    crosswalk = section.mapping.replace("-", "_")
    if crosswalk and crosswalk not in mapping.names():
        yield f"{where}: there is no mapping {section.mapping}; there are {', '.join(mapping.names())}"
    yield from _no_formats(where, section.formats)
    yield from _no_families(where, section.sets)


def _no_formats(where: str, prefixes: Sequence[str]) -> Iterator[str]:
    for prefix in prefixes:
        known = registry.FORMATS.get(prefix)
        if known is None or known.write is None or known.namespace is None:
            yield f"{where}: {prefix} is no format that OAI-PMH can give out"


def _no_families(where: str, names: Sequence[str]) -> Iterator[str]:
    if unknown := sorted(set(names) - set(FAMILIES)):
        yield f"{where}: {', '.join(unknown)} is no family of sets; there are {', '.join(FAMILIES)}"


def _context(section: ContextSection, whole: Context) -> Context:
    return Context(
        section.name,
        section.title or section.name,
        _formats(section.formats) if section.formats else whole.formats,
        frozenset(section.sets) if section.sets else whole.families,
        section.mapping.replace("-", "_"),
        tuple(parse_qsl(section.filter, keep_blank_values=True)),
    )


def _formats(prefixes: Sequence[str]) -> tuple[str, ...]:
    """The formats to offer; oai_dc is always among them (OAI-PMH 2.0, 3.4)."""
    return tuple(dict.fromkeys((*prefixes, *(() if "oai_dc" in prefixes else ("oai_dc",)))))


def matches(context: Context, summary: Summary, facts: Facts, vocabularies: Vocabularies) -> bool:
    """Whether a live record belongs to a context."""
    wanted: dict[str, list[str]] = {}
    for name, value in context.filter:
        wanted.setdefault(name, []).append(value)
    return all(_any(name, values, summary, facts, vocabularies) for name, values in wanted.items())


def _any(name: str, values: Sequence[str], summary: Summary, facts: Facts, vocabularies: Vocabularies) -> bool:
    if name == "age":
        return any(_overlaps(value, summary.age_range) for value in values)
    spelt = [spelling(name, value, vocabularies) or value for value in values]
    return not _values(name, summary, facts, vocabularies).isdisjoint(spelt)


def _values(name: str, summary: Summary, facts: Facts, vocabularies: Vocabularies) -> set[str]:
    match name:
        case "subject" | "level":
            terms = summary.subjects if name == "subject" else summary.levels
            ids = {term.id for term in terms if term.id}
            return ids.union(*(vocabularies.ancestors(id_) for id_ in ids))
        case "type":
            return {term.id for term in summary.resource_types if term.id}
        case "audience":
            return {term.id for term in summary.audiences if term.id}
        case "license":
            return {summary.license.uri} if summary.license and summary.license.uri else set()
        case "open":
            return {"true" if summary.license is not None and summary.license.open else "false"}
        case "language":
            return set(summary.language) | {tag.partition("-")[0] for tag in summary.language}
        case "format":
            return set(summary.formats)
        case "source":
            return {facts.source} if facts.source else set()
        case "organisation":
            return {facts.organisation} if facts.organisation else set()
        case _:
            return set(facts.collections)


def _overlaps(wanted: str, range_: tuple[int | None, int | None] | None) -> bool:
    if range_ is None:
        return False
    low, _, high = wanted.partition("-")
    if not low.isdigit() or (high and not high.isdigit()):
        return False
    least, most = int(low), int(high or low)
    return (range_[0] or 0) <= most and least <= (range_[1] if range_[1] is not None else 200)


def views(contexts: Mapping[str, Context]) -> dict[str, tuple[str, str]]:
    """Every face table that these contexts need: view name -> (prefix, mapping); "json" and "rdf" always are."""
    found = {"json": ("json", ""), "rdf": ("rdf", "")}
    for context in contexts.values():
        for prefix in context.formats:
            found[context.view(prefix)] = (prefix, context.mapping)
    return found
