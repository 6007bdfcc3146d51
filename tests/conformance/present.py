"""How many records a file holds, counted without any reader of ours: by element names, `csv` and `json`.

The independent witness of the import of real data: what comes out (created, updated, unchanged, deleted, rejected) must
add up to what is there. A file without a record (a schema, an OAI-PMH error, a vocabulary) counts as one reject.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

_RECORDS = frozenset(("lom", "dc", "obaa", "estcore"))
_TITLES = frozenset(("title", "titel", "name"))

_SCRIPT = re.compile(rb'<script type="application/ld\+json">')
_ITEM = re.compile(rb'itemtype="http://schema.org/CreativeWork"')


class Present(NamedTuple):
    """Live records and tombstones of a file."""

    live: int = 0
    deleted: int = 0

    @property
    def records(self) -> int:
        return self.live + self.deleted

    @property
    def expected(self) -> int:
        """The outcomes that an import owes: one per record, one reject for a file that holds none."""
        return self.records or 1


def present_in(path: Path) -> Present:
    data = path.read_bytes()
    if path.suffix == ".xml":
        return _in_xml(data)
    if path.suffix in (".csv", ".tsv"):
        return Present(_in_table(data))
    if data.lstrip()[:1] in (b"{", b"["):
        return Present(_in_json(json.loads(data)))
    # A page has its records in scripts, else in its markup, there of one kind each.
    return Present((len(_SCRIPT.findall(data)) or len(_ITEM.findall(data))) if data.lstrip()[:1] == b"<" else 0)


def _in_xml(data: bytes) -> Present:
    """`record` elements where there are any, else the metadata root; with a deleted header it is a tombstone."""
    try:
        root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
    except etree.XMLSyntaxError:
        return Present()
    if _local(root) in _RECORDS:
        return Present(1)
    records = [
        one for one in root.iter("{*}record") if one.getparent() is root or _local(one.getparent()) != "metadata"
    ]
    deleted = sum(map(_is_tombstone, records))
    return Present(len(records) - deleted, deleted)


def _is_tombstone(record: Any) -> bool:
    return any(_local(one) == "header" and one.get("status") == "deleted" for one in record)


def _local(element: Any) -> str:
    return etree.QName(element).localname if element is not None and isinstance(element.tag, str) else ""


def _in_json(document: Any) -> int:
    """Objects with a type, or with an address and a name; schemas and bare contexts hold none."""
    if isinstance(document, list):
        return sum(map(_in_json, document))
    if "$schema" in document or not document.keys() - {"@context"}:
        return 0
    return _in_json(document["@graph"]) if "@graph" in document else 1


def _in_table(data: bytes) -> int:
    """Rows under a header that has a column for the title; blank rows are none."""
    first = data.partition(b"\n")[0]
    delimiter = max("\t;,", key=lambda mark: first.count(mark.encode()))
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    rows = [row for row in csv.reader(text, delimiter=delimiter) if any(row)]
    named = bool(rows) and any(cell.strip().lower() in _TITLES for cell in rows[0])
    return len(rows) - 1 if named else 0
