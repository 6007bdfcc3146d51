"""The yardstick: the `oaipmh` distribution's BatchingServer over the same rows, on the same HTTP server.

The records wait in memory as the maps and trees that its writers take, so that only its own work is measured.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, request
from lxml import etree
from oaipmh import common
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import BatchingServer, oai_dc_writer
from sqlalchemy import create_engine, text

from repository.published import datestamp_of

DC = "{http://purl.org/dc/elements/1.1/}"
LOM = "http://ltsc.ieee.org/xsd/LOM"


class Rows:
    """IBatchingOAIPMH over rows in memory."""

    def __init__(self, url: str) -> None:
        self.dc: list[tuple[Any, Any, Any]] = []
        self.lom: list[tuple[Any, Any, Any]] = []
        query = (
            "SELECT c.position, c.uuid, d.bytes, l.bytes FROM current c JOIN face_oai_dc d ON d.position = c.position"
            " JOIN face_lom l ON l.position = c.position ORDER BY c.position"
        )
        with create_engine(url).connect() as connection:
            for position, uuid, dc, lom in connection.execute(text(query)):
                stamp = datetime.fromtimestamp(datestamp_of(position), UTC).replace(tzinfo=None)
                header = common.Header(None, f"oai:x:{uuid}", stamp, [], False)
                self.dc.append((header, common.Metadata(None, _map(dc)), None))
                self.lom.append((header, common.Metadata(None, {"lom": [lom]}), None))
        self.by_id = {prefix: {row[0].identifier(): row for row in rows} for prefix, rows in self._rows().items()}

    def _rows(self) -> dict[str, list[tuple[Any, Any, Any]]]:
        return {"oai_dc": self.dc, "lom": self.lom}

    def identify(self) -> Any:
        return common.Identify(
            "bench", "http://127.0.0.1/oai", "2.0", ["a@example.org"], datetime(2026, 1, 1), "no",
            "YYYY-MM-DDThh:mm:ssZ", [],
        )  # fmt: skip

    def getRecord(self, metadataPrefix: str, identifier: str) -> Any:  # noqa: N802, N803
        return self.by_id[metadataPrefix][identifier]

    def listRecords(  # noqa: N802
        self,
        metadataPrefix: str,  # noqa: N803 - the interface of the distribution
        set: Any = None,  # noqa: A002, ARG002
        from_: Any = None,  # noqa: ARG002
        until: Any = None,  # noqa: ARG002
        cursor: int = 0,
        batch_size: int = 10,
    ) -> Any:
        return self._rows()[metadataPrefix][cursor : cursor + batch_size]


def _map(dc: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for child in etree.fromstring(dc):
        found.setdefault(child.tag.removeprefix(DC), []).append(child.text or "")
    return found


def _lom_writer(element: Any, metadata: Any) -> None:
    element.append(etree.fromstring(metadata.getMap()["lom"][0]))


def _app() -> Flask:
    registry = MetadataRegistry()
    registry.registerWriter("oai_dc", oai_dc_writer)
    registry.registerWriter("lom", _lom_writer)
    server = BatchingServer(Rows(os.environ["BENCH_DATABASE"]), registry, resumption_batch_size=100)
    app = Flask(__name__)

    @app.get("/oai")
    def oai() -> Response:
        return Response(server.handleRequest(request.args.to_dict()), mimetype="text/xml")

    @app.get("/")
    def root() -> str:
        return "ready"

    return app


app = _app()
