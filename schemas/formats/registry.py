"""The registry: every metadata format by its prefix, with its reader, its writer, or both.

The provider serves those with a writer and a namespace, the importer reads those with a reader, the export writes those
with a writer; who adds a format adds it here (design.md, section 3). A writer's `version` is part of the fingerprint:
raise it when the bytes change.
"""

from __future__ import annotations

from typing import Final

from schemas.errors import UnknownFormat
from schemas.formats import h5p, imscp, jsonl
from schemas.formats.amb import amb
from schemas.formats.format import Format
from schemas.formats.lom import imsmd, lom
from schemas.formats.oai_dc import oai_dc
from schemas.formats.rdf import rdf
from schemas.formats.table import table
from schemas.namespaces import IMSCP, IMSMD, LOM, LOM_XSD, OAI_DC, OAI_DC_XSD

__all__ = ["FORMATS", "get"]

_ALL: Final = (
    Format(
        prefix="oai_dc",
        title="Dublin Core",
        media_type="application/xml",
        namespace=OAI_DC,
        schema=OAI_DC_XSD,
        read=oai_dc.read,
        write=oai_dc.write,
        version=oai_dc.VERSION,
    ),
    Format(
        prefix="lom",
        title="IEEE Learning Object Metadata (1484.12.3)",
        media_type="application/xml",
        namespace=LOM,
        schema=LOM_XSD,
        read=lom.read,
        write=lom.write,
        version=lom.VERSION,
    ),
    Format(
        prefix="imsmd",
        title="IMS Learning Resource Meta-Data 1.2 (NL-LOM, HS-OER-LOM)",
        media_type="application/xml",
        namespace=IMSMD,
        read=imsmd.read,
    ),
    Format(
        prefix="amb",
        title="AMB, schema.org learning resources (JSON-LD)",
        media_type="application/ld+json",
        read=amb.read,
        write=amb.write,
        version=amb.VERSION,
    ),
    Format(
        prefix="rdf",
        title="RDF: schema.org, AMB and DCTERMS (N-Triples; read: Turtle, N-Quads, RDF/XML, JSON-LD too)",
        media_type="application/n-triples",
        read=rdf.read,
        write=rdf.write,
        version=rdf.VERSION,
    ),
    Format(
        prefix="jsonl", title="Canonical JSON, a record per line", media_type="application/x-ndjson", read=jsonl.read
    ),
    Format(prefix="csv", title="Table as text (CSV, TSV)", media_type="text/csv", read=table.read),
    Format(
        prefix="xlsx",
        title="Table as workbook (XLSX)",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        read=table.read,
    ),
    Format(
        prefix="imscp",
        title="IMS content package, SCORM",
        media_type="application/zip",
        namespace=IMSCP,
        read=imscp.read,
    ),
    Format(prefix="h5p", title="H5P package: its h5p.json", media_type="application/zip", read=h5p.read),
)

FORMATS: Final[dict[str, Format]] = {one.prefix: one for one in _ALL}


def get(prefix: str) -> Format:
    """The format of a prefix; raises UnknownFormat with the list of what there is."""
    try:
        return FORMATS[prefix]
    except KeyError:
        raise UnknownFormat(f"There is no format {prefix}; there are {', '.join(FORMATS)}.") from None
