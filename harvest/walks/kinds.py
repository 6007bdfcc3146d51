"""The kinds of sources, each with its walk: a new kind is added here and in repository.config.sections."""

from __future__ import annotations

from harvest.errors import Failed
from harvest.walks.ldes.walk import LdesWalk
from harvest.walks.lines import LinesWalk
from harvest.walks.oai.walk import OaiWalk
from harvest.walks.sitemap import SitemapWalk
from harvest.walks.walk import Around, Walk


def walk_of(around: Around) -> Walk:
    """The walk through a source; raises Failed for a kind that is not known."""
    match around.source.kind:
        case "oai-pmh":
            return OaiWalk(around)
        case "sitemap":
            return SitemapWalk(around)
        case "ldes":
            return LdesWalk(around)
        case "amb":
            return LinesWalk(around)
        case kind:
            raise Failed(f"There is no kind of source {kind}.")
