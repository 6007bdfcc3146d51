"""The `about` containers of a record: provenance (OAI guidelines, provenance 2.0) and rights (OAI-rights 1.0).

Pure. A harvested record carries its provenance, and nested in it the provenance that came from its provider.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from schemas.datestamp import utc_datestamp
from schemas.errors import Unreadable
from schemas.namespaces import XSI
from schemas.xml.reader import escape, escape_attribute, parse

PROVENANCE: Final = "http://www.openarchives.org/OAI/2.0/provenance"
RIGHTS: Final = "http://www.openarchives.org/OAI/2.0/rights/"


def rights(licence_uri: str | None) -> str:
    """The rights of the described resource, by reference; empty without a licence address."""
    if not licence_uri:
        return ""
    return (
        f'<about><rights xmlns="{RIGHTS}" xmlns:xsi="{XSI}" xsi:schemaLocation="{RIGHTS} '
        'http://www.openarchives.org/OAI/2.0/rights.xsd">'
        f'<rightsReference ref="{escape_attribute(licence_uri)}"/></rights></about>'
    )


def provenance(
    *, base_url: str, identifier: str, datestamp: str, namespace: str, harvested: int, nested: bytes | None
) -> str:
    """Where a harvested record came from; `harvested` in seconds since the epoch, `nested` its own provenance."""
    return (
        f'<about><provenance xmlns="{PROVENANCE}" xmlns:xsi="{XSI}" xsi:schemaLocation="{PROVENANCE} '
        'http://www.openarchives.org/OAI/2.0/provenance.xsd">'
        f'<originDescription harvestDate="{utc_datestamp(harvested)}" altered="true">'
        f"<baseURL>{escape(base_url)}</baseURL><identifier>{escape(identifier)}</identifier>"
        f"<datestamp>{escape(datestamp)}</datestamp><metadataNamespace>{escape(namespace)}</metadataNamespace>"
        f"{_inner(nested)}</originDescription></provenance></about>"
    )


def _inner(nested: bytes | None) -> str:
    """The originDescription of a provenance that came with a record, or nothing where there is none to be read."""
    if not nested:
        return ""
    try:
        root = parse(nested).root
    except Unreadable:
        return ""
    origin = root.find(f".//{{{PROVENANCE}}}originDescription")
    return "" if origin is None else etree.tostring(origin, encoding="unicode", with_tail=False)
