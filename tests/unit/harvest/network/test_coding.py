"""How a body is packed is told by its header and by its first bytes; what is packed is unpacked, whatever it says."""

from __future__ import annotations

import gzip
import zlib

import pytest

from harvest.errors import Unreachable
from harvest.network.coding import unpacker_of

URL = "http://provider.example/oai"
BODY = b"<OAI-PMH>" + b"<record/>" * 50 + b"</OAI-PMH>"
GZIP, ZLIB = gzip.compress(BODY, mtime=0), zlib.compress(BODY)  # no clock: the bytes name the tests
RAW = zlib.compress(BODY)[2:-4]


def _read(header: str, body: bytes, piece: int) -> bytes:
    """The body unpacked, coming in pieces of so many bytes."""
    unpack = unpacker_of(header, body[: max(piece, 2)], URL)
    if unpack is None:
        return body
    pieces = [body[n : n + piece] for n in range(0, len(body), piece)]
    found = b"".join(out for each in pieces for out in unpack.pieces(each))
    assert unpack.is_over
    return found


@pytest.mark.parametrize("piece", [1, 2, 7, 100_000])
@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("", BODY), ("identity", BODY), ("utf-8", BODY), ("none", BODY), ("binary", BODY), ("gzip", BODY),
        ("deflate", BODY), ("x-gzip, gzip", BODY), ("gzip", b"\n" + BODY), ("gzip", b"\xef\xbb\xbf" + BODY),
        ("gzip", b'{"a":1}'),
    ],
)  # fmt: skip
def test_what_is_plain_stays(header: str, body: bytes, piece: int) -> None:
    assert _read(header, body, piece) == body


@pytest.mark.parametrize("piece", [1, 2, 7, 100_000])
@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("gzip", GZIP), ("GZIP", GZIP), ("x-gzip", GZIP), ("", GZIP), ("utf-8, gzip", GZIP), ("utf-8", GZIP),
        ("deflate", GZIP), ("deflate", ZLIB), ("deflate", RAW), ("zlib", ZLIB),
    ],
)  # fmt: skip
def test_what_is_packed_is_unpacked(header: str, body: bytes, piece: int) -> None:
    assert _read(header, body, piece) == BODY


def test_members_of_gzip_that_follow_each_other_are_one_body() -> None:
    assert _read("gzip", GZIP + GZIP, 13) == BODY * 2


def test_what_follows_the_end_is_padding() -> None:
    assert _read("gzip", GZIP + b"\x00" * 500, 100_000) == BODY


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "compress", "BR"])
def test_a_coding_that_was_not_asked_for_is_refused_by_name(coding: str) -> None:
    with pytest.raises(Unreachable, match="which was not asked for"):
        unpacker_of(coding, b"<O", URL)


def test_what_cannot_be_unpacked_is_told() -> None:
    with pytest.raises(Unreachable, match="cannot be decompressed"):
        list(unpacker_of("gzip", GZIP[:2], URL).pieces(GZIP[:10] + b"\x07" * 40))  # type: ignore[union-attr]


def test_a_body_that_breaks_off_is_not_over() -> None:
    unpack = unpacker_of("gzip", GZIP[:2], URL)
    assert unpack is not None

    list(unpack.pieces(GZIP[:-9]))

    assert not unpack.is_over


def test_a_bomb_comes_a_megabyte_at_a_time() -> None:
    unpack = unpacker_of("gzip", b"\x1f\x8b", URL)
    assert unpack is not None

    pieces = [len(each) for each in unpack.pieces(gzip.compress(bytes(5_000_000)))]

    assert max(pieces) <= 1 << 20
    assert sum(pieces) == 5_000_000
