"""Classifications of the published face: taxa named by full IRIs.

A bare short notation as a taxon id hits foreign vocabularies by chance (record.md 9), so an id is written only as an
IRI: its own, or that of the concept it means; what stays unknown is an entry. Classifications repeat from record to
record, so they are remembered. This module must not look at other categories.
"""

from __future__ import annotations

from functools import lru_cache

from schemas.formats.lom import face_values as face
from schemas.record import Classification, LangString, Taxon, TaxonPath
from schemas.vocabularies.vocabularies import Vocabularies


@lru_cache(maxsize=4096)
def classified(classification: Classification, main: str, vocabularies: Vocabularies) -> str:
    """One `classification` element; "" when nothing would stand in it."""
    purpose = classification.purpose
    meant = purpose.value or purpose.uri if purpose is not None else None
    inner = "".join([_path(path, meant, main, vocabularies) for path in classification.taxon_path])
    inner += face.langstring("description", classification.description, main)
    inner += face.keywords(classification.keyword, main)
    if not inner:
        return ""
    return f"<classification>{face.single('purpose', 'purpose', purpose, vocabularies)}{inner}</classification>"


def _path(path: TaxonPath, purpose: str | None, main: str, vocabularies: Vocabularies) -> str:
    source = path.source[0].value if path.source else None
    taxa = "".join([_taxon(one, (purpose, source), main, vocabularies) for one in path.taxon])
    return f"<taxonPath>{face.langstring('source', path.source, main)}{taxa}</taxonPath>" if taxa else ""


def _taxon(taxon: Taxon, within: tuple[str | None, str | None], main: str, vocabularies: Vocabularies) -> str:
    id_ = (taxon.id or "").strip()
    entry = taxon.entry
    if "://" not in id_ and not id_.startswith("urn:"):
        first = next((string.value for string in entry or () if string.value.strip()), None)
        found = vocabularies.find_taxon(*within, id_ or None, first or id_ or None)
        if found is None and id_ and first is None:
            entry = (LangString(None, id_),)
        id_ = found or ""
    inner = f"<id>{face.text(id_)}</id>" if id_ else ""
    inner += face.langstring("entry", entry, main)
    return f"<taxon>{inner}</taxon>" if inner else ""
