"""The explain record of SRU (ZeeRex 2.0): indexes, schemas and limits, made from what the search knows."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from repository.search.cql_plan import DATE, IDENTIFIERS, VALUES, WORDS
from repository.site import Site
from schemas.namespaces import LOM, OAI_DC, SRW
from schemas.xml.reader import escape, escape_attribute

_ZEEREX: Final = "http://explain.z3950.org/dtd/2.0/"
_SETS: Final = {
    "cql": "info:srw/cql-context-set/1/cql-v1.2",
    "dc": "info:srw/cql-context-set/1/dc-v1.1",
    "rec": "info:srw/cql-context-set/2/rec-1.1",
    "oerbron": "https://w3id.org/oerbron/",
}
_DATE_NAME: Final = "lastModificationDate"


def explanation(site: Site, version: str) -> str:
    """The whole explainResponse."""
    base = urlsplit(site.base_url)
    port = base.port or (443 if base.scheme == "https" else 80)
    name = escape(site.config.site.name)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<explainResponse xmlns="{SRW}"><version>{version}</version><record>'
        f"<recordSchema>{_ZEEREX}</recordSchema><recordPacking>xml</recordPacking><recordData>"
        f'<explain xmlns="{_ZEEREX}">'
        f'<serverInfo protocol="SRU" version="1.2" transport="{base.scheme}" method="GET POST">'
        f"<host>{escape(base.hostname or '')}</host><port>{port}</port>"
        f"<database>{escape((base.path.strip('/') + '/sru').lstrip('/'))}</database></serverInfo>"
        f"<databaseInfo><title>{name}</title></databaseInfo>"
        f"<indexInfo>{_sets()}{_indexes()}</indexInfo>"
        f"<schemaInfo>{_schema('oai_dc', OAI_DC, 'Dublin Core')}{_schema('lom', LOM, 'IEEE LOM')}</schemaInfo>"
        '<configInfo><default type="numberOfRecords">10</default><setting type="maximumRecords">100</setting>'
        '<default type="retrieveSchema">oai_dc</default><default type="index">cql.serverChoice</default>'
        '<default type="relation">=</default></configInfo></explain></recordData></record></explainResponse>\n'
    )


def _sets() -> str:
    return "".join(f'<set name="{name}" identifier="{escape_attribute(iri)}"/>' for name, iri in _SETS.items())


def _indexes() -> str:
    names = [name for name in (*WORDS, *VALUES, *IDENTIFIERS, DATE) if name != "cql.anyindexes"]
    return "".join(
        f'<index><title>{name}</title><map><name set="{name.partition(".")[0]}">{_local(name)}</name></map></index>'
        for name in names
    )


def _local(name: str) -> str:
    local = name.partition(".")[2]
    return {"serverchoice": "serverChoice", "lastmodificationdate": _DATE_NAME}.get(local, local)


def _schema(name: str, identifier: str, title: str) -> str:
    return (
        f'<schema name="{name}" identifier="{identifier}" sort="false" retrieve="true"><title>{title}</title></schema>'
    )
