"""A page of an event stream as data, and what one page alone can break of LDES and TREE.

Pure. The musts are those of the LDES specification, its server primer (validating the pages) and TREE's relations; a
page is read from quads, whatever syntax it came in. What several pages break together is found by
harvest.walks.ldes.check.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

LDES: Final = "https://w3id.org/ldes#"
TREE: Final = "https://w3id.org/tree#"
TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD_DATE_TIME: Final = "http://www.w3.org/2001/XMLSchema#dateTime"
COMPARING: Final = frozenset(
    f"{TREE}{kind}Relation"
    for kind in ("GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo", "EqualTo")
)
ONCE: Final = (
    "timestampPath", "sequencePath", "versionOfPath", "versionTimestampPath", "versionSequencePath",
    "versionCreatePath", "versionUpdatePath", "versionDeletePath", "versionCreateObject", "versionUpdateObject",
    "versionDeleteObject", "transactionPath", "transactionFinalizedPath", "transactionFinalizedObject",
)  # fmt: skip


class Violation(NamedTuple):
    """A must that is broken: a code in snake_case, and one sentence that names the page."""

    code: str
    message: str


class Relation(NamedTuple):
    """Where a page leads to: `kind` without the namespace, the bound where it is a time."""

    node: str
    kind: str
    path: str | None
    bound: datetime | None

    def holds(self, when: datetime) -> bool:
        """Whether a member of this time may stand behind the relation."""
        if self.bound is None:
            return True
        match self.kind:
            case "GreaterThan":
                return when > self.bound
            case "GreaterThanOrEqualTo":
                return when >= self.bound
            case "LessThan":
                return when < self.bound
            case "LessThanOrEqualTo":
                return when <= self.bound
            case "EqualTo":
                return when == self.bound
            case _:
                return True


class Stream(NamedTuple):
    """What the root says of the stream."""

    iri: str
    root: str
    timestamp_path: str | None
    version_of_path: str | None


class Member(NamedTuple):
    """A member of a page; `digest` covers all its quads, "" where nobody asked for it."""

    iri: str
    when: datetime | None
    digest: str


class Page(NamedTuple):
    """One page, read."""

    url: str
    relations: tuple[Relation, ...]
    members: tuple[Member, ...]
    immutable: bool
    violations: tuple[Violation, ...]


def stream_of(graph: Any, url: str) -> tuple[Stream | None, list[Violation]]:
    """The stream whose root a page is (or names), and what the root breaks."""
    views = sorted({str(s) for s in graph.subjects(_iri(f"{TREE}view"), _iri(url))})
    if len(views) > 1:
        return None, [Violation("view_ambiguous", f"{url} is the view of {len(views)} streams; it may be that of one.")]
    if views:
        return _described(graph, views[0], url)
    named = sorted({str(o) for o in graph.objects(_iri(url), _iri(f"{TREE}view"))})
    if len(named) == 1:
        return Stream(url, named[0], None, None), []
    code = "view_ambiguous" if named else "view_missing"
    return None, [Violation(code, f"{url} names {len(named)} views with tree:view; one is needed.")]


def _described(graph: Any, stream: str, url: str) -> tuple[Stream, list[Violation]]:
    found = [
        Violation("context_repeated", f"{url} gives ldes:{name} more than once.")
        for name in ONCE
        if len(set(graph.objects(_iri(stream), _iri(LDES + name)))) > 1
    ]
    found += _retention(graph, url)
    paths = [
        next(iter(graph.objects(_iri(stream), _iri(LDES + name))), None) for name in ("timestampPath", "versionOfPath")
    ]
    when, version = (None if path is None else str(path) for path in paths)
    return Stream(stream, url, when, version), found


def _retention(graph: Any, url: str) -> Iterator[Violation]:
    policies = set(graph.objects(_iri(url), _iri(f"{LDES}retentionPolicy")))
    if len(policies) > 1:
        yield Violation("retention_repeated", f"{url} has {len(policies)} retention policies; it may have one.")
    for policy in policies:
        if not _is_iri(policy):
            yield Violation("retention_not_iri", f"{url} has a retention policy that is no IRI.")
        elif not any(True for _ in graph.predicate_objects(policy)):
            yield Violation("retention_empty", f"{url} has a retention policy that says nothing: nothing is kept then.")


def page_of(graph: Any, url: str, stream: Stream, *, immutable_header: bool, digests: bool = False) -> Page:
    """Read one page; `immutable_header`: its Cache-Control says that it never changes."""
    found: list[Violation] = []
    relations = tuple(_relations(graph, url, found))
    members = tuple(_members(graph, url, stream, found, digests=digests))
    told = {str(one).lower() for one in graph.objects(_iri(url), _iri(f"{LDES}immutable"))} & {"true", "1"}
    if told and not immutable_header:
        found.append(Violation("immutable_disagree", f"{url} is ldes:immutable, but its Cache-Control is not."))
    if immutable_header and any(True for _ in graph.objects(_iri(url), _iri(f"{LDES}immutable"))) and not told:
        found.append(Violation("immutable_disagree", f"{url} is immutable by Cache-Control, not by ldes:immutable."))
    return Page(url, relations, members, bool(told) or immutable_header, tuple(found))


def _relations(graph: Any, url: str, found: list[Violation]) -> Iterator[Relation]:
    for relation in sorted(set(graph.objects(_iri(url), _iri(f"{TREE}relation")))):
        nodes = set(graph.objects(relation, _iri(f"{TREE}node")))
        kinds = {str(kind) for kind in graph.objects(relation, _iri(TYPE))} & COMPARING
        if len(nodes) != 1:
            found.append(Violation("relation_node", f"{url} has a relation with {len(nodes)} tree:node; it needs one."))
            continue
        node = nodes.pop()
        if not _is_iri(node):
            found.append(Violation("node_not_iri", f"{url} has a relation whose tree:node is no IRI."))
            continue
        paths = set(graph.objects(relation, _iri(f"{TREE}path")))
        values = set(graph.objects(relation, _iri(f"{TREE}value")))
        if kinds and len(paths) != 1:
            found.append(Violation("relation_path", f"{url} has a relation with {len(paths)} tree:path; it needs one."))
        if kinds and len(values) != 1:
            found.append(Violation("relation_value", f"{url} has a relation with {len(values)} tree:value, not one."))
        value = next(iter(values), None)
        bound = _time(value)
        if kinds and value is not None and str(getattr(value, "datatype", "")) == XSD_DATE_TIME and bound is None:
            found.append(Violation("value_not_a_time", f"{url} has a tree:value that is no time with a zone."))
        kind = next(iter(kinds), "").removeprefix(TREE).removesuffix("Relation")
        yield Relation(str(node), kind, next(map(str, paths), None), bound)


def _members(graph: Any, url: str, stream: Stream, found: list[Violation], *, digests: bool) -> Iterator[Member]:
    for member in sorted(set(graph.objects(_iri(stream.iri), _iri(f"{TREE}member")))):
        if not _is_iri(member):
            found.append(Violation("member_not_iri", f"{url} has a member that is no IRI."))
            continue
        when = None
        if stream.timestamp_path is not None:
            told = set(graph.objects(member, _iri(stream.timestamp_path)))
            when = _time(next(iter(told), None))
            if not told:
                found.append(Violation("member_without_timestamp", f"{url}: the member {member} has no timestamp."))
            elif when is None or len(told) > 1:
                found.append(Violation("timestamp_not_a_time", f"{url}: {member} has no one timestamp with a zone."))
        if stream.version_of_path is not None and not any(
            True for _ in graph.objects(member, _iri(stream.version_of_path))
        ):
            found.append(
                Violation("member_without_version_of", f"{url}: {member} does not say of what it is a version.")
            )
        yield Member(str(member), when, _digest(graph, member) if digests else "")


def _digest(graph: Any, member: Any) -> str:
    """A digest of what the default graph says of a member, and of the graph of its name (blank nodes by place)."""
    lines = sorted(f"{p.n3()} {'_:' if _is_blank(o) else o.n3()}" for p, o in graph.predicate_objects(member))
    named = sorted(
        " ".join("_:" if _is_blank(term) else term.n3() for term in triple) for triple in graph.graph(member)
    )
    return hashlib.sha256("\n".join((*lines, "--", *named)).encode()).hexdigest()


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value)) if value is not None else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):  # the first and the last hours of the calendar lie outside in some zones
        return None


def _iri(text: str) -> Any:
    from rdflib import URIRef  # noqa: PLC0415 - a command that reads RDF loads rdflib, others do not

    return URIRef(text)


def _is_iri(term: Any) -> bool:
    from rdflib import URIRef  # noqa: PLC0415

    return isinstance(term, URIRef)


def _is_blank(term: Any) -> bool:
    from rdflib import BNode  # noqa: PLC0415

    return isinstance(term, BNode)
