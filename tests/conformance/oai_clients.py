"""Harvest a whole list with one of Python's OAI-PMH clients, each as its documentation says.

    python oai_clients.py sickle|scythe|oaipmh BASE_URL ListRecords|ListIdentifiers metadataPrefix=oai_dc [set=S] ...

Prints identifier, datestamp and status of each record, tab-separated. It imports nothing of this project, so that it
runs in an environment that holds the client alone.
"""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any


def sickle(base: str, verb: str, arguments: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    from sickle import Sickle  # noqa: PLC0415 - one client is installed, perhaps

    for each in getattr(Sickle(base), verb)(**arguments):
        header = each.header if verb == "ListRecords" else each
        yield header.identifier, header.datestamp, bool(header.deleted)


def scythe(base: str, verb: str, arguments: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    from oaipmh_scythe import Scythe  # noqa: PLC0415

    names = {"metadataPrefix": "metadata_prefix", "from": "from_", "set": "set_"}
    given = {names.get(name, name): value for name, value in arguments.items()}
    with Scythe(base) as client:
        lists: Any = {"ListRecords": client.list_records, "ListIdentifiers": client.list_identifiers}
        for each in lists[verb](**given):
            header = each.header if verb == "ListRecords" else each
            yield header.identifier, header.datestamp, bool(header.deleted)


def oaipmh(base: str, verb: str, arguments: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    from oaipmh.client import Client  # noqa: PLC0415
    from oaipmh.metadata import MetadataReader, MetadataRegistry  # noqa: PLC0415

    registry = MetadataRegistry()
    registry.registerReader(arguments["metadataPrefix"], MetadataReader(fields={}, namespaces={}))
    client: Any = Client(base, registry)
    client.updateGranularity()
    names = {"from": "from_"}
    given: dict[str, Any] = {names.get(name, name): value for name, value in arguments.items()}
    for name in ("from_", "until"):
        if name in given:
            given[name] = datetime.fromisoformat(given[name]).replace(tzinfo=None)
    for each in getattr(client, verb[0].lower() + verb[1:])(**given):
        header = each[0] if verb == "ListRecords" else each
        stamp = header.datestamp().strftime("%Y-%m-%dT%H:%M:%SZ")
        yield header.identifier(), stamp, bool(header.isDeleted())


def main(client: str, base: str, verb: str, *pairs: str) -> None:
    arguments = dict(pair.split("=", 1) for pair in pairs)
    for identifier, datestamp, deleted in {"sickle": sickle, "scythe": scythe, "oaipmh": oaipmh}[client](
        base, verb, arguments
    ):
        sys.stdout.write(f"{identifier}\t{datestamp}\t{'deleted' if deleted else 'live'}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
