"""Archives are read in memory and guarded: what could do harm is refused whole, with one sentence."""

from __future__ import annotations

import io
import stat
import warnings
import zipfile

import pytest

from schemas.errors import Unreadable
from schemas.formats.archive import Archive, is_archive


def a_zip(*entries: tuple[str, bytes], mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings():  # a name given twice is what is asked for
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, data in entries:
                entry = zipfile.ZipInfo(name)
                entry.compress_type = method
                entry.external_attr = mode << 16
                archive.writestr(entry, data)
    return out.getvalue()


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(Unreadable) as caught:
        Archive(data)
    return caught.value.code, caught.value.message


def test_the_files_are_named_in_their_order() -> None:
    archive = Archive(a_zip(("b/", b""), ("b/two.xml", b"2"), ("one.xml", b"1")))

    assert archive.names == ("b/two.xml", "one.xml")
    assert archive.read("one.xml") == b"1"


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up.xml", "a/../../up.xml", "C:/x.xml", "..\\up.xml", "\\\\server\\x", "a:b/x"]
)
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    code, message = refusal(a_zip((name, b"x")))

    assert code == "unsafe_archive"
    assert message.endswith("leads out of the archive.")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_device_is_refused(kind: int) -> None:
    code, message = refusal(a_zip(("x", b"/etc/passwd"), mode=kind | 0o644))

    assert (code, message) == ("unsafe_archive", "“x” is a link or a device, not a file.")


def test_a_name_given_twice_is_refused() -> None:
    assert refusal(a_zip(("x", b"1"), ("x", b"2"))) == ("unsafe_archive", "The archive has the name “x” twice.")


def test_a_bomb_is_refused() -> None:
    code, message = refusal(a_zip(("x", bytes(20_000_000))))

    assert (code, message) == ("unsafe_archive", "“x” swells more than 100 times.")


def test_an_entry_that_lies_about_its_size_is_refused_when_read() -> None:
    data = a_zip(("x", b"a" * 500), method=zipfile.ZIP_STORED)
    claimed = (500).to_bytes(4, "little")
    archive = Archive(data.replace(claimed, (400).to_bytes(4, "little")))

    with pytest.raises(Unreadable) as caught:
        archive.read("x")
    assert caught.value.code in ("unsafe_archive", "bad_archive")


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(a_zip(("x", b"secret")))
    data[6] |= 1  # the flag in the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory

    assert refusal(bytes(data)) == ("unsafe_archive", "“x” is encrypted.")


@pytest.mark.parametrize("cut", [4, 20, -1, -10])
def test_an_archive_cut_off_is_broken(cut: int) -> None:
    whole = a_zip(("x", b"1"))

    assert refusal(whole[:cut]) == ("bad_archive", "The zip archive is broken or cut off.")


def test_an_entry_that_is_damaged_is_broken_when_read() -> None:
    data = a_zip(("x", b"hello hello"), method=zipfile.ZIP_STORED).replace(b"hello hello", b"hello hullo")

    with pytest.raises(Unreadable, match="“x” in the archive is broken"):
        Archive(data).read("x")


def test_an_empty_archive_is_an_archive() -> None:
    assert is_archive(a_zip())
    assert Archive(a_zip()).names == ()
