"""Which column of a table means which field: common header names, or a mapping file for others.

data/maps/columns.tsv knows the headers of common use in four languages and of the large public exports
(curation.md). A mapping is TOML, its mistakes are told in one sentence each:

    [columns]      "Header" = "field"      ("" leaves a column out)
    [separators]   keywords = ","          what parts the values of a cell
    [defaults]     language = "nl"         where the cell is empty or there is no column
    [constants]    publisher = "School"    whatever the cell says
    [table]        delimiter, encoding, sheet

It must not look at rows.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, NamedTuple

from schemas.errors import Unreadable
from schemas.vocabularies.terms import table

SINGLE: Final = frozenset(
    ("id", "title", "description", "license", "license_label", "age", "date", "modified", "thumbnail", "duration")
) | {"learning_time", "difficulty", "cost", "metadata_language", "use"}
SEPARATORS: Final = {
    **dict.fromkeys(("language", "type", "level", "subject", "audience", "format"), "|;\n"),
    **dict.fromkeys(("author", "publisher", "provider", "contributor", "url", "identifier"), "|;\n"),
    "keywords": "|;\n",
}
"""The fields with several values, and the characters that part them. A comma parts keywords where nothing else does."""
FIELDS: Final = SINGLE | SEPARATORS.keys()
_SECTIONS: Final = frozenset(("columns", "separators", "defaults", "constants", "table"))
_TABLE_KEYS: Final = frozenset(("delimiter", "encoding", "sheet"))


class Mapping(NamedTuple):
    """A mapping file as read; empty where none is given."""

    columns: dict[str, str]
    separators: dict[str, str]
    defaults: dict[str, str]
    constants: dict[str, str]
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None


class Columns(NamedTuple):
    """The fields of the columns by place, and the headers that mean nothing here."""

    fields: dict[int, str]
    ignored: tuple[str, ...]


NO_MAPPING: Final = Mapping({}, {}, {}, {})


def folded(header: str) -> str:
    """A header as it is compared: letters and digits without case and accents."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


@cache
def known() -> dict[str, str]:
    """Field by folded header name, of data/maps/columns.tsv."""
    return {header: field for header, field in table("columns.tsv")}  # noqa: C416 - rows are tuples of any length


def mapping_of(data: bytes | None) -> Mapping:
    """The mapping of a TOML file; raises Unreadable(bad_mapping | unknown_field)."""
    if data is None:
        return NO_MAPPING
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unreadable("bad_mapping", f"The mapping is not TOML: {error}.", "mapping") from error
    sections: dict[str, dict[str, str]] = {}
    for name, section in document.items():
        if name not in _SECTIONS or not isinstance(section, dict):
            raise _bad(f"The mapping has no section [{name}]; it knows {', '.join(sorted(_SECTIONS))}.")
        sections[name] = {key: _value(name, key, value) for key, value in section.items()}
    for name in ("separators", "defaults", "constants"):
        _check(sections.get(name, {}))
    _check(dict.fromkeys(field for field in sections.get("columns", {}).values() if field))
    options = sections.get("table", {})
    for key in options:
        if key not in _TABLE_KEYS:
            raise _bad(f"The mapping has no key “{key}” in [table]; it knows {', '.join(sorted(_TABLE_KEYS))}.")
    if len(options.get("delimiter", ",")) != 1:
        raise _bad("The delimiter in the mapping must be one character.")
    if options.get("delimiter", ",") in '\r\n"':
        raise _bad("The delimiter in the mapping cannot be a line break or a quote.")
    return Mapping(
        sections.get("columns", {}),
        sections.get("separators", {}),
        sections.get("defaults", {}),
        sections.get("constants", {}),
        options.get("delimiter"),
        options.get("encoding"),
        options.get("sheet"),
    )


def columns_of(header: Sequence[str], mapping: Mapping, field_of: Callable[[str], str | None]) -> Columns:
    """What the columns mean: by the mapping, else by their names, else by what `field_of` makes of these.

    Raises Unreadable: unknown_column for a column of the mapping that the table has not, no_known_column where no
    column gives a title or names a record here.
    """
    names = [name.strip() for name in header]
    for wanted in mapping.columns:
        if wanted.strip() not in names:
            listed = ", ".join(f"“{name}”" for name in names if name)[:500]
            message = f"The mapping names the column “{wanted}”, which the table does not have; it has {listed}."
            raise Unreadable("unknown_column", message)
    wishes = {wanted.strip(): field for wanted, field in mapping.columns.items()}
    fields: dict[int, str] = {}
    ignored = []
    plain = {known().get(folded(name)) for name in names if name not in wishes} | set(wishes.values())
    for place, name in enumerate(names):
        field = wishes[name] if name in wishes else known().get(folded(name)) or field_of(name)
        if field in SINGLE and field in plain and name not in wishes and not known().get(folded(name)):
            field = None  # "Title (internal)" beside "Title"
        if field:
            fields[place] = field
        elif name and name not in wishes:
            ignored.append(name)
    given = {*fields.values(), *mapping.defaults, *mapping.constants}
    if not given & {"title", "id"}:
        listed = ", ".join(f"“{name}”" for name in names if name)[:500]
        raise Unreadable("no_known_column", f"No column of the table gives a title; its columns are {listed}.")
    return Columns(fields, tuple(ignored))


def _value(section: str, key: str, value: object) -> str:
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise _bad(f"In the mapping, [{section}] “{key}” must be a text.")
    return str(value)


def _check(fields: dict[str, str] | dict[str, None]) -> None:
    for field in fields:
        if field not in FIELDS:
            message = f"The mapping names the field “{field}”; known are {', '.join(sorted(FIELDS))}."
            raise Unreadable("unknown_field", message, "mapping")


def _bad(message: str) -> Unreadable:
    return Unreadable("bad_mapping", message, "mapping")
