"""Classifications of the published face: taxa as they came, and what they mean here in a taxonPath of our own.

A taxon of another's scheme keeps its source, its id and its entry: an address of ours below a foreign source would be
false, and the foreign id would be lost (record.md 9, networks.md 2.1). The concept that is understood is a path beside
it, its source our scheme, its id the concept's IRI, its entries our labels. Classifications repeat from record to
record, so they are remembered. This module must not look at other categories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from schemas.formats.lom import face_values as face
from schemas.record import Classification, LangString, LangStrings, Taxon, TaxonPath
from schemas.vocabularies.vocabularies import Vocabularies

_IRIS = ("http://", "https://", "urn:")


def classified(classifications: Iterable[Classification], main: str, vocabularies: Vocabularies) -> str:
    """The `classification` elements; "" when nothing would stand in them."""
    found = [(one, _understood(one, vocabularies)) for one in classifications]
    above = {broader for _, ids in found for id_ in ids for broader in vocabularies.ancestors(id_)}
    told = {taxon.id for one, _ in found for path in one.taxon_path for taxon in path.taxon}
    written = []
    for one, ids in found:
        own = tuple(id_ for id_ in ids if id_ not in above and id_ not in told)
        told.update(own)
        written.append(_element(one, own, main, vocabularies))
    return "".join(written)


@lru_cache(maxsize=4096)
def _understood(classification: Classification, vocabularies: Vocabularies) -> tuple[str, ...]:
    """The concepts that the taxa mean, of the schemes that the purpose admits."""
    purpose = _meant(classification)
    schemes = vocabularies.classified(purpose)
    found: dict[str, None] = {}
    for path in classification.taxon_path if schemes else ():
        source = path.source[0].value if path.source else None
        for taxon in path.taxon:
            for entry in _entries(taxon):
                known = vocabularies.find_taxon(purpose, source, taxon.id, entry)
                if known is not None and vocabularies.concepts[known].scheme in schemes:
                    found[known] = None
                    break
    return tuple(found)


def _entries(taxon: Taxon) -> Iterator[str | None]:
    """What may name the concept: the entries; of a bare id without any, the id itself."""
    said = [string.value for string in taxon.entry or () if string.value.strip()]
    yield from said or (taxon.id,)


def _meant(classification: Classification) -> str | None:
    purpose = classification.purpose
    return purpose.value or purpose.uri if purpose is not None else None


@lru_cache(maxsize=4096)
def _element(classification: Classification, own: tuple[str, ...], main: str, vocabularies: Vocabularies) -> str:
    inner = "".join([_path(path, main) for path in classification.taxon_path])
    inner += "".join([_path(_own(id_, vocabularies), main) for id_ in own])
    inner += face.langstring("description", classification.description, main)
    inner += face.keywords(classification.keyword, main)
    if not inner:
        return ""
    purpose = face.single("purpose", "purpose", classification.purpose, vocabularies)
    return f"<classification>{purpose}{inner}</classification>"


def _own(id_: str, vocabularies: Vocabularies) -> TaxonPath:
    concept = vocabularies.concepts[id_]
    labels = tuple(LangString(lang, label) for lang, label in concept.labels.items())
    return TaxonPath((LangString(None, vocabularies.schemes[concept.scheme].id),), (Taxon(id_, labels),))


def _path(path: TaxonPath, main: str) -> str:
    taxa = "".join([_taxon(one, main) for one in path.taxon])
    return f"<taxonPath>{face.langstring('source', _source(path.source), main)}{taxa}</taxonPath>" if taxa else ""


def _source(source: LangStrings | None) -> LangStrings | None:
    """An address is in no language."""
    return tuple(
        LangString(None, one.value) if one.value.strip().startswith(_IRIS) else one for one in source or ()
    )  # fmt: skip


def _taxon(taxon: Taxon, main: str) -> str:
    id_ = face.text(taxon.id or "")
    inner = (f"<id>{id_}</id>" if id_ else "") + face.langstring("entry", taxon.entry, main)
    return f"<taxon>{inner}</taxon>" if inner else ""
