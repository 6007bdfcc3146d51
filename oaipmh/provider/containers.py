"""The description containers of Identify: oai-identifier, branding, rightsManifest and friends.

Pure. Each follows its guideline beside OAI-PMH 2.0 (guidelines-oai-identifier, -branding, -rights, -friends), and is
given only when the configuration has something true to say. The containers of records are
repository.publishing.about_container's.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Final

from repository.site import Site
from schemas.namespaces import OAI, XSI
from schemas.xml.reader import escape, escape_attribute

_DOMAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z][A-Za-z0-9-]*)+")
METADATA: Final = f"{OAI}entity#metadata"


def descriptions(site: Site, friends: Iterable[str]) -> str:
    """Every `<description>` of a site, in a fixed order; `friends` are the base URLs of what it harvests."""
    config = site.config
    return "".join(
        f"<description>{container}</description>"
        for container in (
            _oai_identifier(site),
            _branding(config.oai.branding_url, site.base_url, config.site.name),
            _rights_manifest(config.oai.rights),
            _friends(friends),
        )
        if container
    )


def _opening(name: str, folder: str, schema: str) -> str:
    return f'<{name} xmlns="{OAI}{folder}" xmlns:xsi="{XSI}" xsi:schemaLocation="{OAI}{folder} {OAI}{schema}.xsd"'


def _oai_identifier(site: Site) -> str:
    """Nothing for a domain that the guideline does not allow: its labels begin with a letter."""
    if not _DOMAIN.fullmatch(site.domain):
        return ""
    sample = site.oai_identifier(str(uuid.uuid5(site.namespace, "sample")))
    return (
        f"{_opening('oai-identifier', 'oai-identifier', 'oai-identifier')}><scheme>oai</scheme>"
        f"<repositoryIdentifier>{site.domain}</repositoryIdentifier><delimiter>:</delimiter>"
        f"<sampleIdentifier>{sample}</sampleIdentifier></oai-identifier>"
    )


def _branding(icon_url: str, link: str, title: str) -> str:
    if not icon_url:
        return ""
    return (
        f"{_opening('branding', 'branding/', 'branding')}><collectionIcon><url>{escape(icon_url)}</url>"
        f"<link>{escape(link)}</link><title>{escape(title)}</title></collectionIcon></branding>"
    )


def _rights_manifest(reference: str) -> str:
    """The rights in the metadata themselves, by reference; those in the resources stand in each record."""
    if not reference:
        return ""
    return (
        f'{_opening("rightsManifest", "rights/", "rightsManifest")} appliesTo="{METADATA}"><rights>'
        f'<rightsReference ref="{escape_attribute(reference)}"/></rights></rightsManifest>'
    )


def _friends(base_urls: Iterable[str]) -> str:
    """The repositories that we harvest, each once."""
    urls = sorted(set(base_urls))
    if not urls:
        return ""
    inside = "".join(f"<baseURL>{escape(url)}</baseURL>" for url in urls)
    return f"{_opening('friends', 'friends/', 'friends')}>{inside}</friends>"
