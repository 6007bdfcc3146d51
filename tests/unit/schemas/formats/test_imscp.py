"""IMS content packages: the metadata of the manifest, in it or beside it."""

from __future__ import annotations

import pytest

from schemas.errors import Unreadable
from schemas.formats import imscp
from schemas.formats.archive import Archive
from schemas.formats.format import Delivery
from schemas.vocabularies.vocabularies import shipped
from tests.unit.schemas.formats.test_archive import a_zip

IMSCP = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
IMSMD = "http://www.imsglobal.org/xsd/imsmd_v1p2"
CARTRIDGE = "http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"


def a_manifest(metadata: str, *, identifier: str = "MANIFEST-1") -> bytes:
    adl = 'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
    return f'<manifest identifier="{identifier}" xmlns="{IMSCP}" {adl}>{metadata}<resources/></manifest>'.encode()


def a_lom(namespace: str = LOM, location: str = "") -> str:
    technical = f"<technical><location>{location}</location></technical>" if location else ""
    title = "<title><string>Breuken</string></title>"
    return f'<lom xmlns="{namespace}"><general>{title}</general>{technical}</lom>'


def delivered(source: bytes) -> Delivery:
    return imscp.delivery(source, shipped())


def title(delivery: Delivery) -> str | None:
    record = delivery.reading.record if delivery.reading else None
    return record.general.title[0].value if record and record.general and record.general.title else None


@pytest.mark.parametrize("namespace", [LOM, CARTRIDGE])
def test_lom_in_the_manifest_is_read(namespace: str) -> None:
    found = delivered(a_manifest(f"<metadata><schema>ADL SCORM</schema>{a_lom(namespace)}</metadata>"))

    assert title(found) == "Breuken"
    assert found.format == "imscp"


def test_ims_md_in_the_manifest_is_read() -> None:
    inner = '<general><title><langstring xml:lang="nl">Breuken</langstring></title></general>'
    found = delivered(a_manifest(f'<metadata><lom xmlns="{IMSMD}">{inner}</lom></metadata>'))

    assert title(found) == "Breuken"


def test_metadata_beside_the_manifest_are_followed() -> None:
    manifest = a_manifest("<metadata><adlcp:location>meta/my%20lom.xml</adlcp:location></metadata>")
    package = a_zip(("pack/imsmanifest.xml", manifest), ("pack/meta/my lom.xml", a_lom().encode()))

    assert title(delivered(package)) == "Breuken"


@pytest.mark.parametrize("location", ["gone.xml", "../../etc/passwd", "/etc/passwd"])
def test_metadata_that_are_not_in_the_package_are_one_sentence(location: str) -> None:
    manifest = a_manifest(f"<metadata><adlcp:location>{location}</adlcp:location></metadata>")

    with pytest.raises(Unreadable) as caught:
        delivered(a_zip(("imsmanifest.xml", manifest)))
    assert caught.value.code == "no_metadata"
    assert caught.value.message == f"The manifest's metadata are in {location}, which is not there."


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("", "The manifest has no metadata."),
        ("<metadata><schema>x</schema></metadata>", "The manifest's metadata hold neither LOM nor IMS-MD."),
    ],
)
def test_a_package_without_metadata_is_one_sentence(metadata: str, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        delivered(a_manifest(metadata))
    assert (caught.value.code, caught.value.message) == ("no_metadata", message)


def test_the_identifier_of_the_manifest_names_only_what_has_no_other_name() -> None:
    assert delivered(a_manifest(f"<metadata>{a_lom()}</metadata>")).identifier == "MANIFEST-1"
    located = a_manifest(f"<metadata>{a_lom(location='https://example.org/a')}</metadata>")
    assert delivered(located).identifier is None


@pytest.mark.parametrize(
    ("names", "manifest"),
    [
        (("imsmanifest.xml", "a.html"), "imsmanifest.xml"),
        (("pack/imsmanifest.xml", "pack/a.html"), "pack/imsmanifest.xml"),
        (("pack/imsmanifest.xml", "other/a.html"), None),
        (("a/b/imsmanifest.xml",), None),
        (("a.xml",), None),
    ],
)
def test_a_manifest_makes_a_package_at_the_root_or_in_the_only_folder(
    names: tuple[str, ...], manifest: str | None
) -> None:
    assert imscp.manifest_name(Archive(a_zip(*((name, b"x") for name in names)))) == manifest


def test_only_the_metadata_of_the_whole_package_are_read() -> None:
    part = f"<item><metadata>{a_lom().replace('Breuken', 'Deel')}</metadata></item>"
    whole = f"<metadata>{a_lom()}</metadata><organizations>{part}</organizations>"

    assert title(delivered(a_manifest(whole))) == "Breuken"
