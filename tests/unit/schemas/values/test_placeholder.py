"""Placeholders as a whole value: absence, told, in every format and field but titles."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec
import pytest

from schemas.formats.format import Reading
from schemas.formats.incoming.incoming import Incoming, deliveries
from schemas.values.placeholder import is_placeholder
from schemas.xml.reader import escape

PLACEHOLDERS: Final[tuple[str, ...]] = (
    "N/A",
    "n/a",
    "NA",
    "NULL",
    "null",
    "nan",
    "NaN",
    "None",
    "-",
    "--",
    "—",
    "–",
    "unknown",
    "Unknown",
    "UNKNOWN",
    "onbekend",
    "Onbekend",
    "#N/A",
    "unbekannt",
    "inconnu",
    "desconocido",
    "sconosciuto",
    "nvt",
    "n.v.t.",
    "N.v.t.",
    "not available",
    "Not applicable",
    "niet van toepassing",
    "keine Angabe",
    "k.A.",
    "undefined",
    "(null)",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "?",
    "...",
    "…",
    "TBD",
    "tba",
    "[none]",
    "<null>",
    "\\N",
    "non renseigné",
    "sans objet",
    "geen",
    "n.b.",
    "okänd",
    "ukendt",
    "tuntematon",
    "desconhecido",
    "nieznany",
    "neznámý",
    "ismeretlen",
    "necunoscut",
    "άγνωστο",
    "неизвестно",
    "no data",
    "missing",
    "#NAME?",
    "#NULL!",
    "NIL",
    "s/o",
    "not specified",
    "unspecified",
    "none given",
    "nicht angegeben",
    "niet ingevuld",
    "leeg",
    "empty",
)
WORDS: Final[tuple[str, ...]] = (
    "none of your business",
    "null hypothesis",
    "no",
    "0",
    "A",
    "nl",
    "unknown soldier",
    "Na en Cl",
    "geen idee van wiskunde",
    "N/A testing",
    "nana",
    "minus",
    "?!vraag",
    "Na",
    "Null",
    "nc",
)

SOME: Final = ("N/A", "NULL", "null", "NaN", "None", "-", "unknown", "onbekend", "#N/A", "keine Angabe", "n.v.t.")
LOM: Final = (
    '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><identifier><catalog>URI</catalog><entry>{0}</entry></identifier>'
    '<title><string language="nl">T</string></title><description><string language="nl">{0}</string></description>'
    '<keyword><string language="nl">{0}</string></keyword></general><lifeCycle><contribute><role><source>LOMv1.0'
    "</source><value>author</value></role><entity>BEGIN:VCARD\nFN:{0}\nEND:VCARD</entity></contribute></lifeCycle>"
    "<technical><format>{0}</format><location>https://x.example/1</location></technical><classification><purpose>"
    "<source>LOMv1.0</source><value>discipline</value></purpose><taxonPath><taxon><entry><string>{0}</string></entry>"
    "</taxon></taxonPath></classification></lom>"
)
DC: Final = (
    '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>T</title><identifier>https://x.example/1</identifier>'
    "<description>{0}</description><subject>{0}</subject><creator>{0}</creator><publisher>{0}</publisher><date>{0}"
    "</date><type>{0}</type><language>{0}</language><coverage>{0}</coverage><rights>{0}</rights><source>{0}</source></dc>"
)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_known(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", WORDS)
def test_a_word_is_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize("text", SOME)
def test_a_placeholder_in_lom_is_absence(text: str) -> None:
    assert said(read(LOM.format(escape(text)).encode()), text) == []


@pytest.mark.parametrize("text", SOME)
def test_a_placeholder_in_dublin_core_is_absence(text: str) -> None:
    assert said(read(DC.format(escape(text)).encode()), text) == []


@pytest.mark.parametrize("text", SOME)
def test_a_placeholder_in_json_ld_is_absence(text: str) -> None:
    node = {"@context": "https://schema.org", "@type": "LearningResource", "@id": "https://x.example/1", "name": "T"}
    keys = (
        "description",
        "keywords",
        "creator",
        "publisher",
        "inLanguage",
        "typicalAgeRange",
        "dateCreated",
        "license",
    )
    keys += ("about", "learningResourceType", "educationalLevel", "audience", "image", "isPartOf", "identifier")

    assert said(read(json.dumps(node | dict.fromkeys(keys, text)).encode()), text) == []


@pytest.mark.parametrize("text", SOME)
def test_a_placeholder_in_a_table_is_absence(text: str) -> None:
    head = "title,url,description,keywords,author,publisher,language,age,date,identifier,subject,type,level"

    assert said(read(f"{head}\nT,https://x.example/1{f',{text}' * 11}\n".encode()), text) == []


@pytest.mark.parametrize("text", SOME)
def test_a_placeholder_in_a_tree_is_absence(text: str) -> None:
    general: dict[str, Any] = {
        "title": [{"lang": None, "value": "T"}],
        "keyword": [[{"lang": None, "value": text}]],
        "coverage": [[{"lang": None, "value": text}]],
    }
    author = {"role": {"source": "LOMv1.0", "value": "author"}, "entity": [{"raw": text}]}

    assert said(read(json.dumps({"general": general, "lifeCycle": {"contribute": [author]}}).encode()), text) == []


def test_a_title_may_be_anything() -> None:
    reading = read(b"title,url\nNull,https://x.example/1\n")

    assert reading.record.general is not None
    assert reading.record.general.title is not None
    assert reading.record.general.title[0].value == "Null"


def test_a_role_unknown_and_the_language_none_stay() -> None:
    contribute = {"role": {"source": "LOMv1.0", "value": "unknown"}, "entity": [{"raw": "Ada Voorbeeld"}]}
    tree = {
        "general": {"title": [{"lang": None, "value": "T"}], "language": ["none"]},
        "lifeCycle": {"contribute": [contribute]},
    }

    reading = read(json.dumps(tree).encode())

    assert reading.repairs == ()
    assert reading.record.general is not None
    assert reading.record.general.language == ("none",)


def read(data: bytes) -> Reading:
    (found,) = deliveries(data, Incoming("file"))
    assert found.reading is not None, found.problems
    return found.reading


def said(reading: Reading, text: str) -> list[str]:
    """Where a text still stands in what was read; raises where nothing was told."""
    assert any(repair.rule == "placeholder" and repair.before for repair in reading.repairs)
    return [path for path, value in _strings(msgspec.to_builtins(reading.record), "") if value.strip() == text]


def _strings(value: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key, one in value.items() for pair in _strings(one, f"{path}.{key}")]
    if isinstance(value, (list, tuple)):
        return [pair for one in value for pair in _strings(one, path)]
    return [(path, value)] if isinstance(value, str) else []
