"""What libxml2 says of a document it cannot read, as an Unreadable with our codes and one plain sentence.

The numbers of its errors are those of libxml/xmlerror.h; the sentence names the line, and the byte where a file breaks
off. This module must not parse: schemas.xml.reader hands it the error.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from schemas.errors import Unreadable
from schemas.xml.text import FORBIDDEN

DEPTH: Final = 256  # libxml2's own cap, which holds while huge_tree is off
NAMESPACE_NAME: Final = 99  # XML_WAR_NS_URI: lxml raises for it, although the document is well-formed


def code_of(error: etree.XMLSyntaxError) -> int:
    """The number of libxml/xmlerror.h."""
    return int(getattr(error, "code", 0) or 0)


def unreadable(data: bytes, error: etree.XMLSyntaxError) -> Unreadable:
    """Name what libxml2 found, in a plain sentence with the line (its codes: libxml/xmlerror.h)."""
    line, column = error.lineno or 1, error.offset or 1
    place = f"line {line}"
    match code_of(error):
        case 5 if beyond_root(error):
            return Unreadable("not_xml", f"Something follows the end of the document on line {line}.", place)
        case 45 | 63:
            return Unreadable("truncated", f"The file breaks off at byte {len(data)} (line {line}).", place)
        case 4 | 5 | 73 | 77 | 40 if _at_end(data, line, column):
            return Unreadable("truncated", f"The file breaks off at byte {len(data)} (line {line}).", place)
        case 9:
            return _illegal(data, line)
        case 114 | 116 if "depth" in str(error.msg):
            return Unreadable("too_deep", f"Elements are nested deeper than {DEPTH} (line {line}).", place)
        case 114 | 116:
            return Unreadable("too_large", f"A value on line {line} is too long.", place)
        case 64:
            return Unreadable("not_xml", f"The XML declaration on line {line} is not at the start of the file.", place)
        case 68 | 23 | 22 if "Entity" in str(error.msg):
            return Unreadable("not_xml", f"An ampersand on line {line} is not written as &amp;.", place)
        case 4:
            return Unreadable("not_xml", "The file is not XML: it does not start with an element.", place)
        case _:
            return Unreadable("not_xml", f"The XML is not well-formed on line {line}: {_said(error)}.", place)


def _said(error: etree.XMLSyntaxError) -> str:
    first = str(error.msg).partition("\n")[0][:200]
    return re.sub(r", line \d+, column \d+.*$", "", first).strip().rstrip(".")


def beyond_root(error: etree.XMLSyntaxError) -> bool:
    return "Extra content" in str(error.msg)


def _at_end(data: bytes, line: int, column: int) -> bool:
    """Whether libxml2 stopped at the end of the data: on its last line, within its last bytes."""
    stripped = data.rstrip()
    last = stripped.count(b"\n") + 1
    return b"<" in data[:4096] and (
        line > last or (line == last and column >= len(stripped) - stripped.rfind(b"\n") - 2)
    )


def _illegal(data: bytes, line: int) -> Unreadable:
    lines = data.split(b"\n", line)
    text = lines[line - 1].decode("utf-8", "replace") if len(lines) >= line else ""
    found = FORBIDDEN.search(text)
    if found:
        name = f"Character U+{ord(found[0]):04X}"
    else:
        reference = re.search(r"&#[xX0-9a-fA-F]{1,9};", text)
        name = f"The character reference {reference[0]}" if reference else "A character"
    return Unreadable("illegal_character", f"{name} on line {line} is not allowed in XML.", f"line {line}")
