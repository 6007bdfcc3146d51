"""Dublin Core as OAI-PMH carries it (oai_dc), bare or qualified: the face of its reader and its writer.

`read` takes oai_dc, a bare `dc` and the qualified kinds (oai_dcterms, nsdl_dc); `write` gives the published face.
The crosswalk is record.md 2. What Dublin Core has no element for is in LOSSES, field by field; a test holds the list.
This module must not know containers: schemas.formats.incoming.incoming finds the records in them.
"""

from __future__ import annotations

from typing import Final

from schemas.formats.oai_dc.read import read, recognises
from schemas.formats.oai_dc.write import write

__all__ = ["LOSSES", "VERSION", "read", "recognises", "write"]

VERSION: Final = 2
"""The version of the writer: part of the fingerprint."""

LOSSES: Final[tuple[tuple[str, str], ...]] = (
    ("general.identifier", "the catalogue; an http identifier comes back as a location"),
    ("general.description", "which strings of several languages say the same"),
    ("general.keyword", "which strings of several languages say the same"),
    ("general.coverage", "which strings of several languages say the same"),
    ("general.language", "tags are written as BCP 47; what names no language is left out"),
    ("general.structure", "no element"),
    ("general.aggregationLevel", "no element"),
    ("lifeCycle.version", "no element"),
    ("lifeCycle.status", "no element"),
    ("lifeCycle.contribute", "roles other than author and publisher; whose date it was; all of a vCard but the name"),
    ("metaMetadata", "belongs in the OAI header and about"),
    ("technical.size", "written as bytes where it looks like no size; a format that looks like one comes back as one"),
    ("technical.requirement", "no element"),
    ("technical.installationRemarks", "no element"),
    ("technical.otherPlatformRequirements", "no element"),
    ("technical.duration", "no element"),
    ("educational.interactivityType", "no element"),
    ("educational.learningResourceType", "the source of the value; to which educational category it belongs"),
    ("educational.interactivityLevel", "no element"),
    ("educational.semanticDensity", "no element"),
    ("educational.intendedEndUserRole", "no element"),
    ("educational.context", "no element"),
    ("educational.typicalAgeRange", "no element"),
    ("educational.difficulty", "no element"),
    ("educational.typicalLearningTime", "no element"),
    ("educational.description", "no element"),
    ("educational.language", "no element"),
    ("rights.cost", "no element"),
    ("rights.copyrightAndOtherRestrictions", "no element"),
    ("rights.description", "the licence is written as its canonical address, first; tags that name no language"),
    ("relation", "kinds other than isbasedon; the description where there is an identifier; thumbnails"),
    ("annotation", "no element"),
    ("classification", "all but the entries (or addresses) of disciplines and the keywords"),
    ("files", "all but the addresses"),
    ("ext", "no element"),
)
"""What the written face does not carry of a record, by field."""
