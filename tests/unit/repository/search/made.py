"""Documents and small indexes for tests of the search."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from repository.published import Facts, position_of
from repository.search.index.document import Document, Documents
from repository.search.index.engine import Batch, Index
from repository.search.plan.language import Language
from schemas.record import General, LangString, Record
from schemas.summary.summary import Summary, Term
from schemas.vocabularies.vocabularies import shipped

SUBJECT = "https://w3id.org/oerbron/subject/"


@cache
def language() -> Language:
    return Language(shipped())


@cache
def documents() -> Documents:
    return Documents(shipped(), language().analyser)


def an_id(n: int) -> str:
    return str(uuid.UUID(int=n + (n * 7919 % 256 << 120)))


def a_document(
    n: int, title: str = "Breuken", description: str = "", *, lang: str | None = "nl", subjects: tuple[str, ...] = (),
    at: int | None = None, facts: Facts | None = None, **summary: Any,
) -> Document:  # fmt: skip
    """Record number n, made at position n + 1 of a batch; subjects by their notation."""
    record = Record(
        general=General(
            title=(LangString(lang, title),),
            description=((LangString(lang, description),),) if description else (),
        )
    )
    terms = tuple(Term(SUBJECT + one, one) for one in subjects)
    made = Summary(
        title=title, title_lang=lang, language=(lang,) if lang else (), description=description or None, subjects=terms,
        **summary,
    )  # fmt: skip
    position = position_of(1_000_000_000, n + 1) if at is None else at
    return documents().of(an_id(n), (position, position), record, made, facts or Facts())


def put(index: Index, *found: Document) -> None:
    with index.writing() as writer:
        assert writer is not None
        writer.put(Batch(found, (), max(each.position for each in found)))
