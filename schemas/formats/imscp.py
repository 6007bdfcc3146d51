"""IMS content packages and SCORM: the metadata of the manifest, from a zip or the manifest alone.

Metadata stand in the manifest (IMS-MD or LOM, also Common Cartridge's) or, with SCORM, in a file that adlcp:location
names (IMS Content Packaging 1.1-1.2; SCORM 1.2 CAM, 2004). Only the metadata of the whole package is read, not that of
its parts. A package without a title in its metadata, or without any, has that of its organisation. The zip is guarded
by `archive`; nothing of it is run or unpacked.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from lxml import etree
from msgspec.structs import replace

from schemas.errors import Problem, Repair, Unreadable
from schemas.formats.archive import Archive, is_archive
from schemas.formats.format import Delivery, Reading
from schemas.formats.lom import imsmd, lom
from schemas.formats.lom.foreign import split
from schemas.namespaces import LOM
from schemas.record import General, LangString, Record
from schemas.vocabularies.vocabularies import Vocabularies
from schemas.xml import reader as xml

__all__ = ["delivery", "manifest_name", "read", "recognises"]

MANIFEST: Final = "imsmanifest.xml"
_CARTRIDGE: Final = "http://ltsc.ieee.org/xsd/imscc"
Fetch = Callable[[str], bytes | None]


def recognises(element: etree._Element) -> bool:
    return split(str(element.tag))[1] == "manifest"


def manifest_name(archive: Archive) -> str | None:
    """The manifest of an archive that is a content package: at its root, or in its only folder."""
    found = [name for name in archive.names if name.rpartition("/")[2].lower() == MANIFEST]
    found.sort(key=lambda name: name.count("/"))
    if not found or found[0].count("/") > 1:
        return None
    folder = found[0].rpartition("/")[0]
    if folder and any(not name.startswith(f"{folder}/") for name in archive.names):
        return None
    return found[0]


def read(source: bytes, vocabularies: Vocabularies) -> Reading:
    """The record of a package or a manifest; raises Unreadable."""
    found = delivery(source, vocabularies).reading
    if found is None:
        raise Unreadable("no_metadata", "The package has no metadata.")
    return found


def delivery(source: bytes, vocabularies: Vocabularies, *, salvage: bool = False) -> Delivery:
    """The delivery of a package (zip) or a manifest (XML); raises Unreadable."""
    if not is_archive(source):
        return _delivered(xml.parse(source, salvage=salvage), _nothing, vocabularies, source)
    archive = Archive(source)
    name = manifest_name(archive)
    if name is None:
        raise Unreadable("no_manifest", f"The archive is no content package: it has no {MANIFEST}.")
    folder = name.rpartition("/")[0]

    def fetch(location: str) -> bytes | None:
        wanted = posixpath.normpath(posixpath.join(folder, unquote(location)))
        return archive.read(wanted) if wanted in archive.names else None

    manifest = archive.read(name)
    return _delivered(xml.parse(manifest, salvage=salvage), fetch, vocabularies, manifest)


def _nothing(_: str) -> bytes | None:
    return None


def _delivered(parsed: xml.Parsed, fetch: Fetch, vocabularies: Vocabularies, source: bytes) -> Delivery:
    root = parsed.root
    if not recognises(root):
        raise Unreadable("unknown_format", f"The element {split(str(root.tag))[1]} is no manifest.")
    reading = _reading(root, fetch, vocabularies)
    record = reading.record
    named = bool(record.general and record.general.identifier) or bool(record.technical and record.technical.location)
    return Delivery(
        place="file",
        format="imscp",
        reading=Reading(record, parsed.repairs + reading.repairs, reading.problems + _scorm(root)),
        # Manifest identifiers are seldom unique; one that is all there is is better than none.
        identifier=None if named else root.get("identifier"),
        source_bytes=source,
    )


def _reading(root: etree._Element, fetch: Fetch, vocabularies: Vocabularies) -> Reading:
    """The record of the metadata, its title that of the organisation where they give none; raises Unreadable."""
    title = _title(root)
    try:
        reading = _described(root, fetch, vocabularies)
    except Unreadable as error:
        if title is None:
            raise
        if error.code != "no_metadata":
            # What is broken is told; the package still has its title.
            problem = Problem("metaMetadata", error.code, error.message)
            return Reading(_titled(Record(), title), (_told(title),), (problem,))
        lost = (
            (Problem("metaMetadata", "no_metadata", error.message, "info"),) if "is not there" in error.message else ()
        )
        return Reading(_titled(Record(), title), (_told(title),), lost)
    general = reading.record.general
    if title is None or (general is not None and any(one.value.strip() for one in general.title or ())):
        return reading
    return Reading(_titled(reading.record, title), (*reading.repairs, _told(title)), reading.problems)


def _told(title: str) -> Repair:
    return Repair("general.title", "organisation_title", None, title)


def _titled(record: Record, title: str) -> Record:
    general = record.general or General()
    return replace(record, general=replace(general, title=(LangString(None, title),)))


def _title(root: etree._Element) -> str | None:
    """The title of the default organisation, else of the first one that has a title, else of its first item."""
    organisations = next((child for child in root if split(str(child.tag))[1] == "organizations"), None)
    if organisations is None:
        return None
    default = organisations.get("default")
    listed = [child for child in organisations if split(str(child.tag))[1] == "organization"]
    listed.sort(key=lambda one: one.get("identifier") != default)
    for path in ("{*}title", ".//{*}title"):
        for one in listed:
            for found in one.iterfind(path):
                if text := " ".join("".join(map(str, found.itertext())).split()):
                    return text
    return None


def _described(root: etree._Element, fetch: Fetch, vocabularies: Vocabularies) -> Reading:
    metadata = next((child for child in root if split(str(child.tag))[1] == "metadata"), None)
    if metadata is None:
        raise Unreadable("no_metadata", "The manifest has no metadata.")
    for child in metadata:
        namespace, local = split(str(child.tag))
        if local.lower() in ("lom", "record") or imsmd.recognises(child):
            return _lom(child, vocabularies)
        if local == "location" and "adl" in namespace.lower() and child.text and child.text.strip():
            location = child.text.strip()
            data = fetch(location)
            if data is None:
                raise Unreadable("no_metadata", f"The manifest's metadata are in {location}, which is not there.")
            return _lom(xml.parse(data).root, vocabularies)
    raise Unreadable("no_metadata", "The manifest's metadata hold neither LOM nor IMS-MD.")


def _lom(element: etree._Element, vocabularies: Vocabularies) -> Reading:
    if split(str(element.tag))[0].startswith(_CARTRIDGE):
        for one in element.iter("{*}*"):
            namespace, local = split(str(one.tag))
            if namespace.startswith(_CARTRIDGE):
                one.tag = f"{{{LOM}}}{local}"
    if imsmd.recognises(element):
        return imsmd.read(element, vocabularies)
    return lom.read(element, vocabularies)


def _scorm(root: etree._Element) -> tuple[Problem, ...]:
    """The schema the manifest claims, as a note."""
    said = [" ".join((one.text or "").split()) for one in root.iter("{*}schema", "{*}schemaversion")][:2]
    told = " ".join(text for text in said if text)
    return (Problem("", "package", f"The package says it is {told}.", "info"),) if told else ()
