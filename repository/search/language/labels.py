"""Titles and labels of concepts as keys, folded like words, to find what is asked for by its exact name. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from repository.search.language.words import plain_words
from schemas.vocabularies.vocabularies import Vocabularies


def title_key(found: Sequence[str]) -> str:
    """The words of a title as one key; of a long title only the beginning."""
    return " ".join(found)[:256]


def joined_key(found: Sequence[str]) -> str:
    """Like title_key, but the same however the words are joined: e-learning, elearning."""
    return "".join(found)[:256]


@lru_cache(maxsize=8)
def labels_of(vocabularies: Vocabularies) -> Mapping[str, tuple[str, ...]]:
    """The concepts that each folded label names, in any language; records about exactly these are lifted."""
    found: dict[str, dict[str, None]] = {}
    for concept in vocabularies.concepts.values():
        if concept.scheme.startswith("lom-"):
            continue
        more = (*concept.alt.values(), *concept.hidden.values())
        labels = [*concept.labels.values(), *(label for labels in more for label in labels)]
        for label in labels:
            found.setdefault(title_key(plain_words(label)), {})[concept.id] = None
    return {key: tuple(ids) for key, ids in found.items() if key}
