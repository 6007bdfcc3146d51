"""A body that a refusal left unread: little of it is read away, more of it ends the connection, and nobody hangs."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request, Response

from portal.web.unread_body import MOST_BYTES, UnreadBody


def _app(reads: int) -> UnreadBody:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        if reads:
            environ["wsgi.input"].read(reads)
        return Response("refused", 401)(environ, start_response)

    return UnreadBody(app)


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    list(_app(0)(environ, lambda _, headers, __=None: found.update(headers)))  # type: ignore[arg-type,return-value]
    return found


@pytest.mark.parametrize(
    ("size", "reads", "closes"),
    [
        (0, 0, False),
        (1, 0, False),
        (MOST_BYTES, 0, False),
        (MOST_BYTES + 1, 0, True),
        (5_000_000, 0, True),
        (5_000_000, 5_000_000, False),
        (5_000_000, 4_900_000, False),
        (5_000_000, 100, True),
    ],
)
def test_the_connection_ends_only_where_much_is_unread(size: int, reads: int, closes: bool) -> None:
    raw = BytesIO(b"x" * size)
    environ = EnvironBuilder(method="POST", input_stream=raw, headers={"Content-Length": str(size)}).get_environ()

    response = Client(_app(reads)).open(environ)

    assert response.status_code == 401
    assert (response.headers.get("Connection") == "close") == closes
    assert (raw.tell() == size) != closes


@pytest.mark.parametrize(
    "headers", [{"Transfer-Encoding": "chunked"}, {"Content-Length": "abc"}, {"Content-Length": "-1"}]
)
def test_a_body_of_unknown_length_that_was_not_read_ends_the_connection(headers: dict[str, str]) -> None:
    environ = EnvironBuilder(method="POST", input_stream=BytesIO(b"x" * 10)).get_environ()
    environ |= {"CONTENT_LENGTH": headers.get("Content-Length", "")}
    if "Transfer-Encoding" in headers:
        environ["HTTP_TRANSFER_ENCODING"] = headers["Transfer-Encoding"]

    assert _headers(environ)["Connection"] == "close"


def test_a_client_that_goes_away_meanwhile_is_no_error() -> None:
    class _Broken(BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            raise OSError("gone")

    environ = EnvironBuilder(method="POST", input_stream=_Broken()).get_environ() | {"CONTENT_LENGTH": "10"}

    assert _headers(environ)["Connection"] == "close"


def test_forms_and_json_are_read_as_ever() -> None:
    @Request.application
    def app(request: Request) -> Response:
        return Response(request.form["a"] + ",".join(request.files["f"].stream.read().decode() for _ in "x"))

    answer = Client(UnreadBody(app)).post("/", data={"a": "1", "f": (BytesIO(b"file"), "f.txt")})

    assert answer.text == "1file"
    assert "Connection" not in answer.headers
