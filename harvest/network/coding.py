"""Unpacking a body as it comes: by what its header says, and by what its first bytes say where the header is wrong.

Servers name a charset where a content coding belongs, call plain bytes gzip, or say deflate without a zlib header
(RFC 9110, 8.4; RFC 1950). The first bytes show whether a body is packed; one that cannot be told is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from isal import isal_zlib

from harvest.errors import Unreachable

_MOST_AT_ONCE: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_GZIP_OR_ZLIB: Final = 47
_RAW: Final = -15
_PACKED: Final = frozenset(("gzip", "x-gzip", "deflate", "zlib", "x-deflate"))
_UNKNOWN: Final = frozenset(("br", "zstd", "compress", "x-compress", "lzma", "xz", "bzip2", "x-bzip2", "dcb", "dcz"))
_TEXT: Final = re.compile(rb"\xef\xbb|\xff\xfe|\xfe\xff|\s*(?:\Z|<(?:\Z|[?!\w])|[{\[](?:\Z|[\s\"{}\[\]\w-]))")
_NAME: Final = re.compile(r"[^,;\s\"']+")


class Unpacker:
    """Decompresses a body piece by piece, at most a megabyte at once.

    Gzip members one after the other are one body (RFC 1952, 2.2); anything else after the end is padding.
    """

    def __init__(self, url: str, window: int = _GZIP_OR_ZLIB) -> None:
        self._url = url
        self._open: Any = isal_zlib.decompressobj(window)

    @property
    def is_over(self) -> bool:
        """Whether the body may end here."""
        return bool(self._open.eof)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What these bytes unpack to; raises Unreachable."""
        out = b""
        while data or len(out) == _MOST_AT_ONCE:  # after a full portion more may come out without more input
            if self._open.eof:
                if not data.startswith(_GZIP):
                    return
                self._open = isal_zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                out = self._open.decompress(data, _MOST_AT_ONCE)
            except isal_zlib.IsalError as error:  # type: ignore[misc]  # its stub names no class
                raise Unreachable(f"{self._url[:200]} sent a body that cannot be decompressed.") from error
            data = self._open.unused_data if self._open.eof else self._open.unconsumed_tail
            yield out


def unpacker_of(header: str, first: bytes, url: str) -> Unpacker | None:
    """What unpacks a body that begins with these bytes; None where it is plain. Raises Unreachable."""
    names = [name.lower() for name in _NAME.findall(header)]
    unknown = [name for name in names if name in _UNKNOWN]
    if unknown:
        raise Unreachable(f"{url[:200]} answered in the coding {unknown[0]}, which was not asked for.")
    if first.startswith(_GZIP):
        return Unpacker(url)
    packed = [name for name in names if name in _PACKED]
    if not packed or _is_text(first):
        return None
    if "deflate" in packed[-1] and not _is_zlib(first):
        return Unpacker(url, _RAW)
    return Unpacker(url)


def _is_zlib(first: bytes) -> bool:
    """Whether the two bytes of a zlib header begin it (RFC 1950, 2.2)."""
    return len(first) > 1 and first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0


def _is_text(first: bytes) -> bool:
    """Whether it begins as XML, HTML or JSON does: then the header says packed and the body is not."""
    return _TEXT.match(first) is not None
