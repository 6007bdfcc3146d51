"""CQL clauses to plans: which indexes there are, and what a term means in each.

Words are planned as those of any query, all of them together, so that SRU finds what the pages find.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Final

from repository.search.language import query
from repository.search.language.cql import Clause, Cql, Diagnostic, Joined
from repository.search.language.query import Both, Either, Field, Nonsense, Query, Quoted, Word
from repository.search.language.words import normal, plain_words
from repository.search.plan import parameters, plan
from repository.search.plan.language import Language
from repository.search.plan.lexicon import Lexicon
from repository.search.plan.plan import Between, But, Everything, Is, Node, Nothing, Some, every
from schemas.values import identifier_key
from schemas.values.filter_value import spelling

WORDS: Final[Mapping[str, Field | None]] = {
    "cql.serverchoice": None,
    "cql.anywhere": None,
    "cql.anyindexes": None,
    "dc.title": "title",
    "dc.creator": "author",
    "dc.contributor": "author",
    "dc.publisher": "author",
    "dc.description": None,
    "dc.subject": "subject",
    "oerbron.keyword": "keyword",
}
"""Indexes of words, with the field that a word is looked for in."""

VALUES: Final[Mapping[str, str]] = {
    "dc.language": "language",
    "dc.type": "type",
    "dc.format": "format",
    "dc.rights": "license",
    "oerbron.subject": "subject",
    "oerbron.level": "level",
    "oerbron.audience": "audience",
    "oerbron.source": "source",
    "oerbron.organisation": "organisation",
    "oerbron.collection": "collection",
    "oerbron.open": "open",
}
"""Indexes of values, with the filter of the same values."""

IDENTIFIERS: Final = ("rec.identifier", "dc.identifier")
DATE: Final = "rec.lastmodificationdate"


class Planning:
    """Plans one CQL query."""

    def __init__(self, language: Language, lexicon: Lexicon, uuid_of: Callable[[str], str | None]) -> None:
        self.language = language
        self.lexicon = lexicon
        self.uuid_of = uuid_of

    def node(self, tree: Cql) -> Node:
        """Raises Diagnostic for an index or a relation that is not served."""
        words = _words_of(tree)
        if words is not None and isinstance(tree, Clause) and WORDS[_index(tree)] is None and tree.relation != "any":
            return self.language.plan_named(tree.term, words, self.lexicon).node
        if words is not None:
            return self.language.plan_tree(words, self.lexicon).node
        match tree:
            case Joined(how="and"):
                return every(self.node(tree.left), self.node(tree.right))
            case Joined(how="or"):
                return Some((self.node(tree.left), self.node(tree.right)))
            case Joined():
                return But(self.node(tree.left), without=(self.node(tree.right),))
            case Clause():
                return self._clause(tree)

    def _clause(self, clause: Clause) -> Node:
        index = _index(clause)
        if index == "cql.allrecords":
            return Everything()
        if index == DATE:
            return _date(clause)
        if clause.relation in (">=", "<="):
            raise Diagnostic(19, "Unsupported relation", clause.relation)
        if index in VALUES:
            return self._values(VALUES[index], clause)
        if index in IDENTIFIERS:
            return self._identifier(clause)
        raise Diagnostic(16, "Unsupported index", clause.index)

    def _identifier(self, clause: Clause) -> Node:
        """A record by its identifier here, or by any that it carries, in every spelling."""
        terms = clause.term.split() if clause.relation == "any" else [clause.term]
        nodes: list[Node] = []
        for term in terms:
            if keys := identifier_key.candidates(term):
                nodes.append(plan.Fixed(Is("identifier", keys), 0.0))
            found = self.uuid_of(term) or term.rstrip("/").rpartition("/")[2]
            try:
                nodes.append(Is("id", (str(uuid.UUID(found)),)))
            except ValueError:
                continue
        return Some(tuple(nodes)) if nodes else Nothing()

    def _values(self, name: str, clause: Clause) -> Node:
        terms = clause.term.split() if clause.relation == "any" else [clause.term]
        values = tuple(spelling(name, term, self.language.vocabularies) or term for term in terms)
        return plan.Fixed(Is(name, values), 0.0) if values else Nothing()


def _index(clause: Clause) -> str:
    return clause.index if "." in clause.index else f"dc.{clause.index}"


def _words_of(tree: Cql) -> Query | None:
    """The whole tree as one query of words, as the pages would have it; None when there is more in it than words."""
    if isinstance(tree, Clause):
        return _query(WORDS[_index(tree)], tree) if _index(tree) in WORDS else None
    left, right = _words_of(tree.left), _words_of(tree.right)
    if left is None or right is None:
        return None
    match tree.how:
        case "and":
            return Both((*_parts(left), *_parts(right)))
        case "or":
            return Either((left, right))
        case _:
            return Both(_parts(left), (right,))


def _parts(query: Query) -> tuple[Query, ...]:
    return query.parts if isinstance(query, Both) and not query.without else (query,)


def _query(field: Field | None, clause: Clause) -> Query:
    """The words of a term as a query tree."""
    text = normal(clause.term)
    if clause.relation in (">=", "<="):
        raise Diagnostic(19, "Unsupported relation", clause.relation)
    if "?" in text or "^" in text or "*" in text.rstrip("*"):
        raise Diagnostic(28, "Masking character not supported", clause.term[:100])
    if clause.relation in ("adj", "==", "exact"):
        words = plain_words(text)[: query.MOST_WORDS]
        return Quoted(tuple(words), field) if words else Nonsense()
    parts = query.units(text, field)
    if text.endswith("*") and field is None and parts and isinstance(parts[-1], Word):
        parts[-1] = Word(parts[-1].text, beginning=True)
    if len(parts) < 2:
        return parts[0] if parts else Nonsense()
    return Either(tuple(parts)) if clause.relation == "any" else Both(tuple(parts))


def _date(clause: Clause) -> Node:
    if clause.relation not in (">=", "<=", "="):
        raise Diagnostic(19, "Unsupported relation", clause.relation)
    names = {">=": ("from",), "<=": ("until",), "=": ("from", "until")}[clause.relation]
    search, problems = parameters.read([(name, clause.term) for name in names])
    if problems:
        raise Diagnostic(36, "Term in invalid format for index or relation", clause.term[:100])
    return Between("position", search.since, search.until)
