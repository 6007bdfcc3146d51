"""H5P packages: what h5p.json says of the content (H5P specification, package definition), as a record.

The package is a zip with h5p.json and content/content.json; licence and version stand apart and are one licence
together, makers have roles, `source` is where it was found. Nothing of the content is run or unpacked.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any, Final

from schemas.errors import Unreadable
from schemas.formats import html_text
from schemas.formats.amb.linked import decode_leniently
from schemas.formats.archive import Archive
from schemas.formats.assembly import AUTHOR, LOM_SOURCE, UNKNOWN, Assembly, langstrings
from schemas.formats.format import Delivery, Reading
from schemas.formats.lom import values as lom_values
from schemas.record import LangString
from schemas.vocabularies.vocabularies import Vocabularies

__all__ = ["definition_name", "delivery", "is_definition", "read", "reading_of"]

DEFINITION: Final = "h5p.json"
MEDIA_TYPE: Final = "application/zip"
_ROLES: Final = {"author": AUTHOR, "editor": "editor", "licensee": UNKNOWN, "originator": "initiator"}
_LICENCES: Final = {
    "CC PDM": "https://creativecommons.org/publicdomain/mark/1.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "GNU GPL": "GNU General Public License",
    "PD": "Public Domain",
    "ODC PDDL": "https://opendatacommons.org/licenses/pddl/1-0/",
    "C": "Copyright",
}
_NO_LICENCE: Final = ("", "U")
_NO_LANGUAGE: Final = ("", "und", "zxx")


def is_definition(value: Any) -> bool:
    """Whether decoded JSON is the definition of a package."""
    return isinstance(value, dict) and isinstance(value.get("mainLibrary"), str) and "title" in value


def definition_name(archive: Archive) -> str | None:
    """The definition in an archive that is a package: at its root, or in its only folder."""
    found = sorted((n for n in archive.names if posixpath.basename(n) == DEFINITION), key=lambda name: name.count("/"))
    if not found or found[0].count("/") > 1:
        return None
    folder = posixpath.dirname(found[0])
    alone = not folder or all(name.startswith(f"{folder}/") for name in archive.names)
    return found[0] if alone and (posixpath.join(folder, "content/content.json") in archive.names) else None


def read(source: bytes, vocabularies: Vocabularies) -> Reading:
    """The record of a package; raises Unreadable."""
    archive = Archive(source)
    name = definition_name(archive)
    if name is None:
        raise Unreadable("no_manifest", f"The archive is no H5P package: it has no {DEFINITION}.")
    found = delivery(archive, name, vocabularies).reading
    if found is None:
        raise Unreadable("no_metadata", "The package has no metadata.")
    return found


def delivery(archive: Archive, name: str, vocabularies: Vocabularies) -> Delivery:
    """The delivery of a package; raises Unreadable."""
    source = archive.read(name)
    value, repairs = decode_leniently(source)
    if not is_definition(value):
        raise Unreadable("no_metadata", f"{name} of the package names no title and no main library.")
    reading = reading_of(value, vocabularies)
    reading = Reading(reading.record, repairs + reading.repairs, reading.problems)
    record = reading.record
    named = record.technical is not None and bool(record.technical.location)
    title = record.general.title[0].value if record.general and record.general.title else ""
    # A package has no identifier; its title and kind are better than none.
    identifier = None if named else f"h5p:{value['mainLibrary']}:{title}"
    return Delivery(place="file", format="h5p", reading=reading, identifier=identifier, source_bytes=source)


def reading_of(value: dict[str, Any], vocabularies: Vocabularies) -> Reading:
    """The record that a definition describes."""
    found = Assembly(vocabularies)
    tags = [_text(value.get(key)) for key in ("language", "defaultLanguage")]
    lang = next((tag for tag in tags if tag.lower() not in _NO_LANGUAGE), None)
    if lang:
        found.languages[lang] = None
    if title := _plain(found, "general.title", value.get("title")):
        found.titles[LangString(lang, title)] = None
    for key in ("metaDescription", "description"):
        if text := _plain(found, "general.description", value.get(key)):
            found.descriptions[langstrings(text, lang)] = None
    for word in re.split(r"[,;|]", _text(value.get("metaKeywords"))):
        if word.strip():
            found.keywords[langstrings(word.strip(), lang)] = None
    if source := _text(value.get("source")):
        found.locations[source] = None
    found.formats[MEDIA_TYPE] = None
    if kind := _text(value.get("mainLibrary")):
        found.types[found.term("learningResourceType", kind, "https://h5p.org/")] = None
    _people(found, value)
    _rights(found, value)
    _dates(found, value)
    return Reading(found.record(), tuple(found.repairs), tuple(found.problems))


def _people(found: Assembly, value: dict[str, Any]) -> None:
    authors = value.get("authors")
    for one in authors if isinstance(authors, list) else ():
        name = _text(one.get("name")) if isinstance(one, dict) else _text(one)
        role = _text(one.get("role")).lower() if isinstance(one, dict) else ""
        if name:
            found.contribute(lom_values.entity(name), _ROLES.get(role, AUTHOR))
    if not authors and (author := _text(value.get("author"))):
        found.contribute(lom_values.entity(author), AUTHOR)


def _rights(found: Assembly, value: dict[str, Any]) -> None:
    """Licence and version as one: `CC BY-SA` and `4.0`; `PD` may name what it means in its version."""
    licence, version = _text(value.get("license")), _text(value.get("licenseVersion"))
    if licence not in _NO_LICENCE:
        if licence == "PD" and version:
            told = _LICENCES.get(version, version)
        else:
            told = _LICENCES.get(licence, licence)
            told = told if "://" in told or not version else f"{told} {version}"
        found.rights[LangString(None, told)] = None
    if extras := _plain(found, "rights.description", value.get("licenseExtras")):
        found.rights[LangString(None, extras)] = None


def _dates(found: Assembly, value: dict[str, Any]) -> None:
    if year := _text(value.get("yearFrom")):
        found.date(year, AUTHOR, LOM_SOURCE)
    if year := _text(value.get("yearTo")):
        found.date(year, "editor", LOM_SOURCE)


def _plain(found: Assembly, path: str, value: Any) -> str:
    """A text without the markup that the editor of H5P leaves in it."""
    text = _text(value)
    if not html_text.has_markup(text):
        return text
    plain = html_text.words(text)
    found.repair(path, "html_to_text", text, plain or None)
    return plain


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
