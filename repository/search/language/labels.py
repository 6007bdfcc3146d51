"""Titles and labels of concepts as keys, folded like words: what is asked for by exactly its name. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from repository.search.language.words import plain_words
from schemas.vocabularies.vocabularies import Vocabularies


def title_key(found: Sequence[str]) -> str:
    """The words of a title as one key; a longer title is known by its beginning."""
    return " ".join(found)[:256]


def joined_key(found: Sequence[str]) -> str:
    """As title_key, however the words are joined: e-learning, elearning."""
    return "".join(found)[:256]


@lru_cache(maxsize=8)
def labels_of(vocabularies: Vocabularies) -> Mapping[str, tuple[str, ...]]:
    """The concepts that a folded label names, in any language: what lifts the records about exactly that."""
    found: dict[str, dict[str, None]] = {}
    for concept in vocabularies.concepts.values():
        if concept.scheme.startswith("lom-"):
            continue
        more = (*concept.alt.values(), *concept.hidden.values())
        labels = [*concept.labels.values(), *(label for labels in more for label in labels)]
        for label in labels:
            found.setdefault(title_key(plain_words(label)), {})[concept.id] = None
    return {key: tuple(ids) for key, ids in found.items() if key}
