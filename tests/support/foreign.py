"""A provider that is not ours: pyoai's server (the `oaipmh` distribution) over the shared real records, on loopback.

What is in it is gathered with lxml alone, so that the counts are a witness: a payload, and whether it has a title.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree
from oaipmh.common import Header, Identify, Metadata
from oaipmh.error import CannotDisseminateFormatError
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import BatchingServer
from werkzeug.serving import WSGIRequestHandler, make_server

OAI = "{http://www.openarchives.org/OAI/2.0/}"
ROOTS = {"lom": ("lom", "obaa", "estcore"), "oai_dc": ("dc",)}
FIRST = datetime(2026, 3, 1)
LATER = datetime(2026, 11, 20)
_TITLE = etree.XPath(  # in LOM or OBAA, however it is wrapped, or in Dublin Core
    "boolean((//*[local-name()='general'] | /*)/*[local-name()='title' or local-name()='obaaTitle'][normalize-space()])"
)


@dataclass(frozen=True)
class Held:
    """A record of the provider; `payload` None: deleted."""

    identifier: str
    stamp: datetime
    payload: bytes | None

    @property
    def has_title(self) -> bool:
        """Whether there is text in its title, by XPath."""
        return self.payload is not None and bool(_TITLE(etree.fromstring(self.payload)))


def held(folder: Path, prefix: str) -> list[Held]:
    """The records of a folder that a provider would give under a prefix, from responses and from single files."""
    found = []
    for file in sorted(folder.rglob("*.xml")):
        for payload in _payloads(file):
            if payload is None or etree.QName(payload).localname in ROOTS[prefix]:
                found.append(None if payload is None else etree.tostring(payload, with_tail=False))
    return [Held(f"oai:foreign:{n}", FIRST + timedelta(minutes=n // 7), each) for n, each in enumerate(found)]


def _payloads(file: Path) -> Iterator[Any]:
    try:
        root = etree.parse(file).getroot()
    except etree.XMLSyntaxError:
        return
    records = list(root.iter(f"{OAI}record"))
    for record in records:
        header, metadata = record.find(f"{OAI}header"), record.find(f"{OAI}metadata")
        if metadata is not None and len(metadata):
            yield metadata[0]
        elif header is not None and header.get("status") == "deleted":
            yield None
    if not records:
        yield root


class Foreign:
    """pyoai's IBatchingOAIPMH over records in memory."""

    def __init__(self, prefix: str, records: Iterable[Held]) -> None:
        self.prefix = prefix
        self.records = {each.identifier: each for each in records}

    def change(self, identifier: str, change: Callable[[bytes], bytes] | None) -> None:
        """Give a record another payload; None deletes it."""
        was = self.records[identifier]
        payload = None if change is None or was.payload is None else change(was.payload)
        self.records[identifier] = replace(was, stamp=LATER, payload=payload)

    def identify(self) -> Any:
        return Identify(
            "Foreign", "http://foreign.example/oai", "2.0", ["a@example.org"], FIRST, "persistent",
            "YYYY-MM-DDThh:mm:ssZ", [],
        )  # fmt: skip

    def listMetadataFormats(self, identifier: Any = None) -> Any:  # noqa: N802 - pyoai's interface
        return [(self.prefix, "http://foreign.example/schema.xsd", "http://foreign.example/ns")]

    def getRecord(self, metadataPrefix: str, identifier: str) -> Any:  # noqa: N802, N803
        return self._triple(self.records[identifier])

    def listRecords(  # noqa: N802
        self,
        metadataPrefix: str,  # noqa: N803
        set: Any = None,  # noqa: A002
        from_: datetime | None = None,
        until: datetime | None = None,
        cursor: int = 0,
        batch_size: int = 10,
    ) -> Any:
        if metadataPrefix != self.prefix:
            raise CannotDisseminateFormatError(metadataPrefix)
        chosen = [
            each for each in self.records.values()
            if each.stamp >= (from_ or FIRST) and (until is None or each.stamp <= until)
        ]  # fmt: skip
        chosen.sort(key=lambda each: each.stamp)
        return [self._triple(each) for each in chosen[cursor : cursor + batch_size]]

    def listIdentifiers(self, **arguments: Any) -> Any:  # noqa: N802
        return [header for header, _, _ in self.listRecords(**arguments)]

    @staticmethod
    def _triple(each: Held) -> Any:
        header = Header(None, each.identifier, each.stamp, [], each.payload is None)
        return header, each.payload and Metadata(None, {"payload": [each.payload]}), None


def _write(element: Any, metadata: Any) -> None:
    element.append(etree.fromstring(metadata.getMap()["payload"][0]))


@contextlib.contextmanager
def serving(foreign: Foreign, page_size: int = 50) -> Iterator[str]:
    """Serve it; gives its base URL."""
    registry = MetadataRegistry()
    registry.registerWriter(foreign.prefix, _write)
    server = BatchingServer(foreign, registry, resumption_batch_size=page_size)

    def application(environ: Any, start_response: Any) -> list[bytes]:
        body = server.handleRequest(dict(parse_qsl(environ["QUERY_STRING"])))
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [body if isinstance(body, bytes) else body.encode()]

    http = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/oai"
    finally:
        http.shutdown()
        thread.join(5)
        http.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's interface
        return
